//! A credit is had back from a payment over several accounts: at most what went to the account, undone on that account alone,
//! whatever else goes back of the payment and in whatever order it becomes known.

use crate::joint::{choose, owed, pay_now, two_accounts};
use crate::outcomes::{AnswerLost, policy_with_discount};
use crate::portal::{Answer, Person, Portal, customer};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::ids;
use evenkeel::server::processors::sandbox::{Afterwards, TakenBackBy};
use evenkeel::server::services::payments::{self, HaveBack, HaveBackRefusal, RefundOrder, RefundRefused};
use evenkeel::server::services::{books, corrections};
use std::sync::Arc;

struct Scene {
    test: TestDb,
    portal: Portal,
    first: Seeded,
    second: Seeded,
    person: Person,
}

impl Scene {
    async fn open(test: TestDb) -> Scene {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let person = portal.person(&first).await;
        Scene { test, portal, first, second, person }
    }

    async fn both() -> [Scene; 2] {
        let [one, other] = support::both().await;
        [Scene::open(one).await, Scene::open(other).await]
    }

    /// One payment of these amounts; of each account 1,200.00 are owed at first.
    async fn pay_both(&mut self, first: &str, second: &str) {
        let check = choose(&mut self.person, &[(&self.first, first), (&self.second, second)]).await;
        let page = pay_now(&mut self.person, &check).await;
        self.person.pay_by(&page, "approved").await.assert_says("Paid: ");
        self.portal.work().await;
    }

    /// The creditor gives up so much of an account; what is beyond all that was ever charged comes with the creditor's own figures.
    async fn less_is_owed(&self, account: &Seeded, amount: &str) {
        const CHARGED: i64 = 120_000;
        let minor = Money::parse_decimal(amount, Currency::USD).expect("an amount").minor();
        if minor > CHARGED {
            self.creditor_reports_less(account, minor - CHARGED).await;
        }
        let amount = Money::new(-minor.min(CHARGED), Currency::USD).to_decimal_string();
        let what = corrections::What::Correct { amount, part: Paid::Principal };
        let decided = corrections::Decided { reason: "Interest waived".into(), by: "Ines".into(), key: ids::new_token() };
        corrections::book(&self.portal.state, &account.reference, &what, &decided).await.expect("no failure").expect("booked");
    }

    /// As the importer writes it.
    async fn creditor_reports_less(&self, account: &Seeded, minor: i64) {
        let id = ids::new_id();
        sqlx::query(
            "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
             values ($1, 'adjustment', $2, null, 1795200000000, '2026-11-20', 'reported', 'import', $1)",
        )
        .bind(&id)
        .bind(&account.account_id)
        .execute(self.test.db.pool())
        .await
        .expect("an entry");
        for (line, book, amount) in [(1_i64, "customer", -minor), (2, "adjustment", minor)] {
            sqlx::query(
                "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
                 values ($1, $2, $3, $4, 'credits', $5, 'USD')",
            )
            .bind(&id)
            .bind(line)
            .bind(&account.account_id)
            .bind(book)
            .bind(amount)
            .execute(self.test.db.pool())
            .await
            .expect("a posting");
        }
    }

    async fn see(&mut self, account: &Seeded) -> Answer {
        self.person.get(&format!("/account/{}", account.account_id)).await
    }

    async fn owed(&self) -> (i64, i64) {
        (owed(&self.test, &self.first).await, owed(&self.test, &self.second).await)
    }

