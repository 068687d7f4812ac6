//! Giving a payment back, in parts and all of it, by people who know nothing of each other. A refund is recorded under a key of its own
//! if no more is given back than was paid, then the company is asked, and asked again under the same key until it answers. The
//! company may give back and not answer, take days, and find that it did not arrive. What may be given back and what a report
//! does, the server's own functions decide.

use crate::model::AMOUNT;
use evenkeel::domain::ids::{AccountId, PaymentId, ReversalId};
use evenkeel::domain::money::{Currency, Money, MoneyError};
use evenkeel::domain::payment::Millis;
use evenkeel::domain::refund_limits::{RefundRefusal, check_refund};
use evenkeel::domain::reversal::{
    DecidedBy, Reversal, ReversalFinding, ReversalKind, ReversalReason, ReversalReport, ReversalState, ReversalStep, Scope,
};
use stateright::{Model, Property};
use std::hash::{Hash, Hasher};

/// All of it, and two parts that are all of it together.
const DECISIONS: [Money; 3] = [AMOUNT, Money::new(2_000, Currency::USD), Money::new(AMOUNT.minor() - 2_000, Currency::USD)];

/// Whether so much may be given back of a payment with these reversals.
type Check = fn(Money, &[Reversal], Money) -> Result<Result<(), RefundRefusal>, MoneyError>;

#[derive(Clone, Copy)]
pub struct Rules {
    pub check: Check,
    pub apply: fn(&Reversal, &ReversalReport, Millis) -> ReversalStep,
}

impl Rules {
    pub fn of_the_server() -> Rules {
        Rules { check: check_refund, apply: Reversal::apply }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub state: ReversalState,
    pub is_named: bool,
    /// Entries in the ledger: given back, and come again.
    pub posted: u8,
    pub undone: u8,
}

impl Hash for Recorded {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.state.code(), self.is_named, self.posted, self.undone).hash(hasher);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stand {
    Pending,
    Done,
    Undone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    ToAsk,
    Answer(Stand),
    Refused,
    NotKnown,
}

/// By decision, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub refunds: [Option<Recorded>; DECISIONS.len()],
    /// At the company: everything it came to be, the last is how it stands. There may be messages of each.
    pub company: [Vec<Stand>; DECISIONS.len()],
    pub hands: Vec<(usize, Holds)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Decide(usize),
    /// The job asks again, under the same key.
    AskAgain(usize),
    /// The company gives back at once or takes days; it answers or not.
    Ask {
        at: usize,
        stand: Stand,
        is_answered: bool,
    },
    NotReached(usize),
    Record(usize),
    Die(usize),
    BankDecides(usize, Stand),
    Hear(usize, Stand),
}

#[derive(Clone)]
pub struct GivingBack {
    pub rules: Rules,
    pub hands: usize,
}

pub const NO_MORE_THAN_PAID: &str = "no more is given back than was paid";
pub const NOT_SAID_WITHOUT: &str = "nothing is called given back that was not";
pub const BOOKED_ONCE: &str = "what was given back is in the ledger once, and what came again too";
pub const BECOMES_KNOWN: &str = "once the company answers every refund is known and booked";

