//! Through the gate and out: what leaves, what waits, what comes back, and what follows from it.

use crate::app::TestApp;
use crate::genuine::issued;
use crate::mail_sink::{MailSink, Manner};
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::domain::ids::{AccountId, CustomerId};
use evenkeel::domain::language::Language;
use evenkeel::server::ids;
use evenkeel::server::notify::letters::Template;
use evenkeel::server::services::outbox::{self, About, Channel, Hurry, Message, Reason, Round, State};
use evenkeel::server::services::print_queue::{self, Done};
use evenkeel::server::services::returns::{self, Followed};
use evenkeel::server::services::stopping::{self, LearnedFrom, Wish};
use jiff::Timestamp;
use mail_parser::MessageParser;

/// Friday, 11:00 in Denver.
const DAY: &str = "2026-11-20T18:00:00Z";
const BOUNCE: (&str, &str) = ("mail.bounce_address", "bounce@northgate.example");

fn settings<'a>(sink: &'a MailSink, clock: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("mail.smtp_url", sink.url.as_str()),
        ("mail.from", "Northgate <accounts@northgate.example>"),
        ("sandbox.clock", clock),
        BOUNCE,
    ]
}

pub async fn mailing_at(sink: &MailSink, clock: &str) -> TestApp {
    TestApp::with(&settings(sink, clock)).await
}

pub async fn on_both(sink: &MailSink) -> [TestApp; 2] {
    [TestApp::with(&settings(sink, DAY)).await, TestApp::postgres_with(&settings(sink, DAY)).await]
}

/// Writes a receipt's message without its document, under a once key, and returns its id.
pub async fn write(app: &TestApp, seeded: &Seeded, once: &str) -> String {
    write_as(app, seeded, once, Hurry::InWindow, About::default()).await
}

async fn write_as(app: &TestApp, seeded: &Seeded, once: &str, hurry: Hurry, about: About<'_>) -> String {
    let customer_id = CustomerId(seeded.customer_id.clone());
    let message = Message {
        customer_id: &customer_id,
        template: Template::ReceiptCopy,
        language: Language::English,
        values: Template::ReceiptCopy.example(),
        document_id: None,
        hurry,
        once,
    };
    let mut tx = app.db().begin_write().await.expect("begins");
    outbox::enqueue_about(&app.state, &mut tx, &message, about).await.expect("is written");
    tx.commit().await.expect("commits");
    sqlx::query_scalar("select id from outbox where once_key = $1").bind(once).fetch_one(app.db().pool()).await.expect("its id")
}

/// Makes what waits a message of another weight, as other templates are.
pub async fn weigh(app: &TestApp, weight: &str) {
    sqlx::query("update outbox set weight = $1 where state = 'waiting'")
        .bind(weight.to_owned())
        .execute(app.db().pool())
        .await
        .expect("is weighed");
}

pub async fn send(app: &TestApp) -> Round {
    outbox::send_due(&app.state).await.expect("sends")
}

pub async fn stands(app: &TestApp, once: &str) -> (State, Channel) {
    let mut tx = app.db().begin_read().await.expect("begins");
    outbox::by_once_key(&mut tx, once).await.expect("reads").expect("there is one")
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("an instant").as_millisecond()
}

const SENT_ONE: Round = Round { sent: 1, to_print: 0, put_off: 0, given_up: 0 };
const PRINTED_ONE: Round = Round { sent: 0, to_print: 1, put_off: 0, given_up: 0 };
const PUT_OFF_ONE: Round = Round { sent: 0, to_print: 0, put_off: 1, given_up: 0 };
const GIVEN_UP_ONE: Round = Round { sent: 0, to_print: 0, put_off: 0, given_up: 1 };

/// The value of a header of a message that arrived.
fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    message.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
}

/// A report of a mail server to an address, about nothing else.
fn report(to: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@example.net\r\nTo: {to}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
         Final-Recipient: rfc822; ada.moreno@example.net\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--\r\n"
    )
}

async fn receive(app: &TestApp, text: &str) -> Followed {
    returns::receive(&app.state, text.as_bytes(), None).await.expect("is taken in")
}

