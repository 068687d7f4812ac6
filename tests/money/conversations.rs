//! Messages with the team: written and answered in the portal, sent once, answered by a promised day or told again, and what may order a
//! payment stopped lets collections wait in whichever message it stands.

use crate::collecting::{announced, on};
use crate::portal::{Answer, Person, Portal, customer};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::server::jobs;
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::services::messages::{self, Answered, NotDone};
use evenkeel::server::services::requests::Collections;
use sqlx::Executor;
use std::io::Write;
use std::process::{Command, Stdio};

const CONVERSATIONS: &str = "select count(*) from conversations";
const MESSAGES: &str = "select count(*) from conversation_messages";
const DRAFTS: &str = "select count(*) from message_drafts";
const WAITS: &str = "select count(*) from holds where kind = 'stop_asked' and released_at is null";

/// Writes a message from the form; where that led.
async fn write(person: &mut Person, account: &str, topic: &str, text: &str) -> Answer {
    let form = person.get("/messages/new").await;
    let key = form.value_of("key");
    let fields = [("key", key.as_str()), ("account", account), ("topic", topic), ("text", text)];
    person.post("/api/send_message", &fields).await
}

async fn reply(person: &mut Person, reference: &str, text: &str) -> Answer {
    let page = person.get(&format!("/messages/{reference}")).await;
    let key = page.value_of("key");
    person.post("/api/send_reply", &[("reference", reference), ("key", &key), ("text", text)]).await
}

async fn newest(portal: &Portal) -> String {
    portal.word("select reference from conversations order by created_at desc, id desc limit 1").await
}

async fn answer(portal: &Portal, reference: &str, text: &str) -> Result<Answered, NotDone> {
    let answer = messages::Answer { text, by: "Ines", collections: Collections::GoOn };
    messages::answer(&portal.state, reference, &answer).await.expect("no failure")
}

async fn close(portal: &Portal, reference: &str) -> Result<(), NotDone> {
    messages::close(&portal.state, reference, "Ines").await.expect("no failure")
}

