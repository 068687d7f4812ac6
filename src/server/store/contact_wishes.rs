//! What customers want of how they are reached. One row a customer, written as a whole; events say when it changed.

use super::{StoreError, StoreResult, Tx};
use crate::domain::contact::wishes::{Calls, Papers, SpeakTo, SuitableTimes, Wishes};
use crate::domain::ids::CustomerId;
use crate::server::clock::Millis;
use sqlx::{Any, Executor, Row};

/// Who speaks for a customer. Has no Debug: a name and an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Adviser {
    pub name: String,
    pub contact: String,
    pub since: Millis,
}

/// Has no Debug: it holds a customer's own words.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactWishes {
    pub times: SuitableTimes,
    /// IANA name.
    pub time_zone: Option<String>,
    pub calls: Option<Calls>,
    /// Places that are inconvenient, in their own words.
    pub places: String,
    pub papers: Option<Papers>,
    pub adviser: Option<Adviser>,
}

impl ContactWishes {
    /// Of somebody who said nothing.
    pub const NONE: ContactWishes = ContactWishes {
        times: SuitableTimes::ANY,
        time_zone: None,
        calls: None,
        places: String::new(),
        papers: None,
        adviser: None,
    };

    /// The part of it that the gate obeys.
    pub fn of_gate(&self) -> Wishes {
        Wishes {
            times: self.times,
            papers: self.papers.unwrap_or_default(),
            speak_to: if self.adviser.is_some() { SpeakTo::Adviser } else { SpeakTo::Customer },
        }
    }
}

pub async fn of<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<ContactWishes> {
    let row = sqlx::query(
        "select days, day_parts, time_zone, calls, places, papers, adviser_name, adviser_contact, adviser_since
         from contact_wishes
         where customer_id = $1",
    )
    .bind(customer.as_str())
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(ContactWishes::NONE) };
    let times = SuitableTimes::from_codes(row.try_get("days")?, row.try_get("day_parts")?);
    let calls: Option<String> = row.try_get("calls")?;
    let papers: Option<String> = row.try_get("papers")?;
    let read = |known: bool| if known { Ok(()) } else { Err(StoreError::Unreadable("contact wishes")) };
    let (read_calls, read_papers) = (calls.as_deref().and_then(Calls::from_code), papers.as_deref().and_then(Papers::from_code));
    read(calls.is_some() == read_calls.is_some() && papers.is_some() == read_papers.is_some())?;
    let adviser: (Option<String>, Option<String>, Option<i64>) =
        (row.try_get("adviser_name")?, row.try_get("adviser_contact")?, row.try_get("adviser_since")?);
    Ok(ContactWishes {
        times: times.ok_or(StoreError::Unreadable("contact wishes"))?,
        time_zone: row.try_get("time_zone")?,
        calls: read_calls,
        places: row.try_get("places")?,
        papers: read_papers,
        adviser: match adviser {
            (Some(name), Some(contact), Some(since)) => Some(Adviser { name, contact, since }),
            _ => None,
        },
    })
}

/// Writes them in place of what was there.
pub async fn keep(tx: &mut Tx, customer: &CustomerId, wishes: &ContactWishes, now: Millis) -> StoreResult<()> {
    let adviser = wishes.adviser.as_ref();
    sqlx::query(
        "insert into contact_wishes (customer_id, days, day_parts, time_zone, calls, places, papers, adviser_name, adviser_contact,
           adviser_since, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (customer_id) do update
         set days = $2, day_parts = $3, time_zone = $4, calls = $5, places = $6, papers = $7, adviser_name = $8,
           adviser_contact = $9, adviser_since = $10, updated_at = $11",
    )
    .bind(customer.as_str())
    .bind(wishes.times.day_codes())
    .bind(wishes.times.part_codes())
    .bind(wishes.time_zone.as_deref())
    .bind(wishes.calls.map(Calls::code))
    .bind(&wishes.places)
    .bind(wishes.papers.map(Papers::code))
    .bind(adviser.map(|adviser| adviser.name.as_str()))
    .bind(adviser.map(|adviser| adviser.contact.as_str()))
    .bind(adviser.map(|adviser| adviser.since))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
