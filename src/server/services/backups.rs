//! Taking a backup of a portal that goes on working, and putting one back into an empty database, also of the other kind.

use crate::server::backup::{BackupError, ColumnHeader, Header, Manifest, Reader, TableHeader, Writer};
use crate::server::clock::Clock;
use crate::server::store::backup::{self, Column, TABLES};
use crate::server::store::{Db, StoreError, Tx};
use age::secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;

/// Writes everything into one file. One read transaction sees one state of the database while others write on.
pub async fn take(db: &Db, clock: Clock, path: &Path, passphrase: Option<SecretString>) -> Result<Manifest, BackupError> {
    let mut tx = db.begin_read().await?;
    let columns = all_columns(&mut tx, db).await?;
    let tables = TABLES
        .into_iter()
        .map(|name| TableHeader { name: name.to_owned(), columns: columns[name].iter().map(ColumnHeader::from).collect() })
        .collect();
    let header = Header {
        format: crate::server::backup::FORMAT,
        evenkeel: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: clock.real_now().to_string(),
        migrations: backup::migrations(),
        tables,
    };
    let mut writer = Writer::create(path, passphrase, header)?;
    for table in TABLES {
        writer.begin_table(table)?;
        backup::read_rows(&mut tx, table, &columns[table], |row| writer.row(&row)).await?;
    }
    tx.rollback().await.map_err(StoreError::from)?;
    writer.finish()
}

/// Puts a backup into an empty, migrated database: all of it, or nothing.
pub async fn restore(db: &Db, path: &Path, passphrase: Option<SecretString>) -> Result<Manifest, BackupError> {
    let reader = Reader::open(path, passphrase)?;
    let mut tx = db.begin_write().await?;
    if !backup::is_empty(&mut tx).await? {
        return Err(BackupError::NotEmpty);
    }
    let columns = all_columns(&mut tx, db).await?;
    let manifest = reader
        .read_all(
            &mut tx,
            async |_, header| is_ours(header, &columns),
            async |tx, piece| {
                let crate::server::backup::Entry::Piece { table, .. } = &piece;
                let (table, columns) = (*table, &columns[*table]);
                Ok(backup::insert_rows(tx, table, columns, &piece.rows(columns)?).await?)
            },
        )
        .await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(manifest)
}

/// The columns of every table, by table.
async fn all_columns(tx: &mut Tx, db: &Db) -> Result<BTreeMap<&'static str, Vec<Column>>, BackupError> {
    let mut columns = BTreeMap::new();
    for table in TABLES {
        columns.insert(table, backup::columns(tx, db.dialect(), table).await?);
    }
    Ok(columns)
}

/// Whether a backup fits this program: the same migrations, tables and columns.
fn is_ours(header: &Header, columns: &BTreeMap<&'static str, Vec<Column>>) -> Result<(), BackupError> {
    if header.migrations != backup::migrations() {
        return Err(BackupError::OtherMigrations { version: header.evenkeel.clone() });
    }
    let fits = header.tables.len() == columns.len()
        && header.tables.iter().all(|table| {
            let ours = columns.get(table.name.as_str()).map(|ours| ours.iter().map(ColumnHeader::from).collect::<Vec<_>>());
            ours.as_ref() == Some(&table.columns)
        });
    if fits { Ok(()) } else { Err(BackupError::Damaged("its tables are not those of its migrations".into())) }
}
