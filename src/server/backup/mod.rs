//! The file a backup is: a gzip'd tar of JSON lines, encrypted with age if asked. Nothing here knows SQL; `services::backups`
//! fills and empties it.
//!
//! - `backup.json` comes first: format, program version, migrations, tables with their columns.
//! - `tables/<name>/<number>.jsonl`: one row a line, an array in the order of the columns; bytes are `{"base64": "…"}`.
//! - `manifest.json` comes last: rows and SHA-256 of the lines of each table. Without it the file was cut off.
//!
//! Any database can be restored from it, and any person with `tar`, `age` and a text editor can read it in ten years.

mod reader;
mod writer;

pub use reader::{Entry, Reader};
pub use writer::Writer;

use super::store::StoreError;
use super::store::backup::{Column, Kind, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

pub const FORMAT: u32 = 1;
const HEADER: &str = "backup.json";
const MANIFEST: &str = "manifest.json";

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file could not be read or written: {0}")]
    File(#[from] std::io::Error),
    #[error("the passphrase does not open this backup")]
    WrongPassphrase,
    #[error("this backup is encrypted: say where its passphrase is with --passphrase-file")]
    PassphraseNeeded,
    #[error("this is not a backup of Evenkeel, or it is damaged: {0}")]
    Damaged(String),
    #[error("this backup was made by version {version} with other migrations; restore it with that version, then upgrade")]
    OtherMigrations { version: String },
    #[error("the database is not empty; a backup is restored into an empty one only")]
    NotEmpty,
    #[error("the file {0} is there already and was left alone")]
    AlreadyThere(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub format: u32,
    pub evenkeel: String,
    pub made_at: String,
    /// Number and digest.
    pub migrations: Vec<(i64, String)>,
    pub tables: Vec<TableHeader>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableHeader {
    pub name: String,
    pub columns: Vec<ColumnHeader>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnHeader {
    pub name: String,
    pub kind: String,
}

impl From<&Column> for ColumnHeader {
    fn from(column: &Column) -> Self {
        let kind = match column.kind {
            Kind::Integer => "integer",
            Kind::Text => "text",
            Kind::Bytes => "bytes",
        };
        ColumnHeader { name: column.name.clone(), kind: kind.to_owned() }
    }
}

/// By table.
pub type Manifest = BTreeMap<String, TableSum>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    pub rows: u64,
    pub sha256: String,
}

/// A row as a line.
fn to_line(row: &[Value]) -> String {
    let values: Vec<Json> = row
        .iter()
        .map(|value| match value {
            Value::Integer(integer) => json!(integer),
            Value::Text(text) => json!(text),
            Value::Bytes(bytes) => bytes.as_ref().map_or(Json::Null, |bytes| json!({ "base64": STANDARD.encode(bytes) })),
        })
        .collect();
    let mut line = Json::Array(values).to_string();
    line.push('\n');
    line
}

/// A line as a row of these columns.
fn from_line(line: &str, columns: &[Column]) -> Option<Vec<Value>> {
    let Ok(Json::Array(values)) = serde_json::from_str(line) else { return None };
    if values.len() != columns.len() {
        return None;
    }
    values.into_iter().zip(columns).map(|(value, column)| from_json(value, column.kind)).collect()
}

fn from_json(value: Json, kind: Kind) -> Option<Value> {
    Some(match (kind, value) {
        (Kind::Integer, Json::Null) => Value::Integer(None),
        (Kind::Integer, Json::Number(number)) => Value::Integer(Some(number.as_i64()?)),
        (Kind::Text, Json::Null) => Value::Text(None),
        (Kind::Text, Json::String(text)) => Value::Text(Some(text)),
        (Kind::Bytes, Json::Null) => Value::Bytes(None),
        (Kind::Bytes, Json::Object(object)) => Value::Bytes(Some(STANDARD.decode(object.get("base64")?.as_str()?).ok()?)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_survives_as_a_line() {
        let column = |kind| Column { name: "c".into(), kind };
        let columns = [Kind::Integer, Kind::Text, Kind::Bytes, Kind::Integer, Kind::Text, Kind::Bytes].map(column);
        let row = vec![
            Value::Integer(Some(i64::MIN)),
            Value::Text(Some("two\nlines \"and\" ñ".into())),
            Value::Bytes(Some(vec![0, 255, 10])),
            Value::Integer(None),
            Value::Text(None),
            Value::Bytes(None),
        ];
        let line = to_line(&row);
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(from_line(line.trim_end(), &columns), Some(row));
        assert_eq!(from_line("[1]", &columns), None);
        assert_eq!(from_line("[1.5]", &columns[..1]), None);
    }
}
