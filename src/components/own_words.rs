//! What a person wrote, as they wrote it: their paragraphs and their lines.

use leptos::prelude::*;

#[component]
pub fn OwnWords(text: String) -> impl IntoView {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).map(paragraph).collect::<Vec<_>>()
}

fn paragraph(text: &str) -> impl IntoView + use<> {
    let lines: Vec<_> = text
        .trim_matches('\n')
        .split('\n')
        .enumerate()
        .map(|(number, line)| {
            let line = line.to_owned();
            let before = (number > 0).then(|| view! { <br/> });
            view! { {before}{line} }
        })
        .collect();
    view! { <p>{lines}</p> }
}
