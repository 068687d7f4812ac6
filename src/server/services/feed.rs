//! What the creditor's own books follow: everything booked, after a cursor, the same bytes however often it is asked for.

use super::Failure;
use crate::server::clock::Millis;
pub use crate::server::store::feed::FeedEntry;
use crate::server::store::feed::{self, Feed};
use crate::server::store::{Db, StoreError, Tx};
use std::fmt;

/// A place in a feed: everything up to this number has been read. As text it names its feed (`all:120`), so that a number of
/// one is never taken for a number of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    feed: Feed,
    number: i64,
}

impl Cursor {
    /// `None` for a text that no export has printed.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (name, number) = text.trim().rsplit_once(':')?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| digits)?;
        let feed = match name.strip_prefix("creditor-") {
            Some(id) if !id.is_empty() => Feed::Creditor(id.to_owned()),
            Some(_) => return None,
            None if name == "all" => Feed::All,
            None => return None,
        };
        Some(Cursor { feed, number })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.feed {
            Feed::All => write!(f, "all:{}", self.number),
            Feed::Creditor(id) => write!(f, "creditor-{id}:{}", self.number),
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// By name; everybody's where it is not given.
    pub creditor: Option<String>,
    pub since: Option<Cursor>,
    pub limit: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedRefusal {
    NoSuchCreditor,
    /// The cursor is of another feed.
    OtherFeed,
    /// The cursor is ahead of these books: they are not those it was made from.
    AheadOfTheBooks {
        last: i64,
    },
}

/// A part of a feed that is fixed: its entries never change.
pub struct Extract {
    pub since: Cursor,
    pub next: Cursor,
    tx: Tx,
    read: i64,
}

/// Numbers what is new, and opens what is after the cursor.
pub async fn open(db: &Db, asked: &Asked, now: Millis) -> Result<Result<Extract, FeedRefusal>, Failure> {
    let mut tx = db.begin_write().await?;
    feed::number_new(&mut tx, db.dialect(), now).await?;
    tx.commit().await.map_err(StoreError::from)?;

    let mut tx = db.begin_read().await?;
    let feed = match &asked.creditor {
        None => Feed::All,
        Some(name) => match feed::creditor_by_name(&mut tx, name).await? {
            Some(id) => Feed::Creditor(id),
            None => return Ok(Err(FeedRefusal::NoSuchCreditor)),
        },
    };
    let since = asked.since.clone().unwrap_or(Cursor { feed: feed.clone(), number: 0 });
    if since.feed != feed {
        return Ok(Err(FeedRefusal::OtherFeed));
    }
    let last = feed::last_number(&mut tx, &feed).await?;
    if since.number > last {
        return Ok(Err(FeedRefusal::AheadOfTheBooks { last }));
    }
    let number = asked.limit.map_or(last, |limit| since.number.saturating_add(limit).min(last));
    let read = since.number;
    Ok(Ok(Extract { next: Cursor { feed, number }, since, tx, read }))
}

impl Extract {
    /// The next entries; empty at the end.
    pub async fn page(&mut self) -> Result<Vec<FeedEntry>, Failure> {
        let page = feed::page(&mut self.tx, &self.next.feed, self.read, self.next.number).await?;
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
        for text in ["all:0", "all:120", "creditor-0192ab:7"] {
            assert_eq!(Cursor::parse(text).map(|cursor| cursor.to_string()).as_deref(), Some(text));
        }
        for wrong in ["", "120", "all", "all:", "all:-1", "all:+1", "creditor-:1", "some:1", "2026-11-20", "all:1:2"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
