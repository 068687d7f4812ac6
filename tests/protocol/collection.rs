//! One instalment, collected under a permission while its customer is away, by workers that know nothing of each other. An attempt is
//! recorded under a key made of the instalment and its number, then the company is asked; it may charge and not answer. An attempt
//! the company never received is asked for again under its own key where it may still be collected. What a report does, and when
//! a look-up is believed, the server's own functions decide.
//!
//! Two things are taken for granted. `Refused` means what the port says: no money can move under this key, also by a request that
//! was sent before and arrives later. And no process sleeps for longer than [`LATEST_ARRIVAL_MILLIS`] between two steps and then goes
//! on, nor is a request on its way for longer: the job's pauses are made for that. What a process that does so and then dies
//! leaves behind is seen by `evenkeel reconcile` only.

use crate::company::{self, Stand};
use crate::model::payment_of;
use evenkeel::domain::collecting::may_succeed_later;
use evenkeel::domain::finding_out::{self, LookedUp, Said, wait_before_check};
use evenkeel::domain::payment::{DeclineReason, Millis, Payment, PaymentState, ProcessorReport, Transition};
use stateright::{Model, Property};
use std::hash::{Hash, Hasher};

#[derive(Clone, Copy)]
pub struct Rules {
    pub apply: fn(&Payment, &ProcessorReport, Millis) -> Transition,
    pub is_believed: fn(Said, LookedUp) -> bool,
    /// Whether another attempt may follow one that stands like this.
    pub may_follow: fn(&PaymentState) -> bool,
    /// Every attempt is asked for under a key of its own, which two workers make alike.
    pub key_is_made_of_the_attempt: bool,
}

