//! What of the portal is open to somebody who helps a customer: one table of addresses, default closed. What is not in it, a helper is
//! told about on a page that leads back ([`crate::paths::HELPING_NOT_OPEN`]).
//!
//! To sign, to pay, to allow collections, to change how the customer is reached, to sign in for them, to let others help, to tell
//! us of a death: none of these is in the table, and so none is open, whatever a helper was given.

use super::same_origin::LONGEST_BODY_BYTES;
use crate::domain::helper::{Helping, Right};
use crate::paths;
use crate::server::context::SignedIn;
use crate::server::services::helpers::{self, Thing};
use crate::server::state::AppState;
use crate::server::store::events;
use axum::Form;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;

/// The field of our forms that says which account they are about.
const ACCOUNT_FIELD: &str = "account";

/// What opens an address to a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// It shows nothing of the customer's.
    Open,
    Needs(Right, About),
    Closed,
}

/// Where it stands which account it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// In the second part of the address.
    Address,
    /// In the field `account` of the form.
    Form,
    /// In what the second part of the address names.
    OfThing(Thing),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
}

const TABLE: [(Verb, &str, Door); 44] = {
    use About::*;
    use Door::*;
    use Right::*;
    use Verb::*;
    [
        (Get, "/", Open),
        (Get, "/sign-in", Open),
        (Post, "/api/sign_in", Open),
        (Get, "/link/{token}", Open),
        (Post, "/api/open_link", Open),
        (Get, "/signed-out", Open),
        (Post, "/api/sign_out", Open),
        (Post, "/api/leave_and_clear", Open),
        (Post, "/api/extend_session", Open),
        (Post, "/api/choose_language", Open),
        (Get, "/contact", Open),
        (Get, "/contact/received/{reference}", Open),
        (Post, "/api/ask_person", Open),
        (Get, "/verify", Open),
        (Post, "/verify", Open),
        (Get, "/helper", Open),
        (Get, "/helper/invitation/{token}", Open),
        (Post, "/api/accept_help", Open),
        (Post, "/api/sign_in_helper", Open),
        (Get, "/helping", Open),
        (Get, "/helping/not-open", Open),
        (Get, "/account/{account}", Needs(See, Address)),
        (Get, "/account/{account}/history", Needs(See, Address)),
        (Get, "/account/{account}/statement", Needs(See, Address)),
        (Get, "/account/{account}/options", Needs(See, Address)),
        (Get, "/account/{account}/dispute/status", Needs(See, Address)),
        (Get, "/account/{account}/statement.pdf", Needs(Documents, Address)),
        (Get, "/account/{account}/statement.csv", Needs(Documents, Address)),
        (Get, "/documents/{document}", Needs(Documents, OfThing(Thing::Document))),
        (Get, "/agreements/{agreement}", Needs(Documents, OfThing(Thing::Agreement))),
        (Get, "/account/{account}/options/{way}", Needs(Draft, Address)),
        (Get, "/account/{account}/check", Needs(Draft, Address)),
        (Get, "/agreements/{agreement}/what-if", Needs(Draft, OfThing(Thing::Agreement))),
        (Post, "/api/choose_plan", Needs(Draft, Form)),
        (Post, "/api/choose_promise", Needs(Draft, Form)),
        (Get, "/account/{account}/message/{topic}", Needs(Messages, Address)),
        (Get, "/messages/{reference}/sent", Needs(Messages, OfThing(Thing::Conversation))),
        (Post, "/api/send_message", Needs(Messages, Form)),
        (Post, "/evidence/{case}", Needs(Evidence, OfThing(Thing::EvidenceCase))),
        (Get, "/account/{account}/hardship", Needs(Circumstances, Address)),
        (Get, "/account/{account}/hardship/money", Needs(Circumstances, Address)),
        (Get, "/account/{account}/hardship/check", Needs(Circumstances, Address)),
        (Post, "/api/save_hardship", Needs(Circumstances, Form)),
        (Post, "/api/save_budget", Needs(Circumstances, Form)),
    ]
};

