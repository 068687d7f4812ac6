//! `evenkeel hardship list | show | ask | approve | decline`: reviews of hardship cases by a person.

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::domain::calendar::LongestTerm;
use crate::domain::hardship::relief::{LowerPayments, NotAllowed, Waived};
use crate::domain::hardship::{DeclineReason, Said};
use crate::domain::money::{Currency, Money};
use crate::server::config::Config;
use crate::server::services::hardship::{self, Decision, NotDecided, Opened, StaffView};
use crate::server::state::AppState;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct HardshipArguments {
    #[command(subcommand)]
    command: HardshipCommand,
}

#[derive(Subcommand)]
enum HardshipCommand {
    /// The cases that wait for a decision, the earliest promised day first.
    List {
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// What was told, income and spending, and every step. Personal: it is for the reviewer.
    Show { reference: String },
    /// Ask the customer for more; the hold goes on meanwhile.
    Ask {
        reference: String,
        #[command(flatten)]
        written: Written,
    },
    /// Approve, and open ways forward within the policy's [hardship].
    Approve {
        reference: String,
        #[command(flatten)]
        written: Written,
        /// The smallest payment a plan may have, a plain decimal.
        #[arg(long, requires = "longest_months")]
        payments_from: Option<String>,
        /// How many months a plan may last.
        #[arg(long, requires = "payments_from")]
        longest_months: Option<u16>,
        /// The currency of --payments-from.
        #[arg(long, default_value = "USD")]
        currency: String,
        /// So many days nothing need be paid.
        #[arg(long)]
        pause_days: Option<u16>,
        /// Given up now on every open account.
        #[arg(long, value_enum)]
        waive: Vec<WaivedPart>,
        /// Given up of the balance, in percent, where the rest is paid at once: 40 or 12.50.
        #[arg(long)]
        settle_discount: Option<String>,
    },
    /// Do not approve; the customer reads why, and how to have somebody else look at it.
    Decline {
        reference: String,
        #[command(flatten)]
        written: Written,
        #[arg(long, value_enum)]
        reason: Why,
    },
}

#[derive(Args)]
struct Written {
    /// Who decides.
    #[arg(long)]
    by: String,
    /// What the customer reads, in their language (`show` says which).
    #[arg(long, required_unless_present = "text_file")]
    text: Option<String>,
    /// A file with it.
    #[arg(long, conflicts_with = "text")]
    text_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum WaivedPart {
    Interest,
    Fees,
}

#[derive(Clone, Copy, ValueEnum)]
enum Why {
    PaymentsCanBeMet,
    NotShown,
    HelpedAlready,
    NotAllowed,
}

impl Why {
    fn reason(self) -> DeclineReason {
        match self {
            Why::PaymentsCanBeMet => DeclineReason::PaymentsCanBeMet,
            Why::NotShown => DeclineReason::NotShown,
            Why::HelpedAlready => DeclineReason::HelpedAlready,
            Why::NotAllowed => DeclineReason::NotAllowed,
        }
    }
}

impl Written {
    fn decision(self, reference: String) -> Result<Decision, CommandError> {
        let words = match (self.text, self.text_file) {
            (Some(text), _) => text,
            (None, Some(file)) => std::fs::read_to_string(&file)
                .map_err(|error| CommandError::Usage(format!("{}: {}", file.display(), error.kind())))?,
            (None, None) => String::new(),
        };
        Ok(Decision { reference, by: self.by, words })
    }
}

/// Exit code 0: done; 1: refused.
pub async fn hardship(config: Config, arguments: HardshipArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let outcome = run(&state, arguments.command).await;
    state.db.close().await;
    outcome
}

async fn run(state: &AppState, command: HardshipCommand) -> Result<ExitCode, CommandError> {
    let (done, outcome) = match command {
        HardshipCommand::List { json } => return list(state, json).await,
        HardshipCommand::Show { reference } => return show(state, &reference).await,
        HardshipCommand::Ask { reference, written } => {
            ("Asked. The hold goes on until the answer is here.", hardship::ask(state, &written.decision(reference)?).await?)
        }
        HardshipCommand::Approve {
            reference,
            written,
            payments_from,
            longest_months,
            currency,
            pause_days,
            waive,
            settle_discount,
        } => {
            let opened = Opened {
                lower: lower(payments_from.as_deref(), longest_months, &currency)?,
                pause_days,
                discount_basis_points: settle_discount.as_deref().map(basis_points).transpose()?,
                waived: Waived::ALL.into_iter().filter(|waived| waive.iter().any(|part| is(*part, *waived))).collect(),
            };
            let decision = written.decision(reference)?;
            (
                "Approved. The letter is written; what was opened can be chosen now.",
                hardship::approve(state, &decision, &opened).await?,
            )
        }
        HardshipCommand::Decline { reference, written, reason } => {
            let decision = written.decision(reference)?;
            ("Not approved. The letter says why, and how to appeal.", hardship::decline(state, &decision, reason.reason()).await?)
        }
    };
    match outcome {
        Ok(()) => {
            println!("{done}");
            Ok(ExitCode::SUCCESS)
        }
        Err(NotDecided::NoPerson) => Err(CommandError::Usage("a decision needs a person: --by".into())),
        Err(NotDecided::NoWords) => {
            Err(CommandError::Usage("the customer reads the reasons: --text, at most 2,000 characters".into()))
        }
        Err(refused) => {
            eprintln!("evenkeel: {}", in_words(&refused));
            Ok(ExitCode::from(1))
        }
    }
}

fn is(part: WaivedPart, waived: Waived) -> bool {
    match part {
        WaivedPart::Interest => waived == Waived::Interest,
        WaivedPart::Fees => waived == Waived::Fees,
    }
}

fn lower(from: Option<&str>, months: Option<u16>, currency: &str) -> Result<Option<LowerPayments>, CommandError> {
    let (Some(from), Some(months)) = (from, months) else { return Ok(None) };
    let currency =
        Currency::from_code(currency).ok_or_else(|| CommandError::Usage(format!("--currency {currency} is not known")))?;
    let minimum_instalment = Money::parse_decimal(from, currency)
        .ok()
        .filter(|amount| amount.is_positive())
        .ok_or_else(|| CommandError::Usage(format!("--payments-from {from} is no plain decimal above zero")))?;
    if months == 0 {
        return Err(CommandError::Usage("--longest-months is at least 1".into()));
    }
    Ok(Some(LowerPayments { minimum_instalment, longest_term: LongestTerm::Months(months) }))
}

/// Hundredths of a percent.
fn basis_points(text: &str) -> Result<u32, CommandError> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let rest = format!("{rest:0<2}");
    let points =
        (rest.len() == 2).then(|| whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(rest.parse().ok()?)).flatten();
    points.ok_or_else(|| CommandError::Usage(format!("--settle-discount {text} is no percentage such as 40 or 12.50")))
}

async fn list(state: &AppState, as_json: bool) -> Result<ExitCode, CommandError> {
    let now = state.clock.now_millis();
    for case in hardship::waiting(state).await? {
        let by = case.decide_by.map(instant).unwrap_or_default();
        let is_late = case.times_late > 0 || case.decide_by.is_some_and(|by| by < now);
        if as_json {
            let line = serde_json::json!({
                "reference": case.reference, "state": case.state, "account": case.account, "decide_by": by,
                "appeals": case.appeals, "times_late": case.times_late, "late": is_late,
            });
            println!("{line}");
        } else {
            let late = if is_late { "  late" } else { "" };
            let appeal = if case.appeals > 0 { "  appeal" } else { "" };
            println!("{}  by {by}  {}  {}{appeal}{late}", case.reference, case.state, case.account);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(state: &AppState, reference: &str) -> Result<ExitCode, CommandError> {
    let Some(view) = hardship::for_staff(state, reference).await? else {
        eprintln!("evenkeel: {}", in_words(&NotDecided::NoSuchCase));
        return Ok(ExitCode::from(1));
    };
    print_case(&view);
    Ok(ExitCode::SUCCESS)
}

fn print_case(view: &StaffView) {
    let case = &view.case;
    println!("{}  {}  account {}  language {}", case.reference, case.state.code(), view.account, case.language);
    println!("What was uploaded: evenkeel evidence list {}", case.id);
    if let Some(by) = case.decide_by {
        println!("To be decided by {}.", instant(by));
    }
    let reason = match view.told.reason {
        Said::Because(reason) => reason.code(),
        Said::RatherNot => "would rather not say",
        Said::NotYet => "-",
    };
    println!("What changed: {reason}");
    let help: Vec<&str> = view.told.would_help.iter().map(|help| help.code()).collect();
    println!("What would help: {}", if help.is_empty() { "-".to_owned() } else { help.join(", ") });
    println!("Since: {}", plain(&view.told.since));
    println!("How long: {}", view.told.how_long.map_or("-", |long| long.code()));
    println!("{}", plain(&view.told.words));
    if let Some((budget, totals)) = &view.budget {
        println!();
        for line in &budget.lines {
            println!("{}: {} per {}", line.heading.code(), line.amount.to_decimal_string(), line.per.code());
        }
        let (income, spending) = (totals.income.to_decimal_string(), totals.spending.to_decimal_string());
        println!("In a month: income {income}, spending {spending}, left over {}", totals.left_over.to_decimal_string());
    }
    println!();
    for step in &view.steps {
        let staff = step.staff.as_deref().map(|staff| format!(" by {}", plain(staff))).unwrap_or_default();
        println!("{}  {}{staff}", instant(step.at), step.step.code());
        if !step.words.is_empty() {
            println!("  {}", plain(&step.words));
        }
    }
}

/// What strangers wrote must not move the cursor of whoever reads it.
fn plain(text: &str) -> String {
    text.replace(|character: char| character.is_control() && character != '\n', " ")
}

fn in_words(refused: &NotDecided) -> String {
    match refused {
        NotDecided::NoSuchCase => "there is no such case, or it was never sent".to_owned(),
        NotDecided::NotNow(state) => format!("the case is {}: that cannot be done now", state.code()),
        NotDecided::NoPerson => "a decision needs a person".to_owned(),
        NotDecided::NoWords => "the customer reads the reasons".to_owned(),
        NotDecided::SamePerson => "it was appealed: somebody else than who declined it decides now".to_owned(),
        NotDecided::NoPolicy => "the policy has no [hardship]: nothing can be opened".to_owned(),
        NotDecided::NotAllowed(why) => match why {
            NotAllowed::Nothing => {
                "an approval opens something: lower payments, a pause, a settlement, or what is waived".to_owned()
            }
            NotAllowed::PaymentsTooSmall { least } => {
                format!("the policy's [hardship] allows payments from {} {}", least.to_decimal_string(), least.currency().code())
            }
            NotAllowed::OtherCurrency => "the policy's [hardship] is in another currency".to_owned(),
            NotAllowed::TermTooLong { longest } => match longest {
                LongestTerm::Months(months) => format!("the policy's [hardship] allows at most {months} months"),
                LongestTerm::Days(days) => format!("the policy's [hardship] allows at most {days} days"),
            },
            NotAllowed::PauseTooLong { most_days } => format!("the policy's [hardship] allows a pause of 1 to {most_days} days"),
            NotAllowed::MayNotWaive(_) => "the policy's [hardship] does not let this be waived (may_waive)".to_owned(),
            NotAllowed::DiscountTooLarge { most_basis_points } => format!(
                "the policy's [hardship] allows a discount of at most {}.{:02} percent",
                most_basis_points / 100,
                most_basis_points % 100
            ),
        },
        NotDecided::NotBooked(_) => "what is to be waived could not be booked; see evenkeel ledger write-off".to_owned(),
    }
}
