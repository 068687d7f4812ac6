//! The codes of this session, until they are kept.

use super::{RecoveryCodesView, SCREEN};
use crate::server::context::{Failed, staff};

pub async fn load() -> Result<RecoveryCodesView, Failed> {
    let (flash, minutes_to_wait) = staff::refusal(SCREEN);
    Ok(RecoveryCodesView { codes: staff::new_recovery_codes(), minutes_to_wait, errors: flash.errors })
}
