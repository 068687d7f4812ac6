//! Where one account stands, as its customer sees it: the total and the parts it is made of, what is past due, what is under
//! way. Everything shown is computed here from what the store read, so that the numbers on the page add up.

use super::calendar::Date;
use super::money::{Currency, Money, MoneyError};

/// What the creditor reported, once: the itemization and what was past due on that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    pub itemization_date: Date,
    pub balance_at_itemization: Money,
    pub interest_since: Money,
    pub fees_since: Money,
    /// As the creditor wrote them: what was paid and credited, as positive amounts.
    pub payments_since: Money,
    pub credits_since: Money,
    pub past_due: Money,
    pub oldest_unpaid_due_date: Option<Date>,
    /// The day the creditor's figures are of.
    pub balance_date: Date,
}

/// One entry of our own books on the account, after the creditor reported. Owed is positive, paid is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    pub kind: EntryKind,
    pub posted_on: Date,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Opening,
    Payment,
    Discount,
    Refund,
    Return,
    Chargeback,
    Adjustment,
    WriteOff,
}

impl EntryKind {
    pub fn from_code(code: &str) -> Option<EntryKind> {
        Some(match code {
            "opening" => EntryKind::Opening,
            "payment" => EntryKind::Payment,
            "discount" => EntryKind::Discount,
            "refund" => EntryKind::Refund,
            "return" => EntryKind::Return,
            "chargeback" => EntryKind::Chargeback,
            "adjustment" => EntryKind::Adjustment,
            "write_off" => EntryKind::WriteOff,
            _ => return None,
        })
    }
}

/// One line of how the total came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: PartKind,
    /// Owed is positive, paid is negative.
    pub amount: Money,
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
    let mut parts = vec![Part { kind: PartKind::Before(reported.itemization_date), amount: reported.balance_at_itemization }];
    let mut add = |kind, amount: Money| {
        if !amount.is_zero() {
            parts.push(Part { kind, amount });
        }
    };
    add(PartKind::Interest, reported.interest_since);
    add(PartKind::Fees, reported.fees_since);
    add(PartKind::PaidToCreditor, reported.payments_since.negated());
    add(PartKind::Credits, reported.credits_since.negated());
    for entry in entries.iter().filter(|entry| is_own_movement(entry.kind)) {
        add(PartKind::Own(entry.kind, entry.posted_on), entry.amount);
    }
    let so_far = sum(parts.iter().map(|part| part.amount), balance.currency())?;
    let rest = balance.checked_sub(so_far)?;
    if !rest.is_zero() {
        parts.push(Part { kind: PartKind::Corrections, amount: rest });
    }
    Ok(parts)
}

/// The opening repeats the itemization, and an adjustment follows the creditor's later figures: both are in the creditor's
/// own lines already.
fn is_own_movement(kind: EntryKind) -> bool {
    match kind {
        EntryKind::Opening | EntryKind::Adjustment => false,
        EntryKind::Payment
        | EntryKind::Discount
        | EntryKind::Refund
        | EntryKind::Return
        | EntryKind::Chargeback
        | EntryKind::WriteOff => true,
    }
}

/// What is past due now: what was reported, less what our books took off since, never below zero and never above the balance.
pub fn past_due_now(reported: Money, entries: &[OwnEntry], balance: Money) -> Result<Money, MoneyError> {
    let moved = entries.iter().filter(|entry| is_own_movement(entry.kind)).map(|entry| entry.amount);
    let left = reported.checked_add(sum(moved, reported.currency())?)?.minor();
    let bounded = left.min(reported.minor()).min(balance.minor()).max(0);
    Ok(Money::new(bounded, reported.currency()))
}

/// What an account is to its customer today. Each stage has its own words and its own ways forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    PastDue,
    /// Something is owed, nothing of it is past due.
    UpToDate,
    /// Nothing is owed.
    Settled,
    /// More was paid than was owed.
    InCredit,
    /// The creditor took the account back.
    Recalled,
    /// The creditor closed it while something was owed or nothing was.
    Closed,
}

