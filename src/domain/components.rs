//! Which parts of a debt a payment pays: principal, interest, fees. The order is the policy's (`[allocation]`); what is oldest
//! first is another question, answered by [`super::ledger::allocate`].
//!
//! Creditors differ, and contracts say which part a payment pays first: so the order is stated in the policy, kept with every
//! payment's parts (`store::components`) and shown on its receipt. A policy that changes later changes nothing of that. Called by
//! `services::payments`.

use super::money::{Currency, Money, MoneyError};

/// A part of a debt that can be paid, or what was paid beyond all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paid {
    Principal,
    Interest,
    Fees,
    /// More than was owed.
    Credit,
}

impl Paid {
    pub const ALL: [Paid; 4] = [Paid::Principal, Paid::Interest, Paid::Fees, Paid::Credit];

    pub fn code(self) -> &'static str {
        match self {
            Paid::Principal => "principal",
            Paid::Interest => "interest",
            Paid::Fees => "fees",
            Paid::Credit => "credit",
        }
    }

    pub fn from_code(code: &str) -> Option<Paid> {
        Paid::ALL.into_iter().find(|part| part.code() == code)
    }
}

/// The order in which a payment pays the parts of a debt: each of the three once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartsOrder([Paid; 3]);

impl PartsOrder {
    /// What a policy that says nothing means, and the order most contracts have: what was added to the debt, then the debt.
    pub const USUAL: PartsOrder = PartsOrder([Paid::Fees, Paid::Interest, Paid::Principal]);

    /// `None` where a part is missing or named twice.
    pub fn new(parts: [Paid; 3]) -> Option<PartsOrder> {
        let named = [Paid::Principal, Paid::Interest, Paid::Fees].iter().all(|part| parts.contains(part));
        named.then_some(PartsOrder(parts))
    }

    /// The order in which these parts come; those that are not among them after them.
    pub fn of_lines(parts: impl IntoIterator<Item = Paid>) -> PartsOrder {
        let mut order: Vec<Paid> = Vec::with_capacity(3);
        for part in parts.into_iter().chain(PartsOrder::USUAL.0) {
            if part != Paid::Credit && !order.contains(&part) {
                order.push(part);
            }
        }
        order.try_into().map_or(PartsOrder::USUAL, PartsOrder)
    }

    pub fn parts(self) -> [Paid; 3] {
        self.0
    }

    /// As it is kept: `fees interest principal`.
    pub fn code(self) -> String {
        self.0.map(Paid::code).join(" ")
    }

    pub fn from_code(code: &str) -> Option<PartsOrder> {
        let parts: Vec<Paid> = code.split(' ').filter_map(Paid::from_code).collect();
        PartsOrder::new(parts.try_into().ok()?).filter(|order| order.code() == code)
    }
}

/// An amount by its parts, in minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub principal: i64,
    pub interest: i64,
    pub fees: i64,
    pub credit: i64,
}

impl Parts {
    pub fn of(self, part: Paid) -> i64 {
        match part {
            Paid::Principal => self.principal,
            Paid::Interest => self.interest,
            Paid::Fees => self.fees,
            Paid::Credit => self.credit,
        }
    }

    fn of_mut(&mut self, part: Paid) -> &mut i64 {
        match part {
            Paid::Principal => &mut self.principal,
            Paid::Interest => &mut self.interest,
            Paid::Fees => &mut self.fees,
            Paid::Credit => &mut self.credit,
        }
    }

    pub fn add(&mut self, part: Paid, minor: i64) -> Result<(), MoneyError> {
        let held = self.of_mut(part);
        *held = held.checked_add(minor).ok_or(MoneyError::Overflow)?;
        Ok(())
    }

    /// The parts that are not zero, in the order they are paid; the credit last.
    pub fn lines(self, order: PartsOrder, currency: Currency) -> Vec<(Paid, Money)> {
        let parts = order.parts().into_iter().chain([Paid::Credit]);
        parts.map(|part| (part, Money::new(self.of(part), currency))).filter(|(_, amount)| !amount.is_zero()).collect()
    }
}

