//! `[hardship]`: the most that a reviewer may open when a hardship case is approved. Without it nothing can be opened.

use super::Fault;
use super::read::{Reader, WrittenPolicy, WrittenTerm, fault_at};
use crate::domain::components::Paid;
use crate::domain::hardship::relief::{ReliefTerms, Waived};
use serde::Deserialize;
use std::ops::RangeInclusive;
use toml::Spanned;

const PAUSE_DAYS: RangeInclusive<i64> = 0..=366;
const DISCOUNT_BASIS_POINTS: RangeInclusive<u32> = 0..=9_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenHardship {
    minimum_instalment: Spanned<String>,
    longest_term: Spanned<WrittenTerm>,
    pause_days: Spanned<i64>,
    #[serde(default)]
    may_waive: Vec<Spanned<String>>,
    most_discount_percent: Option<Spanned<String>>,
}

pub(super) fn read(text: &str, policy: &WrittenPolicy) -> Result<Option<ReliefTerms>, Fault> {
    let Some(written) = &policy.hardship else { return Ok(None) };
    let reader = Reader { text };
    let currency = reader.currency(&policy.currency)?;
    let may_waive = |name: &Spanned<String>| {
        let part = Paid::from_code(name.get_ref()).filter(|part| Waived::ALL.iter().any(|waived| waived.part() == *part));
        part.ok_or_else(|| {
            let reason = format!("may_waive has \"{}\"; possible are interest and fees", name.get_ref());
            fault_at(text, name.span().start, reason)
        })
    };
    Ok(Some(ReliefTerms {
        minimum_instalment: reader.positive("minimum_instalment", &written.minimum_instalment, currency)?,
        longest_term: reader.longest_term(&written.longest_term)?,
        pause_days: reader.days("pause_days", &written.pause_days, PAUSE_DAYS)?,
        may_waive: written.may_waive.iter().map(may_waive).collect::<Result<_, _>>()?,
        most_discount_basis_points: match &written.most_discount_percent {
            None => 0,
            Some(percent) => reader.percent("most_discount_percent", percent, DISCOUNT_BASIS_POINTS)?,
        },
    }))
}
