//! What customers write back: one word stops messages, everything else reaches a person, and what may be an order to stop a payment
//! lets collections wait until a person has looked.

use crate::app::TestApp;
use crate::mail_sink::{MailSink, Manner};
use crate::sending::{mailing_at, on_both, write};
use crate::support::seed::Seeded;
use evenkeel::server::ids;
use evenkeel::server::services::messages;
use evenkeel::server::services::requests::{self, Answered, Collections, NotAnswered};
use evenkeel::server::services::returns::{self, Followed};
use evenkeel::server::services::stopping;

const DAY: &str = "2026-11-20T18:00:00Z";

/// An agreement of this account's with a permission to collect.
async fn permitted(app: &TestApp, seeded: &Seeded) {
    let reference = format!("EK-{}", &seeded.account_id[20..]);
    let values = [&reference, &seeded.customer_id, &seeded.creditor_id, &seeded.account_id].map(String::as_str);
    for sql in [
        "insert into agreements (id, reference, customer_id, creditor_id, currency, kind, state, current_version, draft_id, created_at)
         select $1, $1, customer_id, $3, 'USD', 'plan', 'active', 1, $1, 0 from accounts where customer_id = $2 and id = $4",
        "insert into agreement_accounts (agreement_id, account_id, ended_at)
         select id, $4, null from agreements where id = $1 and customer_id = $2 and creditor_id = $3",
        "insert into mandates (id, reference, customer_id, account_id, agreement_id, agreement_version, currency, state, processor,
           mandate, decision_key, terms, shown_text, text_sha256, signed_name, language, created_at, given_at, checks)
         select id, id, $2, $4, id, 1, 'USD', 'given', 'sandbox', id, id, '{}', '', 'x', 'Ada Moreno', 'en', 0, 0, 0
         from agreements where id = $1 and creditor_id = $3",
    ] {
        let mut query = sqlx::query(sql);
        for value in values {
            query = query.bind(value);
        }
        query.execute(app.db().pool()).await.expect("written");
    }
}

