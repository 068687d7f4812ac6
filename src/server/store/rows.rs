//! Many rows with one statement: what makes an import fast through a driver that counts round trips.

use super::{StoreResult, Tx};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

pub type Bound<'q> = Query<'q, Any, AnyArguments>;

/// An insert of any number of rows. The caller keeps rows × columns below 32,766, SQLite's limit.
pub struct Insert {
    /// Table and columns: `table (a, b)`.
    pub into: &'static str,
    pub columns: usize,
    /// What follows the values, such as `on conflict … do nothing`.
    pub on_conflict: &'static str,
}

impl Insert {
    /// Returns how many rows were written.
    pub async fn run<'r, T>(&self, tx: &mut Tx, rows: &'r [T], bind: impl Fn(Bound<'r>, &'r T) -> Bound<'r>) -> StoreResult<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut sql = format!("insert into {} values ", self.into);
        for row in 0..rows.len() {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            placeholders(&mut sql, row * self.columns, self.columns);
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.on_conflict);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in rows {
            query = bind(query, row);
        }
        Ok(query.execute(&mut **tx).await?.rows_affected())
    }
}

/// `$4, $5, $6` after three others.
pub fn placeholders(sql: &mut String, after: usize, count: usize) {
    for number in after + 1..=after + count {
        sql.push_str(if number == after + 1 { "$" } else { ", $" });
        sql.push_str(&number.to_string());
    }
}
