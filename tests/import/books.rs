//! What an import writes into the books, and what it must leave alone.

use crate::{Files, NORTHGATE, NORTHGATE_HISTORY, counts, number, request, row, run, sample, support};
use evenkeel::server::store::Db;

#[tokio::test]
async fn every_account_opens_with_its_itemization_and_the_books_balance() {
    for test in support::both().await {
        let db = &test.db;
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        assert_eq!(number(db, "select count(*) from ledger_transactions where kind = 'opening'").await, 60, "{}", test.name);
        let unbalanced =
            "select count(*) from (select transaction_id from postings group by transaction_id having sum(amount_minor) <> 0) t";
        assert_eq!(number(db, unbalanced).await, 0, "{}", test.name);
        let off = "select count(*) from accounts a where a.reported_balance_minor <>
            (select sum(p.amount_minor) from postings p where p.account_id = a.id and p.book = 'customer')";
        assert_eq!(number(db, off).await, 0, "{}", test.name);
        // NG-000023: 1533.73 + 142.17 + 0 - 306.33 - 0 = 1369.57, and a line for each part that is not zero.
        let lines: Vec<(String, String, i64)> = sqlx::query_as(
            "select p.book, p.component, p.amount_minor
             from postings p join accounts a on a.id = p.account_id where a.reference = 'NG-000023' order by p.line",
        )
        .fetch_all(db.pool())
        .await
        .expect("the opening");
        let expected = [
            ("customer", "principal", 153_373),
            ("customer", "interest", 14_217),
            ("customer", "payments", -30_633),
            ("creditor", "principal", -136_957),
        ];
        assert_eq!(lines, expected.map(|(book, component, amount)| (book.into(), component.into(), amount)), "{}", test.name);
        let once = "select count(*) from ledger_transactions t where t.once_key <> 'opening:' || t.account_id";
        assert_eq!(number(db, once).await, 0, "{}", test.name);
        let events = "select count(*) from events where action = 'account.imported' and account_id is not null";
        assert_eq!(number(db, events).await, 60, "{}", test.name);
    }
}

/// Karen's row with another balance, as of a later day. The parts still add up.
fn newer_balance(files: &Files, balance: &str, payments: &str) -> std::path::PathBuf {
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let header = text.lines().next().expect("a header");
    let karen = text.lines().find(|line| line.starts_with("NG-000023,")).expect("Karen's row");
    let newer = karen.replace(",306.33,", &format!(",{payments},")).replace(",1369.57,", &format!(",{balance},"));
    files.write(&format!("{balance}.csv"), format!("{header}\n{newer}\n"))
}

async fn balance(db: &Db) -> i64 {
    number(
        db,
        "select cast(sum(p.amount_minor) as bigint) from postings p join accounts a on a.id = p.account_id
         where a.reference = 'NG-000023' and p.book = 'customer'",
    )
    .await
}

/// A payment made here, in the books, under the reference EK-TEST-0001.
async fn pay_here(db: &Db, minor: i64) {
    let account = row(db, "select id, customer_id from accounts where reference = 'NG-000023'").await;
    sqlx::query(
        "insert into payments (id, reference, customer_id, account_id, purpose, amount_minor, discount_minor, currency, state, processor,
           decision_key, request_sha256, created_at, checks)
         values ('p1', 'EK-TEST-0001', $1, $2, 'part', $3, 0, 'USD', 'succeeded', 'sandbox', 'k1', 'x', 1, 0)",
    )
    .bind(&account[1])
    .bind(&account[0])
    .bind(minor)
    .execute(db.pool())
    .await
    .expect("a payment");
    sqlx::query(
        "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
         values ('t1', 'payment', $1, 'p1', 1795400000000, '2026-11-22', 'payment', 'customer', 'payment:p1')",
    )
    .bind(&account[0])
    .execute(db.pool())
    .await
    .expect("an entry");
    for (line, book, amount) in [(1_i64, "customer", -minor), (2, "processor", minor)] {
        sqlx::query(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             values ('t1', $1, $2, $3, 'payments', $4, 'USD')",
        )
        .bind(line)
        .bind(&account[0])
        .bind(book)
        .bind(amount)
        .execute(db.pool())
        .await
        .expect("a posting");
    }
}

