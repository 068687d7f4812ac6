//! One payment over several accounts: each share in its own ledger, nothing to a disputed account, nothing half-done.

use crate::portal::{Answer, Person, Portal, customer};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::hold::HoldKind;
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::Currency;
use evenkeel::domain::payment::Purpose;
use evenkeel::server::ids;
use evenkeel::server::processors::sandbox::Afterwards;
use evenkeel::server::services::payments::{self, JointDecision, JointRefusal, RefundOrder, ShownShare, Started};
use evenkeel::server::store::jobs;

/// Two accounts of one customer, each with 1,200.00 owed and 300.00 of it past due, in the order of their references.
pub async fn two_accounts(test: &TestDb) -> (Seeded, Seeded) {
    let reference = |end: &str| format!("{end}-{}", &ids::new_id()[24..]);
    let first = seed::account(&test.db, SeedAccount { reference: reference("NG-A"), ..SeedAccount::default() }).await;
    let customer_id = Some(first.customer_id.clone());
    let second =
        seed::account(&test.db, SeedAccount { reference: reference("NG-B"), customer_id, ..SeedAccount::default() }).await;
    (first, second)
}

async fn hold(test: &TestDb, account: &Seeded, kind: HoldKind) {
    sqlx::query(
        "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
         values ($1, $2, $3, '', 0, null, null, 'test')",
    )
    .bind(ids::new_id())
    .bind(&account.account_id)
    .bind(kind.code())
    .execute(test.db.pool())
    .await
    .expect("a hold");
}

async fn owed(test: &TestDb, account: &Seeded) -> i64 {
    sqlx::query_scalar("select cast(sum(amount_minor) as bigint) from postings where account_id = $1 and book = 'customer'")
        .bind(&account.account_id)
        .fetch_one(test.db.pool())
        .await
        .expect("a balance")
}

/// Types these amounts and goes on to where that leads.
pub async fn choose(person: &mut Person, amounts: &[(&Seeded, &str)]) -> Answer {
    let mut fields = vec![("currency".to_owned(), "USD".to_owned())];
    fields.extend(
        amounts.iter().map(|(account, amount)| (format!("amounts[account-{}]", account.account_id), (*amount).to_owned())),
    );
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    person.post("/api/choose_several", &fields).await
}

