//! Open sessions and past sign-ins, in the customer's own time.

use super::{DevicesView, ShownSession, ShownTry};
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::{sessions, ways_in};

/// `None` where nobody is signed in, and the answer leads on.
pub async fn load() -> Result<Option<DevicesView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let zone = clock::zone(&visitor.time_zone);
    let open = sessions::open_sessions(&state, &visitor).await.map_err(context::fail)?;
    let past = ways_in::past(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let sessions = open.into_iter().map(|session| ShownSession {
        name: session.name,
        is_this_one: session.is_this_one,
        device: session.device,
        begun_at: clock::local_time(session.begun_at, &zone),
        last_used_at: clock::local_time(session.last_used_at, &zone),
    });
    let tries =
        past.into_iter().map(|tried| ShownTry { at: clock::local_time(tried.at, &zone), way: tried.way, came_in: tried.came_in });
    Ok(Some(DevicesView { sessions: sessions.collect(), tries: tries.collect() }))
}
