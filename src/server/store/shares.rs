//! What a payment gives to each account. Every payment has at least one share; `store::payments` writes it with the payment.

use super::{StoreError, StoreResult, Tx, ledger};
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::ledger::Allocation;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Payment, Purpose};

/// What one account gets of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub account_id: AccountId,
    pub purpose: Purpose,
    pub amount: Money,
    /// Granted if the payment succeeds; may be zero.
    pub discount: Money,
}

impl Share {
    /// The only share of a payment on one account.
    pub fn whole(payment: &Payment) -> Share {
        Share {
            account_id: payment.account_id.clone(),
            purpose: payment.purpose,
            amount: payment.amount,
            discount: payment.discount,
        }
    }

    /// The payment as this account sees it: its own amount, purpose and discount.
    pub fn part_of(&self, payment: &Payment) -> Payment {
        Payment {
            account_id: self.account_id.clone(),
            purpose: self.purpose,
            amount: self.amount,
            discount: self.discount,
            ..payment.clone()
        }
    }
}

pub async fn insert(tx: &mut Tx, payment_id: &PaymentId, shares: &[Share]) -> StoreResult<()> {
    for share in shares {
        sqlx::query(
            "insert into payment_shares (payment_id, account_id, purpose, amount_minor, discount_minor)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(payment_id.as_str())
        .bind(share.account_id.as_str())
        .bind(share.purpose.code())
        .bind(share.amount.minor())
        .bind(share.discount.minor())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The shares of a payment, in the order of their accounts' ids. They sum to its amount, or something is broken.
pub async fn of_payment(tx: &mut Tx, payment: &Payment) -> StoreResult<Vec<Share>> {
    let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
        "select account_id, purpose, amount_minor, discount_minor from payment_shares
         where payment_id = $1
         order by account_id",
    )
    .bind(payment.id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let money = |minor| Money::new(minor, payment.amount.currency());
    let shares = rows
        .into_iter()
        .map(|(account_id, purpose, amount, discount)| {
            let purpose = Purpose::from_code(&purpose).ok_or(StoreError::Unreadable("purpose"))?;
            Ok(Share { account_id: AccountId(account_id), purpose, amount: money(amount), discount: money(discount) })
        })
        .collect::<StoreResult<Vec<_>>>()?;
    let sum: i64 = shares.iter().map(|share| share.amount.minor()).sum();
    if sum == payment.amount.minor() { Ok(shares) } else { Err(StoreError::Unreadable("payment's shares")) }
}

/// Locks every account that a payment gives to, in the order of their ids: two payments over the same accounts wait for each
/// other and never in a circle.
pub async fn lock_accounts(tx: &mut Tx, payment_id: &PaymentId) -> StoreResult<()> {
    let accounts: Vec<String> =
        sqlx::query_scalar("select account_id from payment_shares where payment_id = $1 order by account_id")
            .bind(payment_id.as_str())
            .fetch_all(&mut **tx)
            .await?;
    for account_id in accounts {
        super::lock_account(tx, &account_id).await?;
    }
    Ok(())
}

/// What is on its way to an account, discounts included, in minor units of its currency.
pub async fn on_their_way(tx: &mut Tx, account_id: &AccountId) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select cast(coalesce(sum(s.amount_minor + s.discount_minor), 0) as bigint) from payment_shares s
         join payments p on p.id = s.payment_id
         where s.account_id = $1 and p.state = 'processing'",
    )
    .bind(account_id.as_str())
    .fetch_one(&mut **tx)
    .await?)
}

/// What a payment was applied to on one account, in the order it was applied.
pub async fn allocations(
    tx: &mut Tx,
    payment_id: &PaymentId,
    account_id: &AccountId,
    currency: Currency,
) -> StoreResult<Vec<Allocation>> {
    let rows = sqlx::query_as(
        "select applied_to, agreement_id, instalment_number, amount_minor from payment_allocations
         where payment_id = $1 and account_id = $2
         order by line",
    )
    .bind(payment_id.as_str())
    .bind(account_id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| ledger::read_allocation(row, currency)).collect()
}

