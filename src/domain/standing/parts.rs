//! How a balance came about: its parts, and the balance after each line of the creditor's history.

use crate::domain::calendar::Date;
use crate::domain::money::{Currency, Money, MoneyError};

/// The itemization as the creditor reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    pub itemization_date: Date,
    pub balance_at_itemization: Money,
    pub interest_since: Money,
    pub fees_since: Money,
    /// As the creditor wrote them: what was paid and credited, as positive amounts.
    pub payments_since: Money,
    pub credits_since: Money,
    /// The day the creditor's figures are of.
    pub balance_date: Date,
}

/// One entry of our own books since the creditor reported that the creditor's figures do not contain. Owed is positive, paid
/// is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    pub kind: EntryKind,
    pub posted_on: Date,
    pub amount: Money,
    /// The reference of the payment it is about; `None` for what a person here decided.
    pub payment: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Payment,
    Discount,
    Refund,
    Return,
    Chargeback,
    WriteOff,
    /// Taken back before, and here again.
    Reinstatement,
    DiscountWithdrawn,
    /// By a person here; the creditor's own are among [`PartKind::Corrections`].
    Correction,
    /// Paid to the creditor directly, who told us.
    PaymentElsewhere,
    /// Added by an agreement that says so.
    Interest,
}

impl EntryKind {
    pub fn from_code(code: &str) -> Option<EntryKind> {
        Some(match code {
            "payment" => EntryKind::Payment,
            "discount" => EntryKind::Discount,
            "refund" => EntryKind::Refund,
            "return" => EntryKind::Return,
            "chargeback" => EntryKind::Chargeback,
            "write_off" => EntryKind::WriteOff,
            "reinstatement" => EntryKind::Reinstatement,
            "discount_withdrawn" => EntryKind::DiscountWithdrawn,
            "correction" => EntryKind::Correction,
            "payment_elsewhere" => EntryKind::PaymentElsewhere,
            "interest" => EntryKind::Interest,
            _ => return None,
        })
    }

    /// As in the ledger and in the CSV.
    pub fn code(self) -> &'static str {
        match self {
            EntryKind::Payment => "payment",
            EntryKind::Discount => "discount",
            EntryKind::Refund => "refund",
            EntryKind::Return => "return",
            EntryKind::Chargeback => "chargeback",
            EntryKind::WriteOff => "write_off",
            EntryKind::Reinstatement => "reinstatement",
            EntryKind::DiscountWithdrawn => "discount_withdrawn",
            EntryKind::Correction => "correction",
            EntryKind::PaymentElsewhere => "payment_elsewhere",
            EntryKind::Interest => "interest",
        }
    }
}

/// One line of how the total came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: PartKind,
    /// Owed is positive, paid is negative.
    pub amount: Money,
    /// The reference of the payment it is about.
    pub payment: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// What was owed on the itemization date.
    Before(Date),
    Interest,
    Fees,
    /// Paid to the creditor, as the creditor reported.
    PaidToCreditor,
    Credits,
    /// An entry of our own books.
    Own(EntryKind, Date),
    /// What the creditor's own figures and ours differ by since then; shown, never hidden.
    Corrections,
}

/// The parts of a balance, without those that are zero (but for the first). They sum to the balance.
pub fn parts(reported: &Reported, entries: &[OwnEntry], balance: Money) -> Result<Vec<Part>, MoneyError> {
    let first = PartKind::Before(reported.itemization_date);
    let mut parts = vec![Part { kind: first, amount: reported.balance_at_itemization, payment: None }];
    let mut add = |kind, amount: Money, payment| {
        if !amount.is_zero() {
            parts.push(Part { kind, amount, payment });
        }
    };
    add(PartKind::Interest, reported.interest_since, None);
    add(PartKind::Fees, reported.fees_since, None);
    add(PartKind::PaidToCreditor, reported.payments_since.negated(), None);
    add(PartKind::Credits, reported.credits_since.negated(), None);
    for entry in entries {
        add(PartKind::Own(entry.kind, entry.posted_on), entry.amount, entry.payment.clone());
    }
    let so_far = sum(parts.iter().map(|part| part.amount), balance.currency())?;
    let rest = balance.checked_sub(so_far)?;
    if !rest.is_zero() {
        parts.push(Part { kind: PartKind::Corrections, amount: rest, payment: None });
    }
    Ok(parts)
}

/// One line of the creditor's own history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    pub posted_on: Date,
    /// In the creditor's words.
    pub description: String,
    pub amount: Money,
    /// What was owed after it.
    pub balance_after: Money,
}

/// The creditor's history with the balance after each line, counted back from what the creditor says is owed. `lines` are
/// in the order in which they happened, and so is the answer.
pub fn with_balances(lines: Vec<(Date, String, Money)>, balance: Money) -> Result<Vec<HistoryLine>, MoneyError> {
    let mut after = balance;
    let mut history = Vec::with_capacity(lines.len());
    for (posted_on, description, amount) in lines.into_iter().rev() {
        history.push(HistoryLine { posted_on, description, amount, balance_after: after });
        after = after.checked_sub(amount)?;
    }
    history.reverse();
    Ok(history)
}

fn sum(amounts: impl Iterator<Item = Money>, currency: Currency) -> Result<Money, MoneyError> {
    amounts.into_iter().try_fold(Money::zero(currency), Money::checked_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn reported() -> Reported {
        Reported {
            itemization_date: date(2026, 5, 1),
            balance_at_itemization: usd(153_373),
            interest_since: usd(14_217),
            fees_since: usd(0),
            payments_since: usd(30_633),
            credits_since: usd(0),
            balance_date: date(2026, 11, 20),
        }
    }

    fn entry(kind: EntryKind, minor: i64) -> OwnEntry {
        OwnEntry { kind, posted_on: date(2026, 11, 22), amount: usd(minor), payment: Some("EK-1".into()) }
    }

    #[test]
    fn the_parts_sum_to_the_balance() {
        let entries = [entry(EntryKind::Payment, -5_000)];
        let parts = parts(&reported(), &entries, usd(131_957)).expect("adds up");
        assert_eq!(parts.last().and_then(|part| part.payment.as_deref()), Some("EK-1"));
        let total: i64 = parts.iter().map(|part| part.amount.minor()).sum();
        assert_eq!(total, 131_957);
        assert!(parts.iter().all(|part| part.kind != PartKind::Corrections));
        assert!(parts.iter().all(|part| part.kind != PartKind::Fees), "a part of zero is not shown");
    }

    #[test]
    fn a_difference_is_shown_not_hidden() {
        let parts = parts(&reported(), &[], usd(137_000)).expect("adds up");
        assert_eq!(parts.last().map(|part| (part.kind, part.amount)), Some((PartKind::Corrections, usd(43))));
    }

    #[test]
    fn balances_run_back_from_what_is_owed() {
        let lines = vec![
            (date(2026, 5, 1), "Balance brought forward".to_owned(), usd(10_000)),
            (date(2026, 6, 1), "Payment received".to_owned(), usd(-2_500)),
        ];
        let history = with_balances(lines, usd(7_500)).expect("in range");
        assert_eq!(history.iter().map(|line| line.balance_after.minor()).collect::<Vec<_>>(), [10_000, 7_500]);
    }
}
