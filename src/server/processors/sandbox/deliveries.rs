//! The sandbox's webhooks: delivered over real HTTP, signed, again and again until the portal has taken them.

use super::{ChargeRow, MandateRow, SandboxProcessor, books, refunds, signature};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::DeclineReason;
use crate::domain::reversal::{ReversalFinding, ReversalKind};
use crate::server::ids;
use crate::server::processors::{Charge, MandateAtProcessor, MandateFinding, News, Reversed, WebhookEvent};
use serde::{Deserialize, Serialize};

/// What a webhook says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    pub event: String,
    pub charge: String,
    pub merchant_reference: String,
    pub state: String,
    pub decline_reason: Option<String>,
    pub amount_minor: i64,
    pub currency: String,
    /// In a message about money that went back.
    #[serde(default)]
    pub reversal: Option<ReversalMessage>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReversalMessage {
    pub id: String,
    pub kind: String,
    pub state: String,
    pub amount_minor: i64,
    pub key: Option<String>,
    pub reason: Option<String>,
}

impl ReversalMessage {
    fn read(&self, currency: Currency) -> Option<Reversed> {
        Some(Reversed {
            processor_reference: self.id.clone(),
            kind: ReversalKind::from_code(&self.kind)?,
            amount: Money::new(self.amount_minor, currency),
            finding: refunds::finding(&self.state)?,
            our_key: self.key.clone(),
            reason: self.reason.as_deref().and_then(DeclineReason::from_code),
        })
    }
}

impl Message {
    pub(super) fn about(row: &ChargeRow) -> Message {
        Message {
            // A charge enters each state once, so this names the event.
            event: format!("{}.{}", row.id, row.state),
            charge: row.id.clone(),
            merchant_reference: row.merchant_reference.clone(),
            state: row.state.clone(),
            decline_reason: row.decline_reason.clone(),
            amount_minor: row.amount.minor(),
            currency: row.amount.currency().code().to_owned(),
            reversal: None,
        }
    }

    pub(super) fn about_reversal(charge: &ChargeRow, reversed: &Reversed) -> Message {
        let state = match reversed.finding {
            ReversalFinding::Pending => "pending",
            // Banks of the sandbox give all of it back, or nothing.
            ReversalFinding::Done | ReversalFinding::PartlyUndone { .. } => "done",
            ReversalFinding::Undone => "undone",
        };
        Message {
            // It enters each state once too.
            event: format!("{}.{state}", reversed.processor_reference),
            reversal: Some(ReversalMessage {
                id: reversed.processor_reference.clone(),
                kind: reversed.kind.code().to_owned(),
                state: state.to_owned(),
                amount_minor: reversed.amount.minor(),
                key: reversed.our_key.clone(),
                reason: reversed.reason.map(|reason| reason.code().to_owned()),
            }),
            ..Message::about(charge)
        }
    }

    pub(super) fn read(&self, page: &str) -> Option<WebhookEvent> {
        let currency = Currency::from_code(&self.currency)?;
        if let Some(reversal) = &self.reversal {
            return Some(WebhookEvent {
                event_id: self.event.clone(),
                kind: format!("{}.{}", reversal.kind, reversal.state),
                merchant_reference: self.merchant_reference.clone(),
                news: News::Reversed(reversal.read(currency)?),
            });
        }
        let amount = Money::new(self.amount_minor, currency);
        let finding = books::finding(&self.state, self.decline_reason.as_deref(), amount, page)?;
        Some(WebhookEvent {
            event_id: self.event.clone(),
            kind: format!("charge.{}", self.state),
            merchant_reference: self.merchant_reference.clone(),
            news: News::Charge(Charge { processor_reference: self.charge.clone(), finding }),
        })
    }
}

/// What a webhook says about a permission to collect later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MandateMessage {
    pub event: String,
    pub mandate: String,
    pub merchant_reference: String,
    pub state: String,
}

impl MandateMessage {
    pub(super) fn about(row: &MandateRow) -> MandateMessage {
        MandateMessage {
            // A permission enters each state once, so this names the event.
            event: format!("{}.{}", row.id, row.state),
            mandate: row.id.clone(),
            merchant_reference: row.merchant_reference.clone(),
            state: row.state.clone(),
        }
    }

