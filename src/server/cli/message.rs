//! `evenkeel message list | show | answer | close REFERENCE`: what customers write in the portal, and what a person here answers. The answer
//! stays in the portal; its customer is told that there is one.

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::domain::conversation::{LONGEST_ANSWER_CHARACTERS, NotClosed, Writer};
use crate::domain::evidence::size_text;
use crate::server::config::Config;
use crate::server::services::messages::{self, Answer, Conversation, NotDone};
use crate::server::services::requests::Collections;
use crate::server::state::AppState;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum MessageCommand {
    /// Those that wait for an answer: late ones first, then what collections wait for, then by the promised day.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// One of them, with everything that was written. What is attached is opened by `evenkeel evidence open`.
    Show { reference: String },
    /// Answer it. Its customer reads the answer in the portal, and is told that there is one.
    Answer {
        reference: String,
        #[command(flatten)]
        text: TextArguments,
        /// Who answers.
        #[arg(long)]
        by: String,
        /// It was an order to stop payments: the permission to collect ends, and its customer is told. Without this, collections that
        /// waited for the answer go on.
        #[arg(long)]
        stop_collecting: bool,
    },
    /// Nothing is left to be said. What its customer writes opens it again.
    Close {
        reference: String,
        /// Who closes it.
        #[arg(long)]
        by: String,
    },
}

#[derive(Args)]
pub struct TextArguments {
    /// What the customer reads. Without this or a file it comes from the standard input.
    #[arg(long, conflicts_with = "text_file")]
    text: Option<String>,
    /// The same from a file; an empty line parts two paragraphs.
    #[arg(long)]
    text_file: Option<PathBuf>,
}

/// More than any answer has, in bytes: the rest of a file is not read.
const MOST_BYTES: u64 = LONGEST_ANSWER_CHARACTERS as u64 * 4 + 1;

impl TextArguments {
    fn read(&self) -> Result<String, CommandError> {
        let mut text = String::new();
        match (&self.text, &self.text_file) {
            (Some(text), _) => return Ok(text.clone()),
            (None, Some(file)) => {
                let opened = std::fs::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
                opened.map_err(|error| CommandError::Usage(format!("{} cannot be read: {error}", file.display())))?;
            }
            (None, None) => {
                let read = std::io::stdin().take(MOST_BYTES).read_to_string(&mut text);
                read.map_err(|error| CommandError::Usage(format!("the standard input cannot be read: {error}")))?;
            }
        }
        Ok(text)
    }
}

/// Exit code 1: refused, with the reason.
pub async fn message(config: Config, command: MessageCommand) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = run(&state, command).await;
    state.db.close().await;
    code
}

async fn run(state: &AppState, command: MessageCommand) -> Result<ExitCode, CommandError> {
    let done = match command {
        MessageCommand::List { limit, json } => return list(state, limit, json).await,
        MessageCommand::Show { reference } => return show(state, &reference).await,
        MessageCommand::Answer { reference, text, by, stop_collecting } => {
            let text = text.read()?;
            let collections = if stop_collecting { Collections::Stop } else { Collections::GoOn };
            let answered = messages::answer(state, &reference, &Answer { text: &text, by: &by, collections }).await?;
            answered.map(|answered| {
                let late = if answered.was_late { " It was late." } else { "" };
                format!(
                    "Answered.{late} Holds ended: {}. Permissions to collect ended: {}.",
                    answered.released, answered.permissions_ended
                )
            })
        }
        MessageCommand::Close { reference, by } => messages::close(state, &reference, &by).await?.map(|()| "Closed.".to_owned()),
    };
    match done {
        Ok(said) => {
            println!("{said}");
            Ok(ExitCode::SUCCESS)
        }
        Err(refused @ (NotDone::NoPerson | NotDone::NoWords | NotDone::TooLong)) => Err(CommandError::Usage(in_words(refused))),
        Err(refused) => {
            eprintln!("evenkeel: {}", in_words(refused));
            Ok(ExitCode::from(1))
        }
    }
}

