//! "Everything about me": all that is stored of one customer, as JSON, with their documents and the evidence that is still kept, into an
//! archive that leaves while it is made. The JSON is made here and nowhere else; which rows it has is `store/everything.rs`.
//!
//! Nothing is in memory as a whole: rows are read some hundred at a time, a file at a time is open. What another request writes
//! meanwhile may be in it or not; what is never changed once written (ledger, documents, versions) is whole.

use super::evidence::{self, NotOpened, Opener};
use super::{Failure, documents};
use crate::domain::ids::{CustomerId, DocumentId};
use crate::server::archive::Part;
use crate::server::clock::{self, Millis};
use crate::server::services::stopping::customer_of_reference;
use crate::server::state::AppState;
use crate::server::store::backup::{Column, Value};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::everything::{self as store, ROWS_AT_ONCE, SECTIONS, Section};
use crate::server::store::{StoreError, contact, end_read};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc::Sender;

pub const SCHEMA_VERSION: u32 = 1;
/// A customer may download it so often a day.
pub const DOWNLOADS_A_DAY: u32 = 3;
/// A piece of a file that travels at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Who has it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// The customer, signed in: so often a day.
    Customer,
    /// A command on the server, for somebody who asked by other means.
    Operator,
}

/// How often a customer may still download it today, where they live.
pub async fn left_today(state: &AppState, customer: &CustomerId) -> Result<u32, Failure> {
    let mut tx = state.db.begin_read().await?;
    let addresses = contact::addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let since = start_of_day(state, &addresses.time_zone);
    let done = store::downloads_since(&mut tx, customer, since).await?;
    end_read(tx);
    Ok(DOWNLOADS_A_DAY.saturating_sub(u32::try_from(done).unwrap_or(u32::MAX)))
}

fn start_of_day(state: &AppState, time_zone: &str) -> Millis {
    let zone = clock::zone(time_zone);
    let start = state.clock.today_in(&zone).to_zoned(zone);
    start.map_or(Millis::MAX, |start| start.timestamp().as_millisecond())
}

