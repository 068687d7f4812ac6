//! The portal, its customer and the payment company as one machine whose every step can be taken at any time: the checker takes
//! them in every order. What the portal decides, it decides by the functions the server uses ([`Rules::of_the_server`]).
//!
//! What the server does in one transaction is one step here; everything it holds in memory between two transactions is a
//! [`Hand`], and a process that dies drops it. Two tabs, two presses, two workers and two servers are all the same: more hands.

use crate::company::{self, ChargeId, Company, Decision, Stand};
use crate::properties;
use evenkeel::domain::finding_out::{self, LookedUp, Said, wait_before_check};
use evenkeel::domain::ids::{AccountId, CustomerId, PaymentId};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{DeclineReason, Millis, Payment, PaymentState, ProcessorReport, Purpose, Transition};
use stateright::{Model, Property};
use std::hash::{Hash, Hasher};

pub const AMOUNT: Money = Money::new(5_000, Currency::USD);

/// How long a request that was given up after 15 s may still be on its way to the company.
const LATEST_ARRIVAL_MILLIS: Millis = 45_000;

/// What the portal decides by.
#[derive(Clone, Copy)]
pub struct Rules {
    pub apply: fn(&Payment, &ProcessorReport, Millis) -> Transition,
    pub is_believed: fn(Said, LookedUp) -> bool,
    /// Lets another payment begin while one is waiting to be paid. The server never does.
    pub lets_another_begin: bool,
}

impl Rules {
    pub fn of_the_server() -> Rules {
        Rules { apply: Payment::apply, is_believed: finding_out::is_believed, lets_another_begin: false }
    }
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Different decisions of the customer on one account.
    pub decisions: u8,
    /// Requests, jobs and pages under way at the same moment.
    pub hands: usize,
    /// Whether the bank may want the customer to confirm, and whether a debit may take days.
    pub slow_methods: bool,
    /// Whether a key is forgotten after a day.
    pub forgets_keys: bool,
}

/// A payment as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub state: PaymentState,
    pub named: Option<ChargeId>,
    /// Look-ups by the job.
    pub checks: u8,
    /// How often it is in the ledger. That an entry's key is unique is left out here, so that the rules have to do without it.
    pub posted: u8,
    /// A closed state was left for anything but success, or success was left, or what was on its way became unknown.
    pub went_back: bool,
    /// The charges to whose page its customer was shown the way.
    pub seen: Vec<ChargeId>,
}

impl Hash for Recorded {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        // The page and the instants are always the same here.
        (self.state.code(), self.named, self.checks, self.posted, self.went_back, &self.seen).hash(hasher);
    }
}

/// Something a process holds in memory between two transactions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hand {
    pub decision: Decision,
    pub holds: Holds,
    /// It is the request that began the payment: it closes a page that came too late.
    pub began_it: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Recorded; the company is to be asked under the decision's key.
    ToAsk,
    /// The page is to be closed at the company.
    ToClose {
        charge: ChargeId,
    },
    /// To be recorded: how the charge stood when it was asked.
    Answer {
        charge: ChargeId,
        stand: Stand,
    },
    Refused,
    NeverReceived,
    NotKnown,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// By decision; `None` before it was recorded.
    pub payments: Vec<Option<Recorded>>,
    pub hands: Vec<Hand>,
    /// Requests that were given up and have not arrived.
    pub on_their_way: Vec<Decision>,
    pub company: Company,
}

/// What becomes of a question to the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    Answered,
    /// It is done, and nobody hears of it.
    AnswerLost,
    /// Given up, and it may arrive later.
    OnItsWay,
    /// It never gets there.
    Lost,
    /// The company does not take it, and says so.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// "Pay now", for the first time or again, in this tab or another.
    Press(Decision),
    Ask(usize, Reached),
    Arrive(usize),
    Record(usize),
    /// The process dies.
    Die(usize),
    LookUpByJob(Decision, Reached),
    LookUpInPassing(Decision, Reached),
    /// The customer does not want to pay it after all.
    Cancel(Decision, Reached),
    Close(usize, Reached),
    /// The customer is shown the way to the company's page.
    See(Decision),
    Pay(ChargeId, Stand),
    BankDecides(ChargeId, Stand),
    Expire(ChargeId),
    /// A message comes: for the first time or again, soon or late.
    Hear(ChargeId, Stand),
    ForgetKey(ChargeId),
}

