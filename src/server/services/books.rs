//! Whether the books hold what they must.

use crate::server::store::ledger::{self, BookFault};
use crate::server::store::{Db, StoreResult};

#[derive(Clone, Debug)]
pub struct Verdict {
    pub transactions: i64,
    pub postings: i64,
    pub faults: Vec<BookFault>,
}

/// Looks through all the books. Reads only.
pub async fn verify(db: &Db) -> StoreResult<Verdict> {
    let (transactions, postings) = ledger::size(db.pool()).await?;
    Ok(Verdict { transactions, postings, faults: ledger::faults(db.pool()).await? })
}
