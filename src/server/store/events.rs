//! What happened: appended in the transaction of the change itself.

use super::{StoreResult, Tx};
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use crate::server::ids;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Customer(String),
    Staff(String),
    /// Somebody whom a customer lets help: the id of that help.
    Helper(String),
    /// A person who has not signed in.
    Visitor,
    Processor(String),
    /// A command on the server.
    Operator,
    /// A job of ours.
    System,
}

impl Actor {
    fn kind(&self) -> &'static str {
        match self {
            Actor::Customer(_) => "customer",
            Actor::Staff(_) => "staff",
            Actor::Helper(_) => "helper",
            Actor::Visitor => "visitor",
            Actor::Processor(_) => "processor",
            Actor::Operator => "operator",
            Actor::System => "system",
        }
    }

    fn id(&self) -> Option<&str> {
        match self {
            Actor::Customer(id) | Actor::Staff(id) | Actor::Processor(id) | Actor::Helper(id) => Some(id),
            Actor::Visitor | Actor::Operator | Actor::System => None,
        }
    }
}

/// One thing that happened. `details` carries codes, ids, digests and amounts; never a name, an address or free text.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: Millis,
    pub actor: Actor,
    /// In the past tense, such as `agreement.signed`.
    pub action: &'static str,
    pub customer_id: Option<String>,
    pub account_id: Option<String>,
    pub subject_id: Option<String>,
    pub details: serde_json::Value,
}

impl Event {
    /// What a customer did on an account of theirs.
    pub fn by_customer(
        customer: &CustomerId,
        account: &AccountId,
        action: &'static str,
        subject: &str,
        details: serde_json::Value,
        at: Millis,
    ) -> Event {
        let actor = Actor::Customer(customer.to_string());
        Event::about((Some(customer), Some(account)), subject, actor, action, details, at)
    }

    /// What happened to something of a customer's, whoever did it.
    pub fn about(
        (customer, account): (Option<&CustomerId>, Option<&AccountId>),
        subject: &str,
        actor: Actor,
        action: &'static str,
        details: serde_json::Value,
        at: Millis,
    ) -> Event {
        Event {
            at,
            actor,
            action,
            customer_id: customer.map(CustomerId::to_string),
            account_id: account.map(AccountId::to_string),
            subject_id: Some(subject.to_owned()),
            details,
        }
    }
}

tokio::task_local! {
    /// Whose help the request at work is. Everything that would be written down as the customer's own act is the helper's then: no
    /// service has to think of it, and none can forget it.
    static HELPING: String;
}

/// Does a request's work for a helper: what it writes down as done by the customer was done by them.
pub async fn acting<F: Future>(helper_id: String, work: F) -> F::Output {
    HELPING.scope(helper_id, work).await
}

/// Who did it, and on whose behalf.
fn actor_of(event: &Event) -> (Actor, Option<String>) {
    let helping = HELPING.try_with(Clone::clone).ok();
    match (&event.actor, helping) {
        (Actor::Customer(customer), Some(helper)) => (Actor::Helper(helper), Some(customer.clone())),
        (Actor::Helper(_), _) => (event.actor.clone(), event.customer_id.clone()),
        (actor, _) => (actor.clone(), None),
    }
}

pub async fn append(tx: &mut Tx, event: &Event) -> StoreResult<()> {
    let (actor, on_behalf_of) = actor_of(event);
    sqlx::query(
        "insert into events (id, at, actor_kind, actor_id, on_behalf_of, action, customer_id, account_id, subject_id, details)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(ids::new_id())
    .bind(event.at)
    .bind(actor.kind())
    .bind(actor.id())
    .bind(on_behalf_of)
    .bind(event.action)
    .bind(event.customer_id.as_deref())
    .bind(event.account_id.as_deref())
    .bind(event.subject_id.as_deref())
    .bind(event.details.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Appends many events with few statements, as an import does.
pub async fn append_many(tx: &mut Tx, events: &[Event]) -> StoreResult<()> {
    let rows = super::rows::Insert {
        into: "events (id, at, actor_kind, actor_id, on_behalf_of, action, customer_id, account_id, subject_id, details)",
        columns: 10,
        on_conflict: "",
    };
    rows.run(tx, events, |query, event| {
        query
            .bind(ids::new_id())
            .bind(event.at)
            .bind(event.actor.kind())
            .bind(event.actor.id())
            .bind(None::<&str>)
            .bind(event.action)
            .bind(event.customer_id.as_deref())
            .bind(event.account_id.as_deref())
            .bind(event.subject_id.as_deref())
            .bind(event.details.to_string())
    })
    .await?;
    Ok(())
}