/// What is still owed by part: `charged` is what the books hold of each part, `settled` what earlier payments paid of each,
/// `unassigned` what else was taken off (payments and credits from before this portal, discounts), of which nobody said what
/// it was for: it comes off in the order. A part that went below zero comes off the others. No part of the answer is below
/// zero, and they sum to what is owed, or to zero where nothing is.
pub fn outstanding(charged: Parts, settled: Parts, unassigned: i64, order: PartsOrder) -> Result<Parts, MoneyError> {
    let mut open = Parts::default();
    let mut off = unassigned;
    for part in order.parts() {
        let left = charged.of(part).checked_sub(settled.of(part)).ok_or(MoneyError::Overflow)?;
        open.add(part, left.max(0))?;
        off = off.checked_sub(left.min(0)).ok_or(MoneyError::Overflow)?;
    }
    if off < 0 {
        // More was put back than was ever taken off: it is owed again, as the debt itself.
        open.add(Paid::Principal, off.checked_neg().ok_or(MoneyError::Overflow)?)?;
        return Ok(open);
    }
    for part in order.parts() {
        let taken = open.of(part).min(off);
        open.add(part, -taken)?;
        off -= taken;
    }
    Ok(open)
}

/// Splits a payment over what is outstanding, to the cent, in the order; what is left after everything is a credit. The parts
/// sum to `amount`.
pub fn split(amount: Money, outstanding: Parts, order: PartsOrder) -> Result<Parts, MoneyError> {
    let mut left = amount.minor();
    let mut parts = Parts::default();
    for part in order.parts() {
        let taken = outstanding.of(part).max(0).min(left);
        parts.add(part, taken)?;
        left -= taken;
    }
    parts.add(Paid::Credit, left)?;
    Ok(parts)
}

/// What is undone of a payment's parts when so much of it goes back: what was beyond everything owed first, then what was paid
/// last. Never more than the payment held.
pub fn undo(paid: Parts, amount: Money, order: PartsOrder) -> Result<Parts, MoneyError> {
    let mut left = amount.minor();
    let mut parts = Parts::default();
    for part in [Paid::Credit].into_iter().chain(order.parts().into_iter().rev()) {
        let taken = paid.of(part).max(0).min(left);
        parts.add(part, -taken)?;
        left -= taken;
    }
    Ok(parts)
}

/// A piece of what an entry of the books changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which of the lines it was applied to; `None` where no line says so.
    pub line: Option<usize>,
    /// Which part of the debt it is; `None` where that is not known.
    pub part: Option<Paid>,
    pub amount: Money,
}

