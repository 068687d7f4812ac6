//! `evenkeel contact requests | request | answered | dispute-settled REFERENCE`: what people wrote and nobody has answered yet. A person answers
//! by whatever way they like and says here that it is done.

use super::CommandError;
use super::outbox::instant;
use crate::server::services::requests::{self, Answered, Collections, NotAnswered, OpenRequest};
use crate::server::state::AppState;
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn list(state: &AppState, limit: i64, as_json: bool) -> Result<ExitCode, CommandError> {
    let now = state.clock.now_millis();
    for request in requests::open(state, limit).await? {
        if as_json { println!("{}", to_json(&request, now)) } else { println!("{}", to_line(&request, now)) }
    }
    Ok(ExitCode::SUCCESS)
}

fn to_line(request: &OpenRequest, now: i64) -> String {
    let account = request.account.as_deref().unwrap_or("-");
    let late = if request.answer_by < now { "  late" } else { "" };
    let held = if request.holds > 0 { "  collections wait" } else { "" };
    format!("{}  by {}  {}  {account}{held}{late}", request.reference, instant(request.answer_by), request.kind)
}

fn to_json(request: &OpenRequest, now: i64) -> String {
    json!({
        "reference": request.reference, "kind": request.kind, "account": request.account,
        "created_at": instant(request.created_at), "answer_by": instant(request.answer_by),
        "collections_wait": request.holds > 0, "late": request.answer_by < now,
    })
    .to_string()
}

/// What was written, for the person who answers it.
pub(super) async fn show(state: &AppState, reference: &str) -> Result<ExitCode, CommandError> {
    let Some(request) = requests::whole(state, reference).await? else { return Ok(refuse(NotAnswered::NoSuchRequest)) };
    println!("{}  {}  account {}", request.reference, request.kind, request.account.as_deref().unwrap_or("-"));
    println!("Came {}. To be answered by {}.", instant(request.created_at), instant(request.answer_by));
    if let Some(at) = request.answered_at {
        println!("Answered {}.", instant(at));
    }
    let answer_to = if request.reply_to.is_empty() { "the e-mail address that is known" } else { &request.reply_to };
    println!("Answer to: {answer_to} ({})", request.language);
    println!();
    // What strangers wrote must not move the cursor of whoever reads it.
    println!("{}", request.message.replace(|character: char| character.is_control() && character != '\n', " "));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn answered(
    state: &AppState,
    reference: &str,
    by: &str,
    collections: Collections,
) -> Result<ExitCode, CommandError> {
    match requests::answered(state, reference, by, collections).await? {
        Ok(Answered { released, permissions_ended }) => {
            println!("Answered. Holds ended: {released}. Permissions to collect ended: {permissions_ended}.");
            Ok(ExitCode::SUCCESS)
        }
        Err(NotAnswered::NoPerson) => Err(CommandError::Usage("an answer needs a person: --by".into())),
        Err(refused) => Ok(refuse(refused)),
    }
}

pub(super) async fn dispute_settled(state: &AppState, reference: &str, by: &str) -> Result<ExitCode, CommandError> {
    match requests::dispute_settled(state, reference, by).await? {
        Ok(()) => {
            println!("Settled. The account is no longer on hold for it.");
            Ok(ExitCode::SUCCESS)
        }
        Err(NotAnswered::NoPerson) => Err(CommandError::Usage("an answer needs a person: --by".into())),
        Err(refused) => Ok(refuse(refused)),
    }
}

fn refuse(why: NotAnswered) -> ExitCode {
    let why = match why {
        NotAnswered::NoSuchRequest => "nothing was written under this reference",
        NotAnswered::AnsweredBefore => "it was answered before",
        NotAnswered::NoPerson => "an answer needs a person",
        NotAnswered::NothingDisputed => "no account is on hold because of this",
    };
    eprintln!("evenkeel: {why}");
    ExitCode::from(1)
}
