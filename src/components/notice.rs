//! Something a person should know before the rest. A rule at the side and words carry it, never a coloured wall.

use super::text::MaybeText;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Plain,
    /// Needs attention, without alarm.
    Attention,
    /// Something is done.
    Done,
}

#[component]
pub fn Notice(kind: NoticeKind, #[prop(optional, into)] title: MaybeText, children: Children) -> impl IntoView {
    let class = match kind {
        NoticeKind::Plain => "notice",
        NoticeKind::Attention => "notice notice-attention",
        NoticeKind::Done => "notice notice-done",
    };
    view! {
        <div class=class>
            {title.0.map(|title| view! { <h2 class="notice-title">{title}</h2> })}
            {children()}
        </div>
    }
}
