//! The payment over several accounts as it would be made now.

use super::{SeveralCheckView, ShareView};
use crate::domain::joint_payment;
use crate::domain::ledger::allocate;
use crate::domain::money::{Currency, Money};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::payments::{self, Paying};

/// What the screen shows; `None` where the amounts can no longer be paid so, and the answer leads to where they are chosen.
pub async fn load(currency: String) -> Result<Option<SeveralCheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let Some(currency) = Currency::from_code(&currency) else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let kept = context::flash("pay_several_check").unwrap_or_default();
    let accounts = payments::paying_several(&state, &visitor.customer_id, currency).await.map_err(context::fail)?;
    let minimum = accounts.first().map_or(Money::zero(currency), |paying| paying.payable.processor_minimum);
    let mut shares = Vec::new();
    let mut asked = 0;
    for paying in accounts {
        let minor = kept.values.get(paying.account.id.as_str()).and_then(|minor| minor.parse().ok());
        let Some(minor) = minor else { continue };
        asked += 1;
        let share = share(paying, Money::new(minor, currency));
        shares.extend(share.map_err(|error| context::fail(Failure::Money(error)))?);
    }
    let sum = joint_payment::sum(shares.iter().map(|share| share.choice.amount), minimum);
    let sum = sum.map_err(|error| context::fail(Failure::Money(error)))?;
    let (true, Ok(sum)) = (shares.len() == asked, sum) else {
        context::redirect(&paths::pay_several(currency.code()));
        return Ok(None);
    };
    // The same key on every copy of this page: pressing the button twice is one decision.
    Ok(Some(SeveralCheckView { currency, shares, sum, is_sandbox: state.sandbox.is_some(), key: ids::new_token() }))
}

/// What an account gets; `None` where it cannot be paid so any more.
fn share(paying: Paying, amount: Money) -> Result<Option<ShareView>, crate::domain::money::MoneyError> {
    let (None, Ok(choice)) = (&paying.waiting, joint_payment::choose(&paying.payable, amount)) else { return Ok(None) };
    let lines = allocate(choice.amount, &paying.payable.owed, choice.purpose.order())?;
    let account = paying.account;
    let left = account.facts.balance.checked_sub(choice.amount)?.checked_sub(choice.discount)?;
    Ok(Some(ShareView {
        account_id: account.id.to_string(),
        disclosure: account.facts.time_barred.disclosure(),
        product: account.facts.product,
        reference: account.reference,
        creditor: account.creditor,
        choice,
        lines,
        left,
    }))
}
