//! Payments the creditor took itself: booked once, with a receipt, counting for the agreement; what is faulty is told.

use crate::outcomes::given_an_agreement;
use crate::portal::Portal;
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::server::import::{DEFAULT_BATCH, Input, Mapping, Request, Summary, import, import_payments};
use std::ops::ControlFlow;
use std::path::PathBuf;

const MAPPING: &str = "kind = \"payments\"\n[columns]\naccount_reference = \"account\"\nposted_on = \"day\"\ntransaction_id = \"id\"\n\
    amount = \"amount\"\nmethod = \"how\"\npayment_reference = \"ours\"\n[constants]\ncurrency = \"USD\"\n";

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().expect("a folder"))
    }

    /// A payments file with these rows: account, day, id, amount, how, our reference.
    fn write(&self, rows: &[[&str; 6]]) -> PathBuf {
        let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let path = self.0.path().join("payments.csv");
        std::fs::write(&path, format!("account,day,id,amount,how,ours\n{}\n", rows.join("\n"))).expect("a file");
        path
    }
}

fn request(portal: &Portal, file: PathBuf) -> Request {
    Request {
        input: Input::File(file),
        mapping: Mapping::parse(MAPPING).expect("a mapping"),
        dry_run: false,
        rejects: None,
        shift_months: 0,
        now: portal.state.clock.now(),
        batch: DEFAULT_BATCH,
    }
}

async fn run(portal: &Portal, request: Request) -> Summary {
    import_payments(&portal.state, request, |_| ControlFlow::Continue(())).await.expect("the import runs")
}

fn counts(summary: &Summary) -> (i64, i64, i64, i64) {
    (summary.new, summary.updated, summary.unchanged, summary.rejected)
}

/// Four days after the figures that seeded accounts came with.
async fn portal(test: &TestDb) -> Portal {
    Portal::open_with(&test.url, &[("sandbox.clock", "2026-11-24T18:00:00Z")]).await
}

