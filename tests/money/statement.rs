//! The account statement: opening and entries are the closing, on screen, as CSV and as a PDF that is ours.

use crate::portal::{Portal, customer};
use crate::support;
use crate::support::seed::{self, SeedAccount};
use evenkeel::domain::calendar::Date;
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::language::Language;
use evenkeel::server::services::account_statements;
use evenkeel::server::services::documents::{self, Verdict};

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_says_what_the_books_hold() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "part", "40").await;
        person.pay_by(&page, "approved").await;

        let address = format!("/account/{}/statement", seeded.account_id);
        let shown = person.get(&address).await;
        for words in
            ["Balance brought over from Northgate Credit Union", "Your payment", "−$40.00", "$1,160.00", "Owed at the end"]
        {
            shown.assert_says(words);
        }
        let csv = person.get(&format!("{address}.csv?from=2026-11-20&to=2026-11-20")).await;
        let amount = |row: &str| -> i64 {
            let text = row.split(',').nth(2).unwrap_or_default().replace('.', "");
            if text.is_empty() { 0 } else { text.parse().expect("an amount") }
        };
        let rows: Vec<&str> = csv.body.lines().collect();
        assert_eq!(rows.first(), Some(&"date,kind,amount,owed_after,currency"));
        assert_eq!(rows.last(), Some(&"2026-11-20,owed_at_the_end,,1160.00,USD"));
        let before: i64 = rows[1].split(',').nth(3).expect("a sum").replace('.', "").parse().expect("an amount");
        assert_eq!(before + rows[2..].iter().map(|row| amount(row)).sum::<i64>(), portal.balance().await, "{}", csv.body);

        // Before anything was booked nothing was owed here, and nothing is told of days to come.
        person.get(&format!("{address}?from=2026-01-01&to=2026-01-31")).await.assert_says("Nothing was booked in this period.");
        person.get(&format!("{address}?from=2026-11-20&to=2026-11-21")).await.assert_says("Choose a last day up to today.");
        person.get(&format!("{address}?from_day=31&from_month=2&from_year=2026")).await.assert_says("value=\"31\"");
        assert_eq!(person.get(&format!("{address}.csv?from=2026-11-20&to=2026-11-21")).await.status, 404);
        assert!(person.get(&format!("{address}.pdf?from=2026-11-20&to=2026-11-20")).await.body.starts_with("%PDF-"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statement_on_paper_is_ours_and_its_customers_alone() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let other = seed::account(&test.db, SeedAccount::default()).await;
    let account = AccountId(seeded.account_id.clone());
    let (first, today) = (Date::constant(2026, 11, 1), Date::constant(2026, 11, 20));
    let stated = |customer| {
        let (state, account) = (portal.state.clone(), account.clone());
        async move { account_statements::statement(&state, &customer, &account, Some(first), Some(today)).await.expect("an answer") }
    };
    assert!(stated(customer(&other)).await.is_none());
    let stated = stated(customer(&seeded)).await.expect("an account");
    let statement = stated.statement.expect("a statement");
    let bytes = account_statements::pdf(&portal.state, &stated.account, statement, Language::English).await.expect("a file");
    assert_eq!(documents::verify_file(&portal.state, &bytes).await.expect("an answer"), Verdict::Genuine);

    let mut stranger = portal.person(&other).await;
    for kind in ["csv", "pdf"] {
        let address = format!("/account/{}/statement.{kind}?from=2026-11-01&to=2026-11-20", seeded.account_id);
        assert_eq!(stranger.get(&address).await.status, 404, "{kind}");
    }
    let led = stranger.get(&format!("/account/{}/statement", seeded.account_id)).await;
    assert!(led.url.ends_with("/account"), "{}", led.url);
}