/// Runs the program at an instant with something on its standard input; how it ended and what it said.
fn run(test: &TestDb, at: &str, arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let mut running = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", at)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    // What is wrong with its arguments it says without reading.
    drop(running.stdin.take().expect("its input").write_all(input.as_bytes()));
    let output = running.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("");
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_and_what_is_answered_stays_in_the_portal() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let list = person.get("/messages").await;
        list.assert_says("There are no messages yet");
        list.assert_says("answers within 2 working days");
        let form = person.get("/messages/new").await;
        form.assert_says("If you send it today, a person answers by Tuesday 24 November 2026");
        assert!(!form.body.contains(" checked"), "nothing is chosen for anybody");

        // Pressed twice, it is one message.
        let key = form.value_of("key");
        let fields = [
            ("key", key.as_str()),
            ("account", seeded.account_id.as_str()),
            ("topic", "payment"),
            ("subject", "My <receipt>"),
            ("text", "Where is it?\n\nThank you,\nAda <Moreno>"),
        ];
        let sent = person.post("/api/send_message", &fields).await;
        sent.assert_says("We have your message");
        sent.assert_says("A person answers by Tuesday 24 November 2026");
        person.post("/api/send_message", &fields).await.assert_says("We have your message");
        assert_eq!((portal.number(CONVERSATIONS).await, portal.number(MESSAGES).await), (1, 1), "{}", test.name);
        let reference = newest(&portal).await;
        sent.assert_says(&reference);
        assert!(sent.url.ends_with(&format!("/messages/{reference}/sent")), "{}", sent.url);
        person.get(&sent.url).await.assert_says("We have your message");
        let page = person.get(&format!("/messages/{reference}")).await;
        for words in ["My &lt;receipt&gt;", "Thank you,<br>Ada &lt;Moreno&gt;", "You wrote, ", &seeded.reference] {
            page.assert_says(words);
        }

        // The answer: told by e-mail that it is there, and nothing of it.
        assert_eq!(answer(&portal, &reference, "It is on the way to you.").await.map(|done| done.was_late), Ok(false));
        portal.work().await;
        let told = "select count(*) from outbox where template = 'message_answered' and state = 'sent'";
        assert_eq!(portal.number(told).await, 1, "{}", test.name);
        let said = "select count(*) from outbox where subject || body_text || body_html like '%on the way%'
                      or subject || body_text || body_html like '%receipt%' or subject like '%Moreno%'";
        assert_eq!(portal.number(said).await, 0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from outbox where body_text like '%/messages%'").await, 1);
        assert_eq!(messages::unread(&portal.state, &customer(&seeded)).await.expect("counts"), 1);
        person.get("/messages").await.assert_says("New answer");
        let page = person.get(&format!("/messages/{reference}/sent")).await;
        page.assert_says("It is on the way to you.");
        page.assert_says("We wrote, ");
        page.assert_never_says("Ines");
        person.get("/messages").await.assert_never_says("New answer");
        assert_eq!(messages::unread(&portal.state, &customer(&seeded)).await.expect("counts"), 0);

        // Writing back promises a day again, and opens what was closed.
        assert_eq!(close(&portal, &reference).await, Ok(()));
        assert!(close(&portal, &reference).await.is_err());
        person.get(&format!("/messages/{reference}")).await.assert_says("This was closed on");
        reply(&mut person, &reference, "It is not here yet.").await.assert_says("A person answers by Tuesday 24 November 2026");
        assert_eq!(portal.word("select state from conversations").await, "waiting", "{}", test.name);
        assert_eq!(answer(&portal, &reference, "We sent it again.").await.map(|done| done.was_late), Ok(false));
        assert_eq!(portal.number("select count(*) from outbox where template = 'message_answered'").await, 2);
        let trail = "select count(*) from events where details like '%way%' or details like '%receipt%' or details like '%here%'";
        assert_eq!(portal.number(trail).await, 0, "no word of it is in the trail");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_what_another_writes() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        write(&mut person, "", "other", "My secret question").await;
        let reference = newest(&portal).await;
        let secret = [("text", "My kept secret"), ("topic", "other"), ("account", ""), ("intent", "papers")];
        person.post("/api/send_message", &secret).await;
        let draft = portal.word("select id from message_drafts").await;

        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        for path in ["", "/draft", "/sent"] {
            let page = stranger.get(&format!("/messages/{reference}{path}")).await;
            page.assert_never_says("secret");
            assert!(page.url.ends_with("/messages"), "{}", page.url);
        }
        stranger.get("/messages/draft").await.assert_never_says("secret");
        let fields = [("reference", reference.as_str()), ("key", "k"), ("text", "Hello"), ("draft", &draft), ("revision", "1")];
        for door in ["send_reply", "send_kept", "discard_message"] {
            stranger.post(&format!("/api/{door}"), &fields).await.assert_never_says("secret");
        }
        let papers = [("reference", reference.as_str()), ("text", "Hello"), ("intent", "papers")];
        stranger.post("/api/send_reply", &papers).await.assert_never_says("secret");
        // Another's account is none to write about, and another's draft no key of theirs.
        for fields in [
            [("account", seeded.account_id.as_str()), ("topic", "other"), ("text", "Hello"), ("key", "k")],
            [("account", seeded.account_id.as_str()), ("topic", "other"), ("text", "Hello"), ("intent", "papers")],
        ] {
            stranger.post("/api/send_message", &fields).await;
        }
        let taken = [("account", ""), ("topic", "other"), ("text", "Hello"), ("key", draft.as_str())];
        stranger.post("/api/send_message", &taken).await.assert_says("We have your message");
        assert_eq!((portal.number(MESSAGES).await, portal.number(DRAFTS).await), (2, 1), "{}", test.name);
        person.get("/messages/draft").await.assert_says("My kept secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_on_any_device_and_only_what_was_shown_is_sent() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let keep = [("account", seeded.account_id.as_str()), ("topic", ""), ("text", "My hours were cut"), ("intent", "papers")];
        let check = person.post("/api/send_message", &keep).await;
        check.assert_says("Nothing is sent yet");
        check.assert_says("Papers and photos that help");
        check.assert_says("My hours were cut");
        assert_eq!(portal.number(MESSAGES).await, 0);

        let mut phone = portal.person(&seeded).await;
        phone.get("/messages").await.assert_says("It is not sent yet");
        phone.get("/messages/new").await.assert_says("My hours were cut");
        let [draft, revision] = ["draft", "revision"].map(|name| check.value_of(name));
        let shown = [("reference", ""), ("draft", draft.as_str()), ("revision", revision.as_str())];
        phone.post("/api/send_kept", &shown).await.assert_says("Choose what it is about");

        // Another tab changes it: what is sent is what was shown.
        let keep = [("account", ""), ("topic", "changed"), ("text", "My hours were cut in May"), ("intent", "papers")];
        let check = phone.post("/api/send_message", &keep).await;
        assert_eq!(check.value_of("draft"), draft, "what is attached stays with it");
        person.post("/api/send_kept", &shown).await.assert_says("This was changed since it was shown to you");
        let revision = check.value_of("revision");
        let shown = [("reference", ""), ("draft", draft.as_str()), ("revision", revision.as_str())];
        for _ in 0..2 {
            let sent = phone.post("/api/send_kept", &shown).await;
            sent.assert_says("We have your message");
            sent.assert_says("Thank you for telling us");
        }
        assert_eq!((portal.number(MESSAGES).await, portal.number(DRAFTS).await), (1, 0), "{}", test.name);
        assert_eq!(portal.word("select words from conversation_messages").await, "My hours were cut in May");

        // A reply is kept the same way, and thrown away.
        let reference = newest(&portal).await;
        let keep = [("reference", reference.as_str()), ("text", "And one more thing"), ("intent", "papers")];
        let check = phone.post("/api/send_reply", &keep).await;
        assert!(check.url.ends_with(&format!("/messages/{reference}/draft")), "{}", check.url);
        person.get(&format!("/messages/{reference}")).await.assert_says("And one more thing");
        let draft = check.value_of("draft");
        phone.post("/api/discard_message", &[("draft", &draft)]).await;
        assert_eq!((portal.number(MESSAGES).await, portal.number(DRAFTS).await), (1, 0), "{}", test.name);
        // Sent with nothing in it, it says so and loses nothing.
        let empty = [("reference", reference.as_str()), ("text", "  ")];
        phone.post("/api/send_reply", &empty).await.assert_says("Write a few words");
        let long = "é".repeat(2_001);
        let long = [("reference", reference.as_str()), ("text", long.as_str())];
        phone.post("/api/send_reply", &long).await.assert_says("Please shorten it");
        let kept = portal.number("select cast(length(typed) as bigint) from message_drafts").await;
        assert!(kept > 2_001, "{}: as typed, to be shortened", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_that_was_not_kept_is_told_once_with_another_day() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        write(&mut person, &seeded.account_id, "payment", "Where is my receipt?").await;
        let first = newest(&portal).await;
        // The last minute of the promised day is on time.
        let late = "select count(*) from outbox where template = 'message_late'";
        let portal = on(&test, "2026-11-25T06:59:59Z").await;
        assert_eq!(portal.number(late).await, 0, "{}", test.name);
        let at = "2026-11-25T18:00:00Z";
        let portal = on(&test, at).await;
        for _ in 0..2 {
            jobs::sweep(&portal.state).await;
        }
        assert_eq!(portal.number(late).await, 1, "{}", test.name);
        let told = portal.word("select body_text from outbox where template = 'message_late'").await;
        assert!(told.contains("Friday 27 November 2026") && !told.contains("receipt"), "{told}");
        let mut person = portal.person(&seeded).await;
        let page = person.get(&format!("/messages/{first}")).await;
        page.assert_says("We promised an answer by Tuesday 24 November 2026");
        page.assert_says("A person answers by Friday 27 November 2026");

        // The late one comes first, whatever was promised for the others.
        write(&mut person, "", "other", "Something new").await;
        let (code, said) = run(&test, at, &["message", "list"], "");
        assert_eq!(code, Some(0), "{said}");
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with(&first) && lines[0].ends_with("late"), "{said}");
        assert!(!lines[1].ends_with("late"), "{said}");
        let (code, said) = run(&test, at, &["message", "answer", &first, "--by", "Ines"], "It was sent on the 20th.\n");
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("It was late"), "{said}");
        let page = person.get(&format!("/messages/{first}")).await;
        page.assert_says("It was sent on the 20th.");
        page.assert_never_says("We promised");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_to_stop_a_payment_counts_in_every_message_and_waits_for_an_answer() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let at = "2026-12-15T19:00:00Z";
        let portal = on(&test, at).await;
        let mut person = portal.person(&stage.seeded).await;
        write(&mut person, "", "agreement", "When is the next one?").await.assert_never_says("Nothing is collected until");
        let reference = newest(&portal).await;
        assert_eq!(portal.number(WAITS).await, 0, "{}", test.name);
        let waits = "Nothing is collected until a person has answered you.";
        reply(&mut person, &reference, "Then do not take any money on Friday.").await.assert_says(waits);
        person.get(&format!("/messages/{reference}")).await.assert_says(waits);
        assert_eq!(portal.number(WAITS).await, 1, "{}", test.name);
        let (_, said) = run(&test, at, &["message", "list"], "");
        assert!(said.contains("collections wait"), "{said}");
        let (code, said) = run(&test, at, &["message", "close", &reference, "--by", "Ines"], "");
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("collections wait for its answer"), "{said}");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("answer.txt");
        std::fs::write(&file, "We have stopped it.").expect("written");
        let file = file.to_str().expect("text");
        let stop = ["message", "answer", &reference, "--by", "Ines", "--text-file", file, "--stop-collecting"];
        let (code, said) = run(&test, at, &stop, "");
        assert_eq!((code, said.as_str()), (Some(0), "Answered. Holds ended: 1. Permissions to collect ended: 1.\n"));
        assert_eq!(portal.number(WAITS).await, 0, "{}", test.name);
        let portal = on(&test, "2026-12-19T19:00:00Z").await;
        assert_eq!(portal.number("select count(*) from payments").await, 0, "{}: the permission is over", test.name);
    }
}

