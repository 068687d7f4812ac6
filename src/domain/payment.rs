//! One attempt to move money, and the states it goes through.
//!
//! [`Payment::apply`] is the only way from one state to another. States move forward only: a late, repeated or out-of-order
//! report changes nothing and says why. One report overrules a closed state: that money was taken after all, because the
//! books must hold every cent that moved. What happens after success is told by [`super::reversal`]: a payment's state is then
//! what its reversals add up to ([`Payment::after`]). Called by `services::payments`.

use super::finding_out::{LastSeen, Said, Silence, after_silence};
use super::ids::{AccountId, AgreementId, CustomerId, PaymentId};
use super::ledger::Order;
use super::money::{Money, MoneyError};
use super::reversal::{Reversal, ReversalKind, ReversalState};

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// What stands for the processor where the creditor took the payment itself: nobody here is ever asked about it.
pub const ELSEWHERE: &str = "elsewhere";

/// What the customer wanted to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Everything owed, with the prompt-payment discount if there is one.
    Balance,
    PastDue,
    Part,
    /// The first instalment of the agreement that is not yet covered.
    Instalment,
    /// An instalment collected under a mandate while the customer is away: never chosen on a screen.
    Collection,
    /// The first instalment that is not covered and the one after it.
    Instalments,
    /// Everything that is still open of the agreement.
    Agreement,
}

impl Purpose {
    pub const ALL: [Purpose; 7] = [
        Purpose::PastDue,
        Purpose::Instalment,
        Purpose::Balance,
        Purpose::Part,
        Purpose::Collection,
        Purpose::Instalments,
        Purpose::Agreement,
    ];
    /// What a customer can choose, in the order it is shown.
    pub const CHOICES: [Purpose; 6] =
        [Purpose::PastDue, Purpose::Instalment, Purpose::Instalments, Purpose::Agreement, Purpose::Balance, Purpose::Part];

    pub fn code(self) -> &'static str {
        match self {
            Purpose::Balance => "balance",
            Purpose::PastDue => "past_due",
            Purpose::Part => "part",
            Purpose::Instalment => "instalment",
            Purpose::Collection => "collection",
            Purpose::Instalments => "instalments",
            Purpose::Agreement => "agreement",
        }
    }

    pub fn from_code(code: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.code() == code)
    }

    /// Reads what a customer chose; a collection is no choice.
    pub fn from_choice(code: &str) -> Option<Purpose> {
        Purpose::CHOICES.into_iter().find(|purpose| purpose.code() == code)
    }

    /// What such a payment covers first.
    pub fn order(self) -> Order {
        match self {
            Purpose::Instalment | Purpose::Collection | Purpose::Instalments | Purpose::Agreement => Order::InstalmentsFirst,
            Purpose::Balance | Purpose::PastDue | Purpose::Part => Order::PastDueFirst,
        }
    }
}

/// Why a processor or a bank said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclineReason {
    InsufficientFunds,
    ExpiredCard,
    /// The bank gave no reason.
    DoNotHonour,
    /// The bank wanted the customer to confirm the payment, and that did not happen.
    NotConfirmed,
    /// More than the card or account may pay in a day or at once.
    LimitReached,
    /// A number, a code or an address was not right, or there is no such account.
    WrongDetails,
    AccountClosed,
    /// The bank has no permission of the account's holder for a debit, or it was taken back.
    DebitNotAllowed,
    /// This kind of card or account cannot be used for it.
    MethodNotUsable,
    /// Something broke between the banks; the same may work later.
    TryAgain,
    /// The processor did not take the request at all.
    NotAccepted,
}

impl DeclineReason {
    pub const ALL: [DeclineReason; 11] = [
        DeclineReason::InsufficientFunds,
        DeclineReason::ExpiredCard,
        DeclineReason::DoNotHonour,
        DeclineReason::NotConfirmed,
        DeclineReason::LimitReached,
        DeclineReason::WrongDetails,
        DeclineReason::AccountClosed,
        DeclineReason::DebitNotAllowed,
        DeclineReason::MethodNotUsable,
        DeclineReason::TryAgain,
        DeclineReason::NotAccepted,
    ];

