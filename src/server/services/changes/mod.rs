//! Changing an agreement, and ending it: what is wanted is computed when it is shown, when it is kept and when it is signed, from what
//! was signed before, what is paid, and the policy. Signing makes the next version, with a confirmation of its own; the one before
//! stays as it was. Called by pages and the command line.

mod ending;
mod read;
mod sign;
mod want;

pub use crate::server::store::changes::Version;
pub use ending::{Ended, end};
pub use read::{Changeable, NotNow, changeable};
pub use sign::{ChangeSigned, sign};
pub use want::{Ready, Wanted, kept, put_aside, ready, want};

use super::Failure;
use crate::domain::ids::{AgreementId, CustomerId};
use crate::server::state::AppState;
use crate::server::store::{agreements, changes};

/// Every version of an agreement of this customer, the newest first.
pub async fn versions(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Vec<Version>, Failure> {
    if agreements::of_customer(state.db.pool(), customer, id).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut versions = changes::versions(state.db.pool(), id).await?;
    versions.reverse();
    Ok(versions)
}
