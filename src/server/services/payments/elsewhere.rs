//! A payment that the creditor took itself and told us of: booked as any other, with its receipt, in the importer's transaction.

use super::settle;
use crate::domain::ids::{AccountId, CustomerId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::{ELSEWHERE, Payment, PaymentState, Purpose};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::elsewhere::{self, TakenElsewhere};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, Tx, agreements, payments};
use jiff::tz::TimeZone;
use serde_json::json;
use sha2::{Digest, Sha256};

/// What a creditor tells of a payment it took.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    pub customer: CustomerId,
    pub account: AccountId,
    pub creditor_id: String,
    pub time_zone: TimeZone,
    /// What was paid, above zero.
    pub amount: Money,
    pub taken: TakenElsewhere,
    pub import_id: String,
}

/// Books it: what it covers, the agreement, the receipt, the event. The same payment of the same creditor cannot be booked
/// twice: its id is unique, and so is the key made of it.
pub async fn record(state: &AppState, tx: &mut Tx, told: &Elsewhere, at: Millis) -> Result<PaymentId, Failure> {
    store::lock_account(tx, told.account.as_str()).await?;
    let payment = Payment {
        id: PaymentId(ids::new_id()),
        reference: ids::new_reference("EK"),
        customer_id: told.customer.clone(),
        account_id: told.account.clone(),
        agreement_id: agreements::active_of_account(&mut **tx, &told.account).await?,
        purpose: Purpose::Part,
        amount: told.amount,
        discount: Money::zero(told.amount.currency()),
        processor: ELSEWHERE.to_owned(),
        processor_reference: None,
        decision_key: format!("{ELSEWHERE}:{}:{}", told.creditor_id, told.taken.creditor_payment_id),
        state: PaymentState::Created,
        created_at: paid_at(told, at),
    };
    let asked = format!("3|{}|{}|{}", told.account, told.amount.minor(), told.taken.paid_on);
    payments::insert(tx, &payment, &hex::encode(Sha256::digest(asked.as_bytes()))).await?;
    elsewhere::insert(tx, &payment.id, &told.creditor_id, &told.taken, &told.import_id).await?;
    let paid = Payment { state: PaymentState::Succeeded { settled_at: at }, ..payment.clone() };
    payments::set_state(tx, &paid, &payment.state, at).await?;
    let event = Event {
        at,
        actor: Actor::Operator,
        action: "payment.imported",
        customer_id: Some(paid.customer_id.to_string()),
        account_id: Some(paid.account_id.to_string()),
        subject_id: Some(paid.id.to_string()),
        details: json!({
            "import_id": told.import_id, "amount_minor": paid.amount.minor(), "paid_on": told.taken.paid_on.to_string(),
        }),
    };
    events::append(tx, &event).await?;
    settle::post(state, tx, &paid, at).await?;
    Ok(paid.id)
}

/// The middle of the day it was paid on, where the customer lives, but not later than now: whether an instalment was kept is
/// counted in days.
fn paid_at(told: &Elsewhere, now: Millis) -> Millis {
    let noon = told.taken.paid_on.at(12, 0, 0, 0);
    let noon = told.time_zone.to_ambiguous_timestamp(noon).compatible();
    noon.map_or(now, |noon| noon.as_millisecond().min(now))
}
