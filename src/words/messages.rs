//! What a message is about, in the same words wherever it is named.

use super::{Locale, td_string};
use crate::domain::contact::Topic;

pub fn topic_words(topic: Topic, words: Locale) -> &'static str {
    match topic {
        Topic::Changed => td_string!(words, account.changed),
        Topic::NotRight => td_string!(words, account.not_right),
        Topic::Payment => td_string!(words, messages.topic_payment),
        Topic::Agreement => td_string!(words, messages.topic_agreement),
        Topic::Details => td_string!(words, messages.topic_details),
        Topic::Other => td_string!(words, messages.topic_other),
    }
}

/// What a conversation is called: in its customer's words, or by its topic.
pub fn conversation_title(subject: &str, topic: Topic, words: Locale) -> String {
    if subject.is_empty() { topic_words(topic, words).to_owned() } else { subject.to_owned() }
}
