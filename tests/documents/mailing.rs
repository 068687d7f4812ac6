//! From the outbox into a real mailbox.

use crate::app::TestApp;
use crate::genuine::issued;
use crate::mail_sink::{MailSink, Manner};
use crate::support::seed::{self, SeedAccount};
use evenkeel::domain::ids::{CustomerId, DocumentId};
use evenkeel::domain::language::Language;
use evenkeel::server::services::outbox::{self, Hurry, Round};
use evenkeel::server::store::outbox::ListedMessage;

/// 23:30 in Denver.
const NIGHT: &str = "2026-11-21T06:30:00Z";

async fn with_mail(sink: &MailSink, clock: &str) -> TestApp {
    TestApp::with(&[
        ("mail.smtp_url", &sink.url),
        ("mail.from", "Northgate <accounts@northgate.example>"),
        ("sandbox.clock", clock),
    ])
    .await
}

/// Puts the copy of a new document into the outbox.
async fn enqueue(app: &TestApp, customer: SeedAccount, hurry: Hurry) -> (DocumentId, Vec<u8>) {
    let seeded = seed::account(app.db(), customer).await;
    let (document, file) = issued(app, &seeded).await;
    for _ in 0..2 {
        let mut tx = app.db().begin_write().await.expect("begins");
        let customer = CustomerId(seeded.customer_id.clone());
        outbox::enqueue_copy(&app.state, &mut tx, &customer, &document, Language::English, hurry).await.expect("is written");
        tx.commit().await.expect("commits");
    }
    (document, file)
}

async fn only_message(app: &TestApp) -> ListedMessage {
    let messages = outbox::list(&app.state, 10).await.expect("a list");
    assert_eq!(messages.len(), 1, "asked for twice, written once");
    messages.into_iter().next().expect("one")
}

fn stands(message: &ListedMessage) -> (&str, Option<&str>) {
    (&message.state, message.reason.as_deref())
}

