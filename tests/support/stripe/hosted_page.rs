//! The stand-in's own page, for a person who tries the portal: what Stripe would show, as far as it matters here.

use super::books::{Books, Goes};
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use std::sync::{Arc, Mutex};

type Shared = State<Arc<Mutex<Books>>>;

/// What a button stands for.
const WAYS_TO_PAY: [(&str, &str); 3] = [
    ("pay", "Pay by card"),
    ("lack_funds", "Try a card without enough money"),
    ("bank", "Pay by bank debit, which takes days (here 30 seconds)"),
];
const WAYS_TO_PERMIT: [(&str, &str); 3] = [
    ("permit", "Save a card that pays"),
    ("permit_lacks_funds", "Save a card without enough money"),
    ("permit_wants_customer", "Save a card whose bank wants to be asked each time"),
];
const BACK: (&str, &str) = ("back", "Go back without deciding");

#[derive(Deserialize)]
struct Pressed {
    button: String,
}

pub fn routes(books: Arc<Mutex<Books>>) -> Router {
    Router::new().route("/c/pay/{id}", get(show).post(press)).with_state(books)
}

async fn show(State(books): Shared, Path(id): Path<String>) -> Response {
    let books = books.lock().expect("nobody broke");
    let Some(page) = books.pages.iter().find(|page| page.session["id"] == *id && page.session["status"] == "open") else {
        return (StatusCode::GONE, Html(frame(&html! { p { "This page is closed." } }))).into_response();
    };
    let is_setup = page.session["mode"] == "setup";
    let ways = if is_setup { WAYS_TO_PERMIT } else { WAYS_TO_PAY };
    let minor = page.session["amount_total"].as_i64();
    let currency = page.session["currency"].as_str().unwrap_or_default().to_uppercase();
    let body = html! {
        h1 { @if is_setup { "Save a payment method" } @else { "Pay" } }
        @if let Some(minor) = minor { p { (minor) " minor units of " (currency) } }
        form method="post" {
            @for (value, label) in ways.into_iter().chain([BACK]) {
                p { button name="button" value=(value) { (label) } }
            }
        }
    };
    Html(frame(&body)).into_response()
}

async fn press(State(books): Shared, Path(id): Path<String>, Form(pressed): Form<Pressed>) -> Response {
    let mut books = books.lock().expect("nobody broke");
    let Some(page) = books.pages.iter().find(|page| page.session["id"] == *id && page.session["status"] == "open") else {
        return (StatusCode::GONE, Html(frame(&html! { p { "This page is closed." } }))).into_response();
    };
    let leads_to = |field: &str| page.session[field].as_str().unwrap_or("/").to_owned();
    let (done, back) = (leads_to("success_url"), leads_to("cancel_url"));
    match pressed.button.as_str() {
        "pay" => books.pay(&id),
        "bank" => books.pay_by_bank(&id),
        "permit" => books.give_permission(&id, Goes::Paid),
        "permit_lacks_funds" => books.give_permission(&id, Goes::LacksFunds),
        "permit_wants_customer" => books.give_permission(&id, Goes::WantsCustomer),
        "lack_funds" => {
            books.decline_card(&id, "insufficient_funds");
            let body = html! { p { "The bank said no. " a href=(format!("/c/pay/{id}")) { "Try again" } } };
            return Html(frame(&body)).into_response();
        }
        _ => return Redirect::to(&back).into_response(),
    }
    Redirect::to(&done).into_response()
}

fn frame(body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Stand-in for Stripe" }
                style { "body{font:1.125rem/1.5 system-ui;max-width:34rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}button{font:inherit;padding:.5rem 1rem}" }
            }
            body {
                p { strong { "This is no payment company." } " It stands for Stripe on this machine, and no money moves." }
                (body)
            }
        }
    };
    page.into_string()
}
