//! A customer adds files to a case and takes them away again.

use crate::app::{Answer, Browser, TestApp, tags};
use crate::samples;
use crate::support::seed::Seeded;
use axum::body::Body;
use evenkeel::domain::evidence::{CaseKind, EvidenceKind, LARGEST_FILE_BYTES, MOST_FILES};
use evenkeel::domain::ids::{AccountId, CustomerId};
use evenkeel::server::services::evidence::{self, NewCase};
use http::{Method, StatusCode, header};

pub const BACK: &str = "/account";

/// A case that takes evidence, as a hardship request does.
pub async fn begin(app: &TestApp, seeded: &Seeded, case_id: &str) {
    let (customer_id, account_id) = (CustomerId(seeded.customer_id.clone()), AccountId(seeded.account_id.clone()));
    let case = NewCase { kind: CaseKind::Hardship, case_id, customer_id: &customer_id, account_id: &account_id };
    let mut tx = app.db().begin_write().await.expect("begins");
    evidence::begin(&app.state, &mut tx, &case, app.state.clock.now_millis()).await.expect("it takes evidence");
    tx.commit().await.expect("commits");
}

pub async fn finish(app: &TestApp, case_id: &str) {
    let mut tx = app.db().begin_write().await.expect("begins");
    evidence::finish(&app.state, &mut tx, case_id, app.state.clock.now_millis()).await.expect("it is finished");
    tx.commit().await.expect("commits");
}

pub fn form(back: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"back\"\r\n\r\n{back}\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat()
}

pub async fn upload(browser: &mut Browser, case_id: &str, name: &str, file: &[u8]) -> Answer {
    post(browser, case_id, form(BACK, name, file)).await
}

