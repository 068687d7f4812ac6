//! What the customer is told about collections: in whose words, in which language, where to go.

use super::facts::Facts;
use crate::domain::collecting::WhyNot;
use crate::domain::format;
use crate::domain::ids::CustomerId;
use crate::domain::keeping::put_right_from;
use crate::domain::language::Language;
use crate::domain::payment::DeclineReason;
use crate::paths;
use crate::server::notify::letters::Template;
use crate::server::services::Failure;
use crate::server::services::outbox::{self, About, Hurry, Message};
use crate::server::state::AppState;
use crate::server::store::{Tx, customers};
use crate::words::{locale, td_string};

/// In which language a customer is written to.
pub(super) async fn language(tx: &mut Tx, customer: &CustomerId) -> Result<Language, Failure> {
    let addressee = customers::addressee(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    Ok(Language::from_tag(&addressee.language).unwrap_or_default())
}

/// Writes a message about an instalment: `values`, the agreement's reference and where it is to be found.
pub(super) async fn enqueue(
    state: &AppState,
    tx: &mut Tx,
    facts: &Facts,
    template: Template,
    language: Language,
    values: &[(&'static str, String)],
    once: &str,
) -> Result<(), Failure> {
    let link = format!("{}{}", state.config.public_url, paths::agreement(facts.agreement.id.as_str()));
    let common = [("reference", facts.agreement.reference.as_str()), ("link", link.as_str())];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).chain(common).collect();
    let message = Message {
        customer_id: &facts.agreement.customer_id,
        template,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once,
    };
    let about = About { account_id: Some(&facts.account.id), expires_at: None };
    outbox::enqueue_about(state, tx, &message, about).await
}

/// What is said of an instalment that is not going to be collected.
pub(super) fn stopped_values(facts: &Facts, reason: &str, language: Language) -> [(&'static str, String); 4] {
    let instalment = &facts.instalment;
    let tried_on = facts.last_try().map_or(instalment.due_on, |last| last.day);
    let put_right_by = instalment.put_right_by().max(put_right_from(tried_on));
    [
        ("put_right_by", format::long_date(put_right_by, language)),
        ("amount", format::money(instalment.open(), language)),
        ("day", format::long_date(instalment.due_on, language)),
        ("reason", reason.to_owned()),
    ]
}

/// Why something is not collected, in a sentence.
pub(super) fn why_not_words(why: WhyNot, language: Language) -> &'static str {
    let words = locale(language);
    match why {
        WhyNot::NoticeNotSent => td_string!(words, collecting.why_notice_not_sent),
        WhyNot::Held => td_string!(words, collecting.why_held),
        WhyNot::AccountNotOpen => td_string!(words, collecting.why_account_not_open),
        WhyNot::AgreementEnded => td_string!(words, collecting.why_agreement_ended),
        WhyNot::MandateGone => td_string!(words, collecting.why_mandate_gone),
        WhyNot::PaidBack => td_string!(words, collecting.why_paid_back),
        WhyNot::DueBeforePermission => td_string!(words, collecting.why_due_before_permission),
        WhyNot::TooSmall => td_string!(words, collecting.why_too_small),
        WhyNot::TooLate => td_string!(words, collecting.why_too_late),
        WhyNot::Declined => td_string!(words, collecting.why_declined),
    }
}

/// What the bank said, and that no money was taken: the same words as on the payment's page.
pub(super) fn decline_words(reason: DeclineReason, language: Language) -> &'static str {
    let words = locale(language);
    match reason {
        DeclineReason::InsufficientFunds => td_string!(words, payment.declined_insufficient_funds),
        DeclineReason::ExpiredCard => td_string!(words, payment.declined_expired_card),
        DeclineReason::DoNotHonour => td_string!(words, payment.declined_do_not_honour),
        DeclineReason::NotConfirmed => td_string!(words, payment.declined_not_confirmed),
        DeclineReason::LimitReached => td_string!(words, payment.declined_limit_reached),
        DeclineReason::WrongDetails => td_string!(words, payment.declined_wrong_details),
        DeclineReason::AccountClosed => td_string!(words, payment.declined_account_closed),
        DeclineReason::DebitNotAllowed => td_string!(words, payment.declined_debit_not_allowed),
        DeclineReason::MethodNotUsable => td_string!(words, payment.declined_method_not_usable),
        DeclineReason::TryAgain => td_string!(words, payment.declined_try_again),
        DeclineReason::NotAccepted => td_string!(words, payment.declined_not_accepted),
    }
}
