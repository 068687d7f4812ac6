//! Which screen is right for where an account is: the one table behind "the page for the real state". Whatever tab was left
//! open, whatever address was kept, the customer arrives where they can go on.
//!
//! A screen asks through `context::is_the_place` before it shows anything; screens that only read (where I stand, history, an
//! agreement, a payment, messages) are right in every state.
//!
//! [`state`] says which place that is in every state of an account, and [`leads`] what each screen leads to: together they are a
//! graph in which no state is a dead end. [`drawing`] draws it.

pub mod drawing;
pub mod leads;
pub mod state;

use super::ids::AgreementId;

/// One way forward that is agreed, where its details are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    PlanPastDue,
    PlanBalance,
    Extension,
    Promise,
}

impl Way {
    pub const ALL: [Way; 4] = [Way::PlanPastDue, Way::PlanBalance, Way::Extension, Way::Promise];

    /// As in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Way::PlanPastDue => "catch-up",
            Way::PlanBalance => "plan",
            Way::Extension => "later-date",
            Way::Promise => "promise",
        }
    }

    pub fn from_code(code: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.code() == code)
    }
}

/// The screens on which something is chosen, agreed or paid, and those they lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Every account of the customer.
    Accounts,
    Options,
    Way(Way),
    Check,
    Sign,
    Agreement(AgreementId),
    Pay,
    PayCheck,
    /// A payment, by its reference.
    Payment(String),
    /// Where a customer allows an agreement's payments to be collected.
    Authorise(AgreementId),
    /// A permission to collect, by its reference.
    Mandate(String),
    /// What can be changed of an agreement, and checking it before it is signed.
    Change(AgreementId),
    ChangeCheck(AgreementId),
    /// Something has changed: telling it, income and spending, and checking it before it is sent.
    Hardship,
    HardshipMoney,
    HardshipCheck,
    /// A request that was sent, by its reference.
    HardshipCase(String),
    /// This is not right: saying what, checking it, and how far it has come.
    Dispute,
    DisputeCheck,
    DisputeStatus,
    /// Words for a person.
    Message,
    /// Where one account stands.
    Account,
    History,
    Statement,
    /// Letters to ask for.
    Letters,
}

/// Where an account is, as far as it decides which screen is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Not an account of this customer.
    NotTheirs,
    /// The creditor took it back or closed it: nothing can be agreed here.
    NotOpen,
    UnderAgreement(AgreementId),
    /// Ways forward are held.
    Choosing,
    /// Ways forward are held, but not the one the screen is about.
    NotOffered,
    /// A choice is kept and still holds.
    Chosen,
    /// A payment has to be finished or cancelled before another can begin.
    PaymentWaiting(String),
    /// It can be paid, and nothing is chosen yet.
    ChoosingPayment,
    /// An amount is chosen that can be paid now.
    PaymentChosen,
    /// The agreement is completed or ended: nothing of it can be collected.
    AgreementOver(AgreementId),
    /// A permission to collect has to be finished or taken back before another can begin.
    MandateWaiting(String),
    /// Nothing was said to be wrong.
    NotDisputed,
    /// It was written down and not sent.
    DisputeWritten,
    /// Something is disputed, and a person looks at it or has answered.
    InDispute,
    /// Nothing was told yet that could be sent for review.
    NothingTold,
    /// It is kept, and can be sent.
    Told,
    /// A person looks at what was told.
    CaseOpen(String),
}

