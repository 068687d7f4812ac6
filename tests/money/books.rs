//! The books' own rules, over many cases, and whether a fault in them is found.

use crate::support;
use crate::support::seed::{self, SeedAccount};
use evenkeel::domain::calendar::Date;
use evenkeel::domain::ids::AgreementId;
use evenkeel::domain::ledger::{AppliedTo, Component, Entry, OpenInstalment, Order, Owed, allocate};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::services::books;
use proptest::prelude::*;
use std::process::Command;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn owed(balance: i64, past_due: i64, instalments: &[i64]) -> Owed {
    let instalments = (1_u32..).zip(instalments).map(|(number, open)| OpenInstalment {
        agreement_id: AgreementId("g".into()),
        number,
        due_on: Date::constant(2026, 12, 4),
        open: usd(*open),
        is_given_back: false,
    });
    Owed { balance: usd(balance), past_due: usd(past_due), instalments: instalments.collect() }
}

/// What each part gets: past due, each instalment, balance, credit.
fn lines(amount: i64, owed: &Owed, order: Order) -> Vec<(String, i64)> {
    let name = |applied_to: &AppliedTo| match applied_to {
        AppliedTo::Instalment { number, .. } => format!("instalment {number}"),
        other => other.code().to_owned(),
    };
    let lines = allocate(usd(amount), owed, order).expect("one currency");
    lines.iter().map(|line| (name(&line.applied_to), line.amount.minor())).collect()
}

#[test]
fn a_payment_goes_to_what_is_oldest_first_to_the_cent() {
    let plain = owed(120_000, 30_000, &[]);
    let past_due_first = |amount, owed: &Owed| lines(amount, owed, Order::PastDueFirst);
    assert_eq!(past_due_first(1, &plain), [("past_due".into(), 1)]);
    assert_eq!(past_due_first(30_000, &plain), [("past_due".into(), 30_000)]);
    assert_eq!(past_due_first(30_001, &plain), [("past_due".into(), 30_000), ("balance".into(), 1)]);
    assert_eq!(past_due_first(120_001, &plain), [("past_due".into(), 30_000), ("balance".into(), 90_000), ("credit".into(), 1)]);
    assert_eq!(past_due_first(500, &owed(-100, 0, &[])), [("credit".into(), 500)], "nothing is owed");
}

