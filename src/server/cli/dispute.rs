//! `evenkeel dispute list | show | ask | answer | posted REFERENCE` and `evenkeel dispute creditor NAME`: what customers say is not right,
//! and what a person here does about it.

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::domain::dispute::{DisputeState, Disputed, NotInTheBooks, Outcome};
use crate::domain::money::Money;
use crate::server::config::Config;
use crate::server::services::disputes::{self, Answer, Dispute, NotDone, WordsKind};
use crate::server::services::information;
use crate::server::state::AppState;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum DisputeCommand {
    /// Those in force, the first promised first; "late" where the promised day is over.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// One of them, with everything that was written.
    Show { reference: String },
    /// Ask its customer for something. They find the question on the dispute's page, and are told that there is one.
    Ask {
        reference: String,
        #[command(flatten)]
        words: WordsArguments,
    },
    /// Answer it: a signed letter, sent to its customer. The hold ends when it was sent. Books nothing: what was wrong is put right with
    /// `evenkeel ledger correct` or `write-off` before.
    Answer {
        reference: String,
        #[arg(long, value_enum)]
        outcome: AnsweredOutcome,
        #[command(flatten)]
        words: WordsArguments,
    },
    /// You posted the answer yourself, because it could not be sent: the hold ends.
    Posted {
        reference: String,
        /// Who posted it.
        #[arg(long)]
        by: String,
    },
    /// Who the original creditor of a creditor's accounts is, and where they are reached, for customers who ask.
    Creditor {
        /// The creditor's name, as it was imported.
        name: String,
        /// The original creditor's, where that is somebody else.
        #[arg(long)]
        original: Option<String>,
        #[arg(long)]
        address: String,
    },
}

#[derive(Args)]
pub struct WordsArguments {
    /// What the customer reads.
    #[arg(long, required_unless_present = "text_file", conflicts_with = "text_file")]
    text: Option<String>,
    /// The same from a file; an empty line parts two paragraphs.
    #[arg(long)]
    text_file: Option<PathBuf>,
    /// Who writes it.
    #[arg(long)]
    by: String,
}