#[tokio::test]
async fn another_balance_is_shown_to_a_person_or_adjusted_as_the_mapping_says() {
    for test in support::both().await {
        let db = &test.db;
        let files = Files::in_a_new_folder();
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        let file = newer_balance(&files, "1300.00", "375.90");
        let summary = run(db, request(file.clone(), NORTHGATE)).await;
        assert_eq!((summary.updated, summary.balance_differs), (1, 1), "{}", test.name);
        assert_eq!(balance(db).await, 136_957, "{}: the books lead", test.name);
        assert_eq!(number(db, "select count(*) from events where action = 'import.balance_differs'").await, 1, "{}", test.name);
        // The same report again is no news.
        let again = run(db, request(file, NORTHGATE)).await;
        assert_eq!((again.unchanged, again.balance_differs), (1, 0), "{}", test.name);

        let leads = NORTHGATE.replace("leads = \"portal\"", "leads = \"creditor\"");
        let file = newer_balance(&files, "1250.00", "425.90");
        let summary = run(db, request(file, &leads)).await;
        assert_eq!(summary.balance_differs, 1, "{}", test.name);
        assert_eq!(balance(db).await, 125_000, "{}: the creditor leads", test.name);
        let entry = row(db, "select kind, reason from ledger_transactions where kind = 'adjustment'").await;
        assert_eq!(entry, ["adjustment", "balance reported by the creditor"], "{}", test.name);
    }
}

#[tokio::test]
async fn a_payment_made_here_is_never_undone_by_a_creditor_who_has_not_heard_of_it() {
    for test in support::both().await {
        let db = &test.db;
        let files = Files::in_a_new_folder();
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        pay_here(db, 10_000).await;
        let leads = NORTHGATE.replace("leads = \"portal\"", "leads = \"creditor\"");
        let later = leads.replace("2026-11-20", "2026-11-22");
        // Not booked there yet; then booked there; nothing to adjust in either.
        let unheard = newer_balance(&files, "1369.57", "306.33");
        assert_eq!(run(db, request(unheard, &later)).await.balance_differs, 0, "{}", test.name);
        let heard = newer_balance(&files, "1269.57", "406.33");
        assert_eq!(run(db, request(heard, &later)).await.balance_differs, 0, "{}", test.name);
        assert_eq!(balance(db).await, 126_957, "{}", test.name);

        // Reported back in the history, it is not shown a second time.
        let mapping = NORTHGATE_HISTORY.replace("[constants]", "payment_reference = \"remark\"\n[constants]");
        let history = files.write(
            "history.csv",
            "account_reference,posted_on,kind,amount,description,remark\nNG-000023,2026-11-22,payment,-100.00,Portal,EK-TEST-0001\n",
        );
        assert_eq!(counts(&run(db, request(history, &mapping)).await), (0, 0, 1, 0), "{}", test.name);
        assert_eq!(number(db, "select count(*) from creditor_transactions").await, 0, "{}", test.name);
        let payment = row(db, "select state, amount_minor from payments").await;
        assert_eq!(payment, ["succeeded", "10000"], "{}", test.name);
    }
}

#[tokio::test]
async fn a_recalled_account_is_held_until_it_is_handed_back() {
    for test in support::both().await {
        let db = &test.db;
        let files = Files::in_a_new_folder();
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
        let with_status = |status: &str| {
            let lines = text.lines().enumerate().map(|(index, line)| match index {
                0 => format!("{line},status"),
                _ if line.starts_with("NG-000023,") => format!("{line},{status}"),
                _ => format!("{line},"),
            });
            files.write(&format!("{status}.csv"), lines.collect::<Vec<_>>().join("\n"))
        };
        let mapping = NORTHGATE.replace("[constants]", "status = \"status\"\n[constants]");
        let status = "select status, (select cast(count(*) as bigint) from holds h where h.account_id = a.id and h.kind = 'recalled' and h.released_at is null)
            from accounts a where reference = 'NG-000023'";
        assert_eq!(counts(&run(db, request(with_status("recalled"), &mapping)).await), (0, 1, 59, 0), "{}", test.name);
        assert_eq!(row(db, status).await, ["recalled", "1"], "{}", test.name);
        let closing = "select cast(count(*) as bigint) from jobs j join accounts a on a.id = j.subject_id
            where j.kind = 'close_payment_pages' and a.reference = 'NG-000023'";
        assert_eq!(row(db, closing).await, ["1"], "its payment pages close, on {}", test.name);
        run(db, request(with_status("closed"), &mapping)).await;
        assert_eq!(row(db, status).await, ["closed", "1"], "{}", test.name);
        run(db, request(with_status("open"), &mapping)).await;
        assert_eq!(row(db, status).await, ["open", "0"], "{}", test.name);
    }
}

#[tokio::test]
async fn a_reference_of_another_creditor_is_refused() {
    let test = support::sqlite().await;
    run(&test.db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
    let files = Files::in_a_new_folder();
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let path = files.write("other.csv", text.replace("Northgate Credit Union", "Southgate Bank"));
    let summary = run(&test.db, request(path.clone(), NORTHGATE)).await;
    assert_eq!(counts(&summary), (0, 0, 0, 60));
    assert_eq!(summary.faults[0].reason.code(), "other_creditors");
    let prefixed = format!("{NORTHGATE}\n[reference]\nprefix = \"SG-\"\n");
    assert_eq!(counts(&run(&test.db, request(path, &prefixed)).await), (60, 0, 0, 0));
}
