//! What may be paid on an account now.

use super::{Nothing, PayView, SCREEN, WaysView};
use crate::domain::hold::HoldKind;
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::domain::paying::PayRefusal;
use crate::server::context::{self, Failed};
use crate::server::services::payments::{self, Paying};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<PayView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    if state.processor.is_none() {
        return Ok(Some(PayView::Nothing { account_id, why: Nothing::NoProcessor }));
    }
    let account = AccountId(account_id);
    let found = payments::paying(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::Pay, &Paying::place(found.as_ref()), &account);
    let (true, Some(paying)) = (is_the_place, found) else {
        return Ok(None);
    };
    let account_id = paying.account.id.to_string();
    let ways = match paying.payable.ways() {
        Ok(ways) => ways,
        Err(refusal) => {
            let why = match refusal {
                PayRefusal::NothingOwed | PayRefusal::NothingOfThatKind => Nothing::NothingOwed,
                PayRefusal::AlreadyOnItsWay => Nothing::OnItsWay,
                PayRefusal::OnlyDisputedLeft => Nothing::OnlyDisputed,
                PayRefusal::AccountNotOpen | PayRefusal::Held(HoldKind::Recalled) => {
                    Nothing::NotOpen { creditor: paying.account.creditor }
                }
                PayRefusal::Held(_) => Nothing::Held,
                PayRefusal::BelowProcessorMinimum { .. }
                | PayRefusal::BelowMinimum { .. }
                | PayRefusal::AboveBalance { .. }
                | PayRefusal::AmountChanged { .. } => Nothing::TooSmall { owed: paying.payable.payable() },
            };
            return Ok(Some(PayView::Nothing { account_id, why }));
        }
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(Some(PayView::Ways(Box::new(WaysView {
        account_id,
        disclosure: paying.account.facts.time_barred.disclosure(),
        creditor: paying.account.creditor,
        balance: paying.account.facts.balance,
        payable: paying.payable.payable(),
        in_flight: paying.payable.in_flight,
        disputed: paying.payable.disputed,
        is_disputed: paying.payable.holds.contains(&HoldKind::Dispute),
        is_on_hold: !paying.payable.holds.is_empty(),
        ways,
        typed: flash.values,
        errors: flash.errors,
    }))))
}