/// Whether the creditor lets the account be dealt with here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    Open,
    Recalled,
    Closed,
}

impl AccountStatus {
    pub fn from_code(code: &str) -> Option<AccountStatus> {
        match code {
            "open" => Some(AccountStatus::Open),
            "recalled" => Some(AccountStatus::Recalled),
            "closed" => Some(AccountStatus::Closed),
            _ => None,
        }
    }
}

pub fn stage(status: AccountStatus, balance: Money, past_due: Money) -> Stage {
    match status {
        AccountStatus::Recalled => Stage::Recalled,
        AccountStatus::Closed => Stage::Closed,
        AccountStatus::Open if balance.is_zero() => Stage::Settled,
        AccountStatus::Open if balance.minor() < 0 => Stage::InCredit,
        AccountStatus::Open if past_due.is_positive() => Stage::PastDue,
        AccountStatus::Open => Stage::UpToDate,
    }
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

/// What was paid to the creditor so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidSoFar {
    pub count: u32,
    pub total: Money,
    pub since: Date,
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
            past_due: usd(22_826),
            oldest_unpaid_due_date: Some(date(2026, 10, 7)),
            balance_date: date(2026, 11, 20),
        }
    }

    fn entry(kind: EntryKind, minor: i64) -> OwnEntry {
        OwnEntry { kind, posted_on: date(2026, 11, 22), amount: usd(minor) }
    }

    #[test]
    fn the_parts_sum_to_the_balance() {
        let entries = [entry(EntryKind::Opening, 136_957), entry(EntryKind::Payment, -5_000)];
        let parts = parts(&reported(), &entries, usd(131_957)).expect("adds up");
        let total: i64 = parts.iter().map(|part| part.amount.minor()).sum();
        assert_eq!(total, 131_957);
        assert!(parts.iter().all(|part| part.kind != PartKind::Corrections));
        assert!(parts.iter().all(|part| part.kind != PartKind::Fees), "a part of zero is not shown");
    }

    #[test]
    fn a_difference_is_shown_not_hidden() {
        let parts = parts(&reported(), &[entry(EntryKind::Opening, 136_957)], usd(137_000)).expect("adds up");
        assert_eq!(parts.last().map(|part| (part.kind, part.amount)), Some((PartKind::Corrections, usd(43))));
    }

    #[test]
    fn payments_lower_what_is_past_due_to_zero_and_no_further() {
        let past_due =
            |entries: &[OwnEntry], balance| past_due_now(usd(22_826), entries, usd(balance)).expect("in range").minor();
        assert_eq!(past_due(&[], 136_957), 22_826);
        assert_eq!(past_due(&[entry(EntryKind::Payment, -1)], 136_956), 22_825);
        assert_eq!(past_due(&[entry(EntryKind::Payment, -22_826)], 114_131), 0);
        assert_eq!(past_due(&[entry(EntryKind::Payment, -136_957)], 0), 0);
        // The bank took the payment back.
        assert_eq!(past_due(&[entry(EntryKind::Payment, -5_000), entry(EntryKind::Return, 5_000)], 136_957), 22_826);
        // More is never past due than is owed.
        assert_eq!(past_due(&[], 10_000), 10_000);
    }

    #[test]
    fn every_account_has_one_stage() {
        assert_eq!(stage(AccountStatus::Open, usd(1), usd(1)), Stage::PastDue);
        assert_eq!(stage(AccountStatus::Open, usd(1), usd(0)), Stage::UpToDate);
        assert_eq!(stage(AccountStatus::Open, usd(0), usd(0)), Stage::Settled);
        assert_eq!(stage(AccountStatus::Open, usd(-1), usd(0)), Stage::InCredit);
        assert_eq!(stage(AccountStatus::Recalled, usd(1), usd(1)), Stage::Recalled);
        assert_eq!(stage(AccountStatus::Closed, usd(0), usd(0)), Stage::Closed);
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
