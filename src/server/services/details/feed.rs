//! What customers corrected, for the creditor's own books: after a cursor, the same however often it is asked for.

use crate::server::services::Failure;
pub use crate::server::store::own_details::Exported;
use crate::server::store::{Db, StoreError, Tx, own_details};

/// What an export of corrections prints, such as `details:120`: so that a number of another feed is never taken for one of this.
const NAME: &str = "details:";

/// The number that a cursor names; `None` for a text that no export has printed.
pub fn read_cursor(text: &str) -> Option<i64> {
    let number = text.trim().strip_prefix(NAME)?;
    let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    number.parse().ok().filter(|_| is_number)
}

pub fn cursor(number: i64) -> String {
    format!("{NAME}{number}")
}

/// A part of the feed that is fixed.
pub struct Extract {
    pub since: i64,
    pub next: i64,
    creditor: Option<String>,
    tx: Tx,
    read: i64,
}

/// The cursor is ahead of these books, whose last number this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AheadOfTheBooks(pub i64);

/// Numbers what is new, and opens what is after the cursor; of one creditor where one is named, under the same numbers.
pub async fn open(db: &Db, since: i64, creditor: Option<String>) -> Result<Result<Extract, AheadOfTheBooks>, Failure> {
    let mut tx = db.begin_write().await?;
    own_details::number_new(&mut tx, db.dialect()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let mut tx = db.begin_read().await?;
    let last = own_details::last_number(&mut tx).await?;
    if since > last {
        return Ok(Err(AheadOfTheBooks(last)));
    }
    Ok(Ok(Extract { since, next: last, creditor, tx, read: since }))
}

impl Extract {
    /// The next corrections; empty at the end.
    pub async fn page(&mut self) -> Result<Vec<Exported>, Failure> {
        let page = own_details::page(&mut self.tx, self.creditor.as_deref(), self.read, self.next).await?;
        if let Some(last) = page.last() {
            self.read = last.number;
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_printed() {
        assert_eq!(read_cursor(&cursor(120)), Some(120));
        for wrong in ["", "120", "details:", "details:-1", "all:1", "details:1:2"] {
            assert_eq!(read_cursor(wrong), None, "{wrong}");
        }
    }
}
