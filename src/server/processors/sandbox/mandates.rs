//! Permissions given on the sandbox's page, and what is collected under them. Each collection goes the way that was chosen when
//! the permission was given.

use super::deliveries::{self, MandateMessage};
use super::method::Method;
use super::{ChargeRow, SandboxProcessor};
use crate::domain::language::Language;
use crate::domain::money::Currency;
use crate::paths;
use crate::server::ids;
use crate::server::processors::{Collection, HostedMandate, MandateAtProcessor, MandateFinding};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// A permission in the sandbox's books.
#[derive(Clone, Debug)]
pub struct MandateRow {
    pub id: String,
    pub merchant_reference: String,
    pub currency: Currency,
    /// open, given, cancelled, expired, ended.
    pub state: String,
    pub return_url: String,
    pub language: Language,
}

const COLUMNS: &str = "id, merchant_reference, currency, state, return_url, language";

impl MandateRow {
    fn read(row: &AnyRow) -> Result<MandateRow, sqlx::Error> {
        let code: String = row.try_get("currency")?;
        Ok(MandateRow {
            id: row.try_get("id")?,
            merchant_reference: row.try_get("merchant_reference")?,
            currency: Currency::from_code(&code).ok_or_else(|| sqlx::Error::Decode("an unknown currency".into()))?,
            state: row.try_get("state")?,
            return_url: row.try_get("return_url")?,
            language: Language::from_tag(&row.try_get::<String, _>("language")?).unwrap_or_default(),
        })
    }
}

