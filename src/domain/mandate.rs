//! A permission to collect an agreement's instalments, and the states it goes through.
//!
//! [`Mandate::apply`] is the only way from one state to another. What the processor says leads forward only: a late, repeated or
//! contradictory report changes nothing and says why. Nothing is collected in any state but `Given`; a permission that was given
//! when nobody wanted it any more is ended at once. Called by `services::mandates`.

use super::account::Disclosure;
use super::calendar::Date;
use super::finding_out::{LastSeen, Said, Silence, after_silence};
use super::ids::{AccountId, AgreementId, CustomerId, DocumentId, MandateId};
use super::language::Language;
use super::money::{Currency, Money};

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// 12 CFR 1005.10(c): so many business days before a payment a bank has to take an order to stop it. Here a stop counts until it is
/// sent.
pub const STOP_ALWAYS_COUNTS_BUSINESS_DAYS: u32 = 3;
/// 12 CFR 1005.10(d): so many days before a collection of more than was authorised its customer is told.
pub const NOTICE_IF_MORE_DAYS: u32 = 10;
/// How often what did not go through is tried again. The Nacha rules allow two.
pub const MOST_RETRIES: u32 = 2;

/// Why a permission is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Its customer stopped it.
    Customer,
    /// Another one took its place.
    Replaced,
    /// Its agreement is completed, ended or recalled.
    AgreementEnded,
    /// The processor or the bank does not let anything be collected under it any more.
    Processor,
    /// Somebody who works here ended it.
    Staff,
    /// It was given after its customer had been told that it was not.
    TooLate,
    /// The agreement was changed, and it was given for the payments as they were.
    Changed,
}

impl EndReason {
    pub const ALL: [EndReason; 7] = [
        EndReason::Customer,
        EndReason::Replaced,
        EndReason::AgreementEnded,
        EndReason::Processor,
        EndReason::Staff,
        EndReason::TooLate,
        EndReason::Changed,
    ];

    pub fn code(self) -> &'static str {
        match self {
            EndReason::Customer => "customer",
            EndReason::Replaced => "replaced",
            EndReason::AgreementEnded => "agreement_ended",
            EndReason::Processor => "processor",
            EndReason::Staff => "staff",
            EndReason::TooLate => "too_late",
            EndReason::Changed => "changed",
        }
    }

    pub fn from_code(code: &str) -> Option<EndReason> {
        EndReason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether its customer is told by a message. Who replaced it has a new one to hold; who completed an agreement is told of that.
    pub fn is_told(self) -> bool {
        match self {
            EndReason::Customer | EndReason::Processor | EndReason::Staff | EndReason::TooLate | EndReason::Changed => true,
            EndReason::Replaced | EndReason::AgreementEnded => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MandateState {
    /// Authorised and recorded; the processor may or may not have been asked.
    Created,
    /// The processor waits for the customer on its page.
    Submitted {
        hosted_page: String,
    },
    /// The bank is looking at it; nothing can be collected yet.
    Processing,
    /// In force. `mandate` is the processor's own name of it.
    Given {
        mandate: String,
        given_at: Millis,
    },
    /// The bank said no to the card or account, or the processor did not take the request.
    Refused {
        settled_at: Millis,
    },
    /// The page closed before it was given, or the processor never got the request.
    Closed {
        settled_at: Millis,
    },
    /// The processor did not answer.
    Unknown,
    /// Taken back before it was given. The processor's page may still be open.
    Withdrawn {
        reason: EndReason,
        settled_at: Millis,
    },
    Ended {
        mandate: String,
        given_at: Millis,
        reason: EndReason,
        settled_at: Millis,
    },
}

impl MandateState {
    pub fn code(&self) -> &'static str {
        match self {
            MandateState::Created => "created",
            MandateState::Submitted { .. } => "submitted",
            MandateState::Processing => "processing",
            MandateState::Given { .. } => "given",
            MandateState::Refused { .. } => "refused",
            MandateState::Closed { .. } => "closed",
            MandateState::Unknown => "unknown",
            MandateState::Withdrawn { .. } => "withdrawn",
            MandateState::Ended { .. } => "ended",
        }
    }

    /// Whether it may still come into force.
    pub fn is_open(&self) -> bool {
        self.stage() < Stage::Withdrawn
    }

    /// Whether the processor still has something to say of it.
    pub fn is_to_be_asked(&self) -> bool {
        self.stage() < Stage::Closed
    }

    fn last_seen(&self) -> LastSeen {
        match self.stage() {
            Stage::NotKnown => LastSeen::NotKnown,
            Stage::Created | Stage::Submitted => LastSeen::Asked,
            // The bank is looking at it.
            Stage::Processing => LastSeen::OnItsWay,
            Stage::Withdrawn | Stage::Closed | Stage::Given | Stage::Ended => LastSeen::Over,
        }
    }

    fn stage(&self) -> Stage {
        match self {
            MandateState::Unknown => Stage::NotKnown,
            MandateState::Created => Stage::Created,
            MandateState::Submitted { .. } => Stage::Submitted,
            MandateState::Processing => Stage::Processing,
            MandateState::Withdrawn { .. } => Stage::Withdrawn,
            MandateState::Refused { .. } | MandateState::Closed { .. } => Stage::Closed,
            MandateState::Given { .. } => Stage::Given,
            MandateState::Ended { .. } => Stage::Ended,
        }
    }
}

/// The order in which a permission may move. What is not known gives way to anything that is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    NotKnown,
    Created,
    Submitted,
    Processing,
    Withdrawn,
    Closed,
    Given,
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub id: MandateId,
    /// What the customer and the processor call it.
    pub reference: String,
    pub customer_id: CustomerId,
    pub account_id: AccountId,
    pub agreement_id: AgreementId,
    pub agreement_version: i64,
    pub currency: Currency,
    pub processor: String,
    /// The processor's own name for its page, once it has told us.
    pub processor_reference: Option<String>,
    pub decision_key: String,
    pub authorised: Authorised,
    /// The document its customer keeps, once it was given.
    pub document_id: Option<DocumentId>,
    pub state: MandateState,
    pub created_at: Millis,
}

/// What was authorised, as it was shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorised {
    /// [`MandateTerms`] as canonical JSON.
    pub terms: String,
    /// Every sentence and every payment, one a line.
    pub text: String,
    pub text_sha256: String,
    /// The name as typed.
    pub signed_name: String,
    pub language: Language,
}

