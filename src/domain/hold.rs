//! Reasons why nothing may be demanded or collected for a while.
//!
//! A hold stops what *we* do: collections, demands, reminders. It does not take from customers the right to pay of their own
//! accord, where the law leaves it to them: during Breathing Space payments may still be accepted; a customer who disputes an
//! account may choose to pay that very account (12 CFR 1006.30(c) forbids only *our* applying a payment to it); hardship and
//! time to think are the customer's own pauses. Where the money would not be the customer's to give, or not ours to take,
//! a payment is refused and a person helps.

/// Why an account is on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldKind {
    TimeToThink,
    Hardship,
    Dispute,
    BreathingSpace,
    Deceased,
    Insolvency,
    Recalled,
    Staff,
    /// The customer wrote something that may be an order to stop a payment (12 CFR 1005.10(c)), and nobody has read it yet.
    StopAsked,
    /// Somebody told us that the account holder has died or is insolvent, and nobody has checked it yet.
    Told,
}

impl HoldKind {
    pub const ALL: [HoldKind; 10] = [
        HoldKind::TimeToThink,
        HoldKind::Hardship,
        HoldKind::Dispute,
        HoldKind::BreathingSpace,
        HoldKind::Deceased,
        HoldKind::Insolvency,
        HoldKind::Recalled,
        HoldKind::Staff,
        HoldKind::StopAsked,
        HoldKind::Told,
    ];

    pub fn code(self) -> &'static str {
        match self {
            HoldKind::TimeToThink => "time_to_think",
            HoldKind::Hardship => "hardship",
            HoldKind::Dispute => "dispute",
            HoldKind::BreathingSpace => "breathing_space",
            HoldKind::Deceased => "deceased",
            HoldKind::Insolvency => "insolvency",
            HoldKind::Recalled => "recalled",
            HoldKind::Staff => "staff",
            HoldKind::StopAsked => "stop_asked",
            HoldKind::Told => "told",
        }
    }

    pub fn from_code(code: &str) -> Option<HoldKind> {
        HoldKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether we may collect (take a payment nobody is making at this moment). No hold allows that.
    pub fn allows_collection(self) -> bool {
        match self {
            HoldKind::TimeToThink
            | HoldKind::Hardship
            | HoldKind::Dispute
            | HoldKind::BreathingSpace
            | HoldKind::Deceased
            | HoldKind::Insolvency
            | HoldKind::Recalled
            | HoldKind::Staff
            | HoldKind::StopAsked
            | HoldKind::Told => false,
        }
    }

    /// Whether the customer may pay of their own accord.
    pub fn allows_voluntary_payment(self) -> bool {
        match self {
            HoldKind::TimeToThink
            | HoldKind::Hardship
            | HoldKind::Dispute
            | HoldKind::BreathingSpace
            | HoldKind::Staff
            | HoldKind::StopAsked
            // Whoever signs in and pays is alive; what a stranger told must not keep them from it.
            | HoldKind::Told => true,
            // An estate pays through its representative; one creditor may not be preferred in an insolvency (11 USC 547);
            // a recalled account is paid to the creditor.
            HoldKind::Deceased | HoldKind::Insolvency | HoldKind::Recalled => false,
        }
    }

    /// Whether the customer may agree to something. Where the money would not be theirs to give, it is not theirs to promise. While
    /// nobody knows whether they are alive nothing binds them either; the customer ends that with one button.
    pub fn allows_agreement(self) -> bool {
        match self {
            HoldKind::Told => false,
            HoldKind::TimeToThink
            | HoldKind::Hardship
            | HoldKind::Dispute
            | HoldKind::BreathingSpace
            | HoldKind::Deceased
            | HoldKind::Insolvency
            | HoldKind::Recalled
            | HoldKind::Staff
            | HoldKind::StopAsked => self.allows_voluntary_payment(),
        }
    }

    /// Whether interest that was agreed waits until the hold is over: in a breathing space none is charged (Debt Respite Scheme
    /// Regulations 2020, regulation 7), and on an estate or in an insolvency it is the law's to say.
    pub fn lets_interest_wait(self) -> bool {
        match self {
            HoldKind::BreathingSpace | HoldKind::Deceased | HoldKind::Insolvency | HoldKind::Told => true,
            HoldKind::TimeToThink
            | HoldKind::Hardship
            | HoldKind::Dispute
            | HoldKind::Recalled
            | HoldKind::Staff
            | HoldKind::StopAsked => false,
        }
    }
}

/// Whether an account with these holds may be collected from. Every collection asks this.
pub fn allow_collection(holds: &[HoldKind]) -> bool {
    holds.iter().all(|hold| hold.allows_collection())
}

/// The hold that keeps a customer from agreeing to anything, if one does.
pub fn forbidding_agreement(holds: &[HoldKind]) -> Option<HoldKind> {
    holds.iter().copied().find(|hold| !hold.allows_agreement())
}

/// The hold that keeps a customer from paying, if one does.
pub fn forbidding_payment(holds: &[HoldKind]) -> Option<HoldKind> {
    holds.iter().copied().find(|hold| !hold.allows_voluntary_payment())
}
