//! Forms: a label, a hint and an error tied to each field; a summary of what is wrong; buttons that say what they do.
//!
//! Every form is a plain `<form method="post">`. A screen turns the codes of its flash into [`Problems`] with its own words
//! and hands them to [`ErrorSummary`] and to each field.

mod amount_of;
mod button;
mod choice;
mod date;
mod errors;
mod field;

pub use amount_of::AmountOf;
pub use button::{Button, ButtonKind, LinkButton, LinkKind, StepBack};
pub use choice::{Checkbox, Choice, ChoiceLook, NamedSelect, Radios, Select};
pub use date::{DateFields, DatePurpose, TypedDate};
pub use errors::{ErrorSummary, Problem, Problems};
pub use field::{Field, FieldKind, FieldWidth, HiddenField, MoneyField, TextArea};

/// The ids of a field's hint and error that exist, for `aria-describedby`.
fn described_by(id: &str, has_hint: bool, has_error: bool) -> Option<String> {
    match (has_hint, has_error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-hint {id}-error")),
    }
}
