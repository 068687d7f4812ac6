//! `[time_to_think]`: a short hold that customers may put on an account by themselves. Without it they cannot.

use super::Fault;
use super::read::Reader;
use crate::domain::policy::TimeToThink;
use serde::Deserialize;
use std::ops::RangeInclusive;
use toml::Spanned;

const DAYS: RangeInclusive<i64> = 1..=60;
const TIMES: RangeInclusive<i64> = 1..=12;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTime {
    days: Spanned<i64>,
    times_in_a_year: Spanned<i64>,
}

pub(super) fn read(text: &str, written: Option<&WrittenTime>) -> Result<Option<TimeToThink>, Fault> {
    let Some(written) = written else { return Ok(None) };
    let reader = Reader { text };
    Ok(Some(TimeToThink {
        days: reader.days("days", &written.days, DAYS)?,
        times_in_a_year: u32::from(reader.days("times_in_a_year", &written.times_in_a_year, TIMES)?),
    }))
}
