//! From Stripe's words to ours: what a session means for a payment, why a bank said no, and the least that can be paid.

use super::wire::{ApiError, Expandable, PaymentIntent, Session};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{DeclineReason, Finding};

/// The least Stripe charges, in minor units, as it publishes it: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
/// It holds where the account is settled in the same currency; elsewhere Stripe converts, and refuses less than the settlement
/// currency's own. No minimum is published for CLP and KWD (whose last digit would have to be 0 besides): not taken.
const MINIMUMS: [(&str, i64); 10] = [
    ("USD", 50),
    ("EUR", 50),
    ("GBP", 30),
    ("CAD", 50),
    ("AUD", 50),
    ("NZD", 50),
    ("MXN", 1_000),
    ("CHF", 50),
    ("SEK", 300),
    ("JPY", 50),
];

pub fn minimum(currency: Currency) -> Option<Money> {
    let (_, minor) = MINIMUMS.into_iter().find(|(code, _)| *code == currency.code())?;
    Some(Money::new(minor, currency))
}

/// Stripe counts in minor units as we do: whole yen, cents of everything else that is taken here.
/// <https://docs.stripe.com/currencies#zero-decimal>
pub fn money(minor: i64, code: &str) -> Option<Money> {
    let currency = Currency::from_code(&code.to_ascii_uppercase())?;
    minimum(currency).map(|_| Money::new(minor, currency))
}

