//! What a page or an action may know of the request it serves: who is signed in, in which language, what was refused
//! before. Filled by the layers in `http/`, so that nothing here waits.
//!
//! `load.rs` and `actions.rs` of a screen ask here and call a service; nothing else in pages/ reaches into server/.

pub mod staff;

pub use super::security::sessions::Flash;
pub use super::services::door::Knock;
pub use super::services::sessions::SignedIn;

use super::clock::Millis;
use super::ids;
use super::security::sessions::{
    BEGUN, BROWSER_COOKIE, Begun, CUSTOMER_ID, FLASH, HELPER_ID, KeptFlash, LANGUAGE_COOKIE, cookie_name, cookies_are_secure,
};
use super::services::door::{self, Entry, Ticket};
use super::services::sign_in::Visitor;
use super::state::AppState;
use crate::domain::coming_back::{Device, Way};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::journey::{self, Place, Screen};
use crate::domain::language::Language;
use crate::paths;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use tower_sessions::Session;

/// The application's state. `None` only while routes are collected at start-up, when there is no request.
pub fn state() -> Option<AppState> {
    use_context::<AppState>()
}

/// Who is signed in, if anyone.
pub fn signed_in() -> Option<SignedIn> {
    extension::<SignedIn>()
}

/// The language of this request: chosen by the visitor, else the customer's, else what the browser prefers.
pub fn language() -> Language {
    extension::<Language>().unwrap_or_default()
}

/// What was refused before on this screen, if this request comes from that refusal.
pub fn flash(screen: &str) -> Option<Flash> {
    extension::<Flash>().filter(|flash| flash.screen == screen)
}

/// How long this request's session lasts if nothing more happens, for the time-out warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimeLeft {
    pub seconds: i64,
}

pub fn session_time_left() -> Option<SessionTimeLeft> {
    extension::<SessionTimeLeft>()
}

/// A session cookie came with this request, but its session has ended: the person was signed in a while ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnded;

pub fn session_ended() -> bool {
    extension::<SessionEnded>().is_some()
}

/// Where the request came from, as far as it can be believed (`server.trusted_proxies`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

pub fn client_address() -> Option<IpAddr> {
    extension::<ClientAddress>().map(|address| address.0)
}

/// What the browser kept from signing in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBrowser(pub String);

/// Where answers at the door come from.
pub fn visitor() -> Visitor {
    Visitor { address: client_address(), browser: extension::<KnownBrowser>().map(|browser| browser.0) }
}

/// What a person may quote when something broke; the log line of the request carries it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestReference(pub String);

/// The path and query of this request, for coming back after a form that is not about the page it stands on.
pub fn here() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(|path| path.as_str().to_owned()))
        .unwrap_or_else(|| paths::HOME.to_owned())
}

/// The session of this request, which only actions (POST) may change.
pub fn session() -> Option<Session> {
    extension::<Session>()
}

/// Signs a customer in: whatever the session held is forgotten, and it gets a new id.
pub async fn begin_session(customer_id: &CustomerId, way: Way) -> Result<(), Failed> {
    let state = state().ok_or(Failed::Machine)?;
    let now = state.clock.real_now_millis();
    let session = fresh_session().await?;
    session.insert(BEGUN, Begun { way, device: device(), at: now, proved_at: now }).await.map_err(fail)?;
    session.insert(CUSTOMER_ID, customer_id).await.map_err(fail)
}

/// Lets somebody in who helps a customer, in a session that is theirs.
pub async fn begin_helping(customer_id: &CustomerId, helper_id: &str) -> Result<(), Failed> {
    let session = fresh_session().await?;
    session.insert(HELPER_ID, helper_id).await.map_err(fail)?;
    session.insert(CUSTOMER_ID, customer_id).await.map_err(fail)
}

/// Empty, and under a new id.
async fn fresh_session() -> Result<Session, Failed> {
    let session = session().ok_or(Failed::Machine)?;
    session.clear().await;
    session.cycle_id().await.map_err(fail)?;
    Ok(session)
}

/// Notes that the customer of this session has just shown who they are: it may do more for a while, and gets a new id.
pub async fn note_proof() -> Result<(), Failed> {
    let (session, state) = (session().ok_or(Failed::Machine)?, state().ok_or(Failed::Machine)?);
    let now = state.clock.real_now_millis();
    let begun: Option<Begun> = session.get(BEGUN).await.map_err(fail)?;
    let begun = begun.unwrap_or(Begun { way: Way::Answers, device: device(), at: now, proved_at: now });
    session.cycle_id().await.map_err(fail)?;
    session.insert(BEGUN, Begun { proved_at: now, ..begun }).await.map_err(fail)
}

/// What kind of device the browser says it is on.
pub fn device() -> Device {
    let agent = use_context::<Parts>().and_then(|parts| parts.headers.get(header::USER_AGENT).cloned());
    agent.as_ref().and_then(|agent| agent.to_str().ok()).map(Device::read).unwrap_or_default()
}

/// Ends the session, if there is one; the cookie goes too.
pub async fn end_session() -> Result<(), Failed> {
    match session() {
        Some(session) => session.flush().await.map_err(fail),
        None => Ok(()),
    }
}

