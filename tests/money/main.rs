//! Money: the books and the state machine as rules, paying from the first screen to the receipt against a listening portal,
//! races, lost and repeated messages, and processes killed half-way.

#[expect(dead_code, reason = "here mail only ever arrives")]
#[path = "../support/mail_sink.rs"]
mod mail_sink;
#[path = "../support/stripe/mod.rs"]
mod stripe;
#[path = "../support/mod.rs"]
mod support;

mod begun;
mod books;
mod changes;
mod collecting;
mod conversations;
mod corrections;
mod crashes;
mod disputes;
mod elsewhere;
mod endings;
mod feed;
mod feed_parts;
mod found_again;
mod given_back;
mod hardship;
mod helpers;
mod how_was_this;
mod joining;
mod joint;
mod joint_have_back;
mod life_events;
mod mandate_crashes;
mod mandates;
mod messages;
mod not_right;
mod outcomes;
mod permission;
mod plan_interest;
mod portal;
mod races;
mod recalls;
mod reconciling;
mod refund_crashes;
mod refusals;
mod reversals;
mod screens;
mod scripted;
mod statement;
mod states;
mod stop_orders;
mod stripe_scene;
mod through_stripe;
mod what_if;
mod withdrawn;
