//! The sandbox's own books. Every change is one statement that names the state it expects, so that two requests at once
//! change a charge once.

use super::deliveries;
use super::method::{Effect, Method, Shown};
use super::{HostedPayment, SandboxProcessor};
use crate::domain::language::Language;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{DeclineReason, Finding};
use crate::server::ids;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};

/// A charge in the sandbox's books.
#[derive(Clone, Debug)]
pub struct ChargeRow {
    pub id: String,
    pub merchant_reference: String,
    pub amount: Money,
    /// open, needs_confirmation, processing, succeeded, declined, cancelled, expired.
    pub state: String,
    pub decline_reason: Option<String>,
    pub return_url: String,
    pub language: Language,
    pub hidden_until: Option<i64>,
    pub webhook: String,
}

const COLUMNS: &str =
    "id, merchant_reference, amount_minor, currency, state, decline_reason, return_url, language, hidden_until, webhook";

impl ChargeRow {
    pub(super) fn read(row: &AnyRow) -> Result<ChargeRow, sqlx::Error> {
        let code: String = row.try_get("currency")?;
        let currency = Currency::from_code(&code).ok_or_else(|| sqlx::Error::Decode("an unknown currency".into()))?;
        Ok(ChargeRow {
            id: row.try_get("id")?,
            merchant_reference: row.try_get("merchant_reference")?,
            amount: Money::new(row.try_get("amount_minor")?, currency),
            state: row.try_get("state")?,
            decline_reason: row.try_get("decline_reason")?,
            return_url: row.try_get("return_url")?,
            language: Language::from_tag(&row.try_get::<String, _>("language")?).unwrap_or_default(),
            hidden_until: row.try_get("hidden_until")?,
            webhook: row.try_get("webhook")?,
        })
    }

    pub(super) fn finding(&self, page: &str) -> Option<Finding> {
        finding(&self.state, self.decline_reason.as_deref(), self.amount, page)
    }
}

/// What a state in the sandbox's books means to the portal.
pub(super) fn finding(state: &str, decline_reason: Option<&str>, amount: Money, page: &str) -> Option<Finding> {
    Some(match state {
        "open" => Finding::Open { hosted_page: page.to_owned() },
        "needs_confirmation" => Finding::NeedsConfirmation { hosted_page: page.to_owned() },
        "processing" => Finding::Processing,
        "succeeded" => Finding::Succeeded { amount },
        "declined" => Finding::Declined(decline_reason.and_then(DeclineReason::from_code).unwrap_or(DeclineReason::DoNotHonour)),
        "cancelled" => Finding::Cancelled,
        "expired" => Finding::Expired,
        _ => return None,
    })
}

pub(super) async fn webhook_secret(pool: &AnyPool) -> Result<String, sqlx::Error> {
    sqlx::query("insert into sandbox_settings (name, value) values ('webhook_secret', $1) on conflict (name) do nothing")
        .bind(ids::new_token())
        .execute(pool)
        .await?;
    sqlx::query_scalar("select value from sandbox_settings where name = 'webhook_secret'").fetch_one(pool).await
}

