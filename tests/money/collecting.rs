//! Instalments collected by themselves: announced, collected once, tried again, stopped, and never without its notice. The clock
//! is moved from day to day, as a portal that runs for weeks would see it.

use crate::crashes::{Server, free_port, number, settles, time_passes};
use crate::mail_sink::{MailSink, Manner};
use crate::portal::Portal;
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::agreement::Terms;
use evenkeel::domain::calendar::{Date, Frequency};
use evenkeel::domain::ids::PolicyVersion;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::offers::OfferKind;
use evenkeel::domain::policy::Basis;
use evenkeel::domain::schedule::{Instalment, InterestRule, Schedule};
use evenkeel::server::crash_point::CrashPoint;
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::processors::{HostedMandate, PaymentProcessor};
use evenkeel::server::services::books;
use evenkeel::server::{ids, jobs};
use jiff::Timestamp;
use jiff::civil::date;
use sqlx::Row;

pub const DUE: Date = date(2026, 12, 18);
/// Ten business days before it, at noon in Denver.
pub const NOTICE_DAY: &str = "2026-12-04T19:00:00Z";
/// The day itself, at noon in Denver.
pub const DUE_DAY: &str = "2026-12-18T19:00:00Z";
/// When agreements and permissions here are given, if nothing else is said.
pub const SIGNED: &str = "2026-11-20T18:00:00Z";

fn millis(at: &str) -> i64 {
    at.parse::<Timestamp>().expect("an instant").as_millisecond()
}

/// A customer under an agreement: what is past due is what its instalments pay.
pub struct Stage {
    pub seeded: Seeded,
    pub agreement: String,
}

pub async fn execute(test: &TestDb, sql: &'static str, values: &[&str]) {
    let mut query = sqlx::query(sql);
    for value in values {
        query = query.bind(*value);
    }
    query.execute(test.db.pool()).await.expect("written");
}

pub async fn under_agreement(test: &TestDb, account: SeedAccount, days: &[Date], minor: i64) -> Stage {
    let total = minor * i64::try_from(days.len()).expect("few");
    let seeded = seed::account(&test.db, SeedAccount { past_due_minor: total, ..account }).await;
    let usd = |minor| Money::new(minor, Currency::USD);
    let instalments: Vec<Instalment> =
        (1..).zip(days).map(|(number, due_on)| Instalment { number, due_on: *due_on, amount: usd(minor) }).collect();
    let schedule = Schedule { instalments, total: usd(total), principal: usd(total), interest: usd(0), down_payment: None };
    let terms = Terms {
        accounts: vec![seeded.reference.clone()],
        creditor: "Northgate Credit Union".into(),
        kind: if days.len() == 1 { OfferKind::Promise } else { OfferKind::Plan },
        basis: Basis::PastDue,
        frequency: (days.len() > 1).then_some(Frequency::Monthly),
        currency: Currency::USD,
        balance: usd(120_000),
        past_due: usd(total),
        schedule,
        discount: None,
        interest: InterestRule::Frozen,
        policy_version: PolicyVersion("test".into()),
        offered_on: date(2026, 11, 20),
        consequences: "late_payment_1".into(),
        late_payment: None,
        disclosure: None,
        replaces: None,
        joins: None,
    };
    let agreement = ids::new_id();
    let reference = ids::new_reference("EK");
    let values = [&agreement, &reference, &seeded.customer_id, &seeded.creditor_id].map(String::as_str);
    execute(
        test,
        "insert into agreements (id, reference, customer_id, creditor_id, currency, kind, state, current_version, draft_id,
           created_at, ended_at)
         values ($1, $2, $3, $4, 'USD', 'plan', 'active', 1, $1, 1795196400000, null)",
        &values,
    )
    .await;
    execute(
        test,
        "insert into agreement_accounts (agreement_id, account_id, ended_at) values ($1, $2, null)",
        &[&agreement, &seeded.account_id],
    )
    .await;
    execute(
        test,
        "insert into agreement_versions (agreement_id, number, policy_version, terms, terms_sha256, total_minor, signed_name,
           signed_at, signed_in_zone, language, consent_text_sha256, document_id)
         values ($1, 1, 'test', $2, 'x', 0, 'Ada Moreno', 1795196400000, 'America/Denver', 'en', 'x', 'x')",
        &[&agreement, &terms.canonical_json()],
    )
    .await;
    for instalment in &terms.schedule.instalments {
        sqlx::query("insert into instalments (agreement_id, version, number, due_on, amount_minor) values ($1, 1, $2, $3, $4)")
            .bind(&agreement)
            .bind(i64::from(instalment.number))
            .bind(instalment.due_on.to_string())
            .bind(instalment.amount.minor())
            .execute(test.db.pool())
            .await
            .expect("an instalment");
    }
    Stage { seeded, agreement }
}

