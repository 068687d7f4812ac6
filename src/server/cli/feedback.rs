//! `evenkeel feedback list --since DAY`: what customers answered to the two optional questions, with nobody's name beside it.

use super::{CommandError, open_state};
use crate::domain::calendar::{Date, parse_iso};
use crate::domain::feedback::How;
use crate::server::config::Config;
use crate::server::services::feedback::{self, Kept};
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum FeedbackCommand {
    /// Every answer from a day on, in the order of their days.
    List {
        /// The first day, as in 2026-11-01.
        #[arg(long, value_parser = read_day)]
        since: Date,
        /// At most so many.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..=100_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

fn read_day(text: &str) -> Result<Date, String> {
    parse_iso(text).ok_or_else(|| "a day, as in 2026-11-01".to_owned())
}

pub async fn feedback(config: Config, command: FeedbackCommand) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let FeedbackCommand::List { since, limit, json } = command;
    let found = feedback::since(&state, since, limit).await;
    state.db.close().await;
    for kept in found? {
        if json { println!("{}", to_json(&kept)) } else { println!("{}", to_line(&kept)) }
    }
    Ok(ExitCode::SUCCESS)
}

fn to_line(kept: &Kept) -> String {
    let how = kept.answered.how.map_or("-", How::code);
    let recommend = kept.answered.recommend.map_or_else(|| "-".to_owned(), |likely| likely.to_string());
    // What strangers wrote must not move the cursor of whoever reads it.
    let words = kept.answered.words.replace(char::is_control, " ");
    format!("{}  {}  {how}  {recommend}  {words}", kept.answered_on, kept.about.code()).trim_end().to_owned()
}

fn to_json(kept: &Kept) -> String {
    json!({
        "answered_on": kept.answered_on, "about": kept.about.code(), "how": kept.answered.how.map(How::code),
        "recommend": kept.answered.recommend, "words": kept.answered.words, "language": kept.language,
    })
    .to_string()
}
