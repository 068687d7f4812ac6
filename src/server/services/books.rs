//! Whether the books hold what they must.

use crate::server::store::book_rules::{self as rules, BookFault};
use crate::server::store::{Db, StoreResult};

#[derive(Clone, Debug)]
pub struct Verdict {
    pub transactions: i64,
    pub postings: i64,
    pub faults: Vec<BookFault>,
}

/// Looks through all the books. Reads only.
pub async fn verify(db: &Db) -> StoreResult<Verdict> {
    let (transactions, postings) = rules::size(db.pool()).await?;
    Ok(Verdict { transactions, postings, faults: rules::faults(db.pool()).await? })
}