/// Presses "Pay now" on the check page; says where that leads.
pub async fn pay_now(person: &mut Person, check: &Answer) -> String {
    let fields: Vec<(String, String)> = check
        .body
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once('"').expect("a name");
            let (value, _) = rest.split_once("value=\"").expect("a value").1.split_once('"').expect("its end");
            (name.to_owned(), value.to_owned())
        })
        .filter(|(name, _)| name.starts_with("shares[") || name == "key" || name == "currency")
        .collect();
    assert!(fields.len() > 2, "{}", check.body);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    person.press("/api/start_several", &fields).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_payment_reaches_every_account_as_its_customer_chose() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        person.get("/account").await.assert_says("Pay on several accounts at once");
        let page = person.get("/pay-several/USD").await;
        for words in [&first.reference, &second.reference, "Past due: $300.00", "Everything: $1,200.00", "at least $5.00"] {
            page.assert_says(words);
        }
        assert!(!page.body.contains("value=\"300"), "nothing is filled in");

        let check = choose(&mut person, &[(&first, "50"), (&second, "300")]).await;
        for words in ["Check before you pay", "All together", "$350.00", "Pay $350.00 now", "$300.00 to what is past due"] {
            check.assert_says(words);
        }
        let (_, tag) = check.url.split_once("/pay-several/USD/check?again=").expect("the check page, by a tag alone");
        let of_a_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(tag.len() == 8 && tag.bytes().all(of_a_tag), "no amount in the address: {}", check.url);
        let page = pay_now(&mut person, &check).await;
        assert!(page.contains("/sandbox-processor/"), "{page}");
        // The same button again leads to the same payment.
        let again = pay_now(&mut person, &check).await;
        assert!(again.contains("/payments/"), "{again}");
        person.get(&again).await.assert_says(&second.reference);

        let receipt = person.pay_by(&page, "approved").await;
        for words in ["Paid: $350.00", &first.reference, &second.reference, "Northgate Credit Union, 2 accounts", "$1,150.00"] {
            receipt.assert_says(words);
        }
        portal.work().await;
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (115_000, 90_000), "{}", test.name);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
        assert_eq!(portal.number("select count(*) from ledger_transactions where kind = 'payment'").await, 2);
        portal.assert_books_are_right().await;
        // One receipt lists both, and each account has its part on its own pages.
        let terms = portal.word("select terms from documents where kind = 'receipt'").await;
        assert!(terms.contains(&first.reference) && terms.contains(&second.reference), "{terms}");
        person.get(&format!("/account/{}", second.account_id)).await.assert_says("−$300.00");
        person.get(&format!("/account/{}/statement", first.account_id)).await.assert_says("−$50.00");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_back_of_it_is_owed_again_on_each_account_and_comes_again_there() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let check = choose(&mut person, &[(&first, "50"), (&second, "300")]).await;
        let page = pay_now(&mut person, &check).await;
        person.pay_by(&page, "approved").await;
        portal.work().await;
        let reference = portal.word("select reference from payments").await;
        let charge = portal.word("select processor_reference from payments").await;

        // A part of it, by decision: the last account's part first.
        let order = RefundOrder {
            payment: reference.clone(),
            amount: Some("100.00".to_owned()),
            reason: "agreed on the telephone".into(),
            by: "Grace Hopper".into(),
            key: "a-refund-of-a-part".into(),
        };
        payments::refund(&portal.state, &order).await.expect("no failure").expect("it is given back");
        portal.work().await;
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (115_000, 100_000), "{}", test.name);
        portal.assert_books_are_right().await;

        // The bank takes the rest back: from both.
        let sandbox = portal.sandbox();
        assert!(sandbox.happens(&charge, Afterwards::ChargedBack).await.expect("its books"));
        portal.work().await;
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (120_000, 120_000), "{}", test.name);
        assert_eq!(portal.word("select state from payments").await, "charged_back");
        portal.assert_books_are_right().await;
        let seen = person.get(&format!("/payments/{reference}")).await;
        for words in ["took this payment back", &first.reference, &second.reference] {
            seen.assert_says(words);
        }
        // One letter for each account something went back of, each time.
        assert_eq!(portal.number("select count(*) from documents where kind = 'reversal_note'").await, 3);

        // It was won: each account has again what was taken from it.
        assert!(sandbox.happens(&charge, Afterwards::WonBack).await.expect("its books"));
        portal.work().await;
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (115_000, 100_000), "{}", test.name);
        assert_eq!(portal.word("select state from payments").await, "partly_refunded");
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disputed_account_is_shown_and_gets_nothing() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        hold(&test, &second, HoldKind::Dispute).await;
        let mut person = portal.person(&first).await;
        let page = person.get("/pay-several/USD").await;
        page.assert_says("A payment over several accounts never goes to it");
        page.assert_says(&format!("/account/{}/pay", second.account_id));
        page.assert_never_says(&format!("amounts[account-{}]", second.account_id));
        // Whatever a browser sends, nothing goes there.
        let refused = choose(&mut person, &[(&first, "50"), (&second, "50")]).await;
        refused.assert_says("can no longer be part of this payment");
        refused.assert_says("value=\"50\"");
        assert_eq!(portal.number("select count(*) from payments").await, 0);
        // By itself the customer may pay it.
        person.get(&format!("/account/{}/pay", second.account_id)).await.assert_says("You can still choose to pay it");
        let check = choose(&mut person, &[(&first, "50"), (&second, "")]).await;
        check.assert_says("Pay $50.00 now");
        check.assert_never_says(&second.reference);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_between_checking_and_paying_refuses_the_whole_payment() {
    for test in support::both().await {
        for kind in [HoldKind::Dispute, HoldKind::Recalled] {
            let portal = Portal::open(&test.url).await;
            let (first, second) = two_accounts(&test).await;
            let mut person = portal.person(&first).await;
            let check = choose(&mut person, &[(&first, "40"), (&second, "60")]).await;
            hold(&test, &second, kind).await;
            let before = portal.number("select count(*) from payments").await;
            let place = pay_now(&mut person, &check).await;
            let answer = person.get(&place).await;
            answer.assert_says("can no longer be part of this payment: you had chosen $60.00 for it. Nothing was paid");
            answer.assert_says("value=\"40.00\"");
            assert_eq!(portal.number("select count(*) from payments").await, before, "{kind:?} on {}", test.name);
            assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (120_000, 120_000));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_owed_is_told_with_what_it_can_be_now() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let (first, second) = two_accounts(&test).await;
    let mut person = portal.person(&first).await;
    let stale = choose(&mut person, &[(&first, "1200"), (&second, "60")]).await;
    let page = person.reach_sandbox(&first.account_id, "part", "100").await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $100.00");
    let place = pay_now(&mut person, &stale).await;
    let answer = person.get(&place).await;
    answer.assert_says("You had chosen $1,200.00 for Credit card");
    answer.assert_says("now it can be $1,100.00. Nothing was paid");
    answer.assert_says("value=\"60.00\"");
    assert_eq!(owed(&test, &second).await, 120_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_that_cannot_be_are_kept_and_explained() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let (first, second) = two_accounts(&test).await;
    let mut person = portal.person(&first).await;
    for (one, other, words) in [
        ("", "", "Type an amount for at least one account"),
        ("fifty", "20", "such as 50.00, or leave it empty"),
        ("4.99", "20", "Enter at least $5.00"),
        ("1200.01", "20", "Enter no more than $1,200.00"),
    ] {
        let answer = choose(&mut person, &[(&first, one), (&second, other)]).await;
        answer.assert_says(words);
        if !one.is_empty() {
            answer.assert_says(&format!("value=\"{one}\""));
            answer.assert_says("value=\"20\"");
        }
    }
    person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
    let page = person.get("/pay-several/USD").await;
    for words in ["Pagar varias cuentas a la vez", "Vencido: 300,00", "Cantidad para"] {
        assert!(page.body.contains(words) || page.body.contains(&words.replace("300,00", "$300.00")), "{words}: {}", page.body);
    }
    choose(&mut person, &[(&first, "50"), (&second, "50")]).await.assert_says("Quedará por pagar");
    // A stranger's account is none of theirs, and one account alone is no several.
    let stranger = seed::account(&test.db, SeedAccount::default()).await;
    choose(&mut person, &[(&stranger, "50")]).await.assert_says("Escriba una cantidad para al menos una cuenta");
    let mut other = portal.person(&stranger).await;
    assert!(other.get("/pay-several/USD").await.url.ends_with("/account"));
    assert!(person.get("/pay-several/XXX").await.url.ends_with("/account"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_waits_or_is_on_its_way_it_counts_on_every_account() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let (first, second) = two_accounts(&test).await;
    let mut person = portal.person(&first).await;
    let check = choose(&mut person, &[(&first, "40"), (&second, "60")]).await;
    let page = pay_now(&mut person, &check).await;
    for account in [&first, &second] {
        let answer = person.get(&format!("/account/{}/pay", account.account_id)).await;
        assert!(answer.url.contains("/payments/"), "{}", answer.url);
        answer.assert_says("$40.00");
    }
    person.get("/pay-several/USD").await.assert_says("not finished yet");
    person.pay_by(&page, "slow").await;
    let pay = person.get(&format!("/account/{}/pay", second.account_id)).await;
    pay.assert_says("$60.00 is on its way already");
    pay.assert_says("$1,140.00");
    person.get("/pay-several/USD").await.assert_says("$40.00 is on its way already");
    person.get(&format!("/account/{}", second.account_id)).await.assert_says("$60.00 from");
}

/// A page that is open when an account is taken back, or is disputed by its customer, is closed for all of them.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_closed_when_one_account_may_not_be_paid_on_it_any_more() {
    for test in support::both().await {
        for disputes in [true, false] {
            let portal = Portal::open(&test.url).await;
            let (first, second) = two_accounts(&test).await;
            let mut person = portal.person(&first).await;
            let check = choose(&mut person, &[(&first, "40"), (&second, "60")]).await;
            let page = pay_now(&mut person, &check).await;
            if disputes {
                let fields = [("account", second.account_id.as_str()), ("topic", "not-right"), ("text", "This is not mine.")];
                person.post("/api/send_message", &fields).await;
                assert_eq!(portal.number("select count(*) from jobs where kind = 'close_joint_pages'").await, 1);
            } else {
                let mut tx = test.db.begin_write().await.expect("a transaction");
                jobs::ask(&mut tx, jobs::CLOSE_PAGES, &second.account_id, &ids::new_id(), 0, 0).await.expect("asked");
                tx.commit().await.expect("committed");
            }
            portal.work().await;
            person.pay_by(&page, "approved").await.assert_says("No money has been taken");
            assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (120_000, 120_000), "{}", test.name);
        }
    }
}

fn decision(seeded: &[&Seeded], minor: i64) -> JointDecision {
    let share = |account: &&Seeded| ShownShare {
        account: AccountId(account.account_id.clone()),
        purpose: Purpose::Part,
        amount_minor: minor,
        discount_minor: 0,
        disclosed: None,
    };
    JointDecision {
        customer: customer(seeded[0]),
        currency: Currency::USD,
        shares: seeded.iter().map(share).collect(),
        key: ids::new_token(),
        language: Language::English,
    }
}

/// Two tabs name the accounts in opposite order, again and again, while each account is also paid by itself: nobody waits
/// for anybody in a circle, and one charge is open at a time.
#[tokio::test(flavor = "multi_thread")]
async fn payments_over_the_same_accounts_in_opposite_order_never_lock_each_other_out() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        for _ in 0..4 {
            let mut presses = tokio::task::JoinSet::new();
            for turn in 0..16 {
                let state = portal.state.clone();
                let decision =
                    if turn % 2 == 0 { decision(&[&first, &second], 2_000) } else { decision(&[&second, &first], 2_000) };
                presses.spawn(async move { payments::start_joint(&state, &decision).await });
            }
            let answers = presses.join_all().await;
            let to_processor =
                |answer: &Result<Result<Started, JointRefusal>, _>| matches!(answer, Ok(Ok(Started::ToProcessor { .. })));
            assert!(answers.iter().all(Result::is_ok), "{}: {answers:?}", test.name);
            assert_eq!(answers.iter().filter(|answer| to_processor(answer)).count(), 1, "{}: {answers:?}", test.name);
            let page = portal.word("select hosted_page from payments where state = 'submitted'").await;
            let mut person = portal.person(&first).await;
            person.press(&page, &[("method", "webhook_twice"), ("button", "pay")]).await.expect("an answer");
            tokio::join!(portal.work(), portal.work_an_hour_later(), portal.work_an_hour_later());
        }
        portal.work_an_hour_later().await;
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (112_000, 112_000), "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_choice_over_one_set_of_accounts() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let (first, second) = two_accounts(&test).await;
    let asked = decision(&[&first, &second], 2_000);
    let started = payments::start_joint(&portal.state, &asked).await.expect("no failure");
    assert!(matches!(started, Ok(Started::ToProcessor { .. })), "{started:?}");
    // The order of the accounts is no part of it.
    let turned = JointDecision { shares: asked.shares.iter().rev().cloned().collect(), ..asked.clone() };
    assert!(matches!(payments::start_joint(&portal.state, &turned).await, Ok(Ok(Started::ToPayment { .. }))));
    let more = JointDecision { key: asked.key.clone(), ..decision(&[&first, &second], 2_001) };
    assert_eq!(payments::start_joint(&portal.state, &more).await.expect("no failure"), Err(JointRefusal::KeyNotUsable));
    let stranger = seed::account(&test.db, SeedAccount::default()).await;
    let mixed = decision(&[&first, &stranger], 2_000);
    assert_eq!(payments::start_joint(&portal.state, &mixed).await.expect("no failure"), Err(JointRefusal::NotFound));
    let twice = decision(&[&first, &first], 2_000);
    assert_eq!(payments::start_joint(&portal.state, &twice).await.expect("no failure"), Err(JointRefusal::NotFound));
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
}
