//! Instalments collected by themselves under a permission: announced, collected, tried again, given up; and reminders where
//! there is no permission.
//!
//! A sweep ([`sweep`]) finds what is due and asks for one job an instalment and day; the job ([`tend`]) locks the account,
//! decides in `domain::collecting`, records, commits, and only then asks the processor. What came of it is recorded where every
//! payment's outcome is ([`super::payments`]), which calls [`note_outcome`] in the same transaction. Called by jobs and payments.
//!
//! No second charge is possible: a try has one row, its payment one decision key made of the try, and that key is the
//! processor's idempotency key; a further try is made only after the one before it is known to have failed.

mod ask;
mod facts;
mod outcome;
mod over;
mod reminders;
mod standing;
mod sweep;
mod tend;
mod told;

pub(super) use ask::{ask_again, look_up};
pub(super) use outcome::{note_outcome, of_which_instalment};
pub(super) use over::{close_all, permission_ended, permission_given};
pub use reminders::remind;
pub(super) use standing::{is_any_coming, last_try_on, not_collected};
pub use standing::{next_of_agreement, standing_of};
pub use sweep::{Swept, sweep};
pub use tend::{Tended, tend};

use crate::domain::ids::AgreementId;
use crate::server::store::collections::InstalmentKey;

/// The kinds of the jobs, in the `jobs` table.
pub const COLLECT_JOB: &str = "collect_instalment";
pub const REMIND_JOB: &str = "remind_instalment";

/// What a job is about: `AGREEMENT:VERSION:NUMBER`.
fn subject(key: &InstalmentKey) -> String {
    format!("{}:{}:{}", key.agreement_id, key.version, key.number)
}

fn read_subject(subject: &str) -> Option<InstalmentKey> {
    let mut parts = subject.split(':');
    let (agreement_id, version, number) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(InstalmentKey { agreement_id: AgreementId(agreement_id.to_owned()), version, number }).filter(|_| parts.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jobs_subject_reads_as_it_is_written() {
        let key = InstalmentKey { agreement_id: AgreementId("01ABC".into()), version: 2, number: 12 };
        assert_eq!(read_subject(&subject(&key)), Some(key));
        for wrong in ["", "a:1", "a:x:1", "a:1:2:3"] {
            assert_eq!(read_subject(wrong), None, "{wrong}");
        }
    }
}