/// The permission, given on the sandbox's page, at an instant of the portal's time; its name at the sandbox.
pub async fn allow(portal: &Portal, test: &TestDb, stage: &Stage, method: Method, given_at: &str) -> String {
    let sandbox = portal.sandbox();
    let asked = HostedMandate {
        idempotency_key: ids::new_token(),
        merchant_reference: ids::new_reference("EM"),
        currency: Currency::USD,
        language: Language::English,
        return_url: portal.address.clone(),
        asked_at: portal.state.clock.real_now(),
    };
    let page = sandbox.start_mandate(&asked).await.expect("a page");
    assert!(sandbox.give_mandate(&page.processor_reference, method).await.expect("given"));
    let id = ids::new_id();
    sqlx::query(
        "insert into mandates (id, reference, customer_id, account_id, agreement_id, agreement_version, currency, state, processor,
           processor_reference, mandate, decision_key, terms, shown_text, text_sha256, signed_name, language, created_at, given_at,
           checks)
         values ($1, $2, $3, $8, $4, 1, 'USD', 'given', 'sandbox', $5, $5, $6, '{}', '', 'x', 'Ada Moreno', 'en', $7, $7, 0)",
    )
    .bind(&id)
    .bind(&asked.merchant_reference)
    .bind(&stage.seeded.customer_id)
    .bind(&stage.agreement)
    .bind(&page.processor_reference)
    .bind(&asked.idempotency_key)
    .bind(millis(given_at))
    .bind(&stage.seeded.account_id)
    .execute(test.db.pool())
    .await
    .expect("a permission");
    page.processor_reference
}

/// The portal at an instant, after its sweep and all its work.
pub async fn on(test: &TestDb, at: &str) -> Portal {
    let portal = Portal::open_with(&test.url, &[("sandbox.clock", at)]).await;
    jobs::sweep(&portal.state).await;
    portal.work().await;
    portal
}

/// What was written is sent, at this instant.
pub async fn post_goes_out(test: &TestDb, at: &str) {
    sqlx::query("update outbox set state = 'sent', reason = null, sent_at = $1 where state <> 'sent'")
        .bind(millis(at))
        .execute(test.db.pool())
        .await
        .expect("sent");
}

pub async fn written(portal: &Portal, template: &str) -> i64 {
    sqlx::query_scalar("select count(*) from outbox where template = $1")
        .bind(template)
        .fetch_one(portal.state.db.pool())
        .await
        .expect("a number")
}

pub async fn body(portal: &Portal, template: &str) -> String {
    sqlx::query_scalar("select body_text from outbox where template = $1 order by created_at desc limit 1")
        .bind(template)
        .fetch_one(portal.state.db.pool())
        .await
        .expect("a message")
}