impl Model for GivingBack {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World { refunds: Default::default(), company: Default::default(), hands: Vec::new() }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for decision in 0..DECISIONS.len() {
            if world.hands.len() < self.hands {
                match &world.refunds[decision] {
                    None => actions.push(Action::Decide(decision)),
                    Some(recorded) if recorded.state.is_open() => actions.push(Action::AskAgain(decision)),
                    Some(_) => {}
                }
            }
            match world.company[decision].last() {
                Some(Stand::Pending) => {
                    actions.extend([Stand::Done, Stand::Undone].map(|stand| Action::BankDecides(decision, stand)));
                }
                Some(Stand::Done) => actions.push(Action::BankDecides(decision, Stand::Undone)),
                Some(Stand::Undone) | None => {}
            }
            actions.extend(world.company[decision].iter().map(|stand| Action::Hear(decision, *stand)));
        }
        for (at, (_, holds)) in world.hands.iter().enumerate() {
            actions.push(Action::Die(at));
            if *holds == Holds::ToAsk {
                actions.push(Action::NotReached(at));
                for stand in [Stand::Pending, Stand::Done] {
                    actions.extend([true, false].map(|is_answered| Action::Ask { at, stand, is_answered }));
                }
            } else {
                actions.push(Action::Record(at));
            }
        }
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        match action {
            Action::Decide(decision) => {
                let others: Vec<Reversal> = reversals(&world);
                if (self.rules.check)(AMOUNT, &others, DECISIONS[decision]) != Ok(Ok(())) {
                    return None;
                }
                let new = Recorded { state: ReversalState::Created, is_named: false, posted: 0, undone: 0 };
                world.refunds[decision] = Some(new);
                world.hands.push((decision, Holds::ToAsk));
            }
            Action::AskAgain(decision) => world.hands.push((decision, Holds::ToAsk)),
            Action::Ask { at, stand, is_answered } => {
                let (decision, _) = world.hands[at];
                let answer = ask(&mut world, decision, stand);
                world.hands[at].1 = if is_answered { answer } else { Holds::NotKnown };
            }
            Action::NotReached(at) => world.hands[at].1 = Holds::NotKnown,
            Action::Record(at) => {
                let (decision, holds) = world.hands.remove(at);
                self.apply(&mut world, decision, holds);
            }
            Action::Die(at) => drop(world.hands.remove(at)),
            Action::BankDecides(decision, stand) => world.company[decision].push(stand),
            Action::Hear(decision, stand) => self.apply(&mut world, decision, Holds::Answer(stand)),
        }
        world.hands.sort_unstable();
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<GivingBack>> {
        vec![
            Property::always(NO_MORE_THAN_PAID, |_: &GivingBack, world: &World| {
                given_back(world) <= AMOUNT.minor() && booked(world) <= AMOUNT.minor()
            }),
            Property::always(NOT_SAID_WITHOUT, |_: &GivingBack, world: &World| {
                world.refunds.iter().zip(&world.company).all(|(recorded, stands)| {
                    !recorded.as_ref().is_some_and(|recorded| recorded.state.is_in_effect()) || stands.contains(&Stand::Done)
                })
            }),
            Property::always(BOOKED_ONCE, |_: &GivingBack, world: &World| {
                world.refunds.iter().flatten().all(|recorded| {
                    recorded.posted <= 1
                        && recorded.undone <= recorded.posted
                        && recorded.state.is_in_effect() == (recorded.posted > recorded.undone)
                })
            }),
            Property::always(BECOMES_KNOWN, |model: &GivingBack, world: &World| {
                let calm = model.when_it_is_calm(world);
                calm.refunds.iter().flatten().all(|recorded| !recorded.state.is_open()) && booked(&calm) == given_back(&calm)
            }),
            Property::sometimes("both parts are given back", |_: &GivingBack, world: &World| {
                world.refunds[1..].iter().all(|recorded| recorded.as_ref().is_some_and(|recorded| recorded.state.is_in_effect()))
            }),
            Property::sometimes("a refund did not arrive and another was made", |_: &GivingBack, world: &World| {
                let undone = world.refunds.iter().flatten().any(|recorded| recorded.undone == 1);
                undone && booked(world) > 0
            }),
            Property::sometimes("it is given back and nobody here knows it", |_: &GivingBack, world: &World| {
                world.refunds.iter().zip(&world.company).any(|(recorded, stands)| {
                    recorded.as_ref().is_some_and(|recorded| recorded.state == ReversalState::Unknown)
                        && stands.last() == Some(&Stand::Done)
                })
            }),
        ]
    }
}

