//! Whether the books hold what they must: each rule with the query that finds what breaks it. `evenkeel verify ledger` and the
//! tests ask all of them.

use super::StoreResult;
use super::rows::listed;
use crate::domain::payment::PaymentState;
use sqlx::{AnyPool, AssertSqlSafe};

/// A place where the books do not hold what they must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookFault {
    /// The rule that is broken.
    pub rule: &'static str,
    /// The id of the transaction, account or payment.
    pub subject: String,
    pub expected_minor: i64,
    pub found_minor: i64,
}

/// Each rule with the query that finds what breaks it: subject, what must be, what is. `PAID` and `WENT_BACK` stand for the states
/// of those names ([`PaymentState`]).
const RULES: [(&str, &str); 16] = [
    (
        "the postings of a transaction sum to zero in each currency",
        "select transaction_id, cast(0 as bigint), cast(sum(amount_minor) as bigint) from postings
         group by transaction_id, currency having sum(amount_minor) <> 0",
    ),
    (
        "a transaction has postings",
        "select id, cast(2 as bigint), cast(0 as bigint) from ledger_transactions t
         where not exists (select 1 from postings p where p.transaction_id = t.id)",
    ),
    (
        "a posting is on the account of its transaction and in its currency",
        "select t.id, cast(1 as bigint), cast(0 as bigint) from ledger_transactions t
         join postings p on p.transaction_id = t.id
         join accounts a on a.id = t.account_id
         where p.account_id <> t.account_id or p.currency <> a.currency",
    ),
    (
        "a succeeded payment is in the ledger with its amount",
        "select p.id, p.amount_minor, cast(coalesce(sum(-l.amount_minor), 0) as bigint) from payments p
         left join ledger_transactions t on t.payment_id = p.id and t.kind in ('payment', 'payment_elsewhere')
         left join postings l on l.transaction_id = t.id and l.book = 'customer'
         where p.state in (PAID)
         group by p.id, p.amount_minor
         having coalesce(sum(-l.amount_minor), 0) <> p.amount_minor",
    ),
    (
        "a payment that did not succeed is not in the ledger",
        "select p.id, cast(0 as bigint), cast(count(*) as bigint) from payments p
         join ledger_transactions t on t.payment_id = p.id
         where p.state not in (PAID)
         group by p.id",
    ),
    (
        "a payment entry belongs to a payment",
        "select t.id, cast(1 as bigint), cast(0 as bigint) from ledger_transactions t
         where t.kind in ('payment', 'payment_elsewhere') and not exists (select 1 from payments p where p.id = t.payment_id)",
    ),
    (
        "no part of what a payment is applied to is negative",
        "select payment_id, cast(0 as bigint), cast(sum(amount_minor) as bigint) from payment_allocations
         group by payment_id, account_id, applied_to, agreement_id, instalment_number having sum(amount_minor) < 0",
    ),
    (
        "what went back of a payment is what its reversals sum to",
        "select p.id, p.reversed_minor, cast(coalesce(sum(r.amount_minor - coalesce(r.undone_minor, 0)), 0) as bigint) from payments p
         left join reversals r on r.payment_id = p.id and r.state in ('succeeded', 'partly_undone')
         group by p.id, p.reversed_minor
         having coalesce(sum(r.amount_minor - coalesce(r.undone_minor, 0)), 0) <> p.reversed_minor",
    ),
    (
        "a payment is called what became of it",
        "select id, amount_minor, reversed_minor from payments
         where (reversed_minor = 0 and state in (WENT_BACK))
           or (reversed_minor <> 0 and state not in (WENT_BACK))
           or (reversed_minor >= amount_minor and state = 'partly_refunded')
           or (reversed_minor < amount_minor and state = 'refunded')",
    ),
    (
        "what went back is in the ledger once, with its amount",
        "select r.id, r.amount_minor, cast(coalesce(sum(l.amount_minor), 0) as bigint) from reversals r
         left join ledger_transactions t on t.payment_id = r.payment_id and t.once_key in (r.kind || ':' || r.id, r.kind || ':' || r.id || ':' || t.account_id)
         left join postings l on l.transaction_id = t.id and l.book = 'customer'
         where r.state in ('succeeded', 'undone', 'partly_undone')
         group by r.id, r.amount_minor having coalesce(sum(l.amount_minor), 0) <> r.amount_minor",
    ),
    (
        "what came again is in the ledger once, with its amount",
        "select r.id, cast(case r.state when 'undone' then r.amount_minor when 'partly_undone' then r.undone_minor else 0 end as bigint),
           cast(coalesce(sum(-l.amount_minor), 0) as bigint)
         from reversals r
         left join ledger_transactions t on t.payment_id = r.payment_id and t.once_key in ('reinstatement:' || r.id, 'reinstatement:' || r.id || ':' || t.account_id)
         left join postings l on l.transaction_id = t.id and l.book = 'customer'
         group by r.id, r.state, r.amount_minor, r.undone_minor
         having coalesce(sum(-l.amount_minor), 0)
           <> case r.state when 'undone' then r.amount_minor when 'partly_undone' then r.undone_minor else 0 end",
    ),
    (
        "an entry of what went back or came again belongs to a reversal",
        "select t.id, cast(1 as bigint), cast(0 as bigint) from ledger_transactions t
         where t.kind in ('refund', 'return', 'chargeback', 'reinstatement')
           and not exists (
             select 1 from reversals r
             where t.once_key in (t.kind || ':' || r.id, t.kind || ':' || r.id || ':' || t.account_id) and r.payment_id = t.payment_id and r.state in ('succeeded', 'undone', 'partly_undone'))",
    ),
    (
        "no more is refunded of a payment than it was",
        "select p.id, p.amount_minor, cast(sum(r.amount_minor) as bigint) from payments p
         join reversals r on r.payment_id = p.id and r.kind = 'refund' and r.state not in ('failed', 'undone')
         where r.reason <> 'elsewhere'
         group by p.id, p.amount_minor having sum(r.amount_minor) > p.amount_minor",
    ),
    (
        "banks hold no more of a payment than it was, unless by one decision",
        "select p.id, p.amount_minor, cast(sum(r.amount_minor - coalesce(r.undone_minor, 0)) as bigint) from payments p
         join reversals r on r.payment_id = p.id and r.kind <> 'refund' and r.state in ('succeeded', 'partly_undone')
         group by p.id, p.amount_minor
         having count(*) > 1 and sum(r.amount_minor - coalesce(r.undone_minor, 0)) > p.amount_minor",
    ),
    (
        "what a person corrected or gave up has a reason and a person",
        "select id, cast(1 as bigint), cast(0 as bigint) from ledger_transactions
         where kind in ('correction', 'write_off') and (reason = '' or actor = '')",
    ),
    (
        "no more is applied to an instalment than it is",
        "select a.agreement_id, cast(max(i.amount_minor) as bigint), cast(sum(a.amount_minor) as bigint)
         from payment_allocations a
         join agreements g on g.id = a.agreement_id
         join instalments i on i.agreement_id = g.id and i.version = g.current_version and i.number = a.instalment_number
         where a.applied_to = 'instalment'
         group by a.agreement_id, a.instalment_number having sum(a.amount_minor) > max(i.amount_minor)",
    ),
];

/// Looks through all the books for anything that breaks a rule.
pub async fn faults(pool: &AnyPool) -> StoreResult<Vec<BookFault>> {
    let mut faults = Vec::new();
    for (rule, query) in RULES.into_iter().chain(super::shares::RULES) {
        let query =
            query.replace("(PAID)", &listed(&PaymentState::PAID)).replace("(WENT_BACK)", &listed(&PaymentState::WENT_BACK));
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(AssertSqlSafe(query)).fetch_all(pool).await?;
        faults.extend(rows.into_iter().map(|(subject, expected_minor, found_minor)| BookFault {
            rule,
            subject,
            expected_minor,
            found_minor,
        }));
    }
    Ok(faults)
}

/// How many transactions and postings the books hold.
pub async fn size(pool: &AnyPool) -> StoreResult<(i64, i64)> {
    let transactions = sqlx::query_scalar("select count(*) from ledger_transactions").fetch_one(pool).await?;
    let postings = sqlx::query_scalar("select count(*) from postings").fetch_one(pool).await?;
    Ok((transactions, postings))
}
