//! What is wrong with a form, at its top and at each field.

use crate::components::frame::words;
use crate::components::text::MaybeText;
use crate::words::td_string;
use leptos::prelude::*;

/// One thing to put right, in words, and the field it concerns (empty: the whole form).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub field: String,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// From a flash: `Problems::from_codes(&flash.errors, |field, code| words)`.
    pub fn from_codes(errors: &[(String, String)], text: impl Fn(&str, &str) -> String) -> Problems {
        Problems(errors.iter().map(|(field, code)| Problem { field: field.clone(), text: text(field, code) }).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with one field, if anything.
    pub fn of(&self, field: &str) -> MaybeText {
        MaybeText(self.0.iter().find(|problem| problem.field == field).map(|problem| problem.text.clone()))
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        Problems(problems)
    }
}

/// What is to be put right, each with a link to its field. It takes the focus when the page opens, so that it is what a
/// screen reader says first. Renders nothing where nothing is wrong.
#[component]
pub fn ErrorSummary(
    problems: Problems,
    /// The form's first field, by its id: where what concerns the whole form leads.
    #[prop(optional, into)]
    first: MaybeText,
) -> impl IntoView {
    if problems.is_empty() {
        return ().into_any();
    }
    let items: Vec<_> = problems
        .0
        .into_iter()
        .map(|problem| {
            let field = Some(problem.field).filter(|field| !field.is_empty()).or_else(|| first.0.clone());
            match field {
                Some(field) => view! { <li><a href=format!("#{field}")>{problem.text}</a></li> }.into_any(),
                None => view! { <li>{problem.text}</li> }.into_any(),
            }
        })
        .collect();
    view! {
        <div class="errors" role="alert" tabindex="-1" autofocus=true aria-labelledby="errors-title">
            <h2 id="errors-title">{td_string!(words(), components.errors_title)}</h2>
            <ul>{items}</ul>
        </div>
    }
    .into_any()
}
