//! The books: entries whose postings sum to zero because nothing else can be made, and what a payment is applied to.
//!
//! An [`Entry`] is a list of moves between two books, so it balances by construction. The balance of an account is the sum of
//! its postings in the book [`Book::Customer`]: owed is positive, paid is negative. Written by `store::ledger`.

use super::ids::AgreementId;
use super::money::{Money, MoneyError};
use super::reversal::ReversalKind;

/// Where an amount stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Book {
    /// What the customer owes.
    Customer,
    /// Owed to the creditor as it was handed over.
    Creditor,
    /// Money at the payment company.
    Processor,
    /// Given up by the creditor.
    Discount,
    Adjustment,
    WriteOff,
}

impl Book {
    pub fn code(self) -> &'static str {
        match self {
            Book::Customer => "customer",
            Book::Creditor => "creditor",
            Book::Processor => "processor",
            Book::Discount => "discount",
            Book::Adjustment => "adjustment",
            Book::WriteOff => "write_off",
        }
    }
}

/// Which part of a debt an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Component {
    Principal,
    Interest,
    Fees,
    Payments,
    Credits,
}

impl Component {
    pub fn code(self) -> &'static str {
        match self {
            Component::Principal => "principal",
            Component::Interest => "interest",
            Component::Fees => "fees",
            Component::Payments => "payments",
            Component::Credits => "credits",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Opening,
    Payment,
    Discount,
    Refund,
    Return,
    Chargeback,
    /// Money that had gone back and came again.
    Reinstatement,
    /// A discount that does not hold any more, because the payment that earned it went back.
    DiscountWithdrawn,
    /// By decision of a person here. What the creditor's later figures change is an 'adjustment', written by the import.
    Correction,
    /// Given up by decision.
    WriteOff,
    /// The creditor took it and told us.
    PaymentElsewhere,
    /// Interest that an agreement says, on the day of its instalment.
    Interest,
}

impl EntryKind {
    pub fn code(self) -> &'static str {
        match self {
            EntryKind::Opening => "opening",
            EntryKind::Payment => "payment",
            EntryKind::Discount => "discount",
            EntryKind::Refund => "refund",
            EntryKind::Return => "return",
            EntryKind::Chargeback => "chargeback",
            EntryKind::Reinstatement => "reinstatement",
            EntryKind::DiscountWithdrawn => "discount_withdrawn",
            EntryKind::Correction => "correction",
            EntryKind::WriteOff => "write_off",
            EntryKind::PaymentElsewhere => "payment_elsewhere",
            EntryKind::Interest => "interest",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub book: Book,
    pub component: Component,
    pub amount: Money,
}

/// One transaction of the books. Its postings sum to zero: each move takes from one book what it gives to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    kind: EntryKind,
    postings: Vec<Posting>,
}

impl Entry {
    /// What an account came with: the debt as the creditor itemized it.
    pub fn opening(parts: &[(Component, Money)]) -> Entry {
        let moves = parts.iter().filter(|(_, amount)| !amount.is_zero());
        Entry::of_moves(
            EntryKind::Opening,
            moves.map(|(component, amount)| (Book::Creditor, Book::Customer, *component, *amount)),
        )
    }

    /// Money the processor has taken for the customer. `amount` is what was paid, above zero.
    pub fn payment(amount: Money) -> Entry {
        Entry::of_moves(EntryKind::Payment, [(Book::Customer, Book::Processor, Component::Payments, amount)])
    }

    /// Money the creditor has taken itself. `amount` is what was paid, above zero.
    pub fn payment_elsewhere(amount: Money) -> Entry {
        Entry::of_moves(EntryKind::PaymentElsewhere, [(Book::Customer, Book::Creditor, Component::Payments, amount)])
    }

    /// What the creditor gives up because the customer paid promptly. `amount` is above zero.
    pub fn discount(amount: Money) -> Entry {
        Entry::of_moves(EntryKind::Discount, [(Book::Customer, Book::Discount, Component::Credits, amount)])
    }

    /// Money the processor gave back, or had to. `amount` is above zero.
    pub fn reversal(kind: ReversalKind, amount: Money) -> Entry {
        let entry_kind = match kind {
            ReversalKind::Refund => EntryKind::Refund,
            ReversalKind::Return => EntryKind::Return,
            ReversalKind::Chargeback => EntryKind::Chargeback,
        };
        Entry::of_moves(entry_kind, [(Book::Processor, Book::Customer, Component::Payments, amount)])
    }

    /// Money that had gone back and is at the processor again. `amount` is above zero.
    pub fn reinstatement(amount: Money) -> Entry {
        Entry::of_moves(EntryKind::Reinstatement, [(Book::Customer, Book::Processor, Component::Payments, amount)])
    }

