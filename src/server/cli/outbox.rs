//! `evenkeel outbox list | send | retry`: messages to customers, sent and kept. Names and addresses are not printed.

use super::{CommandError, open_state};
use crate::server::clock::Millis;
use crate::server::config::Config;
use crate::server::services::outbox;
use crate::server::store::outbox::ListedMessage;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct OutboxArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show the newest messages, and why one was not sent.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Send what is due now, as the worker does.
    Send,
    /// Let messages wait again that found no mail server, now that there is one.
    Retry,
}

/// Exit code 1: something could not be sent.
pub async fn outbox(config: Config, arguments: OutboxArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = match arguments.what {
        What::List { limit, json } => {
            for message in outbox::list(&state, limit).await? {
                if json { println!("{}", to_json(&message)) } else { println!("{}", to_line(&message)) }
            }
            ExitCode::SUCCESS
        }
        What::Send if state.config.mail.is_none() => {
            return Err(CommandError::Usage("no mail server is set: mail.smtp_url is empty".into()));
        }
        What::Send => {
            let round = outbox::send_due(&state).await?;
            println!("Sent {}, put off {}, given up {}.", round.sent, round.put_off, round.given_up);
            if round.given_up > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
        }
        What::Retry => {
            println!("{} messages wait again.", outbox::retry(&state).await?);
            ExitCode::SUCCESS
        }
    };
    state.db.close().await;
    Ok(code)
}

fn to_json(message: &ListedMessage) -> Value {
    json!({
        "id": message.id,
        "template": message.template,
        "language": message.language,
        "state": message.state,
        "reason": message.reason,
        "not_before": instant(message.not_before),
        "created_at": instant(message.created_at),
        "sent_at": message.sent_at.map(instant),
        "attempts": message.attempts,
    })
}

fn to_line(message: &ListedMessage) -> String {
    let stands = match (message.state.as_str(), message.reason.as_deref()) {
        ("not_sent", Some("no_mail_server")) => "not sent: no mail server".to_owned(),
        ("not_sent", Some("no_address")) => "not sent: no address".to_owned(),
        ("not_sent", Some("server_unreachable")) => "not sent: the mail server did not answer".to_owned(),
        ("not_sent", Some("refused_by_server")) => "not sent: the mail server refused it".to_owned(),
        ("waiting", Some("outside_window")) => format!("waits for the contact window, {}", instant(message.not_before)),
        ("waiting", Some("server_unreachable")) => format!("tried, again at {}", instant(message.not_before)),
        ("sent", _) => format!("sent {}", message.sent_at.map(instant).unwrap_or_default()),
        (state, _) => state.to_owned(),
    };
    format!("{}  {}  {:<18} {}  {stands}", instant(message.created_at), message.id, message.template, message.language)
}

fn instant(millis: Millis) -> String {
    Timestamp::from_millisecond(millis).map(|at| at.to_string()).unwrap_or_default()
}
