//! What must hold in every state that can be reached, and what must be reachable for that to say anything.

use crate::company::Stand;
use crate::model::{Protocol, World};
use evenkeel::domain::payment::PaymentState;
use stateright::Property;

pub const ONE_CHARGE: &str = "a decision is charged at most once";
pub const NOT_PAID_WITHOUT_A_CHARGE: &str = "nothing is called paid that was not charged";
pub const IN_THE_LEDGER_ONCE: &str = "what is called paid is in the ledger once, and nothing else is";
pub const NOT_BACKWARD: &str = "no state goes backward";
pub const ONE_PAGE: &str = "one account has one page to pay on at a time";
pub const BECOMES_KNOWN: &str = "once the company answers everything is known, and every charge is in the ledger once";

pub fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONE_CHARGE, |protocol: &Protocol, world: &World| {
            (0..protocol.bounds.decisions).all(|decision| world.company.taken(decision) <= 1)
        }),
        Property::always(NOT_PAID_WITHOUT_A_CHARGE, |_: &Protocol, world: &World| {
            decisions(world).all(|(decision, state, _)| !is_paid(state) || world.company.taken(decision) > 0)
        }),
        Property::always(IN_THE_LEDGER_ONCE, |_: &Protocol, world: &World| {
            decisions(world).all(|(_, state, posted)| posted == u8::from(is_paid(state)))
        }),
        Property::always(NOT_BACKWARD, |_: &Protocol, world: &World| {
            world.payments.iter().flatten().all(|recorded| !recorded.went_back)
        }),
        Property::always(ONE_PAGE, |_: &Protocol, world: &World| {
            let open = (0..).zip(&world.company.charges).filter(|(id, charge)| charge.stand == Stand::Open && world.is_seen(*id));
            open.count() <= 1
        }),
        Property::always(BECOMES_KNOWN, |protocol: &Protocol, world: &World| {
            [false, true].into_iter().all(|arrives| {
                let calm = protocol.when_it_is_calm(world, arrives);
                decisions(&calm)
                    .all(|(decision, state, posted)| !state.is_open() && usize::from(posted) == calm.company.taken(decision))
            })
        }),
        Property::sometimes("a payment is paid", |_: &Protocol, world: &World| states(world).any(is_paid)),
        Property::sometimes("a payment is declined", |_: &Protocol, world: &World| {
            states(world).any(|state| matches!(state, PaymentState::Declined { .. }))
        }),
        Property::sometimes("a payment is cancelled", |_: &Protocol, world: &World| {
            states(world).any(|state| matches!(state, PaymentState::Cancelled { .. }))
        }),
        Property::sometimes("a payment is abandoned", |_: &Protocol, world: &World| {
            states(world).any(|state| matches!(state, PaymentState::Abandoned { .. }))
        }),
        Property::sometimes("an outcome is not known", |_: &Protocol, world: &World| {
            states(world).any(|state| *state == PaymentState::Unknown)
        }),
        Property::sometimes("it is charged and nobody here knows it", |_: &Protocol, world: &World| {
            decisions(world).any(|(decision, state, _)| *state == PaymentState::Unknown && world.company.taken(decision) == 1)
        }),
        Property::sometimes("a page is open that came too late for its payment", |_: &Protocol, world: &World| {
            let late = |decision| matches!(state_of(world, decision), Some(PaymentState::Abandoned { .. }));
            world.company.charges.iter().any(|charge| charge.stand == Stand::Open && late(charge.decision))
        }),
        Property::sometimes("all decisions are paid", |_: &Protocol, world: &World| {
            world.payments.iter().all(|recorded| recorded.as_ref().is_some_and(|recorded| is_paid(&recorded.state)))
        }),
    ]
}

fn is_paid(state: &PaymentState) -> bool {
    matches!(state, PaymentState::Succeeded { .. })
}

fn states(world: &World) -> impl Iterator<Item = &PaymentState> {
    world.payments.iter().flatten().map(|recorded| &recorded.state)
}

fn state_of(world: &World, decision: u8) -> Option<&PaymentState> {
    world.payments[usize::from(decision)].as_ref().map(|recorded| &recorded.state)
}

fn decisions(world: &World) -> impl Iterator<Item = (u8, &PaymentState, u8)> {
    (0..).zip(&world.payments).filter_map(|(decision, recorded)| {
        let recorded = recorded.as_ref()?;
        Some((decision, &recorded.state, recorded.posted))
    })
}