const DAY: &str = "2026-11-20T18:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_arrives_once_with_the_document_as_it_was_issued() {
    let sink = MailSink::start(Manner::Accepting);
    let app = with_mail(&sink, DAY).await;
    let (_, file) = enqueue(&app, SeedAccount::default(), Hurry::InWindow).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends"), Round { sent: 1, ..Round::default() });
    assert_eq!(outbox::send_due(&app.state).await.expect("sends"), Round::default());
    let messages = sink.messages();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert!(message.contains("To: ada.moreno@example.net"), "{message}");
    assert!(message.contains("Subject: Your copy of document DC-"), "{message}");
    assert!(message.contains("text/plain") && message.contains("text/html") && message.contains("application/pdf"));
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&file);
    let unwrapped: String = message.split_whitespace().collect();
    assert!(unwrapped.contains(&encoded), "the attachment is the issued file, byte for byte");
    assert_eq!(stands(&only_message(&app).await), ("sent", None));
    assert_eq!(app.count("select count(*) from events where action = 'message.sent'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_night_only_what_was_asked_for_now_leaves() {
    let sink = MailSink::start(Manner::Accepting);
    let app = with_mail(&sink, NIGHT).await;
    enqueue(&app, SeedAccount::default(), Hurry::InWindow).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends"), Round::default());
    let waits = only_message(&app).await;
    assert_eq!(stands(&waits), ("waiting", Some("outside_window")));
    // 8:00 in Denver.
    assert_eq!(waits.not_before, "2026-11-21T15:00:00Z".parse::<jiff::Timestamp>().expect("an instant").as_millisecond());

    let app = with_mail(&sink, NIGHT).await;
    enqueue(&app, SeedAccount::default(), Hurry::Now).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends").sent, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hour_of_sending_counts() {
    let sink = MailSink::start(Manner::Accepting);
    let app = with_mail(&sink, NIGHT).await;
    enqueue(&app, SeedAccount::default(), Hurry::InWindow).await;
    app.execute("update outbox set not_before = 0").await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends"), Round { put_off: 1, ..Round::default() });
    let waits = only_message(&app).await;
    assert_eq!((stands(&waits), waits.attempts), (("waiting", Some("outside_window")), 0));
    assert!(sink.messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_it_is_kept_and_can_be_sent_later() {
    let app = TestApp::with(&[("sandbox.enabled", "false"), ("sandbox.clock", "real")]).await;
    enqueue(&app, SeedAccount::default(), Hurry::Now).await;
    assert_eq!(stands(&only_message(&app).await), ("not_sent", Some("no_mail_server")));
    assert_eq!(outbox::send_due(&app.state).await.expect("nothing to do"), Round::default());
    assert_eq!(outbox::retry(&app.state).await.expect("retries"), 1);
    assert_eq!(only_message(&app).await.state, "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_sandbox_the_sandbox_takes_it_and_nothing_leaves() {
    let app = TestApp::sqlite().await;
    enqueue(&app, SeedAccount::default(), Hurry::InWindow).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends").sent, 1);
    let message = only_message(&app).await;
    assert_eq!((stands(&message), message.carrier.as_deref()), (("sent", None), Some("sandbox")));
    app.browser().get("/sandbox-messages").await.assert_says("Your copy of document DC-");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_it_goes_by_post_and_without_a_street_the_outbox_says_so() {
    let sink = MailSink::start(Manner::Accepting);
    let app = with_mail(&sink, NIGHT).await;
    enqueue(&app, SeedAccount { email: None, ..SeedAccount::default() }, Hurry::InWindow).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends"), Round { to_print: 1, ..Round::default() });
    let message = only_message(&app).await;
    assert_eq!((stands(&message), message.channel.as_str()), (("printing", Some("to_print")), "letter"));

    let app = with_mail(&sink, DAY).await;
    let seeded = seed::account(app.db(), SeedAccount { email: None, ..SeedAccount::default() }).await;
    app.execute("update customers set street = null").await;
    let (document, _) = issued(&app, &seeded).await;
    let mut tx = app.db().begin_write().await.expect("begins");
    let customer = CustomerId(seeded.customer_id.clone());
    outbox::enqueue_copy(&app.state, &mut tx, &customer, &document, Language::English, Hurry::Now).await.expect("is written");
    tx.commit().await.expect("commits");
    assert_eq!(stands(&only_message(&app).await), ("not_sent", Some("no_address")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusing_server_is_asked_once_and_a_busy_one_again() {
    let refusing = MailSink::start(Manner::Refusing);
    let app = with_mail(&refusing, DAY).await;
    enqueue(&app, SeedAccount::default(), Hurry::Now).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("sends").given_up, 1);
    assert_eq!(stands(&only_message(&app).await), ("not_sent", Some("refused_by_server")));

    let busy = MailSink::start(Manner::Busy);
    let app = with_mail(&busy, DAY).await;
    enqueue(&app, SeedAccount::default(), Hurry::Now).await;
    for attempt in 1..=6 {
        app.execute("update outbox set not_before = 0").await;
        outbox::send_due(&app.state).await.expect("sends");
        let message = only_message(&app).await;
        assert_eq!(message.attempts, attempt);
        let expected = if attempt < 6 { "waiting" } else { "not_sent" };
        assert_eq!(stands(&message), (expected, Some("server_unreachable")), "attempt {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_senders_send_it_once() {
    let sink = MailSink::start(Manner::Accepting);
    let test = crate::support::postgres().await;
    let settings = [("mail.smtp_url", sink.url.as_str()), ("mail.from", "a@northgate.example"), ("database.url", &test.url)];
    let app = TestApp::with(&settings).await;
    for _ in 0..5 {
        let seeded = app.seeded().await;
        let (document, _) = issued(&app, &seeded).await;
        let mut tx = app.db().begin_write().await.expect("begins");
        let customer = CustomerId(seeded.customer_id.clone());
        outbox::enqueue_copy(&app.state, &mut tx, &customer, &document, Language::Spanish, Hurry::Now).await.expect("is written");
        tx.commit().await.expect("commits");
    }
    let mut sent = 0;
    while sent < 5 {
        let (one, two) = tokio::join!(outbox::send_due(&app.state), outbox::send_due(&app.state));
        sent += one.expect("sends").sent + two.expect("sends").sent;
    }
    assert_eq!((sent, sink.messages().len()), (5, 5));
}

/// The server of this test has no STARTTLS: what asks for it is not sent in the clear instead.
#[tokio::test(flavor = "multi_thread")]
async fn where_tls_is_required_nothing_leaves_without_it() {
    let sink = MailSink::start(Manner::Accepting);
    let required = format!("{}?tls=required", sink.url.replace("smtp://", "smtp://user:secret@"));
    let app = TestApp::with(&[("mail.smtp_url", &required), ("sandbox.clock", DAY)]).await;
    enqueue(&app, SeedAccount::default(), Hurry::InWindow).await;
    assert_eq!(outbox::send_due(&app.state).await.expect("tries"), Round { put_off: 1, ..Round::default() });
    assert_eq!(stands(&only_message(&app).await), ("waiting", Some("server_unreachable")));
    assert!(sink.messages().is_empty());
}
