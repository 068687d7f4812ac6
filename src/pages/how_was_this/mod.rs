//! Two optional questions about something that is over. Either may be left out, or both; nobody's name is kept with what is answered.

pub mod actions;
mod load;

use crate::components::form::{
    Button, ButtonKind, Choice, ErrorSummary, HiddenField, LinkButton, LinkKind, Problems, Radios, Select, TextArea,
};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::text::unbroken;
use crate::domain::feedback::{About, AskState, How, LONGEST_WORDS_CHARACTERS, MOST_LIKELY};
use crate::paths;
use crate::words::td_string;
use actions::{AnswerQuestions, DeclineQuestions};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash, and of its fields.
const SCREEN: &str = "how_was_this";
const HOW: &str = "how";
const RECOMMEND: &str = "recommend";
const WORDS: &str = "words";

/// What the screen shows.
pub enum QuestionsView {
    Open {
        reference: String,
        about: About,
        typed: BTreeMap<String, String>,
        errors: Vec<(String, String)>,
    },
    /// Answered, or declined.
    Over(AskState),
}

#[component]
pub fn HowWasThisPage() -> impl IntoView {
    loaded(load::load(param("reference")), |view| view.map(show))
}

fn show(view: QuestionsView) -> AnyView {
    match view {
        QuestionsView::Open { reference, about, typed, errors } => open(reference, about, &typed, &errors),
        QuestionsView::Over(state) => over(state).into_any(),
    }
}

fn open(reference: String, about: About, typed: &BTreeMap<String, String>, errors: &[(String, String)]) -> AnyView {
    let problems = Problems::from_codes(errors, |_, code| {
        let text = match code {
            "nothing" => td_string!(words(), feedback.nothing),
            _ => td_string!(words(), message.too_long),
        };
        text.to_owned()
    });
    let field = |name: &str| typed.get(name).cloned().filter(|text| !text.is_empty());
    let hows = How::ALL.map(|how| Choice::new(how.code(), how_words(how))).to_vec();
    let none = Choice::new("", td_string!(words(), feedback.rather_not));
    let likely: Vec<Choice> =
        [none].into_iter().chain((0..=MOST_LIKELY).map(|number| Choice::new(number.to_string(), number.to_string()))).collect();
    let (how, recommend, own_words) = (field(HOW), field(RECOMMEND), field(WORDS));
    let about = unbroken(&about_words(about, &reference));
    view! {
        <Page title=td_string!(words(), feedback.title) back=paths::ACCOUNT lead=td_string!(words(), feedback.lead)>
            <ErrorSummary problems=problems.clone() first=HOW/>
            <p>{about}</p>
            <form method="post" action=AnswerQuestions::PATH>
                <HiddenField name="reference" value=reference.clone()/>
                <Radios name=HOW legend=td_string!(words(), feedback.how) choices=hows chosen=how/>
                <Select
                    name=RECOMMEND
                    label=td_string!(words(), feedback.recommend)
                    hint=td_string!(words(), feedback.recommend_hint)
                    choices=likely
                    chosen=recommend
                />
                <TextArea
                    name=WORDS
                    label=td_string!(words(), feedback.words)
                    hint=td_string!(words(), feedback.words_hint)
                    error=problems.of(WORDS)
                    value=own_words
                    longest=LONGEST_WORDS_CHARACTERS
                />
                <Button label=td_string!(words(), feedback.send)/>
            </form>
            <form method="post" action=DeclineQuestions::PATH>
                <HiddenField name="reference" value=reference/>
                <Button label=td_string!(words(), feedback.decline) kind=ButtonKind::Other/>
            </form>
        </Page>
    }
    .into_any()
}

fn over(state: AskState) -> impl IntoView {
    let (title, text) = match state {
        AskState::Answered => (td_string!(words(), feedback.thanks_title), td_string!(words(), feedback.thanks)),
        AskState::Declined | AskState::Asked => {
            (td_string!(words(), feedback.declined_title), td_string!(words(), feedback.declined))
        }
    };
    view! {
        <Page title>
            <p>{text}</p>
            <p><LinkButton href=paths::ACCOUNT label=td_string!(words(), message.back_to_account) kind=LinkKind::Other/></p>
        </Page>
    }
}

fn about_words(about: About, reference: &str) -> String {
    let reference = reference.to_owned();
    match about {
        About::Agreement => td_string!(words(), feedback.about_agreement, reference = reference),
        About::Dispute => td_string!(words(), feedback.about_dispute, reference = reference),
        About::Hardship => td_string!(words(), feedback.about_hardship, reference = reference),
        About::Conversation => td_string!(words(), feedback.about_conversation, reference = reference),
    }
}

fn how_words(how: How) -> &'static str {
    match how {
        How::VeryGood => td_string!(words(), feedback.very_good),
        How::Good => td_string!(words(), feedback.good),
        How::AllRight => td_string!(words(), feedback.all_right),
        How::NotGood => td_string!(words(), feedback.not_good),
        How::Bad => td_string!(words(), feedback.bad),
    }
}