impl SandboxProcessor {
    /// Makes a page, or finds the one made under this key before.
    pub(super) async fn open_mandate(&self, mandate: &HostedMandate) -> Result<MandateRow, sqlx::Error> {
        sqlx::query(
            "insert into sandbox_mandates (id, idempotency_key, merchant_reference, currency, state, method, return_url, language,
               expires_at, created_at)
             values ($1, $2, $3, $4, 'open', null, $5, $6, $7, $8)
             on conflict (idempotency_key) do nothing",
        )
        .bind(format!("sbm_{}", ids::new_token()))
        .bind(&mandate.idempotency_key)
        .bind(&mandate.merchant_reference)
        .bind(mandate.currency.code())
        .bind(&mandate.return_url)
        .bind(mandate.language.tag())
        .bind(self.after(self.delays.page_open))
        .bind(self.now())
        .execute(&self.pool)
        .await?;
        self.mandate_of_key(&mandate.idempotency_key).await?.ok_or(sqlx::Error::RowNotFound)
    }

    pub(super) async fn mandate_of_key(&self, key: &str) -> Result<Option<MandateRow>, sqlx::Error> {
        self.close_old_mandates().await?;
        let query = format!("select {COLUMNS} from sandbox_mandates where idempotency_key = $1");
        let row = sqlx::query(AssertSqlSafe(query)).bind(key).fetch_optional(&self.pool).await?;
        row.as_ref().map(MandateRow::read).transpose()
    }

    pub async fn mandate(&self, id: &str) -> Result<Option<MandateRow>, sqlx::Error> {
        self.close_old_mandates().await?;
        let query = format!("select {COLUMNS} from sandbox_mandates where id = $1");
        let row = sqlx::query(AssertSqlSafe(query)).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(MandateRow::read).transpose()
    }

    async fn close_old_mandates(&self) -> Result<(), sqlx::Error> {
        sqlx::query("update sandbox_mandates set state = 'expired' where state = 'open' and expires_at <= $1")
            .bind(self.now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The person on the page gives the permission; the portal is told as the method wants it. False if the page was closed or used
    /// meanwhile.
    pub async fn give_mandate(&self, id: &str, method: Method) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let query = format!(
            "update sandbox_mandates set state = 'given', method = $2 where id = $1 and state = 'open' and expires_at > $3
             returning {COLUMNS}"
        );
        let row =
            sqlx::query(AssertSqlSafe(query)).bind(id).bind(method.code()).bind(self.now()).fetch_optional(&mut *tx).await?;
        let Some(row) = row else { return Ok(false) };
        self.plan_mandate_delivery(&mut tx, &MandateRow::read(&row)?, method.effect().webhook).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The person on the page does not want to. False if it was closed or used before.
    pub async fn cancel_mandate(&self, id: &str) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let query =
            format!("update sandbox_mandates set state = 'cancelled' where id = $1 and state = 'open' returning {COLUMNS}");
        let row = sqlx::query(AssertSqlSafe(query)).bind(id).fetch_optional(&mut *tx).await?;
        let Some(row) = row else { return Ok(false) };
        self.plan_mandate_delivery(&mut tx, &MandateRow::read(&row)?, "on_time").await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn plan_mandate_delivery(
        &self,
        tx: &mut sqlx::Transaction<'static, sqlx::Any>,
        row: &MandateRow,
        webhook: &str,
    ) -> Result<(), sqlx::Error> {
        let message = MandateMessage::about(row);
        for deliver_at in self.delivery_times(webhook) {
            deliveries::plan(tx, &message.event, &message, deliver_at).await?;
        }
        Ok(())
    }

    pub(super) async fn move_mandate(&self, id: &str, from: &str, to: &str) -> Result<bool, sqlx::Error> {
        let done = sqlx::query("update sandbox_mandates set state = $3 where id = $1 and state = $2")
            .bind(id)
            .bind(from)
            .bind(to)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) fn mandate_at(&self, row: &MandateRow) -> MandateAtProcessor {
        let finding = match row.state.as_str() {
            "open" => {
                MandateFinding::Open { hosted_page: format!("{}{}", self.public_url, paths::sandbox_mandate_page(&row.id)) }
            }
            "given" | "ended" => MandateFinding::Given { mandate: row.id.clone() },
            _ => MandateFinding::Closed,
        };
        MandateAtProcessor { processor_reference: row.id.clone(), finding }
    }

    /// Makes the charge, or finds the one made under this key before. `None` where the permission is not there or ended.
    pub(super) async fn collect_charge(&self, collection: &Collection) -> Result<Option<ChargeRow>, sqlx::Error> {
        if let Some(row) = self.charge_of_key(&collection.idempotency_key).await? {
            return Ok(Some(row));
        }
        let mut tx = self.pool.begin().await?;
        // Locks it, so that it cannot be ended while it is collected from.
        let method: Option<String> = sqlx::query_scalar(
            "update sandbox_mandates set state = state where id = $1 and state = 'given' and currency = $2 returning method",
        )
        .bind(&collection.mandate)
        .bind(collection.amount.currency().code())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(method) = method.as_deref().and_then(Method::from_code) else { return Ok(None) };
        let effect = method.effect();
        // Nobody is there to confirm.
        let (state, decline_reason) = match effect.state {
            "needs_confirmation" => ("declined", Some("not_confirmed")),
            state => (state, effect.decline_reason),
        };
        let made = sqlx::query(
            "insert into sandbox_charges (id, idempotency_key, merchant_reference, amount_minor, currency, state, decline_reason,
               return_url, cancel_url, language, method, settles_at, settles_as, hidden_until, webhook, expires_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, '', '', 'en', $8, $9, $10, $11, $12, $13, $13)
             on conflict (idempotency_key) do nothing
             returning id, merchant_reference, amount_minor, currency, state, decline_reason, return_url, language, hidden_until,
               webhook",
        )
        .bind(format!("sbx_{}", ids::new_token()))
        .bind(&collection.idempotency_key)
        .bind(&collection.merchant_reference)
        .bind(collection.amount.minor())
        .bind(collection.amount.currency().code())
        .bind(state)
        .bind(decline_reason)
        .bind(method.code())
        .bind(effect.settles_as.map(|_| self.after(self.delays.slow)))
        .bind(effect.settles_as)
        .bind(effect.is_silent.then(|| self.after(self.delays.silence)))
        .bind(effect.webhook)
        .bind(self.now())
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(row) = made {
            self.plan_delivery(&mut tx, &ChargeRow::read(&row)?).await?;
        }
        tx.commit().await?;
        self.charge_of_key(&collection.idempotency_key).await
    }
}
