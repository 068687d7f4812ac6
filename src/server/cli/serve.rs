//! `evenkeel serve`: the portal, until it is asked to stop; then requests in flight are finished.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::{http, jobs};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

pub async fn serve(config: Config) -> Result<ExitCode, CommandError> {
    let address = SocketAddr::new(config.address, config.port);
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => CommandError::Usage(format!(
            "port {} is taken by another program. Stop that program, or choose another port: PORT=3001",
            address.port()
        )),
        _ => CommandError::Failed(format!("cannot listen on {address}: {error}")),
    })?;
    let public_url = config.public_url.clone();
    if config.public_url.starts_with("https://") && address.ip().is_loopback() && config.trusted_proxies == 0 {
        tracing::warn!(
            "every visitor looks like the same address: a proxy stands before this portal, but server.trusted_proxies is 0. \
             Sign-in limits would count all people together"
        );
    }
    let state = open_state(config).await?;
    let db = state.db.clone();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = state.config.worker_enabled.then(|| tokio::spawn(jobs::work_until(state.clone(), stopped)));
    let app = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    println!("The portal is open on {public_url}");
    axum::serve(listener, app)
        .with_graceful_shutdown(asked_to_stop())
        .await
        .map_err(|error| CommandError::Failed(error.to_string()))?;
    stop.send_replace(true);
    if let Some(worker) = worker {
        worker.await.map_err(|error| CommandError::Failed(error.to_string()))?;
    }
    db.close().await;
    println!("Stopped; nothing was left half-done.");
    Ok(ExitCode::SUCCESS)
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn asked_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
