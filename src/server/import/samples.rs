//! The sample portfolio that `evenkeel demo load` and `make run` open with: in samples/, with its attribution.
//!
//! It stands as of 2026-11-20. When it is loaded, every date in it (not the dates of birth) is moved by whole months, so
//! that it is less than a month old.

use super::mapping::Mapping;
use super::reader::Input;
use super::run::{DEFAULT_BATCH, ImportError, Request, Summary, import};
use crate::domain::calendar::Date;
use crate::server::store::Db;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::ops::ControlFlow;

/// The day for which the samples' balances stand.
const AS_OF: Date = jiff::civil::date(2026, 11, 20);

struct Sample {
    name: &'static str,
    bytes: &'static [u8],
    mapping: &'static str,
}

const SAMPLES: [Sample; 3] = [
    Sample {
        name: "northgate-accounts.csv",
        bytes: include_bytes!("../../../samples/northgate-accounts.csv"),
        mapping: include_str!("../../../samples/northgate.toml"),
    },
    Sample {
        name: "northgate-transactions.csv",
        bytes: include_bytes!("../../../samples/northgate-transactions.csv"),
        mapping: include_str!("../../../samples/northgate-transactions.toml"),
    },
    Sample {
        name: "harbor-export.csv",
        bytes: include_bytes!("../../../samples/harbor-export.csv"),
        mapping: include_str!("../../../samples/harbor.toml"),
    },
];

/// Someone who can sign in to the sample portfolio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub reference: &'static str,
    pub date_of_birth: &'static str,
    pub postal_code: &'static str,
    pub special: &'static str,
}

pub const PEOPLE: [Person; 5] = [
    Person {
        reference: "NG-000023",
        date_of_birth: "1976-09-06",
        postal_code: "30339",
        special: "one credit card, about two months behind",
    },
    Person { reference: "NG-000143", date_of_birth: "1963-02-11", postal_code: "60626", special: "two accounts at one creditor" },
    Person {
        reference: "00014723",
        date_of_birth: "1968-06-10",
        postal_code: "55440",
        special: "a utility bill, prefers Spanish",
    },
    Person { reference: "NG-013971", date_of_birth: "1956-01-05", postal_code: "10013", special: "owes ten cents" },
    Person { reference: "NG-002917", date_of_birth: "1973-04-26", postal_code: "55491", special: "about eight months behind" },
];

/// Loads the samples, moved so that they are recent. Loading them again changes nothing.
pub async fn load(db: &Db, now: Timestamp) -> Result<Vec<Summary>, ImportError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let months = months_to(today);
    // Once loaded, they stay where they are: a second load in another month must not move what has been signed since.
    if crate::server::store::import::balance_date(db, &crate::domain::ids::normalise_reference(PEOPLE[0].reference))
        .await?
        .is_some()
    {
        return Ok(Vec::new());
    }
    let mut summaries = Vec::new();
    for sample in SAMPLES {
        let request = Request {
            input: Input::Sample { name: sample.name, bytes: sample.bytes },
            mapping: Mapping::parse(sample.mapping)?,
            dry_run: false,
            rejects: None,
            shift_months: months,
            now,
            batch: DEFAULT_BATCH,
        };
        summaries.push(import(db, request, |_| ControlFlow::Continue(())).await?);
    }
    Ok(summaries)
}

/// By how many whole months the samples are moved so that their balance date is the latest that is not after today.
fn months_to(today: Date) -> i32 {
    let months = i32::from(today.year() - AS_OF.year()) * 12 + i32::from(today.month()) - i32::from(AS_OF.month());
    if today.day() < AS_OF.day() { months - 1 } else { months }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_samples_are_never_older_than_a_month_nor_from_the_future() {
        for (today, months) in [
            (date(2026, 11, 20), 0),
            (date(2026, 11, 19), -1),
            (date(2026, 12, 19), 0),
            (date(2026, 12, 20), 1),
            (date(2028, 2, 29), 15),
            (date(2025, 1, 1), -23),
        ] {
            assert_eq!(months_to(today), months, "{today}");
            let as_of = AS_OF.saturating_add(jiff::Span::new().months(months));
            assert!(as_of <= today && (today - as_of).get_days() <= 31, "{today}: {as_of}");
        }
    }

    #[test]
    fn every_sample_has_a_mapping_that_is_understood() {
        for sample in SAMPLES {
            Mapping::parse(sample.mapping).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        }
    }
}