/// Instalment, try, state and reason of each try.
pub async fn tries(portal: &Portal) -> Vec<(i64, i64, String, String)> {
    let rows = sqlx::query(
        "select instalment_number, attempt, state, coalesce(reason, '') as reason from collections
         order by instalment_number, attempt",
    )
    .fetch_all(portal.state.db.pool())
    .await
    .expect("tries");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

pub fn stands(tries: &[(i64, i64, String, String)]) -> Vec<(i64, i64, &str, &str)> {
    tries.iter().map(|(number, attempt, state, reason)| (*number, *attempt, state.as_str(), reason.as_str())).collect()
}

/// One instalment announced and its notice sent.
pub async fn announced(test: &TestDb, method: Method) -> (Stage, String) {
    let stage = under_agreement(test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    let mandate = allow(&portal, test, &stage, method, SIGNED).await;
    drop(portal);
    on(test, NOTICE_DAY).await;
    post_goes_out(test, NOTICE_DAY).await;
    (stage, mandate)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instalment_is_announced_collected_once_on_its_day_and_receipted() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
        let portal = Portal::open(&test.url).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        let portal = on(&test, "2026-12-03T19:00:00Z").await;
        assert_eq!(written(&portal, "collection_notice").await, 0, "eleven business days before");
        let portal = on(&test, NOTICE_DAY).await;
        assert_eq!(written(&portal, "collection_notice").await, 1, "{}", test.name);
        let notice = body(&portal, "collection_notice").await;
        assert!(notice.contains("Friday 18 December 2026") && notice.contains("$50.00"), "{notice}");
        assert!(notice.contains("Thursday 17 December 2026"), "until when it can be stopped: {notice}");
        post_goes_out(&test, NOTICE_DAY).await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("We collect it on 18 December 2026");
        page.assert_never_says("Nothing is taken by itself");
        person.get("/account").await.assert_says("$50.00 will be collected on Friday 18 December 2026");

        // 23:30 on the 17th where the customer lives.
        let portal = on(&test, "2026-12-18T06:30:00Z").await;
        assert_eq!(portal.number("select count(*) from payments").await, 0, "{}: not before its day", test.name);
        // Half past midnight.
        let portal = on(&test, "2026-12-18T07:30:00Z").await;
        assert_eq!(portal.word("select state from payments").await, "succeeded", "{}", test.name);
        for _ in 0..2 {
            jobs::sweep(&portal.state).await;
            portal.work_an_hour_later().await;
        }
        let portal = on(&test, "2026-12-19T19:00:00Z").await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
        assert_eq!(portal.balance().await, 115_000);
        assert_eq!(portal.number("select instalment_number from payment_allocations").await, 1);
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", "")]);
        assert_eq!(written(&portal, "collection_late").await, 0);
        portal.assert_books_are_right().await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("You are on track");
        page.assert_says("Every payment so far by its day (1)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_collect_it_once() {
    for test in support::both().await {
        announced(&test, Method::ApprovedWebhookTwice).await;
        let (one, other) = tokio::join!(
            Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)]),
            Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)])
        );
        for _ in 0..3 {
            tokio::join!(jobs::sweep(&one.state), jobs::sweep(&other.state));
            tokio::join!(one.work(), other.work(), one.work_an_hour_later(), other.work_an_hour_later());
        }
        assert_eq!(one.number("select count(*) from payments").await, 1, "{}", test.name);
        assert_eq!(one.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
        one.assert_books_are_right().await;
    }
}