impl WordsArguments {
    fn read(&self) -> Result<String, CommandError> {
        match (&self.text, &self.text_file) {
            (Some(text), _) => Ok(text.clone()),
            (None, Some(file)) => std::fs::read_to_string(file)
                .map_err(|error| CommandError::Usage(format!("{} cannot be read: {error}", file.display()))),
            (None, None) => Ok(String::new()),
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum AnsweredOutcome {
    /// It is right, and the text says how that is known.
    Verified,
    /// It was wrong, and the books are put right.
    Corrected,
    /// What was disputed is not owed, and the books say so.
    NotOwed,
}

impl AnsweredOutcome {
    fn outcome(self) -> Outcome {
        match self {
            AnsweredOutcome::Verified => Outcome::Verified,
            AnsweredOutcome::Corrected => Outcome::Corrected,
            AnsweredOutcome::NotOwed => Outcome::NotOwed,
        }
    }
}

/// Exit code 1: refused, with the reason.
pub async fn dispute(config: Config, command: DisputeCommand) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = run(&state, command).await;
    state.db.close().await;
    code
}

async fn run(state: &AppState, command: DisputeCommand) -> Result<ExitCode, CommandError> {
    let done = match command {
        DisputeCommand::List { limit, json } => return list(state, limit, json).await,
        DisputeCommand::Show { reference } => return show(state, &reference).await,
        DisputeCommand::Creditor { name, original, address } => {
            return creditor(state, &name, original.as_deref(), &address).await;
        }
        DisputeCommand::Ask { reference, words } => {
            let asked = disputes::ask(state, &reference, &words.read()?, &words.by).await?;
            asked.map(|()| "Asked. The promised day stays.".to_owned())
        }
        DisputeCommand::Answer { reference, outcome, words } => {
            let text = words.read()?;
            let answer = Answer { outcome: outcome.outcome(), text: &text, by: &words.by };
            let answered = disputes::answer(state, &reference, &answer).await?;
            answered.map(|letter| format!("Answered by letter {letter}. The account stays on hold until it is sent."))
        }
        DisputeCommand::Posted { reference, by } => {
            disputes::posted(state, &reference, &by).await?.map(|()| "The account is no longer on hold for it.".to_owned())
        }
    };
    match done {
        Ok(said) => {
            println!("{said}");
            Ok(ExitCode::SUCCESS)
        }
        Err(refused @ (NotDone::NoPerson | NotDone::NoWords)) => Err(CommandError::Usage(in_words(refused))),
        Err(refused) => {
            eprintln!("evenkeel: {}", in_words(refused));
            Ok(ExitCode::from(1))
        }
    }
}

async fn list(state: &AppState, limit: i64, as_json: bool) -> Result<ExitCode, CommandError> {
    for (dispute, is_late) in disputes::in_force(state, limit).await? {
        if as_json { println!("{}", to_json(&dispute, is_late)) } else { println!("{}", to_line(&dispute, is_late)) }
    }
    Ok(ExitCode::SUCCESS)
}

fn extent(disputed: Disputed) -> String {
    match disputed {
        Disputed::All => "all".to_owned(),
        Disputed::Part(part) => amount(part),
    }
}

fn amount(amount: Money) -> String {
    format!("{} {}", amount.to_decimal_string(), amount.currency().code())
}

fn stands(dispute: &Dispute) -> &'static str {
    match dispute.state {
        DisputeState::Open => "open",
        DisputeState::MoreNeeded => "asked for more",
        DisputeState::Answered(_) if dispute.released_at.is_none() => "answered, not sent yet",
        DisputeState::Answered(outcome) => outcome.code(),
    }
}

fn to_line(dispute: &Dispute, is_late: bool) -> String {
    let late = if is_late { "  late" } else { "" };
    let (by, reason, extent) = (instant(dispute.answer_by), dispute.reason.code(), extent(dispute.disputed));
    format!("{}  by {by}  {}  {reason}  {extent}  {}{late}", dispute.reference, dispute.account_reference, stands(dispute))
}

fn to_json(dispute: &Dispute, is_late: bool) -> String {
    json!({
        "reference": dispute.reference, "account": dispute.account_reference, "reason": dispute.reason.code(),
        "part": match dispute.disputed { Disputed::All => None, Disputed::Part(part) => Some(part.to_decimal_string()) },
        "state": dispute.state.code(), "opened_at": instant(dispute.opened_at), "answer_by": instant(dispute.answer_by),
        "late": is_late,
    })
    .to_string()
}

async fn show(state: &AppState, reference: &str) -> Result<ExitCode, CommandError> {
    let Some(seen) = disputes::see(state, reference).await? else {
        eprintln!("evenkeel: {}", in_words(NotDone::NoSuchDispute));
        return Ok(ExitCode::from(1));
    };
    println!("{}", to_line(&seen.dispute, seen.is_late));
    for words in &seen.words {
        let who = match words.kind {
            WordsKind::Said => "The customer",
            WordsKind::Added => "The customer added",
            WordsKind::Asked => "We asked",
            WordsKind::Answered => "We answered",
        };
        println!("\n{}  {who}:", instant(words.written_at));
        // What strangers wrote must not move the cursor of whoever reads it.
        println!("{}", words.text.replace(|character: char| character.is_control() && character != '\n', " "));
    }
    Ok(ExitCode::SUCCESS)
}

async fn creditor(state: &AppState, name: &str, original: Option<&str>, address: &str) -> Result<ExitCode, CommandError> {
    match information::set_original_creditor(state, name, original, address).await? {
        Ok(()) => {
            println!("Written down.");
            Ok(ExitCode::SUCCESS)
        }
        Err(information::NoSuchCreditor) => {
            eprintln!("evenkeel: no creditor has this name");
            Ok(ExitCode::from(1))
        }
    }
}

fn in_words(refused: NotDone) -> String {
    match refused {
        NotDone::NoSuchDispute => "no dispute has this reference".into(),
        NotDone::Over => "it was answered or withdrawn before".into(),
        NotDone::NotAnswered => "it is not answered yet: answer it first".into(),
        NotDone::NoPerson => "this needs a person: --by".into(),
        NotDone::NoWords => "this needs words: --text or --text-file".into(),
        NotDone::NotInTheBooks(NotInTheBooks::StillOwed(owed)) => {
            format!("the books still say that {} is owed: `evenkeel ledger write-off` or `correct` first", amount(owed))
        }
        NotDone::NotInTheBooks(NotInTheBooks::PartStillOwed(missing)) => {
            format!("{} of the part is still in the books: `evenkeel ledger correct` or `write-off` first", amount(missing))
        }
        NotDone::NotInTheBooks(NotInTheBooks::NothingCorrected) => {
            "nothing was corrected or written off since it was disputed: `evenkeel ledger correct` first".into()
        }
    }
}
