//! Kept instalments: what the creditor told and what happened here, shown where it is good, and asked for by a policy.

use crate::app::TestApp;
use crate::support::seed::Seeded;
use evenkeel::server::ids;

async fn told(app: &TestApp, due: i64, kept: i64) {
    sqlx::query("update accounts set instalments_due = $1, instalments_kept = $2")
        .bind(due)
        .bind(kept)
        .execute(app.db().pool())
        .await
        .expect("told");
}

/// An agreement with one instalment of 50.00 on each day, and when the payment for it began (in milliseconds), if it came.
async fn agreement(app: &TestApp, seeded: &Seeded, instalments: &[(&str, Option<&str>)]) {
    let id = ids::new_id();
    run(
        app,
        "insert into agreements (id, reference, customer_id, creditor_id, currency, kind, state, current_version, draft_id, created_at)
         values ($1, $1, $2, $3, 'USD', 'plan', 'active', 1, $1, 0)",
        &[&id, &seeded.customer_id, &seeded.creditor_id],
    )
    .await;
    run(app, "insert into agreement_accounts (agreement_id, account_id) values ($1, $2)", &[&id, &seeded.account_id]).await;
    run(
        app,
        "insert into agreement_versions (agreement_id, number, policy_version, terms, terms_sha256, total_minor, signed_name,
           signed_at, signed_in_zone, language, consent_text_sha256, document_id)
         values ($1, 1, 'p', '{}', 'x', 0, 'Ada Moreno', 0, 'America/Denver', 'en', 'x', $1)",
        &[&id],
    )
    .await;
    for (number, (due_on, paid_at)) in (1_i64..).zip(instalments) {
        sqlx::query("insert into instalments (agreement_id, version, number, due_on, amount_minor) values ($1, 1, $2, $3, 5000)")
            .bind(&id)
            .bind(number)
            .bind(*due_on)
            .execute(app.db().pool())
            .await
            .expect("an instalment");
        if let Some(paid_at) = paid_at {
            payment(app, seeded, &id, number, paid_at).await;
        }
    }
}

async fn payment(app: &TestApp, seeded: &Seeded, agreement: &str, number: i64, at: &str) {
    let id = ids::new_id();
    let at = at.parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
    sqlx::query(
        "insert into payments (id, reference, customer_id, account_id, purpose, amount_minor, discount_minor, currency, state,
           processor, decision_key, request_sha256, created_at, checks)
         values ($1, $1, $2, $3, 'instalment', 5000, 0, 'USD', 'succeeded', 'sandbox', $1, 'x', $4, 0)",
    )
    .bind(&id)
    .bind(&seeded.customer_id)
    .bind(&seeded.account_id)
    .bind(at)
    .execute(app.db().pool())
    .await
    .expect("a payment");
    sqlx::query(
        "insert into payment_allocations (payment_id, line, account_id, applied_to, agreement_id, instalment_number, amount_minor)
         values ($1, 1, $2, 'instalment', $3, $4, 5000)",
    )
    .bind(&id)
    .bind(&seeded.account_id)
    .bind(agreement)
    .bind(number)
    .execute(app.db().pool())
    .await
    .expect("what it was for");
}

async fn run(app: &TestApp, sql: &'static str, values: &[&str]) {
    let mut query = sqlx::query(sql);
    for value in values {
        query = query.bind((*value).to_owned());
    }
    query.execute(app.db().pool()).await.expect("the statement runs");
}

#[tokio::test]
async fn a_good_history_is_shown_and_any_other_is_not_spoken_of() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get("/account").await.assert_never_says("on time");
        told(&app, 12, 9).await;
        browser.get("/account").await.assert_says("9 of 12 payments were on time");
        told(&app, 4, 4).await;
        browser.get("/account").await.assert_says("All 4 payments were on time");
        for (due, kept) in [(12, 8), (2, 2), (12, 0), (0, 0)] {
            told(&app, due, kept).await;
            browser.get("/account").await.assert_never_says("on time");
        }
    }
}

