//! Where one account stands, as its customer sees it: the total and the parts it is made of, what is past due, what is under
//! way. Plain values, read by a service, shown by the account screen.

mod parts;

pub use parts::{EntryKind, HistoryLine, OwnEntry, Part, PartKind, Reported, parts, with_balances};

use super::calendar::Date;
use super::contact::channel::Channel;
use super::contact::gate::Reason;
use super::contact::template::Template;
use super::history::PaymentHistory;
use super::hold::HoldKind;
use super::ids::{AccountId, AgreementId};
use super::keeping::{CollectionTrouble, Instalment, Keeping, PutRight};
use super::money::Money;
use super::statement::Statement;

/// Everything "Where I stand" says about one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub account_id: AccountId,
    pub reference: String,
    pub product: String,
    pub creditor: String,
    pub stage: Stage,
    pub balance: Money,
    pub past_due: Money,
    pub past_due_since: Option<Date>,
    pub days_past_due: i32,
    /// They sum to the balance.
    pub parts: Vec<Part>,
    /// The day the creditor's figures are of.
    pub balance_date: Date,
    /// The creditor's own, oldest first.
    pub history: Vec<HistoryLine>,
    pub paid_so_far: Option<PaidSoFar>,
    /// How past instalments were kept, where that is good to hear.
    pub good_history: Option<PaymentHistory>,
    /// What the creditor says happens if nothing is done.
    pub if_nothing_is_done: Option<Statement>,
    pub agreement: Option<LiveAgreement>,
    /// Whether that agreement is kept, and until when something can be put right.
    pub keeping: Option<Keeping>,
    /// What will be taken by itself next, and on which day.
    pub next_collection: Option<(Date, Money)>,
    /// While the agreement is behind.
    pub put_right: Option<PutRight>,
    /// A payment that was to be collected and was not.
    pub trouble: Option<CollectionTrouble>,
    pub holds: Vec<ActiveHold>,
    pub payments: Vec<RunningPayment>,
    /// Something is owed, but less than can be paid online: a person helps.
    pub is_too_small_online: bool,
    pub messages: Vec<WaitingMessage>,
    /// Where more was paid than was owed.
    pub have_back: Option<CreditToHaveBack>,
    /// What keeps e-mail from being used, if anything does.
    pub email: Option<EmailTrouble>,
    pub has_other_accounts: bool,
    /// The last agreement, where it ended because the creditor took back or closed the account.
    pub stopped_agreement: Option<StoppedAgreement>,
    pub today: Date,
}

impl Standing {
    /// Nobody knows yet whether this money moved: it is not asked for a second time until that is known.
    pub fn has_unknown_payment(&self) -> bool {
        self.payments.iter().any(|payment| payment.state == RunningState::Unknown)
    }

    pub fn is_disputed(&self) -> bool {
        self.holds.iter().any(|hold| hold.kind == HoldKind::Dispute)
    }

    /// What is past due and in no instalment of the agreement, where it covers a part of it.
    pub fn past_due_outside_agreement(&self) -> Option<Money> {
        let covered = self.agreement.as_ref()?.open_minor();
        let outside = self.past_due.minor() - covered;
        (covered > 0 && outside > 0).then(|| Money::new(outside, self.past_due.currency()))
    }

    /// Whether the agreement pays all that is past due, and is kept: then nothing of it is asked for beside the agreement.
    pub fn agreement_covers_past_due(&self) -> bool {
        self.agreement
            .as_ref()
            .is_some_and(|agreement| !agreement.has_missed(self.today) && agreement.open_minor() >= self.past_due.minor())
    }
}

impl Standing {
    /// What is owed beside the agreement: it is no part of it and goes on as the contract says. `None` where nothing is.
    pub fn beside_agreement(&self) -> Option<Money> {
        let open = self.agreement.as_ref()?.open_minor();
        let beside = self.balance.minor().saturating_sub(open);
        (beside > 0).then(|| Money::new(beside, self.balance.currency()))
    }

