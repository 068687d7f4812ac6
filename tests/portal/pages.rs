//! What holds for every page at the door, in every language.

use crate::app::{Answer, Browser, TestApp, answers, attribute, tags};

/// Pages that anyone may open.
const DOOR: [&str; 11] = [
    "/",
    "/sign-in",
    "/contact",
    "/signed-out",
    "/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "/contact/received/C-2222-2222",
    "/stop/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "/told-us",
    "/told-us/received/LE-2222-2222",
    "/helper",
    "/helper/invitation/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

/// Everything a visitor can be shown before signing in: each page, and what each form answers to something wrong.
async fn everything_at_the_door(app: &TestApp, language: &str, reference: &str) -> Vec<Answer> {
    let mut browser: Browser = app.browser();
    browser.accept_language = language.into();
    let mut shown = Vec::new();
    for path in DOOR {
        shown.push(browser.get(path).await);
    }
    shown.push(browser.get("/no/such/page").await);
    let (link, token) = {
        let made = evenkeel::server::services::links::make(&app.state, reference).await.expect("a link");
        let path = made.url.strip_prefix("http://localhost:3000").expect("our own").to_owned();
        (path.clone(), path.strip_prefix("/link/").expect("a token").to_owned())
    };
    shown.push(browser.get(&link).await);
    let wrong_link = [("token", token.as_str()), ("birth_date_day", "1"), ("birth_date_month", "2"), ("birth_date_year", "1980")];
    let posts: [(&str, &[(&str, &str)]); 5] = [
        ("/api/sign_in", &[]),
        ("/api/sign_in", &answers(reference, "28", "80276")),
        ("/api/open_link", &wrong_link),
        ("/api/ask_person", &[]),
        ("/api/ask_person", &[("kind", "not_for_me")]),
    ];
    for (path, fields) in posts {
        let posted = browser.post_here(path, fields).await;
        let location = posted.location();
        shown.push(posted);
        shown.push(browser.get(&location).await);
    }
    shown.push(browser.send(browser.form("/api/sign_in", &[]).body(axum::body::Body::empty()).expect("a request")).await);
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_before_signing_in_names_a_debt_a_creditor_or_a_person() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let secrets = ["Northgate", "Ada", "Moreno", "ada.moreno", "1,200", "300.00", "Credit card", "Denver", "USD"];
    let hints = [
        "debt",
        "owe",
        "balance",
        "past due",
        "overdue",
        "arrears",
        "loan",
        "credit",
        "collect",
        "creditor",
        "payment",
        "deuda",
        "usted debe",
        "saldo",
        "vencid",
        "préstamo",
        "crédito",
        "cobr",
        "acreedor",
        "pago",
    ];
    for language in ["en", "es"] {
        for answer in everything_at_the_door(&app, language, &seeded.reference).await {
            let headers: String =
                answer.headers.values().map(|value| value.to_str().unwrap_or_default()).collect::<Vec<_>>().join("\n");
            for secret in secrets {
                assert!(!answer.body.contains(secret), "{}: {secret}", answer.path);
                assert!(!headers.contains(secret), "{}: {secret} in a header", answer.path);
            }
            let seen = format!("{} {} {}", answer.title(), answer.text(), answer.location()).to_lowercase();
            for hint in hints {
                assert!(!seen.contains(hint), "{} hints \"{hint}\": {seen}", answer.path);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_what_the_browser_must_refuse() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut nonces = std::collections::BTreeSet::new();
    let mut pages = everything_at_the_door(&app, "en", &seeded.reference).await;
    pages.push(app.signed_in(&seeded).await.get("/contact").await);
    for page in pages {
        let policy = page.header("content-security-policy");
        if !page.header("content-type").starts_with("text/html") && !page.header("content-type").is_empty() {
            assert_eq!(policy, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", "{}", page.path);
            continue;
        }
        for rule in [
            "default-src 'none'",
            "'strict-dynamic'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{}: {rule} is missing in {policy}", page.path);
        }
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(nonces.insert(nonce.to_owned()), "a nonce is used once");
        for script in tags(&page.body, "script") {
            assert_eq!(attribute(script, "nonce").as_deref(), Some(nonce), "{}: {script}", page.path);
        }
        assert_eq!(tags(&page.body, "style").count(), 0, "{}", page.path);
        assert!(!page.body.contains(" style=\"") && !page.body.contains(" onclick="), "{}", page.path);
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.path);
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
        assert!(page.header("permissions-policy").contains("camera=()"));
    }
    assert!(nonces.len() > 10, "most are pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_carries_serialised_values_or_loads_what_it_does_not_need() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut pages = everything_at_the_door(&app, "en", &seeded.reference).await;
    pages.push(app.signed_in(&seeded).await.get("/contact").await);
    for page in pages {
        assert!(!page.body.contains("__RESOLVED_RESOURCES["), "{}: {}", page.path, page.body);
        assert!(!page.body.contains("__RESOLVED_RESOURCES.") && !page.body.contains("__RESOLVED_RESOURCES=[\""), "{}", page.path);
        assert!(!page.body.contains(".wasm"), "{}", page.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_has_a_label_and_every_form_posts_to_us() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    for page in everything_at_the_door(&app, "en", &seeded.reference).await {
        for form in tags(&page.body, "form") {
            assert_eq!(attribute(form, "method").as_deref(), Some("post"), "{}: {form}", page.path);
            assert!(attribute(form, "action").is_some_and(|action| action.starts_with("/api/")), "{}: {form}", page.path);
        }
        for input in tags(&page.body, "input").chain(tags(&page.body, "textarea")) {
            if attribute(input, "type").as_deref() == Some("hidden") {
                continue;
            }
            let id = attribute(input, "id").expect("a field has an id");
            assert!(page.body.contains(&format!("for=\"{id}\"")), "{}: {id} has no label", page.path);
        }
    }
}