/// The same try, asked for by many at the same moment: the row, the key and the processor allow one.
#[tokio::test(flavor = "multi_thread")]
async fn forty_jobs_about_one_instalment_are_one_charge() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)]).await;
        let subject = format!("{}:1:1", stage.agreement);
        let mut at_once = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (state, subject) = (portal.state.clone(), subject.clone());
            at_once.spawn(async move { evenkeel::server::services::collections::tend(&state, &subject).await.is_ok() });
        }
        assert!(at_once.join_all().await.into_iter().all(|done| done), "{}", test.name);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
        assert_eq!(portal.balance().await, 115_000);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_notice_nothing_is_collected_and_the_page_says_how_to_pay() {
    for test in support::both().await {
        let by_post = SeedAccount { email: None, ..SeedAccount::default() };
        let stage = under_agreement(&test, by_post, &[DUE, date(2027, 2, 18)], 5_000).await;
        let portal = Portal::open(&test.url).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        // It can go by post only, and nobody posts it.
        on(&test, NOTICE_DAY).await;
        let portal = on(&test, "2026-12-16T19:00:00Z").await;
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "notice_not_sent")], "{}", test.name);
        // It is taken out of the print queue: it says what is not so.
        let in_queue = "select count(*) from outbox where template = 'collection_notice' and state = 'printing'";
        assert_eq!(portal.number(in_queue).await, 0, "{}", test.name);
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(portal.number("select count(*) from payments").await, 0, "{}", test.name);
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("We will not collect this one");
        page.assert_says("We could not tell you about it in time");
        // Not below only: wherever one would read that all is well.
        let told = "We will not collect the $50.00 of Friday 18 December 2026. We could not tell you about it in time. Please pay it here.";
        page.assert_says(told);
        page.assert_never_says("You are on track");
        person.get("/account").await.assert_says(told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_still_waits_is_withdrawn_before_it_says_something_untrue() {
    let test = support::sqlite().await;
    let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
    on(&test, NOTICE_DAY).await;
    execute(
        &test,
        "update outbox set state = 'waiting', reason = 'server_unreachable', not_before = 9999999999999 where template = $1",
        &["collection_notice"],
    )
    .await;
    let portal = on(&test, "2026-12-16T19:00:00Z").await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "notice_not_sent")]);
    assert_eq!(portal.word("select reason from outbox where template = 'collection_notice'").await, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_really_arrives_and_then_it_is_collected() {
    let test = support::sqlite().await;
    let sink = MailSink::start(Manner::Accepting);
    let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
    let with_mail = |at| [("sandbox.clock", at), ("mail.smtp_url", sink.url.as_str()), ("mail.from", "a@northgate.example")];
    for at in [NOTICE_DAY, "2026-12-07T19:00:00Z", DUE_DAY] {
        let portal = Portal::open_with(&test.url, &with_mail(at)).await;
        for _ in 0..2 {
            jobs::sweep(&portal.state).await;
            portal.work().await;
        }
    }
    let messages = sink.messages();
    assert!(messages.iter().any(|message| message.contains("A date to note") && message.contains("18 December")), "{messages:?}");
    assert!(messages.iter().any(|message| message.contains("Your receipt")), "{messages:?}");
    assert_eq!(portal.balance().await, 115_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_try_is_made_again_twice_at_most_and_then_there_are_ways_back() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::InsufficientFunds).await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(
            stands(&tries(&portal).await),
            [(1, 1, "declined", "insufficient_funds"), (1, 2, "planned", "")],
            "{}",
            test.name
        );
        let told = body(&portal, "collection_retry").await;
        assert!(told.contains("Wednesday 23 December 2026") && told.contains("No money has been taken"), "{told}");
        post_goes_out(&test, DUE_DAY).await;
        let mut person = portal.person(&stage.seeded).await;
        let told = "Your bank said no to the $50.00 of Friday 18 December 2026. We try again on Wednesday 23 December 2026.";
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says(told);
        page.assert_never_says("You are on track");
        person.get("/account").await.assert_says(told);
        let portal = on(&test, "2026-12-22T19:00:00Z").await;
        assert_eq!(portal.number("select count(*) from payments").await, 1, "{}: not before its day", test.name);
        let portal = on(&test, "2026-12-23T19:00:00Z").await;
        assert_eq!(portal.number("select count(*) from payments").await, 2, "{}", test.name);
        post_goes_out(&test, "2026-12-23T19:00:00Z").await;
        // Seven business days later, Christmas and New Year not counted.
        on(&test, "2027-01-04T19:00:00Z").await;
        let portal = on(&test, "2027-01-05T19:00:00Z").await;
        let all = [
            (1, 1, "declined", "insufficient_funds"),
            (1, 2, "declined", "insufficient_funds"),
            (1, 3, "declined", "insufficient_funds"),
        ];
        assert_eq!(stands(&tries(&portal).await), all, "{}", test.name);
        assert_eq!(written(&portal, "collection_retry").await, 2);
        let stopped = body(&portal, "collection_stopped").await;
        assert!(stopped.contains("we will not collect it"), "{stopped}");
        // Days later nothing more is tried.
        let portal = on(&test, "2027-01-12T19:00:00Z").await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 3, "{}", test.name);
        assert_eq!(portal.number("select count(distinct idempotency_key) from sandbox_charges").await, 3);
        assert_eq!(portal.balance().await, 120_000, "and no fee");
        let mut person = portal.person(&stage.seeded).await;
        person.get(&format!("/account/{}/pay", stage.seeded.account_id)).await.assert_says("18 December 2026: $50.00");
        // Two weeks from the last try, not from the first.
        assert!(stopped.contains("Tuesday 19 January 2027"), "{stopped}");
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("If it is paid by Tuesday 19 January 2027, your agreement goes on as before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_try_that_succeeds_is_paid_late_and_nothing_more_is_tried() {
    let test = support::sqlite().await;
    let (stage, _) = announced(&test, Method::InsufficientFunds).await;
    on(&test, DUE_DAY).await;
    post_goes_out(&test, DUE_DAY).await;
    execute(&test, "update sandbox_mandates set method = $1", &["approved"]).await;
    on(&test, "2026-12-23T19:00:00Z").await;
    let portal = on(&test, "2026-12-30T19:00:00Z").await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "declined", "insufficient_funds"), (1, 2, "collected", "")]);
    assert_eq!(portal.balance().await, 115_000);
    portal.assert_books_are_right().await;
    let mut person = portal.person(&stage.seeded).await;
    let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
    page.assert_says("Paid on 23 December 2026");
    page.assert_says("0 of 1 payments by their day");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_has_expired_leads_to_ways_back_at_once() {
    let test = support::sqlite().await;
    announced(&test, Method::ExpiredCard).await;
    let portal = on(&test, DUE_DAY).await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "declined", "expired_card")]);
    assert!(body(&portal, "collection_stopped").await.contains("The card has expired"));
    assert_eq!(written(&portal, "collection_retry").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_an_outcome_is_unknown_nothing_is_tried_again() {
    for test in support::both().await {
        announced(&test, Method::OutcomeUnknown).await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(portal.word("select state from payments").await, "unknown", "{}", test.name);
        jobs::sweep(&portal.state).await;
        portal.work().await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
        portal.sandbox_speaks().await;
        let portal = on(&test, "2026-12-19T19:00:00Z").await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.word("select state from payments").await, "succeeded", "{}", test.name);
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", "")]);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_collection_is_on_its_way_and_its_no_leads_to_a_retry() {
    let test = support::sqlite().await;
    announced(&test, Method::SlowDeclined).await;
    let portal = on(&test, DUE_DAY).await;
    assert_eq!(portal.word("select state from payments").await, "processing");
    portal.sandbox_speaks().await;
    portal.work().await;
    portal.work_an_hour_later().await;
    assert_eq!(portal.word("select state from payments").await, "declined");
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
    let found = tries(&portal).await;
    assert_eq!(found[0].2, "declined", "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_set_between_notice_and_collection_stops_it() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        execute(
            &test,
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             values ($1, $2, 'hardship', 'x', 1796000000000, null, null, 'x')",
            &[&ids::new_id(), &stage.seeded.account_id],
        )
        .await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "held")], "{}", test.name);
        assert_eq!(portal.number("select count(*) from payments").await, 0);
        // And nobody loses the agreement while it lasts, however long.
        let portal = on(&test, "2027-01-30T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "active", "{}", test.name);
        assert_eq!(written(&portal, "instalment_missed").await, 0, "nothing is demanded");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_stopped_at_the_last_moment_is_not_used() {
    let test = support::sqlite().await;
    announced(&test, Method::Approved).await;
    execute(&test, "update mandates set state = 'ended', end_reason = $1", &["customer"]).await;
    let portal = on(&test, DUE_DAY).await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "mandate_gone")]);
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 0);

    // Ended at the processor without our knowing: it says no, and nothing is tried again.
    let test = support::sqlite().await;
    let (_, mandate) = announced(&test, Method::Approved).await;
    let portal = Portal::open(&test.url).await;
    portal.sandbox().end_mandate(&mandate).await.expect("ended");
    let portal = on(&test, DUE_DAY).await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "declined", "not_accepted")]);
    assert_eq!(written(&portal, "collection_stopped").await, 1);
    assert_eq!(portal.balance().await, 120_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_by_hand_on_the_same_day_is_not_collected_again() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        // Just before the sweep of that day.
        let portal = Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)]).await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.reach_sandbox(&stage.seeded.account_id, "part", "30").await;
        // While they are on the payment page nothing is collected.
        jobs::sweep(&portal.state).await;
        portal.work().await;
        assert_eq!(portal.number("select count(*) from payments").await, 1, "{}", test.name);
        person.pay_by(&page, "approved").await.assert_says("Paid: $30.00");
        portal.work().await;
        portal.work_an_hour_later().await;
        let charged = "select cast(sum(amount_minor) as bigint) from sandbox_charges where state = 'succeeded'";
        assert_eq!(portal.number(charged).await, 5_000, "{}: only the rest", test.name);
        assert_eq!(portal.number("select count(*) from payments where purpose = 'collection' and amount_minor = 2000").await, 1);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paid_in_full_before_its_day_it_is_not_collected() {
    let test = support::sqlite().await;
    let (stage, _) = announced(&test, Method::Approved).await;
    let portal = Portal::open_with(&test.url, &[("sandbox.clock", "2026-12-10T19:00:00Z")]).await;
    let mut person = portal.person(&stage.seeded).await;
    let page = person.reach_sandbox(&stage.seeded.account_id, "instalment", "").await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $50.00");
    on(&test, "2026-12-16T19:00:00Z").await;
    let portal = on(&test, DUE_DAY).await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_needed", "")]);
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_week_of_outage_each_instalment_is_collected_once_and_it_is_said() {
    for test in support::both().await {
        let days = [DUE, date(2026, 12, 21), date(2027, 2, 18)];
        let stage = under_agreement(&test, SeedAccount::default(), &days, 5_000).await;
        let portal = Portal::open(&test.url).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        on(&test, NOTICE_DAY).await;
        on(&test, "2026-12-07T19:00:00Z").await;
        post_goes_out(&test, "2026-12-07T19:00:00Z").await;
        // Nothing runs until the 25th.
        let portal = on(&test, "2026-12-25T19:00:00Z").await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 2, "{}", test.name);
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", ""), (2, 1, "collected", "")]);
        assert_eq!(written(&portal, "collection_late").await, 2, "{}", test.name);
        let late =
            portal.word("select body_text from outbox where template = 'collection_late' order by body_text limit 1").await;
        assert!(late.contains("Friday 25 December 2026") && late.contains("collected once"), "{late}");
        on(&test, "2026-12-26T19:00:00Z").await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 2, "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_longer_outage_it_is_announced_afresh() {
    let test = support::sqlite().await;
    announced(&test, Method::Approved).await;
    let portal = on(&test, "2026-12-29T19:00:00Z").await;
    assert_eq!(portal.number("select count(*) from payments").await, 0, "eleven days late");
    assert_eq!(written(&portal, "collection_notice").await, 2);
    assert!(portal.word("select day from collections").await == "2027-01-05", "four business days ahead");
    post_goes_out(&test, "2026-12-29T20:00:00Z").await;
    on(&test, "2027-01-04T19:00:00Z").await;
    let portal = on(&test, "2027-01-05T19:00:00Z").await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", "")]);
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_a_day_where_the_customer_lives() {
    let test = support::sqlite().await;
    let given = "2027-03-10T18:00:00Z";
    let portal = Portal::open_with(&test.url, &[("sandbox.clock", given)]).await;
    // The night on which clocks go forward in Denver; the day before it is over in Honolulu, after it has begun in Auckland.
    let due = date(2027, 3, 14);
    for zone in ["America/Denver", "Pacific/Honolulu", "Pacific/Auckland"] {
        let account = SeedAccount { time_zone: zone.into(), ..SeedAccount::default() };
        let stage = under_agreement(&test, account, &[due, date(2027, 4, 30)], 5_000).await;
        allow(&portal, &test, &stage, Method::Approved, given).await;
    }
    let zones = "select count(*) from payments";
    // Given four days before: the permission is the notice. Noon on the 13th UTC is the 14th in Auckland, a minute past midnight.
    assert_eq!(on(&test, "2027-03-13T10:59:00Z").await.number(zones).await, 0);
    assert_eq!(on(&test, "2027-03-13T11:01:00Z").await.number(zones).await, 1);
    assert_eq!(on(&test, "2027-03-14T06:59:00Z").await.number(zones).await, 1);
    assert_eq!(on(&test, "2027-03-14T07:01:00Z").await.number(zones).await, 2);
    assert_eq!(on(&test, "2027-03-14T09:59:00Z").await.number(zones).await, 2);
    let portal = on(&test, "2027-03-14T10:01:00Z").await;
    assert_eq!(portal.number(zones).await, 3);
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_agreement_is_thanked_for_with_exactly_what_is_true() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[date(2026, 11, 22)], 5_000).await;
        let portal = Portal::open(&test.url).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        let portal = on(&test, "2026-11-22T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        let terms = portal.word("select terms from documents where kind = 'completion'").await;
        assert!(terms.contains("\"says\":\"up_to_date\"") && terms.contains("\"balance\":\"1150.00\""), "{terms}");
        assert_eq!(written(&portal, "completion_copy").await, 1);
        assert_eq!(portal.word("select state from mandates").await, "ended", "{}: nothing is collected any more", test.name);
        portal.assert_books_are_right().await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("Kept. Every payment that fell due was made by its day");
        page.assert_says("Your agreement is completed. Thank you.");
        let letter = portal.word("select id from documents where kind = 'completion'").await;
        assert!(page.body.contains(&format!("/documents/{letter}")), "{}: the letter is linked", test.name);
        for words in ["It is agreed", "You pay here", "Pay now", "pay each payment yourself"] {
            page.assert_never_says(words);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settled_is_said_where_nothing_is_owed_any_more() {
    let test = support::sqlite().await;
    let account = SeedAccount { balance_minor: 5_000, language: "es".into(), ..SeedAccount::default() };
    let stage = under_agreement(&test, account, &[date(2026, 11, 25)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    let mut person = portal.person(&stage.seeded).await;
    let page = person.reach_sandbox(&stage.seeded.account_id, "balance", "").await;
    person.press(&page, &[("method", "approved"), ("button", "pay")]).await.expect("an answer");
    portal.work().await;
    let terms = portal.word("select terms from documents where kind = 'completion'").await;
    assert!(terms.contains("\"says\":\"settled\"") && terms.contains("\"balance\":\"0.00\""), "{terms}");
    assert_eq!(portal.word("select language from documents where kind = 'completion'").await, "es");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_is_not_put_right_in_time_ends_and_the_ways_are_open_again() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[date(2026, 12, 1)], 5_000).await;
        // The 15th is the last of fourteen days.
        let portal = on(&test, "2026-12-15T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "active", "{}", test.name);
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("If it is paid by Tuesday 15 December 2026, your agreement goes on as before");
        let portal = on(&test, "2026-12-16T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "broken", "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'agreement.not_kept'").await, 1);
        assert_eq!(written(&portal, "agreement_ended").await, 1);
        let mut person = portal.person(&stage.seeded).await;
        let options = person.get(&format!("/account/{}/options", stage.seeded.account_id)).await;
        assert!(options.url.ends_with("/options"), "{}", options.url);
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("This agreement has ended");
        // Nothing is asked for any more, and there is one way on.
        page.assert_says("See your ways forward");
        for words in ["It is agreed", "To come", "Pay now", "A person can help with it too", "You pay here", "Not paid yet"] {
            page.assert_never_says(words);
        }
        let main = page.body.split("</main>").next().unwrap_or_default();
        assert_eq!(main.matches("class=\"button\"").count(), 1, "{}: {main}", test.name);
        assert_eq!(main.matches("path-next").count(), 0, "{}: no payment comes next", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_open_payments_it_is_said_which_and_what_has_to_be_paid_by_when() {
    let test = support::sqlite().await;
    let days = [date(2026, 12, 1), date(2026, 12, 8), date(2027, 2, 18)];
    let stage = under_agreement(&test, SeedAccount::default(), &days, 5_000).await;
    let portal = on(&test, "2026-12-10T19:00:00Z").await;
    let mut person = portal.person(&stage.seeded).await;
    let told = "$100.00 is open: $50.00 of 1 December 2026 and $50.00 of 8 December 2026. If $50.00 is paid by Tuesday 15 December 2026, \
                your agreement goes on as before.";
    person.get(&format!("/agreements/{}", stage.agreement)).await.assert_says(told);
    person.get("/account").await.assert_says(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_an_agreement_is_not_told_on_the_same_day_that_it_goes_on() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[date(2026, 12, 1), date(2026, 12, 14)], 5_000).await;
        on(&test, "2026-12-13T19:00:00Z").await;
        execute(&test, "delete from outbox where template = $1", &["instalment_missed"]).await;
        // The clock jumps: the first is past putting right, the second was missed two days before.
        let portal = on(&test, "2026-12-16T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "broken", "{}: {}", test.name, stage.agreement);
        assert_eq!(
            (written(&portal, "agreement_ended").await, written(&portal, "instalment_missed").await),
            (1, 0),
            "{}",
            test.name
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_permission_a_reminder_comes_before_and_a_kind_word_after_once_each() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
        let portal = on(&test, "2026-12-14T19:00:00Z").await;
        assert_eq!(written(&portal, "instalment_reminder").await, 0, "{}: four days before", test.name);
        for at in ["2026-12-15T19:00:00Z", "2026-12-16T19:00:00Z", DUE_DAY] {
            let portal = on(&test, at).await;
            assert_eq!(written(&portal, "instalment_reminder").await, 1, "{} {at}", test.name);
            assert_eq!(written(&portal, "instalment_missed").await, 0);
        }
        let reminder = body(&portal, "instalment_reminder").await;
        assert!(reminder.contains("$50.00") && reminder.contains("Friday 18 December 2026"), "{reminder}");
        for at in ["2026-12-19T19:00:00Z", "2026-12-21T19:00:00Z"] {
            let portal = on(&test, at).await;
            assert_eq!(written(&portal, "instalment_missed").await, 1, "{} {at}", test.name);
        }
        let missed = body(&portal, "instalment_missed").await;
        assert!(missed.contains("Friday 1 January 2027"), "until when it can be put right: {missed}");
        assert_eq!(portal.number("select count(*) from payments").await, 0);
        let mut person = portal.person(&stage.seeded).await;
        let pay = person.get(&format!("/account/{}/pay", stage.seeded.account_id)).await;
        pay.assert_says("The payment due on 18 December 2026: $50.00");
        pay.assert_says("Everything still open in your agreement: $100.00");
        pay.assert_says("Everything you owe: $1,200.00");
        pay.assert_never_says("checked");
    }
}

/// The real program, killed where it has recorded a collection or heard its answer: started again, it is one charge.
async fn killed_at(test: &TestDb, point: CrashPoint) {
    let zone = jiff::tz::TimeZone::get("America/Denver").expect("a zone");
    let portal = Portal::open_with(&test.url, &[("sandbox.clock", "real")]).await;
    let today = portal.state.clock.today_in(&zone);
    let now = portal.state.clock.now().to_string();
    let later = evenkeel::domain::calendar::days_after(today, 60);
    let stage = under_agreement(test, SeedAccount::default(), &[today, later], 5_000).await;
    allow(&portal, test, &stage, Method::Approved, &now).await;
    drop(portal);
    let port = free_port();
    Server::begin(test, port, Some(point)).dies().await;
    assert_eq!(number(test, "select count(*) from payments").await, 1, "{}", point.name());
    time_passes(test).await;
    let server = Server::start(test, port, None).await;
    settles(test, "succeeded", point.name()).await;
    drop(server);
    assert_eq!(books::verify(&test.db).await.expect("readable").faults, Vec::new(), "{}", point.name());
    for sql in [
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_charges where state = 'succeeded'",
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from postings where book = 'processor'",
    ] {
        assert_eq!(number(test, sql).await, 5_000, "{}", point.name());
    }
    assert_eq!(number(test, "select count(*) from sandbox_charges").await, 1, "{}", point.name());
    assert_eq!(number(test, "select count(*) from documents where kind = 'receipt'").await, 1, "{}", point.name());
    assert_eq!(number(test, "select count(*) from collections where state = 'collected'").await, 1, "{}", point.name());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_collecting_it_is_collected_once() {
    let (one, other) = (support::sqlite().await, support::sqlite().await);
    tokio::join!(killed_at(&one, CrashPoint::AfterCollectionRecorded), killed_at(&other, CrashPoint::AfterCollectionAsked));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_collecting_on_postgresql_too() {
    let (one, other) = (support::postgres().await, support::postgres().await);
    tokio::join!(killed_at(&one, CrashPoint::AfterCollectionRecorded), killed_at(&other, CrashPoint::AfterCollectionAsked));
}

/// The processor is out of reach while a collection is asked for: nothing arrives there.
async fn asked_in_vain(test: &TestDb) -> (Stage, Portal) {
    let (stage, _) = announced(test, Method::Approved).await;
    let portal = Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)]).await;
    execute(test, "alter table sandbox_mandates rename to out_of_reach", &[]).await;
    jobs::sweep(&portal.state).await;
    portal.work().await;
    execute(test, "alter table out_of_reach rename to sandbox_mandates", &[]).await;
    assert_eq!(portal.word("select state from payments").await, "unknown", "{}", test.name);
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 0);
    (stage, portal)
}

/// Background work, as if so many hours had passed for our own jobs.
async fn work_hours_later(portal: &Portal, hours: i64) {
    let then = portal.state.clock.real_now_millis() + hours * 3_600_000;
    jobs::run_due(&portal.state, then).await.expect("the work is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_got_lost_is_asked_again_under_its_own_key() {
    for test in support::both().await {
        let (_, portal) = asked_in_vain(&test).await;
        work_hours_later(&portal, 1).await;
        assert_eq!(portal.word("select state from payments").await, "succeeded", "{}", test.name);
        assert_eq!(portal.number("select count(*) from payments").await, 1, "{}", test.name);
        assert_eq!(
            portal.number("select count(*) from sandbox_charges c join payments p on p.decision_key = c.idempotency_key").await,
            1
        );
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", "")]);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_got_lost_is_not_asked_again_once_a_hold_is_there() {
    for test in support::both().await {
        let (stage, portal) = asked_in_vain(&test).await;
        let hold = ids::new_id();
        execute(
            &test,
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             values ($1, $2, 'dispute', 'x', 1796000000000, null, null, 'x')",
            &[&hold, &stage.seeded.account_id],
        )
        .await;
        for hours in 1..=4 {
            work_hours_later(&portal, hours).await;
        }
        assert_eq!(portal.word("select state from payments").await, "abandoned", "{}", test.name);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 0);
        // Still there the next day: closed. Released before that: collected under another key, once.
        let portal = if test.name == "SQLite" {
            let portal = on(&test, "2026-12-19T19:00:00Z").await;
            assert_eq!(stands(&tries(&portal).await), [(1, 1, "abandoned", ""), (1, 2, "not_collected", "held")]);
            portal
        } else {
            execute(&test, "update holds set released_at = starts_at where id = $1", &[&hold]).await;
            let portal = on(&test, "2026-12-19T19:00:00Z").await;
            assert_eq!(stands(&tries(&portal).await), [(1, 1, "abandoned", ""), (1, 2, "collected", "")]);
            assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
            portal
        };
        portal.assert_books_are_right().await;
    }
}
