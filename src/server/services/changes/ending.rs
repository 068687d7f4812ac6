//! Ending an agreement because its customer wants it.

use super::read::{is_any_on_its_way, lines};
use crate::domain::agreement_state::AgreementState;
use crate::domain::contact::template::Template;
use crate::domain::format;
use crate::domain::ids::{AgreementId, CustomerId};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::paths;
use crate::server::clock;
use crate::server::services::outbox::{self, Hurry, Message};
use crate::server::services::{Failure, endings};
use crate::server::state::AppState;
use crate::server::store::agreements::{self, StoredAgreement};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, changes, customers, facts, shares};
use serde_json::json;

/// What became of the wish to end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Now, or before.
    Ended,
    /// A payment is on its way, collected or not: it can end when what came of that is known.
    OnItsWay,
    NotFound,
}

/// Ends an agreement because its customer wants it: nothing more of it is asked for or collected, and what is owed is owed as before.
pub async fn end(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Ended, Failure> {
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let Some(agreement) = agreements::of_customer(&mut *tx, customer, id).await? else { return Ok(Ended::NotFound) };
    store::lock_account(&mut tx, agreement.account_id.as_str()).await?;
    let Some(agreement) = agreements::of_customer(&mut *tx, customer, id).await? else { return Ok(Ended::NotFound) };
    if agreement.state != AgreementState::Active {
        return Ok(Ended::Ended);
    }
    let account = facts::one_of_customer(&mut *tx, customer, &agreement.account_id).await?.ok_or(Failure::Missing("account"))?;
    // The page that offers the end asks the same.
    let on_its_way = shares::on_their_way(&mut tx, &account.id).await?;
    if is_any_on_its_way(&lines(&mut tx, &agreement, &account, on_its_way).await?) {
        return Ok(Ended::OnItsWay);
    }
    endings::end(state, &mut tx, id, endings::Ending::ByCustomer, at).await?;
    changes::forget(&mut tx, id).await?;
    let event = Event {
        at,
        actor: Actor::Customer(customer.to_string()),
        action: "agreement.ended_by_customer",
        customer_id: Some(customer.to_string()),
        account_id: Some(agreement.account_id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({ "version": agreement.version }),
    };
    events::append(&mut tx, &event).await?;
    tell_of_end(state, &mut tx, customer, &agreement).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ended::Ended)
}

/// Says that it has ended, with what was paid under it and what is owed.
async fn tell_of_end(state: &AppState, tx: &mut Tx, customer: &CustomerId, agreement: &StoredAgreement) -> Result<(), Failure> {
    let account = facts::one_of_customer(&mut **tx, customer, &agreement.account_id).await?.ok_or(Failure::Missing("account"))?;
    let addressee = customers::addressee(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let zone = clock::zone(&account.time_zone);
    let instalments =
        store::keeping::instalments(tx, &agreement.id, account.facts.currency, |at| clock::date_of(at, &zone)).await?;
    let paid = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.paid_minor()));
    let paid = format::money(Money::new(paid, account.facts.currency), language);
    let balance = format::money(account.facts.balance, language);
    let day = format::long_date(state.clock.today_in(&zone), language);
    let link = format!("{}{}", state.config.public_url, paths::options(account.id.as_str()));
    let values =
        [("reference", &*agreement.reference), ("day", &*day), ("amount", &*paid), ("balance", &*balance), ("link", &*link)];
    let message = Message {
        customer_id: customer,
        template: Template::AgreementCancelled,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &format!("{}:{}", Template::AgreementCancelled.code(), agreement.id),
    };
    outbox::enqueue(state, tx, &message).await
}
