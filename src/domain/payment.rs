//! One attempt to move money, and the states it goes through.
//!
//! [`Payment::apply`] is the only way from one state to another. States move forward only: a late, repeated or out-of-order
//! report changes nothing and says why. One report overrules a closed state: that money was taken after all, because the
//! books must hold every cent that moved. Called by `services::payments`.

use super::ids::{AccountId, AgreementId, CustomerId, PaymentId};
use super::ledger::Order;
use super::money::Money;

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

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
}

impl Purpose {
    pub const ALL: [Purpose; 5] = [Purpose::PastDue, Purpose::Instalment, Purpose::Balance, Purpose::Part, Purpose::Collection];
    /// What a customer can choose, in the order it is shown.
    pub const CHOICES: [Purpose; 4] = [Purpose::PastDue, Purpose::Instalment, Purpose::Balance, Purpose::Part];

    pub fn code(self) -> &'static str {
        match self {
            Purpose::Balance => "balance",
            Purpose::PastDue => "past_due",
            Purpose::Part => "part",
            Purpose::Instalment => "instalment",
            Purpose::Collection => "collection",
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
            Purpose::Instalment | Purpose::Collection => Order::InstalmentsFirst,
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
}

impl PaymentState {
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
        }
    }

    /// Whether the outcome is still to come.
    pub fn is_open(&self) -> bool {
        self.stage() < Stage::Closed
    }

    /// Whether another payment on the same account has to wait for this one: the customer may be about to pay it.
    pub fn blocks_another(&self) -> bool {
        self.is_open() && !matches!(self, PaymentState::Processing)
    }

    fn stage(&self) -> Stage {
        match self {
            PaymentState::Unknown => Stage::NotKnown,
            PaymentState::Created => Stage::Created,
            PaymentState::Submitted { .. } => Stage::Submitted,
            PaymentState::NeedsCustomer { .. } => Stage::NeedsCustomer,
            PaymentState::Processing => Stage::Processing,
            PaymentState::Declined { .. } | PaymentState::Cancelled { .. } | PaymentState::Abandoned { .. } => Stage::Closed,
            PaymentState::Succeeded { .. } => Stage::Paid,
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
        } else if next.code() == self.state.code() {
            Transition::Unchanged(WhyUnchanged::Repeated)
        } else {
            Transition::Unchanged(WhyUnchanged::Late)
        }
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
        match &self.state {
            PaymentState::Unknown => Transition::Unchanged(WhyUnchanged::Repeated),
            state if state.is_open() => Transition::Moved(PaymentState::Unknown),
            _ => Transition::Unchanged(WhyUnchanged::Late),
        }
    }
}
