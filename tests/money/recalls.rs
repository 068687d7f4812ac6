//! An account that is taken back or closed while its agreement runs: the agreement ends at once, its customer is told once, what
//! still arrives is booked, and nothing comes back to life by itself.

use crate::portal::{Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::import::{DEFAULT_BATCH, Input, Mapping, Request, import};
use evenkeel::server::processors::sandbox::TakenBackBy;
use evenkeel::server::services::books;
use std::ops::ControlFlow;

/// Reads files with reference, balance, past_due, day and, where `status` is mapped, status, of seeded accounts.
pub const ACCOUNTS: &str = "kind = \"accounts\"\n[columns]\naccount_reference = \"reference\"\nbalance_at_itemization = \"balance\"\n\
    current_balance = \"balance\"\npast_due_amount = \"past_due\"\nbalance_date = \"day\"\n[constants]\ncreditor = \"Northgate Credit Union\"\n\
    product = \"Credit card\"\ngiven_name = \"Ada\"\nfamily_name = \"Moreno\"\ndate_of_birth = \"1980-02-29\"\npostal_code = \"80276\"\n\
    language = \"en\"\ncurrency = \"USD\"\nitemization_date = \"2026-05-01\"\noldest_unpaid_due_date = \"2026-10-01\"\n\
    time_zone = \"America/Denver\"\n[balance]\n";

async fn report(test: &TestDb, portal: &Portal, seeded: &Seeded, status: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("accounts.csv");
    let row = format!("{},1200.00,300.00,2026-11-20,{status}", seeded.reference);
    std::fs::write(&file, format!("reference,balance,past_due,day,status\n{row}\n")).expect("a file");
    let mapping = ACCOUNTS.replace("[constants]", "status = \"status\"\n[constants]");
    let request = Request {
        input: Input::File(file),
        mapping: Mapping::parse(&mapping).expect("a mapping"),
        dry_run: false,
        rejects: None,
        shift_months: 0,
        now: portal.state.clock.now(),
        batch: DEFAULT_BATCH,
    };
    let summary = import(&test.db, request, |_| ControlFlow::Continue(())).await.expect("the import runs");
    assert_eq!((summary.updated, summary.rejected), (1, 0), "{status}: {:?}", summary.faults_by_code);
}

/// The customer agrees to pay 300.00 later; the address of the agreement.
async fn agree(person: &mut Person, seeded: &Seeded) -> String {
    let page = person.get(&format!("/account/{}/options/later-date", seeded.account_id)).await;
    let [account, offer] = ["account", "offer"].map(|field| page.value_of(field));
    let fields = [
        ("account", account.as_str()),
        ("way", "extension"),
        ("offer", &offer),
        ("amount", "300"),
        ("on_day", "2"),
        ("on_month", "12"),
        ("on_year", "2026"),
    ];
    person.post("/api/choose_promise", &fields).await;
    let page = person.get(&format!("/account/{}/sign", seeded.account_id)).await;
    let names = ["account", "draft", "shown", "shown_in", "shown_text"];
    let shown = names.map(|name| page.value_of(name));
    let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
    fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
    let confirmation = person.post("/api/sign_agreement", &fields).await;
    confirmation.assert_says("It is agreed");
    confirmation.url
}

async fn give_mandate(test: &TestDb) {
    sqlx::query(
        "insert into mandates (id, reference, customer_id, account_id, agreement_id, agreement_version, currency, state, processor,
           mandate, decision_key, terms, shown_text, text_sha256, signed_name, language, created_at, given_at, checks)
         select 'm', 'MA-1', g.customer_id, a.account_id, g.id, 1, g.currency, 'given', 'sandbox', 'sandbox-m', 'k', '{}', '', 'x',
           'Ada Moreno', 'en', 0, 0, 0
         from agreements g
         join agreement_accounts a on a.agreement_id = g.id and a.ended_at is null",
    )
    .execute(test.db.pool())
    .await
    .expect("a mandate");
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_an_account_back_ends_its_agreement_and_tells_its_customer_once() {
    for test in support::both().await {
        for status in ["recalled", "closed"] {
            let portal = Portal::open(&test.url).await;
            sqlx::query("delete from mandates").execute(test.db.pool()).await.expect("none");
            let seeded = seed::account(&test.db, SeedAccount::default()).await;
            let mut person = portal.person(&seeded).await;
            let page = agree(&mut person, &seeded).await;
            let id = page.rsplit('/').next().expect("an id").to_owned();
            if status == "recalled" {
                give_mandate(&test).await;
            }
            report(&test, &portal, &seeded, status).await;
            // At once, before any background work.
            let ended: (String, String) = sqlx::query_as("select state, cancelled_because from agreements where id = $1")
                .bind(&id)
                .fetch_one(test.db.pool())
                .await
                .expect("the agreement");
            assert_eq!(ended, ("cancelled".to_owned(), status.to_owned()), "{}", test.name);
            portal.work().await;
            portal.work_an_hour_later().await;
            let letters: i64 = sqlx::query_scalar("select count(*) from documents where kind = 'recall' and agreement_id = $1")
                .bind(&id)
                .fetch_one(test.db.pool())
                .await
                .expect("a count");
            assert_eq!(letters, 1, "{}", test.name);
            if status == "recalled" {
                assert_eq!(portal.word("select state || ' ' || end_reason from mandates").await, "ended agreement_ended");
            }
            let shown = person.get(&page).await;
            for words in
                ["This agreement has ended", "Nothing is collected here under that agreement any more", "What you paid counts"]
            {
                shown.assert_says(words);
            }
            shown.assert_never_says("Pay the first one now");
            let account = person.get(&format!("/account/{}", seeded.account_id)).await;
            account.assert_says("when the creditor took the account back or closed it");
            account.assert_says("Nothing is collected here under that agreement any more");
        }
        let messages = "select count(*) from outbox where template = 'account_recalled'";
        let (count, terms): (i64, String) = (
            sqlx::query_scalar(messages).fetch_one(test.db.pool()).await.expect("a count"),
            sqlx::query_scalar("select terms from documents where kind = 'recall' order by issued_at limit 1")
                .fetch_one(test.db.pool())
                .await
                .expect("the letter"),
        );
        assert_eq!(count, 2, "{}", test.name);
        assert!(terms.contains("\"paid\":\"0.00\"") && terms.contains("\"balance\":\"1200.00\""), "{terms}");
        let cancelled = "select count(*) from events where action = 'agreement.cancelled'";
        let cancelled: i64 = sqlx::query_scalar(cancelled).fetch_one(test.db.pool()).await.expect("a count");
        assert_eq!(cancelled, 2, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_its_way_still_counts_and_the_account_comes_back_without_its_agreement() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let page = agree(&mut person, &seeded).await;
        let at_processor = person.reach_sandbox(&seeded.account_id, "instalment", "").await;
        person.pay_by(&at_processor, "slow").await;
        assert_eq!(portal.word("select state from payments").await, "processing", "{}", test.name);
        report(&test, &portal, &seeded, "recalled").await;
        portal.work().await;
        let terms = portal.word("select terms from documents where kind = 'recall'").await;
        assert!(terms.contains("\"on_its_way\":\"300.00\""), "{terms}");
        // In flight, it is not touched; when it arrives it is booked, with a receipt.
        portal.sandbox_speaks().await;
        portal.work_an_hour_later().await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.word("select state from payments").await, "succeeded", "{}", test.name);
        assert_eq!(portal.balance().await, 90_000, "{}", test.name);
        portal.assert_books_are_right().await;

        report(&test, &portal, &seeded, "open").await;
        portal.work().await;
        let account = person.get(&format!("/account/{}", seeded.account_id)).await;
        account.assert_says("The account is open here again. The old agreement stays ended");
        assert_eq!(portal.word("select state from agreements").await, "cancelled", "{}", test.name);
        person.get(&page).await.assert_says("This agreement has ended");
        // In Spanish too.
        person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
        person.get(&page).await.assert_says("Este acuerdo ha terminado");
        assert_eq!(books::verify(&test.db).await.expect("readable").faults, Vec::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letter_says_what_is_still_paid_after_a_part_was_charged_back() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        agree(&mut person, &seeded).await;
        let at_processor = person.reach_sandbox(&seeded.account_id, "part", "200").await;
        person.pay_by(&at_processor, "approved").await.assert_says("Paid: $200.00");
        let charge = portal.word("select processor_reference from payments").await;
        let part = Some(Money::new(5_000, Currency::USD));
        portal.sandbox().take_back(&charge, TakenBackBy::CardBank, part).await.expect("its books").expect("taken");
        portal.work().await;
        assert_eq!(portal.word("select state from payments").await, "charged_back", "{}", test.name);
        report(&test, &portal, &seeded, "recalled").await;
        portal.work().await;
        let terms = portal.word("select terms from documents where kind = 'recall'").await;
        assert!(terms.contains("\"paid\":\"150.00\""), "{}: {terms}", test.name);
        portal.assert_books_are_right().await;
    }
}