/// More than ten a day is no conversation; an order to stop a payment is taken all the same.
#[tokio::test(flavor = "multi_thread")]
async fn ten_messages_a_day_are_taken_and_an_order_to_stop_whenever_it_comes() {
    let test = support::sqlite().await;
    let (stage, _) = announced(&test, Method::Approved).await;
    let portal = on(&test, "2026-12-15T19:00:00Z").await;
    let mut person = portal.person(&stage.seeded).await;
    for _ in 0..10 {
        write(&mut person, "", "other", "Hello").await.assert_says("We have your message");
    }
    let refused = write(&mut person, "", "other", "Hello once more").await;
    refused.assert_says("We have several messages from you today");
    refused.assert_says("Hello once more");
    let reference = newest(&portal).await;
    reply(&mut person, &reference, "Hello again").await.assert_says("We have several messages from you today");
    assert_eq!(portal.number(MESSAGES).await, 10);
    reply(&mut person, &reference, "Stop taking payments").await.assert_says("We have your message");
    assert_eq!((portal.number(MESSAGES).await, portal.number(WAITS).await), (11, 1));
}

/// In a hardship hold no reminder leaves; what answers one's own message does.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_told_of_while_the_account_is_on_hold_for_hardship() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let told = [("account", seeded.account_id.as_str()), ("reason", "illness"), ("words", "I am ill")];
        person.post("/api/save_hardship", &told).await;
        person.post("/api/send_hardship", &[("account", &seeded.account_id)]).await;
        write(&mut person, &seeded.account_id, "other", "Do you need a letter?").await;
        answer(&portal, &newest(&portal).await, "No.").await.expect("answered");
        portal.work().await;
        let told = "select count(*) from outbox where template = 'message_answered' and state = 'sent'";
        assert_eq!(portal.number(told).await, 1, "{}", test.name);
        // The night is kept all the same.
        write(&mut person, "", "other", "Thank you").await;
        let night = on(&test, "2026-11-24T10:00:00Z").await;
        answer(&night, &newest(&night).await, "You are welcome.").await.expect("answered");
        night.work().await;
        assert_eq!(night.number(told).await, 1, "{}", test.name);
        assert_eq!(night.word("select reason from outbox where state = 'waiting' limit 1").await, "outside_window");
    }
}

