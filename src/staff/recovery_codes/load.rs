//! The codes of this session, until they are kept.

use crate::server::context::{Failed, staff};

pub async fn load() -> Result<Vec<String>, Failed> {
    Ok(staff::new_recovery_codes())
}