/// A year, as long as a browser may keep the choice of a language.
const LANGUAGE_KEPT_SECONDS: u32 = 31_536_000;
/// As long as a browser is known after signing in (`services/attempts.rs`).
const BROWSER_KEPT_SECONDS: u32 = 31 * 86_400;

/// Keeps the language a visitor chose in a cookie that says nothing else.
pub fn keep_language(language: Language) {
    keep_in_cookie(LANGUAGE_COOKIE, language.tag(), LANGUAGE_KEPT_SECONDS);
}

/// Lets a browser be known the next time somebody signs in from it. It opens nothing by itself.
pub fn keep_browser(token: &str) {
    keep_in_cookie(BROWSER_COOKIE, token, BROWSER_KEPT_SECONDS);
}

fn keep_in_cookie(name: &str, value: &str, seconds: u32) {
    let (Some(state), Some(response)) = (state(), use_context::<ResponseOptions>()) else {
        return;
    };
    let name = cookie_name(&state.config, name);
    let secure = if cookies_are_secure(&state.config) { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Has the browser forget what it keeps of this portal: pages, cookies, whatever else. Browsers that do not know the header lose the
/// cookies all the same.
pub fn clear_browser() {
    let (Some(state), Some(response)) = (state(), use_context::<ResponseOptions>()) else {
        return;
    };
    response.insert_header(
        header::HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"cookies\", \"storage\""),
    );
    for name in [LANGUAGE_COOKIE, BROWSER_COOKIE] {
        let secure = if cookies_are_secure(&state.config) { "; Secure" } else { "" };
        let cookie = format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}", cookie_name(&state.config, name));
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
}

/// Counts a form that came before signing in. `None`: too many came from there, the answer is made, and the caller leaves.
pub async fn knock(state: &AppState, knock: &Knock<'_>) -> Result<Option<Ticket>, Failed> {
    Ok(let_in(state, door::knock(state, knock).await.map_err(fail)?))
}

/// As [`knock`], with a link.
pub async fn knock_with_link(state: &AppState, token: &str) -> Result<Option<Ticket>, Failed> {
    Ok(let_in(state, door::knock_with_link(state, token, client_address()).await.map_err(fail)?))
}

fn let_in(state: &AppState, entry: Entry) -> Option<Ticket> {
    match entry {
        Entry::Open(ticket) => Some(ticket),
        Entry::Shut { until } => {
            turn_away(state, until);
            None
        }
    }
}

/// Makes the answer the calm page that says when to come back.
fn turn_away(state: &AppState, until: Millis) {
    let seconds = (until - state.clock.real_now_millis()).max(1).div_euclid(1_000) + 1;
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
        response.set_status(StatusCode::TOO_MANY_REQUESTS);
    }
}

/// Ends an action, or leaves a page for another: the browser is sent to `path` with a GET.
pub fn redirect(path: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) else {
        return;
    };
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::SEE_OTHER);
}

/// Whether a screen is the right one for where the account is; if not, the answer leads to the one that is.
pub fn is_the_place(wanted: Screen, place: &Place, account: &AccountId) -> bool {
    let right = journey::right_screen(wanted.clone(), place);
    if right != wanted {
        redirect(&paths::screen(account.as_str(), &right));
    }
    right == wanted
}

/// The longest text that is kept of one field; no field of ours takes more.
const LONGEST_KEPT_CHARACTERS: usize = 2_000;

/// Ends an action that was refused: keeps what was typed and what is wrong in the session under a random tag, and
/// redirects to `path`, where [`flash`] finds it again (a reload too, until the next refusal). Nothing that was typed
/// appears in the address. A visitor without a session gets one.
pub async fn refuse(path: &str, mut flash: Flash) -> Result<(), Failed> {
    let tag = ids::new_short_tag();
    for value in flash.values.values_mut() {
        if let Some((end, _)) = value.char_indices().nth(LONGEST_KEPT_CHARACTERS) {
            value.truncate(end);
        }
    }
    if let Some(session) = session() {
        session.insert(FLASH, KeptFlash { tag: tag.clone(), flash }).await.map_err(fail)?;
    }
    redirect(&paths::again(path, &tag));
    Ok(())
}

/// A machine broke while a page or an action was at work. The person sees the calm error page with a reference to quote;
/// what broke is in the log under the same reference and nowhere else. The only error a server function returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failed {
    #[error("a machine broke")]
    Machine,
    #[error("the form could not be read")]
    Form,
}

impl FromServerFnError for Failed {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                if let Some(response) = use_context::<ResponseOptions>() {
                    response.set_status(StatusCode::BAD_REQUEST);
                }
                Failed::Form
            }
            other => fail(other),
        }
    }
}

/// Logs what broke, once, and makes the answer the calm error page: `.map_err(context::fail)?` in actions, the same and an
/// empty view in pages.
pub fn fail(error: impl std::error::Error) -> Failed {
    let cause = error.source().map(ToString::to_string);
    let reference = extension::<RequestReference>().map(|reference| reference.0);
    tracing::error!(request.reference = reference, %error, cause, "a request failed");
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::INTERNAL_SERVER_ERROR);
    }
    Failed::Machine
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}
