//! A new authenticator for whoever is on the way in. It is kept once it showed a right code.

use super::{AuthenticatorView, SCREEN};
use crate::server::context::{Failed, staff};

/// `None` where nobody is on the way in, and the answer leads on.
pub async fn load() -> Result<Option<AuthenticatorView>, Failed> {
    let Some((_, entering)) = staff::on_the_way_in() else { return Ok(None) };
    let new = staff::new_authenticator(&entering.email).ok_or(Failed::Machine)?;
    let (flash, _) = staff::refusal(SCREEN);
    Ok(Some(AuthenticatorView { drawing: new.drawing, secret: new.secret, errors: flash.errors }))
}