    /// A discount that was granted holds no more. `amount` is above zero.
    pub fn discount_withdrawn(amount: Money) -> Entry {
        Entry::of_moves(EntryKind::DiscountWithdrawn, [(Book::Discount, Book::Customer, Component::Credits, amount)])
    }

    /// What a person put right: above zero is owed more, below zero less.
    pub fn correction(component: Component, amount: Money) -> Entry {
        Entry::of_moves(EntryKind::Correction, [(Book::Adjustment, Book::Customer, component, amount)])
    }

    /// What an agreement adds while it runs, as its signed terms say. `amount` is above zero.
    pub fn interest(amount: Money) -> Entry {
        Entry::of_moves(EntryKind::Interest, [(Book::Creditor, Book::Customer, Component::Interest, amount)])
    }

    /// What the creditor gives up, by part of the debt. The amounts are above zero.
    pub fn write_off(parts: &[(Component, Money)]) -> Entry {
        let moves = parts.iter().filter(|(_, amount)| !amount.is_zero());
        Entry::of_moves(
            EntryKind::WriteOff,
            moves.map(|(component, amount)| (Book::Customer, Book::WriteOff, *component, *amount)),
        )
    }

    fn of_moves(kind: EntryKind, moves: impl IntoIterator<Item = (Book, Book, Component, Money)>) -> Entry {
        let postings = moves.into_iter().flat_map(|(from, to, component, amount)| {
            [Posting { book: from, component, amount: amount.negated() }, Posting { book: to, component, amount }]
        });
        Entry { kind, postings: postings.collect() }
    }

    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

/// An instalment of the agreement in force that is not yet covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInstalment {
    pub agreement_id: AgreementId,
    pub number: u32,
    pub due_on: super::calendar::Date,
    /// What is still to be paid of it, above zero.
    pub open: Money,
    /// All of it was paid, and this was given back by decision: it may be paid, and nothing asks for it.
    pub is_given_back: bool,
}

/// What an account owes at the moment a payment is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub balance: Money,
    pub past_due: Money,
    /// Oldest first; what was given back after what is asked for.
    pub instalments: Vec<OpenInstalment>,
}

impl Owed {
    /// What is past due and in no agreement's instalments; negative or zero where they cover all of it.
    pub fn past_due_outside_agreements(&self) -> Result<Money, MoneyError> {
        self.instalments.iter().try_fold(self.past_due, |left, instalment| left.checked_sub(instalment.open))
    }

