//! What the stand-in answers over HTTP: <https://docs.stripe.com/api/checkout/sessions>, with the rules for keys of
//! <https://docs.stripe.com/api/idempotent_requests>.

use super::KEY;
use super::books::{Books, Fault, Kept, Page, now};
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use evenkeel::server::processors::stripe::wire::API_VERSION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A status and a body.
type Said = (u16, Value);
type Shared = State<Arc<Mutex<Books>>>;

const KNOWN_OF_SETUP: [&str; 9] = [
    "mode",
    "client_reference_id",
    "metadata[merchant_reference]",
    "currency",
    "customer_creation",
    "locale",
    "success_url",
    "cancel_url",
    "expires_at",
];

const KNOWN: [&str; 14] = [
    "mode",
    "client_reference_id",
    "metadata[merchant_reference]",
    "payment_intent_data[metadata][merchant_reference]",
    "line_items[0][quantity]",
    "line_items[0][price_data][currency]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][price_data][product_data][name]",
    "adaptive_pricing[enabled]",
    "submit_type",
    "locale",
    "success_url",
    "cancel_url",
    "expires_at",
];

pub fn routes(books: Arc<Mutex<Books>>) -> Router {
    Router::new()
        .route("/v1/checkout/sessions", post(create).get(list))
        .route("/v1/checkout/sessions/{id}", get(show))
        .route("/v1/checkout/sessions/{id}/expire", post(expire))
        .route("/v1/refunds", post(give_back).get(list_refunds))
        .route("/v1/payment_intents", post(collect).get(list_collections))
        .route("/v1/payment_intents/{id}", get(show_intent))
        .route("/v1/disputes", get(list_disputes))
        .route("/v1/balance_transactions", get(list_transactions))
        .route("/v1/payment_methods/{id}", get(show_method))
        .route("/v1/payment_methods/{id}/detach", post(detach))
        .with_state(books)
}

fn fields(text: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{text}")).expect("form fields");
    url.query_pairs().into_owned().collect()
}

/// Every value of a field that may be there several times.
fn all_of(text: &str, name: &str) -> Vec<String> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{text}")).expect("form fields");
    url.query_pairs().filter(|(field, _)| field == name).map(|(_, value)| value.into_owned()).collect()
}

fn refusal(status: u16, kind: &str, code: &str) -> Said {
    (status, json!({ "error": { "type": kind, "code": code, "message": "in words nobody should read" } }))
}

fn answer((status, body): Said, is_replayed: bool) -> Response {
    let mut response = (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response();
    response.headers_mut().insert("request-id", "req_1".parse().expect("a header"));
    if is_replayed {
        response.headers_mut().insert("idempotent-replayed", "true".parse().expect("a header"));
    }
    response
}

/// Who asks, and in which version.
fn admitted(headers: &HeaderMap) -> Result<(), Said> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("authorization") != format!("Bearer {KEY}") {
        return Err(refusal(401, "invalid_request_error", "api_key_invalid"));
    }
    if header("stripe-version") != API_VERSION {
        return Err(refusal(400, "invalid_request_error", "api_version_unknown"));
    }
    Ok(())
}

/// Neither more nor less than these fields.
fn has_only(form: &BTreeMap<String, String>, known: &[&str]) -> Result<(), Said> {
    if form.keys().any(|name| !known.contains(&name.as_str())) {
        return Err(refusal(400, "invalid_request_error", "parameter_unknown"));
    }
    if known.iter().any(|name| !form.contains_key(*name)) {
        return Err(refusal(400, "invalid_request_error", "parameter_missing"));
    }
    Ok(())
}

