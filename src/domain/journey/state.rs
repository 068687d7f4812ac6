//! Every state an account can be in, as far as it decides what its customer can do; and the place that is in each.

use super::{Place, Screen, Way};
use crate::domain::ids::AgreementId;

/// How much is owed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owing {
    PastDue,
    /// Something is owed, and nothing of it is due.
    NotYetDue,
    /// Less than can be paid online.
    TooSmall,
    Nothing,
    /// The creditor took the account back or closed it.
    NotHere,
}

/// What the policy allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    AsOwed,
    /// Every way is refused.
    NoWay,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    Nothing,
    /// A choice is kept and not signed.
    Chosen,
    Running,
    /// It runs, and a change of it is kept and not signed.
    Changing,
    /// It is completed or ended.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paying {
    Nothing,
    /// An amount is chosen that can be paid now.
    Chosen,
    /// A payment waits for its customer.
    Unfinished,
    /// Nobody knows yet whether it moved money.
    Unknown,
    /// It came to nothing.
    Failed,
}

/// Whether an agreement's payments may be collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collecting {
    Never,
    /// The customer has begun to allow it.
    Waiting,
    Allowed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disputed {
    Nothing,
    /// Written down and not sent.
    Written,
    Part,
    All,
    /// It was answered.
    Answered,
}

/// A hardship request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Nothing,
    /// Told and not sent.
    Told,
    LookedAt,
    Approved,
    NotApproved,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub owing: Owing,
    pub offered: Offered,
    pub agreed: Agreed,
    pub paying: Paying,
    pub collecting: Collecting,
    pub disputed: Disputed,
    pub case: Case,
}

impl State {
    /// Past due, with nothing begun.
    pub const PAST_DUE: State = State {
        owing: Owing::PastDue,
        offered: Offered::AsOwed,
        agreed: Agreed::Nothing,
        paying: Paying::Nothing,
        collecting: Collecting::Never,
        disputed: Disputed::Nothing,
        case: Case::Nothing,
    };

    /// Every state that can be.
    pub fn all() -> Vec<State> {
        let owing = [Owing::PastDue, Owing::NotYetDue, Owing::TooSmall, Owing::Nothing, Owing::NotHere];
        let agreed = [Agreed::Nothing, Agreed::Chosen, Agreed::Running, Agreed::Changing, Agreed::Over];
        let paying = [Paying::Nothing, Paying::Chosen, Paying::Unfinished, Paying::Unknown, Paying::Failed];
        let collecting = [Collecting::Never, Collecting::Waiting, Collecting::Allowed];
        let disputed = [Disputed::Nothing, Disputed::Written, Disputed::Part, Disputed::All, Disputed::Answered];
        let cases = [Case::Nothing, Case::Told, Case::LookedAt, Case::Approved, Case::NotApproved];
        let mut states = Vec::new();
        for owing in owing {
            for offered in [Offered::AsOwed, Offered::NoWay] {
                for agreed in agreed {
                    for paying in paying {
                        for collecting in collecting {
                            for disputed in disputed {
                                let of = |case| State { owing, offered, agreed, paying, collecting, disputed, case };
                                states.extend(cases.map(of).into_iter().filter(|state| state.can_be()));
                            }
                        }
                    }
                }
            }
        }
        states
    }

    fn can_be(&self) -> bool {
        let runs = matches!(self.agreed, Agreed::Running | Agreed::Changing);
        let owes = self.owes();
        // An agreement ends with what it was about, and a permission to collect with its agreement.
        (owes || !runs)
            && (runs || self.collecting == Collecting::Never)
            // What is kept to be signed is one of the ways offered.
            && (self.agreed != Agreed::Chosen || (owes && self.offered == Offered::AsOwed))
            // Nothing can be chosen to be paid that cannot be paid.
            && (self.paying != Paying::Chosen || self.can_pay())
    }

    pub fn owes(&self) -> bool {
        match self.owing {
            Owing::PastDue | Owing::NotYetDue | Owing::TooSmall => true,
            Owing::Nothing | Owing::NotHere => false,
        }
    }

    /// Whether something of it can be paid online now.
    pub fn can_pay(&self) -> bool {
        self.owes() && self.owing != Owing::TooSmall && self.disputed != Disputed::All && self.paying != Paying::Unknown
    }

    /// The agreement that runs. Names stand for what has an id in life.
    fn agreement() -> AgreementId {
        AgreementId("agreement".into())
    }