async fn list(state: &AppState, limit: i64, as_json: bool) -> Result<ExitCode, CommandError> {
    for (conversation, is_late) in messages::waiting(state, limit).await? {
        if as_json { println!("{}", to_json(&conversation, is_late)) } else { println!("{}", to_line(&conversation, is_late)) }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was written is not part of it, nor who wrote it.
fn to_line(conversation: &Conversation, is_late: bool) -> String {
    let account = conversation.account_reference.as_deref().unwrap_or("-");
    let by = conversation.answer_by.map_or_else(|| conversation.state.code().to_owned(), |by| format!("by {}", instant(by)));
    let held = if conversation.holds > 0 { "  collections wait" } else { "" };
    let late = if is_late { "  late" } else { "" };
    let (topic, language) = (conversation.topic.code(), &conversation.language);
    format!("{}  {by}  {topic}  {account}  {language}{held}{late}", conversation.reference)
}

fn to_json(conversation: &Conversation, is_late: bool) -> String {
    json!({
        "reference": conversation.reference, "topic": conversation.topic.code(), "account": conversation.account_reference,
        "state": conversation.state.code(), "language": conversation.language, "created_at": instant(conversation.created_at),
        "updated_at": instant(conversation.updated_at), "answer_by": conversation.answer_by.map(instant),
        "late_since": conversation.late_since.map(instant), "collections_wait": conversation.holds > 0, "late": is_late,
    })
    .to_string()
}

async fn show(state: &AppState, reference: &str) -> Result<ExitCode, CommandError> {
    let Some(seen) = messages::see(state, reference).await? else {
        eprintln!("evenkeel: {}", in_words(NotDone::NoSuchConversation));
        return Ok(ExitCode::from(1));
    };
    let conversation = &seen.conversation;
    println!("{}", to_line(conversation, seen.is_late));
    if !conversation.subject.is_empty() {
        println!("Title: {}", plain(&conversation.subject));
    }
    if !conversation.reply_to.is_empty() {
        println!("An answer was asked for at: {}", plain(&conversation.reply_to));
    }
    for words in &seen.words {
        let who = match (words.writer, &words.staff) {
            (Writer::Customer, _) => "The customer".to_owned(),
            (Writer::Team, staff) => plain(staff.as_deref().unwrap_or("The team")),
        };
        println!("\n{}  {who}:", instant(words.written_at));
        println!("{}", plain(&words.words));
        for file in seen.attachments.iter().filter(|file| file.message_id == words.id) {
            let size = size_text(u64::try_from(file.bytes).unwrap_or(0));
            println!("Attached: {}, {size}: evenkeel evidence open {} {}", file.kind.name(), file.message_id, file.id);
        }
    }
    if let (Some(at), Some(by)) = (conversation.closed_at, &conversation.closed_by) {
        let who =
            if by == messages::CUSTOMER { "The customer: it is settled".to_owned() } else { format!("{}: closed", plain(by)) };
        println!("\n{}  {who}", instant(at));
    }
    Ok(ExitCode::SUCCESS)
}

/// What strangers wrote must not move the cursor of whoever reads it.
fn plain(text: &str) -> String {
    text.replace(|character: char| character.is_control() && character != '\n', " ")
}

fn in_words(refused: NotDone) -> String {
    match refused {
        NotDone::NoSuchConversation => "no conversation has this reference".into(),
        NotDone::NoPerson => "this needs a person: --by".into(),
        NotDone::NoWords => "an answer needs words".into(),
        NotDone::TooLong => format!("an answer has at most {LONGEST_ANSWER_CHARACTERS} characters"),
        NotDone::NotClosed(NotClosed::ClosedBefore) => "it was closed before".into(),
        NotDone::NotClosed(NotClosed::CollectionsWait) => {
            "collections wait for its answer: `evenkeel message answer` first".into()
        }
    }
}
