//! `evenkeel contact prefer | adviser | no-adviser REFERENCE`, and what `contact show` says of wishes: what customers tell a person of the
//! days, times, places, calls, paper and language they want.

use super::CommandError;
use super::contact::{read_language, refuse};
use super::outbox::instant;
use crate::domain::contact::wishes::{
    Calls, DayPart, LONGEST_ADVISER_CONTACT_CHARACTERS, LONGEST_ADVISER_NAME_CHARACTERS, LONGEST_PLACES_CHARACTERS, Papers, Said,
    SuitableTimes, WEEKDAYS, weekday_code,
};
use crate::domain::language::Language;
use crate::server::services::contact_wishes::{self, By, Consent, NamedAdviser};
use crate::server::state::AppState;
use clap::{Args, ValueEnum};
use std::process::ExitCode;

const NO_ACCOUNT: &str = "no account has this reference";

#[derive(Clone, Copy, ValueEnum)]
enum CallsName {
    Welcome,
    Unwanted,
}

#[derive(Clone, Copy, ValueEnum)]
enum PapersName {
    Electronic,
    OnPaper,
}

#[derive(Args)]
pub struct PreferArguments {
    reference: String,
    /// The days that suit them, such as mon,tue,sat.
    #[arg(long)]
    days: Option<String>,
    /// The times of day that suit them, of morning,afternoon,evening.
    #[arg(long)]
    times: Option<String>,
    /// Where they say they are, an IANA name such as America/Denver: its hours are kept too.
    #[arg(long)]
    time_zone: Option<String>,
    #[arg(long)]
    calls: Option<CallsName>,
    /// Documents and notices by post, or electronically again.
    #[arg(long)]
    papers: Option<PapersName>,
    #[arg(long, value_parser = read_language)]
    language: Option<Language>,
    /// Places where they do not want to be reached, in their own words.
    #[arg(long)]
    places: Option<String>,
}

/// Exit code 1: no account has this reference.
pub(super) async fn prefer(state: &AppState, arguments: PreferArguments) -> Result<ExitCode, CommandError> {
    let Some((customer, ways)) = contact_wishes::of_reference(state, &arguments.reference).await? else {
        return Ok(refuse(NO_ACCOUNT));
    };
    if arguments.places.as_ref().is_some_and(|places| places.chars().count() > LONGEST_PLACES_CHARACTERS as usize) {
        return Err(CommandError::Usage(format!("--places takes {LONGEST_PLACES_CHARACTERS} characters")));
    }
    if let Some(zone) = &arguments.time_zone
        && jiff::tz::TimeZone::get(zone).is_err()
    {
        return Err(CommandError::Usage("--time-zone is a name such as America/Denver".into()));
    }
    let known = ways.wishes.times;
    let days = arguments.days.unwrap_or_else(|| known.day_codes());
    let parts = arguments.times.unwrap_or_else(|| known.part_codes());
    let times = SuitableTimes::from_codes(&days, &parts).ok_or_else(|| {
        let days = WEEKDAYS.map(weekday_code).join(",");
        let parts = DayPart::ALL.map(DayPart::code).join(",");
        CommandError::Usage(format!("--days are some of {days}, --times some of {parts}: at least one of each"))
    })?;
    let said = Said {
        times: Some(times),
        time_zone: arguments.time_zone,
        calls: arguments.calls.map(|calls| match calls {
            CallsName::Welcome => Calls::Welcome,
            CallsName::Unwanted => Calls::Unwanted,
        }),
        language: arguments.language,
        places: arguments.places,
        ..Said::default()
    };
    contact_wishes::keep(state, &customer, said, By::Operator).await?;
    match arguments.papers {
        Some(PapersName::OnPaper) => contact_wishes::withdraw(state, &customer, Consent::Documents, By::Operator).await?,
        Some(PapersName::Electronic) => contact_wishes::want_papers(state, &customer, Papers::Electronic, By::Operator).await?,
        None => {}
    }
    println!("Written down.");
    Ok(ExitCode::SUCCESS)
}

/// Exit code 1: no account has this reference.
pub(super) async fn adviser(state: &AppState, reference: &str, adviser: Option<(&str, &str)>) -> Result<ExitCode, CommandError> {
    let Some((customer, _)) = contact_wishes::of_reference(state, reference).await? else {
        return Ok(refuse(NO_ACCOUNT));
    };
    let is_in = |text: &str, longest: u32| (1..=longest as usize).contains(&text.trim().chars().count());
    if let Some((name, contact)) = adviser
        && !(is_in(name, LONGEST_ADVISER_NAME_CHARACTERS) && is_in(contact, LONGEST_ADVISER_CONTACT_CHARACTERS))
    {
        return Err(CommandError::Usage("--name takes 120 characters and --contact 200, and neither may be empty".into()));
    }
    let adviser = adviser.map(|(name, contact)| NamedAdviser { name: name.trim(), contact: contact.trim() });
    contact_wishes::speak_to(state, &customer, adviser, By::Operator).await?;
    println!("Written down.");
    Ok(ExitCode::SUCCESS)
}

/// What is wanted, where anything is. Addresses are not printed; the adviser's is, because a person here speaks with them.
pub(super) async fn show(state: &AppState, reference: &str) -> Result<(), CommandError> {
    let Some((_, ways)) = contact_wishes::of_reference(state, reference).await? else { return Ok(()) };
    let wishes = ways.wishes;
    if wishes.times != SuitableTimes::ANY {
        println!("Suits them: {}; {}.", wishes.times.day_codes(), wishes.times.part_codes());
    }
    if let Some(zone) = &wishes.time_zone {
        println!("Says they are in the time zone {zone}.");
    }
    match wishes.calls {
        Some(Calls::Unwanted) => println!("Do not call."),
        Some(Calls::Welcome) => println!("Calls are welcome."),
        None => {}
    }
    if !wishes.places.is_empty() {
        println!("Not there: {}", wishes.places);
    }
    match (wishes.papers, ways.documents) {
        (Some(Papers::OnPaper), _) => println!("Documents and notices on paper."),
        (_, Some(consent)) => println!("{}  agreed to electronic documents", instant(consent.given_at)),
        (Some(Papers::Electronic) | None, None) => {}
    }
    println!("Language: {}.", ways.language.tag());
    if let Some(adviser) = wishes.adviser {
        println!("{}  speak only to {}: {}", instant(adviser.since), adviser.name, adviser.contact);
    }
    Ok(())
}
