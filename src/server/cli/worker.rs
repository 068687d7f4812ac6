//! `evenkeel worker`: the background work alone, for larger set-ups, until it is asked to stop.

use super::serve::asked_to_stop;
use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::jobs;
use std::process::ExitCode;
use tokio::sync::watch;

pub async fn work(config: Config) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let db = state.db.clone();
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(jobs::work_until(state, stopped));
    println!("The background work is being done.");
    asked_to_stop().await;
    stop.send_replace(true);
    worker.await.map_err(|error| CommandError::Failed(error.to_string()))?;
    db.close().await;
    println!("Stopped; nothing was left half-done.");
    Ok(ExitCode::SUCCESS)
}