/// The screen to show in place of the wanted one, or that one itself.
pub fn right_screen(wanted: Screen, place: &Place) -> Screen {
    match (place, wanted) {
        (Place::NotTheirs, _) => Screen::Accounts,
        // Options says to whom the account has gone.
        (Place::NotOpen, Screen::Options | Screen::Way(_) | Screen::Check | Screen::Sign) => Screen::Options,
        (Place::UnderAgreement(agreement), Screen::Options | Screen::Way(_) | Screen::Check | Screen::Sign) => {
            Screen::Agreement(agreement.clone())
        }
        (Place::NotOffered, Screen::Way(_)) => Screen::Options,
        (Place::Choosing | Place::NotOffered, Screen::Check | Screen::Sign) => Screen::Options,
        (Place::PaymentWaiting(reference), Screen::Pay | Screen::PayCheck) => Screen::Payment(reference.clone()),
        (Place::ChoosingPayment, Screen::PayCheck) => Screen::Pay,
        (Place::AgreementOver(agreement), Screen::Authorise(_)) => Screen::Agreement(agreement.clone()),
        (Place::MandateWaiting(reference), Screen::Authorise(_)) => Screen::Mandate(reference.clone()),
        // An agreement's own page says why nothing can be changed any more.
        (Place::AgreementOver(agreement), Screen::Change(_) | Screen::ChangeCheck(_)) => Screen::Agreement(agreement.clone()),
        (Place::UnderAgreement(agreement), Screen::ChangeCheck(_)) => Screen::Change(agreement.clone()),
        (Place::InDispute, Screen::Dispute | Screen::DisputeCheck) => Screen::DisputeStatus,
        (Place::NotDisputed, Screen::DisputeCheck | Screen::DisputeStatus) => Screen::Dispute,
        (Place::DisputeWritten, Screen::DisputeStatus) => Screen::Dispute,
        (Place::NothingTold, Screen::HardshipCheck) => Screen::Hardship,
        (Place::CaseOpen(reference), Screen::Hardship | Screen::HardshipMoney | Screen::HardshipCheck) => {
            Screen::HardshipCase(reference.clone())
        }
        (_, wanted) => wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, one line a state. A change here is a change of what customers meet: read it as such.
    #[test]
    fn every_state_has_one_right_screen_for_each_wanted_one() {
        let agreement = || AgreementId("A".into());
        let authorise = || Screen::Authorise(agreement());
        let screens = [Screen::Options, Screen::Way(Way::Promise), Screen::Check, Screen::Sign, Screen::Pay, Screen::PayCheck];
        let led_to = |place: Place| screens.clone().map(|wanted| right_screen(wanted, &place));
        use Screen::{Accounts, Agreement, Check, Options, Pay, PayCheck, Payment, Sign};
        let way = || Screen::Way(Way::Promise);
        let paying = || Payment("P".into());
        assert_eq!(led_to(Place::NotTheirs), [Accounts, Accounts, Accounts, Accounts, Accounts, Accounts]);
        assert_eq!(led_to(Place::NotOpen), [Options, Options, Options, Options, Pay, PayCheck]);
        let agreed = [(); 4].map(|()| Agreement(agreement()));
        assert_eq!(led_to(Place::UnderAgreement(agreement()))[..4], agreed);
        assert_eq!(led_to(Place::Choosing), [Options, way(), Options, Options, Pay, PayCheck]);
        assert_eq!(led_to(Place::NotOffered), [Options, Options, Options, Options, Pay, PayCheck]);
        assert_eq!(led_to(Place::Chosen), [Options, way(), Check, Sign, Pay, PayCheck]);
        assert_eq!(led_to(Place::PaymentWaiting("P".into())), [Options, way(), Check, Sign, paying(), paying()]);
        assert_eq!(led_to(Place::ChoosingPayment), [Options, way(), Check, Sign, Pay, Pay]);
        assert_eq!(led_to(Place::PaymentChosen), [Options, way(), Check, Sign, Pay, PayCheck]);
        assert_eq!(right_screen(authorise(), &Place::NotTheirs), Accounts);
        assert_eq!(right_screen(authorise(), &Place::UnderAgreement(agreement())), authorise());
        assert_eq!(right_screen(authorise(), &Place::AgreementOver(agreement())), Agreement(agreement()));
        assert_eq!(right_screen(authorise(), &Place::MandateWaiting("M".into())), Screen::Mandate("M".into()));
    }

    /// Being led somewhere is never being led on from there.
    #[test]
    fn the_right_screen_is_right() {
        let places = [
            Place::NotTheirs,
            Place::NotOpen,
            Place::UnderAgreement(AgreementId("A".into())),
            Place::Choosing,
            Place::NotOffered,
            Place::Chosen,
            Place::PaymentWaiting("P".into()),
            Place::ChoosingPayment,
            Place::PaymentChosen,
            Place::AgreementOver(AgreementId("A".into())),
            Place::MandateWaiting("M".into()),
            Place::NotDisputed,
            Place::DisputeWritten,
            Place::InDispute,
            Place::NothingTold,
            Place::Told,
            Place::CaseOpen("C".into()),
        ];
        let ways = Way::ALL.map(Screen::Way);
        for place in places {
            let authorise = Screen::Authorise(AgreementId("A".into()));
            let change_check = Screen::ChangeCheck(AgreementId("A".into()));
            let steps = [Screen::Hardship, Screen::HardshipMoney, Screen::HardshipCheck];
            let disputing = [Screen::Dispute, Screen::DisputeCheck, Screen::DisputeStatus];
            let wanted = [Screen::Options, Screen::Check, Screen::Sign, Screen::Pay, Screen::PayCheck, authorise, change_check];
            let wanted = wanted.into_iter().chain(steps).chain(disputing);
            for wanted in wanted.chain(ways.clone()) {
                let right = right_screen(wanted, &place);
                assert_eq!(right_screen(right.clone(), &place), right, "{place:?}");
            }
        }
    }
}
