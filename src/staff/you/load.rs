//! Their sessions and their history, in universal time: a portal has no zone of its own.

use super::{ShownSession, YouView};
use crate::server::clock;
use crate::server::context::{Failed, fail, staff};
use crate::server::services::staff as service;
use jiff::tz::TimeZone;

/// `None` where nobody is signed in, and the answer leads on.
pub async fn load() -> Result<Option<YouView>, Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(None) };
    let open = service::open_sessions(&state, &member).await.map_err(fail)?;
    let (past, codes_left) = service::past(&state, &member).await.map_err(fail)?;
    let zone = TimeZone::UTC;
    let sessions = open.into_iter().map(|session| ShownSession {
        name: session.name,
        is_this_one: session.is_this_one,
        device: session.device,
        begun_at: clock::local_time(session.begun_at, &zone),
        last_used_at: clock::local_time(session.last_used_at, &zone),
    });
    let past = past.into_iter().map(|line| (clock::local_time(line.at, &zone), line.past.code()));
    Ok(Some(YouView { sessions: sessions.collect(), past: past.collect(), codes_left }))
}
