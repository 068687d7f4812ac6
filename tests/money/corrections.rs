//! A decision about the books under a name of its own is one decision, and nothing else is booked or reported under that name.

use crate::portal::Portal;
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::services::books;
use evenkeel::server::services::corrections::{self, Decided, NotBooked, What};
use std::process::Command;

fn correct(amount: &str, part: Paid) -> What {
    What::Correct { amount: amount.into(), part }
}

fn give_up(amount: Option<&str>, part: Option<Paid>) -> What {
    What::WriteOff { amount: amount.map(str::to_owned), part }
}

async fn book(portal: &Portal, reference: &str, what: &What) -> Result<bool, NotBooked> {
    let decided = Decided { reason: "As agreed".into(), by: "Ines".into(), key: "ticket 7".into() };
    let booked = corrections::book(&portal.state, reference, what, &decided).await.expect("no failure")?;
    Ok(booked.is_repeated)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_key_stands_for_what_was_asked_and_for_nothing_else() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let [one, other] =
            [seed::account(&test.db, SeedAccount::default()).await, seed::account(&test.db, SeedAccount::default()).await];
        let asked = correct("-15.00", Paid::Principal);
        assert_eq!(book(&portal, &one.reference, &asked).await, Ok(false), "{}", test.name);
        for same in ["-15.00", "-15", "-15.0"] {
            assert_eq!(book(&portal, &one.reference, &correct(same, Paid::Principal)).await, Ok(true), "{}: {same}", test.name);
        }
        for another in [
            correct("-25.00", Paid::Principal),
            correct("15.00", Paid::Principal),
            correct("-15.00", Paid::Interest),
            correct("a lot", Paid::Principal),
            give_up(Some("15.00"), Some(Paid::Principal)),
            give_up(None, None),
        ] {
            let refused = book(&portal, &one.reference, &another).await;
            assert_eq!(refused, Err(NotBooked::KeyNotUsable), "{}: {another:?}", test.name);
        }
        assert_eq!(book(&portal, &other.reference, &asked).await, Err(NotBooked::KeyNotUsable), "{}", test.name);
        let decided = "select count(*) from ledger_transactions where kind in ('correction', 'write_off')";
        assert_eq!(portal.number(decided).await, 1, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_owed_is_another_decision_than_an_amount() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        assert_eq!(book(&portal, &account.reference, &give_up(None, None)).await, Ok(false), "{}", test.name);
        assert_eq!(book(&portal, &account.reference, &give_up(None, None)).await, Ok(true), "{}", test.name);
        for another in [give_up(Some("1200.00"), None), give_up(None, Some(Paid::Principal)), correct("-1200", Paid::Principal)] {
            assert_eq!(book(&portal, &account.reference, &another).await, Err(NotBooked::KeyNotUsable), "{another:?}");
        }
        assert_eq!(portal.balance().await, 0, "{}", test.name);
    }
}

/// What was booked before the program kept what was asked cannot be compared.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_which_nobody_knows_what_was_asked_is_not_reported_as_done() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let asked = correct("-15.00", Paid::Principal);
        assert_eq!(book(&portal, &account.reference, &asked).await, Ok(false));
        sqlx::query("delete from asked_entries").execute(test.db.pool()).await.expect("it is so");
        assert_eq!(book(&portal, &account.reference, &asked).await, Err(NotBooked::KeyNotUsable), "{}", test.name);
        let given_up = give_up(None, None);
        assert_eq!(book(&portal, &account.reference, &given_up).await, Err(NotBooked::KeyNotUsable), "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_by_many_at_once_it_is_booked_once() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let mut senders = tokio::task::JoinSet::new();
        for number in 0..20 {
            let (state, reference) = (portal.state.clone(), account.reference.clone());
            senders.spawn(async move {
                let what = correct(if number % 2 == 0 { "-15.00" } else { "-25.00" }, Paid::Principal);
                let decided = Decided { reason: "As agreed".into(), by: "Ines".into(), key: "ticket 7".into() };
                corrections::book(&state, &reference, &what, &decided).await.expect("no failure").is_ok()
            });
        }
        let done = senders.join_all().await.into_iter().filter(|done| *done).count();
        assert_eq!(done, 10, "{}", test.name);
        let owed = portal.balance().await;
        assert!([118_500, 117_500].contains(&owed), "{}: {owed}", test.name);
    }
}

/// Of a part no more is taken off than was ever charged of it: the rest would be a credit that nobody decided.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_never_falls_below_nothing_and_no_debt_beyond_all_bounds() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let book = async |amount: &str, part: Paid| {
            let decided = Decided { reason: "As agreed".into(), by: "Ines".into(), key: format!("{amount} {}", part.code()) };
            let booked = corrections::book(&portal.state, &account.reference, &correct(amount, part), &decided).await;
            booked.expect("no failure").map(|booked| booked.balance.minor())
        };
        let charged = |minor| Err(NotBooked::MoreThanCharged { charged: Money::new(minor, Currency::USD) });
        assert_eq!(book("-0.01", Paid::Fees).await, charged(0), "{}", test.name);
        assert_eq!(book("12.00", Paid::Fees).await, Ok(121_200), "{}", test.name);
        assert_eq!(book("-12.01", Paid::Fees).await, charged(1_200), "{}", test.name);
        assert_eq!(book("-12.00", Paid::Fees).await, Ok(120_000), "{}", test.name);
        assert_eq!(book("-1200.01", Paid::Principal).await, charged(120_000), "{}", test.name);
        assert_eq!(book("92233720368547758.07", Paid::Fees).await, Err(NotBooked::TooLarge), "{}", test.name);
        assert_eq!(book("-1200.00", Paid::Principal).await, Ok(0), "{}", test.name);
        assert!(books::verify(&test.db).await.expect("readable").faults.is_empty(), "{}", test.name);
    }
}

fn run(test: &TestDb, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("");
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_so_and_ends_with_one() {
    let test = support::sqlite().await;
    let account = seed::account(&test.db, SeedAccount::default()).await;
    let once = ["--reason", "x", "--by", "Ines", "--once", "7"];
    let fifteen = [&["ledger", "correct", &account.reference, "--amount", "-15.00"][..], &once].concat();
    assert_eq!(run(&test, &fifteen).0, Some(0));
    let twenty_five = [&["ledger", "correct", &account.reference, "--amount", "-25.00"][..], &once].concat();
    let (code, said) = run(&test, &twenty_five);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("--once stands for another entry already"), "{said}");
    let usd = Money::new(118_500, Currency::USD).to_decimal_string();
    let (code, said) = run(&test, &fifteen);
    assert_eq!((code, said.trim()), (Some(0), format!("It was booked before: -15.00 USD. Owed now: {usd} USD.").as_str()));
}