/// Where a message that arrived comes back to.
fn returns_to(message: &str) -> String {
    header(message, "Return-Path").trim_matches(['<', '>']).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_how_to_stop_it_in_one_step_and_where_it_comes_back_to() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let id = write(&app, &app.seeded().await, "receipt").await;
    assert_eq!(send(&app).await, SENT_ONE);
    let message = &sink.messages()[0];
    let link = header(message, "List-Unsubscribe").trim_matches(['<', '>']);
    assert!(link.starts_with("http://localhost:3000/stop/"), "{message}");
    assert_eq!(header(message, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(header(message, "Auto-Submitted"), "auto-generated");
    let tag = format!("bounce+{id}-");
    assert!(returns_to(message).starts_with(&tag) && returns_to(message).ends_with("@northgate.example"), "{message}");
    assert_eq!(header(message, "Message-ID"), format!("<{id}@northgate.example>"));
    // The link in the text is the same, and only its digest is kept.
    assert!(outbox::whole(&app.state, &id).await.expect("reads").expect("a message").text.contains(link));
    let token = link.rsplit('/').next().expect("a token");
    let kept: i64 = sqlx::query_scalar("select count(*) from stop_tokens where token_digest = $1")
        .bind(token.to_owned())
        .fetch_one(app.db().pool())
        .await
        .expect("a count");
    assert_eq!(kept, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_what_arrives() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let id = write(&app, &app.seeded().await, "receipt").await;
    assert_eq!(send(&app).await, SENT_ONE);
    let raw = sink.messages().remove(0);
    let message = MessageParser::default().parse(raw.as_bytes()).expect("a message");
    let arrived = |part: std::borrow::Cow<'_, str>| part.replace("\r\n", "\n");
    let text = arrived(message.body_text(0).expect("text"));
    let html = arrived(message.body_html(0).expect("HTML"));

    let shown = outbox::whole(&app.state, &id).await.expect("reads").expect("a message");
    assert_eq!((text.as_str(), html.as_str(), message.subject()), (&*shown.text, &*shown.html, Some(&*shown.subject)));
    // The template's preview differs in nothing but whose link it is.
    let preview = outbox::preview(&app.state.config, Template::ReceiptCopy, Language::English);
    let link = header(&raw, "List-Unsubscribe").trim_matches(['<', '>']);
    let example = preview.text.split_whitespace().find(|word| word.contains("/stop/")).expect("a link");
    assert_eq!(preview.text.replace(example, link), text);
    assert_eq!(preview.html.replace(example, link), html);
    assert_eq!(preview.subject, shown.subject);
    assert_eq!(preview.short, shown.short);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_notice_that_came_back_is_not_sent_until_it_is_posted() {
    let sink = MailSink::start(Manner::Accepting);
    for app in on_both(&sink).await {
        let seeded = app.seeded().await;
        write(&app, &seeded, "notice").await;
        weigh(&app, "notice").await;
        assert_eq!(send(&app).await, SENT_ONE);
        assert_eq!(stands(&app, "notice").await, (State::Sent { at: at(DAY) }, Channel::Email));
        let mut answers = Vec::new();
        for message in sink.messages() {
            answers.push(receive(&app, &report(&returns_to(&message), "5.1.1")).await);
        }
        // The other database's message is none of this one's.
        assert!(answers.contains(&Followed::NotDelivered { for_good: true }), "{answers:?}");

        // What takes its place is what counts, and it goes by post.
        assert_eq!(stands(&app, "notice").await.1, Channel::Letter);
        assert!(matches!(stands(&app, "notice").await.0, State::Waiting { reason: Some(Reason::Bounced), .. }));
        assert_eq!(send(&app).await, PRINTED_ONE);
        assert_eq!(stands(&app, "notice").await, (State::Printing, Channel::Letter));
        let letter = print_queue::waiting(&app.state, 10).await.expect("a queue").remove(0);
        assert_eq!(print_queue::done(&app.state, &letter.outbox_id).await.expect("is said"), Done::Printed);
        assert_eq!(print_queue::done(&app.state, &letter.outbox_id).await.expect("is said"), Done::KnownBefore);
        assert_eq!(stands(&app, "notice").await, (State::Sent { at: at(DAY) }, Channel::Letter));
        assert_eq!(app.count("select count(*) from events where action = 'message.bounced'").await, 1);

        // The address is not used again, until there is another one.
        write(&app, &seeded, "next").await;
        assert_eq!(send(&app).await, PRINTED_ONE);
        app.execute("update customers set email = 'ada.new@example.net'").await;
        write(&app, &seeded, "after that").await;
        assert_eq!(send(&app).await, SENT_ONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_can_go_nowhere_is_not_sent() {
    let sink = MailSink::start(Manner::Refusing);
    let app = mailing_at(&sink, DAY).await;
    write(&app, &app.seeded().await, "notice").await;
    weigh(&app, "notice").await;
    // Refused by the mail server, it goes by post; without a street it goes nowhere.
    assert_eq!(send(&app).await, PRINTED_ONE);

    let app = mailing_at(&sink, DAY).await;
    write(&app, &app.seeded().await, "notice").await;
    weigh(&app, "notice").await;
    app.execute("update customers set street = null").await;
    assert_eq!(send(&app).await, GIVEN_UP_ONE);
    assert_eq!(stands(&app, "notice").await.0, State::NotSent { reason: Reason::RefusedByServer });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_believed_once_and_only_about_a_message_of_ours() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let id = write(&app, &app.seeded().await, "receipt").await;
    assert_eq!(send(&app).await, SENT_ONE);
    let right = returns_to(&sink.messages()[0]);
    let proof = right.split('-').nth(1).expect("a proof");
    let other = ids::new_id();
    for forged in [
        right.replace(proof, "0000000000000000@northgate.example"),
        right.replace(&id, &other),
        "bounce@northgate.example".into(),
    ] {
        assert_eq!(receive(&app, &report(&forged, "5.1.1")).await, Followed::NotOurs, "{forged}");
    }
    assert_eq!(app.count("select count(*) from channel_marks").await, 0);
    assert_eq!(receive(&app, &report(&right.to_uppercase(), "4.2.2")).await, Followed::NotDelivered { for_good: false });
    assert_eq!(receive(&app, &report(&right, "5.1.1")).await, Followed::KnownBefore);
    assert_eq!(app.count("select count(*) from channel_marks where mark = 'undelivered'").await, 1);
    assert_eq!(returns::receive(&app.state, b"", None).await.expect("is taken in"), Followed::Unreadable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_and_a_reply_that_says_stop_stop_email_once() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    let id = write(&app, &seeded, "receipt").await;
    assert_eq!(send(&app).await, SENT_ONE);
    let complaint = format!(
        "From: fbl@example.net\r\nTo: abuse@northgate.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{id}@northgate.example>\r\n\r\nHello\r\n--b--\r\n"
    );
    for _ in 0..2 {
        assert_eq!(receive(&app, &complaint).await, Followed::Stopped);
    }
    assert_eq!(app.count("select count(*) from channel_marks where mark = 'complained'").await, 1);
    assert_eq!(app.count("select count(*) from outbox where complained_at is not null").await, 1);
    // Wanted again after all.
    stopping::record_wish(&app.state, &seeded.reference, Wish::Allow(Channel::Email)).await.expect("is written down");
    write(&app, &seeded, "again").await;
    assert_eq!(send(&app).await, SENT_ONE);
    // An answer that names a message of ours, or comes back to its own address, stops e-mail to whom that was written, and only to them.
    let other = app.seeded().await;
    let answer = |header: &str| format!("From: Ada <Ada.Moreno@example.net>\r\n{header}\r\n\r\nBaja\r\n");
    assert_eq!(receive(&app, &answer(&format!("References: <x@y> <{id}@northgate.example>"))).await, Followed::Stopped);
    assert_eq!(app.count("select count(distinct customer_id) from channel_marks where mark = 'stopped'").await, 1);
    let of_other = write(&app, &other, "record").await;
    assert_eq!(send(&app).await, SENT_ONE);
    let messages = sink.messages();
    let sent = messages.iter().find(|message| message.contains(&format!("<{of_other}@"))).expect("it arrived");
    assert_eq!(receive(&app, &answer(&format!("To: {}", returns_to(sent)))).await, Followed::Stopped);
    assert_eq!(app.count("select count(distinct customer_id) from channel_marks where mark = 'stopped'").await, 2);
    write(&app, &other, "next record").await;
    assert_eq!(send(&app).await, PRINTED_ONE);
    write(&app, &seeded, "reminder").await;
    weigh(&app, "reminder").await;
    assert_eq!(send(&app).await, GIVEN_UP_ONE);
    assert_eq!(stands(&app, "reminder").await.0, State::NotSent { reason: Reason::OptedOut });
    assert_eq!(receive(&app, "From: x@example.net\r\n\r\nWhat is this?\r\n").await, Followed::ForAPerson);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_has_three_reminders_whoever_sends_them() {
    let sink = MailSink::start(Manner::Accepting);
    for app in on_both(&sink).await {
        let seeded = app.seeded().await;
        for number in 0..6 {
            write(&app, &seeded, &format!("reminder {number}")).await;
        }
        weigh(&app, "reminder").await;
        let (one, two, three) = tokio::join!(send(&app), send(&app), send(&app));
        assert_eq!((one.sent + two.sent + three.sent, one.put_off + two.put_off + three.put_off), (3, 3));
        let later = app.count("select count(*) from outbox where reason = 'cap' and state = 'waiting'").await;
        assert_eq!(later, 3);
        // A required notice is not stopped by it, and neither is a record.
        write(&app, &seeded, "notice").await;
        sqlx::query("update outbox set weight = 'notice' where once_key = 'notice'")
            .execute(app.db().pool())
            .await
            .expect("is weighed");
        write(&app, &seeded, "record").await;
        assert_eq!(send(&app).await.sent, 2);
        // Another customer is another week.
        let other = app.seeded().await;
        write(&app, &other, "other").await;
        sqlx::query("update outbox set weight = 'reminder' where once_key = 'other'")
            .execute(app.db().pool())
            .await
            .expect("is weighed");
        assert_eq!(send(&app).await.sent, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_keeps_reminders_back_and_only_those_of_its_account() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let held = app.seeded().await;
    let free =
        seed::account(app.db(), SeedAccount { customer_id: Some(held.customer_id.clone()), ..SeedAccount::default() }).await;
    sqlx::query(
        "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
         values ('h', $1, 'dispute', 'said so', 0, null, null, 'c')",
    )
    .bind(held.account_id.clone())
    .execute(app.db().pool())
    .await
    .expect("a hold");
    let (held_id, free_id) = (AccountId(held.account_id.clone()), AccountId(free.account_id.clone()));
    let about = |account| About { account_id: Some(account), expires_at: None };
    write_as(&app, &held, "held", Hurry::InWindow, about(&held_id)).await;
    write_as(&app, &free, "free", Hurry::InWindow, about(&free_id)).await;
    weigh(&app, "reminder").await;
    assert_eq!(send(&app).await, Round { sent: 1, put_off: 1, ..Round::default() });
    assert!(matches!(stands(&app, "free").await.0, State::Sent { .. }));
    let again = at("2026-11-21T18:00:00Z");
    assert_eq!(stands(&app, "held").await.0, State::Waiting { reason: Some(Reason::Held), not_before: again });
    assert_eq!(app.count("select count(*) from events where action = 'message.waits'").await, 1);
    // Released, it leaves; a record would have left anyway.
    app.execute("update holds set released_at = 1").await;
    app.execute("update outbox set not_before = 0 where state = 'waiting'").await;
    assert_eq!(send(&app).await, SENT_ONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_about_the_account_of_its_document() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    let (document, _) = issued(&app, &seeded).await;
    let customer = CustomerId(seeded.customer_id.clone());
    let mut tx = app.db().begin_write().await.expect("begins");
    let copy = outbox::enqueue_copy(&app.state, &mut tx, &customer, &document, Language::Spanish, Hurry::InWindow).await;
    copy.expect("is written");
    tx.commit().await.expect("commits");
    send(&app).await;
    let of_account = "select count(*) from outbox o join accounts a on a.id = o.account_id";
    assert_eq!(app.count(of_account).await, 1);
    let events = "select count(*) from events e join accounts a on a.id = e.account_id where e.action in ('message.written', 'message.sent')";
    assert_eq!(app.count(events).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_too_late_is_not_sent_and_says_so() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    let about = About { account_id: None, expires_at: Some(at(DAY)) };
    write_as(&app, &seeded, "late", Hurry::InWindow, about).await;
    assert_eq!(stands(&app, "late").await.0, State::NotSent { reason: Reason::Expired });
    let about = About { account_id: None, expires_at: Some(at(DAY) + 1) };
    write_as(&app, &seeded, "in time", Hurry::InWindow, about).await;
    assert_eq!(send(&app).await, SENT_ONE);
    // It was written in time and is sent too late.
    let about = About { account_id: None, expires_at: Some(at(DAY) + 1) };
    write_as(&app, &seeded, "kept", Hurry::InWindow, about).await;
    app.execute("update outbox set expires_at = 1 where once_key = 'kept'").await;
    assert_eq!(send(&app).await, GIVEN_UP_ONE);
    assert_eq!(stands(&app, "kept").await.0, State::NotSent { reason: Reason::Expired });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hour_suits_the_postal_code_and_the_telephone_too() {
    let sink = MailSink::start(Manner::Accepting);
    // 19:30 in Denver, 21:30 in New York.
    let evening = "2026-11-21T02:30:00Z";
    let app = mailing_at(&sink, evening).await;
    let seeded = app.seeded().await;
    write(&app, &seeded, "denver").await;
    assert_eq!(send(&app).await, SENT_ONE);
    app.execute("update customers set phone = '212-555-0100'").await;
    write(&app, &seeded, "with a New York number").await;
    // 8:00 in Denver is 10:00 in New York.
    let morning = at("2026-11-21T15:00:00Z");
    let waits = State::Waiting { reason: Some(Reason::OutsideWindow), not_before: morning };
    assert_eq!(stands(&app, "with a New York number").await.0, waits);
    app.execute("update outbox set not_before = 0 where state = 'waiting'").await;
    assert_eq!(send(&app).await, PUT_OFF_ONE);
    app.execute("update customers set phone = null, state = 'NY', postal_code = '10001'").await;
    app.execute("update outbox set not_before = 0 where state = 'waiting'").await;
    assert_eq!(send(&app).await, PUT_OFF_ONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_contacting_me_is_kept_and_can_be_taken_back() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    stopping::record_wish(&app.state, &seeded.reference, Wish::StopContact).await.expect("is written down");
    write(&app, &seeded, "reminder").await;
    weigh(&app, "reminder").await;
    assert_eq!(send(&app).await, GIVEN_UP_ONE);
    assert_eq!(stands(&app, "reminder").await.0, State::NotSent { reason: Reason::StoppedContact });
    write(&app, &seeded, "record").await;
    assert_eq!(send(&app).await, SENT_ONE);
    stopping::record_wish(&app.state, &seeded.reference, Wish::AllowContact).await.expect("is written down");
    write(&app, &seeded, "later").await;
    weigh(&app, "reminder").await;
    assert_eq!(send(&app).await, SENT_ONE);
    let ways = stopping::ways(&app.state, &seeded.reference).await.expect("reads").expect("an account");
    assert!(ways.marks.is_empty());
    assert!(stopping::record_wish(&app.state, "NG-NOBODY", Wish::StopContact).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_lets_what_waits_be_decided_anew_at_once() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, "2026-11-21T06:30:00Z").await;
    let seeded = app.seeded().await;
    let (document, file) = issued(&app, &seeded).await;
    let customer = CustomerId(seeded.customer_id.clone());
    let mut tx = app.db().begin_write().await.expect("begins");
    let hurry = Hurry::InWindow;
    outbox::enqueue_copy(&app.state, &mut tx, &customer, &document, Language::English, hurry).await.expect("is written");
    tx.commit().await.expect("commits");
    let text: String = sqlx::query_scalar("select body_text from outbox").fetch_one(app.db().pool()).await.expect("its text");
    let token = text.split("/stop/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a token");
    assert!(stopping::stop_by_link(&app.state, token, LearnedFrom::Page).await.expect("is stopped"));
    // By post at any hour: the document itself, byte for byte.
    assert_eq!(send(&app).await, PRINTED_ONE);
    let letter = print_queue::waiting(&app.state, 10).await.expect("a queue").remove(0);
    assert_eq!(print_queue::file(&app.state, &letter.outbox_id).await.expect("a file"), file);
}