/// Writes down that it is taken away, before the first byte is read. `false` where today's are used up.
pub async fn begin(state: &AppState, customer: &CustomerId, whom: For) -> Result<bool, Failure> {
    let mut tx = state.db.begin_write().await?;
    let addresses = contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let actor = match whom {
        For::Customer => {
            let done = store::downloads_since(&mut tx, customer, start_of_day(state, &addresses.time_zone)).await?;
            if done >= i64::from(DOWNLOADS_A_DAY) {
                return Ok(false);
            }
            Actor::Customer(customer.to_string())
        }
        For::Operator => Actor::Operator,
    };
    let event = Event {
        at: state.clock.now_millis(),
        actor,
        action: "everything.downloaded",
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: None,
        details: json!({ "schema_version": SCHEMA_VERSION }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// Whose account it is.
pub async fn customer_of(state: &AppState, reference: &str) -> Result<Option<CustomerId>, Failure> {
    customer_of_reference(state, reference).await
}

/// Whoever writes the archive has gone: nothing more is read.
enum Stopped {
    Gone,
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Stopped::Failed(failure)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Stopped::Failed(error.into())
    }
}

/// Reads all of it into `parts`, with an end. Whoever takes them may leave at any time.
pub async fn pack(state: &AppState, customer: &CustomerId, whom: For, parts: &Sender<Part>) -> Result<(), Failure> {
    let all = async {
        json_of(state, customer, parts).await?;
        papers_of(state, customer, parts).await?;
        evidence_of(state, customer, whom, parts).await?;
        put(parts, Part::End).await
    };
    match all.await {
        Ok(()) | Err(Stopped::Gone) => Ok(()),
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

async fn put(parts: &Sender<Part>, part: Part) -> Result<(), Stopped> {
    parts.send(part).await.map_err(|_| Stopped::Gone)
}

async fn text(parts: &Sender<Part>, text: String) -> Result<(), Stopped> {
    put(parts, Part::Bytes(text.into_bytes())).await
}

async fn file(parts: &Sender<Part>, path: String, bytes: &[u8]) -> Result<(), Stopped> {
    put(parts, Part::File(path)).await?;
    for piece in bytes.chunks(PIECE_BYTES) {
        put(parts, Part::Bytes(piece.to_vec())).await?;
    }
    Ok(())
}

async fn json_of(state: &AppState, customer: &CustomerId, parts: &Sender<Part>) -> Result<(), Stopped> {
    put(parts, Part::File("everything.json".to_owned())).await?;
    let made_at = state.clock.now();
    text(parts, format!("{{\n\"schema_version\": {SCHEMA_VERSION},\n\"made_at\": \"{made_at}\"")).await?;
    for section in &SECTIONS {
        text(parts, format!(",\n\"{}\": [", section.name)).await?;
        section_of(state, customer, section, parts).await?;
        text(parts, "]".to_owned()).await?;
    }
    text(parts, "\n}\n".to_owned()).await
}

async fn section_of(state: &AppState, customer: &CustomerId, section: &Section, parts: &Sender<Part>) -> Result<(), Stopped> {
    let mut from = 0;
    loop {
        // No transaction is open while a slow reader is waited for.
        let mut tx = state.db.begin_read().await?;
        let columns = store::columns(&mut tx, state.db.dialect(), section).await?;
        let rows = store::rows(&mut tx, section, &columns, customer, from).await?;
        end_read(tx);
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        for (index, row) in rows.into_iter().enumerate() {
            let comma = if from == 0 && index == 0 { "\n" } else { ",\n" };
            text(parts, format!("{comma}{}", object(&columns, row))).await?;
        }
        if count < ROWS_AT_ONCE {
            return Ok(());
        }
        from += count;
    }
}

/// A row as an object: instants in RFC 3339, what is stored as JSON as JSON, money in minor units as it is stored.
fn object(columns: &[Column], row: Vec<Value>) -> Json {
    let fields = columns.iter().zip(row).map(|(column, value)| {
        let json = match value {
            Value::Integer(None) | Value::Text(None) | Value::Bytes(_) => Json::Null,
            Value::Integer(Some(integer)) if is_instant(&column.name) => {
                Timestamp::from_millisecond(integer).map_or_else(|_| json!(integer), |instant| json!(instant.to_string()))
            }
            Value::Integer(Some(integer)) => json!(integer),
            Value::Text(Some(text)) if holds_json(&column.name) => serde_json::from_str(&text).unwrap_or(Json::String(text)),
            Value::Text(Some(text)) => Json::String(text),
        };
        (column.name.clone(), json)
    });
    Json::Object(fields.collect())
}

fn is_instant(name: &str) -> bool {
    const OTHERS: [&str; 10] =
        ["at", "until", "held_until", "not_before", "answer_by", "decide_by", "look_on", "run_at", "adviser_since", "since"];
    name.ends_with("_at") || OTHERS.contains(&name)
}

fn holds_json(name: &str) -> bool {
    const COLUMNS: [&str; 10] =
        ["details", "terms", "offers", "choice", "change", "pattern", "typed", "told", "budget", "relief"];
    COLUMNS.contains(&name)
}

async fn papers_of(state: &AppState, customer: &CustomerId, parts: &Sender<Part>) -> Result<(), Stopped> {
    let mut after = String::new();
    loop {
        let mut tx = state.db.begin_read().await?;
        let page = store::documents(&mut tx, customer, &after).await?;
        end_read(tx);
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (id, reference) in page {
            if let Some(document) = documents::file_of_customer(state, customer, &DocumentId(id)).await? {
                file(parts, format!("documents/{reference}.pdf"), &document.bytes).await?;
            }
        }
    }
}

/// Their own files, each opened as any other opening is: written down before the first byte.
async fn evidence_of(state: &AppState, customer: &CustomerId, whom: For, parts: &Sender<Part>) -> Result<(), Stopped> {
    let opener = match whom {
        For::Customer => Opener::Customer(customer.clone()),
        For::Operator => Opener::Person("operator".to_owned()),
    };
    let mut after = String::new();
    loop {
        let mut tx = state.db.begin_read().await?;
        let page = store::evidence(&mut tx, customer, &after).await?;
        end_read(tx);
        let Some((_, last)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (case_id, item_id) in page {
            match evidence::open_for(state, &case_id, &item_id, &opener, "everything about the customer").await? {
                Ok(opened) => file(parts, format!("evidence/{item_id}.{}", opened.kind.code()), &opened.bytes).await?,
                // Without its key it would be missing from what is called everything.
                Err(NotOpened::WrongKey) => return Err(Failure::Missing("evidence key").into()),
                // One that was deleted meanwhile is not there any more.
                Err(NotOpened::NoSuchFile | NotOpened::Deleted | NotOpened::NoPerson | NotOpened::NoReason) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::backup::Kind;

    fn column(name: &str, kind: Kind) -> Column {
        Column { name: name.to_owned(), kind }
    }

    #[test]
    fn a_row_is_written_so_that_people_and_programs_can_read_it() {
        let columns = [
            column("created_at", Kind::Integer),
            column("amount_minor", Kind::Integer),
            column("details", Kind::Text),
            column("reason", Kind::Text),
            column("ended_at", Kind::Integer),
        ];
        let row = vec![
            Value::Integer(Some(0)),
            Value::Integer(Some(1_234)),
            Value::Text(Some("{\"kind\":\"a\"}".into())),
            Value::Text(Some("{not json".into())),
            Value::Integer(None),
        ];
        let expected = json!({
            "created_at": "1970-01-01T00:00:00Z", "amount_minor": 1_234, "details": { "kind": "a" }, "reason": "{not json",
            "ended_at": null,
        });
        assert_eq!(object(&columns, row), expected);
    }
}