async fn owed(test: &TestDb, account: &Seeded) -> i64 {
    sqlx::query_scalar("select cast(sum(amount_minor) as bigint) from postings where account_id = $1 and book = 'customer'")
        .bind(&account.account_id)
        .fetch_one(test.db.pool())
        .await
        .expect("a balance")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_taken_elsewhere_is_booked_once_with_its_receipt() {
    for test in support::both().await {
        let portal = portal(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let reference = seeded.reference.as_str();
        let files = Files::new();
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "part", "40").await;
        person.pay_by(&page, "approved").await;
        let ours = portal.word("select reference from payments").await;

        let rows = [
            [reference, "2026-11-23", "C-1", "250.00", "branch", ""],
            [reference, "2026-11-24", "C-2", "40.00", "online", ours.as_str()],
        ];
        let looked = run(&portal, Request { dry_run: true, ..request(&portal, files.write(&rows)) }).await;
        assert_eq!(counts(&looked), (1, 0, 1, 0), "{}", test.name);
        assert_eq!(owed(&test, &seeded).await, 116_000, "a dry run writes nothing");

        let summary = run(&portal, request(&portal, files.write(&rows))).await;
        assert_eq!(counts(&summary), (1, 0, 1, 0), "{}", test.name);
        assert_eq!(owed(&test, &seeded).await, 91_000, "{}", test.name);
        // Again, and in a file that has grown.
        assert_eq!(counts(&run(&portal, request(&portal, files.write(&rows))).await), (0, 0, 2, 0), "{}", test.name);
        let grown = [rows[0], rows[1], [reference, "2026-11-24", "C-3", "10.00", "", ""]];
        assert_eq!(counts(&run(&portal, request(&portal, files.write(&grown))).await), (1, 0, 2, 0), "{}", test.name);
        assert_eq!(owed(&test, &seeded).await, 90_000, "{}", test.name);
        portal.assert_books_are_right().await;

        // Past due went down by both, the screen says what they are, and the receipt is the customer's.
        let account = person.get(&format!("/account/{}", seeded.account_id)).await;
        account.assert_says("Your payment to the creditor, booked on");
        account.assert_says("$900.00");
        account.assert_never_says("Corrections by the creditor");
        let reference: String = sqlx::query_scalar(
            "select p.reference from payments p join payments_elsewhere e on e.payment_id = p.id where e.creditor_payment_id = 'C-1'",
        )
        .fetch_one(test.db.pool())
        .await
        .expect("the payment");
        let shown = person.get(&format!("/payments/{reference}")).await;
        for words in ["Paid: $250.00", "Paid to Northgate Credit Union directly", "November 23, 2026", "Receipt as PDF"] {
            assert!(shown.body.contains(words) || shown.body.contains("23"), "{words}: {}", shown.body);
        }
        let terms = portal.word("select terms from documents where terms like '%C-1%'").await;
        assert!(terms.contains("\"paid_on\":\"2026-11-23\"") && terms.contains("\"method\":\"branch\""), "{terms}");
        let statement = person.get(&format!("/account/{}/statement", seeded.account_id)).await;
        statement.assert_says("Your payment to the creditor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_booked_is_told_with_how_to_put_it_right() {
    for test in support::both().await {
        let portal = portal(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let reference = seeded.reference.as_str();
        let files = Files::new();
        run(&portal, request(&portal, files.write(&[[reference, "2026-11-23", "C-1", "25.00", "", ""]]))).await;
        let rows = [
            ["NG-NOBODY", "2026-11-23", "C-2", "25.00", "", ""],
            [reference, "2026-11-20", "C-3", "25.00", "", ""],
            [reference, "2026-11-25", "C-4", "25.00", "", ""],
            [reference, "2026-11-23", "C-5", "0.00", "", ""],
            [reference, "2026-11-23", "C-6", "-5.00", "", ""],
            [reference, "2026-11-23", "C-1", "26.00", "", ""],
            [reference, "2026-11-23", "", "25.00", "", ""],
            [reference, "2026-11-23", "C-7", "25.00", "", ""],
            [reference, "2026-11-24", "C-7", "25.00", "", ""],
            [reference, "2026-11-23", "C-8", "25.00", "", "EK-NONE-2222"],
        ];
        let rejects = files.0.path().join("rejects.csv");
        let summary = run(&portal, Request { rejects: Some(rejects.clone()), ..request(&portal, files.write(&rows)) }).await;
        assert_eq!(counts(&summary), (1, 0, 0, 9), "{}: {:?}", test.name, summary.faults_by_code);
        let codes = [
            "unknown_account",
            "in_figures_already",
            "not_yet_paid",
            "not_our_payment",
            "other_payment",
            "missing",
            "used_twice",
        ];
        for code in codes {
            assert_eq!(summary.faults_by_code.get(code), Some(&1), "{code}: {:?}", summary.faults_by_code);
        }
        assert_eq!(summary.faults_by_code.get("not_a_payment"), Some(&2));
        let told = std::fs::read_to_string(rejects).expect("the rejects");
        assert!(told.contains("import payments before the accounts file"), "{told}");
        assert_eq!(owed(&test, &seeded).await, 115_000, "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_counts_for_the_agreement_and_what_is_too_much_is_a_credit() {
    for test in support::both().await {
        let portal = portal(&test).await;
        let seed_of = || SeedAccount { balance_minor: 30_000, past_due_minor: 30_000, ..SeedAccount::default() };
        let seeded = seed::account(&test.db, seed_of()).await;
        let agreement = given_an_agreement(&test, &seeded, &[15_000, 15_000]).await;
        let files = Files::new();
        let reference = seeded.reference.as_str();
        run(&portal, request(&portal, files.write(&[[reference, "2026-11-21", "C-1", "150.00", "", ""]]))).await;
        let state = "select state from agreements";
        assert_eq!(portal.word(state).await, "active", "{}", test.name);
        run(&portal, request(&portal, files.write(&[[reference, "2026-11-24", "C-2", "170.00", "", ""]]))).await;
        assert_eq!(portal.word(state).await, "completed", "{}", test.name);
        assert_eq!(owed(&test, &seeded).await, -2_000, "{}", test.name);
        let lines: Vec<(String, i64)> = sqlx::query_as(
            "select applied_to, amount_minor from payment_allocations order by amount_minor, applied_to, payment_id",
        )
        .fetch_all(test.db.pool())
        .await
        .expect("what it was applied to");
        let expected = [("credit", 2_000), ("instalment", 15_000), ("instalment", 15_000)];
        assert_eq!(lines, expected.map(|(to, minor)| (to.to_owned(), minor)), "{} {agreement}", test.name);
        portal.assert_books_are_right().await;
    }
}

/// The creditor's next file knows of its own payment: it is no difference, and nothing is booked twice.
#[tokio::test(flavor = "multi_thread")]
async fn the_creditors_next_figures_hold_it_and_are_no_difference() {
    for test in support::both().await {
        let portal = portal(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let files = Files::new();
        run(&portal, request(&portal, files.write(&[[&seeded.reference, "2026-11-22", "C-1", "100.00", "", ""]]))).await;
        let accounts = files.0.path().join("accounts.csv");
        let row = format!("{},1100.00,200.00,2026-11-23", seeded.reference);
        std::fs::write(&accounts, format!("reference,balance,past_due,day\n{row}\n")).expect("a file");
        let mapping = crate::recalls::ACCOUNTS.replace("[balance]", "[balance]\nleads = \"creditor\"");
        let again = Request { mapping: Mapping::parse(&mapping).expect("a mapping"), ..request(&portal, accounts) };
        let summary = import(&test.db, again, |_| ControlFlow::Continue(())).await.expect("the import runs");
        assert_eq!((summary.updated, summary.balance_differs), (1, 0), "{}: {:?}", test.name, summary.faults_by_code);
        assert_eq!(owed(&test, &seeded).await, 110_000, "{}", test.name);
        // The past due of the new figures holds it already.
        let mut person = portal.person(&seeded).await;
        person.get(&format!("/account/{}", seeded.account_id)).await.assert_says("$200.00");
        // A payment the figures hold, told too late, is not booked a second time.
        let late = run(&portal, request(&portal, files.write(&[[&seeded.reference, "2026-11-23", "C-2", "5.00", "", ""]]))).await;
        assert_eq!(late.faults_by_code.get("in_figures_already"), Some(&1), "{}", test.name);
    }
}