/// What was a request before is a conversation, under the reference its writer knows; what is no message stays where it was.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_there_were_conversations_is_one() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        before(&test, &seeded).await;
        let moved = include_str!("../../migrations/0038_conversations.sql");
        for statement in moved.split_inclusive(";\n") {
            let statement = statement.trim();
            if statement.starts_with("insert into") || statement.starts_with("delete from") {
                test.db.pool().execute(sqlx::AssertSqlSafe(statement.to_owned())).await.expect("it moves");
            }
        }
        assert_eq!(portal.number(CONVERSATIONS).await, 2, "{}", test.name);
        let left = portal.word("select kind from contact_requests where account_id is not null").await;
        assert_eq!(left, "not-right", "{}: it is settled where it was", test.name);
        assert_eq!(portal.number("select count(*) from contact_requests").await, 2, "a stranger's stays too");
        let mut person = portal.person(&seeded).await;
        let list = person.get("/messages").await;
        list.assert_never_says("New answer");
        let open = person.get(&format!("/account/{}/message/received/M-OPEN", seeded.account_id)).await;
        assert!(open.url.ends_with("/messages/M-OPEN/sent"), "{}", open.url);
        person.get("/messages/M-OPEN").await.assert_says("What do I owe?");
        person.get("/messages/M-DONE").await.assert_says("This was closed on");
        let (code, said) = run(&test, "2026-11-20T18:00:00Z", &["message", "show", "M-OPEN"], "");
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("What do I owe?") && said.contains("555-0199"), "{said}");
        let (_, said) = run(&test, "2026-11-20T18:00:00Z", &["contact", "requests"], "");
        assert!(said.contains("C-STRANGER") && said.contains("M-WRONG") && !said.contains("M-OPEN"), "{said}");
    }
}

