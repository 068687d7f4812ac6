//! Many rows with few statements: what makes an import fast through a driver that counts round trips. And lists of codes.

use super::{StoreResult, Tx};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};
use std::sync::Arc;

pub type Bound<'q> = Query<'q, Any, AnyArguments>;

/// Values in one statement. SQLite reads `$1` as a name and looks each name up from the start of the list, when it prepares
/// a statement and again whenever values are bound: the cost grows with the square. A few hundred is fastest by far.
const VALUES_IN_STATEMENT: usize = 400;

/// An insert of any number of rows, in as many statements as are fastest. All but the last have the same text, so that they
/// are prepared once.
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
        let at_once = (VALUES_IN_STATEMENT / self.columns).max(1);
        let mut whole: Option<Arc<str>> = None;
        let mut written = 0;
        for rows in rows.chunks(at_once) {
            let sql = match &whole {
                Some(sql) if rows.len() == at_once => sql.clone(),
                _ => self.sql(rows.len()),
            };
            if rows.len() == at_once {
                whole = Some(sql.clone());
            }
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in rows {
                query = bind(query, row);
            }
            written += query.execute(&mut **tx).await?.rows_affected();
        }
        Ok(written)
    }

    fn sql(&self, rows: usize) -> Arc<str> {
        let mut sql = format!("insert into {} values ", self.into);
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            placeholders(&mut sql, row * self.columns, self.columns);
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.on_conflict);
        sql.into()
    }
}

/// `$4, $5, $6` after three others.
pub fn placeholders(sql: &mut String, after: usize, count: usize) {
    for number in after + 1..=after + count {
        sql.push_str(if number == after + 1 { "$" } else { ", $" });
        sql.push_str(&number.to_string());
    }
}

/// Codes as a list in SQL: `('one', 'other')`. They are our own, never what somebody typed.
pub fn listed(codes: &[&str]) -> String {
    format!("('{}')", codes.join("', '"))
}
