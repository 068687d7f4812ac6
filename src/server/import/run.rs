//! One run over one file: a first pass that counts and compares, then batches that are read in one thread and written in
//! another, each in a transaction of its own, recorded so that a run that was interrupted goes on where it stopped.

use super::accounts::{self, AccountRow, Sent};
use super::faults::{Fault, Reason};
use super::layout::Layout;
use super::mapping::{Field, FileKind, Mapping, MappingError};
use super::payments::{self, PaymentRow};
use super::progress::Progress;
use super::reader::{Input, Rows};
use super::rejects::Rejects;
use super::repeats::{FirstPass, Key, MAX_REPEATED_KEYS, Repeats};
use super::transactions::{self, TransactionRow};
use super::write_accounts::AccountWriter;
use super::write_payments::PaymentWriter;
use super::write_transactions::TransactionWriter;
use crate::domain::calendar::Date;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::dialect::Dialect;
use crate::server::store::import::{self as store, Run, RunKey};
use crate::server::store::{Db, StoreError, Tx};
use csv::StringRecord;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Rows handed over at a time. A batch is as many of these as fit into [`Request::batch`].
const ACCOUNTS_IN_CHUNK: usize = 100;
const TRANSACTIONS_IN_CHUNK: usize = 500;
/// Each has a receipt that is typeset and signed.
const PAYMENTS_IN_CHUNK: usize = 5;
/// Chunks read ahead of the writer.
const CHUNKS_AHEAD: usize = 4;
/// How long a transaction of the importer goes on taking chunks. With the last chunk and the commit it stays far below the
/// promised 500 ms.
pub const DEFAULT_BATCH: Duration = Duration::from_millis(70);
/// On SQLite, how long others get the write lock between two batches. Who waits there looks at least every 25 ms during the
/// first 128 ms, and every 100 ms later: batches and pauses of these lengths let everyone in at the first pause.
const PAUSE: Duration = Duration::from_millis(30);
/// Faults kept for showing; the rejects file has all of them.
const MAX_SHOWN_FAULTS: usize = 20;

