//! What may be paid on each account of a currency now.

use super::{AccountPart, AccountView, AccountsView, SCREEN, SeveralView};
use crate::domain::joint_payment;
use crate::domain::money::Currency;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::payments::{self, Paying};

/// What the screen shows; `None` where there are not several accounts to pay and the answer leads to the list of them.
pub async fn load(currency: String) -> Result<Option<SeveralView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    if state.processor.is_none() {
        return Ok(Some(SeveralView::NoProcessor));
    }
    let accounts = match Currency::from_code(&currency) {
        Some(currency) => payments::paying_several(&state, &visitor.customer_id, currency).await.map_err(context::fail)?,
        None => Vec::new(),
    };
    let [first, _, ..] = accounts.as_slice() else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let currency = first.account.facts.currency;
    let flash = context::flash(SCREEN).unwrap_or_default();
    let accounts = accounts.into_iter().map(view).collect();
    Ok(Some(SeveralView::Accounts(Box::new(AccountsView { currency, accounts, typed: flash.values, errors: flash.errors }))))
}

fn view(paying: Paying) -> AccountView {
    let part = match (paying.waiting, joint_payment::ways(&paying.payable)) {
        (_, Err(refusal)) => AccountPart::Not(refusal),
        (Some(waiting), Ok(_)) => AccountPart::Waiting(waiting.reference),
        (None, Ok(ways)) => AccountPart::Payable(ways),
    };
    let account = paying.account;
    AccountView {
        id: account.id.to_string(),
        disclosure: account.facts.time_barred.disclosure(),
        product: account.facts.product,
        reference: account.reference,
        creditor: account.creditor,
        balance: account.facts.balance,
        in_flight: paying.payable.in_flight,
        part,
    }
}
