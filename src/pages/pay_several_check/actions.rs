//! The door of paying on several accounts at once.

use crate::domain::account::Disclosure;
use crate::domain::beginning::TooMany;
use crate::domain::ids::AccountId;
use crate::domain::joint_payment::{self, ShareRefusal};
use crate::domain::money::{Currency, Money};
use crate::domain::paying::PayRefusal;
use crate::domain::payment::Purpose;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::payments::{self, JointDecision, JointRefusal, ShareChanged, ShownShare, Started};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One account's share as it stood on the check page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedShare {
    pub purpose: String,
    pub amount_minor: i64,
    pub discount_minor: i64,
    #[serde(default)]
    pub disclosed: String,
}

/// Begins the payment that was on the screen and leads to the payment company's page. Sent twice, it leads to the same
/// payment. If one share cannot be paid as shown, nothing is begun and the screen before says which and why.
#[server(endpoint = "start_several")]
pub async fn start_several(
    currency: String,
    key: String,
    #[server(default)] shares: BTreeMap<String, PostedShare>,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor), Some(currency)) = (context::state(), context::signed_in(), Currency::from_code(&currency))
    else {
        context::redirect(paths::ACCOUNT);
        return Ok(());
    };
    let mut shown = Vec::with_capacity(shares.len());
    for (account, share) in &shares {
        let (Some(account), Some(purpose)) = (joint_payment::account_of_key(account), Purpose::from_choice(&share.purpose))
        else {
            context::redirect(&paths::pay_several(currency.code()));
            return Ok(());
        };
        shown.push(ShownShare {
            account: AccountId(account.to_owned()),
            purpose,
            amount_minor: share.amount_minor,
            discount_minor: share.discount_minor,
            disclosed: Disclosure::from_code(&share.disclosed),
        });
    }
    let language = context::language();
    let decision = JointDecision { customer: visitor.customer_id, currency, shares: shown, key, language };
    let form = |code: &str| vec![(String::new(), code.to_owned())];
    let errors = match payments::start_joint(&state, &decision).await.map_err(context::fail)? {
        Ok(Started::ToProcessor { hosted_page }) => {
            context::redirect(&hosted_page);
            return Ok(());
        }
        Ok(Started::ToPayment { reference }) => {
            context::redirect(&paths::payment(&reference));
            return Ok(());
        }
        Err(JointRefusal::NotFound) => {
            context::redirect(paths::ACCOUNT);
            return Ok(());
        }
        Err(JointRefusal::Shares(changed)) => changed
            .iter()
            .map(|(account, changed)| {
                let shown = shares.get(&joint_payment::key(account.as_str())).map_or(0, |share| share.amount_minor);
                fault(account, *changed, shown)
            })
            .collect(),
        Err(JointRefusal::TooSmall { minimum }) => form(&format!("small:{}", minimum.minor())),
        Err(JointRefusal::NotDisclosed) => form("disclosure"),
        Err(JointRefusal::KeyNotUsable) => form("again"),
        Err(JointRefusal::TooMany(TooMany { again_at })) => {
            form(&format!("many:{}", clock::local_time(again_at, &clock::zone(&visitor.time_zone))))
        }
    };
    let typed = |share: &PostedShare| Money::new(share.amount_minor, currency).to_decimal_string();
    let values = shares.iter().map(|(account, share)| (account.clone(), typed(share))).collect();
    let flash = Flash { screen: "pay_several".to_owned(), values, errors };
    context::refuse(&paths::pay_several(currency.code()), flash).await
}

/// Where it is shown, and the code with what was shown and what it can be now.
fn fault(account: &AccountId, changed: ShareChanged, shown: i64) -> (String, String) {
    let (at, code) = match changed {
        ShareChanged::Refused(ShareRefusal::Pay(PayRefusal::BelowMinimum { minimum: now })) => {
            ("amount", format!("changed:{shown}:{}", now.minor()))
        }
        ShareChanged::Refused(ShareRefusal::Pay(PayRefusal::AboveBalance { balance: now })) => {
            ("amount", format!("changed:{shown}:{}", now.minor()))
        }
        ShareChanged::Refused(ShareRefusal::Disputed | ShareRefusal::Pay(_)) => ("account", format!("out:{shown}")),
        ShareChanged::Otherwise(_) => ("amount", format!("otherwise:{shown}")),
    };
    (format!("{at}-{account}"), code)
}