pub async fn post(browser: &mut Browser, case_id: &str, body: Vec<u8>) -> Answer {
    let request = browser
        .request(Method::POST, &format!("/evidence/{case_id}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

/// What a refusal led to, as its code in the session.
async fn refused(app: &TestApp, answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(
        answer.location().starts_with("/account?again=") && answer.location().ends_with("#evidence"),
        "{}",
        answer.location()
    );
    let session: String = sqlx::query_scalar("select data from sessions").fetch_one(app.db().pool()).await.expect("one session");
    let session: serde_json::Value = serde_json::from_str(&session).expect("JSON");
    session["flash"]["flash"]["errors"][0][1].as_str().expect("a code").to_owned()
}

async fn kept(app: &TestApp) -> i64 {
    app.count("select count(*) from evidence_items").await
}

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_taken_cleaned_and_encrypted() {
    for app in both().await {
        let seeded = app.seeded().await;
        begin(&app, &seeded, "case-1").await;
        let mut browser = app.signed_in(&seeded).await;
        for kind in EvidenceKind::ALL {
            let answer = upload(&mut browser, "case-1", "cancer diagnosis.jpg", &samples::of(kind)).await;
            assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/account#evidence"), "{kind:?}");
        }
        let items = evidence::of_case(&app.state, &CustomerId(seeded.customer_id), "case-1").await.expect("read");
        assert_eq!(items.iter().map(|item| item.kind).collect::<Vec<_>>(), EvidenceKind::ALL);
        assert!(items.iter().all(|item| item.added_on.to_string() == crate::app::TODAY && item.bytes > 0));
        let pieces: Vec<Vec<u8>> =
            sqlx::query_scalar("select bytes from evidence_pieces").fetch_all(app.db().pool()).await.expect("pieces");
        assert!(
            pieces.iter().all(|piece| !samples::contains(piece, samples::PIXELS) && !samples::contains(piece, samples::SCAN))
        );
        // Nobody's name of a file is anywhere, and no event tells what is in one.
        let events: Vec<String> = sqlx::query_scalar("select details from events where action = 'evidence.added'")
            .fetch_all(app.db().pool())
            .await
            .expect("events");
        assert!(events.len() == 4 && events.iter().all(|details| !details.contains("cancer")), "{events:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_refused_with_the_reason() {
    for app in both().await {
        let seeded = app.seeded().await;
        begin(&app, &seeded, "case-1").await;
        let mut browser = app.signed_in(&seeded).await;
        let too_large = vec![0xff; usize::try_from(LARGEST_FILE_BYTES).expect("fits") + 1];
        let files: [(&str, &[u8], &str); 7] = [
            ("photo.jpg", b"PK\x03\x04 a spreadsheet", "other_kind"),
            ("photo.jpg", b"", "nothing"),
            ("page.html", b"<script>alert(1)</script>", "other_kind"),
            ("photo.jpg", b"\xff\xd8\xff\xe0 and no more", "unclear_jpeg"),
            ("paper.pdf", b"%PDF-1.7 and no more", "unclear_pdf"),
            ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unclear_heic"),
            ("film.jpg", &too_large, "too_large"),
        ];
        for (name, file, code) in files {
            let answer = upload(&mut browser, "case-1", name, file).await;
            assert_eq!(refused(&app, &answer).await, code, "{name}");
        }
        assert_eq!(kept(&app).await, 0);
        assert_eq!(app.count("select count(*) from evidence_pieces").await, 0);
        assert_eq!(app.count("select count(*) from events where action = 'evidence.refused'").await, 7);
        // Ten, and not one more.
        for _ in 0..MOST_FILES {
            upload(&mut browser, "case-1", "a.png", &samples::png()).await;
        }
        assert_eq!(kept(&app).await, MOST_FILES);
        let answer = upload(&mut browser, "case-1", "a.png", &samples::png()).await;
        assert_eq!(refused(&app, &answer).await, "too_many_files");
        assert_eq!(kept(&app).await, MOST_FILES);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_says_it_is_too_long_is_not_read() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    begin(&app, &seeded, "case-1").await;
    let mut browser = app.signed_in(&seeded).await;
    let whole = form(BACK, "film.mp4", b"");
    let start = whole[..whole.len() - "\r\n--edge--\r\n".len()].to_vec();
    // Behind the beginning comes nothing: whoever waited for the rest would wait for ever.
    let body = futures_util::stream::StreamExt::chain(
        futures_util::stream::iter([Ok::<_, std::io::Error>(start), Ok(vec![0; 1024])]),
        futures_util::stream::pending(),
    );
    let request = browser
        .request(Method::POST, "/evidence/case-1")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_LENGTH, 3_000_000_000_u64)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    let answer = browser.send(request.body(Body::from_stream(body)).expect("a request")).await;
    assert_eq!(refused(&app, &answer).await, "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    begin(&app, &seeded, "case-1").await;
    let mut browser = app.signed_in(&seeded).await;
    let whole = form(BACK, "photo.jpg", &samples::jpeg());
    for cut in [whole.len() - 20, whole.len() - 200] {
        let answer = post(&mut browser, "case-1", whole[..cut].to_vec()).await;
        assert_eq!(refused(&app, &answer).await, "broke_off");
    }
    assert_eq!(kept(&app).await, 0);
    let folder = app.state.config.evidence.temporary_dir.clone();
    let left: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("test.db"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_a_case_of_somebody_else() {
    for app in both().await {
        let (seeded, other) = (app.seeded().await, app.seeded().await);
        begin(&app, &seeded, "case-1").await;
        let mut owner = app.signed_in(&seeded).await;
        upload(&mut owner, "case-1", "a.png", &samples::png()).await;
        let item: String = sqlx::query_scalar("select id from evidence_items").fetch_one(app.db().pool()).await.expect("an item");
        let removal = format!("/evidence/case-1/{item}/remove");
        let mut stranger = app.signed_in(&other).await;
        for case in ["case-1", "no-such-case"] {
            let answer = upload(&mut stranger, case, "a.png", &samples::png()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{case}");
        }
        assert_eq!(stranger.post_here(&removal, &[("back", BACK)]).await.status, StatusCode::NOT_FOUND);
        assert!(evidence::of_case(&app.state, &CustomerId(other.customer_id), "case-1").await.expect("read").is_empty());
        // Without a session, and from another site.
        let mut visitor = app.browser();
        assert_eq!(upload(&mut visitor, "case-1", "a.png", &samples::png()).await.location(), "/sign-in");
        assert_eq!(visitor.post_here(&removal, &[("back", BACK)]).await.location(), "/sign-in");
        let request = owner
            .request(Method::POST, "/evidence/case-1")
            .header("sec-fetch-site", "cross-site")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let foreign = owner.send(request.body(Body::from(form(BACK, "a.png", &samples::png()))).expect("a request")).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        assert_eq!(kept(&app).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_a_page_of_ours() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    begin(&app, &seeded, "case-1").await;
    let mut browser = app.signed_in(&seeded).await;
    let longer = format!("/{}", "a".repeat(400));
    for back in ["https://evil.example", "//evil.example", "/\\evil.example", "/api/sign_out", longer.as_str()] {
        let answer = post(&mut browser, "case-1", form(back, "a.png", &samples::png())).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::BAD_REQUEST, ""), "{back}");
        let answer = browser.post_here("/evidence/case-1/x/remove", &[("back", back)]).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::BAD_REQUEST, ""), "{back}");
    }
    assert_eq!(kept(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_removed_while_its_case_takes_more_and_not_after() {
    for app in both().await {
        let seeded = app.seeded().await;
        begin(&app, &seeded, "case-1").await;
        let mut browser = app.signed_in(&seeded).await;
        for _ in 0..2 {
            upload(&mut browser, "case-1", "a.png", &samples::png()).await;
        }
        let items: Vec<String> =
            sqlx::query_scalar("select id from evidence_items order by id").fetch_all(app.db().pool()).await.expect("items");
        let removal = format!("/evidence/case-1/{}/remove", items[0]);
        for _ in 0..2 {
            // The second press finds it gone.
            assert_eq!(browser.post_here(&removal, &[("back", BACK)]).await.location(), "/account#evidence");
        }
        assert_eq!(kept(&app).await, 1);
        assert_eq!(app.count("select count(*) from evidence_pieces").await, 1);
        assert_eq!(app.count("select count(*) from events where action = 'evidence.removed'").await, 1);
        finish(&app, "case-1").await;
        let answer = browser.post_here(&format!("/evidence/case-1/{}/remove", items[1]), &[("back", BACK)]).await;
        assert_eq!(refused(&app, &answer).await, "closed");
        let answer = upload(&mut browser, "case-1", "a.png", &samples::png()).await;
        assert_eq!(refused(&app, &answer).await, "closed");
        assert_eq!(kept(&app).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_says_what_is_taken_how_it_is_kept_and_what_was_refused() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    // The case of the example on the page of components.
    begin(&app, &seeded, "example").await;
    let mut browser = app.signed_in(&seeded).await;
    let shown = browser.get("/components").await;
    for said in [
        "PDF, JPEG, PNG or HEIC, at most 10 MB. Up to 10 files.",
        "PDF, 1.3 MB, added 20 November 2026",
        "Only the person who reviews your request opens it. Every opening is recorded.",
        "It is deleted 180 days after your request is closed",
    ] {
        shown.assert_says(said);
    }
    let form = tags(&shown.body, "form").find(|tag| tag.contains("/evidence/example\"")).expect("a form");
    assert!(form.contains("multipart/form-data"), "{form}");
    let refused = post(&mut browser, "example", self::form("/components", "a.jpg", b"PK\x03\x04")).await;
    let shown = browser.get(refused.location().split('#').next().expect("a path")).await;
    shown.assert_says("We can take PDF, JPEG, PNG and HEIC, and this file is none of them.");
    let input = tags(&shown.body, "input").find(|tag| tag.contains("type=\"file\"")).expect("a field");
    assert!(input.contains("file-hint file-error") && input.contains("aria-invalid=\"true\""), "{input}");
}