#[derive(Clone)]
pub struct Protocol {
    pub rules: Rules,
    pub bounds: Bounds,
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            payments: vec![None; usize::from(self.bounds.decisions)],
            hands: Vec::new(),
            on_their_way: Vec::new(),
            company: Company::default(),
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let is_room = world.hands.len() < self.bounds.hands;
        for (decision, recorded) in (0..).zip(&world.payments) {
            let is_open = recorded.as_ref().is_some_and(|recorded| recorded.state.is_open());
            if is_room && recorded.is_none() {
                actions.push(Action::Press(decision));
            }
            if is_room && is_open {
                for reached in [Reached::Answered, Reached::Lost] {
                    actions.extend([Action::LookUpByJob(decision, reached), Action::LookUpInPassing(decision, reached)]);
                }
                actions.extend(
                    [Reached::Answered, Reached::AnswerLost, Reached::Lost].map(|reached| Action::Cancel(decision, reached)),
                );
            }
            if recorded.as_ref().is_some_and(|recorded| recorded.page().is_some_and(|page| !recorded.seen.contains(&page))) {
                actions.push(Action::See(decision));
            }
        }
        for (at, hand) in world.hands.iter().enumerate() {
            actions.push(Action::Die(at));
            match hand.holds {
                Holds::ToAsk => {
                    let every = [Reached::Answered, Reached::AnswerLost, Reached::OnItsWay, Reached::Lost, Reached::Refused];
                    actions.extend(every.map(|reached| Action::Ask(at, reached)));
                }
                Holds::ToClose { .. } => {
                    let every = [Reached::Answered, Reached::AnswerLost, Reached::Lost];
                    actions.extend(every.map(|reached| Action::Close(at, reached)));
                }
                Holds::Answer { .. } | Holds::Refused | Holds::NeverReceived | Holds::NotKnown => {
                    actions.push(Action::Record(at))
                }
            }
        }
        actions.extend((0..world.on_their_way.len()).map(Action::Arrive));
        for (id, charge) in (0..).zip(&world.company.charges) {
            match charge.stand {
                Stand::Open => {
                    actions.push(Action::Expire(id));
                    if world.is_seen(id) {
                        actions.extend([Stand::Succeeded, Stand::Declined].map(|stand| Action::Pay(id, stand)));
                        if self.bounds.slow_methods {
                            actions.extend([Stand::NeedsConfirmation, Stand::Processing].map(|stand| Action::Pay(id, stand)));
                        }
                    }
                }
                Stand::NeedsConfirmation => {
                    actions.push(Action::Expire(id));
                    actions.extend([Stand::Succeeded, Stand::Declined].map(|stand| Action::BankDecides(id, stand)));
                }
                Stand::Processing => {
                    actions.extend([Stand::Succeeded, Stand::Declined].map(|stand| Action::BankDecides(id, stand)));
                }
                Stand::Succeeded | Stand::Declined | Stand::Cancelled | Stand::Expired => {}
            }
            actions.extend(charge.told.iter().map(|stand| Action::Hear(id, *stand)));
            if self.bounds.forgets_keys && charge.is_key_kept {
                actions.push(Action::ForgetKey(id));
            }
        }
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        match action {
            Action::Press(decision) => self.press(&mut world, decision)?,
            Action::Ask(at, reached) => ask(&mut world, at, reached),
            Action::Arrive(at) => arrive(&mut world, at)?,
            Action::Record(at) => self.record(&mut world, at),
            Action::Die(at) => drop(world.hands.remove(at)),
            Action::LookUpByJob(decision, reached) => {
                let recorded = world.payments[usize::from(decision)].as_mut()?;
                recorded.checks = recorded.checks.saturating_add(1).min(MOST_CHECKS);
                let looked_up = LookedUp::ByJob { checks: i64::from(recorded.checks) };
                let holds = looked_up_at(&world, decision, reached);
                self.take_up(&mut world, decision, holds, looked_up);
            }
            Action::LookUpInPassing(decision, reached) => {
                let holds = looked_up_at(&world, decision, reached);
                self.take_up(&mut world, decision, holds, LookedUp::InPassing);
            }
            Action::Cancel(decision, reached) => cancel(&mut world, decision, reached)?,
            Action::Close(at, reached) => {
                let Holds::ToClose { charge } = world.hands[at].holds else { return None };
                world.hands[at].holds = close(&mut world.company, charge, reached);
                world.hands[at].began_it = false;
            }
            Action::See(decision) => {
                let recorded = world.payments[usize::from(decision)].as_mut()?;
                recorded.seen.push(recorded.page()?);
            }
            Action::Pay(charge, stand) | Action::BankDecides(charge, stand) => world.company.move_to(charge, stand),
            Action::Expire(charge) => world.company.move_to(charge, Stand::Expired),
            // That a message is noted, and not taken in twice, is left out: the rules have to do without it.
            Action::Hear(charge, stand) => {
                let decision = world.company.charges[usize::from(charge)].decision;
                self.apply(&mut world, decision, &company::report(charge, stand));
            }
            Action::ForgetKey(charge) => world.company.charges[usize::from(charge)].is_key_kept = false,
        }
        // Whose hand it is makes no difference.
        world.hands.sort_unstable();
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Protocol>> {
        properties::all()
    }
}