impl std::fmt::Debug for Authorised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authorised({})", self.text_sha256)
    }
}

/// What happens to a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    Reported(MandateReport),
    /// Somebody ends it here.
    Ended(EndReason),
}

/// What became known, from an answer, a webhook or a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MandateReport {
    Found {
        processor_reference: String,
        finding: MandateFinding,
    },
    /// The processor definitely did not take the request.
    Refused,
    /// The processor answers and has never heard of it.
    NeverReceived,
    /// No answer, or one that does not say.
    OutcomeUnknown,
}

impl MandateReport {
    /// What a look-up that said this came to.
    pub fn said(&self) -> Said {
        match self {
            MandateReport::Found { .. } | MandateReport::Refused => Said::HowItStands,
            MandateReport::NeverReceived => Said::NeverReceived,
            MandateReport::OutcomeUnknown => Said::Nothing,
        }
    }
}

/// How a permission stands at the processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MandateFinding {
    Open {
        hosted_page: String,
    },
    /// The bank is still looking at it; nothing can be collected yet.
    Processing,
    /// Given. By this name of the processor's own it is collected from and ended.
    Given {
        mandate: String,
    },
    /// The bank said no to the card or account.
    Refused,
    /// The page closed before it was given.
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    Moved(MandateState),
    Unchanged(WhyUnchanged),
}

/// Why nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyUnchanged {
    /// Known already.
    Repeated,
    /// Overtaken by a later one.
    Late,
    /// It cannot be about this permission: another name at the processor. A person must look.
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

impl Mandate {
    /// Where a happening leads. `at` is the instant it is applied.
    pub fn apply(&self, happening: &Happening, at: Millis) -> Transition {
        match happening {
            Happening::Ended(reason) => self.end(*reason, at),
            Happening::Reported(report) if self.is_contradicted_by(report) => Transition::Unchanged(WhyUnchanged::Contradiction),
            Happening::Reported(MandateReport::OutcomeUnknown) => self.lose_sight(),
            Happening::Reported(MandateReport::NeverReceived) => self.forward(MandateState::Closed { settled_at: at }),
            Happening::Reported(MandateReport::Refused) => self.forward(MandateState::Refused { settled_at: at }),
            Happening::Reported(MandateReport::Found { finding, .. }) => match finding {
                MandateFinding::Open { hosted_page } => {
                    self.forward(MandateState::Submitted { hosted_page: hosted_page.clone() })
                }
                MandateFinding::Processing => self.forward(MandateState::Processing),
                MandateFinding::Refused => self.forward(MandateState::Refused { settled_at: at }),
                MandateFinding::Closed => self.forward(MandateState::Closed { settled_at: at }),
                MandateFinding::Given { mandate } => self.give(mandate, at),
            },
        }
    }

    fn forward(&self, next: MandateState) -> Transition {
        if next.stage() > self.state.stage() {
            Transition::Moved(next)
        } else if next.code() == self.state.code() {
            Transition::Unchanged(WhyUnchanged::Repeated)
        } else {
            Transition::Unchanged(WhyUnchanged::Late)
        }
    }

