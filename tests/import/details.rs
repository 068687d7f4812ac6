//! What a customer corrected, and the creditor's next file: kept against what is old, confirmed by the same, given way to what is newer.

use crate::{Files, NORTHGATE, counts, number, request, row, run, sample, support};
use evenkeel::server::store::Db;

const KAREN_EMAIL: &str = "karen.moore.23@example.net";

/// As the portal writes a correction of Karen's e-mail address.
async fn correct(db: &Db) {
    sqlx::query(
        "insert into own_details (id, customer_id, detail, value, known_before, changed_at, changed_by, reason)
         select 'own', customer_id, 'email', '[\"karen@own.example\"]', '[[\"karen.moore.23@example.net\"]]', 1, 'customer', ''
         from accounts where reference = 'NG-000023'",
    )
    .execute(db.pool())
    .await
    .expect("a correction");
    sqlx::query("update customers set email = 'karen@own.example' where id = (select customer_id from own_details)")
        .execute(db.pool())
        .await
        .expect("the customer");
}

async fn known(db: &Db) -> Vec<String> {
    row(
        db,
        "select c.email, c.street, case when o.confirmed_at is null then 'waits' else 'confirmed' end, coalesce(o.ended_because, 'live')
         from own_details o join customers c on c.id = o.customer_id",
    )
    .await
}

#[tokio::test]
async fn a_file_keeps_confirms_and_replaces_what_a_customer_corrected() {
    for test in support::both().await {
        let db = &test.db;
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        correct(db).await;
        let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
        let files = Files::in_a_new_folder();
        let street = known(db).await[1].clone();
        let before = number(db, "select count(*) from events").await;

        // The creditor still sends what it had, in capitals too, or nothing: the customer's stays, and nothing is said to have changed.
        for (name, email) in
            [("same", KAREN_EMAIL.to_owned()), ("capitals", KAREN_EMAIL.to_uppercase()), ("empty", String::new())]
        {
            let path = files.write(&format!("{name}.csv"), text.replace(KAREN_EMAIL, &email));
            assert_eq!(counts(&run(db, request(path, NORTHGATE)).await), (0, 0, 60, 0), "{}: {name}", test.name);
            assert_eq!(known(db).await, ["karen@own.example", &street, "waits", "live"], "{}: {name}", test.name);
        }
        assert_eq!(number(db, "select count(*) from events").await, before, "{}", test.name);

        // Something else that is newer comes with it.
        let moved = text.replace("Eje vial Distrito Federal 074 041", "1 New Street");
        run(db, request(files.write("moved.csv", moved), NORTHGATE)).await;
        assert_eq!(known(db).await, ["karen@own.example", "1 New Street", "waits", "live"], "{}", test.name);

        // The creditor has it; and an older file that comes late does not undo it.
        run(db, request(files.write("has.csv", text.replace(KAREN_EMAIL, "Karen@Own.example")), NORTHGATE)).await;
        assert_eq!(known(db).await, ["karen@own.example", &street, "confirmed", "live"], "{}", test.name);
        run(db, request(files.write("late.csv", format!("{text}\n")), NORTHGATE)).await;
        assert_eq!(known(db).await, ["karen@own.example", &street, "confirmed", "live"], "{}", test.name);

        // A dry run tells of what is newer and writes nothing.
        let newer = files.write("newer.csv", text.replace(KAREN_EMAIL, "karen@newer.example"));
        let mut dry = request(newer.clone(), NORTHGATE);
        dry.dry_run = true;
        assert_eq!(counts(&run(db, dry).await), (0, 1, 59, 0), "{}", test.name);
        assert_eq!(known(db).await[3], "live", "{}", test.name);
        assert_eq!(counts(&run(db, request(newer, NORTHGATE)).await), (0, 1, 59, 0), "{}", test.name);
        assert_eq!(known(db).await, ["karen@newer.example", &street, "confirmed", "newer"], "{}", test.name);
        let told = "select count(*) from events where action = 'details.creditor_sent_newer' and details not like '%example%'";
        assert_eq!(number(db, told).await, 1, "{}", test.name);
        // From then on the creditor's files lead again.
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        assert_eq!(known(db).await[0], KAREN_EMAIL, "{}", test.name);
    }
}