/// What is on its way back or back, at the company.
fn given_back(world: &World) -> i64 {
    let is_back = |stands: &[Stand]| matches!(stands.last(), Some(Stand::Pending | Stand::Done));
    DECISIONS.iter().zip(&world.company).filter(|(_, stands)| is_back(stands)).map(|(amount, _)| amount.minor()).sum()
}

fn booked(world: &World) -> i64 {
    let in_books = |recorded: &Option<Recorded>| recorded.as_ref().is_some_and(|recorded| recorded.posted > recorded.undone);
    DECISIONS.iter().zip(&world.refunds).filter(|(_, recorded)| in_books(recorded)).map(|(amount, _)| amount.minor()).sum()
}

/// Once for each key, however often it is asked; never more than is left.
fn ask(world: &mut World, decision: usize, stand: Stand) -> Holds {
    if let Some(stand) = world.company[decision].last() {
        return Holds::Answer(*stand);
    }
    if given_back(world) + DECISIONS[decision].minor() > AMOUNT.minor() {
        return Holds::Refused;
    }
    world.company[decision].push(stand);
    Holds::Answer(stand)
}

fn reversals(world: &World) -> Vec<Reversal> {
    world.refunds.iter().enumerate().filter_map(|(decision, recorded)| Some(reversal(decision, recorded.as_ref()?))).collect()
}

/// The refund as the server would read it.
fn reversal(decision: usize, recorded: &Recorded) -> Reversal {
    Reversal {
        id: ReversalId(decision.to_string()),
        reference: String::new(),
        payment_id: PaymentId(String::new()),
        account_id: AccountId(String::new()),
        scope: Scope::Payment,
        kind: ReversalKind::Refund,
        amount: DECISIONS[decision],
        reason: ReversalReason::Decided,
        decided_by: DecidedBy::Operator(String::new()),
        once_key: decision.to_string(),
        processor: String::new(),
        processor_reference: recorded.is_named.then(|| decision.to_string()),
        state: recorded.state.clone(),
        created_at: 0,
    }
}

impl GivingBack {
    fn apply(&self, world: &mut World, decision: usize, holds: Holds) {
        let Some(recorded) = world.refunds[decision].as_mut() else { return };
        let found =
            |finding| ReversalReport::Found { processor_reference: decision.to_string(), amount: DECISIONS[decision], finding };
        let report = match holds {
            Holds::ToAsk | Holds::NotKnown => ReversalReport::OutcomeUnknown,
            Holds::Refused => ReversalReport::Refused,
            Holds::Answer(Stand::Pending) => found(ReversalFinding::Pending),
            Holds::Answer(Stand::Done) => found(ReversalFinding::Done),
            Holds::Answer(Stand::Undone) => found(ReversalFinding::Undone),
        };
        let ReversalStep::Moved(next) = (self.rules.apply)(&reversal(decision, recorded), &report, 0) else { return };
        recorded.is_named |= matches!(report, ReversalReport::Found { .. });
        recorded.posted += u8::from(next.is_in_effect());
        recorded.undone += u8::from(matches!(next, ReversalState::Undone { .. }));
        recorded.state = next;
    }

    /// Everything under way is lost; then the company answers, the bank pays what is on its way, and what did not arrive is told.
    fn when_it_is_calm(&self, world: &World) -> World {
        let mut world = world.clone();
        world.hands.clear();
        for decision in 0..DECISIONS.len() {
            let is_open = world.refunds[decision].as_ref().is_some_and(|recorded| recorded.state.is_open());
            if is_open {
                let answer = ask(&mut world, decision, Stand::Done);
                self.apply(&mut world, decision, answer);
            }
            if world.company[decision].last() == Some(&Stand::Pending) {
                world.company[decision].push(Stand::Done);
            }
            if let Some(stand) = world.company[decision].last().copied() {
                self.apply(&mut world, decision, Holds::Answer(stand));
            }
        }
        world
    }
}
