//! A payment that was to be collected and was not: which one, why, and how to pay it now. Shown wherever the customer would
//! otherwise read that all is well.

use super::frame::{language, words};
use super::notice::{Notice, NoticeKind};
use crate::domain::collecting::WhyNot;
use crate::domain::format;
use crate::domain::keeping::{CollectionTrouble, Trouble};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn CollectionTroubleNotice(trouble: CollectionTrouble, account_id: String, agreement_id: String) -> impl IntoView {
    let (amount, date) = (format::money(trouble.open, language()), format::long_date(trouble.due_on, language()));
    let (what, may_stop) = match trouble.what {
        Trouble::NotCollected(why) => {
            let reason = why_words(why).to_owned();
            (td_string!(words(), collecting.trouble, amount = amount, date = date, reason = reason), false)
        }
        Trouble::AgainOn(day) => {
            let day = format::long_date(day, language());
            (td_string!(words(), collecting.trouble_again, amount = amount, date = date, day = day), true)
        }
    };
    let stop = may_stop.then(|| {
        let path = paths::at(&paths::agreement(&agreement_id), paths::AUTOMATIC);
        view! { <p><a href=path>{td_string!(words(), collecting.trouble_stop)}</a></p> }
    });
    view! {
        <Notice kind=NoticeKind::Attention>
            <p>{what}</p>
            <p><a href=paths::pay(&account_id)>{td_string!(words(), collecting.trouble_pay)}</a></p>
            {stop}
        </Notice>
    }
}

/// Why something is not collected, in a sentence.
pub fn why_words(why: WhyNot) -> &'static str {
    match why {
        WhyNot::NoticeNotSent => td_string!(words(), collecting.why_notice_not_sent),
        WhyNot::Held => td_string!(words(), collecting.why_held),
        WhyNot::AccountNotOpen => td_string!(words(), collecting.why_account_not_open),
        WhyNot::AgreementEnded => td_string!(words(), collecting.why_agreement_ended),
        WhyNot::MandateGone => td_string!(words(), collecting.why_mandate_gone),
        WhyNot::PaidBack => td_string!(words(), collecting.why_paid_back),
        WhyNot::DueBeforePermission => td_string!(words(), collecting.why_due_before_permission),
        WhyNot::TooSmall => td_string!(words(), collecting.why_too_small),
        WhyNot::TooLate => td_string!(words(), collecting.why_too_late),
        WhyNot::Declined => td_string!(words(), collecting.why_declined),
    }
}