/// What an entry was applied to and the parts of the debt it paid, laid side by side: the first cent belongs to the first line and
/// the first part, the last to the last of both. Of what was undone the lines come as they were undone, the last first, and so the
/// parts are taken from their end. The pieces have the sign of `amount` and sum to it; where lines or parts hold less, the rest
/// belongs to none.
pub fn pieces(lines: &[Money], parts: &[(Paid, Money)], amount: Money) -> Vec<Piece> {
    let is_undone = parts.iter().any(|(_, part)| part.minor() < 0);
    let mut parts: Vec<(Paid, u64)> = parts.iter().map(|(part, amount)| (*part, amount.minor().unsigned_abs())).collect();
    if is_undone {
        parts.reverse();
    }
    let mut lines = lines.iter().map(|amount| amount.minor().unsigned_abs()).enumerate().filter(|(_, minor)| *minor > 0);
    let mut parts = parts.into_iter().filter(|(_, minor)| *minor > 0);
    let (mut line, mut part) = (lines.next(), parts.next());
    let mut left = amount.minor().unsigned_abs();
    let mut pieces = Vec::new();
    while left > 0 {
        let taken = [line.map(|(_, minor)| minor), part.map(|(_, minor)| minor)].into_iter().flatten().fold(left, u64::min);
        let minor = i64::try_from(taken).unwrap_or(i64::MAX) * amount.minor().signum();
        pieces.push(Piece {
            line: line.map(|(place, _)| place),
            part: part.map(|(part, _)| part),
            amount: Money::new(minor, amount.currency()),
        });
        left -= taken;
        line = line.and_then(|(place, minor)| if minor > taken { Some((place, minor - taken)) } else { lines.next() });
        part = part.and_then(|(paid, minor)| if minor > taken { Some((paid, minor - taken)) } else { parts.next() });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ORDERS: [[Paid; 3]; 3] = [
        [Paid::Fees, Paid::Interest, Paid::Principal],
        [Paid::Principal, Paid::Interest, Paid::Fees],
        [Paid::Interest, Paid::Fees, Paid::Principal],
    ];

    fn parts(principal: i64, interest: i64, fees: i64) -> Parts {
        Parts { principal, interest, fees, credit: 0 }
    }

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn sum(parts: Parts) -> i64 {
        Paid::ALL.into_iter().map(|part| parts.of(part)).sum()
    }

    #[test]
    fn the_policys_order_decides_what_a_payment_pays_first() {
        let owed = parts(10_000, 700, 300);
        let pays = |minor, order| split(usd(minor), owed, PartsOrder::new(order).expect("an order")).expect("in range");
        assert_eq!(pays(1, ORDERS[0]), parts(0, 0, 1));
        assert_eq!(pays(500, ORDERS[0]), parts(0, 200, 300));
        assert_eq!(pays(500, ORDERS[1]), parts(500, 0, 0));
        assert_eq!(pays(11_000, ORDERS[0]), owed);
        assert_eq!(pays(11_001, ORDERS[2]), Parts { credit: 1, ..owed });
    }

    #[test]
    fn an_order_names_each_part_once() {
        assert_eq!(PartsOrder::new([Paid::Fees, Paid::Fees, Paid::Principal]), None);
        assert_eq!(PartsOrder::new([Paid::Fees, Paid::Credit, Paid::Principal]), None);
        assert_eq!(PartsOrder::new(ORDERS[0]), Some(PartsOrder::USUAL));
    }

    #[test]
    fn an_order_is_read_as_it_is_kept_and_as_it_was_used() {
        for order in ORDERS.map(|order| PartsOrder::new(order).expect("an order")) {
            assert_eq!(PartsOrder::from_code(&order.code()), Some(order));
            assert_eq!(PartsOrder::of_lines(order.parts()), order);
        }
        for wrong in ["", "fees interest", "fees fees principal", "fees interest principal credit", "fees  interest principal"] {
            assert_eq!(PartsOrder::from_code(wrong), None, "{wrong}");
        }
        // Of a payment that paid two of them only these two are known.
        let two = PartsOrder::of_lines([Paid::Principal, Paid::Fees, Paid::Credit]).parts();
        assert_eq!(two, [Paid::Principal, Paid::Fees, Paid::Interest]);
    }

    #[test]
    fn what_went_back_last_was_paid_last_and_a_credit_goes_first() {
        let paid = Parts { credit: 50, ..parts(100, 20, 30) };
        let undone = |minor| undo(paid, usd(minor), PartsOrder::USUAL).expect("in range");
        assert_eq!(undone(50), Parts { credit: -50, ..Parts::default() });
        assert_eq!(undone(60), Parts { credit: -50, ..parts(-10, 0, 0) });
        assert_eq!(undone(160), Parts { credit: -50, ..parts(-100, -10, 0) });
        assert_eq!(undone(9_999), Parts { credit: -50, ..parts(-100, -20, -30) });
    }

    #[test]
    fn what_was_paid_before_comes_off_in_the_order_too() {
        let open = |settled, unassigned| outstanding(parts(1_000, 200, 50), settled, unassigned, PartsOrder::USUAL);
        assert_eq!(open(Parts::default(), 100), Ok(parts(1_000, 150, 0)));
        assert_eq!(open(parts(0, 150, 0), 100), Ok(parts(1_000, 0, 0)));
        // A part that was paid twice over comes off the others.
        assert_eq!(open(parts(0, 0, 80), 0), Ok(parts(1_000, 170, 0)));
        assert_eq!(open(Parts::default(), -30), Ok(parts(1_030, 200, 50)));
    }

    #[test]
    fn an_entry_is_in_pieces_by_what_it_was_applied_to_and_by_part() {
        let pieces = |lines: &[i64], parts: &[(Paid, i64)], amount| {
            let lines: Vec<Money> = lines.iter().copied().map(usd).collect();
            let parts: Vec<(Paid, Money)> = parts.iter().map(|(part, minor)| (*part, usd(*minor))).collect();
            let pieces = super::pieces(&lines, &parts, usd(amount));
            pieces.into_iter().map(|piece| (piece.line, piece.part, piece.amount.minor())).collect::<Vec<_>>()
        };
        let (fees, interest, principal) = (Some(Paid::Fees), Some(Paid::Interest), Some(Paid::Principal));
        let paid = [(Paid::Fees, 10), (Paid::Interest, 30), (Paid::Principal, 110)];
        assert_eq!(
            pieces(&[100, 50], &paid, -150),
            [(Some(0), fees, -10), (Some(0), interest, -30), (Some(0), principal, -60), (Some(1), principal, -50)]
        );
        // All of it comes back, the last first.
        let undone = [(Paid::Fees, -10), (Paid::Interest, -30), (Paid::Principal, -110)];
        assert_eq!(
            pieces(&[-50, -100], &undone, 150),
            [(Some(0), principal, 50), (Some(1), principal, 60), (Some(1), interest, 30), (Some(1), fees, 10)]
        );
        // From before the parts were kept, and more than there was to undo.
        assert_eq!(pieces(&[100, 50], &[], -150), [(Some(0), None, -100), (Some(1), None, -50)]);
        assert_eq!(pieces(&[-50], &undone[..1], 70), [(Some(0), fees, 10), (Some(0), None, 40), (None, None, 20)]);
        assert_eq!(pieces(&[], &[], 0), []);
    }

    proptest! {
        #[test]
        fn pieces_sum_to_the_entry_and_to_each_line_and_part(
            lines in proptest::collection::vec(1_i64..10_000, 0..5), cuts in proptest::collection::vec(0_i64..20_000, 3), beyond in 0_i64..500,
        ) {
            let applied: i64 = lines.iter().sum();
            let mut rest = applied;
            let parts: Vec<(Paid, Money)> = Paid::ALL.into_iter().zip(cuts.iter().copied().chain([i64::MAX])).map(|(part, cut)| {
                let minor = rest.min(cut);
                rest -= minor;
                (part, usd(minor))
            }).collect();
            let amount = -(applied + beyond);
            let pieces = pieces(&lines.iter().copied().map(usd).collect::<Vec<_>>(), &parts, usd(amount));
            let sum = |is_wanted: &dyn Fn(&Piece) -> bool| {
                -pieces.iter().filter(|piece| is_wanted(piece)).map(|piece| piece.amount.minor()).sum::<i64>()
            };
            prop_assert_eq!(sum(&|_| true), applied + beyond);
            prop_assert!(pieces.iter().all(|piece| piece.amount.minor() < 0));
            for (place, minor) in lines.iter().enumerate() {
                prop_assert_eq!(sum(&|piece| piece.line == Some(place)), *minor);
            }
            for (part, minor) in &parts {
                prop_assert_eq!(sum(&|piece| piece.part == Some(*part)), minor.minor());
            }
        }

        #[test]
        fn parts_sum_to_the_payment_and_never_exceed_what_is_owed(
            amount in 1_i64..1_000_000, principal in 0_i64..500_000, interest in 0_i64..50_000, fees in 0_i64..5_000,
            before in 0_i64..400_000, order in 0_usize..3, back in 0_i64..1_200_000,
        ) {
            let order = PartsOrder::new(ORDERS[order]).expect("an order");
            let open = outstanding(parts(principal, interest, fees), Parts::default(), before, order).expect("in range");
            let owed = (principal + interest + fees - before).max(0);
            prop_assert_eq!(sum(open), owed);
            let paid = split(usd(amount), open, order).expect("in range");
            prop_assert_eq!(sum(paid), amount);
            prop_assert_eq!(paid.credit, (amount - owed).max(0));
            for part in order.parts() {
                prop_assert!((0..=open.of(part)).contains(&paid.of(part)));
            }
            let undone = undo(paid, usd(back), order).expect("in range");
            prop_assert_eq!(sum(undone), -back.min(amount));
            for part in Paid::ALL {
                prop_assert!((-paid.of(part)..=0).contains(&undone.of(part)));
            }
        }
    }
}
