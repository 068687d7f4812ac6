//! The payment as it would be made now.

use super::CheckView;
use crate::domain::ids::AccountId;
use crate::domain::journey::{Place, Screen};
use crate::domain::ledger::allocate;
use crate::domain::money::Money;
use crate::domain::payment::Purpose;
use crate::server::context::{self, Failed};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::payments::{self, Paying};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let kept = context::flash("pay_check").unwrap_or_default();
    let purpose = kept.values.get("purpose").and_then(|code| Purpose::from_choice(code));
    let amount_minor = kept.values.get("amount_minor").and_then(|minor| minor.parse().ok());
    let account = AccountId(account_id);
    let found = payments::paying(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let chosen = found.as_ref().zip(purpose.zip(amount_minor)).and_then(|(paying, (purpose, amount_minor))| {
        let shown = Money::new(amount_minor, paying.account.facts.currency);
        paying.payable.choose(purpose, shown).ok()
    });
    let place = match Paying::place(found.as_ref()) {
        Place::ChoosingPayment if chosen.is_some() => Place::PaymentChosen,
        place => place,
    };
    let is_the_place = context::is_the_place(Screen::PayCheck, &place, &account);
    let (true, Some(paying), Some(way)) = (is_the_place, found, chosen) else {
        return Ok(None);
    };
    let reckoned = |error| context::fail(Failure::Money(error));
    let lines = allocate(way.amount, &paying.payable.owed, way.purpose.order()).map_err(reckoned)?;
    let balance = paying.account.facts.balance;
    let left = balance.checked_sub(way.amount).and_then(|left| left.checked_sub(way.discount)).map_err(reckoned)?;
    Ok(Some(CheckView {
        account_id: paying.account.id.to_string(),
        account: format!("{} {}", paying.account.facts.product, paying.account.reference),
        disclosure: paying.account.facts.time_barred.disclosure(),
        creditor: paying.account.creditor,
        way,
        lines,
        left,
        is_sandbox: state.sandbox.is_some(),
        // The same on every copy of this page: pressing the button twice is one decision.
        key: ids::new_token(),
    }))
}
