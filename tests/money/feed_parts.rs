//! The creditor's feed says which parts of a debt were paid and came back: they sum to each line, and a line that was exported
//! stays as it was.

use crate::feed::{export, exported, json, text};
use crate::joint::{choose, pay_now, two_accounts};
use crate::outcomes::policy_with_discount;
use crate::portal::{Person, Portal, customer};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::ids;
use evenkeel::server::processors::sandbox::{Afterwards, TakenBackBy};
use evenkeel::server::services::corrections;
use evenkeel::server::services::payments::{self, HaveBack, RefundOrder};
use serde_json::Value;

struct Scene {
    test: TestDb,
    portal: Portal,
    seeded: Seeded,
    person: Person,
    /// What was exported last.
    before: Vec<Value>,
}

impl Scene {
    /// 300.00 owed, 100.00 of it past due.
    async fn open(test: TestDb) -> Scene {
        Scene::open_with(test, &[]).await
    }

    async fn open_with(test: TestDb, changed: &[(&str, &str)]) -> Scene {
        let portal = Portal::open_with(&test.url, changed).await;
        let seed_of = SeedAccount { balance_minor: 30_000, past_due_minor: 10_000, ..SeedAccount::default() };
        let seeded = seed::account(&test.db, seed_of).await;
        let person = portal.person(&seeded).await;
        Scene { test, portal, seeded, person, before: Vec::new() }
    }

    async fn correct(&self, part: Paid, amount: &str) {
        let what = corrections::What::Correct { amount: amount.into(), part };
        let decided = corrections::Decided { reason: "As itemized".into(), by: "Ines".into(), key: ids::new_token() };
        corrections::book(&self.portal.state, &self.seeded.reference, &what, &decided)
            .await
            .expect("no failure")
            .expect("booked");
    }

    /// Of what is owed 30.00 are interest and 10.00 fees.
    async fn itemized(&self) {
        for (part, amount) in [(Paid::Interest, "30.00"), (Paid::Fees, "10.00"), (Paid::Principal, "-40.00")] {
            self.correct(part, amount).await;
        }
    }

    async fn pay(&mut self, purpose: &str, amount: &str) {
        let account = self.seeded.account_id.clone();
        let page = self.person.reach_sandbox(&account, purpose, amount).await;
        self.person.pay_by(&page, "approved").await.assert_says("Paid: ");
        self.portal.work().await;
    }

    async fn refund(&self, amount: &str) {
        let order = RefundOrder {
            payment: self.portal.word("select reference from payments").await,
            amount: Some(amount.to_owned()),
            reason: "Charged for the wrong month".into(),
            by: "Ines".into(),
            key: ids::new_token(),
        };
        payments::refund(&self.portal.state, &order).await.expect("no failure").expect("given back");
    }

    async fn charge(&self) -> String {
        self.portal.word("select processor_reference from payments").await
    }

    async fn happens(&self, afterwards: Afterwards) {
        assert!(self.portal.sandbox().happens(&self.charge().await, afterwards).await.expect("its books"));
        self.portal.work().await;
    }

    /// What is new in the feed, after what was there is found unchanged. Every line's parts sum to it.
    fn new_lines(&mut self) -> Vec<Value> {
        let document = json(&self.test, &[]);
        let lines = document["entries"].as_array().expect("entries").clone();
        let (known, new) = lines.split_at(self.before.len());
        assert_eq!(known, self.before, "{}", self.test.name);
        for line in &lines {
            let parts = line["parts"].as_array().expect("parts");
            assert_eq!(parts.iter().map(minor).sum::<i64>(), minor(line), "{}: {line}", self.test.name);
            assert!(parts.iter().all(|part| minor(part) != 0), "{line}");
        }
        let new = new.to_vec();
        self.before = lines;
        new
    }

    /// The parts of the only new line, as in CSV.
    fn parts_of_new(&mut self) -> String {
        let new = self.new_lines();
        assert_eq!(new.len(), 1, "{new:?}");
        parts(&new[0])
    }
}

fn minor(of: &Value) -> i64 {
    let text = of["amount"].as_str().expect("an amount");
    Money::parse_decimal(text.trim_start_matches('-'), Currency::USD).expect("a decimal").minor()
        * if text.starts_with('-') { -1 } else { 1 }
}

