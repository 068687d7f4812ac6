//! Downloads and the verify screen, as a browser without JavaScript uses them.

use crate::app::{Answer, Browser, TestApp};
use crate::genuine::issued;
use crate::support::seed::SeedAccount;
use axum::body::Body;
use evenkeel::server::documents::{check_code, fingerprint};
use evenkeel::server::services::documents;
use http::{Method, StatusCode, header};

/// Sends a file and a code as the forms of the verify screen do.
async fn send(browser: &mut Browser, file: &[u8], code: &str) -> Answer {
    let mut body = b"--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n".to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--edge\r\ncontent-disposition: form-data; name=\"code\"\r\n\r\n{code}").as_bytes());
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = browser
        .request(Method::POST, "/verify")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .expect("a request");
    browser.send(request).await
}

#[tokio::test]
async fn anyone_can_have_a_file_checked_and_learns_nothing_else() {
    let app = TestApp::sqlite().await;
    let (_, file) = issued(&app, &app.seeded().await).await;
    documents::rotate_key(&app.state).await.expect("rotates");
    let mut visitor = app.browser();
    visitor.get("/verify").await.assert_says("Is this document genuine?");

    let answer = send(&mut visitor, &file, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.assert_says("This document is genuine");
    for personal in ["Ada", "Moreno", "Northgate Credit Union", "NG-", "$"] {
        answer.assert_never_says(personal);
    }
    let mut altered = file.clone();
    altered[1000] ^= 1;
    send(&mut visitor, &altered, "").await.assert_says("This document has been altered");
    send(&mut visitor, b"%PDF-1.7 hello", "").await.assert_says("We do not know this document");
    send(&mut visitor, b"", "").await.assert_says("Choose a file or type a code.");
    visitor.get("/verify?answer=genuine").await.assert_never_says("This document is genuine");
    visitor.accept_language = "es".into();
    send(&mut visitor, &file, "").await.assert_says("Este documento es auténtico");
}

#[tokio::test]
async fn a_code_from_paper_is_known_however_it_is_typed() {
    let app = TestApp::sqlite().await;
    issued(&app, &app.seeded().await).await;
    let printed = fingerprint("{\"instalments\":6}");
    let mut visitor = app.browser();
    for typed in [check_code(&printed), check_code(&printed).to_lowercase(), printed.clone()] {
        send(&mut visitor, b"", &typed).await.assert_says("We issued a document with this code");
    }
    send(&mut visitor, b"", "0000 0000 0000 0000").await.assert_says("We do not know this code");
    let refused = send(&mut visitor, b"", "<b>12").await;
    refused.assert_says("Enter the code as it is printed");
    assert_eq!(refused.value_of("code").as_deref(), Some("<b>12"), "what was typed is still there");
}

#[tokio::test]
async fn an_upload_may_be_large_but_not_endless() {
    let app = TestApp::sqlite().await;
    let mut visitor = app.browser();
    let large = vec![b'x'; 1_500_000];
    send(&mut visitor, &large, "").await.assert_says("We do not know this document");
    let answer = send(&mut visitor, &vec![b'x'; 3 * 1024 * 1024], "").await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_document_is_there_for_its_owner_only() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let other = crate::support::seed::account(
        app.db(),
        SeedAccount { customer_reference: Some("other".into()), ..SeedAccount::default() },
    )
    .await;
    let (id, file) = issued(&app, &seeded).await;
    let path = format!("/documents/{id}.pdf");

    let answer = app.signed_in(&seeded).await.get_here(&path).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert!(answer.bytes == file, "the file as it was issued");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"DC-"));
    assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"));

    let mut stranger = app.signed_in(&other).await;
    assert_eq!(stranger.get_here(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get_here("/documents/nothing.pdf").await.status, StatusCode::NOT_FOUND);
    let visitor = app.browser().get_here(&path).await;
    assert_ne!(visitor.status, StatusCode::OK, "a visitor is asked to sign in");
}

#[tokio::test]
async fn published_keys_hold_no_secret() {
    let app = TestApp::sqlite().await;
    issued(&app, &app.seeded().await).await;
    let secret: String =
        sqlx::query_scalar("select secret_key from signing_keys").fetch_one(app.db().pool()).await.expect("a key");
    let keys = app.browser().get("/.well-known/evenkeel-keys.json").await;
    assert_eq!(keys.status, StatusCode::OK);
    assert!(keys.body.contains("\"public\"") && !keys.body.contains(&secret));
}