#[test]
fn an_agreements_instalments_stand_for_what_is_past_due() {
    let catching_up = owed(120_000, 30_000, &[15_000, 15_000]);
    assert_eq!(
        lines(20_000, &catching_up, Order::PastDueFirst),
        [("instalment 1".into(), 15_000), ("instalment 2".into(), 5_000)]
    );
    let more_past_due = owed(120_000, 40_000, &[15_000, 15_000]);
    assert_eq!(lines(12_000, &more_past_due, Order::PastDueFirst), [("past_due".into(), 10_000), ("instalment 1".into(), 2_000)]);
    assert_eq!(lines(15_000, &more_past_due, Order::InstalmentsFirst), [("instalment 1".into(), 15_000)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn what_a_payment_is_applied_to_sums_to_it_and_never_to_more_than_is_owed(
        amount in 1_i64..10_000_000, balance in -100_000_i64..10_000_000, past_due in 0_i64..10_000_000,
        instalments in proptest::collection::vec(1_i64..1_000_000, 0..12), past_due_first in any::<bool>(),
    ) {
        let owed = owed(balance, past_due.min(balance.max(0)), &instalments);
        let order = if past_due_first { Order::PastDueFirst } else { Order::InstalmentsFirst };
        let lines = allocate(usd(amount), &owed, order).expect("one currency");
        prop_assert_eq!(lines.iter().map(|line| line.amount.minor()).sum::<i64>(), amount);
        prop_assert!(lines.iter().all(|line| line.amount.is_positive()));
        let credit: i64 = lines.iter().filter(|line| line.applied_to == AppliedTo::Credit).map(|line| line.amount.minor()).sum();
        prop_assert_eq!(credit, (amount - balance.max(0)).max(0));
        for line in &lines {
            if let AppliedTo::Instalment { number, .. } = &line.applied_to {
                prop_assert!(line.amount.minor() <= instalments[*number as usize - 1]);
            }
        }
        // A later instalment gets something only when every earlier one is covered.
        let given: Vec<i64> = (1..=instalments.len()).map(|wanted| lines.iter().filter_map(|line| match &line.applied_to {
            AppliedTo::Instalment { number, .. } if *number as usize == wanted => Some(line.amount.minor()),
            _ => None,
        }).sum()).collect();
        for index in 1..given.len() {
            prop_assert!(given[index] == 0 || given[index - 1] == instalments[index - 1]);
        }
    }

    #[test]
    fn the_postings_of_every_entry_sum_to_zero(
        principal in -1_000_000_000_i64..1_000_000_000, interest in -1_000_i64..1_000, paid in 1_i64..1_000_000,
    ) {
        let opening = Entry::opening(&[(Component::Principal, usd(principal)), (Component::Interest, usd(interest))]);
        for entry in [opening, Entry::payment(usd(paid)), Entry::discount(usd(paid))] {
            prop_assert_eq!(entry.postings().iter().map(|posting| posting.amount.minor()).sum::<i64>(), 0);
        }
    }
}

#[tokio::test]
async fn every_fault_in_the_books_is_found() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        assert_eq!(books::verify(&test.db).await.expect("readable").faults, Vec::new(), "{}", test.name);
        let pool = test.db.pool();
        let count = async || books::verify(&test.db).await.expect("readable").faults.len();
        sqlx::query("update postings set amount_minor = amount_minor + 1 where book = 'customer'")
            .execute(pool)
            .await
            .expect("runs");
        assert_eq!(count().await, 1, "a transaction that does not balance, on {}", test.name);
        sqlx::query("update postings set amount_minor = amount_minor - 1 where book = 'customer'")
            .execute(pool)
            .await
            .expect("runs");
        sqlx::query(
            "insert into payments (id, reference, customer_id, account_id, purpose, amount_minor, discount_minor, currency, state,
               processor, decision_key, request_sha256, created_at, checks)
             values ('p', 'EK-1', $1, $2, 'part', 500, 0, 'USD', 'succeeded', 'sandbox', 'k', 'x', 0, 0)",
        )
        .bind(&seeded.customer_id)
        .bind(&seeded.account_id)
        .execute(pool)
        .await
        .expect("a payment");
        assert_eq!(count().await, 2, "a payment that is not in the ledger and goes to no account");
        sqlx::query("insert into payment_shares values ('p', $1, 'part', 500, 0)")
            .bind(&seeded.account_id)
            .execute(pool)
            .await
            .expect("a share");
        assert_eq!(count().await, 2, "its share is not in its account's ledger");
        sqlx::query("update payments set state = 'declined'").execute(pool).await.expect("runs");
        sqlx::query(
            "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
             values ('t', 'payment', $1, 'p', 0, '2026-11-20', '', '', 'payment:p')",
        )
        .bind(&seeded.account_id)
        .execute(pool)
        .await
        .expect("an entry");
        assert_eq!(count().await, 2, "an entry without postings, of a payment that did not succeed");
        for (line, book, amount) in [(1_i64, "customer", -500_i64), (2, "processor", 500)] {
            sqlx::query("insert into postings values ('t', $1, $2, $3, 'payments', $4, 'USD')")
                .bind(line)
                .bind(&seeded.account_id)
                .bind(book)
                .bind(amount)
                .execute(pool)
                .await
                .expect("a posting");
        }
        sqlx::query("update payments set state = 'succeeded'").execute(pool).await.expect("runs");
        assert_eq!(count().await, 1, "a payment that is in the ledger and was applied to nothing");
    }
}

#[tokio::test]
async fn the_command_line_says_whether_the_books_are_right() {
    let test = support::sqlite().await;
    seed::account(&test.db, SeedAccount::default()).await;
    let verify = || {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["verify", "ledger"])
            .env("EVENKEEL_DATABASE_URL", &test.url)
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = verify();
    assert_eq!((code, text.trim()), (Some(0), "1 transactions with 2 postings checked; 0 faults."));
    sqlx::query("update postings set amount_minor = 1 where book = 'creditor'").execute(test.db.pool()).await.expect("runs");
    let (code, text) = verify();
    assert_eq!(code, Some(1));
    assert!(text.contains("expected 0, found 120001"), "{text}");
}
