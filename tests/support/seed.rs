//! Valid things with sensible defaults, written straight into the tables.

use evenkeel::server::ids;
use evenkeel::server::store::Db;

/// One customer with one account: 1,200.00 USD owed, 300.00 of it past due since 1 October 2026.
pub struct SeedAccount {
    pub reference: String,
    pub customer_reference: Option<String>,
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: String,
    pub postal_code: String,
    pub time_zone: String,
    pub email: Option<String>,
    pub language: String,
    pub currency: String,
    pub balance_minor: i64,
    pub past_due_minor: i64,
    pub oldest_unpaid_due_date: Option<String>,
    pub status: String,
    /// Put the account under this customer instead of making a new one.
    pub customer_id: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Seeded {
    pub account_id: String,
    pub customer_id: String,
    pub creditor_id: String,
    pub reference: String,
}

impl Default for SeedAccount {
    fn default() -> Self {
        SeedAccount {
            reference: format!("NG-{}", &ids::new_id()[20..]),
            customer_reference: None,
            given_name: "Ada".into(),
            family_name: "Moreno".into(),
            date_of_birth: "1980-02-29".into(),
            postal_code: "80276".into(),
            time_zone: "America/Denver".into(),
            email: Some("ada.moreno@example.net".into()),
            language: "en".into(),
            currency: "USD".into(),
            balance_minor: 120_000,
            past_due_minor: 30_000,
            oldest_unpaid_due_date: Some("2026-10-01".into()),
            status: "open".into(),
            customer_id: None,
        }
    }
}

/// 2026-11-20 12:00 UTC, the day the sample portfolios stand as of.
pub const SEEDED_AT: i64 = 1_795_176_000_000;

pub async fn account(db: &Db, seed: SeedAccount) -> Seeded {
    let pool = db.pool();
    sqlx::query(
        "insert into creditors (id, name, created_at) values ($1, 'Northgate Credit Union', $2) on conflict (name) do nothing",
    )
    .bind(ids::new_id())
    .bind(SEEDED_AT)
    .execute(pool)
    .await
    .expect("a creditor");
    let creditor_id: String = sqlx::query_scalar("select id from creditors where name = 'Northgate Credit Union'")
        .fetch_one(pool)
        .await
        .expect("the creditor");
    let customer_id = match seed.customer_id.clone() {
        Some(id) => id,
        None => customer(db, &seed, &creditor_id).await,
    };
    let account_id = ids::new_id();
    sqlx::query(
        "insert into accounts (id, creditor_id, customer_id, reference, reference_normalised, product, currency, status,
           itemization_date, balance_at_itemization_minor, interest_since_minor, fees_since_minor, payments_since_minor,
           credits_since_minor, reported_balance_minor, reported_past_due_minor, reported_at, balance_date,
           oldest_unpaid_due_date, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'Credit card', $6, $7, '2026-05-01', $8, 0, 0, 0, 0, $8, $9, $10, '2026-11-20', $11, 1, $10, $10)",
    )
    .bind(&account_id)
    .bind(&creditor_id)
    .bind(&customer_id)
    .bind(&seed.reference)
    .bind(evenkeel::domain::ids::normalise_reference(&seed.reference))
    .bind(&seed.currency)
    .bind(&seed.status)
    .bind(seed.balance_minor)
    .bind(seed.past_due_minor)
    .bind(SEEDED_AT)
    .bind(seed.oldest_unpaid_due_date.as_deref())
    .execute(pool)
    .await
    .expect("an account");
    opening_entry(db, &account_id, seed.balance_minor, &seed.currency).await;
    Seeded { account_id, customer_id, creditor_id, reference: seed.reference }
}

async fn customer(db: &Db, seed: &SeedAccount, creditor_id: &str) -> String {
    let id = ids::new_id();
    sqlx::query(
        "insert into customers (id, creditor_id, customer_reference, given_name, family_name, date_of_birth, street, city, state,
           postal_code, postal_code_normalised, time_zone, email, phone, language, customer_since, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, '1 Main St', 'Denver', 'CO', $7, $7, $8, $9, null, $10, '2015-04-01', $11, $11)",
    )
    .bind(&id)
    .bind(creditor_id)
    .bind(seed.customer_reference.as_deref())
    .bind(&seed.given_name)
    .bind(&seed.family_name)
    .bind(&seed.date_of_birth)
    .bind(&seed.postal_code)
    .bind(&seed.time_zone)
    .bind(seed.email.as_deref())
    .bind(&seed.language)
    .bind(SEEDED_AT)
    .execute(db.pool())
    .await
    .expect("a customer");
    id
}

async fn opening_entry(db: &Db, account_id: &str, balance_minor: i64, currency: &str) {
    let id = ids::new_id();
    sqlx::query(
        "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
         values ($1, 'opening', $2, null, $3, '2026-11-20', 'imported', 'operator', $4)",
    )
    .bind(&id)
    .bind(account_id)
    .bind(SEEDED_AT)
    .bind(format!("opening:{account_id}"))
    .execute(db.pool())
    .await
    .expect("an opening entry");
    for (line, book, amount) in [(1_i64, "customer", balance_minor), (2, "creditor", -balance_minor)] {
        sqlx::query(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             values ($1, $2, $3, $4, 'principal', $5, $6)",
        )
        .bind(&id)
        .bind(line)
        .bind(account_id)
        .bind(book)
        .bind(amount)
        .bind(currency)
        .execute(db.pool())
        .await
        .expect("a posting");
    }
}