/// Further look-ups change nothing that the first few did not.
const MOST_CHECKS: u8 = 3;

impl Recorded {
    /// The charge whose page the customer is led to.
    fn page(&self) -> Option<ChargeId> {
        let is_shown = matches!(self.state, PaymentState::Submitted { .. } | PaymentState::NeedsCustomer { .. });
        self.named.filter(|_| is_shown)
    }
}

impl World {
    pub fn is_seen(&self, charge: ChargeId) -> bool {
        let decision = self.company.charges[usize::from(charge)].decision;
        self.payments[usize::from(decision)].as_ref().is_some_and(|recorded| recorded.seen.contains(&charge))
    }
}

impl Protocol {
    /// `services::payments::start`, its first transaction.
    fn press(&self, world: &mut World, decision: Decision) -> Option<()> {
        // The same decision leads to the payment that is there.
        if world.payments[usize::from(decision)].is_some() {
            return None;
        }
        let is_waiting = world.payments.iter().flatten().any(|recorded| recorded.state.blocks_another());
        if is_waiting && !self.rules.lets_another_begin {
            return None;
        }
        world.payments[usize::from(decision)] = Some(Recorded {
            state: PaymentState::Created,
            named: None,
            checks: 0,
            posted: 0,
            went_back: false,
            seen: Vec::new(),
        });
        world.hands.push(Hand { decision, holds: Holds::ToAsk, began_it: true });
        Some(())
    }

    /// `services::payments::report::apply` with what a hand holds, and what follows.
    fn record(&self, world: &mut World, at: usize) {
        let hand = world.hands.remove(at);
        let report = match hand.holds {
            Holds::Answer { charge, stand } => company::report(charge, stand),
            Holds::Refused => ProcessorReport::Refused(DeclineReason::NotAccepted),
            Holds::NeverReceived => ProcessorReport::NeverReceived,
            Holds::NotKnown => ProcessorReport::OutcomeUnknown,
            Holds::ToAsk | Holds::ToClose { .. } => return,
        };
        self.apply(world, hand.decision, &report);
        let state = world.payments[usize::from(hand.decision)].as_ref().map(|recorded| &recorded.state);
        let is_closed = matches!(state, Some(PaymentState::Cancelled { .. } | PaymentState::Abandoned { .. }));
        if let (Holds::Answer { charge, .. }, true, true) = (hand.holds, hand.began_it, is_closed) {
            world.hands.push(Hand { decision: hand.decision, holds: Holds::ToClose { charge }, began_it: false });
        }
    }

    /// What a look-up said goes into a hand if it is believed.
    fn take_up(&self, world: &mut World, decision: Decision, holds: Holds, looked_up: LookedUp) {
        let report = match holds {
            Holds::Answer { charge, stand } => company::report(charge, stand),
            Holds::NeverReceived => ProcessorReport::NeverReceived,
            Holds::NotKnown | Holds::Refused | Holds::ToAsk | Holds::ToClose { .. } => ProcessorReport::OutcomeUnknown,
        };
        if (self.rules.is_believed)(report.said(), looked_up) {
            world.hands.push(Hand { decision, holds, began_it: false });
        }
    }

    fn apply(&self, world: &mut World, decision: Decision, report: &ProcessorReport) {
        let Some(recorded) = world.payments[usize::from(decision)].as_mut() else { return };
        let Transition::Moved(next) = (self.rules.apply)(&payment(decision, recorded), report, 0) else { return };
        let was_paid = matches!(recorded.state, PaymentState::Succeeded { .. });
        let is_paid = matches!(next, PaymentState::Succeeded { .. });
        if let ProcessorReport::Found { processor_reference, .. } = report {
            recorded.named = processor_reference.parse().ok();
        }
        let was_lost = recorded.state == PaymentState::Processing && next == PaymentState::Unknown;
        recorded.went_back |= was_paid || (!recorded.state.is_open() && !is_paid) || was_lost;
        recorded.posted += u8::from(is_paid);
        // Nobody looks again, so how often it was looked at is of no more interest.
        recorded.checks = if next.is_open() { recorded.checks } else { MOST_CHECKS };
        recorded.state = next;
    }

