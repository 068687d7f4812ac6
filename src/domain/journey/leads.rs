//! What each screen leads to in each state: the ways on that must be there, beside the person whom every page names at its end. A
//! screen may lead to more; tests/money/screens.rs looks for each of these on the real pages.

use super::state::{Agreed, Case, Collecting, Disputed, Offered, Owing, Paying, State};
use super::{Screen, Way};
use crate::domain::ids::AgreementId;

/// What every state must have a way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Pay,
    /// Sign an agreement, or a change of one.
    Agree,
    /// Have everything wait: time to think, a hardship review, a dispute.
    Pause,
    /// Reach a person, who answers by a stated day.
    Ask,
}

/// What a form keeps on the way to a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Choice,
    Change,
    Payment,
    Told,
    Dispute,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    To(Screen),
    /// A form keeps what was chosen, and leads on.
    Keep(Kept, Screen),
    Do(Deed),
}

/// What a screen leads to. It is asked only for screens that are shown in this state.
pub fn leads(screen: &Screen, state: &State) -> Vec<Lead> {
    use Lead::{Do, Keep, To};
    match screen {
        Screen::Accounts => vec![To(Screen::Account)],
        Screen::Account => of_account(state),
        Screen::History | Screen::Statement | Screen::Letters => vec![To(Screen::Account)],
        Screen::Options => of_options(state),
        Screen::Way(_) => vec![Keep(Kept::Choice, Screen::Check)],
        Screen::Check => vec![To(Screen::Sign)],
        Screen::Sign => vec![Do(Deed::Agree)],
        Screen::Pay if state.can_pay() => vec![Keep(Kept::Payment, Screen::PayCheck)],
        Screen::Pay if state.owing == Owing::TooSmall => vec![To(Screen::Message), To(Screen::Account)],
        Screen::Pay => vec![To(Screen::Account)],
        Screen::PayCheck => vec![Do(Deed::Pay)],
        Screen::Payment(_) => of_payment(state),
        Screen::Agreement(agreement) => of_agreement(agreement, state),
        Screen::Change(agreement) => {
            vec![Keep(Kept::Change, Screen::ChangeCheck(agreement.clone())), To(Screen::Pay), To(Screen::Message)]
        }
        Screen::ChangeCheck(agreement) => vec![Do(Deed::Agree), To(Screen::Agreement(agreement.clone()))],
        Screen::Authorise(agreement) => vec![To(Screen::Agreement(agreement.clone()))],
        Screen::Mandate(_) => vec![To(Screen::Agreement(AgreementId("agreement".into())))],
        Screen::Hardship => vec![Keep(Kept::Told, Screen::HardshipMoney)],
        Screen::HardshipMoney => vec![Keep(Kept::Told, Screen::HardshipCheck)],
        Screen::HardshipCheck => vec![Do(Deed::Pause)],
        Screen::HardshipCase(_) => of_case(state),
        Screen::Dispute => vec![Keep(Kept::Dispute, Screen::DisputeCheck)],
        Screen::DisputeCheck => vec![Do(Deed::Pause)],
        Screen::DisputeStatus => match state.disputed {
            Disputed::Part | Disputed::All => vec![Do(Deed::Ask)],
            Disputed::Nothing | Disputed::Written | Disputed::Answered => vec![To(Screen::Account)],
        },
        Screen::Message => vec![Do(Deed::Ask)],
    }
}

/// The ways forward from where an account stands. A person, in every state.
fn of_account(state: &State) -> Vec<Lead> {
    let mut leads = Vec::new();
    let has_agreement = matches!(state.agreed, Agreed::Running | Agreed::Changing);
    if state.owes() && has_agreement {
        leads.push(Screen::Agreement(AgreementId("agreement".into())));
    }
    if state.owes() && state.owing != Owing::TooSmall && state.paying != Paying::Unknown {
        leads.push(Screen::Pay);
    }
    if state.owes() && state.owing != Owing::TooSmall && !has_agreement {
        leads.push(Screen::Options);
    }
    if state.owes() {
        leads.extend([Screen::Hardship, Screen::Dispute]);
    }
    leads.push(Screen::Message);
    leads.into_iter().map(Lead::To).collect()
}

fn of_options(state: &State) -> Vec<Lead> {
    let mut leads = Vec::new();
    if state.owing == Owing::NotHere {
        return vec![Lead::To(Screen::Account)];
    }
    for way in Way::ALL {
        if state.shows(Screen::Way(way)) == Screen::Way(way) && state.offered == Offered::AsOwed {
            leads.push(Lead::To(Screen::Way(way)));
        }
    }
    if state.agreed == Agreed::Chosen {
        leads.push(Lead::To(Screen::Check));
    }
    leads.extend([Lead::To(Screen::Hardship), Lead::To(Screen::Dispute)]);
    leads
}

fn of_payment(state: &State) -> Vec<Lead> {
    match state.paying {
        Paying::Unfinished => vec![Lead::Do(Deed::Pay)],
        // It says when it is asked for again; meanwhile there is a person.
        Paying::Unknown => vec![Lead::To(Screen::Account)],
        Paying::Failed => vec![Lead::To(Screen::Pay), Lead::To(Screen::Options)],
        Paying::Nothing | Paying::Chosen => Vec::new(),
    }
}

