//! The evidence of a case on a page: what is there, each with a button that removes it, and a form of its own that adds a file. Works
//! without script; what was refused is told at the field.

use super::form::{Button, ButtonKind, ErrorSummary, HiddenField, Problem, Problems};
use super::frame::{language, words};
use crate::domain::evidence::{
    EvidenceItem, EvidenceKind, EvidenceRefusal, LARGEST_CASE_BYTES, LARGEST_FILE_BYTES, MOST_FILES, size_text,
};
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// The name of the panel in a flash, and of its field.
pub const PANEL: &str = "evidence";
pub const FILE_FIELD: &str = "file";
/// The page to come back to; before the file, so that it is known when that is refused.
pub const BACK_FIELD: &str = "back";
/// In a flash: the case whose file was refused.
pub const CASE_VALUE: &str = "case";

/// What a file picker offers. What counts is what is in the file.
const ACCEPTED: &str = ".pdf,.jpg,.jpeg,.png,.heic,application/pdf,image/jpeg,image/png,image/heic";
const BYTES_A_MEGABYTE: u64 = 1024 * 1024;

/// What the panel cannot know from its page: how long evidence is kept, and what was refused just now. Put into the context of each
/// request by the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceFrame {
    pub keep_days: u32,
    /// The case, and the code of the refusal.
    pub refused: Option<(String, String)>,
}

#[component]
pub fn EvidencePanel(
    case_id: String,
    items: Vec<EvidenceItem>,
    /// The path of the page it stands on.
    back: String,
) -> impl IntoView {
    let frame = use_context::<EvidenceFrame>().unwrap_or_default();
    let refusal = frame.refused.filter(|(case, _)| *case == case_id).and_then(|(_, code)| EvidenceRefusal::from_code(&code));
    let has_room = i64::try_from(items.len()).is_ok_and(|files| files < MOST_FILES);
    let list = list(&case_id, items, &back);
    let form = if has_room {
        form(&case_id, &back, refusal).into_any()
    } else {
        view! { <p>{td_string!(words(), evidence.full, files = MOST_FILES.to_string())}</p> }.into_any()
    };
    let days = frame.keep_days.to_string();
    view! {
        <section class="evidence" id=paths::EVIDENCE aria-labelledby="evidence-title">
            <h2 id="evidence-title">{td_string!(words(), evidence.title)}</h2>
            <p>{td_string!(words(), evidence.lead)}</p>
            {list}
            {form}
            <h3>{td_string!(words(), evidence.kept_title)}</h3>
            <ul>
                <li>{td_string!(words(), evidence.kept_who)}</li>
                <li>{td_string!(words(), evidence.kept_clean)}</li>
                <li>{td_string!(words(), evidence.kept_until, days = days)}</li>
            </ul>
        </section>
    }
}

/// What is there; a sentence where nothing is.
fn list(case_id: &str, items: Vec<EvidenceItem>, back: &str) -> AnyView {
    if items.is_empty() {
        return view! { <p>{td_string!(words(), evidence.none)}</p> }.into_any();
    }
    let rows: Vec<_> = (1..)
        .zip(items)
        .map(|(number, item): (usize, _)| {
            let number = number.to_string();
            let said = td_string!(
                words(),
                evidence.item,
                kind = item.kind.name(),
                size = size_text(item.bytes),
                date = format::date(item.added_on, language())
            );
            view! {
                <li class="evidence-item">
                    <span>{said.clone()}</span>
                    <form method="post" action=paths::evidence_remove(case_id, &item.id)>
                        <HiddenField name=BACK_FIELD value=back/>
                        <button type="submit" class="button-quiet">
                            {td_string!(words(), evidence.remove)}
                            <span class="unseen">{td_string!(words(), evidence.remove_which, number = number)}" "{said}</span>
                        </button>
                    </form>
                </li>
            }
        })
        .collect();
    view! { <ol class="evidence-list">{rows}</ol> }.into_any()
}

fn form(case_id: &str, back: &str, refusal: Option<EvidenceRefusal>) -> impl IntoView + use<> {
    let problem = |refusal| Problem { field: FILE_FIELD.to_owned(), text: refusal_text(refusal) };
    let problems = Problems::from(refusal.map(problem).into_iter().collect::<Vec<_>>());
    let error = problems.of(FILE_FIELD);
    let described = if error.is_some() { "file-hint file-error" } else { "file-hint" };
    let invalid = error.is_some().then_some("true");
    view! {
        <ErrorSummary problems/>
        <form method="post" action=paths::evidence(case_id) enctype="multipart/form-data">
            <HiddenField name=BACK_FIELD value=back/>
            <div class="field">
                <label for=FILE_FIELD>{td_string!(words(), evidence.file)}</label>
                <p class="hint" id="file-hint">
                    {td_string!(words(), evidence.file_hint, megabytes = megabytes(LARGEST_FILE_BYTES), files = MOST_FILES.to_string())}
                </p>
                {error.0.map(|error| {
                    view! {
                        <p class="field-error" id="file-error">
                            <span class="unseen">{td_string!(words(), components.error_prefix)}" "</span>
                            {error}
                        </p>
                    }
                })}
                <input id=FILE_FIELD name=FILE_FIELD type="file" accept=ACCEPTED aria-describedby=described aria-invalid=invalid/>
            </div>
            <Button label=td_string!(words(), evidence.add) kind=ButtonKind::Other/>
        </form>
    }
}

fn megabytes(bytes: u64) -> String {
    (bytes / BYTES_A_MEGABYTE).to_string()
}

/// What was wrong and what to do.
fn refusal_text(refusal: EvidenceRefusal) -> String {
    let most = megabytes(LARGEST_FILE_BYTES);
    match refusal {
        EvidenceRefusal::Nothing => td_string!(words(), evidence.refused_nothing).to_owned(),
        EvidenceRefusal::TooLarge => td_string!(words(), evidence.refused_too_large, megabytes = most),
        EvidenceRefusal::OtherKind => td_string!(words(), evidence.refused_other_kind).to_owned(),
        EvidenceRefusal::Unclear(EvidenceKind::Pdf) => td_string!(words(), evidence.refused_pdf).to_owned(),
        EvidenceRefusal::Unclear(EvidenceKind::Heic) => td_string!(words(), evidence.refused_heic).to_owned(),
        EvidenceRefusal::Unclear(kind @ (EvidenceKind::Jpeg | EvidenceKind::Png)) => {
            td_string!(words(), evidence.refused_picture, kind = kind.name())
        }
        EvidenceRefusal::Locked => td_string!(words(), evidence.refused_locked).to_owned(),
        EvidenceRefusal::TooManyFiles => td_string!(words(), evidence.full, files = MOST_FILES.to_string()),
        EvidenceRefusal::CaseFull => {
            let most = megabytes(LARGEST_CASE_BYTES.unsigned_abs());
            td_string!(words(), evidence.refused_case_full, megabytes = most)
        }
        EvidenceRefusal::Closed => td_string!(words(), evidence.refused_closed).to_owned(),
        EvidenceRefusal::TooManyToday => td_string!(words(), evidence.refused_today).to_owned(),
        EvidenceRefusal::Busy => td_string!(words(), evidence.refused_busy).to_owned(),
        EvidenceRefusal::BrokeOff => td_string!(words(), evidence.refused_broke_off).to_owned(),
    }
}
