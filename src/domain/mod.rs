//! Pure rules, compiled for the server and for the browser.
//!
//! No input or output, no clock, no randomness, no framework, no SQL: everything a rule needs is an argument. Services call
//! these; screens and islands show what they return.

pub mod account;
pub mod account_statement;
pub mod advice;
pub mod agreement;
pub mod agreement_state;
pub mod beginning;
pub mod birth_date;
pub mod calendar;
pub mod changing;
pub mod collecting;
pub mod coming_back;
pub mod components;
pub mod contact;
pub mod conversation;
pub mod dispute;
pub mod due_dates;
pub mod evidence;
pub mod feedback;
pub mod finding_out;
pub mod format;
pub mod going_back;
pub mod hardship;
pub mod helper;
pub mod history;
pub mod hold;
pub mod ids;
pub mod joint_payment;
pub mod journey;
pub mod keeping;
pub mod language;
pub mod ledger;
pub mod life_event;
pub mod mandate;
pub mod money;
pub mod offers;
mod one_payment;
pub mod paying;
pub mod payment;
mod payoff;
pub mod plan_choice;
pub mod policy;
pub mod reconciliation;
pub mod refund_limits;
pub mod reversal;
pub mod rights;
pub mod schedule;
pub mod signing;
pub mod staff_entry;
pub mod standing;
pub mod statement;
pub mod typed;
pub mod validation;
pub mod what_if;