/// As Stripe would check a request for a page.
fn checked(form: &BTreeMap<String, String>) -> Result<(), Said> {
    let is_setup = form.get("mode").is_some_and(|mode| mode == "setup");
    has_only(form, if is_setup { &KNOWN_OF_SETUP } else { &KNOWN })?;
    let number = |name: &str| form.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    if !is_setup && number("line_items[0][price_data][unit_amount]") < 30 {
        return Err(refusal(400, "invalid_request_error", "amount_too_small"));
    }
    // Stripe: 30 minutes to 24 hours from now.
    if !(now() + 1_800..=now() + 86_400).contains(&number("expires_at")) {
        return Err(refusal(400, "invalid_request_error", "parameter_invalid_integer"));
    }
    Ok(())
}

fn open(books: &mut Books, form: &BTreeMap<String, String>) -> Said {
    (200, if form["mode"] == "setup" { books.open_setup(form) } else { books.open_page(form) })
}

/// As Stripe would check a request to collect while nobody is there.
fn collectable(books: &Books, form: &BTreeMap<String, String>) -> Result<(), Said> {
    let known = [
        "amount",
        "currency",
        "customer",
        "payment_method",
        "confirm",
        "off_session",
        "automatic_payment_methods[enabled]",
        "automatic_payment_methods[allow_redirects]",
        "error_on_requires_action",
        "metadata[collection_reference]",
    ];
    has_only(form, &known)?;
    match books.methods.get(&form["payment_method"]) {
        Some(method) if method.is_attached && method.customer == form["customer"] => Ok(()),
        _ => Err(refusal(400, "invalid_request_error", "payment_method_unexpected_state")),
    }
}

/// A payment that failed is answered with 402, and is in the error.
fn collected(books: &mut Books, form: &BTreeMap<String, String>) -> Said {
    let intent = books.collect(form);
    let error = &intent["last_payment_error"];
    if error.is_null() {
        return (200, intent);
    }
    let mut error = error.clone();
    error["payment_intent"] = intent;
    (402, json!({ "error": error }))
}

/// Whether a request is good, and what it does then.
struct Doing {
    check: fn(&Books, &BTreeMap<String, String>) -> Result<(), Said>,
    act: fn(&mut Books, &BTreeMap<String, String>) -> Said,
}

async fn create(State(books): Shared, headers: HeaderMap, body: Bytes) -> Response {
    keyed(&books, &headers, &body, &Doing { check: |_, form| checked(form), act: open }).await
}

async fn give_back(State(books): Shared, headers: HeaderMap, body: Bytes) -> Response {
    keyed(&books, &headers, &body, &Doing { check: refundable, act: |books, form| (200, books.give_back(form)) }).await
}

/// As Stripe would check a request for a refund.
fn refundable(books: &Books, form: &BTreeMap<String, String>) -> Result<(), Said> {
    let known = ["payment_intent", "amount", "metadata[refund_key]"];
    if form.len() != known.len() || known.iter().any(|name| !form.contains_key(*name)) {
        return Err(refusal(400, "invalid_request_error", "parameter_unknown"));
    }
    let amount = form["amount"].parse::<i64>().unwrap_or_default();
    if amount < 1 {
        return Err(refusal(400, "invalid_request_error", "parameter_invalid_integer"));
    }
    if books.is_in_dispute(&form["payment_intent"]) {
        return Err(refusal(400, "invalid_request_error", "charge_disputed"));
    }
    if amount > books.left(&form["payment_intent"]) {
        return Err(refusal(400, "invalid_request_error", "charge_already_refunded"));
    }
    Ok(())
}

