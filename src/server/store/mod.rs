//! The SQL, one file per aggregate. SQLite and PostgreSQL read the same text; the two or three places where they differ
//! are in [`dialect`].
//!
//! A store function takes an executor or an open transaction, reads or writes one thing, and decides nothing: services
//! own the transaction and ask the domain.

pub mod account_statements;
pub mod accounts;
pub mod agreements;
pub mod asked_entries;
pub mod backup;
pub mod book_rules;
pub mod changes;
pub mod collections;
pub mod components;
pub mod contact;
pub mod contact_requests;
pub mod contact_wishes;
pub mod conversations;
pub mod covered;
pub mod customers;
pub mod dialect;
pub mod disputes;
pub mod documents;
pub mod door;
pub mod drafts;
pub mod elsewhere;
pub mod events;
pub mod everything;
pub mod evidence;
pub mod export;
pub mod facts;
pub mod feed;
pub mod feedback;
pub mod hardship;
pub mod helpers;
pub mod history;
pub mod holds;
pub mod import;
pub mod information;
pub mod jobs;
pub mod joined;
pub mod keeping;
pub mod ledger;
pub mod life_events;
pub mod mandates;
pub mod message_drafts;
pub mod messages;
pub mod offer_sets;
pub mod outbox;
pub mod own_details;
pub mod payments;
pub mod plan_interest;
pub mod policies;
pub mod print_queue;
pub mod processor_entries;
pub mod processor_events;
pub mod recalls;
pub mod requests;
pub mod reversals;
mod rows;
pub mod sessions;
pub mod shares;
pub mod sign_in;
pub mod signing_keys;
pub mod staff;
pub mod staff_sessions;
mod told;
pub mod ways_in;

use dialect::Dialect;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Executor};
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// An open database transaction. Dropped without a commit, it is rolled back.
pub type Tx = sqlx::Transaction<'static, Any>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database did not answer as expected")]
    Database(#[from] sqlx::Error),
    #[error("the migrations could not be applied")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A write found another number of rows than it must: someone else was faster, or a bug.
    #[error("a write touched {found} rows where {expected} were expected")]
    UnexpectedRows { expected: u64, found: u64 },
    /// A stored value that our own code could not have written.
    #[error("a stored {0} could not be read")]
    Unreadable(&'static str),
}

impl StoreError {
    /// Whether a write was refused because the same thing is already there.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, StoreError::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

pub type StoreResult<T> = Result<T, StoreError>;

/// Checks that a write touched exactly the rows it must.
pub fn expect_rows(result: &sqlx::any::AnyQueryResult, expected: u64) -> StoreResult<()> {
    match result.rows_affected() {
        found if found == expected => Ok(()),
        found => Err(StoreError::UnexpectedRows { expected, found }),
    }
}

/// Personal data and the keys that sign documents are in the file: only its owner may read it. SQLite gives the files beside
/// it the same rights.
fn keep_private(file: &Path) -> StoreResult<()> {
    const OWNER_ONLY: u32 = 0o600;
    let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY).open(file);
    let opened = opened.map_err(|error| StoreError::from(sqlx::Error::Io(error)))?;
    opened.set_permissions(Permissions::from_mode(OWNER_ONLY)).map_err(|error| StoreError::from(sqlx::Error::Io(error)))
}

#[derive(Clone, Debug)]
pub struct Db {
    pool: AnyPool,
    dialect: Dialect,
}

const ACQUIRE_TIMEOUT_SECONDS: u64 = 10;

impl Db {
    /// Connects to `sqlite:PATH` (made if missing) or `postgres://…`.
    pub async fn connect(url: &str, max_connections: u32) -> StoreResult<Db> {
        install_default_drivers();
        let dialect = Dialect::of_url(url);
        if let Some(file) = dialect.file(url) {
            keep_private(&file)?;
        }
        let pool = AnyPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(ACQUIRE_TIMEOUT_SECONDS))
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for pragma in dialect.on_connect() {
                        connection.execute(*pragma).await?;
                    }
                    Ok(())
                })
            })
            .connect(&dialect.connect_url(url))
            .await?;
        Ok(Db { pool, dialect })
    }

    /// The file behind an address, where there is one.
    pub fn file(url: &str) -> Option<PathBuf> {
        Dialect::of_url(url).file(url)
    }

    pub async fn migrate(&self) -> StoreResult<()> {
        MIGRATOR.run(&self.pool).await?;
        Ok(())
    }

    /// Whether every migration this binary knows has been applied.
    pub async fn is_migrated(&self) -> StoreResult<bool> {
        let applied: i64 =
            sqlx::query_scalar("select count(*) from _sqlx_migrations where success").fetch_one(&self.pool).await?;
        Ok(usize::try_from(applied).unwrap_or(0) == MIGRATOR.iter().count())
    }

    /// For reads that need no transaction.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once (`begin immediate`), because a read
    /// that turns into a write there fails when another writer was in between. On PostgreSQL the caller locks the account
    /// row first ([`lock_account`]), because a plain `begin` there loses updates without a word.
    pub async fn begin_write(&self) -> StoreResult<Tx> {
        Ok(self.pool.begin_with(self.dialect.begin_write()).await?)
    }

    /// Begins a transaction that writes some megabytes, and takes little memory for them. It ends with [`Db::commit_much`]; where it ends
    /// otherwise, its connection goes on with less in memory, which is slower for its next reads and nothing else.
    pub async fn begin_writing_much(&self) -> StoreResult<Tx> {
        let mut tx = self.begin_write().await?;
        if let Some(pragma) = self.dialect.few_pages() {
            (&mut *tx).execute(pragma).await?;
        }
        Ok(tx)
    }

    pub async fn commit_much(&self, mut tx: Tx) -> StoreResult<()> {
        if let Some(pragma) = self.dialect.usual_pages() {
            (&mut *tx).execute(pragma).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Begins a transaction that only reads and sees one state of the database.
    pub async fn begin_read(&self) -> StoreResult<Tx> {
        Ok(self.pool.begin_with(self.dialect.begin_read()).await?)
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Ends a transaction that only read. There is nothing to commit and nobody has to wait: the rollback is sent while the
/// connection goes back to the pool.
pub fn end_read(tx: Tx) {
    drop(tx);
}

/// Locks an account until the transaction ends, by raising its version, which it returns. Every service that decides
/// something about an account does this first.
pub async fn lock_account(tx: &mut Tx, account_id: &str) -> StoreResult<i64> {
    let version: Option<i64> = sqlx::query_scalar("update accounts set version = version + 1 where id = $1 returning version")
        .bind(account_id)
        .fetch_optional(&mut **tx)
        .await?;
    version.ok_or(StoreError::UnexpectedRows { expected: 1, found: 0 })
}