    /// What was paid here and is not in the creditor's figures yet, without what went back of it.
    pub fn paid_here(&self) -> Option<Money> {
        let is_payment = |part: &&Part| match part.kind {
            PartKind::Own(kind, _) => match kind {
                EntryKind::Payment | EntryKind::Refund | EntryKind::Return | EntryKind::Chargeback | EntryKind::Reinstatement => {
                    true
                }
                EntryKind::Discount
                | EntryKind::WriteOff
                | EntryKind::DiscountWithdrawn
                | EntryKind::Correction
                | EntryKind::PaymentElsewhere
                | EntryKind::Interest => false,
            },
            PartKind::Before(_)
            | PartKind::Interest
            | PartKind::Fees
            | PartKind::PaidToCreditor
            | PartKind::Credits
            | PartKind::Corrections => false,
        };
        let paid = self.parts.iter().filter(is_payment).fold(0_i64, |sum, part| sum.saturating_sub(part.amount.minor()));
        (paid > 0).then(|| Money::new(paid, self.balance.currency()))
    }
}

/// What was paid beyond what was owed, and how the customer has it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditToHaveBack {
    /// By pressing a button.
    pub possible: Money,
    /// What cannot go back the way it came.
    pub by_a_person: Money,
    /// Being given back already.
    pub on_its_way: Money,
    /// Makes the decision one, however often it is sent.
    pub key: String,
}

/// An agreement that ended because the creditor took back or closed the account. It stays ended, whatever comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedAgreement {
    pub id: AgreementId,
    pub reference: String,
    pub on: Date,
}

/// The agreement an account is under and how its instalments stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveAgreement {
    pub id: AgreementId,
    pub reference: String,
    pub instalments: Vec<Instalment>,
}

impl LiveAgreement {
    /// The first instalment of which something is asked for.
    pub fn next(&self) -> Option<&Instalment> {
        self.instalments.iter().find(|instalment| !instalment.is_met())
    }

    /// Whether an instalment was not paid by its day.
    pub fn has_missed(&self, today: Date) -> bool {
        self.next().is_some_and(|instalment| instalment.due_on < today)
    }

    /// What its instalments will still pay, or may.
    pub fn open_minor(&self) -> i64 {
        self.instalments.iter().map(|instalment| instalment.open().minor()).sum()
    }

    /// What is open because it was given back by decision; zero for nothing.
    pub fn given_back_minor(&self) -> i64 {
        self.instalments.iter().map(|instalment| instalment.given_back().minor()).sum()
    }

    pub fn count_paid(&self) -> usize {
        self.instalments.iter().filter(|instalment| instalment.is_met()).count()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveHold {
    pub kind: HoldKind,
    /// The last day, if it ends by itself.
    pub until: Option<Date>,
}

/// A payment whose outcome is not final yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningPayment {
    pub reference: String,
    pub amount: Money,
    pub state: RunningState,
    pub begun_on: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunningState {
    /// With the payment company.
    Processing,
    /// The payment company waits for the customer.
    NeedsCustomer,
    /// Nobody knows yet; it is being asked.
    Unknown,
}

impl RunningState {
    pub fn from_code(code: &str) -> Option<RunningState> {
        match code {
            "processing" => Some(RunningState::Processing),
            "submitted" | "needs_customer" => Some(RunningState::NeedsCustomer),
            // Written down, and then not heard of: the payment company may have it or not.
            "created" | "unknown" => Some(RunningState::Unknown),
            _ => None,
        }
    }
}

/// A message that is written and waits to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingMessage {
    pub template: Template,
    pub channel: Channel,
    pub stage: WaitingStage,
}

/// How far a waiting message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingStage {
    /// It leaves on this day or later; and why not before, where something keeps it.
    From { day: Date, reason: Option<Reason> },
    /// On its way onto paper.
    Printing,
}

/// Why nothing comes by e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailTrouble {
    /// What was sent to the address came back.
    CameBack,
    /// The customer stopped it.
    Stopped,
}

/// One of a customer's accounts, as in the list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSummary {
    pub account_id: AccountId,
    pub reference: String,
    pub creditor: String,
    pub product: String,
    pub balance: Money,
    pub past_due: Money,
    pub stage: Stage,
    pub is_under_agreement: bool,
}

/// A page of the creditor's history, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    pub account_id: AccountId,
    pub reference: String,
    pub product: String,
    pub creditor: String,
    pub lines: Vec<HistoryLine>,
    /// Counted from 1.
    pub page: u32,
    pub pages: u32,
}

/// What was paid to the creditor so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidSoFar {
    pub count: u32,
    pub total: Money,
    pub since: Date,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
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
}