    pub(super) fn read(self) -> Option<WebhookEvent> {
        let finding = match self.state.as_str() {
            "given" => MandateFinding::Given { mandate: self.mandate.clone() },
            "cancelled" => MandateFinding::Closed,
            _ => return None,
        };
        Some(WebhookEvent {
            event_id: self.event,
            kind: format!("mandate.{}", self.state),
            merchant_reference: self.merchant_reference,
            news: News::Mandate(MandateAtProcessor { processor_reference: self.mandate, finding }),
        })
    }
}

/// Puts a message into the queue. `event_id` is the same however often it is delivered.
pub(super) async fn plan(
    tx: &mut sqlx::Transaction<'static, sqlx::Any>,
    event_id: &str,
    message: &impl Serialize,
    deliver_at: i64,
) -> Result<(), sqlx::Error> {
    let body = serde_json::to_string(message).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "insert into sandbox_deliveries (id, event_id, body, deliver_at, leased_until, attempts, delivered_at)
         values ($1, $2, $3, $4, null, 0, null)",
    )
    .bind(ids::new_id())
    .bind(event_id)
    .bind(body)
    .bind(deliver_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Longer than the client waits for an answer.
const LEASE_MILLIS: i64 = 30_000;
/// Then the sandbox gives up, as real processors do after days.
const MOST_ATTEMPTS: i64 = 20;
const RETRY_MILLIS: i64 = 5_000;
/// In one go, so that other work gets its turn.
const MOST_AT_ONCE: usize = 100;

impl SandboxProcessor {
    /// Settles what is due and delivers the webhooks that are due as of an instant; returns how many were taken.
    pub async fn deliver_due(&self, as_of: i64) -> Result<usize, sqlx::Error> {
        self.settle_due().await?;
        let mut taken = 0;
        for _ in 0..MOST_AT_ONCE {
            let now = self.now();
            if !self.has_due_delivery(as_of, now).await? {
                break;
            }
            let row: Option<(String, String, i64)> = sqlx::query_as(
                "update sandbox_deliveries set leased_until = $3, attempts = attempts + 1
                 where id = (
                   select id from sandbox_deliveries
                   where delivered_at is null and deliver_at <= $1 and attempts < $4
                     and (leased_until is null or leased_until < $2)
                   order by deliver_at, id limit 1
                 ) and (leased_until is null or leased_until < $2)
                 returning id, body, attempts",
            )
            .bind(as_of)
            .bind(now)
            .bind(now + LEASE_MILLIS)
            .bind(MOST_ATTEMPTS)
            .fetch_optional(&self.pool)
            .await?;
            let Some((id, body, attempts)) = row else { break };
            if self.deliver(body).await {
                taken += 1;
                sqlx::query("update sandbox_deliveries set delivered_at = $2 where id = $1")
                    .bind(&id)
                    .bind(self.now())
                    .execute(&self.pool)
                    .await?;
            } else {
                sqlx::query("update sandbox_deliveries set deliver_at = $2, leased_until = null where id = $1")
                    .bind(&id)
                    .bind(as_of.max(self.now()) + RETRY_MILLIS * attempts)
                    .execute(&self.pool)
                    .await?;
            }
        }
        Ok(taken)
    }

    async fn has_due_delivery(&self, as_of: i64, now: i64) -> Result<bool, sqlx::Error> {
        let due: i64 = sqlx::query_scalar(
            "select count(*) from sandbox_deliveries
             where delivered_at is null and deliver_at <= $1 and attempts < $3 and (leased_until is null or leased_until < $2)",
        )
        .bind(as_of)
        .bind(now)
        .bind(MOST_ATTEMPTS)
        .fetch_one(&self.pool)
        .await?;
        Ok(due > 0)
    }

    async fn deliver(&self, body: String) -> bool {
        let signature = self.sign(body.as_bytes(), self.clock.real_now());
        let sent = self
            .client
            .post(&self.webhook_url)
            .header(signature::HEADER, signature)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) if response.status().is_success() => true,
            Ok(response) => {
                tracing::warn!(status = response.status().as_u16(), "the portal did not take a sandbox webhook");
                false
            }
            Err(error) => {
                tracing::warn!(error = %error.without_url(), "a sandbox webhook could not be delivered");
                false
            }
        }
    }
}
