//! `evenkeel outbox list | send | retry | show | preview`: messages to customers, sent and kept. Lists name nobody; `show` prints a
//! message as it was or will be sent.

use super::contact::read_language;
use super::{CommandError, open_state};
use crate::domain::language::Language;
use crate::server::clock::Millis;
use crate::server::config::Config;
use crate::server::notify::letters::{Template, Written};
use crate::server::services::outbox::{self, ListedMessage};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::Write;
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
    /// Print one message as it was or will be sent, byte for byte. It holds a name and a link that stops e-mail.
    Show {
        id: String,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print a template as it would be sent, with example values.
    Preview {
        /// Such as receipt_copy.
        #[arg(value_parser = read_template)]
        template: Template,
        #[arg(long, default_value = "en", value_parser = read_language)]
        language: Language,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// Which form of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Subject,
    Text,
    Html,
    /// For a telephone; few messages have it.
    Sms,
}

fn read_template(code: &str) -> Result<Template, String> {
    let known = || Template::ALL.map(Template::code).join(", ");
    Template::from_code(code).ok_or_else(|| format!("no such template; there are {}", known()))
}

/// Prints one form of a message, and nothing more. Exit code 1: it has no such form.
fn print(written: &Written, format: Format) -> Result<ExitCode, CommandError> {
    let form = match format {
        Format::Subject => Some(&written.subject),
        Format::Text => Some(&written.text),
        Format::Html => Some(&written.html),
        Format::Sms => written.short.as_ref(),
    };
    let Some(form) = form else {
        eprintln!("evenkeel: this message has no short form");
        return Ok(ExitCode::from(1));
    };
    let written = std::io::stdout().write_all(form.as_bytes());
    written.map(|()| ExitCode::SUCCESS).map_err(|error| CommandError::Failed(error.to_string()))
}

/// Exit code 1: something could not be sent.
pub async fn outbox(config: Config, arguments: OutboxArguments) -> Result<ExitCode, CommandError> {
    if let What::Preview { template, language, format } = arguments.what {
        return print(&outbox::preview(&config, template, language), format);
    }
    let state = open_state(config).await?;
    let code = match arguments.what {
        // Needs no database.
        What::Preview { .. } => ExitCode::SUCCESS,
        What::Show { id, format } => match outbox::whole(&state, &id).await? {
            Some(whole) => {
                eprintln!("{}", to_line(&whole.listed));
                let outbox::Whole { subject, text, html, short, .. } = whole;
                print(&Written { subject, text, html, short }, format)?
            }
            None => {
                eprintln!("evenkeel: no such message");
                ExitCode::from(1)
            }
        },
        What::List { limit, json } => {
            for message in outbox::list(&state, limit).await? {
                if json { println!("{}", to_json(&message)) } else { println!("{}", to_line(&message)) }
            }
            ExitCode::SUCCESS
        }
        What::Send => {
            let round = outbox::send_due(&state).await?;
            let outbox::Round { sent, to_print, put_off, given_up } = round;
            println!("Sent {sent}, to be printed {to_print}, put off {put_off}, given up {given_up}.");
            if round.given_up > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
        }
        What::Retry => {
            println!("Messages that wait again: {}.", outbox::retry(&state).await?);
            ExitCode::SUCCESS
        }
    };
    state.db.close().await;
    Ok(code)
}

pub(super) fn to_json(message: &ListedMessage) -> Value {
    json!({
        "id": message.id,
        "channel": message.channel,
        "weight": message.weight,
        "template": message.template,
        "language": message.language,
        "state": message.state,
        "reason": message.reason,
        "carrier": message.carrier,
        "not_before": instant(message.not_before),
        "created_at": instant(message.created_at),
        "sent_at": message.sent_at.map(instant),
        "expires_at": message.expires_at.map(instant),
        "bounced_at": message.bounced_at.map(instant),
        "complained_at": message.complained_at.map(instant),
        "attempts": message.attempts,
    })
}

pub(super) fn to_line(message: &ListedMessage) -> String {
    let later = || instant(message.not_before);
    let stands = match (message.state.as_str(), message.reason.as_deref()) {
        ("not_sent", Some(reason)) => format!("not sent: {}", why_not(reason)),
        ("waiting", Some("outside_window")) => format!("waits for the contact window, {}", later()),
        ("waiting", Some("cap")) => format!("waits because enough was sent this week, {}", later()),
        ("waiting", Some("held")) => format!("waits because the account is on hold, asked again {}", later()),
        ("waiting", Some("server_unreachable")) => format!("tried, again at {}", later()),
        ("waiting", Some("bounced")) => "an earlier one came back; it goes by post".to_owned(),
        ("printing", _) => "waits to be printed".to_owned(),
        ("sent", _) => {
            let by = if message.carrier.as_deref() == Some("sandbox") { " (sandbox)" } else { "" };
            format!("sent {}{by}", message.sent_at.map(instant).unwrap_or_default())
        }
        (state, _) => state.to_owned(),
    };
    format!(
        "{}  {}  {:<6} {:<9} {:<18} {}  {stands}",
        instant(message.created_at),
        message.id,
        message.channel,
        message.weight,
        message.template,
        message.language
    )
}

fn why_not(reason: &str) -> &str {
    match reason {
        "no_mail_server" => "no mail server",
        "no_address" => "no address",
        "server_unreachable" => "it could not be handed over in many attempts",
        "refused_by_server" => "it was refused when it was handed over",
        "opted_out" => "the customer stopped this channel",
        "stopped_contact" => "the customer asked not to be contacted",
        "unusable" => "what was sent to the address came back",
        "bounced" => "it came back",
        "expired" => "it would have come too late",
        "deceased" => "the customer has died",
        "outside_window" => "no hour suits every zone they may be in",
        other => other,
    }
}

pub(super) fn instant(millis: Millis) -> String {
    Timestamp::from_millisecond(millis).map(|at| at.to_string()).unwrap_or_default()
}