async fn before(test: &TestDb, seeded: &Seeded) {
    // 20 and 24 November 2026.
    let insert = "insert into contact_requests
        (id, reference, kind, account_id, reply_to, message, language, created_at, answer_by, answered_at, answered_by)
        values ($1, $1, $2, $3, '555-0199', 'What do I owe?', 'en', 1795197600000, 1795589999000, $4, 'Ines')";
    let (own, done) = (Some(seeded.account_id.as_str()), Some(1_795_200_000_000_i64));
    for (reference, kind, account, answered) in [
        ("M-OPEN", "other", own, None),
        ("M-DONE", "changed", own, done),
        ("M-WRONG", "not-right", own, None),
        ("C-STRANGER", "other", None, None),
    ] {
        let query = sqlx::query(insert).bind(reference).bind(kind).bind(account).bind(answered);
        query.execute(test.db.pool()).await.expect("from before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_say_what_is_wrong() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    write(&mut person, &seeded.account_id, "details", "I moved\u{1b}[2J to 5 Elm Street").await;
    let reference = newest(&portal).await;
    let at = "2026-11-20T18:00:00Z";
    let (code, said) = run(&test, at, &["message", "list", "--json"], "");
    assert_eq!(code, Some(0), "{said}");
    let line: serde_json::Value = serde_json::from_str(said.trim()).expect("JSON");
    assert_eq!((line["reference"].as_str(), line["topic"].as_str()), (Some(reference.as_str()), Some("details")));
    assert!(!said.contains("Elm"), "what was written is read one by one");
    let (code, said) = run(&test, at, &["message", "show", &reference], "");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("to 5 Elm Street") && !said.contains('\u{1b}'), "{said:?}");
    for (arguments, input, expected) in [
        (vec!["message", "show", "M-NONE"], "", Some(1)),
        (vec!["message", "answer", "M-NONE", "--by", "Ines"], "Hello", Some(1)),
        (vec!["message", "answer", &reference, "--by", "Ines"], " \n", Some(2)),
        (vec!["message", "answer", &reference, "--by", " "], "Hello", Some(2)),
        (vec!["message", "answer", &reference], "Hello", Some(2)),
        (vec!["message", "answer", &reference, "--by", "Ines", "--text-file", "/no/such/file"], "", Some(2)),
        (vec!["message", "close", "M-NONE", "--by", "Ines"], "", Some(1)),
    ] {
        assert_eq!(run(&test, at, &arguments, input).0, expected, "{arguments:?}");
    }
    let long = "x".repeat(8_001);
    assert_eq!(run(&test, at, &["message", "answer", &reference, "--by", "Ines"], &long).0, Some(2));
    assert_eq!(run(&test, at, &["message", "answer", &reference, "--by", "Ines"], &long[1..]).0, Some(0));
    assert_eq!(run(&test, at, &["message", "close", &reference, "--by", "Ines"], "").0, Some(0));
    assert_eq!(run(&test, at, &["message", "close", &reference, "--by", "Ines"], "").0, Some(1));
    assert_eq!(run(&test, at, &["message", "list"], ""), (Some(0), String::new()));
}

/// It may begin in the title and end in the text.
#[tokio::test(flavor = "multi_thread")]
async fn a_title_may_be_half_of_an_order() {
    let test = support::sqlite().await;
    let (stage, _) = announced(&test, Method::Approved).await;
    let portal = on(&test, "2026-12-15T19:00:00Z").await;
    let mut person = portal.person(&stage.seeded).await;
    let fields = [("account", ""), ("topic", "other"), ("subject", "Please cancel"), ("text", "the payment on Friday")];
    person.post("/api/send_message", &fields).await.assert_says("Nothing is collected until a person has answered you.");
    assert_eq!(portal.number(WAITS).await, 1);
}

/// Presses "This is settled for me" on its page.
async fn settle(person: &mut Person, reference: &str) -> Answer {
    let page = person.get(&format!("/messages/{reference}")).await;
    page.assert_says("This is settled for me");
    let shown = page.value_of("shown");
    person.post("/api/settle_conversation", &[("reference", reference), ("shown", &shown)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_says_that_it_is_settled_and_writes_again() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        write(&mut person, &seeded.account_id, "payment", "Where is my receipt?").await;
        let reference = newest(&portal).await;

        // Nobody else closes it, and nobody closes what they have not read.
        let stranger = seed::account(&test.db, SeedAccount { family_name: "Diaz".into(), ..SeedAccount::default() }).await;
        let fields = [("reference", reference.as_str()), ("shown", "9")];
        portal.person(&stranger).await.post("/api/settle_conversation", &fields).await.assert_never_says("receipt");
        let page = person.get(&format!("/messages/{reference}")).await;
        page.assert_says("Then you can close it, and nobody needs to answer.");
        let shown = page.value_of("shown");
        answer(&portal, &reference, "It is on its way.").await.expect("answered");
        let late = person.post("/api/settle_conversation", &[("reference", &reference), ("shown", &shown)]).await;
        late.assert_says("It is on its way.");
        late.assert_says("We have answered.");
        assert_eq!(portal.word("select state from conversations").await, "answered", "{}", test.name);

        // Pressed twice, in two tabs, it is settled once.
        let mut second_tab = person.clone();
        let shown = late.value_of("shown");
        for tab in [&mut person, &mut second_tab] {
            let done = tab.post("/api/settle_conversation", &[("reference", &reference), ("shown", &shown)]).await;
            done.assert_says("You closed this on");
            done.assert_never_says("This is settled for me");
        }
        assert_eq!(portal.number("select count(*) from events where action = 'conversation.settled'").await, 1, "{}", test.name);
        assert_eq!(portal.word("select state from conversations").await, "closed");
        person.get("/messages").await.assert_says("Closed.");
        let (code, said) = run(&test, "2026-11-20T18:00:00Z", &["message", "show", &reference], "");
        assert!(code == Some(0) && said.contains("The customer: it is settled"), "{said}");
        assert!(messages::waiting(&portal.state, 10).await.expect("a list").is_empty());

        // Writing again opens it, with a day.
        reply(&mut person, &reference, "It is not here yet.").await.assert_says("A person answers by");
        assert_eq!(portal.word("select state from conversations").await, "waiting");
        let (_, said) = run(&test, "2026-11-20T18:00:00Z", &["message", "show", &reference], "");
        assert!(!said.contains("it is settled"), "{said}");
        // Before an answer too: nobody is late with it any more.
        settle(&mut person, &reference).await.assert_says("You closed this on");
        let later = on(&test, "2026-12-10T18:00:00Z").await;
        jobs::sweep(&later.state).await;
        assert_eq!(later.number("select count(*) from outbox where template = 'message_late'").await, 0, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_stop_a_payment_is_not_settled_without_an_answer() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = Portal::open(&test.url).await;
        let mut person = portal.person(&stage.seeded).await;
        write(&mut person, &stage.seeded.account_id, "payment", "Please stop the payment").await;
        assert_eq!(portal.number(WAITS).await, 1, "{}", test.name);
        let reference = newest(&portal).await;
        let page = person.get(&format!("/messages/{reference}")).await;
        page.assert_never_says("This is settled for me");
        let done = person.post("/api/settle_conversation", &[("reference", &reference), ("shown", "9")]).await;
        done.assert_says("Nothing is collected until a person has answered you.");
        assert_eq!(portal.word("select state from conversations").await, "waiting", "{}", test.name);
        assert_eq!(portal.number(WAITS).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_a_browser_fetched_ahead_is_not_seen() {
    let [test, _] = support::both().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    write(&mut person, &seeded.account_id, "payment", "Where is my receipt?").await;
    let reference = newest(&portal).await;
    answer(&portal, &reference, "It is on its way.").await.expect("answered");
    let address = format!("/messages/{reference}");
    for (name, value) in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        let ahead = person.get_with(&address, name, value).await;
        assert_eq!(ahead.status, 503, "{name}");
        ahead.assert_never_says("on its way");
    }
    assert_eq!(messages::unread(&portal.state, &customer(&seeded)).await.expect("counts"), 1);
    person.get(&address).await.assert_says("It is on its way.");
    assert_eq!(messages::unread(&portal.state, &customer(&seeded)).await.expect("counts"), 0);
}
