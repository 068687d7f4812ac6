//! `evenkeel contact show | log | stop | allow | stop-all | allow-all | consent | withdraw | prefer | adviser | no-adviser REFERENCE`: how the customer of an account may
//! be written to, for what a customer tells a person. Their names and addresses are not printed. And what people wrote that nobody has
//! answered yet (`cli/requests.rs`).

use super::outbox::{instant, to_json, to_line};
use super::{CommandError, contact_wishes, open_state, requests};
use crate::domain::contact::channel::Channel;
use crate::domain::language::Language;
use crate::server::config::Config;
use crate::server::services::outbox;
use crate::server::services::requests::Collections;
use crate::server::services::stopping::{self, Mark, Wish, WishError};
use crate::server::state::AppState;
use clap::{Args, Subcommand, ValueEnum};
use std::process::ExitCode;

#[derive(Args)]
pub struct ContactArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum ChannelName {
    Email,
    Text,
    Letter,
}

impl ChannelName {
    fn channel(self) -> Channel {
        match self {
            ChannelName::Email => Channel::Email,
            ChannelName::Text => Channel::Text,
            ChannelName::Letter => Channel::Letter,
        }
    }
}

#[derive(Subcommand)]
enum What {
    /// What is known of each way to them.
    Show { reference: String },
    /// What was sent to them, when and by which channel, and what waits.
    Log {
        reference: String,
        /// At most so many.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// They do not want this channel used.
    Stop { reference: String, channel: ChannelName },
    /// They want it again, or its address works again.
    Allow { reference: String, channel: ChannelName },
    /// "Stop contacting me": reminders stop; what the law wants sent and records of their own acts still come.
    StopAll { reference: String },
    /// They may be reminded again.
    AllowAll { reference: String },
    /// They heard this text and agreed to text messages. Without --agreed it is only printed.
    Consent {
        reference: String,
        #[arg(long, default_value = "en", value_parser = read_language)]
        language: Language,
        #[arg(long)]
        agreed: bool,
    },
    /// They no longer want text messages.
    Withdraw { reference: String },
    /// What a customer told a person of how they want to be reached. What is not named stays as it is.
    Prefer(contact_wishes::PreferArguments),
    /// They speak through an attorney or adviser only: reminders to them stop.
    Adviser {
        reference: String,
        #[arg(long)]
        name: String,
        /// How they are reached.
        #[arg(long)]
        contact: String,
    },
    /// They speak for themselves again.
    NoAdviser { reference: String },
    /// What people wrote and nobody has answered yet: what may stop a payment first, then by the day of the answer.
    Requests {
        /// At most so many.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// One of them, with what was written and where the answer goes.
    Request { reference: String },
    /// A person has answered it: collections that waited for that go on, or end.
    Answered {
        reference: String,
        /// Who answered.
        #[arg(long)]
        by: String,
        /// It was an order to stop payments: the permission to collect ends, and its customer is told.
        #[arg(long)]
        stop_collecting: bool,
    },
    /// Its customer has the answer to what they disputed in writing: the account is no longer on hold for it.
    DisputeSettled {
        reference: String,
        /// Who answered.
        #[arg(long)]
        by: String,
    },
}

pub(super) fn read_language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| "en or es".to_owned())
}

/// Exit code 1: no account has this reference, or there is no number to send texts to.
pub async fn contact(config: Config, arguments: ContactArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = run(&state, arguments.what).await;
    state.db.close().await;
    code
}

async fn run(state: &AppState, what: What) -> Result<ExitCode, CommandError> {
    let (reference, wish) = match what {
        What::Show { reference } => return show(state, &reference).await,
        What::Log { reference, limit, json } => return log(state, &reference, limit, json).await,
        What::Consent { language, agreed: false, .. } => {
            println!("{}", stopping::consent_text(language));
            return Ok(ExitCode::SUCCESS);
        }
        What::Consent { reference, language, agreed: true } => (reference, Wish::ConsentToTexts(language)),
        What::Stop { reference, channel } => (reference, Wish::Stop(channel.channel())),
        What::Allow { reference, channel } => (reference, Wish::Allow(channel.channel())),
        What::StopAll { reference } => (reference, Wish::StopContact),
        What::AllowAll { reference } => (reference, Wish::AllowContact),
        What::Withdraw { reference } => (reference, Wish::WithdrawConsent),
        What::Prefer(arguments) => return contact_wishes::prefer(state, arguments).await,
        What::Adviser { reference, name, contact } => {
            return contact_wishes::adviser(state, &reference, Some((&name, &contact))).await;
        }
        What::NoAdviser { reference } => return contact_wishes::adviser(state, &reference, None).await,
        What::Requests { limit, json } => return requests::list(state, limit, json).await,
        What::Request { reference } => return requests::show(state, &reference).await,
        What::Answered { reference, by, stop_collecting } => {
            let collections = if stop_collecting { Collections::Stop } else { Collections::GoOn };
            return requests::answered(state, &reference, &by, collections).await;
        }
        What::DisputeSettled { reference, by } => return requests::dispute_settled(state, &reference, &by).await,
    };
    match stopping::record_wish(state, &reference, wish).await {
        Ok(()) => {
            println!("Written down.");
            Ok(ExitCode::SUCCESS)
        }
        Err(WishError::Failed(failure)) => Err(failure.into()),
        Err(refused @ (WishError::UnknownReference | WishError::NoNumber)) => Ok(refuse(&refused.to_string())),
    }
}

pub(super) fn refuse(why: &str) -> ExitCode {
    eprintln!("evenkeel: {why}");
    ExitCode::from(1)
}

async fn show(state: &AppState, reference: &str) -> Result<ExitCode, CommandError> {
    let Some(ways) = stopping::ways(state, reference).await? else {
        return Ok(refuse(&WishError::UnknownReference.to_string()));
    };
    if ways.marks.is_empty() {
        println!("Nothing keeps any channel from being used.");
    }
    for (channel, mark, learned_at) in ways.marks {
        let channel = channel.map_or("every channel", Channel::code);
        let what = match mark {
            Mark::Stopped => "stopped by the customer",
            Mark::Complained => "stopped: a message was called unwanted",
            Mark::Unusable => "the address does not work",
            Mark::Undelivered => "a message could not be delivered for now",
            Mark::StoppedContact => "stop contacting me",
            Mark::InconvenientPlace => "the address is at an inconvenient place",
        };
        println!("{}  {channel}: {what}", instant(learned_at));
    }
    println!("Text messages: {}.", if ways.consents_to_texts { "agreed to" } else { "not agreed to" });
    contact_wishes::show(state, reference).await?;
    Ok(ExitCode::SUCCESS)
}

async fn log(state: &AppState, reference: &str, limit: i64, json: bool) -> Result<ExitCode, CommandError> {
    let Some(messages) = outbox::log_of(state, reference, limit).await? else {
        return Ok(refuse(&WishError::UnknownReference.to_string()));
    };
    for message in messages {
        if json { println!("{}", to_json(&message)) } else { println!("{}", to_line(&message)) }
    }
    Ok(ExitCode::SUCCESS)
}
