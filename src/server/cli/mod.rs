//! The command line: one file a command. Exit codes: 0 done; 1 understood, and all or a part of it was refused or is wrong;
//! 2 wrong use or setting: nothing was tried; 3 a machine broke. `mail receive` alone has its mail server's code for the last.

mod backup;
mod contact;
mod contact_wishes;
mod demo;
mod demo_staff;
mod details;
mod dispute;
mod evidence;
mod export;
mod feedback;
mod hardship;
mod helper;
mod import;
mod keys;
mod ledger;
mod letters;
mod life_event;
mod link;
mod mail;
mod message;
mod offers;
mod outbox;
mod reconcile;
mod refund;
mod requests;
mod serve;
mod staff;
mod verify;
mod verify_ledger;
mod worker;

use super::advice_file;
use super::brand::Look;
use super::config::{Config, ConfigError, Processor, Settings};
use super::notify::texts;
use super::policy_file;
use super::processors::PaymentProcessor;
use super::processors::sandbox::{Delays, SandboxProcessor};
use super::processors::stripe::{StripeProcessor, Timeouts};
use super::services::ways_in::AT_ONCE;
use super::site;
use super::state::AppState;
use super::store::Db;
use super::telemetry;
use crate::paths;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::sync::Semaphore;

#[derive(Parser)]
#[command(name = "evenkeel", version, about = "Self-service payment portal for overdue accounts")]
struct Arguments {
    /// The configuration file. Without it, evenkeel.toml in this folder is read if it is there.
    #[arg(long, global = true, env = "EVENKEEL_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write everything into one file while the portal goes on working.
    Backup(backup::BackupArguments),
    /// The keys that sign documents.
    Keys(keys::KeysArguments),
    /// How a customer may be written to, and what is known of each way.
    Contact(contact::ContactArguments),
    /// What customers corrected about themselves, and what only a person here corrects: a name, a date of birth.
    #[command(subcommand)]
    Details(details::DetailsCommand),
    /// What customers say is not right.
    #[command(subcommand)]
    Dispute(dispute::DisputeCommand),
    /// What customers uploaded for a case.
    Evidence(evidence::EvidenceArguments),
    /// What others told us: that an account holder has died, is insolvent or in a breathing space.
    #[command(subcommand)]
    LifeEvent(life_event::LifeEventCommand),
    /// What customers answered when they were asked how it was.
    #[command(subcommand)]
    Feedback(feedback::FeedbackCommand),
    /// Letters to be printed and posted.
    Letters(letters::LettersArguments),
    /// Mail that comes in: what could not be delivered, complaints, and replies that say stop.
    Mail(mail::MailArguments),
    /// What customers write in the portal, and its answers.
    #[command(subcommand)]
    Message(message::MessageCommand),
    /// Messages to customers, sent and kept.
    Outbox(outbox::OutboxArguments),
    /// Put a backup into an empty database, of either kind.
    Restore(backup::BackupArguments),
    /// People who work here.
    Staff(staff::StaffArguments),
    /// Check that something is what it says.
    Verify(verify::VerifyArguments),
    /// Serve the portal (and run the background work).
    Serve,
    /// Make a one-use sign-in link for an account.
    Link(link::LinkArguments),
    /// Do the background work only, beside one or more `serve`.
    Worker,
    /// Bring the database up to date.
    Migrate,
    /// Show what an account would be offered, with every schedule. Holds nothing.
    Offers(offers::OffersArguments),
    /// Compare our books with the payment company's for some days.
    Reconcile(reconcile::ReconcileArguments),
    /// Load a creditor's file.
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Print what the portal knows, for other systems.
    Export(export::ExportArguments),
    /// People to try the portal on (sandbox mode only).
    #[command(subcommand)]
    Demo(demo::DemoCommand),
    /// Give a payment back, all of it or a part.
    Refund(refund::RefundArguments),
    /// Decide about the books of an account: corrections, and what is given up.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Whom customers let help.
    #[command(subcommand)]
    Helper(helper::HelperCommand),
    /// Reviews for customers whose life has changed.
    Hardship(hardship::HardshipArguments),
    /// Print which screens lead where, as docs/journey.md has it.
    Journey,
}

