//! Whether the examples are shown at all.

use crate::paths;
use crate::server::context;

/// In sandbox mode only; elsewhere the answer leads to the customer's own page.
pub fn are_shown() -> bool {
    let shown = context::state().is_some_and(|state| state.config.sandbox);
    if !shown {
        context::redirect(paths::ACCOUNT);
    }
    shown
}
