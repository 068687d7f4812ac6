//! The places where SQLite and PostgreSQL differ. There are few; keep it so.

use std::path::PathBuf;

/// Each of SQLite's connections keeps so much of the database in memory: 16 MB.
const USUAL_PAGES: &str = "pragma cache_size = -16000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub fn of_url(url: &str) -> Dialect {
        if url.starts_with("postgres") { Dialect::Postgres } else { Dialect::Sqlite }
    }

    /// SQLite makes a missing file only when asked to.
    pub(super) fn connect_url(self, url: &str) -> String {
        match self {
            Dialect::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            Dialect::Sqlite | Dialect::Postgres => url.to_owned(),
        }
    }

    /// The file behind the address, where the database is one of this machine's files.
    pub(super) fn file(self, url: &str) -> Option<PathBuf> {
        match self {
            Dialect::Sqlite => {
                let path = url.strip_prefix("sqlite:").unwrap_or(url);
                let path = path.strip_prefix("//").unwrap_or(path);
                let path = path.split('?').next().unwrap_or(path);
                (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
            }
            Dialect::Postgres => None,
        }
    }

    /// What each new connection is told. SQLite: WAL with full synchronisation (money: an acknowledged payment survives a
    /// power cut), foreign keys, and patience while another process writes.
    pub(super) fn on_connect(self) -> &'static [&'static str] {
        match self {
            Dialect::Sqlite => &[
                "pragma busy_timeout = 10000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma foreign_keys = on",
                USUAL_PAGES,
            ],
            Dialect::Postgres => &[],
        }
    }

    /// What a connection is told before it writes much: what it has written it keeps in memory only to 1 MB, and writes the rest into the
    /// log before it commits. Without this every connection that once took a file kept all of it.
    pub(super) fn few_pages(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => Some("pragma cache_size = -1000"),
            Dialect::Postgres => None,
        }
    }

    /// What makes it again as it was.
    pub(super) fn usual_pages(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => Some(USUAL_PAGES),
            Dialect::Postgres => None,
        }
    }

    pub(super) fn begin_write(self) -> &'static str {
        match self {
            Dialect::Sqlite => "begin immediate",
            Dialect::Postgres => "begin",
        }
    }

    pub(super) fn begin_read(self) -> &'static str {
        match self {
            Dialect::Sqlite => "begin",
            Dialect::Postgres => "begin isolation level repeatable read read only",
        }
    }

    /// The names of our own tables.
    pub(super) fn list_tables(self) -> &'static str {
        match self {
            Dialect::Sqlite => {
                "select name from sqlite_master
                 where type = 'table' and name not like 'sqlite_%' and name <> '_sqlx_migrations'
                 order by name"
            }
            Dialect::Postgres => {
                "select cast(table_name as text) from information_schema.tables
                 where table_schema = current_schema() and table_type = 'BASE TABLE' and table_name <> '_sqlx_migrations'
                 order by 1"
            }
        }
    }

    /// Name and type of the columns of a table, in their order.
    pub(super) fn list_columns(self) -> &'static str {
        match self {
            Dialect::Sqlite => "select name, lower(type) as kind from pragma_table_info($1) order by cid",
            Dialect::Postgres => {
                "select cast(column_name as text) as name, cast(data_type as text) as kind from information_schema.columns
                 where table_schema = current_schema() and table_name = $1
                 order by ordinal_position"
            }
        }
    }

    /// At the end of a select that looks for work nobody else is taking. SQLite has one writer at a time and needs none.
    pub fn skip_locked(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " for update skip locked",
        }
    }

    /// What keeps everybody else from numbering the creditor's feed until the transaction ends; readers go on. SQLite's
    /// `begin immediate` has locked everything already.
    pub(super) fn lock_feed(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some("lock table creditor_feed in share row exclusive mode"),
        }
    }

    /// The same for the numbers of what customers corrected.
    pub(super) fn lock_own_details(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some("lock table own_details in share row exclusive mode"),
        }
    }

    /// Keeps others from changing who works here until the transaction ends. On SQLite `begin immediate` does.
    pub(super) fn lock_staff(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some("lock table staff in share row exclusive mode"),
        }
    }

    /// What ends a select whose rows are to be changed. SQLite's `begin immediate` has locked everything already.
    pub(super) fn for_update(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " for update",
        }
    }
}
