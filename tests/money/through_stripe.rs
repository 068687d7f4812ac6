//! Paying through Stripe's stand-in: the whole way, with answers and messages lost, late and twice. Its books equal ours.

use crate::stripe::{Fault, Goes};
use crate::stripe_scene::Scene;
use crate::support;
use evenkeel::server::jobs;
use evenkeel::server::processors::connection;

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_goes_to_stripes_page_and_comes_back_paid() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.pay_fifty().await;
        assert_eq!(page, format!("{}/c/pay/cs_test_1", scene.stand_in.address));
        scene.see().await.assert_says("Your payment is not finished");
        scene.stand_in.books().pay("cs_test_1");
        // Back before the message came: asked at once.
        scene.see().await.assert_says("Paid: $50.00");
        let body = scene.stand_in.books().messages[0].clone();
        for _ in 0..2 {
            assert!(scene.stand_in.deliver_one(&body).await, "taken");
        }
        assert_eq!(scene.portal.balance().await, 115_000, "{}", test.name);
        scene.assert_books_are_equal(5_000).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_alone_books_the_payment() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.pay_fifty().await;
        scene.stand_in.books().pay("cs_test_1");
        assert_eq!(scene.stand_in.deliver().await, 1);
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("succeeded", 115_000), "{}", test.name);
        scene.assert_books_are_equal(5_000).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_stripes_side_says_what_the_payment_is_for() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    let reference = scene.portal.word("select reference from payments").await;
    let asked = scene.stand_in.books().kept.values().next().expect("a request").body.clone();
    let asked = reqwest::Url::parse(&format!("http://localhost/?{asked}")).expect("form fields");
    let field = |name: &str| asked.query_pairs().find(|(key, _)| key == name).expect("the field").1.into_owned();
    assert_eq!(field("line_items[0][price_data][product_data][name]"), format!("Payment {reference}"));
    assert_eq!(field("success_url"), format!("{}/payments/{reference}", scene.portal.address));
    for secret in [&scene.seeded.reference, "Moreno", "overdue", "debt"] {
        assert!(!asked.query().unwrap_or_default().contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_told_as_unknown_until_it_is_found() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.stand_in.next(Fault::BrokenAfter);
    let leads_to = scene.pay_fifty().await;
    assert!(leads_to.contains("/payments/"), "leads to {leads_to}");
    assert_eq!(scene.state().await, "unknown");
    scene.portal.work_an_hour_later().await;
    assert_eq!(scene.state().await, "submitted", "the page is found");
    scene.stand_in.books().pay("cs_test_1");
    scene.see().await.assert_says("Paid: $50.00");
    assert_eq!(scene.stand_in.books().pages.len(), 1);
    scene.assert_books_are_equal(5_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_stripe_never_did_is_closed_and_another_can_be_made() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.stand_in.next(Fault::BrokenBefore);
    scene.pay_fifty().await;
    let now = scene.portal.state.clock.real_now_millis();
    for hours in 1..=3 {
        assert_eq!(scene.state().await, "unknown");
        jobs::run_due(&scene.portal.state, now + hours * 3_600_000).await.expect("the work is done");
    }
    assert_eq!(scene.state().await, "abandoned");
    scene.see().await.assert_says("No money has been taken");
    assert!(scene.pay_fifty().await.contains("/c/pay/cs_test_1"));
    scene.assert_books_are_equal(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_debit_is_on_its_way_and_a_refusal_is_told_with_its_reason() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    scene.stand_in.books().pay_by_bank("cs_test_1");
    assert_eq!(scene.stand_in.deliver().await, 1);
    scene.see().await.assert_says("Your payment is on its way");
    scene.stand_in.books().bank_refuses("cs_test_1", "R02");
    assert_eq!(scene.stand_in.deliver().await, 1);
    let answer = scene.see().await;
    answer.assert_says("The bank account is closed. No money has been taken.");
    assert_eq!(scene.portal.word("select decline_reason from payments").await, "account_closed");
    scene.assert_books_are_equal(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_has_to_be_looked_up_is_not_taken_while_nobody_answers() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    scene.stand_in.books().pay_by_bank("cs_test_1");
    assert_eq!(scene.stand_in.deliver().await, 1);
    scene.stand_in.books().bank_refuses("cs_test_1", "R02");
    scene.stand_in.go_silent();
    // So that Stripe tells it again later.
    assert_eq!(scene.stand_in.deliver().await, 0);
    assert_eq!(scene.state().await, "processing");
    assert_eq!(scene.portal.number("select count(*) from processor_events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_closes_stripes_page() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    let reference = scene.portal.word("select reference from payments").await;
    scene.person.post("/api/cancel_payment", &[("reference", &reference)]).await.assert_says("You cancelled this payment");
    assert_eq!(scene.stand_in.books().page("cs_test_1").session["status"], "expired");
    // Its message comes after that and changes nothing.
    assert_eq!(scene.stand_in.deliver().await, 1);
    assert_eq!(scene.state().await, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_may_lead_to_stripes_pages_and_nowhere_else() {
    let test = support::sqlite().await;
    let scene = Scene::open(&test).await;
    let client = connection::plain().build().expect("a client");
    let page = client.get(format!("{}/sign-in", scene.portal.address)).send().await.expect("a page");
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    let origin = &scene.stand_in.address;
    assert!(policy.contains(&format!("form-action 'self' {origin};")), "{policy}");
    assert_eq!(policy.matches("http").count(), 1, "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_stripe_that_is_not_proven_changes_nothing() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    scene.stand_in.books().pay("cs_test_1");
    let body = scene.stand_in.books().messages[0].clone();
    let client = connection::plain().build().expect("a client");
    let url = format!("{}/webhooks/stripe", scene.portal.address);
    for signature in ["", "t=1,v1=00", "nonsense"] {
        let request = client.post(&url).header("stripe-signature", signature).body(body.clone());
        assert_eq!(request.send().await.expect("an answer").status(), 400, "{signature}");
    }
    assert_eq!(scene.state().await, "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_tells_of_refunds_and_disputes_is_in_our_books() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.pay_fifty().await;
        scene.stand_in.books().pay("cs_test_1");
        scene.stand_in.deliver().await;
        scene.stand_in.books().refund_elsewhere("cs_test_1", 1_500);
        // The messages about one refund are several, and come twice.
        let bodies = scene.stand_in.books().messages[1..].to_vec();
        assert_eq!(bodies.len(), 2);
        for body in bodies.iter().chain(&bodies) {
            assert!(scene.stand_in.deliver_one(body).await, "taken");
        }
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("partly_refunded", 116_500), "{}", test.name);
        scene.assert_books_are_equal(3_500).await;
        scene.stand_in.books().refund_fails(1);
        assert_eq!(scene.stand_in.deliver().await, 3);
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("succeeded", 115_000));
        scene.assert_books_are_equal(5_000).await;

        scene.stand_in.books().dispute("cs_test_1", "fraudulent");
        assert_eq!(scene.stand_in.deliver().await, 2);
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("charged_back", 120_000));
        scene.see().await.assert_says("The bank of your card took this payment back");
        scene.assert_books_are_equal(0).await;
        scene.stand_in.books().dispute_is_won(1);
        assert_eq!(scene.stand_in.deliver().await, 2);
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("succeeded", 115_000));
        scene.assert_books_are_equal(5_000).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_is_given_on_stripes_page_heard_of_by_its_message_and_ended_there() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let account = scene.seeded.account_id.clone();
        let agreement = scene.person.agree_plan(&account).await;
        let asking = scene.person.get(&format!("{agreement}/automatic")).await;
        let page = scene.person.authorise(&asking).await.expect("an answer");
        assert_eq!(page, format!("{}/c/pay/cs_test_1", scene.stand_in.address));
        scene.stand_in.books().give_permission("cs_test_1", Goes::Paid);
        // They closed the window. The message says too little and is looked up; told twice, it is heard once.
        assert_eq!(scene.stand_in.deliver().await, 1);
        let body = scene.stand_in.books().messages[0].clone();
        assert!(scene.stand_in.deliver_one(&body).await, "taken");
        assert_eq!(scene.portal.word("select state from mandates").await, "given", "{}", test.name);
        assert_eq!(scene.portal.word("select mandate from mandates").await, "cus_1:pm_1");
        assert_eq!(scene.portal.number("select count(*) from processor_events where mandate_id is not null").await, 1);
        let reference = scene.portal.word("select reference from mandates").await;
        scene.person.post("/api/stop_mandate", &[("reference", &reference)]).await.assert_says("Nothing is collected any more");
        scene.portal.work().await;
        assert!(!scene.stand_in.books().methods["pm_1"].is_attached, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_returned_after_it_had_succeeded_is_told_with_the_banks_reason() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    scene.stand_in.books().pay_by_bank("cs_test_1");
    scene.stand_in.books().bank_pays("cs_test_1");
    scene.stand_in.deliver().await;
    scene.stand_in.books().dispute("cs_test_1", "debit_not_authorized");
    assert_eq!(scene.stand_in.deliver().await, 2);
    assert_eq!(scene.state().await, "returned");
    scene.see().await.assert_says("this debit was not allowed");
    scene.assert_books_are_equal(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_about_a_dispute_is_not_taken_while_stripe_cannot_say_whose_it_is() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.pay_fifty().await;
    scene.stand_in.books().pay("cs_test_1");
    scene.stand_in.deliver().await;
    scene.stand_in.books().dispute("cs_test_1", "fraudulent");
    scene.stand_in.go_silent();
    assert_eq!(scene.stand_in.deliver().await, 0, "told again later");
    assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("succeeded", 115_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_about_a_permission_is_not_taken_while_nobody_answers() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let account = scene.seeded.account_id.clone();
    let agreement = scene.person.agree_plan(&account).await;
    let asking = scene.person.get(&format!("{agreement}/automatic")).await;
    scene.person.authorise(&asking).await.expect("an answer");
    scene.stand_in.books().give_permission("cs_test_1", Goes::Paid);
    scene.stand_in.go_silent();
    // So that Stripe tells it again later.
    assert_eq!(scene.stand_in.deliver().await, 0);
    assert_eq!(scene.portal.word("select state from mandates").await, "submitted");
    assert_eq!(scene.portal.number("select count(*) from processor_events").await, 0);
}
