//! The doors of the two questions: answer, or "no thank you".

use super::{HOW, RECOMMEND, SCREEN, WORDS};
use crate::domain::feedback::{Answered, NotAnswered};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::feedback::{self, Taken};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "answer_questions")]
pub async fn answer_questions(
    #[server(default)] reference: String,
    #[server(default)] how: String,
    #[server(default)] recommend: String,
    #[server(default)] words: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let taken = match Answered::read(&how, &recommend, &words) {
        Ok(answered) => {
            let answered = feedback::answer(&state, &visitor.customer_id, &reference, &answered, context::language()).await;
            answered.map_err(context::fail)?
        }
        Err(refused) => {
            let error = match refused {
                NotAnswered::Nothing => (String::new(), "nothing".to_owned()),
                NotAnswered::TooLong => (WORDS.to_owned(), "too_long".to_owned()),
            };
            let fields = [(HOW, how), (RECOMMEND, recommend), (WORDS, words)];
            let values = BTreeMap::from(fields.map(|(name, value)| (name.to_owned(), value)));
            let flash = Flash { screen: SCREEN.to_owned(), values, errors: vec![error] };
            return context::refuse(&paths::how_was_this(&reference), flash).await;
        }
    };
    go_on(&reference, taken);
    Ok(())
}

/// "No thank you."
#[server(endpoint = "decline_questions")]
pub async fn decline_questions(#[server(default)] reference: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let taken = feedback::decline(&state, &visitor.customer_id, &reference).await.map_err(context::fail)?;
    go_on(&reference, taken);
    Ok(())
}

fn go_on(reference: &str, taken: Taken) {
    match taken {
        Taken::Taken => context::redirect(&paths::how_was_this(reference)),
        Taken::NotAsked => context::redirect(paths::ACCOUNT),
    }
}