fn of_agreement(agreement: &AgreementId, state: &State) -> Vec<Lead> {
    match state.agreed {
        Agreed::Running | Agreed::Changing => {
            let mut leads = vec![Lead::To(Screen::Pay), Lead::To(Screen::Change(agreement.clone()))];
            // Nobody has to allow anything; what is allowed, or about to be, can be seen and stopped.
            if state.collecting != Collecting::Never {
                leads.push(Lead::To(Screen::Mandate("permission".into())));
            }
            leads
        }
        Agreed::Over | Agreed::Nothing | Agreed::Chosen => vec![Lead::To(Screen::Accounts)],
    }
}

fn of_case(state: &State) -> Vec<Lead> {
    match state.case {
        // It is looked at, and says by when it is decided.
        Case::LookedAt => vec![Lead::Do(Deed::Ask)],
        Case::NotApproved => vec![Lead::Do(Deed::Ask), Lead::To(Screen::Account)],
        Case::Approved => vec![Lead::To(Screen::Options)],
        Case::Nothing | Case::Told => vec![Lead::To(Screen::Account)],
    }
}

impl State {
    /// What it becomes once a form has kept something.
    pub fn with(self, kept: Kept) -> State {
        match kept {
            Kept::Choice => State { agreed: Agreed::Chosen, ..self },
            Kept::Change => State { agreed: Agreed::Changing, ..self },
            Kept::Payment => State { paying: Paying::Chosen, ..self },
            Kept::Told => State { case: Case::Told, ..self },
            Kept::Dispute => State { disputed: Disputed::Written, ..self },
        }
    }

    /// Every screen that can be reached from one, the nearest first, with the state it is shown in and the deeds that can be done on
    /// the way. It ends because there are so many screens and so many states.
    pub fn reach(self, from: Screen) -> Reach {
        let mut reach = Reach { shown: vec![(from, self)], deeds: Vec::new() };
        let mut pages = vec![1];
        let mut next = 0;
        while let Some((screen, state)) = reach.shown.get(next).cloned() {
            let page = pages[next];
            next += 1;
            for lead in leads(&screen, &state) {
                let (wanted, state) = match lead {
                    Lead::Do(deed) => {
                        if reach.pages_to(deed).is_none() {
                            reach.deeds.push((deed, page));
                        }
                        continue;
                    }
                    Lead::To(wanted) => (wanted, state),
                    Lead::Keep(kept, wanted) => (wanted, state.with(kept)),
                };
                let shown = (state.shows(wanted), state);
                if !reach.shown.contains(&shown) {
                    reach.shown.push(shown);
                    pages.push(page + 1);
                }
            }
        }
        reach
    }
}

/// What can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub shown: Vec<(Screen, State)>,
    /// Each with the number of pages that lead to it, the one it is done on included.
    pub deeds: Vec<(Deed, usize)>,
}

impl Reach {
    /// How many pages lead to a deed; `None` where nothing does.
    pub fn pages_to(&self, deed: Deed) -> Option<usize> {
        self.deeds.iter().find(|(found, _)| *found == deed).map(|(_, pages)| *pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule 8: no state of an account is a dead end. From every screen, in every state, whatever address was kept.
    #[test]
    fn from_every_screen_in_every_state_there_is_a_way_to_pay_agree_pause_or_a_person() {
        let states = State::all();
        assert!(states.len() > 1_000, "{}", states.len());
        for state in states {
            for screen in state.screens() {
                let reach = state.reach(state.shows(screen.clone()));
                assert!(!reach.deeds.is_empty(), "{screen:?} is a dead end in {state:?}: {:?}", reach.shown);
            }
        }
    }

    /// From where signing in leads there is always a person, and whoever owes something can have it wait.
    #[test]
    fn there_is_always_a_person_and_a_pause() {
        for state in State::all() {
            let reach = state.reach(Screen::Account);
            let has = |deed| reach.pages_to(deed).is_some();
            assert!(has(Deed::Ask), "nobody answers in {state:?}");
            let is_held = matches!(state.case, Case::LookedAt) || matches!(state.disputed, Disputed::Part | Disputed::All);
            assert!(!state.owes() || is_held || has(Deed::Pause), "nothing waits in {state:?}");
            assert!(!state.can_pay() || has(Deed::Pay), "nothing can be paid in {state:?}");
        }
    }

    /// From signing in to the proof, eight pages: signing in and the proof are two of them, and paying is done on another company's.
    #[test]
    fn every_deed_is_near() {
        for state in State::all() {
            for (deed, pages) in state.reach(Screen::Account).deeds {
                let most = if deed == Deed::Pay { 5 } else { 6 };
                assert!(pages <= most, "{deed:?} takes {pages} pages in {state:?}");
            }
        }
    }

    /// Nothing leads to a screen that is not there.
    #[test]
    fn every_lead_leads_to_a_screen_of_its_state() {
        for state in State::all() {
            for (screen, state) in state.reach(Screen::Account).shown {
                let there = state.screens().contains(&screen) || screen == Screen::Accounts;
                assert!(there, "{screen:?} in {state:?}");
            }
        }
    }
}
