//! An account that joins an agreement: on the same days, with a plan of its own, and nothing of what was signed before is otherwise.

use crate::joint::{owed, two_accounts};
use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};

/// Days and amounts of an account's agreement.
async fn plan(test: &TestDb, account: &Seeded) -> Vec<(String, i64)> {
    sqlx::query_as(
        "select i.due_on, i.amount_minor from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version
         join agreement_accounts ga on ga.agreement_id = g.id
         where ga.account_id = $1 order by i.due_on",
    )
    .bind(&account.account_id)
    .fetch_all(test.db.pool())
    .await
    .expect("instalments")
}

fn on(day: &str, minor: i64) -> (String, i64) {
    (day.to_owned(), minor)
}

async fn join(person: &mut Person, agreement: &str, account: &Seeded, payments: &str) -> Answer {
    let id = agreement.rsplit('/').next().expect("an id");
    let fields = [("agreement", id), ("account", account.account_id.as_str()), ("payments", payments)];
    person.post("/api/join_account", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_joins_with_one_signature_and_is_paid_on_the_same_days() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let agreement = person.agree_plan(&first.account_id).await;
        let before = plan(&test, &first).await;
        assert_eq!(before, [on("2026-12-04", 15_000), on("2026-12-18", 15_000)], "{}", test.name);

        person.get(&format!("{agreement}/change")).await.assert_says("Add another account");
        let page = person.get(&format!("{agreement}/add-account")).await;
        for words in [second.reference.as_str(), "Both end together", "2 payments of $150.00", "What is past due: $300.00"] {
            page.assert_says(words);
        }
        assert_eq!(portal.number("select count(*) from drafts where ended_at is null").await, 0, "looking keeps nothing");

        let check = join(&mut person, &agreement, &second, "2").await;
        assert!(check.url.ends_with(&format!("/account/{}/check", second.account_id)), "{}", check.url);
        for words in ["Paid together with", "What you pay on each day", "$300.00 on 4 December 2026", "$600.00"] {
            check.assert_says(words);
        }
        check.assert_says(&format!("{agreement}/add-account"));
        // Seen on any device, and nothing is signed yet.
        person.get("/account").await;
        assert_eq!(portal.number("select count(*) from agreements").await, 1);
        let sign = person.get(&format!("/account/{}/sign", second.account_id)).await;
        sign.assert_says("and is paid on the same days. What I signed there stays as it is.");
        let joined = person.sign(&second.account_id).await;

        assert_eq!(plan(&test, &second).await, before, "{}", test.name);
        assert_eq!(plan(&test, &first).await, before);
        assert_eq!(portal.number("select count(*) from agreements where joined_to is not null and current_version = 1").await, 1);
        assert_eq!(portal.number("select current_version from agreements where joined_to is null").await, 1, "as it was signed");
        let reference = portal.word("select reference from agreements where joined_to is null").await;
        let terms = portal
            .word(
                "select v.terms from agreement_versions v join agreements g on g.id = v.agreement_id and g.joined_to is not null",
            )
            .await;
        assert!(terms.contains(&format!("\"joins\":\"{reference}\"")), "{terms}");
        let event = portal.word("select details from events where action = 'agreement.signed' and details like '%joins%'").await;
        assert!(event.contains("\"joins\""), "{event}");

        // Each says which are paid with it; what is changed or ended of one leaves the other.
        let page = person.get(&joined).await;
        page.assert_says(&first.reference);
        page.assert_says("Paid together with this");
        person.get(&agreement).await.assert_says(&second.reference);
        let stays = format!("Account {} is paid on the same days", second.reference);
        person.get(&format!("{agreement}/change")).await.assert_says(&stays);
        person.get(&format!("{agreement}/end")).await.assert_says("goes on as it is");
        let several = person.get("/pay-several/USD").await;
        several.assert_says("The payment due on 4 December 2026: $150.00");

        let page = person.reach_sandbox(&second.account_id, "instalment", "").await;
        person.pay_by(&page, "approved").await;
        portal.work().await;
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (120_000, 105_000));
        let id = agreement.rsplit('/').next().expect("an id");
        person.post("/api/end_agreement", &[("agreement", id)]).await.assert_says("Your agreement has ended");
        assert_eq!(portal.number("select count(*) from agreements where state = 'active'").await, 1);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_was_to_join_has_ended_and_that_is_said_before_anything_is_signed() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let agreement = person.agree_plan(&first.account_id).await;
        join(&mut person, &agreement, &second, "2").await.assert_says("Paid together with");
        let sign = person.get(&format!("/account/{}/sign", second.account_id)).await;
        let names = ["account", "draft", "shown", "shown_in", "shown_text"];
        let shown = names.map(|name| sign.value_of(name));
        let id = agreement.rsplit('/').next().expect("an id");
        // In another tab.
        person.post("/api/end_agreement", &[("agreement", id)]).await.assert_says("Your agreement has ended");

        let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
        fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
        let again = person.post("/api/sign_agreement", &fields).await;
        again.assert_says("Something has changed since you chose");
        again.assert_never_says("Paid together with");
        assert_eq!(portal.number("select count(*) from agreements where state = 'active'").await, 0, "{}", test.name);
        person.sign(&second.account_id).await;
        assert_eq!(portal.number("select count(*) from agreements where joined_to is not null").await, 0);
        assert_eq!(plan(&test, &second).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_joins_the_first_whichever_page_it_came_from() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let customer_id = Some(first.customer_id.clone());
        let third =
            seed::account(&test.db, SeedAccount { reference: "NG-C-1".to_owned(), customer_id, ..SeedAccount::default() }).await;
        let mut person = portal.person(&first).await;
        let agreement = person.agree_plan(&first.account_id).await;
        join(&mut person, &agreement, &second, "2").await;
        let joined = person.sign(&second.account_id).await;
        let check = join(&mut person, &joined, &third, "2").await;
        for words in ["$450.00 on 4 December 2026", &first.reference, &second.reference] {
            check.assert_says(words);
        }
        person.sign(&third.account_id).await;
        let all = "select count(*) from agreements g join agreements f on f.id = g.joined_to and f.joined_to is null";
        assert_eq!(portal.number(all).await, 2, "{}", test.name);
        let page = person.get(&joined).await;
        page.assert_says(&first.reference);
        page.assert_says(&third.reference);
        // Nothing is left to join, and the page says so.
        person.get(&format!("{agreement}/change")).await.assert_never_says("Add another account");
        person.get(&format!("{agreement}/add-account")).await.assert_says("None of your other accounts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_theirs_and_of_the_same_creditor_and_free_can_join() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let customer_id = Some(first.customer_id.clone());
        let elsewhere =
            SeedAccount { reference: "NG-P-1".to_owned(), currency: "EUR".to_owned(), customer_id, ..SeedAccount::default() };
        let elsewhere = seed::account(&test.db, elsewhere).await;
        let stranger = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&first).await;
        let agreement = person.agree_plan(&first.account_id).await;
        person.get(&format!("{agreement}/add-account")).await.assert_never_says(&elsewhere.reference);
        for (account, payments) in [(&elsewhere, "2"), (&stranger, "2"), (&first, "2"), (&second, "99"), (&second, "0")] {
            let answer = join(&mut person, &agreement, account, payments).await;
            answer.assert_says("What you chose is not possible any more");
        }
        let mut other = portal.person(&stranger).await;
        join(&mut other, &agreement, &second, "2").await.assert_never_says(&second.reference);
        other.get(&format!("{agreement}/add-account")).await.assert_never_says("Add another account");
        assert_eq!(portal.number("select count(*) from drafts where ended_at is null").await, 0, "{}", test.name);

        // Under an agreement already.
        person.agree_plan(&second.account_id).await;
        person.get(&format!("{agreement}/add-account")).await.assert_says("None of your other accounts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_in_spanish_too() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let (first, second) = two_accounts(&test).await;
    let mut person = portal.person(&first).await;
    let agreement = person.agree_plan(&first.account_id).await;
    person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
    person.get(&format!("{agreement}/add-account")).await.assert_says("Las dos terminan juntas");
    join(&mut person, &agreement, &second, "2").await.assert_says("Se paga junto con");
}