impl Rules {
    pub fn of_the_server() -> Rules {
        Rules {
            apply: Payment::apply,
            is_believed: finding_out::is_believed,
            may_follow: |state| match state {
                // Only a decline the company has made a charge of: whoever asks late under that key finds it.
                PaymentState::Declined { reason, .. } => may_succeed_later(*reason),
                _ => false,
            },
            key_is_made_of_the_attempt: true,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub state: PaymentState,
    pub named: Option<u8>,
    pub checks: u8,
    pub posted: u8,
}

impl Hash for Attempt {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.state.code(), self.named, self.checks, self.posted).hash(hasher);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Recorded, and to be asked for, since that many look-ups; `worker` is of interest only where the key is not made of the
    /// attempt.
    ToAsk {
        since: u8,
        worker: u8,
    },
    Answer {
        charge: u8,
        stand: Stand,
    },
    Refused,
    /// As of that many look-ups.
    NeverReceived {
        since: u8,
    },
    NotKnown,
}

/// A charge of the company.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Charge {
    pub attempt: u8,
    pub worker: u8,
    pub stand: Stand,
    /// It was on its way first.
    pub took_days: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct World {
    pub attempts: Vec<Attempt>,
    /// By attempt.
    pub hands: Vec<(u8, Holds)>,
    /// Requests that were given up and have not arrived: attempt, since when, and whose.
    pub on_their_way: Vec<(u8, u8, u8)>,
    pub charges: Vec<Charge>,
    /// Attempts of which the company said that it will not do them.
    pub refused: Vec<u8>,
}

/// What becomes of a request to collect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    Answered(Stand),
    AnswerLost(Stand),
    OnItsWay,
    Lost,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookedFor {
    NoAnswer,
    /// Where it was never received: whether it may still be collected, and is asked for again.
    Answered {
        may_be_collected: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A worker finds the instalment due and records the next attempt.
    Begin,
    Ask(usize, Reached),
    Arrive(usize, Stand),
    Record(usize),
    Die(usize),
    LookUp {
        attempt: u8,
        answer: LookedFor,
    },
    BankDecides(u8, Stand),
    /// A message comes: for the first time or again, soon or late.
    Hear(u8, Stand),
}

#[derive(Clone)]
pub struct Collecting {
    pub rules: Rules,
    /// Requests and look-ups under way at the same moment.
    pub hands: usize,
    pub most_attempts: usize,
}

const MOST_CHECKS: u8 = 4;
/// A request is given up after 15 s.
const LATEST_ARRIVAL_MILLIS: Millis = 45_000;
const OUTCOMES: [Stand; 3] = [Stand::Succeeded, Stand::Declined, Stand::Processing];

impl Model for Collecting {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.hands.len() < self.hands {
            let is_next = world.attempts.iter().all(|attempt| (self.rules.may_follow)(&attempt.state));
            if is_next && world.attempts.len() < self.most_attempts {
                actions.push(Action::Begin);
            }
            for (number, attempt) in (0..).zip(&world.attempts) {
                if attempt.state.is_open() && attempt.checks < MOST_CHECKS {
                    let answers = [true, false].map(|may_be_collected| LookedFor::Answered { may_be_collected });
                    actions.extend(answers.map(|answer| Action::LookUp { attempt: number, answer }));
                    actions.push(Action::LookUp { attempt: number, answer: LookedFor::NoAnswer });
                }
            }
        }
        for (at, (_, holds)) in world.hands.iter().enumerate() {
            actions.push(Action::Die(at));
            if matches!(holds, Holds::ToAsk { .. }) {
                actions.extend(OUTCOMES.map(|stand| Action::Ask(at, Reached::Answered(stand))));
                actions.extend(OUTCOMES.map(|stand| Action::Ask(at, Reached::AnswerLost(stand))));
                actions.extend([Reached::OnItsWay, Reached::Lost, Reached::Refused].map(|reached| Action::Ask(at, reached)));
            } else {
                actions.push(Action::Record(at));
            }
        }
        for at in 0..world.on_their_way.len() {
            actions.extend(OUTCOMES.map(|stand| Action::Arrive(at, stand)));
        }
        for (id, charge) in (0..).zip(&world.charges) {
            if charge.stand == Stand::Processing {
                actions.extend([Stand::Succeeded, Stand::Declined].map(|stand| Action::BankDecides(id, stand)));
            } else if charge.took_days {
                actions.push(Action::Hear(id, Stand::Processing));
            }
            actions.push(Action::Hear(id, charge.stand));
        }
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        let next_worker = self.worker(&world);
        match action {
            Action::Begin => {
                let number = u8::try_from(world.attempts.len()).expect("a few attempts");
                world.attempts.push(Attempt { state: PaymentState::Created, named: None, checks: 0, posted: 0 });
                world.hands.push((number, Holds::ToAsk { since: 0, worker: next_worker }));
            }
            Action::Ask(at, reached) => {
                let (attempt, Holds::ToAsk { since, worker }) = world.hands[at] else { return None };
                is_in_time(&world, attempt, since)?;
                world.hands[at].1 = match reached {
                    Reached::Answered(stand) => match self.collect(&mut world, attempt, worker, stand) {
                        Some(charge) => Holds::Answer { charge, stand: world.charges[usize::from(charge)].stand },
                        None => Holds::Refused,
                    },
                    Reached::AnswerLost(stand) => {
                        self.collect(&mut world, attempt, worker, stand);
                        Holds::NotKnown
                    }
                    Reached::OnItsWay => {
                        world.on_their_way.push((attempt, since, worker));
                        world.on_their_way.sort_unstable();
                        world.on_their_way.dedup();
                        Holds::NotKnown
                    }
                    Reached::Lost => Holds::NotKnown,
                    // Under a key that took money nothing is refused: the charge is found.
                    Reached::Refused => match charge_of(&world, attempt) {
                        Some(charge) => Holds::Answer { charge, stand: world.charges[usize::from(charge)].stand },
                        None => {
                            world.refused.extend((!world.refused.contains(&attempt)).then_some(attempt));
                            Holds::Refused
                        }
                    },
                };
            }
            Action::Arrive(at, stand) => {
                let (attempt, since, worker) = world.on_their_way[at];
                is_in_time(&world, attempt, since)?;
                world.on_their_way.remove(at);
                self.collect(&mut world, attempt, worker, stand);
            }
            Action::Record(at) => {
                let (attempt, holds) = world.hands.remove(at);
                if let Holds::NeverReceived { since } = holds {
                    is_in_time(&world, attempt, since)?;
                }
                self.apply(&mut world, attempt, &report(holds)?);
            }
            Action::Die(at) => drop(world.hands.remove(at)),
            Action::LookUp { attempt, answer } => self.look_up(&mut world, attempt, answer),
            Action::BankDecides(charge, stand) => {
                world.charges[usize::from(charge)].stand = stand;
            }
            Action::Hear(charge, stand) => {
                let attempt = world.charges[usize::from(charge)].attempt;
                self.apply(&mut world, attempt, &company::report(charge, stand));
            }
        }
        forget_what_makes_no_difference(&mut world);
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Collecting>> {
        vec![
            Property::always(COLLECTED_ONCE, |_: &Collecting, world: &World| taken(world) <= 1),
            Property::always(ONE_AT_A_TIME, |_: &Collecting, world: &World| {
                let open = world.attempts.iter().filter(|attempt| attempt.state.is_open()).count();
                let paid = world.attempts.iter().filter(|attempt| is_paid(attempt)).count();
                open + paid <= 1
            }),
            Property::always(BOOKED_ONCE, |_: &Collecting, world: &World| {
                world.attempts.iter().all(|attempt| attempt.posted == u8::from(is_paid(attempt)))
            }),
            Property::always(BECOMES_KNOWN, |collecting: &Collecting, world: &World| {
                let calm = collecting.when_it_is_calm(world);
                let posted: u8 = calm.attempts.iter().map(|attempt| attempt.posted).sum();
                calm.attempts.iter().all(|attempt| !attempt.state.is_open()) && usize::from(posted) == taken(&calm)
            }),
            Property::sometimes("it is collected at the last attempt", |collecting: &Collecting, world: &World| {
                world.attempts.get(collecting.most_attempts - 1).is_some_and(is_paid)
            }),
            Property::sometimes("it is not collected at all", |collecting: &Collecting, world: &World| {
                world.attempts.len() == collecting.most_attempts
                    && world.attempts.iter().all(|attempt| !attempt.state.is_open() && !is_paid(attempt))
            }),
            Property::sometimes("it is collected and nobody here knows it", |_: &Collecting, world: &World| {
                taken(world) == 1 && world.attempts.iter().any(|attempt| attempt.state == PaymentState::Unknown)
            }),
        ]
    }
}

pub const COLLECTED_ONCE: &str = "an instalment is collected at most once";
pub const ONE_AT_A_TIME: &str = "no attempt is begun before every other has definitely failed";
pub const BOOKED_ONCE: &str = "what is called collected is in the ledger once, and nothing else is";
pub const BECOMES_KNOWN: &str = "once the company answers every attempt is known and booked";

fn taken(world: &World) -> usize {
    world.charges.iter().filter(|charge| charge.stand == Stand::Succeeded).count()
}

fn is_paid(attempt: &Attempt) -> bool {
    matches!(attempt.state, PaymentState::Succeeded { .. })
}

fn charge_of(world: &World, attempt: u8) -> Option<u8> {
    let at = world.charges.iter().position(|charge| charge.attempt == attempt)?;
    Some(u8::try_from(at).expect("a few charges"))
}

/// Worlds in which the same can happen are one: whose hand it is, requests that can arrive no more, and how often a closed attempt was
/// looked at.
fn forget_what_makes_no_difference(world: &mut World) {
    world.hands.sort_unstable();
    let on_their_way = std::mem::take(&mut world.on_their_way);
    let in_time = on_their_way.into_iter().filter(|(attempt, since, _)| is_in_time(world, *attempt, *since).is_some());
    world.on_their_way = in_time.collect();
    for (number, attempt) in (0..).zip(&mut world.attempts) {
        let is_asked = world.on_their_way.iter().any(|(attempt, ..)| *attempt == number)
            || world
                .hands
                .iter()
                .any(|(attempt, holds)| *attempt == number && matches!(holds, Holds::ToAsk { .. } | Holds::NeverReceived { .. }));
        if !attempt.state.is_open() && !is_asked {
            attempt.checks = MOST_CHECKS;
        }
    }
}

/// A request reaches the company in time or not at all.
fn is_in_time(world: &World, attempt: u8, since: u8) -> Option<()> {
    let checks = world.attempts[usize::from(attempt)].checks;
    let passed: Millis = (i64::from(since)..i64::from(checks)).map(wait_before_check).sum();
    (passed <= LATEST_ARRIVAL_MILLIS).then_some(())
}

fn report(holds: Holds) -> Option<ProcessorReport> {
    Some(match holds {
        Holds::ToAsk { .. } => return None,
        Holds::Answer { charge, stand } => company::report(charge, stand),
        Holds::Refused => ProcessorReport::Refused(DeclineReason::NotAccepted),
        Holds::NeverReceived { .. } => ProcessorReport::NeverReceived,
        Holds::NotKnown => ProcessorReport::OutcomeUnknown,
    })
}

impl Collecting {
    /// Only where two workers would not make the same key is it of interest who asks.
    fn worker(&self, world: &World) -> u8 {
        let asked = world.charges.len() + world.hands.len() + world.on_their_way.len();
        if self.rules.key_is_made_of_the_attempt { 0 } else { u8::try_from(asked).expect("a few requests") }
    }

    /// Collects once for each key, however often it is asked.
    fn collect(&self, world: &mut World, attempt: u8, worker: u8, stand: Stand) -> Option<u8> {
        let is_same =
            |charge: &Charge| charge.attempt == attempt && (self.rules.key_is_made_of_the_attempt || charge.worker == worker);
        if let Some(at) = world.charges.iter().position(is_same) {
            return u8::try_from(at).ok();
        }
        if world.refused.contains(&attempt) {
            return None;
        }
        world.charges.push(Charge { attempt, worker, stand, took_days: stand == Stand::Processing });
        u8::try_from(world.charges.len() - 1).ok()
    }

    fn look_up(&self, world: &mut World, attempt: u8, answer: LookedFor) {
        let recorded = &mut world.attempts[usize::from(attempt)];
        recorded.checks = recorded.checks.saturating_add(1).min(MOST_CHECKS);
        let (named, checks) = (recorded.named, i64::from(recorded.checks));
        let holds = match named.or_else(|| charge_of(world, attempt)) {
            _ if answer == LookedFor::NoAnswer => Holds::NotKnown,
            Some(charge) => Holds::Answer { charge, stand: world.charges[usize::from(charge)].stand },
            None if answer == (LookedFor::Answered { may_be_collected: true }) => {
                let worker = self.worker(world);
                world.hands.push((attempt, Holds::ToAsk { since: world.attempts[usize::from(attempt)].checks, worker }));
                return;
            }
            None => Holds::NeverReceived { since: world.attempts[usize::from(attempt)].checks },
        };
        let is_believed = report(holds).is_some_and(|report| (self.rules.is_believed)(report.said(), LookedUp::ByJob { checks }));
        if is_believed {
            world.hands.push((attempt, holds));
        }
    }

    fn apply(&self, world: &mut World, attempt: u8, report: &ProcessorReport) {
        let recorded = &mut world.attempts[usize::from(attempt)];
        let payment = payment_of(attempt, &recorded.state, recorded.named);
        let Transition::Moved(next) = (self.rules.apply)(&payment, report, 0) else { return };
        if let ProcessorReport::Found { processor_reference, .. } = report {
            recorded.named = processor_reference.parse().ok();
        }
        recorded.posted += u8::from(matches!(next, PaymentState::Succeeded { .. }));
        recorded.state = next;
    }

    /// Everything under way is lost, and from now on the company answers and nobody begins anything.
    fn when_it_is_calm(&self, world: &World) -> World {
        let mut world = world.clone();
        world.hands.clear();
        world.on_their_way.clear();
        for charge in &mut world.charges {
            if charge.stand == Stand::Processing {
                charge.stand = Stand::Succeeded;
            }
        }
        for _ in 0..=MOST_CHECKS {
            for attempt in (0..).take(world.attempts.len()) {
                if world.attempts[usize::from(attempt)].state.is_open() {
                    self.look_up(&mut world, attempt, LookedFor::Answered { may_be_collected: false });
                    if let Some(report) = world.hands.pop().and_then(|(_, holds)| report(holds)) {
                        self.apply(&mut world, attempt, &report);
                    }
                }
            }
        }
        world
    }
}
