//! Valid contents for the documents under test.

use evenkeel::domain::account_statement::{AccountStatement, BookedEntry, Period, StatementKind};
use evenkeel::domain::components::{Paid, PartsOrder};
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::documents::confirmation::{AgreementKind, CoveredAccount, Covers, Instalment, Interest, Rhythm};
use evenkeel::server::documents::letter::{Recipient, Sender};
use evenkeel::server::documents::receipt::{Applied, AppliedTo, MethodClass};
use evenkeel::server::documents::{ConfirmationContent, ReceiptContent, StatementContent};
use jiff::civil::{Date, date};
use jiff::{ToSpan, Zoned};

pub fn sender() -> Sender {
    Sender {
        portal_name: "Northgate Accounts".into(),
        postal_address: "Accounts team, 1 Harbor Street, Springfield".into(),
        phone: "555-0100".into(),
        hours: "Monday to Friday, 8:00 to 20:00".into(),
        public_url: "https://pay.northgate.example".into(),
    }
}

pub fn recipient() -> Recipient {
    Recipient { name: "Ada Moreno".into(), address_lines: vec!["1 Main St".into(), "Denver, CO 80276".into()] }
}

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

pub fn signed_at() -> Zoned {
    date(2026, 11, 22).at(22, 41, 9, 0).in_tz("America/Denver").expect("a zone")
}

/// A plan every two weeks over `count` payments of 54.25, the last one of 54.30.
pub fn plan(language: Language, count: u32) -> ConfirmationContent {
    let first: Date = date(2026, 12, 4);
    let instalments: Vec<Instalment> = (0..count)
        .map(|index| Instalment {
            number: index + 1,
            due_on: first.saturating_add((i64::from(index) * 14).days()),
            amount: usd(if index + 1 == count { 5430 } else { 5425 }),
        })
        .collect();
    let total = usd(instalments.iter().map(|instalment| instalment.amount.minor()).sum());
    ConfirmationContent {
        language,
        document_reference: "EK-7F3K-9Q2M".into(),
        agreement_reference: "EK-2H8T-4WXB".into(),
        version: 1,
        sender: sender(),
        recipient: recipient(),
        creditor: "Northgate Credit Union".into(),
        accounts: vec![CoveredAccount { reference: "NG-000241".into(), product: "Credit card".into(), covered: total }],
        kind: AgreementKind::Plan,
        covers: Covers::PastDue,
        rhythm: Some(Rhythm::EveryTwoWeeks),
        instalments,
        total,
        interest: Interest::Frozen,
        days_to_put_right: 7,
        disclosure: None,
        joins: None,
        changed: None,
        creditor_statement: None,
        signed_name: "Ada Moreno".into(),
        signed_at: signed_at(),
        terms: format!("{{\"instalments\":{count}}}"),
    }
}

pub fn receipt(language: Language) -> ReceiptContent {
    ReceiptContent {
        language,
        document_reference: "EK-5M2R-8KDC".into(),
        payment_reference: "EK-3J9P-6TVN".into(),
        sender: sender(),
        recipient: recipient(),
        creditor: "Northgate Credit Union".into(),
        account_reference: "NG-000241".into(),
        account_product: "Credit card".into(),
        amount: usd(10_000),
        method: MethodClass::Card,
        processor_reference: "ch_01HZX4Y7".into(),
        paid_at: signed_at(),
        applied: vec![
            Applied {
                to: AppliedTo::Instalment { agreement_reference: "EK-2H8T-4WXB".into(), number: 1, due_on: date(2026, 12, 4) },
                amount: usd(5425),
            },
            Applied { to: AppliedTo::Balance, amount: usd(4575) },
        ],
        parts: vec![(Paid::Fees, usd(1_000)), (Paid::Principal, usd(9_000))],
        order: PartsOrder::USUAL,
        balance_before: usd(120_000),
        balance_after: usd(110_000),
    }
}

/// Of so many days, with a payment of a dollar on each.
pub fn statement(language: Language, days: u32) -> StatementContent {
    let first: Date = date(2026, 1, 1);
    let day = |index: u32| first.saturating_add(i64::from(index).days());
    let entries: Vec<BookedEntry> = (0..days)
        .map(|index| BookedEntry {
            kind: StatementKind::from_code("payment").expect("a kind"),
            posted_on: day(index),
            amount: usd(-100),
            payment: Some("EK-7F3K-9Q2M".into()),
        })
        .collect();
    let period = Period { from: first, to: day(days) };
    StatementContent {
        language,
        sender: sender(),
        recipient: recipient(),
        creditor: "Northgate Credit Union".into(),
        account_reference: "NG-000241".into(),
        account_product: "Credit card".into(),
        statement: AccountStatement::of(period, usd(120_000), &entries).expect("sums"),
        made_at: signed_at(),
    }
}

/// The same with one entry of every kind, each as large as a statement may have to show.
pub fn statement_of_every_kind(language: Language) -> StatementContent {
    const KINDS: [&str; 12] = [
        "opening",
        "adjustment",
        "payment",
        "discount",
        "refund",
        "return",
        "chargeback",
        "write_off",
        "reinstatement",
        "discount_withdrawn",
        "correction",
        "payment_elsewhere",
    ];
    let period = Period { from: date(2026, 9, 1), to: date(2026, 9, 30) };
    let entries: Vec<BookedEntry> = KINDS
        .iter()
        .enumerate()
        .map(|(index, kind)| BookedEntry {
            kind: StatementKind::from_code(kind).expect("a kind"),
            posted_on: date(2026, 9, 15),
            amount: usd(if index % 2 == 0 { 9_999_999 } else { -9_999_999 }),
            payment: None,
        })
        .collect();
    StatementContent { statement: AccountStatement::of(period, usd(0), &entries).expect("sums"), ..statement(language, 1) }
}