    pub fn code(self) -> &'static str {
        match self {
            DeclineReason::InsufficientFunds => "insufficient_funds",
            DeclineReason::ExpiredCard => "expired_card",
            DeclineReason::DoNotHonour => "do_not_honour",
            DeclineReason::NotConfirmed => "not_confirmed",
            DeclineReason::LimitReached => "limit_reached",
            DeclineReason::WrongDetails => "wrong_details",
            DeclineReason::AccountClosed => "account_closed",
            DeclineReason::DebitNotAllowed => "debit_not_allowed",
            DeclineReason::MethodNotUsable => "method_not_usable",
            DeclineReason::TryAgain => "try_again",
            DeclineReason::NotAccepted => "not_accepted",
        }
    }

    pub fn from_code(code: &str) -> Option<DeclineReason> {
        DeclineReason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Recorded; the processor may or may not have been asked.
    Created,
    /// The processor has it and waits for the customer on its page.
    Submitted {
        hosted_page: String,
    },
    /// The customer must confirm something more on the processor's page.
    NeedsCustomer {
        hosted_page: String,
    },
    /// On its way; a bank debit takes days.
    Processing,
    Succeeded {
        settled_at: Millis,
    },
    Declined {
        reason: DeclineReason,
        settled_at: Millis,
    },
    Cancelled {
        settled_at: Millis,
    },
    /// The processor's page was left open until it closed, or the processor never got the request.
    Abandoned {
        settled_at: Millis,
    },
    /// The processor did not answer. Nobody knows whether money moved until it does.
    Unknown,
    PartlyRefunded(Settled),
    Refunded(Settled),
    /// The bank took it back.
    Returned(Settled),
    /// The card holder's bank took it back.
    ChargedBack(Settled),
}

/// What is known of a payment that succeeded and of which something went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    pub settled_at: Millis,
    /// Everything that went back and has not come again. It may be more than the payment: a bank can take back what was
    /// refunded before.
    pub reversed: Money,
    /// When that last changed.
    pub reversed_at: Millis,
}

impl PaymentState {
    /// The codes of a payment that succeeded, whatever happened to it after that ([`PaymentState::has_succeeded`]).
    pub const PAID: [&str; 5] = ["succeeded", "partly_refunded", "refunded", "returned", "charged_back"];
    /// The codes of one of which something went back ([`PaymentState::reversed`]).
    pub const WENT_BACK: [&str; 4] = ["partly_refunded", "refunded", "returned", "charged_back"];