    /// What the payments are applied to on an account, and by the parts of the debt.
    async fn applied(&self, account: &Seeded) -> (i64, i64) {
        let sum = async |sql: &'static str| {
            sqlx::query_scalar::<_, i64>(sql).bind(&account.account_id).fetch_one(self.test.db.pool()).await.expect("a sum")
        };
        (
            sum("select cast(sum(amount_minor) as bigint) from payment_allocations where account_id = $1").await,
            sum("select cast(sum(amount_minor) as bigint) from payment_components where account_id = $1").await,
        )
    }

    fn decision(&self, account: &Seeded, amount_minor: i64) -> HaveBack {
        HaveBack {
            customer: customer(account),
            account: AccountId(account.account_id.clone()),
            amount_minor,
            key: ids::new_token(),
        }
    }

    async fn have_back(&self, account: &Seeded, amount_minor: i64) -> Result<String, HaveBackRefusal> {
        payments::have_back(&self.portal.state, &self.decision(account, amount_minor)).await.expect("no failure")
    }

    /// The same, and the company's answer is lost.
    async fn have_back_unheard(&self, account: &Seeded, amount_minor: i64) {
        let mut state = self.portal.state.clone();
        state.processor = Some(Arc::new(AnswerLost(self.portal.sandbox())));
        payments::have_back(&state, &self.decision(account, amount_minor)).await.expect("no failure").expect("decided");
    }

    async fn order(&self, amount: Option<&str>, key: &str) -> RefundOrder {
        RefundOrder {
            payment: self.portal.word("select reference from payments order by created_at limit 1").await,
            amount: amount.map(str::to_owned),
            reason: "Agreed on the telephone".into(),
            by: "Ines".into(),
            key: key.to_owned(),
        }
    }

    async fn charge(&self) -> String {
        self.portal.word("select processor_reference from payments order by created_at limit 1").await
    }

    async fn happens(&self, afterwards: Afterwards) {
        assert!(self.portal.sandbox().happens(&self.charge().await, afterwards).await.expect("its books"), "{afterwards:?}");
        self.portal.work().await;
    }
}

