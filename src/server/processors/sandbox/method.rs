//! The ways to pay on the sandbox's page: each is a way a payment can go.

/// A test method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Approved,
    ApprovedWebhookLate,
    ApprovedWebhookTwice,
    ApprovedWebhookNever,
    InsufficientFunds,
    ExpiredCard,
    DoNotHonour,
    NeedsConfirmation,
    Slow,
    SlowDeclined,
    OutcomeUnknown,
}

/// What the person on the sandbox's page sees next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The sandbox is done with them: back to the portal.
    Return,
    /// One more page.
    Confirmation,
    /// The sandbox breaks down in front of them.
    NoAnswer,
}

/// What a method does to a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub state: &'static str,
    pub decline_reason: Option<&'static str>,
    pub settles_as: Option<&'static str>,
    pub is_silent: bool,
    pub webhook: &'static str,
    pub shown: Shown,
}

const DONE: Effect = Effect {
    state: "succeeded",
    decline_reason: None,
    settles_as: None,
    is_silent: false,
    webhook: "on_time",
    shown: Shown::Return,
};

impl Method {
    pub const ALL: [Method; 11] = [
        Method::Approved,
        Method::InsufficientFunds,
        Method::ExpiredCard,
        Method::DoNotHonour,
        Method::NeedsConfirmation,
        Method::Slow,
        Method::SlowDeclined,
        Method::OutcomeUnknown,
        Method::ApprovedWebhookLate,
        Method::ApprovedWebhookTwice,
        Method::ApprovedWebhookNever,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Method::Approved => "approved",
            Method::ApprovedWebhookLate => "webhook_late",
            Method::ApprovedWebhookTwice => "webhook_twice",
            Method::ApprovedWebhookNever => "webhook_never",
            Method::InsufficientFunds => "insufficient_funds",
            Method::ExpiredCard => "expired_card",
            Method::DoNotHonour => "do_not_honour",
            Method::NeedsConfirmation => "needs_confirmation",
            Method::Slow => "slow",
            Method::SlowDeclined => "slow_declined",
            Method::OutcomeUnknown => "outcome_unknown",
        }
    }

    pub fn from_code(code: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.code() == code)
    }

    pub(super) fn effect(self) -> Effect {
        let declined = |reason| Effect { state: "declined", decline_reason: Some(reason), ..DONE };
        match self {
            Method::Approved => DONE,
            Method::ApprovedWebhookLate => Effect { webhook: "late", ..DONE },
            Method::ApprovedWebhookTwice => Effect { webhook: "twice", ..DONE },
            Method::ApprovedWebhookNever => Effect { webhook: "never", ..DONE },
            Method::InsufficientFunds => declined("insufficient_funds"),
            Method::ExpiredCard => declined("expired_card"),
            Method::DoNotHonour => declined("do_not_honour"),
            Method::NeedsConfirmation => Effect { state: "needs_confirmation", shown: Shown::Confirmation, ..DONE },
            Method::Slow => Effect { state: "processing", settles_as: Some("succeeded"), ..DONE },
            Method::SlowDeclined => Effect { state: "processing", settles_as: Some("declined"), ..DONE },
            Method::OutcomeUnknown => Effect { is_silent: true, webhook: "never", shown: Shown::NoAnswer, ..DONE },
        }
    }
}