    pub fn code(&self) -> &'static str {
        match self {
            PaymentState::Created => "created",
            PaymentState::Submitted { .. } => "submitted",
            PaymentState::NeedsCustomer { .. } => "needs_customer",
            PaymentState::Processing => "processing",
            PaymentState::Succeeded { .. } => "succeeded",
            PaymentState::Declined { .. } => "declined",
            PaymentState::Cancelled { .. } => "cancelled",
            PaymentState::Abandoned { .. } => "abandoned",
            PaymentState::Unknown => "unknown",
            PaymentState::PartlyRefunded(_) => "partly_refunded",
            PaymentState::Refunded(_) => "refunded",
            PaymentState::Returned(_) => "returned",
            PaymentState::ChargedBack(_) => "charged_back",
        }
    }

    /// Whether the outcome is still to come.
    pub fn is_open(&self) -> bool {
        self.stage() < Stage::Closed
    }

    /// Whether it succeeded, whatever happened to it after that.
    pub fn has_succeeded(&self) -> bool {
        self.stage() == Stage::Paid
    }

    /// When it succeeded or ended.
    pub fn settled_at(&self) -> Option<Millis> {
        match self {
            PaymentState::Created
            | PaymentState::Submitted { .. }
            | PaymentState::NeedsCustomer { .. }
            | PaymentState::Processing
            | PaymentState::Unknown => None,
            PaymentState::Succeeded { settled_at }
            | PaymentState::Declined { settled_at, .. }
            | PaymentState::Cancelled { settled_at }
            | PaymentState::Abandoned { settled_at } => Some(*settled_at),
            PaymentState::PartlyRefunded(settled)
            | PaymentState::Refunded(settled)
            | PaymentState::Returned(settled)
            | PaymentState::ChargedBack(settled) => Some(settled.settled_at),
        }
    }

    /// What went back of it, if anything did.
    pub fn reversed(&self) -> Option<Settled> {
        match self {
            PaymentState::PartlyRefunded(settled)
            | PaymentState::Refunded(settled)
            | PaymentState::Returned(settled)
            | PaymentState::ChargedBack(settled) => Some(*settled),
            PaymentState::Created
            | PaymentState::Submitted { .. }
            | PaymentState::NeedsCustomer { .. }
            | PaymentState::Processing
            | PaymentState::Succeeded { .. }
            | PaymentState::Declined { .. }
            | PaymentState::Cancelled { .. }
            | PaymentState::Abandoned { .. }
            | PaymentState::Unknown => None,
        }
    }

    /// Whether another payment on the same account has to wait for this one: the customer may be about to pay it.
    pub fn blocks_another(&self) -> bool {
        self.is_open() && !matches!(self, PaymentState::Processing)
    }

    fn last_seen(&self) -> LastSeen {
        match self.stage() {
            Stage::NotKnown => LastSeen::NotKnown,
            Stage::Created | Stage::Submitted | Stage::NeedsCustomer => LastSeen::Asked,
            Stage::Processing => LastSeen::OnItsWay,
            Stage::Closed | Stage::Paid => LastSeen::Over,
        }
    }

    fn stage(&self) -> Stage {
        match self {
            PaymentState::Unknown => Stage::NotKnown,
            PaymentState::Created => Stage::Created,
            PaymentState::Submitted { .. } => Stage::Submitted,
            PaymentState::NeedsCustomer { .. } => Stage::NeedsCustomer,
            PaymentState::Processing => Stage::Processing,
            PaymentState::Declined { .. } | PaymentState::Cancelled { .. } | PaymentState::Abandoned { .. } => Stage::Closed,
            PaymentState::Succeeded { .. }
            | PaymentState::PartlyRefunded(_)
            | PaymentState::Refunded(_)
            | PaymentState::Returned(_)
            | PaymentState::ChargedBack(_) => Stage::Paid,
        }
    }
}

/// The order in which a payment may move. What is not known gives way to anything that is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    NotKnown,
    Created,
    Submitted,
    NeedsCustomer,
    Processing,
    Closed,
    Paid,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    /// What the customer and the processor call it.
    pub reference: String,
    pub customer_id: CustomerId,
    pub account_id: AccountId,
    pub agreement_id: Option<AgreementId>,
    pub purpose: Purpose,
    pub amount: Money,
    /// Granted if this payment succeeds; may be zero.
    pub discount: Money,
    pub processor: String,
    /// The processor's own name for it, once it has told us.
    pub processor_reference: Option<String>,
    pub decision_key: String,
    pub state: PaymentState,
    pub created_at: Millis,
}

/// What became known, from an answer, a webhook or a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessorReport {
    Found {
        processor_reference: String,
        finding: Finding,
    },
    /// The processor definitely did not take the request; no money can move under its key.
    Refused(DeclineReason),
    /// The processor answers and has never heard of it.
    NeverReceived,
    /// No answer, or one that does not say.
    OutcomeUnknown,
}

impl ProcessorReport {
    /// What a look-up that said this came to.
    pub fn said(&self) -> Said {
        match self {
            ProcessorReport::Found { .. } | ProcessorReport::Refused(_) => Said::HowItStands,
            ProcessorReport::NeverReceived => Said::NeverReceived,
            ProcessorReport::OutcomeUnknown => Said::Nothing,
        }
    }
}

/// How a payment stands at the processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Open { hosted_page: String },
    NeedsConfirmation { hosted_page: String },
    Processing,
    Succeeded { amount: Money },
    Declined(DeclineReason),
    Cancelled,
    Expired,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    Moved(PaymentState),
    Unchanged(WhyUnchanged),
}

/// Why a report changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyUnchanged {
    /// Known already.
    Repeated,
    /// Overtaken by a later one.
    Late,
    /// It cannot be about this payment: another amount, or another name at the processor. A person must look.
    Contradiction,
}

impl WhyUnchanged {
    pub fn code(self) -> &'static str {
        match self {
            WhyUnchanged::Repeated => "repeated",
            WhyUnchanged::Late => "late",
            WhyUnchanged::Contradiction => "contradiction",
        }
    }
}

