//! Is this document genuine? For anyone who holds one: its owner, a landlord, a court. It says nothing of what is in it.

mod load;

use crate::components::form::{Button, ButtonKind, ErrorSummary, Field, Problem, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::notice::{Notice, NoticeKind};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use load::Answer;

/// A fingerprint in groups of four, and some room.
const LONGEST_CODE_CHARACTERS: u32 = 120;

#[component]
pub fn VerifyPage() -> impl IntoView {
    let answer = load::answer();
    let problems = problems(answer.as_ref());
    let typed = match &answer {
        Some(Answer::NotACode(typed) | Answer::KnownCode(typed) | Answer::UnknownCode(typed)) => typed.clone(),
        _ => String::new(),
    };
    let error = problems.of("file");
    let described = if error.is_some() { "file-hint file-error" } else { "file-hint" };
    view! {
        <Page title=td_string!(words(), verify.title) lead=td_string!(words(), verify.lead)>
            <ErrorSummary problems=problems.clone()/>
            {answer.and_then(notice)}
            <form method="post" action=paths::VERIFY enctype="multipart/form-data">
                <div class="field">
                    <label for="file">{td_string!(words(), verify.file)}</label>
                    <p class="hint" id="file-hint">{td_string!(words(), verify.file_hint)}</p>
                    {error.0.map(|error| view! { <p class="field-error" id="file-error">{error}</p> })}
                    <input id="file" name="file" type="file" accept=".pdf,application/pdf" aria-describedby=described/>
                </div>
                <Button label=td_string!(words(), verify.file_button)/>
            </form>
            <h2>{td_string!(words(), verify.code_heading)}</h2>
            <form method="post" action=paths::VERIFY enctype="multipart/form-data">
                <Field
                    name="code"
                    label=td_string!(words(), verify.code)
                    hint=td_string!(words(), verify.code_hint)
                    error=problems.of("code")
                    value=typed
                    autocomplete="off"
                    longest=LONGEST_CODE_CHARACTERS
                />
                <Button kind=ButtonKind::Other label=td_string!(words(), verify.code_button)/>
            </form>
            <h2>{td_string!(words(), verify.how_heading)}</h2>
            <p>{td_string!(words(), verify.how)}</p>
            <p><a href=paths::DOCUMENT_KEYS>{td_string!(words(), verify.keys)}</a></p>
        </Page>
    }
}

/// What is to be put right before anything can be checked.
fn problems(answer: Option<&Answer>) -> Problems {
    let problem = |field: &str, text: &str| Problems::from(vec![Problem { field: field.to_owned(), text: text.to_owned() }]);
    match answer {
        Some(Answer::Nothing) => problem("file", td_string!(words(), verify.nothing)),
        Some(Answer::NotACode(_)) => problem("code", td_string!(words(), verify.not_a_code)),
        Some(Answer::Genuine | Answer::Altered | Answer::UnknownFile | Answer::KnownCode(_) | Answer::UnknownCode(_)) | None => {
            Problems::default()
        }
    }
}

/// The answer. It takes the focus as the heading of its own part.
fn notice(answer: Answer) -> Option<AnyView> {
    let (kind, title, text) = match answer {
        Answer::Genuine => (NoticeKind::Done, td_string!(words(), verify.genuine), td_string!(words(), verify.genuine_text)),
        Answer::Altered => (NoticeKind::Attention, td_string!(words(), verify.altered), td_string!(words(), verify.altered_text)),
        Answer::UnknownFile => {
            (NoticeKind::Attention, td_string!(words(), verify.unknown), td_string!(words(), verify.unknown_text))
        }
        Answer::KnownCode(_) => {
            (NoticeKind::Done, td_string!(words(), verify.known_code), td_string!(words(), verify.known_code_text))
        }
        Answer::UnknownCode(_) => {
            (NoticeKind::Attention, td_string!(words(), verify.unknown_code), td_string!(words(), verify.unknown_code_text))
        }
        Answer::Nothing | Answer::NotACode(_) => return None,
    };
    let shown = view! {
        <div role="status" tabindex="-1" autofocus>
            <Notice kind=kind title=title>
                <p>{text}</p>
            </Notice>
        </div>
    };
    Some(shown.into_any())
}
