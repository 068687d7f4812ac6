//! Files as creditors write them: a mapping each, and no code.

use crate::{Files, HARBOR, NORTHGATE, NORTHGATE_HISTORY, counts, number, request, row, run, sample, support};

#[tokio::test]
async fn northgate_is_imported_with_its_history() {
    for test in support::both().await {
        let db = &test.db;
        let accounts = run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        assert_eq!(counts(&accounts), (60, 0, 0, 0), "{}: {:?}", test.name, accounts.faults);
        let history = run(db, request(sample("northgate-transactions.csv"), NORTHGATE_HISTORY)).await;
        assert_eq!(counts(&history), (512, 0, 0, 0), "{}: {:?}", test.name, history.faults);

        // Two accounts with one customer reference are one customer's; nothing else merges people.
        assert_eq!(number(db, "select count(*) from customers").await, 55, "{}", test.name);
        let customer = row(
            db,
            "select c.given_name, c.family_name, c.date_of_birth, c.postal_code, c.postal_code_normalised, c.time_zone, c.email, c.phone,
               c.language, c.customer_since, c.street, a.product, a.currency, a.status, a.reported_balance_minor,
               a.reported_past_due_minor, a.oldest_unpaid_due_date, a.balance_date, a.itemization_date, a.reference_normalised,
               a.payments_since_minor
             from accounts a join customers c on c.id = a.customer_id where a.reference = 'NG-000023'",
        )
        .await;
        let expected = [
            "Karen",
            "Moore",
            "1976-09-06",
            "30339",
            "30339",
            "America/New_York",
            "karen.moore.23@example.net",
            "(null)",
            "en",
            "2017-09-29",
            "Eje vial Distrito Federal 074 041",
            "Credit card",
            "USD",
            "open",
            "136957",
            "22826",
            "2026-10-07",
            "2026-11-20",
            "2026-05-01",
            "NG000023",
            "30633",
        ];
        assert_eq!(customer, expected, "{}", test.name);
        // The creditor's history of an account adds up to its balance.
        let off = "select count(*) from accounts a where a.reference like 'NG-%' and a.reported_balance_minor <>
            (select coalesce(sum(t.amount_minor), 0) from creditor_transactions t where t.account_id = a.id)";
        assert_eq!(number(db, off).await, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn harbor_is_imported_as_its_billing_system_writes_it() {
    for test in support::both().await {
        let db = &test.db;
        let summary = run(db, request(sample("harbor-export.csv"), HARBOR)).await;
        assert_eq!(counts(&summary), (20, 0, 0, 0), "{}: {:?}", test.name, summary.faults);
        let person = "select c.given_name, c.family_name, c.date_of_birth, c.city, c.state, c.postal_code, c.time_zone, c.email, c.phone,
               c.language, a.reference, a.reported_balance_minor, a.fees_since_minor, a.payments_since_minor, a.oldest_unpaid_due_date
             from accounts a join customers c on c.id = a.customer_id where a.reference_normalised = '00014723'";
        let expected = [
            "Miriam",
            "Paredes",
            "1968-06-10",
            "West Lindsey",
            "MN",
            "55440",
            "America/Chicago",
            "miriam.paredes.14723@example.net",
            "+16125550141",
            "es",
            "00014723",
            "138957",
            "15730",
            "30333",
            "2026-10-12",
        ];
        assert_eq!(row(db, person).await, expected, "{}", test.name);
        // N/A is no phone number, and a code of another state is a phone number.
        let allen = row(db, "select c.phone, c.email from customers c where c.family_name = 'Quintanilla'").await;
        assert_eq!(allen, ["(null)", "allen.quintanilla.14761@example.net"], "{}", test.name);
        // Its adjustments carry their sign already.
        let adjusted = "select cast(credits_since_minor as bigint) from accounts where reference_normalised = '00015161'";
        assert_eq!(number(db, adjusted).await, 60_760, "{}", test.name);
        let puerto_rico = row(db, "select time_zone, postal_code from customers where family_name = 'Bradshaw'").await;
        assert_eq!(puerto_rico, ["America/Puerto_Rico", "00937"], "{}", test.name);
    }
}

/// Semicolons, ISO-8859-1, decimal commas, days first, German columns, a time zone by constant, a minus behind.
#[tokio::test]
async fn a_german_file_needs_a_mapping_and_no_code() {
    let mapping = r#"
        kind = "accounts"
        [file]
        delimiter = ";"
        encoding = "iso-8859-1"
        skip_lines = 2
        [amounts]
        decimal = ","
        thousands = "."
        symbols = ["€"]
        negative = ["trailing_minus"]
        [dates]
        format = "DD.MM.YYYY"
        [columns]
        account_reference = "Kontonummer"
        customer_reference = "Kunde"
        date_of_birth = "Geburtsdatum"
        street = "Straße"
        phone = "Telefon"
        language = "Sprache"
        itemization_date = { column = "Stichtag", date = "YYYYMMDD" }
        balance_at_itemization = "Saldo alt"
        interest_since = "Zinsen"
        payments_since = { column = "Zahlungen", sign = "already_signed" }
        current_balance = "Saldo"
        past_due_amount = "Rückstand"
        oldest_unpaid_due_date = "Fällig seit"
        status = "Stand"
        [[split]]
        column = "Name"
        pattern = "{given_name} {family_name}"
        from = "right"
        [[split]]
        column = "Ort"
        pattern = "{postal_code} {city}"
        [constants]
        creditor = "Stadtwerke Musterstadt"
        product = "Strom"
        currency = "EUR"
        balance_date = "2026-11-20"
        time_zone = "Europe/Berlin"
        [translate.language]
        "Deutsch" = "en"
        "Spanisch" = "es"
        [translate.status]
        "offen" = "open"
        "zurückgerufen" = "recalled"
        [values]
        empty = ["-", "keine"]
        [reference]
        prefix = "SW-"
        [phone]
        country_code = "49"
        trunk_prefix = "0"
    "#;
    let file = "Export vom 20.11.2026\n\
        ------\n\
        Kontonummer;Kunde;Name;Geburtsdatum;Straße;Ort;Telefon;Sprache;Stichtag;Saldo alt;Zinsen;Zahlungen;Saldo;Rückstand;Fällig seit;Stand\n\
        4711;K1;Jürgen Groß;01.02.1970;Hauptstraße 1;60311 Frankfurt am Main;069 1234567;Deutsch;20260501;1.234,50;10,00;44,50-;1.200,00 €;1.000,00;05.10.2026;offen\n\
        4712;K2;María José Ruiz;29.02.1980;Am Markt 2;01067 Dresden;keine;Spanisch;20260501;50;-;0,00;50,00;0;-;zurückgerufen\n";
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(file);
    assert!(!unmappable);
    let files = Files::in_a_new_folder();
    let path = files.write("export.csv", bytes);
    let test = support::sqlite().await;
    let summary = run(&test.db, request(path, mapping)).await;
    assert_eq!(counts(&summary), (2, 0, 0, 0), "{:?}", summary.faults);
    let first = row(
        &test.db,
        "select a.reference, c.given_name, c.family_name, c.date_of_birth, c.city, c.postal_code, c.phone, c.time_zone, a.currency,
           a.reported_balance_minor, a.reported_past_due_minor, a.oldest_unpaid_due_date, a.payments_since_minor, a.status
         from accounts a join customers c on c.id = a.customer_id where a.reference_normalised = 'SW4711'",
    )
    .await;
    let expected = [
        "SW-4711",
        "Jürgen",
        "Groß",
        "1970-02-01",
        "Frankfurt am Main",
        "60311",
        "+49691234567",
        "Europe/Berlin",
        "EUR",
        "120000",
        "100000",
        "2026-10-05",
        "4450",
        "open",
    ];
    assert_eq!(first, expected);
    let second = row(
        &test.db,
        "select c.given_name, c.family_name, c.language, a.status, c.postal_code, a.oldest_unpaid_due_date
         from accounts a join customers c on c.id = a.customer_id where a.reference_normalised = 'SW4712'",
    )
    .await;
    assert_eq!(second, ["María José", "Ruiz", "es", "recalled", "01067", "(null)"]);
}

/// Tabs, no header, no quotes, months by name, Spanish words, debit and credit in two columns.
#[tokio::test]
async fn a_spanish_history_without_a_header_needs_a_mapping_and_no_code() {
    let test = support::sqlite().await;
    run(&test.db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
    let mapping = r#"
        kind = "transactions"
        [file]
        delimiter = "tab"
        quote = ""
        header = false
        encoding = "windows-1252"
        [amounts]
        decimal = ","
        thousands = "."
        [dates]
        format = "D MMM YYYY"
        months = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]
        [columns]
        account_reference = 1
        posted_on = 2
        kind = 3
        debit = 4
        credit = 5
        description = 6
        transaction_id = 7
        [constants]
        currency = "USD"
        [translate.kind]
        "cargo" = "charge"
        "abono" = "payment"
        "*" = "adjustment"
    "#;
    let text = "NG-000023\t5 nov 2026\tCargo\t1.020,50\t\tRecibo de \"agua\"\tA1\n\
        NG-000023\t10 noviembre 2026\tAbono\t0,00\t20,25\tPagó en línea\tA2\n\
        NG-000023\t11 nov 2026\tCorrección\t\t1,00\t\tA3\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let files = Files::in_a_new_folder();
    let path = files.write("movimientos.tsv", bytes);
    let summary = run(&test.db, request(path, mapping)).await;
    assert_eq!(counts(&summary), (3, 0, 0, 0), "{:?}", summary.faults);
    let rows: Vec<(String, String, i64, String)> =
        sqlx::query_as("select posted_on, kind, amount_minor, description from creditor_transactions order by posted_on")
            .fetch_all(test.db.pool())
            .await
            .expect("the history");
    let expected = [
        ("2026-11-05", "charge", 102_050, "Recibo de \"agua\""),
        ("2026-11-10", "payment", -2_025, "Pagó en línea"),
        ("2026-11-11", "adjustment", -100, ""),
    ];
    assert_eq!(rows, expected.map(|(day, kind, amount, text)| (day.into(), kind.into(), amount, text.into())));
}

#[test]
fn a_mapping_that_cannot_be_understood_is_refused_with_line_and_reason() {
    use evenkeel::server::import::Mapping;
    let refused = |text: &str| Mapping::parse(text).expect_err(text).to_string();
    let with = |extra: &str| format!("{NORTHGATE}\n{extra}");
    for (text, expected) in [
        (String::new(), "kind = \"accounts\""),
        ("kind = \"things\"".into(), "line 1: kind is \"things\"; allowed: accounts, transactions"),
        ("kind = \"accounts\"\n[columns]\n".into(), "nothing says where to find account_reference"),
        (NORTHGATE.replace("[balance]", "[balance]\nwins = 1"), "[balance] has no key \"wins\"; known are leads"),
        (NORTHGATE.replace("leads = \"portal\"", "leads = \"bank\""), "leads is \"bank\"; allowed: creditor, portal"),
        (NORTHGATE.replace("\nemail =", "\nemial ="), "accounts have no field \"emial\""),
        (NORTHGATE.replace("\nemail = \"email\"", "\nemail = 7"), "must be the name of a column"),
        (with("[file]\ndelimiter = \"::\""), "delimiter is \"::\""),
        (with("[file]\nencoding = \"klingon\""), "encoding \"klingon\" is not known"),
        (with("[amounts]\ndecimal = \",\"\nthousands = \",\""), "decimal and thousands must differ"),
        (with("[dates]\nformat = \"YYYY\""), "must have one year, one month and one day"),
        (with("[[split]]\ncolumn = \"x\"\npattern = \"{city}\""), "splits nothing"),
        (with("[[split]]\ncolumn = \"x\"\npattern = \"{city} {_}\""), "city is given twice; first on line"),
        (with("[translate.amount]\n\"x\" = \"y\""), "accounts have no field \"amount\""),
        (with("[time_zone]\nderive = \"stars\""), "allowed: united_states, never"),
        ("kind = \n".into(), "line 1"),
    ] {
        let reason = refused(&text);
        assert!(reason.contains(expected), "{reason}\nshould say: {expected}");
    }
    // The line is the line of the key.
    let line = NORTHGATE.lines().position(|line| line.starts_with("leads")).expect("a line") + 1;
    let reason = refused(&NORTHGATE.replace("leads = \"portal\"", "leads = \"bank\""));
    assert!(reason.starts_with(&format!("line {line}: ")), "{reason}");
}

proptest::proptest! {
    /// The small cousin of fuzz/fuzz_targets/mapping.rs.
    #[test]
    fn no_text_makes_the_reader_of_mappings_fall_over(text in "\\PC{0,200}", line in 0..60_usize, replaced in "[a-z\\[\\]={}\"'. 0-9\n]{0,40}") {
        use evenkeel::server::import::Mapping;
        drop(Mapping::parse(&text));
        for mapping in [NORTHGATE, HARBOR, NORTHGATE_HISTORY] {
            let changed: Vec<&str> = mapping.lines().enumerate().map(|(index, was)| if index == line { &replaced } else { was }).collect();
            if let Err(error) = Mapping::parse(&changed.join("\n")) {
                proptest::prop_assert!(!error.reason.is_empty());
                proptest::prop_assert!(error.line <= changed.join("\n").matches('\n').count() + 1);
            }
        }
    }
}
