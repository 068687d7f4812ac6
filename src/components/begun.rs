//! The code of a form that was refused because too much was begun in a short time: it carries when the next may be begun.

use super::frame::language;
use crate::domain::format::{self, LocalTime};

/// From when on the next may be begun, as it is read; `None` where it is another code.
pub fn begun_too_often(code: &str) -> Option<String> {
    let again_at: LocalTime = code.strip_prefix("many:")?.parse().ok()?;
    Some(format::date_and_time(again_at, language()))
}