#[tokio::test]
async fn what_fell_due_here_is_counted_from_our_own_books() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        agreement(
            &app,
            &seeded,
            &[
                // By its day, though it is the next one in UTC; then in time; a day late; not at all, but not due yet.
                ("2026-10-02", Some("2026-10-03T05:30:00Z")),
                ("2026-10-16", Some("2026-10-16T12:00:00Z")),
                ("2026-10-23", Some("2026-10-20T12:00:00Z")),
                ("2026-10-30", Some("2026-10-31T12:00:00Z")),
                ("2026-11-20", None),
            ],
        )
        .await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get("/account").await.assert_says("3 of 4 payments were on time");
        // The creditor's figures are of 20 November and count these already.
        told(&app, 10, 10).await;
        browser.get("/account").await.assert_says("All 10 payments were on time");
        app.execute("update accounts set balance_date = '2026-10-20'").await;
        browser.get("/account").await.assert_says("11 of 12 payments were on time");
    }
}

#[tokio::test]
async fn what_was_given_back_by_decision_was_kept_and_what_a_bank_took_was_not() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let paid = |day: &'static str| (day, Some("2026-10-01T12:00:00Z"));
        agreement(&app, &seeded, &[paid("2026-10-02"), paid("2026-10-16"), paid("2026-10-23"), paid("2026-10-30")]).await;
        run(
            &app,
            "insert into reversals (id, reference, payment_id, account_id, kind, amount_minor, currency, reason, decided_by, state,
               once_key, request_sha256, processor, created_at, settled_at)
             select 'back', 'RV-1', p.id, $1, 'refund', 1000, 'USD', 'decided', 'operator', 'succeeded', 'back', 'x', 'sandbox', 0, 0
             from payments p
             order by p.id
             limit 1",
            &[&seeded.account_id],
        )
        .await;
        app.execute(
            "insert into payment_allocations (payment_id, line, account_id, applied_to, agreement_id, instalment_number, amount_minor,
               reversal_id)
             select l.payment_id, 2, l.account_id, l.applied_to, l.agreement_id, l.instalment_number, -1000, r.id
             from payment_allocations l
             join reversals r on r.payment_id = l.payment_id",
        )
        .await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get("/account").await.assert_says("All 4 payments were on time");
        app.execute("update reversals set kind = 'return'").await;
        browser.get("/account").await.assert_says("3 of 4 payments were on time");
    }
}

#[tokio::test]
async fn a_policy_may_ask_for_it_and_unknown_never_meets_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("policy.toml");
    let text = "schema_version = 1\ncurrency = \"USD\"\n\n[[segment]]\nname = \"kept\"\nheld_days = 5\n\n[segment.when]\n\
                kept_percent = { at_least = 75 }\n\n[segment.extension]\nlongest_days = 60\n\n[[segment]]\nname = \"all\"\nheld_days = 5\n";
    std::fs::write(&file, text).expect("a policy");
    let app = TestApp::with(&[("policy.file", &file.to_string_lossy())]).await;
    let later = "Pick a later day";
    for (due_and_kept, offered) in [(None, false), (Some((12, 8)), false), (Some((12, 9)), true)] {
        let seeded = app.seeded().await;
        if let Some((due, kept)) = due_and_kept {
            told(&app, due, kept).await;
        }
        let options = app.signed_in(&seeded).await.get(&format!("/account/{}/options", seeded.account_id)).await;
        assert_eq!(options.text().contains(later), offered, "{due_and_kept:?}: {}", options.text());
        app.execute("update accounts set instalments_due = null, instalments_kept = null").await;
    }
}

#[tokio::test]
async fn what_an_agreement_covers_is_not_called_past_due_while_it_is_kept() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        app.execute("update accounts set reported_past_due_minor = 10000").await;
        agreement(&app, &seeded, &[("2026-11-27", None), ("2026-12-04", None)]).await;
        let mut browser = app.signed_in(&seeded).await;
        let account = browser.get("/account").await;
        account.assert_says("Covered by your agreement $100.00");
        account.assert_never_says("Past due");
        // More is past due than the agreement pays: that is said.
        app.execute("update accounts set reported_past_due_minor = 10001").await;
        browser.get("/account").await.assert_says("Past due $100.01");
        // And so is all of it where an instalment did not come.
        app.execute("update accounts set reported_past_due_minor = 10000").await;
        app.execute("update instalments set due_on = '2026-11-13' where number = 1").await;
        browser.get("/account").await.assert_says("Past due $100.00");
    }
}
