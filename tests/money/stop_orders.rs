//! An order to stop a payment, written as an answer in any words: the collection it may speak of waits until a person has looked, and
//! goes on or ends as they decide. By the commands that a mail server and a person use.

use crate::collecting::{DUE_DAY, announced, on, post_goes_out, stands, tries};
use crate::portal::Portal;
use crate::support::{self, TestDb};
use evenkeel::server::processors::sandbox::Method;
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs the program with something on its standard input; how it ended and what it said.
fn run(test: &TestDb, arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let mut running = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", "2026-12-15T19:00:00Z")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    running.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
    let output = running.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("");
    (output.status.code(), said)
}

async fn answer_to_the_notice(portal: &Portal, words: &str) -> String {
    let id = portal.word("select id from outbox where template = 'collection_notice'").await;
    format!(
        "From: Ada <ada.moreno@example.net>\r\nTo: accounts@localhost\r\nIn-Reply-To: <{id}@localhost>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n\r\n> We will collect $50.00\r\n"
    )
}

const ORDER: &str = "Cancel the payment you want to take on Friday, I have no money.";
const PAYMENTS: &str = "select count(*) from payments";

#[tokio::test(flavor = "multi_thread")]
async fn an_order_by_email_keeps_the_payment_from_being_taken_until_a_person_has_looked() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = on(&test, "2026-12-15T19:00:00Z").await;
        let message = answer_to_the_notice(&portal, ORDER).await;
        assert_eq!(run(&test, &["mail", "receive"], &message), (Some(0), "for a person to read\n".into()), "{}", test.name);
        assert_eq!(portal.number("select count(*) from channel_marks").await, 0, "{}", test.name);
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("The account is on hold. While it is, nothing is collected.");

        // Its day, and long after: not taken, and nobody loses the agreement for it.
        post_goes_out(&test, "2026-12-15T19:00:00Z").await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(portal.number(PAYMENTS).await, 0, "{}", test.name);
        let portal = on(&test, "2027-01-15T19:00:00Z").await;
        assert_eq!(portal.number(PAYMENTS).await, 0, "{}", test.name);
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "held")], "{}", test.name);
        assert_eq!(portal.word("select state from agreements").await, "active", "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_it_first_and_ends_the_permission_or_lets_it_go_on() {
    for (test, ends) in support::both().await.into_iter().zip([true, false]) {
        announced(&test, Method::Approved).await;
        let portal = on(&test, "2026-12-15T19:00:00Z").await;
        let message = answer_to_the_notice(&portal, ORDER).await;
        run(&test, &["mail", "receive"], &message);
        let reference = portal.word("select reference from contact_requests").await;
        let (code, said) = run(&test, &["contact", "requests"], "");
        assert_eq!(code, Some(0));
        let line = format!("{reference}  by 2026-12-18T06:59:59Z  perhaps_stop_payment");
        assert!(said.starts_with(&line) && said.contains("collections wait"), "{said}");
        let (code, said) = run(&test, &["contact", "request", &reference], "");
        assert_eq!(code, Some(0));
        assert!(said.contains(ORDER) && said.contains("ada.moreno@example.net"), "{said}");
        let mut answered = vec!["contact", "answered", reference.as_str(), "--by", "Ines"];
        answered.extend(ends.then_some("--stop-collecting"));
        let (code, said) = run(&test, &answered, "");
        let ended = u8::from(ends);
        assert_eq!((code, said), (Some(0), format!("Answered. Holds ended: 1. Permissions to collect ended: {ended}.\n")));
        assert_eq!(run(&test, &answered, "").0, Some(1), "answered before");
        assert_eq!(run(&test, &["contact", "requests"], "").1, "");
        post_goes_out(&test, "2026-12-15T19:00:00Z").await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(portal.number(PAYMENTS).await, i64::from(!ends), "{}", test.name);
    }
}