/// What the ledger of one account holds of a payment, discounts aside: its share without what went back, in minor units of its
/// currency. Below zero where more went back of it than it got.
pub async fn left_in_books(
    tx: &mut Tx,
    payment_id: &PaymentId,
    account_id: &AccountId,
    currency: Currency,
) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(-l.amount_minor), 0) as bigint) from ledger_transactions t
         join postings l on l.transaction_id = t.id and l.book = 'customer'
         where t.payment_id = $1 and t.account_id = $2 and t.kind not in ('discount', 'discount_withdrawn')",
    )
    .bind(payment_id.as_str())
    .bind(account_id.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// What the creditor of one account gave up because of a payment; zero for nothing.
pub async fn discount(tx: &mut Tx, payment_id: &PaymentId, account_id: &AccountId, currency: Currency) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(l.amount_minor), 0) as bigint) from postings l
         join ledger_transactions t on t.id = l.transaction_id
         where t.payment_id = $1 and t.account_id = $2 and l.book = 'discount'",
    )
    .bind(payment_id.as_str())
    .bind(account_id.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// What the books must hold about shares, as in [`super::book_rules`].
pub const RULES: [(&str, &str); 7] = [
    (
        "the shares of a payment sum to its amount",
        "select p.id, p.amount_minor, cast(coalesce(sum(s.amount_minor), 0) as bigint) from payments p
         left join payment_shares s on s.payment_id = p.id
         group by p.id, p.amount_minor, p.discount_minor
         having coalesce(sum(s.amount_minor), 0) <> p.amount_minor or coalesce(sum(s.discount_minor), 0) <> p.discount_minor",
    ),
    (
        "a share of a payment is on an account of its customer and in its currency",
        "select p.id, cast(1 as bigint), cast(0 as bigint) from payments p
         join payment_shares s on s.payment_id = p.id
         join accounts a on a.id = s.account_id
         where a.customer_id <> p.customer_id or a.currency <> p.currency",
    ),
    (
        "each share of a succeeded payment is in its account's ledger once, with its amount",
        "select s.payment_id, s.amount_minor, cast(coalesce(sum(-l.amount_minor), 0) as bigint) from payment_shares s
         join payments p on p.id = s.payment_id
         left join ledger_transactions t
           on t.payment_id = s.payment_id and t.account_id = s.account_id and t.kind in ('payment', 'payment_elsewhere')
         left join postings l on l.transaction_id = t.id and l.book = 'customer'
         where p.state in (PAID)
         group by s.payment_id, s.account_id, s.amount_minor
         having coalesce(sum(-l.amount_minor), 0) <> s.amount_minor or count(distinct t.id) <> 1",
    ),
    (
        "what a payment is applied to on an account is what is left of its share there",
        "select s.payment_id,
           cast(case when coalesce(b.left_minor, 0) > 0 then b.left_minor else 0 end as bigint),
           cast(coalesce(a.applied_minor, 0) as bigint)
         from payment_shares s
         join payments p on p.id = s.payment_id
         left join (
             select t.payment_id, t.account_id, sum(-l.amount_minor) as left_minor from ledger_transactions t
             join postings l on l.transaction_id = t.id and l.book = 'customer'
             where t.payment_id is not null and t.kind not in ('discount', 'discount_withdrawn')
             group by t.payment_id, t.account_id) b
           on b.payment_id = s.payment_id and b.account_id = s.account_id
         left join (
             select payment_id, account_id, sum(amount_minor) as applied_minor from payment_allocations
             group by payment_id, account_id) a
           on a.payment_id = s.payment_id and a.account_id = s.account_id
         where p.state in (PAID)
           and coalesce(a.applied_minor, 0) <> case when coalesce(b.left_minor, 0) > 0 then b.left_minor else 0 end",
    ),
    (
        "the parts of the debt a payment paid on an account sum to what it is applied to there",
        "select c.payment_id, cast(coalesce(a.applied_minor, 0) as bigint), cast(c.paid_minor as bigint)
         from (
             select payment_id, account_id, sum(amount_minor) as paid_minor from payment_components
             group by payment_id, account_id) c
         left join (
             select payment_id, account_id, sum(amount_minor) as applied_minor from payment_allocations
             group by payment_id, account_id) a
           on a.payment_id = c.payment_id and a.account_id = c.account_id
         where c.paid_minor <> coalesce(a.applied_minor, 0)",
    ),
    (
        "what one account has back is in the ledger of that account",
        "select t.id, cast(0 as bigint), cast(1 as bigint) from reversals r
         join ledger_transactions t
           on t.payment_id = r.payment_id and t.account_id <> r.account_id
             and t.once_key in (r.kind || ':' || r.id || ':' || t.account_id, 'reinstatement:' || r.id || ':' || t.account_id)
         where r.scope = 'account'",
    ),
    (
        "no account has more back of a payment than it got",
        "select r.payment_id, cast(coalesce(max(s.amount_minor), 0) as bigint), cast(sum(r.amount_minor) as bigint) from reversals r
         left join payment_shares s on s.payment_id = r.payment_id and s.account_id = r.account_id
         where r.scope = 'account' and r.state not in ('failed', 'undone')
         group by r.payment_id, r.account_id
         having sum(r.amount_minor) > coalesce(max(s.amount_minor), 0)",
    ),
];