/// Presses the button of an account's page ten times at once; says where that leads.
async fn press_ten_times(person: &Person, page: &Answer) -> String {
    let fields = ["account", "amount_minor", "key"].map(|name| (name, page.value_of(name)));
    let mut presses = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (mut person, fields) = (person.clone(), fields.clone());
        presses.spawn(async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            person.press("/api/have_back", &fields).await.expect("an answer")
        });
    }
    let places = presses.join_all().await;
    assert!(places.iter().all(|place| place.contains("/payments/")), "{places:?}");
    places[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_goes_back_from_a_joint_payment_once_and_is_undone_on_its_account_alone() {
    for mut scene in Scene::both().await {
        scene.pay_both("1200", "1200").await;
        let mut letters = 0;
        for has_credit in [scene.second.clone(), scene.first.clone()] {
            scene.less_is_owed(&has_credit, "15.00").await;
            let page = scene.see(&has_credit).await;
            page.assert_says("Have $15.00 back");
            let place = press_ten_times(&scene.person, &page).await;
            scene.portal.work().await;
            letters += 1;
            assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, letters, "{}", scene.test.name);
            assert_eq!(scene.owed().await, (0, 0), "{}: {} had it back", scene.test.name, has_credit.reference);
            assert_eq!(scene.applied(&has_credit).await, (118_500, 118_500), "{}", scene.test.name);
            scene.portal.assert_books_are_right().await;

            // The screen, the letter and the account's own pages name that account.
            let payment = scene.person.get(&place).await;
            payment.assert_says("$15.00 went back to you on 20 November 2026");
            payment.assert_says(&format!("This is about Credit card, account {} only.", has_credit.reference));
            let letter = "select terms from documents where kind = 'reversal_note' and account_id = $1";
            let terms: Vec<String> =
                sqlx::query_scalar(letter).bind(&has_credit.account_id).fetch_all(scene.test.db.pool()).await.expect("letters");
            let terms: serde_json::Value = serde_json::from_str(&terms.concat()).expect("one letter");
            let told = ["account", "amount", "balance_after"].map(|name| terms[name].as_str().unwrap_or_default().to_owned());
            assert_eq!(told, [has_credit.reference.as_str(), "15.00", "0.00"]);
            let statement = scene.person.get(&format!("/account/{}/statement", has_credit.account_id)).await;
            statement.assert_says("$15.00");
            scene.see(&has_credit).await.assert_never_says("Have $");
        }
        let other_accounts =
            "select count(*) from events e join reversals r on r.id = e.subject_id where e.account_id <> r.account_id";
        assert_eq!(scene.portal.number(other_accounts).await, 0, "the trail names the account it was for");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_what_went_to_the_account_goes_back_and_nothing_of_the_others() {
    for mut scene in Scene::both().await {
        scene.pay_both("50", "300").await;
        let first = scene.first.clone();
        scene.less_is_owed(&first, "1250.00").await;
        let page = scene.see(&first).await;
        page.assert_says("Have $50.00 back");
        page.assert_says("$50.00 cannot go back the way it came");
        assert_eq!(scene.have_back(&first, 5_001).await, Err(HaveBackRefusal::Changed));
        press_ten_times(&scene.person, &page).await;
        scene.portal.work().await;
        assert_eq!(scene.owed().await, (-5_000, 90_000), "{}", scene.test.name);
        assert_eq!((scene.applied(&first).await, scene.applied(&scene.second).await), ((0, 0), (30_000, 30_000)));
        let page = scene.see(&first).await;
        page.assert_never_says("Have $");
        page.assert_says("$50.00 cannot go back the way it came");
        for minor in [1, 5_000] {
            assert_eq!(scene.have_back(&first, minor).await, Err(HaveBackRefusal::Changed), "{}", scene.test.name);
        }
        assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, 1);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_payment_gives_first_whether_it_is_over_one_account_or_several() {
    for mut scene in Scene::both().await {
        scene.pay_both("40", "60").await;
        let first = scene.first.clone();
        let page = scene.person.reach_sandbox(&first.account_id, "part", "30").await;
        scene.person.pay_by(&page, "approved").await.assert_says("Paid: $30.00");
        scene.less_is_owed(&first, "1175.00").await;
        let page = scene.see(&first).await;
        page.assert_says("Have $45.00 back");
        press_ten_times(&scene.person, &page).await;
        scene.portal.work().await;
        assert_eq!(scene.owed().await, (0, 114_000), "{}", scene.test.name);
        let newest = "select cast(sum(r.amount_minor) as bigint) from reversals r join payments p on p.id = r.payment_id
                      where p.amount_minor = 3000";
        assert_eq!(scene.portal.number(newest).await, 3_000);
        assert_eq!(scene.portal.number("select cast(sum(amount_minor) as bigint) from reversals").await, 4_500);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_its_way_for_one_account_is_taken_from_no_other_by_a_refund_of_the_rest() {
    for mut scene in Scene::both().await {
        scene.pay_both("1200", "1200").await;
        let (first, second) = (scene.first.clone(), scene.second.clone());
        scene.less_is_owed(&first, "15.00").await;
        scene.have_back_unheard(&first, 1_500).await;
        assert_eq!(scene.portal.word("select state from reversals").await, "unknown");
        scene.see(&first).await.assert_says("$15.00 is on its way back to you");
        scene.see(&second).await.assert_never_says("on its way");
        assert_eq!(scene.have_back(&first, 1_500).await, Err(HaveBackRefusal::Changed), "{}", scene.test.name);

        let too_much = payments::refund(&scene.portal.state, &scene.order(Some("2385.01"), "one").await).await;
        assert!(matches!(too_much.expect("no failure"), Err(RefundRefused::Refund(_))));
        // All that is left is refunded before the other is known.
        let rest = payments::refund(&scene.portal.state, &scene.order(None, "two").await).await;
        assert_eq!(rest.expect("no failure").expect("refunded").reversal.amount.minor(), 238_500);
        assert_eq!(scene.owed().await, (117_000, 120_000), "{}", scene.test.name);
        assert_eq!(scene.applied(&first).await, (1_500, 1_500), "what is promised to it is still its own");
        scene.portal.work_an_hour_later().await;
        assert_eq!(scene.owed().await, (118_500, 120_000), "{}", scene.test.name);
        assert_eq!(scene.portal.word("select state from payments").await, "refunded");
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_on_its_way_of_the_whole_payment_leaves_each_account_its_own() {
    for mut scene in Scene::both().await {
        scene.pay_both("50", "30").await;
        let first = scene.first.clone();
        let mut state = scene.portal.state.clone();
        state.processor = Some(Arc::new(AnswerLost(scene.portal.sandbox())));
        payments::refund(&state, &scene.order(Some("60.00"), "one").await).await.expect("no failure").expect("ordered");
        scene.less_is_owed(&first, "1250.00").await;
        // 30.00 of it will come from the second account and 30.00 from the first.
        let page = scene.see(&first).await;
        for words in ["$30.00 is on its way back to you", "Have $20.00 back", "$50.00 cannot go back the way it came"] {
            page.assert_says(words);
        }
        press_ten_times(&scene.person, &page).await;
        assert_eq!(scene.owed().await, (-8_000, 117_000), "{}", scene.test.name);
        scene.portal.work_an_hour_later().await;
        assert_eq!(scene.owed().await, (-5_000, 120_000), "{}", scene.test.name);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_arrive_counts_again_on_that_account_alone_and_can_be_had_back_again() {
    for mut scene in Scene::both().await {
        scene.pay_both("1200", "1200").await;
        let first = scene.first.clone();
        scene.less_is_owed(&first, "15.00").await;
        let reference = scene.have_back(&first, 1_500).await.expect("given back");
        scene.happens(Afterwards::WonBack).await;
        assert_eq!(scene.owed().await, (-1_500, 0), "{}", scene.test.name);
        assert_eq!((scene.applied(&first).await, scene.applied(&scene.second).await), ((120_000, 120_000), (120_000, 120_000)));
        scene.portal.assert_books_are_right().await;
        let payment = scene.person.get(&format!("/payments/{reference}")).await;
        payment.assert_says("did not arrive");
        payment.assert_says(&format!("This is about Credit card, account {} only.", first.reference));
        payment.assert_says("You paid $15.00 more than was owed");
        scene.have_back(&first, 1_500).await.expect("given back another time");
        assert_eq!(scene.owed().await, (0, 0));
        scene.portal.assert_books_are_right().await;
    }
}

/// The bank takes all of the payment, also what had gone back before: it comes from the account that had it back, and when it is
/// won each account holds what it held.
#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_takes_back_what_one_account_had_back_is_owed_it_by_that_account() {
    for mut scene in Scene::both().await {
        scene.pay_both("1200", "1200").await;
        let second = scene.second.clone();
        scene.less_is_owed(&second, "15.00").await;
        scene.have_back(&second, 1_500).await.expect("given back");
        let all = Money::new(240_000, Currency::USD);
        scene.portal.sandbox().take_back(&scene.charge().await, TakenBackBy::CardBank, Some(all)).await.expect("its books");
        scene.portal.work().await;
        assert_eq!(scene.owed().await, (120_000, 120_000), "{}", scene.test.name);
        scene.portal.assert_books_are_right().await;
        scene.happens(Afterwards::WonBack).await;
        assert_eq!(scene.owed().await, (0, 0), "{}", scene.test.name);
        assert_eq!(scene.applied(&scene.first).await, (120_000, 120_000));
        assert_eq!(scene.applied(&second).await, (118_500, 118_500));
        scene.portal.assert_books_are_right().await;
    }
}

/// Both accounts have back all they can, in several tabs, while people here refund the payment too: everybody gets an answer, and
/// no more goes back than was paid.
#[tokio::test(flavor = "multi_thread")]
async fn at_the_same_moment_no_more_goes_back_than_was_paid_and_nobody_waits_in_a_circle() {
    for mut scene in Scene::both().await {
        scene.pay_both("50", "50").await;
        for account in [scene.first.clone(), scene.second.clone()] {
            scene.less_is_owed(&account, "1250.00").await;
        }
        let mut deciding = tokio::task::JoinSet::new();
        for turn in 0..3 {
            for account in [&scene.first, &scene.second] {
                let (state, decision) = (scene.portal.state.clone(), scene.decision(account, 5_000));
                deciding.spawn(async move { payments::have_back(&state, &decision).await.expect("no failure").is_ok() });
            }
            let (state, order) = (scene.portal.state.clone(), scene.order(Some("60.00"), &format!("ticket {turn}")).await);
            deciding.spawn(async move { payments::refund(&state, &order).await.expect("no failure").is_ok() });
        }
        let made = deciding.join_all().await.into_iter().filter(|made| *made).count();
        assert!((1..=2).contains(&made), "{}: {made}", scene.test.name);
        scene.portal.work().await;
        scene.portal.work_an_hour_later().await;
        let back = scene.portal.number("select cast(sum(amount_minor) as bigint) from sandbox_refunds").await;
        assert!(back <= 10_000, "{}: {back}", scene.test.name);
        let (first, second) = scene.owed().await;
        assert_eq!(first + second, back - 20_000);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joint_payment_gives_nothing_to_another_customer() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay_both("50", "50").await;
    let second = scene.second.clone();
    scene.less_is_owed(&second, "1250.00").await;
    let other = seed::account(&scene.test.db, SeedAccount::default()).await;
    let stranger = HaveBack { customer: customer(&other), ..scene.decision(&second, 5_000) };
    let refused = payments::have_back(&scene.portal.state, &stranger).await.expect("no failure");
    assert_eq!(refused, Err(HaveBackRefusal::NotFound));
    assert_eq!(scene.portal.number("select count(*) from reversals").await, 0);
}

/// The company says that it gave nothing back, and did: the books hold it, on that account, and their own check finds it.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_gave_twice_is_booked_on_the_account_that_got_it_and_is_found() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay_both("50", "300").await;
    let first = scene.first.clone();
    scene.less_is_owed(&first, "1250.00").await;
    scene.have_back_unheard(&first, 5_000).await;
    sqlx::query("update reversals set state = 'failed', settled_at = 1").execute(scene.test.db.pool()).await.expect("it says so");
    scene.have_back(&first, 5_000).await.expect("given back under another key");
    scene.portal.work().await;
    assert_eq!(scene.owed().await, (0, 90_000), "given 100.00 of the 100.00 it had too much");
    let faults = books::verify(&scene.test.db).await.expect("readable").faults;
    let rules: Vec<&str> = faults.iter().map(|fault| fault.rule).collect();
    assert_eq!(rules, ["no account has more back of a payment than it got"], "{faults:?}");
}

/// The creditor gives up all that was paid promptly: the customer has it back, and the discount still holds.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_had_back_ends_no_discount() {
    let test = support::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let portal = Portal::open_with(&test.url, &[("policy.file", &policy_with_discount(&folder))]).await;
    let (first, second) = two_accounts(&test).await;
    let person = portal.person(&first).await;
    let mut scene = Scene { test, portal, first, second, person };
    let first = scene.first.clone();
    let page = scene.person.reach_sandbox(&first.account_id, "balance", "").await;
    scene.person.pay_by(&page, "approved").await.assert_says("Paid: $1,140.00");
    scene.less_is_owed(&first, "1140.00").await;
    scene.see(&first).await.assert_says("Have $1,140.00 back");
    scene.have_back(&first, 114_000).await.expect("given back");
    scene.portal.work().await;
    assert_eq!(scene.portal.word("select state from payments").await, "refunded");
    assert_eq!(scene.owed().await, (0, 120_000), "nothing is owed because of it");
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_in_what_one_account_had_back_is_found() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay_both("1200", "1200").await;
    let first = scene.first.clone();
    scene.less_is_owed(&first, "15.00").await;
    scene.have_back(&first, 1_500).await.expect("given back");
    let faults = async || books::verify(&scene.test.db).await.expect("readable").faults.len();
    assert_eq!(faults().await, 0);
    let second = scene.second.account_id.clone();
    for (broken, mended) in [
        (
            format!("update reversals set account_id = '{second}'"),
            format!("update reversals set account_id = '{}'", first.account_id),
        ),
        (
            format!("update payment_allocations set account_id = '{second}' where reversal_id is not null"),
            format!("update payment_allocations set account_id = '{}' where reversal_id is not null", first.account_id),
        ),
        (
            format!("update payment_components set account_id = '{second}' where reversal_id is not null"),
            format!("update payment_components set account_id = '{}' where reversal_id is not null", first.account_id),
        ),
    ] {
        let execute =
            async |sql: String| sqlx::query(sqlx::AssertSqlSafe(sql)).execute(scene.test.db.pool()).await.expect("it is so");
        execute(broken.clone()).await;
        assert!(faults().await > 0, "{broken}");
        execute(mended.clone()).await;
        assert_eq!(faults().await, 0, "{mended}");
    }
}
