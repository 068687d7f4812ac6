//! What every request and every job can reach: made once at start-up.

use super::brand::Look;
use super::clock::Clock;
use super::config::Config;
use super::notify::texts::TextSender;
use super::policy_file::PolicyFile;
use super::processors::PaymentProcessor;
use super::processors::sandbox::SandboxProcessor;
use super::security::shut_doors::ShutDoors;
use super::store::Db;
use crate::domain::advice::AdviceContact;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::sync::Arc;
use tokio::sync::Semaphore;

#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    /// The operator's colours and logo, checked.
    pub look: Arc<Look>,
    /// The policy in force.
    pub policy: Arc<PolicyFile>,
    /// Who helps for free.
    pub advice: Arc<[AdviceContact]>,
    /// The payment company; `None` where none is set up, and then nothing can be paid here.
    pub processor: Option<Arc<dyn PaymentProcessor>>,
    /// The sandbox itself, in sandbox mode: its page and its webhooks are served by this process too.
    pub sandbox: Option<Arc<SandboxProcessor>>,
    /// Who carries text messages; `None` where nobody does.
    pub texts: Option<Arc<dyn TextSender>>,
    /// Who has sent too many forms before signing in.
    pub shut_doors: Arc<ShutDoors>,
    /// Turns for reckoning passwords: each takes 19 MiB for a moment, and anybody may ask for one.
    pub password_turns: Arc<Semaphore>,
    pub leptos_options: Arc<LeptosOptions>,
    /// The address of the stylesheet.
    pub stylesheet: Arc<str>,
    /// The address of the script that redraws a changed plan; `None` without a built site.
    pub plan_program: Option<Arc<str>>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> LeptosOptions {
        (*state.leptos_options).clone()
    }
}
