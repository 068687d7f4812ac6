//! Check and sign a change: today's plan beside the changed one, every payment, the exact text, one's name. The one binding step.

pub mod actions;
mod load;
mod text;

use crate::components::agreement_terms::InstalmentList;
use crate::components::change_words::change_words;
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::ErrorSummary;
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::signing_form::{SigningForm, signing_problems};
use crate::domain::agreement::Terms;
use crate::domain::changing::{ChangeKind, PlanSide};
use crate::domain::signing::Signed;
use crate::islands::plan_change::plan_sides;
use crate::paths;
use crate::words::td_string;
use actions::SignChange;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "change_check";

/// What the screen shows.
pub struct CheckView {
    pub agreement_id: String,
    pub kind: ChangeKind,
    pub before: PlanSide,
    pub after: PlanSide,
    pub terms: Terms,
    pub terms_sha256: String,
    pub text_sha256: String,
    pub has_email: bool,
    /// A permission to collect ends with the plan it was given for.
    pub is_collected: bool,
    /// Something differs from what was shown when it was signed.
    pub is_changed: bool,
    pub signed: Signed,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn ChangeCheckPage() -> impl IntoView {
    loaded(load::load(param("agreement")), |view| view.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let problems = signing_problems(&view.errors);
    let changed = view.is_changed.then(|| {
        view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), review.changed_title)>
                <p>{td_string!(words(), change.differs)}</p>
            </Notice>
        }
    });
    let collected = view.is_collected.then(|| {
        view! { <Notice kind=NoticeKind::Attention><p>{td_string!(words(), change.permission_ends)}</p></Notice> }
    });
    let mut sentences = text::sentences(&view.terms, language());
    let consent = sentences.pop().unwrap_or_default();
    let sentences: Vec<_> = sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect();
    let sides = plan_sides(&view.before, &view.after, language(), &change_words());
    let agreement = paths::agreement(&view.agreement_id);
    view! {
        <Page
            title=td_string!(words(), change.check_title)
            back=paths::change_kind(&view.agreement_id, view.kind)
            lead=td_string!(words(), change.check_lead)
        >
            <ErrorSummary problems=problems.clone()/>
            {changed}
            <DisclosureNotice disclosure=view.terms.disclosure creditor=view.terms.creditor.clone()/>
            <div inner_html=sides></div>
            {collected}
            <InstalmentList terms=view.terms/>
            <section aria-labelledby="text">
                <h2 id="text">{td_string!(words(), sign.consent_heading)}</h2>
                {sentences}
            </section>
            <SigningForm
                action=SignChange::PATH
                of=vec![("agreement", view.agreement_id)]
                terms_sha256=view.terms_sha256
                text_sha256=view.text_sha256
                consent
                has_email=view.has_email
                signed=view.signed
                problems
                name_hint=td_string!(words(), change.name_hint)
                label=td_string!(words(), change.sign)
            />
            <p><a href=agreement>{td_string!(words(), change.keep)}</a></p>
        </Page>
    }
}
