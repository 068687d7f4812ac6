//! Our books beside the processor's, for a period: what is in both, and every difference.
//!
//! Entries are matched by payment, kind and amount, not by their instants: the two clocks differ, and a payment that was made at
//! midnight is in one day's books there and in the next day's here. So both sides are given with a margin around the period,
//! and what counts is a pair of which our entry is in it, or an entry in it that has no other. Called by
//! `services::reconciliation`.

use super::money::{Currency, Money};
use super::payment::Millis;
use std::collections::BTreeMap;

/// How money moved between a customer and the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementKind {
    /// The customer paid.
    Charge,
    /// It was given back.
    Refund,
    /// The customer's bank, or that of a card's holder, took it back.
    TakenBack,
    /// What was taken back, or could not be given back, came again.
    ReturnedToUs,
}

impl MovementKind {
    pub fn code(self) -> &'static str {
        match self {
            MovementKind::Charge => "charge",
            MovementKind::Refund => "refund",
            MovementKind::TakenBack => "taken_back",
            MovementKind::ReturnedToUs => "returned_to_us",
        }
    }
}

/// One movement of money in somebody's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedMovement {
    /// Our reference of the payment.
    pub payment: String,
    pub kind: MovementKind,
    /// Received is positive.
    pub amount: Money,
    pub at: Millis,
    /// The processor's own name for it, where it is known.
    pub processor_reference: Option<String>,
}

/// From the first instant to before the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Millis,
    pub before: Millis,
}

impl Period {
    fn holds(self, at: Millis) -> bool {
        (self.from..self.before).contains(&at)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The processor has it, and our books do not.
    NotInOurs(BookedMovement),
    /// Our books have it, and the processor does not.
    NotInTheirs(BookedMovement),
    AnotherAmount {
        ours: BookedMovement,
        theirs: BookedMovement,
    },
}

impl Difference {
    pub fn code(&self) -> &'static str {
        match self {
            Difference::NotInOurs(_) => "not_in_ours",
            Difference::NotInTheirs(_) => "not_in_theirs",
            Difference::AnotherAmount { .. } => "another_amount",
        }
    }

    pub fn ours(&self) -> Option<&BookedMovement> {
        match self {
            Difference::NotInOurs(_) => None,
            Difference::NotInTheirs(ours) | Difference::AnotherAmount { ours, .. } => Some(ours),
        }
    }

    pub fn theirs(&self) -> Option<&BookedMovement> {
        match self {
            Difference::NotInTheirs(_) => None,
            Difference::NotInOurs(theirs) | Difference::AnotherAmount { theirs, .. } => Some(theirs),
        }
    }

    pub fn movement(&self) -> &BookedMovement {
        match self {
            Difference::NotInOurs(one) | Difference::NotInTheirs(one) | Difference::AnotherAmount { ours: one, .. } => one,
        }
    }
}

/// What moved in a period, on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub movements: usize,
    pub minor: i64,
}

impl Total {
    fn add(&mut self, amount: Money) {
        self.movements += 1;
        self.minor = self.minor.saturating_add(amount.minor());
    }
}

/// The two sides of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub currency: Currency,
    pub ours: Total,
    pub theirs: Total,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciliation {
    pub totals: Vec<Totals>,
    pub differences: Vec<Difference>,
}

/// Compares both sides. Each is given with a margin around the period that is wider than the two can be apart.
pub fn compare(ours: Vec<BookedMovement>, theirs: Vec<BookedMovement>, period: Period) -> Reconciliation {
    let mut sides: BTreeMap<(String, MovementKind), [Vec<BookedMovement>; 2]> = BTreeMap::new();
    for (side, movements) in [ours, theirs].into_iter().enumerate() {
        for movement in movements {
            sides.entry((movement.payment.clone(), movement.kind)).or_default()[side].push(movement);
        }
    }
    let mut found = Reconciliation::default();
    let mut unmatched = Vec::new();
    for [mut ours, mut theirs] in sides.into_values() {
        ours.sort_by_key(|movement| movement.at);
        theirs.sort_by_key(|movement| movement.at);
        let mut alone = Vec::new();
        for our in ours {
            match theirs.iter().position(|their| their.amount == our.amount) {
                Some(at) => {
                    let their = theirs.remove(at);
                    if period.holds(our.at) {
                        found.count(Some(&our), Some(&their));
                    }
                }
                None => alone.push(our),
            }
        }
        unmatched.push([alone, theirs]);
    }
    forget_what_came_again_unheard(&mut unmatched);
    for [mut alone, mut theirs] in unmatched {
        alone.retain(|movement| period.holds(movement.at));
        theirs.retain(|movement| period.holds(movement.at));
        let pairs = alone.len().min(theirs.len());
        let rest_of_theirs = theirs.split_off(pairs);
        let rest_of_ours = alone.split_off(pairs);
        for (ours, theirs) in alone.into_iter().zip(theirs) {
            found.differ(Difference::AnotherAmount { ours, theirs });
        }
        rest_of_ours.into_iter().for_each(|ours| found.differ(Difference::NotInTheirs(ours)));
        rest_of_theirs.into_iter().for_each(|theirs| found.differ(Difference::NotInOurs(theirs)));
    }
    found
}

