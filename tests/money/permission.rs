//! The sandbox's page where a permission to collect later is given, as a person meets it.

use crate::portal::{Person, Portal};
use crate::support;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::Finding;
use evenkeel::server::ids;
use evenkeel::server::processors::{Collection, HostedMandate, MandateFinding, PaymentProcessor, Sought};

fn permission(portal: &Portal) -> HostedMandate {
    HostedMandate {
        idempotency_key: ids::new_token(),
        merchant_reference: ids::new_reference("EM"),
        currency: Currency::USD,
        language: Language::English,
        return_url: format!("{}/sign-in", portal.address),
        asked_at: portal.state.clock.real_now(),
    }
}

async fn found(portal: &Portal, asked: &HostedMandate) -> MandateFinding {
    let sought = Sought {
        idempotency_key: asked.idempotency_key.clone(),
        merchant_reference: asked.merchant_reference.clone(),
        processor_reference: None,
        asked_at: asked.asked_at,
    };
    portal.sandbox().look_up_mandate(&sought).await.expect("an answer").expect("it is there").finding
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_is_given_on_the_page_and_can_be_collected_from_once_each_time() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let asked = permission(&portal);
        let page = portal.sandbox().start_mandate(&asked).await.expect("a page");
        let MandateFinding::Open { hosted_page } = page.finding else { panic!("{page:?}") };
        let mut person = Person::at(&portal.address);
        person.get(&hosted_page).await.assert_says("asks for your permission to collect payments later");
        // Nothing chosen: the page again, and nothing given.
        person.post(&hosted_page, &[("button", "give")]).await.assert_says("Give permission");
        assert!(matches!(found(&portal, &asked).await, MandateFinding::Open { .. }), "{}", test.name);
        let back = person.press(&hosted_page, &[("method", "approved"), ("button", "give")]).await.expect("an answer");
        assert_eq!(back, asked.return_url);
        person.get(&hosted_page).await.assert_says("This page is closed");
        let MandateFinding::Given { mandate } = found(&portal, &asked).await else { panic!("not given") };
        let collection = Collection {
            idempotency_key: ids::new_token(),
            merchant_reference: ids::new_reference("EK"),
            mandate,
            amount: Money::new(4_000, Currency::USD),
            asked_at: asked.asked_at,
        };
        let sandbox = portal.sandbox();
        let both = tokio::join!(sandbox.collect(&collection), sandbox.collect(&collection));
        let charge = both.0.clone().expect("it is collected");
        assert_eq!(charge.finding, Finding::Succeeded { amount: collection.amount }, "{}", test.name);
        assert_eq!(both.1, both.0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_gives_none() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let asked = permission(&portal);
    let page = portal.sandbox().start_mandate(&asked).await.expect("a page");
    let MandateFinding::Open { hosted_page } = page.finding else { panic!("{page:?}") };
    let mut person = Person::at(&portal.address);
    person.press(&hosted_page, &[("button", "cancel")]).await.expect("an answer");
    assert_eq!(found(&portal, &asked).await, MandateFinding::Closed);
    // The back button: too late.
    person.press(&hosted_page, &[("method", "approved"), ("button", "give")]).await.expect("an answer");
    assert_eq!(found(&portal, &asked).await, MandateFinding::Closed);
}
