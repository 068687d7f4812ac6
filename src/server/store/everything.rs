//! All that the database knows of one customer, table by table: which rows are theirs, and what of them is not handed out. The one list
//! is [`SECTIONS`]; [`LEFT_OUT`] names every other table with the reason. A test compares both with `backup::TABLES`, so that a new
//! table cannot be forgotten.

use super::backup::{self, Column, Kind, Value};
use super::dialect::Dialect;
use super::{StoreResult, Tx};
use crate::domain::ids::CustomerId;
use sqlx::{AssertSqlSafe, Row};

/// One table's part of it.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What it is called in the file.
    pub name: &'static str,
    pub table: &'static str,
    /// Which rows are the customer's, `$1`.
    whose: &'static str,
    /// Columns that are secret, ours alone, or name other people. Bytes are never part of it: files travel beside.
    without: &'static [&'static str],
}

const fn section(name: &'static str, table: &'static str, whose: &'static str, without: &'static [&'static str]) -> Section {
    Section { name, table, whose, without }
}

const OWN: &str = "customer_id = $1";
const OF_ACCOUNTS: &str = "account_id in (select id from accounts where customer_id = $1)";
const OF_AGREEMENTS: &str = "agreement_id in (select id from agreements where customer_id = $1)";
const OF_PAYMENTS: &str = "payment_id in (select id from payments where customer_id = $1)";
const OF_EVIDENCE: &str = "case_id in (select case_id from evidence_cases where customer_id = $1)";

pub const SECTIONS: [Section; 54] = [
    section("customer", "customers", "id = $1", &["postal_code_normalised"]),
    section("creditors", "creditors", "id in (select creditor_id from customers where id = $1)", &[]),
    section("accounts", "accounts", OWN, &["reference_normalised"]),
    section("creditor_history", "creditor_transactions", OF_ACCOUNTS, &[]),
    section("ledger_entries", "ledger_transactions", OF_ACCOUNTS, &["once_key"]),
    section("ledger_postings", "postings", OF_ACCOUNTS, &[]),
    section("holds", "holds", OF_ACCOUNTS, &[]),
    section("sign_in_links", "sign_in_links", OF_ACCOUNTS, &["token_digest", "created_by"]),
    section("written_to_us", "contact_requests", OF_ACCOUNTS, &["answered_by"]),
    section("offers_shown", "offer_sets", OF_ACCOUNTS, &[]),
    section("drafts", "drafts", OWN, &[]),
    section("agreements", "agreements", OWN, &[]),
    section("agreement_accounts", "agreement_accounts", OF_AGREEMENTS, &[]),
    section("agreement_versions", "agreement_versions", OF_AGREEMENTS, &[]),
    section("instalments", "instalments", OF_AGREEMENTS, &[]),
    section("change_drafts", "change_drafts", OWN, &[]),
    section("mandates", "mandates", OWN, &["decision_key", "hosted_page", "mandate"]),
    section("payments", "payments", OWN, &["decision_key", "request_sha256", "hosted_page"]),
    section("payment_shares", "payment_shares", OF_PAYMENTS, &[]),
    section("payments_elsewhere", "payments_elsewhere", OF_PAYMENTS, &[]),
    section("collections", "collections", OF_ACCOUNTS, &["notice_key"]),
    section("payment_allocations", "payment_allocations", OF_PAYMENTS, &["entry_key"]),
    section("payment_components", "payment_components", OF_PAYMENTS, &["entry_key"]),
    section("reversals", "reversals", OF_PAYMENTS, &["decision_key", "once_key", "request_sha256", "decided_by_id"]),
    section("processor_messages", "processor_events", OF_PAYMENTS, &[]),
    section("documents", "documents", OWN, &["signing_key_id"]),
    section("hardship_cases", "hardship_cases", OWN, &[]),
    section("hardship_steps", "hardship_steps", "case_id in (select id from hardship_cases where customer_id = $1)", &["staff"]),
    section("conversations", "conversations", OWN, &["closed_by"]),
    section(
        "conversation_messages",
        "conversation_messages",
        "conversation_id in (select id from conversations where customer_id = $1)",
        &["staff", "sent_key"],
    ),
    section("message_drafts", "message_drafts", OWN, &[]),
    section("feedback_asked", "feedback_asks", OWN, &[]),
    section("ways_in", "ways_in", OWN, &["password_hash"]),
    section("passkeys", "passkeys", OWN, &["credential_id", "public_key", "counter"]),
    section("sign_ins", "sign_in_history", OWN, &[]),
    section("circumstances", "circumstances", OWN, &[]),
    section("events", "events", OWN, &["actor_id", "on_behalf_of"]),
    section("messages", "outbox", OWN, &["body_html", "once_key", "hours"]),
    section("channel_marks", "channel_marks", OWN, &[]),
    section("consents", "channel_consents", OWN, &[]),
    section("contact_wishes", "contact_wishes", OWN, &[]),
    section("own_details", "own_details", OWN, &["changed_by", "reason"]),
    section("pending_details", "pending_details", OWN, &["id"]),
    section("printed_letters", "print_queue", OWN, &[]),
    section("disputes", "disputes", OWN, &["answered_by"]),
    section("dispute_words", "dispute_words", "dispute_id in (select id from disputes where customer_id = $1)", &["written_by"]),
    section("dispute_drafts", "dispute_drafts", OWN, &[]),
    section("information_requests", "information_requests", OWN, &[]),
    // What was told stands in the words of somebody else, with how to reach them.
    section("told_by_others", "life_events", OWN, &["told", "told_by", "decided_by"]),
    section("helpers", "helpers", OWN, &["token_digest"]),
    section("helper_drafts", "helper_drafts", OWN, &[]),
    section("evidence_cases", "evidence_cases", OWN, &["recipient"]),
    section("evidence_files", "evidence_items", OF_EVIDENCE, &[]),
    section("evidence_openings", "evidence_openings", OF_EVIDENCE, &["opened_by"]),
];

/// The tables that are no part of it, and why.
pub const LEFT_OUT: [(&str, &str); 21] = [
    ("imports", "runs over whole files: nothing of one person"),
    ("asked_entries", "keys that keep an operator's command from acting twice; the entry itself is in the ledger"),
    ("portal_secrets", "secret"),
    ("sign_in_attempts", "security: keyed digests and outcomes, kept to slow guessing down"),
    ("door_tallies", "security: how often an address came to the door"),
    ("feedback_answers", "kept without a name, so nobody knows whose they are"),
    ("staff", "other people"),
    ("staff_recovery_codes", "other people; and secret"),
    ("staff_creditors", "other people"),
    ("staff_sign_ins", "other people"),
    ("policies", "the operator's rules, which are nobody's data; every offer names its version"),
    ("creditor_feed", "numbers of entries for the creditor's download; the entries are in the ledger"),
    ("sandbox_charges", "the sandbox stands for another company and its books"),
    ("sandbox_refunds", "the sandbox stands for another company and its books"),
    ("sandbox_mandates", "the sandbox stands for another company and its books"),
    ("sandbox_deliveries", "the sandbox stands for another company and its books"),
    ("sandbox_settings", "the sandbox stands for another company and its books"),
    ("signing_keys", "secret; the public halves are published"),
    ("jobs", "work that waits, named by ids; what it does is in the other tables"),
    ("stop_tokens", "secret: digests of what stops e-mail"),
    ("evidence_pieces", "encrypted bytes; the files themselves are in the folder evidence"),
];

/// Rows that are read at once.
pub const ROWS_AT_ONCE: i64 = 200;

/// The columns of a section that are handed out.
pub async fn columns(tx: &mut Tx, dialect: Dialect, section: &Section) -> StoreResult<Vec<Column>> {
    let mut columns = backup::columns(tx, dialect, section.table).await?;
    columns.retain(|column| column.kind != Kind::Bytes && !section.without.contains(&column.name.as_str()));
    Ok(columns)
}

/// So many rows of a section from a place on, at most [`ROWS_AT_ONCE`].
pub async fn rows(
    tx: &mut Tx,
    section: &Section,
    columns: &[Column],
    customer: &CustomerId,
    from: i64,
) -> StoreResult<Vec<Vec<Value>>> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    // By all of it: rows that are the same in every column may change places.
    let order = (1..=columns.len()).map(|place| place.to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select {} from {} where {} order by {order} limit {ROWS_AT_ONCE} offset {from}",
        names.join(", "),
        section.table,
        section.whose
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(customer.as_str()).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let value = |(index, column): (usize, &Column)| {
                Ok(match column.kind {
                    Kind::Integer => Value::Integer(row.try_get(index)?),
                    Kind::Text => Value::Text(row.try_get(index)?),
                    Kind::Bytes => Value::Bytes(row.try_get(index)?),
                })
            };
            columns.iter().enumerate().map(value).collect()
        })
        .collect()
}

