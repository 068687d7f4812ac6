//! The books: entries whose postings sum to zero because nothing else can be made, and what a payment is applied to.
//!
//! An [`Entry`] is a list of moves between two books, so it balances by construction. The balance of an account is the sum of
//! its postings in the book [`Book::Customer`]: owed is positive, paid is negative. Written by `store::ledger`.

use super::ids::AgreementId;
use super::money::{Money, MoneyError};

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
    /// The creditor took it and told us.
    PaymentElsewhere,
}

impl EntryKind {
    pub fn code(self) -> &'static str {
        match self {
            EntryKind::Opening => "opening",
            EntryKind::Payment => "payment",
            EntryKind::Discount => "discount",
            EntryKind::PaymentElsewhere => "payment_elsewhere",
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
}

/// What an account owes at the moment a payment is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub balance: Money,
    pub past_due: Money,
    /// Oldest first.
    pub instalments: Vec<OpenInstalment>,
}

impl Owed {
    /// What is past due and in no agreement's instalments; negative or zero where they cover all of it.
    pub fn past_due_outside_agreements(&self) -> Result<Money, MoneyError> {
        self.instalments.iter().try_fold(self.past_due, |left, instalment| left.checked_sub(instalment.open))
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
