//! `evenkeel verify ledger`: whether the books hold what they must. Every fault is printed; 0 where there is none, else 1.

use super::{CommandError, open_database};
use crate::server::config::Config;
use crate::server::services::books;
use std::process::ExitCode;

pub(super) async fn verify_ledger(config: &Config, json: bool) -> Result<ExitCode, CommandError> {
    let db = open_database(config).await?;
    let verdict = books::verify(&db).await?;
    db.close().await;
    if json {
        let faults: Vec<serde_json::Value> = verdict
            .faults
            .iter()
            .map(|fault| {
                serde_json::json!({
                    "rule": fault.rule, "subject": fault.subject,
                    "expected_minor": fault.expected_minor, "found_minor": fault.found_minor,
                })
            })
            .collect();
        let report = serde_json::json!({
            "transactions": verdict.transactions, "postings": verdict.postings, "faults": faults,
        });
        println!("{report}");
    } else {
        for fault in &verdict.faults {
            println!("{}: {}: expected {}, found {}", fault.subject, fault.rule, fault.expected_minor, fault.found_minor);
        }
        let (transactions, postings, faults) = (verdict.transactions, verdict.postings, verdict.faults.len());
        println!("{transactions} transactions with {postings} postings checked; {faults} faults.");
    }
    Ok(if verdict.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