/// The documents of a customer, by id and by the name of their file, after the id `after`: at most [`ROWS_AT_ONCE`].
pub async fn documents(tx: &mut Tx, customer: &CustomerId, after: &str) -> StoreResult<Vec<(String, String)>> {
    Ok(sqlx::query_as("select id, reference from documents where customer_id = $1 and id > $2 order by id limit $3")
        .bind(customer.as_str())
        .bind(after)
        .bind(ROWS_AT_ONCE)
        .fetch_all(&mut **tx)
        .await?)
}

/// The files of a customer that still have a key: case and file, after the file `after`; at most [`ROWS_AT_ONCE`].
pub async fn evidence(tx: &mut Tx, customer: &CustomerId, after: &str) -> StoreResult<Vec<(String, String)>> {
    Ok(sqlx::query_as(
        "select i.case_id, i.id
         from evidence_items i
         join evidence_cases c on c.case_id = i.case_id
         where c.customer_id = $1 and c.wrapped_key is not null and i.id > $2
         order by i.id
         limit $3",
    )
    .bind(customer.as_str())
    .bind(after)
    .bind(ROWS_AT_ONCE)
    .fetch_all(&mut **tx)
    .await?)
}

/// How often a customer downloaded it since an instant.
pub async fn downloads_since(tx: &mut Tx, customer: &CustomerId, since: i64) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from events
         where customer_id = $1 and at >= $2 and action = 'everything.downloaded' and actor_kind = 'customer'",
    )
    .bind(customer.as_str())
    .bind(since)
    .fetch_one(&mut **tx)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_is_handed_out_or_left_out_for_a_reason() {
        let named: Vec<&str> =
            SECTIONS.iter().map(|section| section.table).chain(LEFT_OUT.iter().map(|(table, _)| *table)).collect();
        let known: BTreeSet<&str> = backup::TABLES.into_iter().collect();
        assert_eq!(named.iter().copied().collect::<BTreeSet<&str>>(), known);
        assert_eq!(named.len(), known.len(), "a table is named twice");
        assert!(LEFT_OUT.iter().all(|(_, reason)| !reason.is_empty()));
    }
}