/// What went back there and came again before anything of it was heard here was never in our books, and nothing is missing in
/// them: a refund that did not arrive, a dispute of which only the end was told.
fn forget_what_came_again_unheard(unmatched: &mut [[Vec<BookedMovement>; 2]]) {
    let named = |movement: &BookedMovement| {
        movement.processor_reference.clone().map(|name| (movement.payment.clone(), name, movement.amount.currency().code()))
    };
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for movement in unmatched.iter().flat_map(|[_, theirs]| theirs) {
        if let Some(name) = named(movement) {
            let sum = sums.entry(name).or_default();
            *sum = sum.saturating_add(movement.amount.minor());
        }
    }
    for [_, theirs] in unmatched {
        theirs.retain(|movement| named(movement).and_then(|name| sums.get(&name)) != Some(&0));
    }
}

impl Reconciliation {
    fn differ(&mut self, difference: Difference) {
        self.count(difference.ours(), difference.theirs());
        self.differences.push(difference);
    }

    fn count(&mut self, ours: Option<&BookedMovement>, theirs: Option<&BookedMovement>) {
        if let Some(ours) = ours {
            self.totals_of(ours.amount.currency()).ours.add(ours.amount);
        }
        if let Some(theirs) = theirs {
            self.totals_of(theirs.amount.currency()).theirs.add(theirs.amount);
        }
    }

    fn totals_of(&mut self, currency: Currency) -> &mut Totals {
        let at = self.totals.iter().position(|totals| totals.currency == currency).unwrap_or_else(|| {
            self.totals.push(Totals { currency, ours: Total::default(), theirs: Total::default() });
            self.totals.len() - 1
        });
        &mut self.totals[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Period = Period { from: 100, before: 200 };

    fn movement(payment: &str, kind: MovementKind, minor: i64, at: Millis) -> BookedMovement {
        let amount = Money::new(minor, Currency::USD);
        BookedMovement { payment: payment.into(), kind, amount, at, processor_reference: None }
    }

    fn charge(payment: &str, minor: i64, at: Millis) -> BookedMovement {
        movement(payment, MovementKind::Charge, minor, at)
    }

    fn codes(found: &Reconciliation) -> Vec<&'static str> {
        found.differences.iter().map(Difference::code).collect()
    }

    #[test]
    fn equal_books_have_equal_totals_and_no_difference() {
        let ours = vec![charge("A", 500, 100), charge("B", 700, 199), movement("B", MovementKind::Refund, -200, 150)];
        let found = compare(ours.clone(), ours, PERIOD);
        assert_eq!(found.differences, []);
        let total = Total { movements: 3, minor: 1_000 };
        assert_eq!(found.totals, [Totals { currency: Currency::USD, ours: total, theirs: total }]);
    }

    #[test]
    fn what_is_missing_on_either_side_and_what_is_another_amount_is_told() {
        let ours = vec![charge("A", 500, 150), charge("B", 700, 150)];
        let theirs = vec![charge("B", 701, 150), charge("C", 100, 150)];
        let found = compare(ours, theirs, PERIOD);
        assert_eq!(codes(&found), ["not_in_theirs", "another_amount", "not_in_ours"]);
        assert_eq!((found.totals[0].ours.minor, found.totals[0].theirs.minor), (1_200, 801));
    }

    #[test]
    fn a_payment_at_the_edge_of_the_period_is_no_difference() {
        // Made there a moment before the period, booked here in it; and the other way round.
        for (ours, theirs, counted) in [(100, 99, 1), (99, 100, 0), (200, 199, 0), (199, 200, 1)] {
            let found = compare(vec![charge("A", 500, ours)], vec![charge("A", 500, theirs)], PERIOD);
            assert_eq!(found.differences, [], "{ours} and {theirs}");
            assert_eq!(found.totals.first().map_or(0, |totals| totals.ours.movements), counted, "{ours} and {theirs}");
        }
    }

    #[test]
    fn what_is_alone_outside_the_period_belongs_to_another() {
        assert_eq!(compare(vec![charge("A", 500, 99)], vec![charge("B", 500, 200)], PERIOD), Reconciliation::default());
    }

    #[test]
    fn what_came_again_there_before_anything_was_heard_is_no_difference() {
        let dispute =
            |kind, minor, at| BookedMovement { processor_reference: Some("dp_1".into()), ..movement("A", kind, minor, at) };
        let (gone, again) = (dispute(MovementKind::TakenBack, -500, 150), dispute(MovementKind::ReturnedToUs, 500, 160));
        let other = BookedMovement { processor_reference: Some("dp_2".into()), ..again.clone() };
        assert_eq!(compare(vec![], vec![gone.clone(), again.clone()], PERIOD), Reconciliation::default());
        assert_eq!(codes(&compare(vec![], vec![gone.clone()], PERIOD)), ["not_in_ours"]);
        assert_eq!(codes(&compare(vec![], vec![gone.clone(), other], PERIOD)), ["not_in_ours", "not_in_ours"]);
        // It was heard that it went, and not that it came again.
        assert_eq!(codes(&compare(vec![gone.clone()], vec![gone.clone(), again.clone()], PERIOD)), ["not_in_ours"]);
        let part = BookedMovement { amount: Money::new(200, Currency::USD), ..again };
        assert_eq!(codes(&compare(vec![], vec![gone, part], PERIOD)), ["not_in_ours", "not_in_ours"]);
    }

    #[test]
    fn a_refund_is_not_matched_with_the_payment_and_two_alike_are_two() {
        let refund = movement("A", MovementKind::Refund, -500, 150);
        let ours = vec![charge("A", 500, 150), refund.clone()];
        let theirs = vec![charge("A", 500, 150), refund.clone(), refund];
        assert_eq!(codes(&compare(ours, theirs, PERIOD)), ["not_in_ours"]);
    }
}