/// A request under a key: the first answer is kept, an error 500 included, and given again.
async fn keyed(books: &Mutex<Books>, headers: &HeaderMap, body: &Bytes, doing: &Doing) -> Response {
    let body = String::from_utf8_lossy(body).into_owned();
    let form = fields(&body);
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    let (result, fault) = {
        let mut books = books.lock().expect("nobody broke");
        books.posts += 1;
        if let Err(refused) = admitted(headers) {
            return answer(refused, false);
        }
        if let Some(kept) = books.kept.get(&key) {
            return if kept.body == body {
                answer((kept.status, kept.answer.clone()), true)
            } else {
                answer(refusal(400, "idempotency_error", "idempotency_key_in_use"), false)
            };
        }
        // What is not found good is not kept.
        if let Err(refused) = (doing.check)(&books, &form) {
            return answer(refused, false);
        }
        let fault = books.faults.pop_front();
        let broken = refusal(500, "api_error", "internal");
        let result = match fault {
            Some(Fault::Conflict) => return answer(refusal(409, "idempotency_error", "idempotency_key_in_use"), false),
            Some(Fault::TooMany) => return answer(refusal(429, "invalid_request_error", "rate_limit"), false),
            Some(Fault::BrokenBefore) => broken,
            Some(Fault::BrokenAfter) => {
                (doing.act)(&mut books, &form);
                broken
            }
            Some(Fault::AnswerLost | Fault::Garbled) | None => (doing.act)(&mut books, &form),
        };
        books.kept.insert(key, Kept { body, status: result.0, answer: result.1.clone() });
        (result, fault)
    };
    match fault {
        Some(Fault::AnswerLost) => return broken_off(),
        Some(Fault::Garbled) => return "<html>a gateway's own page</html>".into_response(),
        _ => {}
    }
    answer(result, false)
}

/// An answer of which nothing arrives: the line breaks.
fn broken_off() -> Response {
    let nothing = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("the line broke")) });
    Body::from_stream(nothing).into_response()
}

async fn collect(State(books): Shared, headers: HeaderMap, body: Bytes) -> Response {
    keyed(&books, &headers, &body, &Doing { check: collectable, act: collected }).await
}

async fn list_collections(State(books): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let fields = fields(&query.unwrap_or_default());
    let books = books.lock().expect("nobody broke");
    let from: i64 = fields["created[gte]"].parse().expect("a time");
    let is_meant = |intent: &&Value| {
        intent["customer"] == *fields["customer"] && intent["created"].as_i64().is_some_and(|created| created >= from)
    };
    let data: Vec<Value> = books.collections.iter().rev().filter(is_meant).cloned().collect();
    answer((200, json!({ "object": "list", "url": "/v1/payment_intents", "has_more": false, "data": data })), false)
}

/// What was booked, with what each is about, newest first.
async fn list_transactions(State(books): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let query = query.unwrap_or_default();
    let fields = fields(&query);
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok()).expect("a number");
    let booked = books.lock().expect("nobody broke").transactions(&all_of(&query, "expand[]"));
    let is_meant = |transaction: &&Value| {
        transaction["created"].as_i64().is_some_and(|at| (number("created[gte]")..number("created[lt]")).contains(&at))
    };
    let mut found: Vec<&Value> = booked.iter().rev().filter(is_meant).collect();
    if let Some(after) = fields.get("starting_after") {
        let at = found.iter().position(|transaction| transaction["id"] == **after).expect("one of the list before");
        found.drain(..=at);
    }
    let limit = usize::try_from(number("limit")).expect("a limit");
    let list = json!({
        "object": "list", "url": "/v1/balance_transactions", "has_more": found.len() > limit,
        "data": found.into_iter().take(limit).collect::<Vec<_>>(),
    });
    answer((200, list), false)
}

/// The payment method with its customer, while it has one.
async fn show_method(State(books): Shared, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    match books.lock().expect("nobody broke").methods.get(&id) {
        Some(method) => answer((200, json!({ "id": id, "customer": method.is_attached.then_some(&method.customer) })), false),
        None => answer(refusal(404, "invalid_request_error", "resource_missing"), false),
    }
}

async fn detach(State(books): Shared, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    match books.lock().expect("nobody broke").methods.get_mut(&id) {
        Some(method) if method.is_attached => {
            method.is_attached = false;
            answer((200, json!({ "id": id, "customer": null })), false)
        }
        Some(_) => answer(refusal(400, "invalid_request_error", "payment_method_not_attached"), false),
        None => answer(refusal(404, "invalid_request_error", "resource_missing"), false),
    }
}

