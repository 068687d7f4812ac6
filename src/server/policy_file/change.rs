//! `[change]`: what customers may change of an agreement by themselves. Without it everything is changed through a person.

use super::Fault;
use super::read::{Reader, WrittenTerm};
use crate::domain::changing::ChangeTerms;
use serde::Deserialize;
use std::ops::RangeInclusive;
use toml::Spanned;

const CHANGES: RangeInclusive<i64> = 1..=100;
const MOVE_DAYS: RangeInclusive<i64> = 0..=92;
const SKIPS: RangeInclusive<i64> = 0..=24;
const PAUSE_DAYS: RangeInclusive<i64> = 0..=366;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenChange {
    most_changes: Spanned<i64>,
    move_days: Spanned<i64>,
    most_skips: Spanned<i64>,
    pause_days: Spanned<i64>,
    longest_term: Spanned<WrittenTerm>,
}

pub(super) fn read(text: &str, written: Option<&WrittenChange>) -> Result<Option<ChangeTerms>, Fault> {
    let Some(written) = written else { return Ok(None) };
    let reader = Reader { text };
    Ok(Some(ChangeTerms {
        most_changes: u32::from(reader.days("most_changes", &written.most_changes, CHANGES)?),
        move_days: reader.days("move_days", &written.move_days, MOVE_DAYS)?,
        most_skips: u32::from(reader.days("most_skips", &written.most_skips, SKIPS)?),
        pause_days: reader.days("pause_days", &written.pause_days, PAUSE_DAYS)?,
        longest_term: reader.longest_term(&written.longest_term)?,
    }))
}
