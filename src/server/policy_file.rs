//! Reads a policy from its TOML file. What is wrong is refused with its line and the reason; what is doubtful (a segment that
//! can never be reached, two that overlap) is told as a warning. Called at start-up and by the command line.

mod allocation;
mod change;
mod consequences;
mod hardship;
mod read;
#[cfg(test)]
mod tests;
mod time_to_think;

use crate::domain::calendar::{Date, Holidays};
use crate::domain::ids::PolicyVersion;
use crate::domain::policy::{Policy, Segment};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// No policy has more segments, and no file is larger.
pub const MAX_SEGMENTS: usize = 200;
pub const MAX_FILE_BYTES: usize = 1_000_000;

/// A policy as it was read.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    pub policy: Policy,
    /// The text its version was made from, to be kept beside the version.
    pub text: String,
    /// The calendars it names, by their names: part of what the version was made from.
    pub calendars: BTreeMap<String, String>,
    pub warnings: Vec<Fault>,
}

/// What is wrong or doubtful, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the policy {file} cannot be read: {reason}")]
    Unreadable { file: PathBuf, reason: String },
    #[error("the policy {file} is wrong, {fault}")]
    Wrong { file: PathBuf, fault: Fault },
}

/// Reads a policy and the calendars it names.
pub fn read(file: &Path) -> Result<PolicyFile, PolicyError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| PolicyError::Unreadable { file: file.to_owned(), reason: error.to_string() })?;
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    parse(&text, |name| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string()))
        .map_err(|fault| PolicyError::Wrong { file: file.to_owned(), fault })
}

/// Parses a policy; `calendar` gives the text of a calendar by its name.
pub fn parse(text: &str, calendar: impl Fn(&str) -> Result<String, String>) -> Result<PolicyFile, Fault> {
    if text.len() > MAX_FILE_BYTES {
        return Err(Fault { line: 1, reason: format!("the file is larger than {MAX_FILE_BYTES} bytes") });
    }
    let (written, segments) = read::segments(text)?;
    let mut digest = Sha256::new();
    digest.update(text);
    let mut days: Vec<Date> = Vec::new();
    let mut calendars = BTreeMap::new();
    for name in &written.holidays {
        let fault =
            |reason: String| read::fault_at(text, name.span().start, format!("the calendar {}: {reason}", name.get_ref()));
        let calendar = calendar(name.get_ref()).map_err(fault)?;
        days.extend(read_calendar(&calendar).map_err(fault)?);
        digest.update(&calendar);
        calendars.insert(name.get_ref().clone(), calendar);
    }
    let consequences = consequences::read(text, &written.consequences)?;
    let allocation = allocation::read(text, &written.allocation)?;
    let change = change::read(text, written.change.as_ref())?;
    let hardship = hardship::read(text, &written)?;
    let time_to_think = time_to_think::read(text, written.time_to_think.as_ref())?;
    let warnings = doubts(&segments, days.is_empty());
    let policy = Policy {
        version: PolicyVersion(hex::encode(digest.finalize())),
        segments: segments.into_iter().map(|(_, segment)| segment).collect(),
        holidays: Holidays::from(days),
        consequences,
        allocation,
        change,
        hardship,
        time_to_think,
    };
    Ok(PolicyFile { policy, text: text.to_owned(), calendars, warnings })
}

/// A policy and its calendars as they are kept in the database, so that a version once used can be read again.
#[derive(Serialize, Deserialize)]
struct Kept {
    policy: String,
    calendars: BTreeMap<String, String>,
}

impl PolicyFile {
    /// The text to keep beside the version.
    pub fn to_kept(&self) -> String {
        let kept = Kept { policy: self.text.clone(), calendars: self.calendars.clone() };
        // A map of texts to texts always has a JSON form.
        serde_json::to_string(&kept).unwrap_or_default()
    }
}

/// Reads a policy as it was kept.
pub fn parse_kept(text: &str) -> Result<PolicyFile, Fault> {
    let kept: Kept = serde_json::from_str(text).map_err(|error| Fault { line: error.line(), reason: error.to_string() })?;
    parse(&kept.policy, |name| kept.calendars.get(name).cloned().ok_or_else(|| "it was not kept".to_owned()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    #[expect(dead_code, reason = "for whoever opens the file")]
    name: String,
    days: Vec<String>,
}

fn read_calendar(text: &str) -> Result<Vec<Date>, String> {
    let calendar: Calendar = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    calendar.days.iter().map(|day| day.parse().map_err(|_| format!("{day} is not a date such as 2026-12-25"))).collect()
}

/// Segments that can never decide, or that share accounts in a way that may not be meant.
fn doubts(segments: &[(usize, Segment)], no_holidays: bool) -> Vec<Fault> {
    use crate::domain::calendar::ClosedDays;
    let mut doubts = Vec::new();
    for (index, (line, segment)) in segments.iter().enumerate() {
        let earlier = &segments[..index];
        let mut doubt = |reason: String| doubts.push(Fault { line: *line, reason });
        if let Some((_, covering)) = earlier.iter().find(|(_, other)| other.when.cover(&segment.when)) {
            doubt(format!(
                "the segment \"{}\" is never reached: every account in it meets \"{}\" before",
                segment.name, covering.name
            ));
        } else {
            // A later segment that takes what earlier ones leave is the usual way to write a policy.
            for (_, other) in
                earlier.iter().filter(|(_, other)| other.when.overlap(&segment.when) && !segment.when.cover(&other.when))
            {
                doubt(format!(
                    "the segments \"{}\" and \"{}\" overlap: accounts in both get the terms of \"{}\"",
                    other.name, segment.name, other.name
                ));
            }
        }
        if no_holidays && segment.terms.plan.as_ref().is_some_and(|plan| plan.closed_days != ClosedDays::Keep) {
            doubt(format!("the segment \"{}\" moves dates off weekends only: no calendar of holidays is named", segment.name));
        }
    }
    doubts
}