async fn list_refunds(State(books): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let fields = fields(&query.unwrap_or_default());
    let books = books.lock().expect("nobody broke");
    let of_intent = |refund: &&Value| fields.get("payment_intent").is_some_and(|intent| refund["payment_intent"] == **intent);
    let data: Vec<Value> = books.refunds.iter().rev().filter(of_intent).cloned().collect();
    answer((200, json!({ "object": "list", "url": "/v1/refunds", "has_more": false, "data": data })), false)
}

async fn list_disputes(State(books): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let fields = fields(&query.unwrap_or_default());
    let books = books.lock().expect("nobody broke");
    if books.hides_disputes {
        return answer(refusal(500, "api_error", "internal"), false);
    }
    let of_intent = |dispute: &&Value| fields.get("payment_intent").is_some_and(|intent| dispute["payment_intent"] == **intent);
    let data: Vec<Value> = books.disputes.iter().rev().filter(of_intent).cloned().collect();
    answer((200, json!({ "object": "list", "url": "/v1/disputes", "has_more": false, "data": data })), false)
}

async fn show_intent(State(books): Shared, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    match books.lock().expect("nobody broke").intent(&id) {
        Some(intent) => answer((200, intent.clone()), false),
        None => answer(refusal(404, "invalid_request_error", "resource_missing"), false),
    }
}

/// A session with the intent behind it, where that was asked for.
fn shown(page: &Page, fields: &BTreeMap<String, String>, prefix: &str) -> Value {
    let mut session = page.session.clone();
    let behind = if session["mode"] == "setup" { "setup_intent" } else { "payment_intent" };
    if fields.get("expand[]").is_some_and(|field| *field == format!("{prefix}{behind}")) {
        session[behind] = page.intent.clone();
    }
    session
}

async fn show(State(books): Shared, headers: HeaderMap, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let books = books.lock().expect("nobody broke");
    match books.pages.iter().find(|page| page.session["id"] == *id) {
        Some(page) => answer((200, shown(page, &fields(&query.unwrap_or_default()), "")), false),
        None => answer(refusal(404, "invalid_request_error", "resource_missing"), false),
    }
}

async fn expire(State(books): Shared, headers: HeaderMap, Path(id): Path<String>, body: Bytes) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let mut books = books.lock().expect("nobody broke");
    books.posts += 1;
    if !books.pages.iter().any(|page| page.session["id"] == *id) {
        return answer(refusal(404, "invalid_request_error", "resource_missing"), false);
    }
    if !books.expire(&id) {
        return answer(refusal(400, "invalid_request_error", "checkout_session_not_open"), false);
    }
    let fields = fields(&String::from_utf8_lossy(&body));
    answer((200, shown(books.page(&id), &fields, "")), false)
}

/// Newest first, a page at a time.
async fn list(State(books): Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = admitted(&headers) {
        return answer(refused, false);
    }
    let fields = fields(&query.unwrap_or_default());
    let number = |name: &str, default: i64| fields.get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (from, to) = (number("created[gte]", 0), number("created[lte]", i64::MAX));
    let books = books.lock().expect("nobody broke");
    let made = |page: &Page| page.session["created"].as_i64().expect("a time");
    let mut found: Vec<&Page> = books.pages.iter().rev().filter(|page| (from..=to).contains(&made(page))).collect();
    if let Some(after) = fields.get("starting_after") {
        let at = found.iter().position(|page| page.session["id"] == **after).expect("a page of the list before");
        found.drain(..=at);
    }
    let limit = usize::try_from(number("limit", 10)).expect("a limit");
    let data: Vec<Value> = found.iter().take(limit).map(|page| shown(page, &fields, "data.")).collect();
    let list = json!({ "object": "list", "url": "/v1/checkout/sessions", "has_more": found.len() > limit, "data": data });
    answer((200, list), false)
}
