//! What we write to a customer about: one template a message. Its words are in `letters/`, filled in by `notify::letters`; why it is
//! written, and so which rules it leaves under, is said here.

use super::gate::Weight;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    ConfirmationCopy,
    ReceiptCopy,
    /// That money of a payment went back, or came again.
    ReversalNote,
    AuthorisationCopy,
    /// A permission to collect is over.
    AuthorisationEnded,
    /// Says that an instalment will be collected: how much, when, how to stop it (12 CFR 1006.22(c)).
    CollectionNotice,
    /// A collection failed; the day of the next try.
    CollectionRetry,
    /// An instalment is not going to be collected, and the ways to deal with it.
    CollectionStopped,
    /// An instalment was collected later than announced.
    CollectionLate,
    /// Some days before an instalment that is paid by hand.
    InstalmentReminder,
    /// After the day of an instalment that was not paid.
    InstalmentMissed,
    /// The thank-you letter of a completed agreement.
    CompletionCopy,
    /// The time to put an agreement right is over; the ways forward.
    AgreementEnded,
    /// Its customer ended it.
    AgreementCancelled,
    AccountRecalled,
    /// An answer to a message of ours came; by when a person answers it.
    AnswerReceived,
    /// The same, where it may order that a payment is not taken: nothing is collected until then.
    CollectionsWait,
    /// A letter about a hardship review.
    ReviewLetter,
    /// A customer asked for time, and has it.
    TimeToThink,
    /// What a customer disputes is received; by when it is answered.
    DisputeReceived,
    /// A person needs to know more to answer it.
    DisputeMoreNeeded,
    /// Brings the letter that answers it.
    DisputeAnswer,
    /// Brings a letter that a customer asked for.
    InformationCopy,
    /// Brings a letter about what somebody told us.
    LifeEventLetter,
    /// Somebody whom the customer lets help has come in.
    HelperCameIn,
    /// Something about how its customer signs in was changed.
    SignInChanged,
    /// The code that makes an e-mail address a customer's: to that address, and nothing of whose it is.
    EmailCode,
    /// Something that we have of its customer was changed: that it was, and nothing of what.
    DetailsChanged,
    /// The team has answered a message: that it has, and where, and nothing of what it says.
    MessageAnswered,
    /// The day on which it was to be answered is over; the day that is promised now.
    MessageLate,
}

impl Template {
    pub const ALL: [Template; 30] = [
        Template::ConfirmationCopy,
        Template::ReceiptCopy,
        Template::ReversalNote,
        Template::AuthorisationCopy,
        Template::AuthorisationEnded,
        Template::CollectionNotice,
        Template::CollectionRetry,
        Template::CollectionStopped,
        Template::CollectionLate,
        Template::InstalmentReminder,
        Template::InstalmentMissed,
        Template::CompletionCopy,
        Template::AgreementEnded,
        Template::AgreementCancelled,
        Template::AccountRecalled,
        Template::AnswerReceived,
        Template::CollectionsWait,
        Template::ReviewLetter,
        Template::TimeToThink,
        Template::DisputeReceived,
        Template::DisputeMoreNeeded,
        Template::DisputeAnswer,
        Template::InformationCopy,
        Template::LifeEventLetter,
        Template::HelperCameIn,
        Template::SignInChanged,
        Template::EmailCode,
        Template::DetailsChanged,
        Template::MessageAnswered,
        Template::MessageLate,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Template::ConfirmationCopy => "confirmation_copy",
            Template::ReceiptCopy => "receipt_copy",
            Template::ReversalNote => "reversal_note",
            Template::AuthorisationCopy => "authorisation_copy",
            Template::AuthorisationEnded => "authorisation_ended",
            Template::CollectionNotice => "collection_notice",
            Template::CollectionRetry => "collection_retry",
            Template::CollectionStopped => "collection_stopped",
            Template::CollectionLate => "collection_late",
            Template::InstalmentReminder => "instalment_reminder",
            Template::InstalmentMissed => "instalment_missed",
            Template::CompletionCopy => "completion_copy",
            Template::AgreementEnded => "agreement_ended",
            Template::AgreementCancelled => "agreement_cancelled",
            Template::AccountRecalled => "account_recalled",
            Template::AnswerReceived => "answer_received",
            Template::CollectionsWait => "collections_wait",
            Template::ReviewLetter => "review_letter",
            Template::TimeToThink => "time_to_think",
            Template::DisputeReceived => "dispute_received",
            Template::DisputeMoreNeeded => "dispute_more_needed",
            Template::DisputeAnswer => "dispute_answer",
            Template::InformationCopy => "information_copy",
            Template::LifeEventLetter => "life_event_letter",
            Template::HelperCameIn => "helper_came_in",
            Template::SignInChanged => "sign_in_changed",
            Template::EmailCode => "email_code",
            Template::DetailsChanged => "details_changed",
            Template::MessageAnswered => "message_answered",
            Template::MessageLate => "message_late",
        }
    }

    pub fn from_code(code: &str) -> Option<Template> {
        Template::ALL.into_iter().find(|template| template.code() == code)
    }

    /// Why it is written, and so which rules it leaves under (`domain/contact/gate`), unless the customer asked for it there and
    /// then.
    pub fn weight(self) -> Weight {
        match self {
            // What became of something the customer did or gave, and what they can do now.
            Template::ConfirmationCopy
            | Template::ReceiptCopy
            | Template::ReversalNote
            | Template::AuthorisationCopy
            | Template::AuthorisationEnded
            | Template::CollectionLate
            | Template::CollectionStopped
            | Template::CompletionCopy
            | Template::AgreementEnded
            | Template::AgreementCancelled
            | Template::AccountRecalled
            | Template::AnswerReceived
            | Template::CollectionsWait
            | Template::ReviewLetter
            | Template::TimeToThink
            | Template::DisputeReceived
            | Template::DisputeMoreNeeded
            | Template::DisputeAnswer
            | Template::InformationCopy
            | Template::LifeEventLetter
            | Template::HelperCameIn
            | Template::SignInChanged
            | Template::EmailCode
            | Template::DetailsChanged
            | Template::MessageAnswered
            | Template::MessageLate => Weight::Answer,
            // Nothing is collected of which they were not told before (12 CFR 1006.22(c)).
            Template::CollectionNotice | Template::CollectionRetry => Weight::Notice,
            Template::InstalmentReminder | Template::InstalmentMissed => Weight::Reminder,
        }
    }
}