impl Payment {
    /// Where a report leads. `at` is the instant it is applied, which becomes the settlement instant of a final state.
    pub fn apply(&self, report: &ProcessorReport, at: Millis) -> Transition {
        if self.is_contradicted_by(report) {
            return Transition::Unchanged(WhyUnchanged::Contradiction);
        }
        let next = match report {
            ProcessorReport::OutcomeUnknown => return self.lose_sight(),
            ProcessorReport::NeverReceived => PaymentState::Abandoned { settled_at: at },
            ProcessorReport::Refused(reason) => PaymentState::Declined { reason: *reason, settled_at: at },
            ProcessorReport::Found { finding, .. } => match finding {
                Finding::Open { hosted_page } => PaymentState::Submitted { hosted_page: hosted_page.clone() },
                Finding::NeedsConfirmation { hosted_page } => PaymentState::NeedsCustomer { hosted_page: hosted_page.clone() },
                Finding::Processing => PaymentState::Processing,
                Finding::Succeeded { .. } => PaymentState::Succeeded { settled_at: at },
                Finding::Declined(reason) => PaymentState::Declined { reason: *reason, settled_at: at },
                Finding::Cancelled => PaymentState::Cancelled { settled_at: at },
                Finding::Expired => PaymentState::Abandoned { settled_at: at },
            },
        };
        if next.stage() > self.state.stage() {
            Transition::Moved(next)
        } else if next.code() == self.state.code() || next.stage() == Stage::Paid {
            // That it was paid is known, whatever went back since.
            Transition::Unchanged(WhyUnchanged::Repeated)
        } else {
            Transition::Unchanged(WhyUnchanged::Late)
        }
    }

    /// The state of a payment that succeeded, by everything that ever went back of it. What a bank took back is told before what
    /// was given back, because it is what the customer has to know.
    pub fn after(&self, settled_at: Millis, reversals: &[Reversal]) -> Result<PaymentState, MoneyError> {
        let in_effect = || reversals.iter().filter(|reversal| reversal.state.is_in_effect());
        let changed = reversals.iter().filter_map(|reversal| match reversal.state {
            ReversalState::Succeeded { settled_at } => Some(settled_at),
            ReversalState::Undone { undone_at, .. } | ReversalState::PartlyUndone { undone_at, .. } => Some(undone_at),
            ReversalState::Created | ReversalState::Pending | ReversalState::Failed { .. } | ReversalState::Unknown => None,
        });
        let reversed =
            in_effect().try_fold(Money::zero(self.amount.currency()), |sum, reversal| sum.checked_add(reversal.gone()?))?;
        let settled = Settled { settled_at, reversed, reversed_at: changed.max().unwrap_or(settled_at) };
        let has = |kind| in_effect().any(|reversal| reversal.kind == kind);
        Ok(if has(ReversalKind::Chargeback) {
            PaymentState::ChargedBack(settled)
        } else if has(ReversalKind::Return) {
            PaymentState::Returned(settled)
        } else if reversed.is_zero() {
            PaymentState::Succeeded { settled_at }
        } else if reversed.checked_sub(self.amount)?.minor() >= 0 {
            PaymentState::Refunded(settled)
        } else {
            PaymentState::PartlyRefunded(settled)
        })
    }

    fn is_contradicted_by(&self, report: &ProcessorReport) -> bool {
        match report {
            ProcessorReport::Found { processor_reference, finding } => {
                let other_name = self.processor_reference.as_ref().is_some_and(|known| known != processor_reference);
                let other_amount = matches!(finding, Finding::Succeeded { amount } if *amount != self.amount);
                other_name || other_amount
            }
            // The processor has named it before, so it has received it.
            ProcessorReport::NeverReceived | ProcessorReport::Refused(_) => self.processor_reference.is_some(),
            ProcessorReport::OutcomeUnknown => false,
        }
    }

    fn lose_sight(&self) -> Transition {
        match after_silence(self.state.last_seen()) {
            Silence::MakesItUnknown => Transition::Moved(PaymentState::Unknown),
            Silence::SaysNothingNew => Transition::Unchanged(WhyUnchanged::Repeated),
            Silence::ChangesNothing => Transition::Unchanged(WhyUnchanged::Late),
        }
    }
}