    /// Everything under way is lost, and from now on the company answers and nobody does anything new: what the books come to.
    /// `arrives`: requests that are on their way still get there.
    pub fn when_it_is_calm(&self, world: &World, arrives: bool) -> World {
        let mut world = world.clone();
        world.hands.clear();
        while let (true, false) = (arrives, world.on_their_way.is_empty()) {
            if arrive(&mut world, 0).is_none() {
                world.on_their_way.remove(0);
            }
        }
        // Nobody pays on the pages that are open; banks that were asked pay.
        for charge in &mut world.company.charges {
            charge.stand = match charge.stand {
                Stand::Open | Stand::NeedsConfirmation => Stand::Expired,
                Stand::Processing => Stand::Succeeded,
                closed => closed,
            };
        }
        for _ in 0..=MOST_CHECKS {
            for decision in 0..self.bounds.decisions {
                let look_up = Action::LookUpByJob(decision, Reached::Answered);
                let is_open = world.payments[usize::from(decision)].as_ref().is_some_and(|recorded| recorded.state.is_open());
                if let Some(next) = is_open.then(|| self.next_state(&world, look_up)).flatten() {
                    world = next;
                    if !world.hands.is_empty() {
                        self.record(&mut world, 0);
                    }
                }
            }
        }
        world
    }
}

fn payment(decision: Decision, recorded: &Recorded) -> Payment {
    payment_of(decision, &recorded.state, recorded.named)
}

/// The payment as the server would read it. What no rule asks for is left empty.
pub fn payment_of(key: u8, state: &PaymentState, named: Option<ChargeId>) -> Payment {
    Payment {
        id: PaymentId(String::new()),
        reference: String::new(),
        customer_id: CustomerId(String::new()),
        account_id: AccountId(String::new()),
        agreement_id: None,
        purpose: Purpose::Part,
        amount: AMOUNT,
        discount: Money::zero(Currency::USD),
        processor: String::new(),
        processor_reference: named.map(|charge| charge.to_string()),
        decision_key: key.to_string(),
        state: state.clone(),
        created_at: 0,
    }
}

fn ask(world: &mut World, at: usize, reached: Reached) {
    let Hand { decision, holds: Holds::ToAsk, .. } = world.hands[at] else { return };
    world.hands[at].holds = match reached {
        Reached::Answered => {
            let charge = world.company.start(decision);
            Holds::Answer { charge, stand: world.company.stand(charge) }
        }
        Reached::AnswerLost => {
            world.company.start(decision);
            Holds::NotKnown
        }
        Reached::OnItsWay => {
            world.on_their_way.push(decision);
            Holds::NotKnown
        }
        Reached::Lost => Holds::NotKnown,
        Reached::Refused => Holds::Refused,
    };
}

/// `None` where it is too late for that.
fn arrive(world: &mut World, at: usize) -> Option<()> {
    let decision = world.on_their_way[at];
    let checks = world.payments[usize::from(decision)].as_ref().map_or(0, |recorded| recorded.checks);
    let since: Millis = (0..i64::from(checks)).map(wait_before_check).sum();
    if since > LATEST_ARRIVAL_MILLIS {
        return None;
    }
    world.on_their_way.remove(at);
    world.company.start(decision);
    Some(())
}

fn looked_up_at(world: &World, decision: Decision, reached: Reached) -> Holds {
    if reached != Reached::Answered {
        return Holds::NotKnown;
    }
    let named = world.payments[usize::from(decision)].as_ref().and_then(|recorded| recorded.named);
    match world.company.look_up(decision, named) {
        Some(charge) => Holds::Answer { charge, stand: world.company.stand(charge) },
        None => Holds::NeverReceived,
    }
}

/// `services::payments::report::cancel`: a payment that has no name yet is looked up first.
fn cancel(world: &mut World, decision: Decision, reached: Reached) -> Option<()> {
    let named = world.payments[usize::from(decision)].as_ref()?.named;
    let holds = match named {
        Some(charge) => close(&mut world.company, charge, reached),
        None => match looked_up_at(world, decision, reached) {
            Holds::Answer { charge, .. } => Holds::ToClose { charge },
            other => other,
        },
    };
    world.hands.push(Hand { decision, holds, began_it: false });
    Some(())
}

fn close(company: &mut Company, charge: ChargeId, reached: Reached) -> Holds {
    if reached != Reached::Lost {
        company.cancel(charge);
    }
    match reached {
        Reached::Answered => Holds::Answer { charge, stand: company.stand(charge) },
        Reached::AnswerLost | Reached::Lost | Reached::OnItsWay | Reached::Refused => Holds::NotKnown,
    }
}
