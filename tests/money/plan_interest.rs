//! Interest while on a plan, where a policy asks for it: what was signed is booked, on the day of each instalment, once; who pays
//! everything that was agreed owes nothing and is owed nothing.

use crate::portal::Portal;
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::server::jobs;

/// The default policy with 12 % a year, in a folder of its own.
fn policy() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("policy.toml");
    let text = std::fs::read_to_string("policies/default.toml").expect("the default policy");
    let text = text.replace("holidays = [\"holidays/us-federal.toml\"]", "");
    let with_interest = text.replacen("closed_days = \"keep\"", "annual_interest_percent = \"12.00\"\nclosed_days = \"keep\"", 1);
    assert_ne!(text, with_interest);
    std::fs::write(&file, with_interest).expect("a policy");
    let path = file.to_string_lossy().into_owned();
    (folder, path)
}

async fn on(test: &TestDb, policy: &str, at: &str) -> Portal {
    let portal = Portal::open_with(&test.url, &[("policy.file", policy), ("sandbox.clock", at)]).await;
    jobs::sweep(&portal.state).await;
    portal.work().await;
    portal
}

const INTEREST: &str = "select cast(coalesce(sum(p.amount_minor), 0) as bigint) from postings p
    join ledger_transactions t on t.id = p.transaction_id where t.kind = 'interest' and p.book = 'customer'";
const SIGNED: &str = "select cast(sum(interest_minor) as bigint) from instalments";
const CREDIT: &str = "select cast(coalesce(sum(amount_minor), 0) as bigint) from payment_allocations where applied_to = 'credit'";

/// $300.00 past due of $1,200.00, agreed in payments of $150.00 every two weeks.
async fn agreed(test: &TestDb, policy: &str) -> (Seeded, String, Vec<(String, i64, i64)>) {
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let portal = Portal::open_with(&test.url, &[("policy.file", policy)]).await;
    let mut person = portal.person(&seeded).await;
    let fields = [
        ("account", seeded.account_id.as_str()),
        ("basis", "past_due"),
        ("frequency", "every_two_weeks"),
        ("amount", "150"),
        ("intent", "check"),
    ];
    person.post("/api/choose_plan", &fields).await.assert_says("12.00 % a year");
    let agreement = person.sign(&seeded.account_id).await;
    let instalments = sqlx::query_as("select due_on, amount_minor, interest_minor from instalments order by due_on")
        .fetch_all(test.db.pool())
        .await
        .expect("instalments");
    (seeded, agreement, instalments)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_booked_on_the_day_of_each_payment_and_all_of_it_paid_is_all() {
    let (_folder, policy) = policy();
    for test in support::both().await {
        let (seeded, agreement, instalments) = agreed(&test, &policy).await;
        let portal = Portal::open_with(&test.url, &[("policy.file", &policy)]).await;
        let signed = portal.number(SIGNED).await;
        let total: i64 = instalments.iter().map(|(_, amount, _)| amount).sum();
        assert_eq!(total, 30_000 + signed, "{}: {instalments:?}", test.name);
        assert!(signed > 0 && instalments.iter().all(|(_, _, interest)| *interest > 0), "{instalments:?}");
        let mut booked = 0;
        for (due_on, amount, interest) in &instalments {
            // The evening before where the customer lives; then the day itself, looked at twice.
            let before = on(&test, &policy, &format!("{due_on}T06:30:00Z")).await;
            assert_eq!(before.number(INTEREST).await, booked, "{}: before {due_on}", test.name);
            let portal = on(&test, &policy, &format!("{due_on}T19:00:00Z")).await;
            jobs::sweep(&portal.state).await;
            booked += interest;
            assert_eq!(portal.number(INTEREST).await, booked, "{}: {due_on}", test.name);
            let mut person = portal.person(&seeded).await;
            person.get("/account").await.assert_says("Interest by your agreement");
            let page = person.reach_sandbox(&seeded.account_id, "instalment", "").await;
            person.pay_by(&page, "approved").await;
            portal.work().await;
            portal.assert_books_are_right().await;
            assert!(*amount > *interest);
        }
        let portal = on(&test, &policy, "2027-06-01T19:00:00Z").await;
        assert_eq!(portal.number(INTEREST).await, signed, "{}: each once", test.name);
        assert_eq!(portal.balance().await, 90_000, "{}: what was no part of it", test.name);
        assert_eq!(portal.number(CREDIT).await, 0, "{}", test.name);
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        let mut person = portal.person(&seeded).await;
        person.get(&agreement).await.assert_says("Your agreement is completed");
        person.get(&format!("/account/{}/statement", seeded.account_id)).await.assert_says("Interest agreed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_everything_sooner_owes_nothing_of_what_was_still_to_come() {
    let (_folder, policy) = policy();
    for test in support::both().await {
        let (seeded, _, instalments) = agreed(&test, &policy).await;
        let (first, _, interest) = &instalments[0];
        let portal = on(&test, &policy, &format!("{first}T19:00:00Z")).await;
        assert_eq!(portal.balance().await, 120_000 + interest, "{}", test.name);
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "balance", "").await;
        person.pay_by(&page, "approved").await;
        portal.work().await;
        let portal = on(&test, &policy, "2027-06-01T19:00:00Z").await;
        assert_eq!((portal.balance().await, portal.number(INTEREST).await), (0, *interest), "{}", test.name);
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

/// After three weeks without the server each is booked once, on the day of catching up.
#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_meanwhile_is_booked_once_by_however_many() {
    let (_folder, policy) = policy();
    for test in support::both().await {
        let (_, _, instalments) = agreed(&test, &policy).await;
        let portal = Portal::open_with(&test.url, &[("policy.file", &policy), ("sandbox.clock", "2026-12-31T19:00:00Z")]).await;
        let due: i64 = instalments.iter().filter(|(day, ..)| day.as_str() <= "2026-12-31").map(|(_, _, interest)| interest).sum();
        let mut sweepers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let state = portal.state.clone();
            sweepers.spawn(async move { jobs::sweep(&state).await });
        }
        sweepers.join_all().await;
        assert!(due > 0);
        assert_eq!(portal.number(INTEREST).await, due, "{}", test.name);
        let days = "select count(*) from ledger_transactions where kind = 'interest' and posted_on <> '2026-12-31'";
        assert_eq!(portal.number(days).await, 0, "{}", test.name);
        portal.assert_books_are_right().await;
    }
}
