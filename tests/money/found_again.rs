//! What was paid can be found again from wherever it is spoken of, and every page says the same amount for the same thing.

use crate::collecting::{DUE, DUE_DAY, Stage, announced, on, under_agreement};
use crate::outcomes::given_an_agreement;
use crate::portal::{Person, Portal};
use crate::support;
use crate::support::seed::{self, SeedAccount};
use evenkeel::server::processors::sandbox::Method;
use jiff::civil::date;

async fn see_agreement(person: &mut Person, stage: &Stage) -> crate::portal::Answer {
    person.get(&format!("/agreements/{}", stage.agreement)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_of_a_collected_payment_is_reached_from_account_agreement_and_statement() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = on(&test, DUE_DAY).await;
        let reference = portal.word("select reference from payments").await;
        let mut person = portal.person(&stage.seeded).await;
        let named = format!("<a href=\"/payments/{reference}\">See payment {reference}</a>");
        person
            .get("/account")
            .await
            .assert_says(&format!("<a href=\"/payments/{reference}\">Your payment on 18 December 2026</a>"));
        see_agreement(&mut person, &stage).await.assert_says(&named);
        person.get(&format!("/account/{}/statement", stage.seeded.account_id)).await.assert_says(&named);
        let payment = person.get(&format!("/payments/{reference}")).await;
        payment.assert_says("Receipt as PDF");
        let document = portal.word("select id from documents where kind = 'receipt'").await;
        payment.assert_says(&format!("/documents/{document}.pdf"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_payment_made_in_part_every_page_says_what_is_left() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
        let portal = Portal::open(&test.url).await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.reach_sandbox(&stage.seeded.account_id, "part", "20").await;
        person.pay_by(&page, "approved").await.assert_says("Paid: $20.00");
        let pay = person.get(&format!("/account/{}/pay", stage.seeded.account_id)).await;
        pay.assert_says("The payment due on 18 December 2026: $30.00");
        let account = person.get("/account").await;
        account.assert_says("Next payment</dt><dd class=\"below-amount\">$30.00");
        // Of the two payments, what is left of the first and the whole second.
        let listed = account.body.split("Payments of agreement").nth(1).expect("the list of payments");
        assert!(listed.find("$30.00").is_some_and(|first| listed[first..].contains("$50.00")), "{listed}");
        let agreement = see_agreement(&mut person, &stage).await;
        agreement.assert_says("Your first payment is $30.00, due on Friday 18 December 2026");
        agreement.assert_says("$30.00 left of $50.00");
        agreement.assert_says("To come. $20.00 of it is paid already");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agreement_does_not_cover_is_called_that_where_it_is_paid_and_where_it_stands() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        given_an_agreement(&test, &seeded, &[15_000, 14_900]).await;
        let mut person = portal.person(&seeded).await;
        let account = person.get("/account").await;
        account.assert_says("$300.00");
        account.assert_says("$1.00 of it is outside your agreement.");
        let pay = person.get(&format!("/account/{}/pay", seeded.account_id)).await;
        pay.assert_says("What is past due outside your agreement: $1.00");
        pay.assert_never_says("What is past due: ");
        person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
        let pay = person.get(&format!("/account/{}/pay", seeded.account_id)).await;
        pay.assert_says("Lo que está vencido fuera de su acuerdo: $1.00");
    }
}