/// Why a command ended without doing what it was asked.
#[derive(Debug)]
pub enum CommandError {
    /// Wrong use or setting: exit code 2.
    Usage(String),
    /// A machine broke: exit code 3.
    Failed(String),
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        CommandError::Usage(error.to_string())
    }
}

impl From<super::store::StoreError> for CommandError {
    fn from(error: super::store::StoreError) -> Self {
        // The source says what the database said; it goes to the operator's terminal, never to a browser.
        let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        CommandError::Failed(format!("{error}{source}"))
    }
}

impl From<super::services::Failure> for CommandError {
    fn from(failure: super::services::Failure) -> Self {
        match failure {
            super::services::Failure::Store(error) => error.into(),
            other => CommandError::Failed(other.to_string()),
        }
    }
}

/// Reads the command line, runs the command and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Failed(error.to_string()))
        .and_then(|runtime| runtime.block_on(execute(arguments)));
    match outcome {
        Ok(code) => code,
        Err(CommandError::Usage(message)) => {
            eprintln!("evenkeel: {message}");
            ExitCode::from(2)
        }
        Err(CommandError::Failed(message)) => {
            eprintln!("evenkeel: {message}");
            ExitCode::from(3)
        }
    }
}

impl Command {
    /// Whether it can do without a database that is there: it begins one, or needs none. For any other that is a mistyped address.
    fn can_do_without_a_database(&self) -> bool {
        match self {
            Command::Serve
            | Command::Worker
            | Command::Migrate
            | Command::Restore(_)
            | Command::Import(_)
            | Command::Demo(_)
            | Command::Staff(_)
            | Command::Journey => true,
            Command::Verify(arguments) => arguments.needs_no_database(),
            Command::Backup(_)
            | Command::Keys(_)
            | Command::Contact(_)
            | Command::Details(_)
            | Command::Dispute(_)
            | Command::Evidence(_)
            | Command::Feedback(_)
            | Command::Message(_)
            | Command::Letters(_)
            | Command::LifeEvent(_)
            | Command::Mail(_)
            | Command::Outbox(_)
            | Command::Link(_)
            | Command::Offers(_)
            | Command::Reconcile(_)
            | Command::Export(_)
            | Command::Refund(_)
            | Command::Hardship(_)
            | Command::Helper(_)
            | Command::Ledger(_) => false,
        }
    }
}