    /// The same, with one instalment before the others: what is collected for it goes to it, whatever else is open.
    pub fn with_first(mut self, number: u32) -> Owed {
        self.instalments.sort_by_key(|instalment| instalment.number != number);
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppliedTo {
    PastDue,
    Instalment {
        agreement_id: AgreementId,
        number: u32,
    },
    /// Owed, but not yet due.
    Balance,
    /// More than was owed: the customer's, to be told and to have back.
    Credit,
}

impl AppliedTo {
    pub fn code(&self) -> &'static str {
        match self {
            AppliedTo::PastDue => "past_due",
            AppliedTo::Instalment { .. } => "instalment",
            AppliedTo::Balance => "balance",
            AppliedTo::Credit => "credit",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    pub applied_to: AppliedTo,
    pub amount: Money,
}

/// What comes first when a payment is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What is past due outside the agreement, then its instalments.
    PastDueFirst,
    /// The customer said that the payment is for the agreement.
    InstalmentsFirst,
}

/// Splits a payment over what is owed, to the cent: each part takes all it can before the next gets any, and what is left
/// after everything owed is a credit. An agreement's instalments already cover (a part of) what is past due, so only what
/// lies outside them counts as past due here. The lines sum to `amount` and none is zero.
pub fn allocate(amount: Money, owed: &Owed, order: Order) -> Result<Vec<Allocation>, MoneyError> {
    let past_due = [(AppliedTo::PastDue, owed.past_due_outside_agreements()?)];
    let instalments = owed.instalments.iter().map(|instalment| {
        let applied_to = AppliedTo::Instalment { agreement_id: instalment.agreement_id.clone(), number: instalment.number };
        (applied_to, instalment.open)
    });
    let parts: Vec<(AppliedTo, Money)> = match order {
        Order::PastDueFirst => past_due.into_iter().chain(instalments).collect(),
        Order::InstalmentsFirst => instalments.chain(past_due).collect(),
    };

    let mut left = amount.minor();
    let mut owed_left = owed.balance.minor().max(0);
    let mut lines = Vec::new();
    for (applied_to, open) in parts {
        let taken = open.checked_sub(Money::zero(amount.currency()))?.minor().max(0).min(left).min(owed_left);
        if taken > 0 {
            lines.push(Allocation { applied_to, amount: Money::new(taken, amount.currency()) });
            left -= taken;
            owed_left -= taken;
        }
    }
    for (applied_to, taken) in [(AppliedTo::Balance, left.min(owed_left)), (AppliedTo::Credit, left - left.min(owed_left))] {
        if taken > 0 {
            lines.push(Allocation { applied_to, amount: Money::new(taken, amount.currency()) });
        }
    }
    Ok(lines)
}

/// What is undone of a payment's lines when so much of it goes back: what was beyond everything owed first, then what was
/// applied last. `lines` are what is applied now, in the order it was applied, none of them negative; the answer's are
/// negative, and sum to `amount` or to all there is.
pub fn undo(lines: &[Allocation], amount: Money) -> Result<Vec<Allocation>, MoneyError> {
    let is_credit = |line: &&Allocation| line.applied_to == AppliedTo::Credit;
    let credit_first = lines.iter().rev().filter(is_credit).chain(lines.iter().rev().filter(|line| !is_credit(line)));
    let mut left = amount;
    let mut undone = Vec::new();
    for line in credit_first {
        let taken = Money::new(line.amount.minor().min(left.minor()).max(0), left.currency());
        if taken.is_positive() {
            left = left.checked_sub(taken)?;
            line.amount.checked_sub(taken)?;
            undone.push(Allocation { applied_to: line.applied_to.clone(), amount: taken.negated() });
        }
    }
    Ok(undone)
}

/// Lines to the same thing as one, without what sums to zero; each stands where it was applied first.
pub fn net(lines: Vec<Allocation>) -> Result<Vec<Allocation>, MoneyError> {
    let mut sums: Vec<Allocation> = Vec::new();
    for line in lines {
        match sums.iter_mut().find(|known| known.applied_to == line.applied_to) {
            Some(known) => known.amount = known.amount.checked_add(line.amount)?,
            None => sums.push(line),
        }
    }
    sums.retain(|line| !line.amount.is_zero());
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn line(applied_to: AppliedTo, minor: i64) -> Allocation {
        Allocation { applied_to, amount: usd(minor) }
    }

    fn instalment(number: u32) -> AppliedTo {
        AppliedTo::Instalment { agreement_id: AgreementId("g".into()), number }
    }

    #[test]
    fn what_goes_back_is_undone_from_the_last_and_a_credit_first() {
        let applied = [line(instalment(1), 100), line(instalment(2), 80), line(AppliedTo::Credit, 20)];
        let undone = |minor| undo(&applied, usd(minor)).expect("one currency");
        assert_eq!(undone(20), [line(AppliedTo::Credit, -20)]);
        assert_eq!(undone(21), [line(AppliedTo::Credit, -20), line(instalment(2), -1)]);
        assert_eq!(undone(101), [line(AppliedTo::Credit, -20), line(instalment(2), -80), line(instalment(1), -1)]);
        assert_eq!(undone(9_999).iter().map(|line| line.amount.minor()).sum::<i64>(), -200, "never more than there was");
        assert_eq!(undone(0), []);
    }

    #[test]
    fn every_entry_of_what_comes_after_balances() {
        let entries = [
            Entry::reversal(ReversalKind::Refund, usd(1)),
            Entry::reversal(ReversalKind::Return, usd(2)),
            Entry::reversal(ReversalKind::Chargeback, usd(3)),
            Entry::reinstatement(usd(4)),
            Entry::discount_withdrawn(usd(5)),
            Entry::correction(Component::Fees, usd(-6)),
            Entry::interest(usd(8)),
            Entry::write_off(&[(Component::Interest, usd(7)), (Component::Fees, usd(0))]),
        ];
        let of_customer = entries.map(|entry| {
            assert_eq!(entry.postings().iter().map(|posting| posting.amount.minor()).sum::<i64>(), 0, "{entry:?}");
            let customers = entry.postings().iter().filter(|posting| posting.book == Book::Customer);
            customers.map(|posting| posting.amount.minor()).sum::<i64>()
        });
        assert_eq!(of_customer, [1, 2, 3, -4, 5, -6, 8, -7]);
    }

    proptest! {
        #[test]
        fn parts_given_back_one_after_the_other_leave_what_one_would(
            amounts in proptest::collection::vec(1_i64..10_000, 1..8), back in proptest::collection::vec(0_i64..8_000, 0..8),
            credit in 0_i64..500,
        ) {
            let mut applied: Vec<Allocation> = (1_u32..).zip(&amounts).map(|(number, minor)| line(instalment(number), *minor)).collect();
            if credit > 0 {
                applied.push(line(AppliedTo::Credit, credit));
            }
            let all = applied.clone();
            for minor in &back {
                let undone = undo(&applied, usd(*minor)).expect("one currency");
                applied = net(applied.into_iter().chain(undone).collect()).expect("one currency");
                prop_assert!(applied.iter().all(|line| line.amount.is_positive()));
            }
            let at_once = undo(&all, usd(back.iter().sum())).expect("one currency");
            prop_assert_eq!(applied, net(all.into_iter().chain(at_once).collect()).expect("one currency"));
        }
    }
}
