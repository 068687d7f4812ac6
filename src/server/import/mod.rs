//! A creditor's files into the portal: accounts, their history, and payments the creditor took itself.
//!
//! A mapping file says what a creditor's file looks like (`mapping`, documented in docs/mapping.md); `reader` opens and
//! decodes it, `layout` finds the mapping's columns in it, `accounts`, `transactions` and `payments` read and check rows
//! (`fields`, `zones`), and `run` puts it all through in batches (`write_accounts`, `write_transactions`, `write_payments`). Every fault of a row is
//! told (`faults`, `rejects`). Called by the command line; the SQL is in `store/import.rs`.
//!
//! `samples` and `invent` make portfolios to try things on, in sandbox mode.

pub mod accounts;
pub mod faults;
pub mod fields;
pub mod invent;
mod layout;
pub mod mapping;
mod payments;
mod progress;
mod reader;
mod rejects;
mod repeats;
mod run;
pub mod samples;
mod transactions;
mod write_accounts;
mod write_payments;
mod write_transactions;
pub mod zones;

pub use mapping::{Mapping, MappingError};
pub use progress::{Progress, ProgressLine};
pub use reader::Input;
pub use run::{DEFAULT_BATCH, ImportError, Request, Summary, import, import_payments};