impl SandboxProcessor {
    /// Makes a charge, or finds the one made under this key before.
    pub(super) async fn open_charge(&self, payment: &HostedPayment) -> Result<ChargeRow, sqlx::Error> {
        // The id is in the page's address and lets whoever has it pay or cancel: it cannot be guessed.
        let id = format!("sbx_{}", ids::new_token());
        sqlx::query(
            "insert into sandbox_charges (id, idempotency_key, merchant_reference, amount_minor, currency, state, decline_reason,
               return_url, cancel_url, language, method, settles_at, settles_as, hidden_until, webhook, expires_at, created_at)
             values ($1, $2, $3, $4, $5, 'open', null, $6, $6, $7, null, null, null, null, 'on_time', $8, $9)
             on conflict (idempotency_key) do nothing",
        )
        .bind(id)
        .bind(&payment.idempotency_key)
        .bind(&payment.merchant_reference)
        .bind(payment.amount.minor())
        .bind(payment.amount.currency().code())
        .bind(&payment.return_url)
        .bind(payment.language.tag())
        .bind(self.after(self.delays.page_open))
        .bind(self.now())
        .execute(&self.pool)
        .await?;
        self.charge_of_key(&payment.idempotency_key).await?.ok_or(sqlx::Error::RowNotFound)
    }

    pub(super) async fn charge_of_key(&self, key: &str) -> Result<Option<ChargeRow>, sqlx::Error> {
        let query = format!("select {COLUMNS} from sandbox_charges where idempotency_key = $1");
        let row = sqlx::query(AssertSqlSafe(query)).bind(key).fetch_optional(&self.pool).await?;
        row.as_ref().map(ChargeRow::read).transpose()
    }

    pub async fn charge(&self, id: &str) -> Result<Option<ChargeRow>, sqlx::Error> {
        let query = format!("select {COLUMNS} from sandbox_charges where id = $1");
        let row = sqlx::query(AssertSqlSafe(query)).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(ChargeRow::read).transpose()
    }

    /// The person on the page pays with a method. `None` if the page was closed or used meanwhile.
    pub async fn pay(&self, id: &str, method: Method) -> Result<Option<Shown>, sqlx::Error> {
        let effect = method.effect();
        let settles_at = effect.settles_as.map(|_| self.after(self.delays.slow));
        let hidden_until = effect.is_silent.then(|| self.after(self.delays.silence));
        let mut tx = self.pool.begin().await?;
        let query = format!(
            "update sandbox_charges set state = $2, decline_reason = $3, method = $4, settles_at = $5, settles_as = $6,
               hidden_until = $7, webhook = $8
             where id = $1 and state = 'open' and expires_at > $9
             returning {COLUMNS}"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(id)
            .bind(effect.state)
            .bind(effect.decline_reason)
            .bind(method.code())
            .bind(settles_at)
            .bind(effect.settles_as)
            .bind(hidden_until)
            .bind(effect.webhook)
            .bind(self.now())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        self.plan_delivery(&mut tx, &ChargeRow::read(&row)?).await?;
        tx.commit().await?;
        let Effect { shown, .. } = effect;
        Ok(Some(shown))
    }

    /// The person confirms, or says that it is not them. False if nothing was waiting for that.
    pub async fn confirm(&self, id: &str, is_confirmed: bool) -> Result<bool, sqlx::Error> {
        let (state, reason) = if is_confirmed { ("succeeded", None) } else { ("declined", Some("do_not_honour")) };
        self.change(id, "needs_confirmation", state, reason).await
    }

    /// Closes a page nobody has paid on. False if it was closed or used before.
    pub async fn close_charge(&self, id: &str, state: &str) -> Result<bool, sqlx::Error> {
        Ok(self.change(id, "open", state, None).await? || self.change(id, "needs_confirmation", state, None).await?)
    }

    async fn change(&self, id: &str, from: &str, to: &str, reason: Option<&str>) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let query = format!(
            "update sandbox_charges set state = $3, decline_reason = $4 where id = $1 and state = $2 returning {COLUMNS}"
        );
        let row = sqlx::query(AssertSqlSafe(query)).bind(id).bind(from).bind(to).bind(reason).fetch_optional(&mut *tx).await?;
        let Some(row) = row else { return Ok(false) };
        self.plan_delivery(&mut tx, &ChargeRow::read(&row)?).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Slow payments whose time has come get their outcome, and pages left open are closed.
    pub async fn settle_due(&self) -> Result<(), sqlx::Error> {
        self.settle_refunds().await?;
        let now = self.now();
        // Looking first costs no write lock when there is nothing to do, which is nearly always.
        let due: i64 = sqlx::query_scalar(
            "select count(*) from sandbox_charges
             where (state = 'processing' and settles_at <= $1) or (state in ('open', 'needs_confirmation') and expires_at <= $1)",
        )
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        if due == 0 {
            return Ok(());
        }
        let mut tx = self.pool.begin().await?;
        let settle = format!(
            "update sandbox_charges set state = settles_as, settles_at = null,
               decline_reason = case when settles_as = 'declined' then 'insufficient_funds' else null end
             where state = 'processing' and settles_at <= $1
             returning {COLUMNS}"
        );
        let expire = format!(
            "update sandbox_charges set state = 'expired' where state in ('open', 'needs_confirmation') and expires_at <= $1
             returning {COLUMNS}"
        );
        for query in [settle, expire] {
            for row in sqlx::query(AssertSqlSafe(query)).bind(now).fetch_all(&mut *tx).await? {
                self.plan_delivery(&mut tx, &ChargeRow::read(&row)?).await?;
            }
        }
        tx.commit().await
    }

    /// Puts the webhook about a charge's new state into the queue, as its method wants it.
    pub(super) async fn plan_delivery(
        &self,
        tx: &mut sqlx::Transaction<'static, sqlx::Any>,
        row: &ChargeRow,
    ) -> Result<(), sqlx::Error> {
        let message = deliveries::Message::about(row);
        for deliver_at in self.delivery_times(&row.webhook) {
            deliveries::plan(tx, &message.event, &message, deliver_at).await?;
        }
        Ok(())
    }

    /// When a message is delivered, as often as it is.
    pub(super) fn delivery_times(&self, webhook: &str) -> Vec<i64> {
        match webhook {
            "never" => Vec::new(),
            "late" => vec![self.after(self.delays.late_webhook)],
            "twice" => vec![self.now(), self.now()],
            _ => vec![self.now()],
        }
    }
}
