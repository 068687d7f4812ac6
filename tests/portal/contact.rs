//! Reaching a person without signing in.

use crate::app::TestApp;

const MESSAGE: [(&str, &str); 3] =
    [("kind", "moved"), ("reply_to", "ada@example.net"), ("message", "I live at <b>12 New St</b> now")];

#[tokio::test(flavor = "multi_thread")]
async fn a_message_gets_a_reference_and_the_day_of_the_answer() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    let shown = browser.post("/api/ask_person", &MESSAGE).await;
    shown.assert_says("We have your message");
    // Friday 20 November and two working days.
    shown.assert_says("A person will answer by Tuesday 24 November 2026.");
    let reference: String =
        sqlx::query_scalar("select reference from contact_requests").fetch_one(app.db().pool()).await.expect("a message");
    shown.assert_says(&reference);
    // It can be reloaded, and says nothing of what was written.
    let again = app.browser().get(&shown.path).await;
    again.assert_says(&reference);
    again.assert_never_says("12 New St");
    assert_eq!(app.count("select count(*) from events where action = 'contact.received'").await, 1);
    app.browser().get("/contact/received/C-2222-2222").await.assert_says("We can't find this message");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said_and_what_was_typed_is_kept_as_text() {
    let app = TestApp::sqlite().await;
    let shown = app.browser().post("/api/ask_person", &[("message", "</textarea><script>alert(1)</script>")]).await;
    shown.assert_says("Choose what it is about");
    shown.assert_says("Tell us an e-mail address or a phone number");
    shown.assert_never_says("<script>alert");
    shown.assert_says("</textarea><script>alert(1)</script>");
    assert_eq!(app.count("select count(*) from contact_requests").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_for_me_needs_nothing_else() {
    let app = TestApp::sqlite().await;
    app.browser().post("/api/ask_person", &[("kind", "not_for_me")]).await.assert_says("We have your message");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_flood_the_people_who_read() {
    let app = TestApp::with(&[("sign_in.attempts", "3")]).await;
    for _ in 0..3 {
        app.browser().post("/api/ask_person", &MESSAGE).await.assert_says("We have your message");
    }
    let shown = app.browser().post("/api/ask_person", &MESSAGE).await;
    shown.assert_says("You can write again in 15 min");
    shown.assert_says("12 New St");
    assert_eq!(app.count("select count(*) from contact_requests").await, 3);
}