fn parts(line: &Value) -> String {
    let word = |part: &Value, name: &str| part[name].as_str().map(str::to_owned);
    let of_line = line["parts"].as_array().expect("parts").iter().map(|part| {
        let to = word(part, "to").map(|to| match &part["instalment"] {
            Value::Null => format!("{to} "),
            number => format!("{to} {}/{number} ", word(part, "agreement").unwrap_or_default()),
        });
        format!(
            "{}{} {}",
            to.unwrap_or_default(),
            word(part, "part").unwrap_or_default(),
            word(part, "amount").unwrap_or_default()
        )
    });
    of_line.collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_exported_by_parts_and_the_same_parts_come_back() {
    for test in support::both().await {
        let mut scene = Scene::open(test).await;
        scene.itemized().await;
        let corrections: Vec<String> = scene.new_lines().iter().map(parts).collect();
        assert_eq!(corrections, ["interest 30.00", "fees 10.00", "principal -40.00"]);

        scene.pay("part", "150").await;
        let paid = "past_due fees -10.00; past_due interest -30.00; past_due principal -60.00; balance principal -50.00";
        assert_eq!(scene.parts_of_new(), paid, "{}", scene.test.name);
        scene.refund("60.00").await;
        assert_eq!(scene.parts_of_new(), "balance principal 50.00; past_due principal 10.00");
        scene.happens(Afterwards::ChargedBack).await;
        assert_eq!(scene.parts_of_new(), "past_due principal 50.00; past_due interest 30.00; past_due fees 10.00");
        scene.happens(Afterwards::WonBack).await;
        assert_eq!(scene.parts_of_new(), "past_due fees -10.00; past_due interest -30.00; past_due principal -50.00");
        // All that went back and came again: each part is paid by what the payment still is.
        let sum = |part: &str| {
            let pieces = scene.before.iter().skip(3).flat_map(|line| line["parts"].as_array().expect("parts"));
            pieces.filter(|piece| piece["part"] == part).map(minor).sum::<i64>()
        };
        assert_eq!((sum("fees"), sum("interest"), sum("principal")), (-1_000, -3_000, -5_000));

        let csv = text(&export(&scene.test, &["--format", "csv", "--since", "all:3", "--limit", "2"]).stdout);
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].ends_with(",paid_on,reason,parts"), "{csv}");
        assert!(lines[1].ends_with(&format!(",{paid}")), "{csv}");
        assert!(lines[2].ends_with(",balance principal 50.00; past_due principal 10.00"), "{csv}");
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instalment_and_what_is_beyond_everything_owed_have_their_parts() {
    let mut scene = Scene::open(support::sqlite().await).await;
    let agreement = crate::outcomes::given_an_agreement(&scene.test, &scene.seeded, &[15_000, 15_000]).await;
    assert!(!agreement.is_empty());
    scene.pay("instalment", "").await;
    assert_eq!(scene.parts_of_new(), "instalment AG-TEST/1 principal -150.00");
    // While the rest is being paid the creditor gives up 20.00 of it.
    let account = scene.seeded.account_id.clone();
    let page = scene.person.reach_sandbox(&account, "balance", "").await;
    scene.correct(Paid::Principal, "-20.00").await;
    assert_eq!(scene.parts_of_new(), "principal -20.00");
    scene.person.pay_by(&page, "approved").await.assert_says("Paid: $150.00");
    assert_eq!(scene.parts_of_new(), "instalment AG-TEST/2 principal -130.00; credit credit -20.00");
}

/// A refund of 20.00, then the bank takes all 50.00, then it is won: more goes back than the payment still holds, and less is
/// applied again than comes again. What belongs to which entry is not told by sums.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_part_is_known_of_is_unknown_and_never_moves() {
    for test in support::both().await {
        let mut scene = Scene::open(test).await;
        scene.pay("part", "50").await;
        scene.refund("20.00").await;
        let all = Money::new(5_000, Currency::USD);
        for _ in 0..2 {
            scene.portal.sandbox().take_back(&scene.charge().await, TakenBackBy::CardBank, Some(all)).await.expect("its books");
            scene.portal.work().await;
            scene.happens(Afterwards::WonBack).await;
        }
        let lines: Vec<String> = scene.new_lines().iter().map(parts).collect();
        let (taken, won) = ("past_due principal 30.00; unknown 20.00", "past_due principal -30.00; unknown -20.00");
        let expected = ["past_due principal -50.00", "past_due principal 20.00", taken, won, taken, won];
        assert_eq!(lines, expected, "{}", scene.test.name);
        // Another 20.00 go back: nothing moves to what was exported before.
        scene.refund("20.00").await;
        assert_eq!(scene.parts_of_new(), "past_due principal 20.00");

        // As it was before parts were kept.
        sqlx::query("delete from payment_components").execute(scene.test.db.pool()).await.expect("deleted");
        scene.before.clear();
        let lines: Vec<String> = scene.new_lines().iter().map(parts).collect();
        assert_eq!(lines[..3], ["past_due unknown -50.00", "past_due unknown 20.00", "past_due unknown 30.00; unknown 20.00"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discount_is_given_up_of_no_part_in_particular() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut scene = Scene::open_with(support::sqlite().await, &[("policy.file", &policy_with_discount(&folder))]).await;
    scene.pay("balance", "").await;
    let lines: Vec<String> = scene.new_lines().iter().map(parts).collect();
    assert_eq!(lines, ["past_due principal -100.00; balance principal -185.00", "unknown -15.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_payment_over_several_accounts_each_line_has_its_own_parts() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let person = portal.person(&first).await;
        let mut scene = Scene { test, portal, seeded: first.clone(), person, before: Vec::new() };
        let check = choose(&mut scene.person, &[(&first, "1200"), (&second, "50")]).await;
        let page = pay_now(&mut scene.person, &check).await;
        scene.person.pay_by(&page, "approved").await.assert_says("Paid: ");
        let of_account = |lines: &[Value], account: &Seeded| {
            let of_account = lines.iter().find(|line| line["account_reference"] == *account.reference);
            parts(of_account.expect("a line of the account"))
        };
        let lines = scene.new_lines();
        assert_eq!(lines.len(), 2);
        assert_eq!(of_account(&lines, &first), "past_due principal -300.00; balance principal -900.00", "{}", scene.test.name);
        assert_eq!(of_account(&lines, &second), "past_due principal -50.00");
        scene.correct(Paid::Principal, "-15.00").await;
        scene.new_lines();
        let decision = HaveBack {
            customer: customer(&first),
            account: AccountId(first.account_id.clone()),
            amount_minor: 1_500,
            key: ids::new_token(),
        };
        payments::have_back(&scene.portal.state, &decision).await.expect("no failure").expect("given back");
        let lines = scene.new_lines();
        assert_eq!((lines.len(), of_account(&lines, &first).as_str()), (1, "balance principal 15.00"));
    }
}

/// A database from before lines named their entries: the migration gives them the same ones.
#[tokio::test(flavor = "multi_thread")]
async fn lines_from_before_are_given_to_their_entries() {
    for test in support::both().await {
        let mut scene = Scene::open(test).await;
        scene.itemized().await;
        scene.pay("part", "150").await;
        scene.refund("60.00").await;
        scene.happens(Afterwards::ChargedBack).await;
        scene.happens(Afterwards::WonBack).await;
        scene.refund("10.00").await;
        let exported_now = exported(&scene.test, &[]);
        let migration = std::fs::read_to_string("migrations/0023_entries_of_lines.sql").expect("the migration");
        let migration: Vec<&str> = migration.lines().filter(|line| !line.starts_with("--")).collect();
        let migration = migration.join("\n");
        let updates: Vec<&str> = migration.split(';').map(str::trim).filter(|sql| sql.starts_with("update ")).collect();
        assert_eq!(updates.len(), 6);
        for table in ["payment_allocations", "payment_components"] {
            let forget = format!("update {table} set entry_key = null");
            sqlx::query(sqlx::AssertSqlSafe(forget)).execute(scene.test.db.pool()).await.expect("as it was before");
        }
        let forgotten = json(&scene.test, &[]);
        assert_eq!(parts(&forgotten["entries"][3]), "unknown -150.00", "{}", scene.test.name);
        for update in updates {
            sqlx::query(sqlx::AssertSqlSafe(update)).execute(scene.test.db.pool()).await.expect("it runs");
        }
        assert_eq!(exported(&scene.test, &[]), exported_now, "{}", scene.test.name);
    }
}
