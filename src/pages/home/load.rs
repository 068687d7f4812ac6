//! The door has nothing to show to whoever is inside already.

use crate::paths;
use crate::server::context;

/// Sends a customer who is signed in on to their own page.
pub fn lead_on() {
    if context::signed_in().is_some() {
        context::redirect(paths::ACCOUNT);
    }
}