/// What opens an address. Of an address as it comes and of one as the route table writes it alike.
pub fn door(method: &Method, path: &str) -> Door {
    let verb = match *method {
        Method::GET | Method::HEAD => Verb::Get,
        Method::POST => Verb::Post,
        _ => return Door::Closed,
    };
    let found = TABLE.iter().find(|(of, pattern, _)| *of == verb && is_like(pattern, path));
    found.map_or(Door::Closed, |(_, _, door)| *door)
}

fn is_like(pattern: &str, path: &str) -> bool {
    let (mut expected, mut found) = (pattern.split('/'), path.split('/'));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(part), Some(segment)) if part == segment || (part.starts_with('{') && !segment.is_empty()) => {}
            (_, _) => return false,
        }
    }
}

/// Lets a helper's request through, or leads to the page that says who can do it. What is done on the way is theirs.
pub async fn pass(state: AppState, signed_in: SignedIn, helping: Helping, request: Request, next: Next) -> Response {
    if request.uri().path() == paths::ACCOUNT {
        // Everything of the customer's is on that page; theirs is the part they were let into.
        return Redirect::to(paths::HELPING).into_response();
    }
    match judge(&state, &signed_in, &helping, request).await {
        Some(request) => events::acting(helping.helper_id, next.run(request)).await,
        None => Redirect::to(paths::HELPING_NOT_OPEN).into_response(),
    }
}

/// The request, where it is open to them.
async fn judge(state: &AppState, signed_in: &SignedIn, helping: &Helping, request: Request) -> Option<Request> {
    let path = request.uri().path().to_owned();
    match door(request.method(), &path) {
        Door::Open => Some(request),
        Door::Closed => None,
        Door::Needs(right, _) if !helping.may(right) => None,
        Door::Needs(_, about) => {
            let id = path.split('/').nth(2).unwrap_or_default();
            match about {
                About::Address => helping.covers(id).then_some(request),
                About::Form => covers_form(helping, request).await,
                About::OfThing(thing) => {
                    let id = id.strip_suffix(".pdf").unwrap_or(id);
                    let account = helpers::account_of(state, thing, id, &signed_in.customer_id).await;
                    let account =
                        account.map_err(|error| tracing::error!(%error, "a helper's request could not be judged")).ok()??;
                    helping.covers(&account).then_some(request)
                }
            }
        }
    }
}

/// Whether a form is about an account they help with. It names exactly one, in the plain way of our own forms.
async fn covers_form(helping: &Helping, request: Request) -> Option<Request> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LONGEST_BODY_BYTES).await.ok()?;
    let read = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let Form(fields) = Form::<Vec<(String, String)>>::from_request(read, &()).await.ok()?;
    let accounts: Vec<&(String, String)> = fields.iter().filter(|(name, _)| name.starts_with(ACCOUNT_FIELD)).collect();
    let is_covered = matches!(accounts.as_slice(), [(name, account)] if name == ACCOUNT_FIELD && helping.covers(account));
    is_covered.then(|| Request::from_parts(parts, Body::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_closed() {
        for path in [
            "/account/a/sign",
            "/account/a/pay",
            "/you/helpers",
            "/you",
            "/account",
            "/told-us",
            "/account//options",
            "/accounts/a",
        ] {
            assert_eq!(door(&Method::GET, path), Door::Closed, "{path}");
        }
        for path in
            ["/api/sign_agreement", "/api/start_payment", "/api/end_help", "/api/tell_us", "/account/a", "/evidence/c/i/remove"]
        {
            assert_eq!(door(&Method::POST, path), Door::Closed, "{path}");
        }
        assert_eq!(door(&Method::PUT, "/account/a"), Door::Closed);
        assert_eq!(door(&Method::HEAD, "/account/a"), Door::Needs(Right::See, About::Address));
        assert_eq!(door(&Method::GET, "/account/a/options/plan"), Door::Needs(Right::Draft, About::Address));
    }

    #[test]
    fn nobody_binds_pays_or_is_reached_through_a_helper() {
        for (_, pattern, door) in TABLE {
            let Door::Needs(right, _) = door else { continue };
            assert!(Right::ALL.contains(&right));
            for word in ["sign", "pay", "mandate", "authorise", "stop", "/end_", "withdraw", "change", "helper", "forget"] {
                assert!(!pattern.contains(word), "{pattern}");
            }
        }
    }
}
