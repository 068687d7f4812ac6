//! `POST /documents/everything`: all that is stored of whoever is signed in, as a ZIP that leaves while it is made. Two tasks and a
//! channel between each: one reads, one packs, and the connection takes; whoever goes away stops the others.

use super::trouble;
use crate::paths;
use crate::server::archive;
use crate::server::clock;
use crate::server::context::SignedIn;
use crate::server::services::everything::{self, For};
use crate::server::state::AppState;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Router};
use futures_util::stream;
use http::{StatusCode, header};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

/// Downloads at once in this process: each takes a thread and a few pieces of memory.
const MOST_AT_ONCE: usize = 4;
/// Pieces that wait, in each of the two channels.
const PIECES_WAITING: usize = 4;
/// Nobody takes a piece for so long, and the connection is given up.
const SILENCE: Duration = Duration::from_secs(60);

pub fn routes() -> Router<AppState> {
    let back = || async { Redirect::to(&paths::at(paths::DOCUMENTS, paths::EVERYTHING_PART)) };
    Router::new().route(paths::EVERYTHING, post(download).get(back)).layer(Extension(Arc::new(Semaphore::new(MOST_AT_ONCE))))
}

async fn download(
    State(state): State<AppState>,
    Extension(turns): Extension<Arc<Semaphore>>,
    signed_in: Option<Extension<SignedIn>>,
) -> Response {
    let Some(Extension(visitor)) = signed_in else { return Redirect::to(paths::SIGN_IN).into_response() };
    let Ok(turn) = turns.acquire_owned().await else { return trouble::mark(StatusCode::SERVICE_UNAVAILABLE) };
    match everything::begin(&state, &visitor.customer_id, For::Customer).await {
        Ok(true) => {}
        // The page says how it stands.
        Ok(false) => return Redirect::to(&paths::at(paths::DOCUMENTS, paths::EVERYTHING_PART)).into_response(),
        Err(error) => {
            tracing::error!(%error, "everything could not be read");
            return trouble::mark(StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
    let name = format!("everything-{}.zip", state.clock.today_in(&clock::zone(&visitor.time_zone)));
    let (parts, packed) = mpsc::channel(PIECES_WAITING);
    let (pipe, mut pieces) = mpsc::channel(PIECES_WAITING);
    tokio::spawn(async move {
        if let Err(error) = everything::pack(&state, &visitor.customer_id, For::Customer, &parts).await {
            tracing::error!(%error, "everything could not be read to its end");
        }
    });
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { pieces: pipe, runtime: Handle::current() };
        if let Err(error) = archive::write(packed, &mut pipe) {
            pipe.break_off(error);
        }
        drop(turn);
    });
    // What packs a response asks once more after the end: this may be asked as often as it likes.
    let body = stream::poll_fn(move |context| pieces.poll_recv(context));
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// What is written goes to the connection, and waits for it.
struct Pipe {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
}

impl Pipe {
    /// Lets the download fail where the browser would take a part of it for the whole.
    fn break_off(&self, error: io::Error) {
        // Whoever has gone does not hear it.
        let _gone = self.runtime.block_on(timeout(SILENCE, self.pieces.send(Err(error))));
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        match self.runtime.block_on(timeout(SILENCE, self.pieces.send(Ok(piece)))) {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