/// What is to be imported.
pub struct Request {
    pub input: Input,
    pub mapping: Mapping,
    /// Read and check everything, write nothing to the database.
    pub dry_run: bool,
    pub rejects: Option<PathBuf>,
    /// Whole months by which every date of the file is moved, so that samples stay recent; 0 for real files.
    pub shift_months: i32,
    /// Business time.
    pub now: Timestamp,
    /// How long one transaction may go on; see [`DEFAULT_BATCH`].
    pub batch: Duration,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Summary {
    pub rows: u64,
    pub new: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
    /// Accounts whose reported balance the books do not explain.
    pub balance_differs: i64,
    /// Rows that an earlier run had written.
    pub resumed_after: i64,
    /// The caller asked to stop; the same command goes on from here.
    pub interrupted: bool,
    pub longest_batch: Duration,
    pub faults: Vec<Fault>,
    pub faults_by_code: BTreeMap<&'static str, u64>,
    pub rejects_file: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the mapping: {0}")]
    Mapping(MappingError),
    #[error("the file cannot be read: {0}")]
    File(#[source] io::Error),
    #[error("the rejects file cannot be written: {0}")]
    Rejects(#[source] io::Error),
    #[error("the file changed while it was imported; run the same command again")]
    FileChanged,
    #[error("more than {MAX_REPEATED_KEYS} rows occur more than once: this is not one row a thing; check the mapping's columns")]
    TooManyRepeats,
    #[error("the reader stopped")]
    ReaderStopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A payment could not be booked.
    #[error(transparent)]
    Booking(#[from] Failure),
    /// Payments are booked with receipts and messages: that takes the whole portal, not its database alone.
    #[error("payments are imported with import_payments")]
    NeedsPortal,
}

impl From<MappingError> for ImportError {
    fn from(error: MappingError) -> Self {
        ImportError::Mapping(error)
    }
}

/// Whether a chunk is written or only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    Look,
}

/// What became of the good rows of a chunk. Rejected ones are told by their place in the chunk.
#[derive(Default)]
pub struct Outcome {
    pub new: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub balance_differs: i64,
    pub rejected: Vec<(usize, Field, Reason)>,
}

struct Parsed {
    line: u64,
    record: StringRecord,
    content: Result<Content, Vec<Fault>>,
}

enum Content {
    Account(Box<AccountRow>),
    Transaction { row: TransactionRow, fingerprint: String },
    Payment(PaymentRow),
}

struct Chunk {
    /// The place in the file of its last row, counted from 1.
    last_row: i64,
    rows: Vec<Parsed>,
}

/// Imports a file of accounts or transactions. `after_batch` is told how far the run is and may stop it between two batches.
pub async fn import(
    db: &Db,
    request: Request,
    after_batch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Summary, ImportError> {
    put_through(db, None, request, after_batch).await
}

/// Imports a file of payments that the creditor took itself.
pub async fn import_payments(
    state: &AppState,
    request: Request,
    after_batch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Summary, ImportError> {
    put_through(&state.db, Some(state), request, after_batch).await
}

async fn put_through(
    db: &Db,
    state: Option<&AppState>,
    request: Request,
    mut after_batch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Summary, ImportError> {
    let Request { input, mapping, dry_run, rejects, shift_months, now, batch } = request;
    let kind = mapping.kind;
    let today = now.to_zoned(TimeZone::UTC).date();
    let surveyed = {
        let input = input.clone();
        tokio::task::spawn_blocking(move || survey(&input, mapping, shift_months))
    };
    let survey = surveyed.await.map_err(|_| ImportError::ReaderStopped)??;
    let layout = survey.layout.clone();
    let key = RunKey {
        kind: kind.name(),
        file_name: input.name(),
        file_sha256: survey.file_sha256.clone(),
        mapping_sha256: layout.mapping.sha256.clone(),
    };
    let mut run = if dry_run {
        Run { id: String::new(), started_at: 0, counts: store::Counts::default() }
    } else {
        begin(db, &key, now).await?
    };
    let mut summary = Summary { rows: survey.rows, resumed_after: run.counts.done, ..Summary::default() };
    let mut writer = Writer::new(db.dialect(), state, &layout, &run, now)?;
    let mut told = Told { rejects: Rejects::new(rejects, &layout, &survey.header), layout, summary: &mut summary };

    let (sender, mut chunks) = mpsc::channel::<Chunk>(CHUNKS_AHEAD);
    let rows_all = survey.rows;
    let file_sha256 = survey.file_sha256.clone();
    let reader = tokio::task::spawn_blocking(move || read_chunks(&input, survey, today, &sender));
    let resume_after = run.counts.done;
    let mut next = chunks.recv().await;
    while let Some(first) = next.take() {
        let look_only = dry_run || first.last_row <= resume_after;
        if look_only {
            let mut tx = db.begin_read().await?;
            let outcome = writer.write(&mut tx, &first, Mode::Look).await?;
            tx.rollback().await.map_err(StoreError::from)?;
            let counted = told.hear(&first, outcome)?;
            if dry_run {
                add(&mut run.counts, counted, first.last_row);
            }
        } else {
            write_batch(db, &mut writer, &mut told, &mut run, first, &mut chunks, batch).await?;
        }
        let progress = Progress { rows_done: u64::try_from(run.counts.done).unwrap_or(0), rows_all };
        if after_batch(progress).is_break() {
            told.summary.interrupted = true;
            break;
        }
        next = chunks.recv().await;
    }
    // Closing the channel ends the reader.
    drop(chunks);
    let read = reader.await.map_err(|_| ImportError::ReaderStopped)?;
    let rejects_file = told.rejects.finish().map_err(ImportError::Rejects)?;
    if !summary.interrupted {
        if read? != file_sha256 {
            return Err(ImportError::FileChanged);
        }
        if !dry_run {
            let mut tx = db.begin_write().await?;
            store::record_progress(&mut tx, &run, Some(now.as_millisecond())).await?;
            tx.commit().await.map_err(StoreError::from)?;
        }
    }
    let counts = run.counts;
    Ok(Summary {
        new: counts.new,
        updated: counts.updated,
        unchanged: counts.unchanged,
        rejected: counts.rejected,
        rejects_file,
        ..summary
    })
}

async fn begin(db: &Db, key: &RunKey, now: Timestamp) -> Result<Run, ImportError> {
    let mut tx = db.begin_write().await?;
    let run = match store::find_interrupted(&mut tx, key).await? {
        Some(run) => run,
        None => store::begin_run(&mut tx, key, now.as_millisecond()).await?,
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(run)
}

/// Writes chunks in one transaction until it has gone on long enough or nothing more is ready.
async fn write_batch(
    db: &Db,
    writer: &mut Writer,
    told: &mut Told<'_>,
    run: &mut Run,
    first: Chunk,
    chunks: &mut mpsc::Receiver<Chunk>,
    batch: Duration,
) -> Result<(), ImportError> {
    let mut tx = db.begin_write().await?;
    let started = Instant::now();
    // On PostgreSQL a chunk locks its accounts in one order, two chunks would not: a payment over several accounts and an
    // import could wait for each other. Histories lock none.
    let may_go_on = match (db.dialect(), &writer) {
        (Dialect::Sqlite, _) | (Dialect::Postgres, Writer::Transactions(_)) => true,
        (Dialect::Postgres, Writer::Accounts(_) | Writer::Payments(_)) => false,
    };
    let mut next = Some(first);
    while let Some(chunk) = next.take() {
        let outcome = writer.write(&mut tx, &chunk, Mode::Write).await?;
        let counted = told.hear(&chunk, outcome)?;
        add(&mut run.counts, counted, chunk.last_row);
        if may_go_on && started.elapsed() < batch {
            next = chunks.try_recv().ok();
        }
    }
    store::record_progress(&mut tx, run, None).await?;
    tx.commit().await.map_err(StoreError::from)?;
    told.summary.longest_batch = told.summary.longest_batch.max(started.elapsed());
    if db.dialect() == Dialect::Sqlite {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Counted of one chunk: new, updated, unchanged, rejected.
type Counted = (i64, i64, i64, i64);

fn add(counts: &mut store::Counts, (new, updated, unchanged, rejected): Counted, last_row: i64) {
    counts.new += new;
    counts.updated += updated;
    counts.unchanged += unchanged;
    counts.rejected += rejected;
    counts.done = last_row;
}

enum Writer {
    Accounts(Box<AccountWriter>),
    Transactions(TransactionWriter),
    Payments(Box<PaymentWriter>),
}

impl Writer {
    fn new(
        dialect: Dialect,
        state: Option<&AppState>,
        layout: &Layout,
        run: &Run,
        now: Timestamp,
    ) -> Result<Writer, ImportError> {
        let run_id = run.id.clone();
        Ok(match layout.mapping.kind {
            FileKind::Accounts => Writer::Accounts(Box::new(AccountWriter {
                dialect,
                run_id,
                now,
                sent: Sent::by(&layout.mapping),
                leads: layout.mapping.balance_leads,
                creditors: HashMap::new(),
            })),
            FileKind::Transactions => Writer::Transactions(TransactionWriter { dialect, run_id, now: now.as_millisecond() }),
            FileKind::Payments => {
                let state = state.ok_or(ImportError::NeedsPortal)?.clone();
                Writer::Payments(Box::new(PaymentWriter { state, run_id, now }))
            }
        })
    }

    async fn write(&mut self, tx: &mut Tx, chunk: &Chunk, mode: Mode) -> Result<Outcome, ImportError> {
        let good = chunk.rows.iter().enumerate().filter_map(|(index, row)| Some((index, row.content.as_ref().ok()?)));
        match self {
            Writer::Accounts(writer) => {
                let rows: Vec<_> = good
                    .filter_map(|(index, content)| match content {
                        Content::Account(row) => Some((index, row.as_ref())),
                        Content::Transaction { .. } | Content::Payment(_) => None,
                    })
                    .collect();
                Ok(writer.write(tx, &rows, mode).await?)
            }
            Writer::Transactions(writer) => {
                let rows: Vec<_> = good
                    .filter_map(|(index, content)| match content {
                        Content::Transaction { row, fingerprint } => Some((index, row, fingerprint.as_str())),
                        Content::Account(_) | Content::Payment(_) => None,
                    })
                    .collect();
                Ok(writer.write(tx, &rows, mode).await?)
            }
            Writer::Payments(writer) => {
                let rows: Vec<_> = good
                    .filter_map(|(index, content)| match content {
                        Content::Payment(row) => Some((index, row)),
                        Content::Account(_) | Content::Transaction { .. } => None,
                    })
                    .collect();
                writer.write(tx, &rows, mode).await
            }
        }
    }
}

/// Where faults go: the rejects file and the summary.
struct Told<'s> {
    rejects: Rejects,
    layout: Layout,
    summary: &'s mut Summary,
}

impl Told<'_> {
    fn hear(&mut self, chunk: &Chunk, outcome: Outcome) -> Result<Counted, ImportError> {
        self.summary.balance_differs += outcome.balance_differs;
        let mut late: HashMap<usize, Vec<Fault>> = HashMap::new();
        for (index, field, reason) in outcome.rejected {
            let parsed = &chunk.rows[index];
            let mut row = self.layout.row(&parsed.record, parsed.line);
            row.fault(field, reason);
            late.entry(index).or_default().extend(row.into_faults());
        }
        let mut rejected = 0;
        for (index, parsed) in chunk.rows.iter().enumerate() {
            let faults = match &parsed.content {
                Err(faults) => faults.as_slice(),
                Ok(_) => late.get(&index).map_or(&[][..], Vec::as_slice),
            };
            if faults.is_empty() {
                continue;
            }
            rejected += 1;
            self.rejects.write(&self.layout, &parsed.record, faults).map_err(ImportError::Rejects)?;
            for fault in faults {
                *self.summary.faults_by_code.entry(fault.reason.code()).or_default() += 1;
                if self.summary.faults.len() < MAX_SHOWN_FAULTS {
                    self.summary.faults.push(fault.clone());
                }
            }
        }
        Ok((outcome.new, outcome.updated, outcome.unchanged, rejected))
    }
}

/// What the first pass found out.
struct Survey {
    layout: Layout,
    header: StringRecord,
    rows: u64,
    file_sha256: String,
    repeats: Repeats,
}

fn survey(input: &Input, mapping: Mapping, shift_months: i32) -> Result<Survey, ImportError> {
    let mut rows = open(input, &mapping)?;
    let header = rows.header.clone();
    let layout = Layout::new(mapping, &header, shift_months)?;
    let mut first_pass = FirstPass::default();
    let mut record = StringRecord::new();
    let mut count = 0;
    while let Some(line) = rows.next(&mut record).map_err(ImportError::File)? {
        count += 1;
        if let Some(key) = key_of(&layout, &record, line) {
            first_pass.see(key).map_err(|_| ImportError::TooManyRepeats)?;
        }
    }
    Ok(Survey { layout, header, rows: count, file_sha256: rows.sha256(), repeats: first_pass.finish() })
}

fn open(input: &Input, mapping: &Mapping) -> Result<Rows, ImportError> {
    input.rows(mapping).map_err(ImportError::File)
}

/// What must not occur twice (accounts, payments), or is counted (transactions). `None` for a row that cannot be read.
fn key_of(layout: &Layout, record: &StringRecord, line: u64) -> Option<Key> {
    let mut row = layout.row(record, line);
    match layout.mapping.kind {
        FileKind::Accounts => {
            let (_, normalised) = accounts::reference(&mut row)?;
            Some(Key::of_digest(&Sha256::digest(normalised.as_bytes())))
        }
        FileKind::Transactions => transactions::read(row).ok().map(|row| row.key()),
        FileKind::Payments => payments::key(&mut row),
    }
}

/// Reads the file a second time and sends it on in chunks; returns its digest, which must still be the same.
fn read_chunks(input: &Input, survey: Survey, today: Date, sender: &mpsc::Sender<Chunk>) -> Result<String, ImportError> {
    let Survey { layout, mut repeats, .. } = survey;
    let mut rows = open(input, &layout.mapping)?;
    let size = match layout.mapping.kind {
        FileKind::Accounts => ACCOUNTS_IN_CHUNK,
        FileKind::Transactions => TRANSACTIONS_IN_CHUNK,
        FileKind::Payments => PAYMENTS_IN_CHUNK,
    };
    let mut chunk = Vec::with_capacity(size);
    let mut record = StringRecord::new();
    let mut row_number = 0;
    loop {
        let line = rows.next(&mut record).map_err(ImportError::File)?;
        if let Some(line) = line {
            row_number += 1;
            let content = read(&layout, &record, line, today, &mut repeats);
            chunk.push(Parsed { line, record: record.clone(), content });
        }
        if !chunk.is_empty() && (chunk.len() == size || line.is_none()) {
            let rows = std::mem::replace(&mut chunk, Vec::with_capacity(size));
            if sender.blocking_send(Chunk { last_row: row_number, rows }).is_err() {
                // The writer has stopped.
                break;
            }
        }
        if line.is_none() {
            break;
        }
    }
    Ok(rows.sha256())
}

fn read(layout: &Layout, record: &StringRecord, line: u64, today: Date, repeats: &mut Repeats) -> Result<Content, Vec<Fault>> {
    let row = layout.row(record, line);
    match layout.mapping.kind {
        FileKind::Accounts => {
            let key = key_of(layout, record, line);
            let twice = key.is_some_and(|key| repeats.before(key) > 0);
            let mut read = accounts::read(row, today);
            if twice {
                let mut row = layout.row(record, line);
                row.fault(Field::AccountReference, Reason::UsedTwice);
                let told = row.into_faults().pop();
                let mut faults = read.err().unwrap_or_default();
                faults.extend(told);
                read = Err(faults);
            } else if let (Ok(_), Some(key)) = (&read, key) {
                repeats.count(key);
            }
            read.map(|row| Content::Account(Box::new(row)))
        }
        FileKind::Transactions => {
            let row = transactions::read(row)?;
            let key = row.key();
            let place = repeats.before(key);
            repeats.count(key);
            if row.id.is_some() && place > 0 {
                let mut again = layout.row(record, line);
                again.fault(Field::TransactionId, Reason::UsedTwice);
                return Err(again.into_faults());
            }
            let fingerprint = row.fingerprint(key, place);
            Ok(Content::Transaction { row, fingerprint })
        }
        FileKind::Payments => {
            let read = payments::read(row)?;
            if let Some(key) = key_of(layout, record, line) {
                if repeats.before(key) > 0 {
                    let mut again = layout.row(record, line);
                    again.fault(Field::TransactionId, Reason::UsedTwice);
                    return Err(again.into_faults());
                }
                repeats.count(key);
            }
            Ok(Content::Payment(read))
        }
    }
}
