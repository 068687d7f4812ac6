//! A new authenticator for whoever is signed in. It is kept once it showed a right code.

use super::{AuthenticatorView, SCREEN};
use crate::server::context::{Failed, staff};

/// `None` where nobody is signed in, and the answer leads on.
pub async fn load() -> Result<Option<AuthenticatorView>, Failed> {
    let Some((_, member)) = staff::at_work() else { return Ok(None) };
    let new = staff::new_authenticator(&member.email).ok_or(Failed::Machine)?;
    let (flash, minutes_to_wait) = staff::refusal(SCREEN);
    Ok(Some(AuthenticatorView { drawing: new.drawing, secret: new.secret, minutes_to_wait, errors: flash.errors }))
}