    /// Every screen there is in this state, each with its address.
    pub fn screens(&self) -> Vec<Screen> {
        let mut screens = vec![
            Screen::Account,
            Screen::History,
            Screen::Statement,
            Screen::Options,
            Screen::Check,
            Screen::Sign,
            Screen::Pay,
            Screen::PayCheck,
            Screen::Dispute,
            Screen::DisputeCheck,
            Screen::DisputeStatus,
            Screen::Hardship,
            Screen::HardshipMoney,
            Screen::HardshipCheck,
            Screen::Letters,
            Screen::Message,
        ];
        screens.extend(Way::ALL.map(Screen::Way));
        if matches!(self.agreed, Agreed::Running | Agreed::Changing | Agreed::Over) {
            let its = [Screen::Agreement, Screen::Authorise, Screen::Change, Screen::ChangeCheck];
            screens.extend(its.map(|screen| screen(State::agreement())));
        }
        if matches!(self.paying, Paying::Unfinished | Paying::Unknown | Paying::Failed) {
            screens.push(Screen::Payment("payment".into()));
        }
        if self.collecting != Collecting::Never {
            screens.push(Screen::Mandate("permission".into()));
        }
        if matches!(self.case, Case::LookedAt | Case::Approved | Case::NotApproved) {
            screens.push(Screen::HardshipCase("case".into()));
        }
        screens
    }

    /// Where the account is for one screen that is asked for.
    pub fn place(&self, wanted: &Screen) -> Place {
        match wanted {
            Screen::Options | Screen::Way(_) | Screen::Check | Screen::Sign => self.place_of_agreeing(wanted),
            Screen::Pay | Screen::PayCheck => match self.paying {
                Paying::Unfinished | Paying::Unknown => Place::PaymentWaiting("payment".into()),
                Paying::Chosen => Place::PaymentChosen,
                Paying::Nothing | Paying::Failed => Place::ChoosingPayment,
            },
            Screen::Change(_) | Screen::ChangeCheck(_) => match self.agreed {
                Agreed::Over => Place::AgreementOver(State::agreement()),
                Agreed::Changing => Place::Chosen,
                Agreed::Nothing | Agreed::Chosen | Agreed::Running => Place::UnderAgreement(State::agreement()),
            },
            Screen::Authorise(_) => match (self.agreed, self.collecting) {
                (Agreed::Over, _) => Place::AgreementOver(State::agreement()),
                (_, Collecting::Waiting) => Place::MandateWaiting("permission".into()),
                (_, Collecting::Never | Collecting::Allowed) => Place::UnderAgreement(State::agreement()),
            },
            Screen::Dispute | Screen::DisputeCheck => match self.disputed {
                Disputed::Nothing | Disputed::Answered => Place::NotDisputed,
                Disputed::Written => Place::DisputeWritten,
                Disputed::Part | Disputed::All => Place::InDispute,
            },
            Screen::DisputeStatus => match self.disputed {
                Disputed::Nothing => Place::NotDisputed,
                Disputed::Written => Place::DisputeWritten,
                Disputed::Part | Disputed::All | Disputed::Answered => Place::InDispute,
            },
            Screen::Hardship | Screen::HardshipMoney | Screen::HardshipCheck => match self.case {
                Case::Nothing | Case::Approved | Case::NotApproved => Place::NothingTold,
                Case::Told => Place::Told,
                Case::LookedAt => Place::CaseOpen("case".into()),
            },
            Screen::Accounts
            | Screen::Account
            | Screen::History
            | Screen::Statement
            | Screen::Letters
            | Screen::Message
            | Screen::Agreement(_)
            | Screen::Payment(_)
            | Screen::Mandate(_)
            | Screen::HardshipCase(_) => Place::Choosing,
        }
    }

    fn place_of_agreeing(&self, wanted: &Screen) -> Place {
        match (self.owing, self.agreed, wanted) {
            (Owing::NotHere, _, _) => Place::NotOpen,
            (_, Agreed::Running | Agreed::Changing, _) => Place::UnderAgreement(State::agreement()),
            (_, _, Screen::Way(way)) if !self.offers(*way) => Place::NotOffered,
            (_, Agreed::Chosen, Screen::Check | Screen::Sign) => Place::Chosen,
            (_, Agreed::Nothing | Agreed::Chosen | Agreed::Over, _) => Place::Choosing,
        }
    }

    /// The ways a usual policy offers for what is owed.
    fn offers(&self, way: Way) -> bool {
        let catches_up = matches!(way, Way::PlanPastDue | Way::Extension);
        match (self.offered, self.owing) {
            (Offered::NoWay, _) | (Offered::AsOwed, Owing::Nothing | Owing::NotHere) => false,
            (Offered::AsOwed, Owing::PastDue) => true,
            (Offered::AsOwed, Owing::NotYetDue) => !catches_up,
            (Offered::AsOwed, Owing::TooSmall) => matches!(way, Way::Extension | Way::Promise),
        }
    }

    /// The screen that is shown where this one is asked for.
    pub fn shows(&self, wanted: Screen) -> Screen {
        let place = self.place(&wanted);
        super::right_screen(wanted, &place)
    }
}