async fn execute(arguments: Arguments) -> Result<ExitCode, CommandError> {
    let config = read_config(arguments.config)?;
    telemetry::start(config.log_json, config.log_level);
    if let Some(file) = Db::file(&config.database_url).filter(|_| !arguments.command.can_do_without_a_database())
        && !file.exists()
    {
        let reason = format!("there is no database at {}: is database.url right, and is this its folder?", file.display());
        return Err(CommandError::Usage(reason));
    }
    match arguments.command {
        Command::Backup(arguments) => backup::backup(config, arguments).await,
        Command::Keys(arguments) => keys::keys(config, arguments).await,
        Command::Contact(arguments) => contact::contact(config, arguments).await,
        Command::Details(command) => details::details(config, command).await,
        Command::Dispute(command) => dispute::dispute(config, command).await,
        Command::Evidence(arguments) => evidence::evidence(config, arguments).await,
        Command::Feedback(command) => feedback::feedback(config, command).await,
        Command::Message(command) => message::message(config, command).await,
        Command::Letters(arguments) => letters::letters(config, arguments).await,
        Command::LifeEvent(command) => life_event::life_event(config, command).await,
        Command::Mail(arguments) => mail::mail(config, arguments).await,
        Command::Outbox(arguments) => outbox::outbox(config, arguments).await,
        Command::Restore(arguments) => backup::restore(config, arguments).await,
        Command::Staff(arguments) => staff::staff(config, arguments).await,
        Command::Verify(arguments) => verify::verify(config, arguments).await,
        Command::Serve => serve::serve(config).await,
        Command::Link(arguments) => link::link(config, arguments).await,
        Command::Offers(arguments) => offers::offers(config, arguments).await,
        Command::Reconcile(arguments) => reconcile::reconcile(config, arguments).await,
        Command::Worker => worker::work(config).await,
        Command::Import(command) => import::import(config, command).await,
        Command::Export(arguments) => export::export(config, arguments).await,
        Command::Demo(command) => demo::demo(config, command).await,
        Command::Refund(arguments) => refund::refund(config, arguments).await,
        Command::Ledger(command) => ledger::ledger(config, command).await,
        Command::Helper(command) => helper::helper(config, command).await,
        Command::Hardship(arguments) => hardship::hardship(config, arguments).await,
        Command::Journey => {
            print!("{}", crate::domain::journey::drawing::drawing());
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate => {
            open_database(&config).await?;
            println!("The database is up to date.");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read_config(file: Option<PathBuf>) -> Result<Config, CommandError> {
    let default = PathBuf::from("evenkeel.toml");
    let file = file.or_else(|| default.exists().then_some(default));
    Ok(Settings::read(file.as_deref(), std::env::vars())?.check()?)
}

/// Opens the database of the settings and migrates it. A missing folder for SQLite's file is made.
pub async fn open_database(config: &Config) -> Result<Db, CommandError> {
    let file = Db::file(&config.database_url);
    if let Some(folder) = file.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| CommandError::Failed(format!("{}: {error}", folder.display())))?;
    }
    let db = Db::connect(&config.database_url, config.database_connections).await?;
    db.migrate().await?;
    Ok(db)
}

/// The state that commands and requests share.
pub async fn open_state(config: Config) -> Result<AppState, CommandError> {
    let db = open_database(&config).await?;
    let policy = policy_file::read(&config.policy_file).map_err(|error| CommandError::Usage(error.to_string()))?;
    for warning in &policy.warnings {
        tracing::warn!(line = warning.line, reason = warning.reason, "the policy is doubtful");
    }
    let advice = advice_file::read(&config.advice_file).map_err(|error| CommandError::Usage(error.to_string()))?;
    let leptos_options = Arc::new(site::options(&config.site_dir));
    let stylesheet = Arc::from(site::stylesheet(&config.site_dir));
    let plan_program = site::plan_program(&config.site_dir).map(Arc::from);
    let look = Arc::new(Look::check(&config.brand)?);
    let (processor, sandbox) = open_processor(&config, &db).await?;
    let texts = texts::open(&config.texts).map_err(|error| CommandError::Failed(error.to_string()))?;
    Ok(AppState {
        db,
        clock: config.clock,
        config: Arc::new(config),
        look,
        policy: Arc::new(policy),
        advice: Arc::from(advice),
        processor,
        sandbox,
        texts,
        shut_doors: Arc::default(),
        password_turns: Arc::new(Semaphore::new(AT_ONCE)),
        leptos_options,
        stylesheet,
        plan_program,
    })
}

/// Who takes payments, and the sandbox itself where that is it.
async fn open_processor(config: &Config, db: &Db) -> Result<OpenProcessor, CommandError> {
    match &config.processor {
        Processor::None => Ok((None, None)),
        Processor::Sandbox => {
            let sandbox = open_sandbox(config, db).await?;
            Ok((Some(sandbox.clone()), Some(sandbox)))
        }
        Processor::Stripe(settings) => {
            let stripe = StripeProcessor::open(settings, config.clock, Timeouts::default());
            let stripe = stripe.map_err(|error| CommandError::Failed(error.to_string()))?;
            Ok((Some(Arc::new(stripe)), None))
        }
    }
}

type OpenProcessor = (Option<Arc<dyn PaymentProcessor>>, Option<Arc<SandboxProcessor>>);

/// Its webhooks reach the portal where it listens, not through the public address.
async fn open_sandbox(config: &Config, db: &Db) -> Result<Arc<SandboxProcessor>, CommandError> {
    let host = if config.address.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { config.address };
    let webhook_url = format!("http://{}{}", SocketAddr::new(host, config.port), paths::webhook("sandbox"));
    let sandbox =
        SandboxProcessor::open(db.pool().clone(), config.clock, &config.public_url, &webhook_url, Delays::default()).await;
    sandbox.map(Arc::new).map_err(|error| CommandError::Failed(error.to_string()))
}
