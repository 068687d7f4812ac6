//! `evenkeel offers`: what an account would be offered. A question only: it holds nothing and writes nothing.

use super::{CommandError, open_database};
use crate::domain::calendar::Date;
use crate::domain::due_dates::Payday;
use crate::domain::format;
use crate::domain::ids::normalise_reference;
use crate::domain::language::Language;
use crate::domain::offers::{OfferSet, offers_under};
use crate::domain::policy::Reason;
use crate::server::clock;
use crate::server::config::Config;
use crate::server::offers_json::OffersDocument;
use crate::server::policy_file;
use crate::server::services::{hardship, history};
use crate::server::store::facts;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct OffersArguments {
    /// The account's reference, however it is typed.
    #[arg(long)]
    reference: String,
    /// The day to ask for, as 2026-11-20. Without it: today where the customer is.
    #[arg(long)]
    today: Option<Date>,
    /// The policy to ask. Without it: the one in the settings.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// When the customer is next paid and how often, as 2026-12-04/every_two_weeks.
    /// Rhythms: weekly, every_two_weeks, twice_a_month, monthly.
    #[arg(long, value_parser = payday)]
    payday: Option<Payday>,
    /// Why the customer fell behind, such as illness (see docs/offers-json.md).
    #[arg(long, value_parser = reason)]
    reason: Option<Reason>,
    /// Print the documented JSON instead of a table.
    #[arg(long)]
    json: bool,
}

fn payday(text: &str) -> Result<Payday, String> {
    Payday::from_code(text).ok_or_else(|| "write it as 2026-12-04/every_two_weeks".to_owned())
}

fn reason(text: &str) -> Result<Reason, String> {
    Reason::from_code(text).ok_or_else(|| format!("one of {}", Reason::ALL.map(Reason::code).join(", ")))
}

/// Exit code 1: no account has this reference.
pub async fn offers(config: Config, arguments: OffersArguments) -> Result<ExitCode, CommandError> {
    let file = arguments.policy.as_deref().unwrap_or(&config.policy_file);
    let policy = policy_file::read(file).map_err(|error| CommandError::Usage(error.to_string()))?;
    for warning in &policy.warnings {
        eprintln!("evenkeel: {}, {warning}", file.display());
    }
    let db = open_database(&config).await?;
    let record = facts::by_reference(db.pool(), &normalise_reference(&arguments.reference)).await?;
    let Some(record) = record else {
        db.close().await;
        eprintln!("evenkeel: no account has this reference");
        return Ok(ExitCode::from(1));
    };
    let zone = clock::zone(&record.time_zone);
    let today = arguments.today.unwrap_or_else(|| config.clock.today_in(&zone));
    let mut tx = db.begin_read().await?;
    // The customer's own numbers: without what they dispute, with what a hardship review opened.
    let record = history::complete(&mut tx, record, today).await?.without_disputed_part();
    let relief = hardship::relief_at(&mut tx, &record.customer_id, config.clock.now_millis()).await?;
    drop(tx);
    db.close().await;
    let set = offers_under(relief.as_ref(), &record.facts, &policy.policy, today, arguments.payday, arguments.reason);
    if arguments.json {
        let document = OffersDocument::of(&record.reference, &set, &zone);
        let json = serde_json::to_string_pretty(&document).map_err(|error| CommandError::Failed(error.to_string()))?;
        println!("{json}");
    } else {
        print!("{}", table(&record.reference, &set));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(reference: &str, set: &OfferSet) -> String {
    let money = |amount| format::money(amount, Language::English);
    let mut text = format!(
        "Account {reference} on {}: {} owed, {} past due. Policy {:.12}.\n\n",
        set.made_on,
        money(set.balance),
        money(set.past_due),
        set.policy_version.as_str()
    );
    let mut line = |cells: [&str; 7]| {
        let [id, number, each, last, first_on, last_on, total] = cells;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{id:<32} {number:>4} {each:>12} {last:>12}  {first_on:<10}  {last_on:<10} {total:>13}");
    };
    line(["offer", "n", "each", "last", "first", "until", "total"]);
    for offer in &set.offers {
        let schedule = &offer.schedule;
        let amount = |amount: Option<_>| amount.map(money).unwrap_or_default();
        let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        line([
            &offer.id,
            &schedule.instalments.len().to_string(),
            &amount(schedule.each()),
            &amount(schedule.instalments.last().map(|instalment| instalment.amount)),
            &date(schedule.first_on()),
            &date(schedule.last_on()),
            &money(schedule.total),
        ]);
    }
    for refusal in &set.refusals {
        let _ = writeln!(text, "not offered: {} ({})", refusal.kind.code(), refusal.code.code());
    }
    text
}