/// How a payment stands by its session, as of an instant in seconds. `None` where the session does not say it: then it has to
/// be asked for with its payment intent, or Stripe has a state that nobody here has heard of.
pub fn finding(session: &Session, as_of: i64) -> Option<Finding> {
    match session.status.as_deref()? {
        // Whoever was declined can try again on the same page, so that is no end.
        "open" => Some(Finding::Open { hosted_page: session.url.clone()? }),
        // Before its time it was closed by us.
        "expired" if as_of < session.expires_at => Some(Finding::Cancelled),
        "expired" => Some(Finding::Expired),
        "complete" => match session.payment_status.as_str() {
            "paid" => Some(Finding::Succeeded { amount: money(session.amount_total?, session.currency.as_deref()?)? }),
            "unpaid" => match session.payment_intent.as_ref()? {
                Expandable::Object(intent) => not_yet_paid(intent),
                Expandable::Name(_) => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The customer has done their part, and the money is not there: a bank debit takes days, and may fail.
fn not_yet_paid(intent: &PaymentIntent) -> Option<Finding> {
    match intent.status.as_str() {
        "processing" => Some(Finding::Processing),
        "requires_action" => {
            let deposits = intent.next_action.as_ref()?.verify_with_microdeposits.as_ref()?;
            Some(Finding::NeedsConfirmation { hosted_page: deposits.hosted_verification_url.clone()? })
        }
        // The session is complete, so there is no page left to try again on.
        "requires_payment_method" | "canceled" => {
            Some(Finding::Declined(intent.last_payment_error.as_ref().map_or(DeclineReason::DoNotHonour, reason)))
        }
        // The session follows in a moment; it is the one that names the amount.
        _ => None,
    }
}

/// Why a bank said no, in the words of this portal. Codes: <https://docs.stripe.com/declines/codes>,
/// <https://docs.stripe.com/declines/network-codes>, <https://docs.stripe.com/error-codes>. A card reported lost or stolen and
/// a suspicion of fraud are told as "no reason given", as Stripe advises.
pub fn reason(error: &ApiError) -> DeclineReason {
    [&error.decline_code, &error.code, &error.network_decline_code]
        .into_iter()
        .flatten()
        .find_map(|code| known(code))
        .unwrap_or(DeclineReason::DoNotHonour)
}

fn known(code: &str) -> Option<DeclineReason> {
    Some(match code {
        "insufficient_funds" | "R01" | "R09" => DeclineReason::InsufficientFunds,
        "expired_card" => DeclineReason::ExpiredCard,
        "authentication_required" | "authentication_not_handled" | "payment_intent_authentication_failure" => {
            DeclineReason::NotConfirmed
        }
        "card_velocity_exceeded"
        | "withdrawal_count_limit_exceeded"
        | "amount_too_large"
        | "charge_exceeds_source_limit"
        | "charge_exceeds_weekly_limit"
        | "charge_exceeds_transaction_limit" => DeclineReason::LimitReached,
        "incorrect_number"
        | "invalid_number"
        | "incorrect_cvc"
        | "invalid_cvc"
        | "incorrect_zip"
        | "incorrect_address"
        | "invalid_expiry_month"
        | "invalid_expiry_year"
        | "invalid_account"
        | "account_number_invalid"
        | "routing_number_invalid"
        | "bank_account_invalid_details"
        | "no_account"
        | "R03"
        | "R04" => DeclineReason::WrongDetails,
        "account_closed" | "bank_account_closed" | "R02" => DeclineReason::AccountClosed,
        "debit_not_authorized" | "mandate_invalid" | "R05" | "R07" | "R08" | "R10" | "R11" | "R29" | "R31" => {
            DeclineReason::DebitNotAllowed
        }
        "card_not_supported"
        | "currency_not_supported"
        | "transaction_not_allowed"
        | "bank_account_restricted"
        | "R16"
        | "R20" => DeclineReason::MethodNotUsable,
        "processing_error" | "try_again_later" | "issuer_not_available" | "reenter_transaction" | "could_not_process" => {
            DeclineReason::TryAgain
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(status: &str, payment_status: &str) -> Session {
        Session {
            id: "cs_test_1".into(),
            livemode: false,
            mode: "payment".into(),
            status: Some(status.into()),
            payment_status: payment_status.into(),
            amount_total: Some(5_000),
            currency: Some("usd".into()),
            client_reference_id: Some("EK-2222-2222".into()),
            url: (status == "open").then(|| "https://checkout.stripe.com/c/pay/cs_test_1".into()),
            expires_at: 2_000,
            payment_intent: None,
            setup_intent: None,
            customer: None,
        }
    }

    fn unpaid(intent: &str) -> Session {
        let intent = serde_json::from_str(intent).expect("a payment intent");
        Session { payment_intent: Some(Expandable::Object(Box::new(intent))), ..session("complete", "unpaid") }
    }

    #[test]
    fn each_state_of_a_session_is_told_as_it_is() {
        let page = "https://checkout.stripe.com/c/pay/cs_test_1".to_owned();
        assert_eq!(finding(&session("open", "unpaid"), 1_000), Some(Finding::Open { hosted_page: page }));
        let amount = Money::new(5_000, Currency::USD);
        assert_eq!(finding(&session("complete", "paid"), 1_000), Some(Finding::Succeeded { amount }));
        assert_eq!(finding(&session("expired", "unpaid"), 1_999), Some(Finding::Cancelled));
        assert_eq!(finding(&session("expired", "unpaid"), 2_000), Some(Finding::Expired));
        let processing = unpaid(r#"{"id": "pi_1", "status": "processing"}"#);
        assert_eq!(finding(&processing, 1_000), Some(Finding::Processing));
        let failed = unpaid(
            r#"{"id": "pi_1", "status": "requires_payment_method",
                "last_payment_error": {"type": "card_error", "network_decline_code": "R02"}}"#,
        );
        assert_eq!(finding(&failed, 1_000), Some(Finding::Declined(DeclineReason::AccountClosed)));
        let given_up = unpaid(r#"{"id": "pi_1", "status": "canceled"}"#);
        assert_eq!(finding(&given_up, 1_000), Some(Finding::Declined(DeclineReason::DoNotHonour)));
        let deposits = unpaid(
            r#"{"id": "pi_1", "status": "requires_action",
                "next_action": {"verify_with_microdeposits": {"hosted_verification_url": "https://payments.stripe.com/x"}}}"#,
        );
        let hosted_page = "https://payments.stripe.com/x".to_owned();
        assert_eq!(finding(&deposits, 1_000), Some(Finding::NeedsConfirmation { hosted_page }));
    }

    #[test]
    fn what_a_session_does_not_say_is_not_guessed() {
        let named = Session { payment_intent: Some(Expandable::Name("pi_1".into())), ..session("complete", "unpaid") };
        for unclear in [
            named,
            session("complete", "no_payment_required"),
            session("complete", "something new"),
            session("something new", "paid"),
            Session { status: None, ..session("open", "unpaid") },
            Session { currency: Some("xxx".into()), ..session("complete", "paid") },
            unpaid(r#"{"id": "pi_1", "status": "succeeded"}"#),
        ] {
            assert_eq!(finding(&unclear, 1_000), None, "{unclear:?}");
        }
    }

    #[test]
    fn the_banks_words_become_plain_ones() {
        let said = |text: &str| reason(&serde_json::from_str(text).expect("an error"));
        assert_eq!(said(r#"{"code": "card_declined", "decline_code": "insufficient_funds"}"#), DeclineReason::InsufficientFunds);
        assert_eq!(said(r#"{"code": "card_declined", "decline_code": "stolen_card"}"#), DeclineReason::DoNotHonour);
        assert_eq!(said(r#"{"code": "card_declined", "decline_code": "generic_decline"}"#), DeclineReason::DoNotHonour);
        assert_eq!(said(r#"{"code": "expired_card"}"#), DeclineReason::ExpiredCard);
        assert_eq!(said(r#"{"code": "payment_intent_authentication_failure"}"#), DeclineReason::NotConfirmed);
        assert_eq!(said(r#"{"network_decline_code": "R10"}"#), DeclineReason::DebitNotAllowed);
        assert_eq!(said(r#"{"network_decline_code": "R99"}"#), DeclineReason::DoNotHonour);
        assert_eq!(said("{}"), DeclineReason::DoNotHonour);
    }

    #[test]
    fn minor_units_are_stripes_own_where_it_takes_the_currency() {
        assert_eq!(money(50, "jpy"), Some(Money::new(50, Currency::JPY)));
        assert_eq!(money(50, "kwd"), None);
        for currency in Currency::all().filter(|currency| minimum(*currency).is_some()) {
            assert!(currency.decimals() <= 2, "{currency:?} has amounts that Stripe does not take");
        }
    }
}