    /// Into force, or, where nobody wants it any more, to its end: its customer was told that nothing is collected.
    fn give(&self, mandate: &str, at: Millis) -> Transition {
        let over =
            |reason| Transition::Moved(MandateState::Ended { mandate: mandate.to_owned(), given_at: at, reason, settled_at: at });
        match &self.state {
            MandateState::Created | MandateState::Submitted { .. } | MandateState::Processing | MandateState::Unknown => {
                Transition::Moved(MandateState::Given { mandate: mandate.to_owned(), given_at: at })
            }
            MandateState::Withdrawn { reason, .. } => over(*reason),
            MandateState::Refused { .. } | MandateState::Closed { .. } => over(EndReason::TooLate),
            MandateState::Given { .. } => Transition::Unchanged(WhyUnchanged::Repeated),
            MandateState::Ended { .. } => Transition::Unchanged(WhyUnchanged::Late),
        }
    }

    fn end(&self, reason: EndReason, at: Millis) -> Transition {
        match &self.state {
            MandateState::Created | MandateState::Submitted { .. } | MandateState::Processing | MandateState::Unknown => {
                Transition::Moved(MandateState::Withdrawn { reason, settled_at: at })
            }
            MandateState::Given { mandate, given_at } => {
                Transition::Moved(MandateState::Ended { mandate: mandate.clone(), given_at: *given_at, reason, settled_at: at })
            }
            MandateState::Withdrawn { .. } | MandateState::Ended { .. } => Transition::Unchanged(WhyUnchanged::Repeated),
            MandateState::Refused { .. } | MandateState::Closed { .. } => Transition::Unchanged(WhyUnchanged::Late),
        }
    }

    fn lose_sight(&self) -> Transition {
        match after_silence(self.state.last_seen()) {
            Silence::MakesItUnknown => Transition::Moved(MandateState::Unknown),
            Silence::SaysNothingNew => Transition::Unchanged(WhyUnchanged::Repeated),
            Silence::ChangesNothing => Transition::Unchanged(WhyUnchanged::Late),
        }
    }

    fn is_contradicted_by(&self, report: &MandateReport) -> bool {
        match report {
            MandateReport::Found { processor_reference, finding } => {
                let other_page = self.processor_reference.as_ref().is_some_and(|known| known != processor_reference);
                let other_name = match (finding, &self.state) {
                    (
                        MandateFinding::Given { mandate },
                        MandateState::Given { mandate: known, .. } | MandateState::Ended { mandate: known, .. },
                    ) => mandate != known,
                    _ => false,
                };
                other_page || other_name
            }
            // The processor has named it before, so it has received it.
            MandateReport::NeverReceived | MandateReport::Refused => self.processor_reference.is_some(),
            MandateReport::OutcomeUnknown => false,
        }
    }
}

/// What a permission is for: which payments, to whom, through whom. Amounts are in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandateTerms {
    pub creditor: String,
    /// Who collects for it, and whom to call.
    pub portal: String,
    pub phone: String,
    pub agreement_reference: String,
    pub agreement_version: i64,
    pub accounts: Vec<String>,
    pub currency: Currency,
    /// What is still to come of the agreement, in order of date; at least one.
    pub payments: Vec<PlannedPayment>,
    /// What is open of payments whose day has passed: no part of it ([`split_late`]). Zero where nothing is.
    pub late: Money,
    /// What is open of payments that are not collected again: money on them went back, or their collection was given up. No part of it
    /// either.
    pub by_hand: Money,
    /// What has to be said before somebody allows it.
    pub disclosure: Option<Disclosure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedPayment {
    pub number: u32,
    pub due_on: Date,
    /// What is open of it.
    pub amount: Money,
}

impl MandateTerms {
    pub fn total(&self) -> Money {
        let minor = self.payments.iter().fold(0_i64, |sum, payment| sum.saturating_add(payment.amount.minor()));
        Money::new(minor, self.currency)
    }

    pub fn last_on(&self) -> Option<Date> {
        self.payments.iter().map(|payment| payment.due_on).max()
    }
}

/// What is still to come, and the sum of what fell due before that day: nothing is collected for a day that was over when it was
/// allowed ([`super::collecting`]).
pub fn split_late(open: Vec<PlannedPayment>, today: Date, currency: Currency) -> (Vec<PlannedPayment>, Money) {
    let (late, to_come): (Vec<_>, Vec<_>) = open.into_iter().partition(|payment| payment.due_on < today);
    let minor = late.iter().fold(0_i64, |sum, payment| sum.saturating_add(payment.amount.minor()));
    (to_come, Money::new(minor, currency))
}

/// Why nothing can be allowed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// The agreement is over.
    AgreementEnded,
    /// The creditor took the account back or closed it.
    NotOpen,
    /// A hold stands: nothing is collected, and nothing is asked for.
    Held,
    /// Every payment is made, or on its way.
    NothingOpen,
    /// Nobody takes payments here in this currency.
    NoProcessor,
}

#[cfg(test)]
mod tests;
