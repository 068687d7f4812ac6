//! Who of the staff is asking, and whether the address is open to them. Everything under the staff's addresses passes here, before
//! anything of its own runs; a customer's session is not even read.

use super::staff_doors::{Door, door};
use super::trouble;
use super::visitor::{cookie, describe_browser, keep_flash};
use crate::domain::staff_entry::Step;
use crate::paths;
use crate::server::context::SessionTimeLeft;
use crate::server::security::staff_sessions::session_cookie_name;
use crate::server::services::staff::{self, StaffMember, Stage};
use crate::server::state::AppState;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

/// Reads the session once, fills the request's extensions, and lets it through, or leads to where whoever asks has to go.
pub async fn recognise(state: AppState, mut request: Request, next: Next) -> Response {
    let visit = match cookie(request.headers(), &session_cookie_name(&state.config)) {
        None => None,
        Some(id) => match staff::visit(&state, &id).await {
            Ok(visit) => visit,
            Err(error) => {
                tracing::error!(%error, "a session of the staff's could not be read");
                return trouble::mark(StatusCode::INTERNAL_SERVER_ERROR);
            }
        },
    };
    let expires_at = visit.as_ref().map_or(0, |visit| visit.expires_at);
    let (stage, kept_flash) = visit.map_or((Stage::Stranger, None), |visit| (visit.stage, visit.kept_flash));
    if let Some(elsewhere) = elsewhere(door(request.method(), request.uri().path()), &stage) {
        return Redirect::to(elsewhere).into_response();
    }
    describe_browser(&mut request, &state, None);
    keep_flash(&mut request, kept_flash);
    match stage {
        Stage::Stranger => {}
        Stage::Entering(entering) => {
            request.extensions_mut().insert(entering);
        }
        Stage::In(member) => {
            let seconds = (expires_at - state.clock.real_now_millis()) / 1_000;
            request.extensions_mut().insert(member);
            request.extensions_mut().insert(SessionTimeLeft { seconds });
        }
    }
    next.run(request).await
}

/// Where a request has to go instead; `None`: the door is open to it.
fn elsewhere(door: Door, stage: &Stage) -> Option<&'static str> {
    match (door, stage) {
        (Door::Open, _) => None,
        (_, Stage::Stranger) => Some(paths::STAFF_SIGN_IN),
        (Door::At(step), Stage::Entering(entering)) if step == entering.step => None,
        (_, Stage::Entering(entering)) => Some(place_of(entering.step)),
        (Door::At(_), Stage::In(_)) => Some(paths::STAFF),
        (Door::Own, Stage::In(_)) => None,
        (Door::May(action), Stage::In(member)) if StaffMember::may(member, action) => None,
        (Door::May(_) | Door::Closed, Stage::In(_)) => Some(paths::STAFF_NOT_OPEN),
    }
}

fn place_of(step: Step) -> &'static str {
    match step {
        Step::ShowCode => paths::STAFF_CODE,
        Step::ChoosePassword => paths::STAFF_PASSWORD,
        Step::SetUpCode => paths::STAFF_AUTHENTICATOR,
        Step::KeepCodes => paths::STAFF_RECOVERY_CODES,
        Step::In => paths::STAFF,
    }
}