fn reply(to: Option<&str>, text: &str) -> String {
    let answers = to.map(|id| format!("In-Reply-To: <{id}@northgate.example>\r\n")).unwrap_or_default();
    format!(
        "From: Ada <Ada.Moreno@example.net>\r\nTo: accounts@northgate.example\r\n{answers}\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

async fn receive(app: &TestApp, text: &str) -> Followed {
    returns::receive(&app.state, text.as_bytes(), None).await.expect("is taken in")
}

async fn word(app: &TestApp, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(app.db().pool()).await.expect("a word")
}

const MARKS: &str = "select count(*) from channel_marks";
const REQUESTS: &str = "select count(*) from contact_requests";
const HOLDS: &str = "select count(*) from holds where kind = 'stop_asked' and released_at is null";
const ORDER: &str = "Cancel the payment you want to take on Friday, I have no money.";

#[tokio::test(flavor = "multi_thread")]
async fn what_may_order_a_payment_stopped_reaches_a_person_and_collections_wait() {
    let sink = MailSink::start(Manner::Accepting);
    for app in on_both(&sink).await {
        let seeded = app.seeded().await;
        permitted(&app, &seeded).await;
        let id = write(&app, &seeded, "notice").await;
        assert_eq!(receive(&app, &reply(Some(&id), ORDER)).await, Followed::ForAPerson);
        assert_eq!(app.count(MARKS).await, 0, "e-mail is not stopped by it");
        assert_eq!(word(&app, "select kind from contact_requests").await, "perhaps_stop_payment");
        assert_eq!(word(&app, "select message from contact_requests").await, ORDER);
        assert_eq!(word(&app, "select reply_to from contact_requests").await, "Ada.Moreno@example.net");
        // Two working days after Friday, at the end of the day there.
        let answer_by = "2026-11-25T06:59:59Z".parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
        assert_eq!(app.count("select answer_by from contact_requests").await, answer_by);
        assert_eq!(app.count(HOLDS).await, 1);
        assert_eq!(app.count("select count(*) from holds h join contact_requests r on r.reference = h.reason").await, 1);
        let told = word(&app, "select body_text from outbox where template = 'collections_wait'").await;
        assert!(told.contains("by Tuesday 24 November 2026") && told.contains("/agreements/EK-"), "{told}");
        let page = app.signed_in(&seeded).await.get("/account").await;
        page.assert_says("Nothing is collected until a person has answered you.");

        // Said again it is another message to a person, and one hold.
        assert_eq!(receive(&app, &reply(Some(&id), "Please do not take it!")).await, Followed::ForAPerson);
        assert_eq!((app.count(REQUESTS).await, app.count(HOLDS).await), (2, 1));
        assert_eq!(app.count("select count(*) from outbox where template = 'collections_wait'").await, 1);
        assert_eq!(app.count("select count(*) from events where action = 'answer.received'").await, 2);
        assert_eq!(app.count("select count(*) from events where action = 'hold.begun'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_word_alone_stops_without_a_person_and_more_words_do_not() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    let id = write(&app, &seeded, "receipt").await;
    for more in ["Stop please", "Thank you, that helps.", "Please unsubscribe me"] {
        assert_eq!(receive(&app, &reply(Some(&id), more)).await, Followed::ForAPerson, "{more}");
    }
    assert_eq!((app.count(MARKS).await, app.count(REQUESTS).await), (0, 3));
    // Nothing is collected from them: there is no payment that it could stop.
    assert_eq!(app.count("select count(*) from contact_requests where kind = 'answer'").await, 3);
    assert_eq!(app.count(HOLDS).await, 0);
    assert_eq!(app.count("select count(*) from outbox where template = 'answer_received'").await, 1, "told once a day");
    assert_eq!(receive(&app, &reply(Some(&id), "Cancel.\r\n\r\nSent from my phone")).await, Followed::Stopped);
    assert_eq!((app.count(MARKS).await, app.count(REQUESTS).await), (1, 3));
    // Nobody wrote this.
    let automatic = reply(Some(&id), "I am away").replace("Content-Type", "Auto-Submitted: auto-replied\r\nContent-Type");
    assert_eq!(receive(&app, &automatic).await, Followed::ForAPerson);
    assert_eq!(app.count(REQUESTS).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_word_and_more_below_it_does_both() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    permitted(&app, &seeded).await;
    let id = write(&app, &seeded, "receipt").await;
    let both = "Cancel\r\nand do not take the payment on Friday";
    assert_eq!(receive(&app, &reply(Some(&id), both)).await, Followed::StoppedAndForAPerson);
    assert_eq!((app.count(MARKS).await, app.count(REQUESTS).await, app.count(HOLDS).await), (1, 1, 1));
}

/// The word alone may mean the payment that the message announces.
#[tokio::test(flavor = "multi_thread")]
async fn the_word_alone_as_an_answer_to_an_announced_payment_does_both() {
    let sink = MailSink::start(Manner::Accepting);
    for app in on_both(&sink).await {
        let seeded = app.seeded().await;
        permitted(&app, &seeded).await;
        let id = write(&app, &seeded, "notice").await;
        app.execute("update outbox set template = 'collection_notice'").await;
        assert_eq!(receive(&app, &reply(Some(&id), "STOP")).await, Followed::StoppedAndForAPerson);
        assert_eq!((app.count(MARKS).await, app.count(REQUESTS).await, app.count(HOLDS).await), (1, 1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_address_alone_stops_nothing_and_reaches_a_person() {
    let sink = MailSink::start(Manner::Accepting);
    for app in on_both(&sink).await {
        let seeded = app.seeded().await;
        permitted(&app, &seeded).await;
        write(&app, &seeded, "receipt").await;
        // Anybody can write these: no message of ours is named, or one that is none.
        let other = ids::new_id();
        for named in [None, Some(other.as_str())] {
            assert_eq!(receive(&app, &reply(named, "STOP")).await, Followed::ForAPerson);
        }
        assert_eq!((app.count(MARKS).await, app.count(REQUESTS).await), (0, 2));
        assert_eq!(app.count(HOLDS).await, 0, "one word is about messages");
        // An order is looked at by a person, whoever wrote it; until then nothing is collected.
        assert_eq!(receive(&app, &reply(None, ORDER)).await, Followed::ForAPerson);
        assert_eq!(app.count(HOLDS).await, 1);
        let stranger = "From: x@example.net\r\n\r\nSTOP\r\n";
        assert_eq!(receive(&app, stranger).await, Followed::NotOurs);
        assert_eq!(receive(&app, "From: x@example.net\r\n\r\nWhat is this?\r\n").await, Followed::ForAPerson);
        assert_eq!(app.count(REQUESTS).await, 3, "of whom nothing is known, nothing is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_answers_is_not_kept_and_an_order_among_them_is() {
    let sink = MailSink::start(Manner::Accepting);
    let app = mailing_at(&sink, DAY).await;
    let seeded = app.seeded().await;
    permitted(&app, &seeded).await;
    for number in 0..12 {
        let followed = receive(&app, &reply(None, &format!("Hello {number}"))).await;
        assert_eq!(followed, if number < 10 { Followed::ForAPerson } else { Followed::TooManyToday }, "{number}");
    }
    assert_eq!(receive(&app, &reply(None, ORDER)).await, Followed::ForAPerson);
    assert_eq!(receive(&app, &reply(None, ORDER)).await, Followed::TooManyToday, "it waits already");
    assert_eq!((app.count(REQUESTS).await, app.count(HOLDS).await), (11, 1));
    assert_eq!(app.count("select count(*) from outbox").await, 2, "one message of each kind a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_answers_and_what_waited_goes_on_or_ends() {
    let sink = MailSink::start(Manner::Accepting);
    for (app, collections) in on_both(&sink).await.into_iter().zip([Collections::GoOn, Collections::Stop]) {
        let seeded = app.seeded().await;
        permitted(&app, &seeded).await;
        receive(&app, &reply(None, "When is the next one?")).await;
        receive(&app, &reply(None, ORDER)).await;
        let open = requests::open(&app.state, 10).await.expect("reads");
        let kinds: Vec<&str> = open.iter().map(|request| request.kind.as_str()).collect();
        assert_eq!(kinds, ["perhaps_stop_payment", "answer"], "the order comes first");
        assert_eq!((open[0].holds, open[1].holds), (1, 0));
        let reference = open[0].reference.clone();
        assert_eq!(requests::whole(&app.state, &reference).await.expect("reads").expect("it is there").message, ORDER);

        let answer = async |reference: &str, by: &str| {
            requests::answered(&app.state, reference, by, collections).await.expect("no failure")
        };
        assert_eq!(answer("M-NONE", "Ines").await, Err(NotAnswered::NoSuchRequest));
        assert_eq!(answer(&reference, " ").await, Err(NotAnswered::NoPerson));
        let permissions_ended = usize::from(collections == Collections::Stop);
        assert_eq!(answer(&reference, "Ines").await, Ok(Answered { released: 1, permissions_ended }));
        assert_eq!(answer(&reference, "Ines").await, Err(NotAnswered::AnsweredBefore));
        assert_eq!(app.count(HOLDS).await, 0);
        assert_eq!(word(&app, "select answered_by from contact_requests where answered_at is not null").await, "Ines");
        let stands = word(&app, "select state || ' ' || coalesce(end_reason, '') from mandates").await;
        assert_eq!(stands, if permissions_ended == 1 { "ended staff" } else { "given " });
        assert_eq!(
            app.count("select count(*) from outbox where template = 'authorisation_ended'").await,
            permissions_ended as i64
        );
        assert_eq!(requests::open(&app.state, 10).await.expect("reads").len(), 1);
        assert_eq!(app.count("select count(*) from events where action = 'contact.answered'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_more_than_the_word_reaches_a_person_too() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = crate::texting::agreed(&app).await;
        permitted(&app, &seeded).await;
        let taken = stopping::receive_text(&app.state, "+13035550100", ORDER).await.expect("is taken in");
        assert_eq!((taken.stopped, taken.for_a_person), (0, 1));
        assert_eq!((app.count(MARKS).await, app.count(HOLDS).await), (0, 1));
        assert_eq!(word(&app, "select reply_to from contact_requests").await, "+13035550100");
        let taken = stopping::receive_text(&app.state, "+13035550100", "Stop").await.expect("is taken in");
        assert_eq!((taken.stopped, taken.for_a_person), (1, 0));
        assert_eq!(app.count(MARKS).await, 1);
        let taken = stopping::receive_text(&app.state, "+13035550111", ORDER).await.expect("is taken in");
        assert_eq!((taken.stopped, taken.for_a_person), (0, 0), "nobody's number");
    }
}

/// On the site too: an order counts however it is given.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_on_the_site_is_such_an_order_too() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        permitted(&app, &seeded).await;
        let mut browser = app.signed_in(&seeded).await;
        let write =
            |text: &'static str| [("account", seeded.account_id.clone()), ("topic", "other".into()), ("text", text.into())];
        let mut send = async |text: &'static str| {
            let fields = write(text);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post("/api/send_message", &fields).await
        };
        let waits = "Nothing is collected until a person has answered you.";
        let received = send("When is the next one?").await;
        received.assert_says("A person");
        received.assert_never_says(waits);
        assert_eq!(app.count(HOLDS).await, 0);
        send(ORDER).await.assert_says(waits);
        assert_eq!(app.count(HOLDS).await, 1);
        let (open, _) = messages::waiting(&app.state, 10).await.expect("reads").remove(0);
        assert_eq!(open.holds, 1, "what waits comes first");
        let answer = messages::Answer { text: "We have stopped it.", by: "Ines", collections: Collections::Stop };
        let answered = messages::answer(&app.state, &open.reference, &answer).await.expect("no failure");
        let expected = messages::Answered { released: 1, permissions_ended: 1, was_late: false };
        assert_eq!(answered, Ok(expected));
    }
}
