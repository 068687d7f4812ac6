//! Messages between a customer and the team: what may be written, and where a conversation stands. Every message of a customer promises a
//! day ([`super::contact::answer_by`]); a promise that was not kept is told once and replaced by another. Called by `services::messages`.

use super::contact::Topic;
use super::ids::AccountId;
use std::collections::BTreeMap;

/// The longest message of a customer.
pub const LONGEST_TEXT_CHARACTERS: u32 = 2_000;
/// The longest answer: an explanation with figures needs more room than a question.
pub const LONGEST_ANSWER_CHARACTERS: usize = 8_000;
pub const LONGEST_SUBJECT_CHARACTERS: u32 = 80;
/// So many messages of one customer within a day are kept; more than that is no conversation.
pub const MESSAGES_A_DAY: i64 = 10;
/// As many as one page shows well; what else is to be said begins another conversation.
pub const MOST_MESSAGES: i64 = 200;
/// So many conversations are listed, the newest first.
pub const MOST_LISTED: i64 = 200;

/// The fields of a new message, as the form names them.
pub const ACCOUNT: &str = "account";
pub const TOPIC: &str = "topic";
pub const SUBJECT: &str = "subject";
pub const TEXT: &str = "text";
/// How many messages a page has shown of which its customer says that it is settled.
pub const SHOWN: &str = "shown";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationState {
    /// For the team, with a day by which it answers.
    Waiting,
    Answered,
    /// A person here closed it, or its customer said that it is settled; whatever the customer writes opens it again.
    Closed,
}

impl ConversationState {
    pub const ALL: [ConversationState; 3] = [ConversationState::Waiting, ConversationState::Answered, ConversationState::Closed];

    pub fn code(self) -> &'static str {
        match self {
            ConversationState::Waiting => "waiting",
            ConversationState::Answered => "answered",
            ConversationState::Closed => "closed",
        }
    }

    pub fn from_code(code: &str) -> Option<ConversationState> {
        ConversationState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Whose words they are. Who of the team it was is for the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    Customer,
    Team,
}

impl Writer {
    pub fn code(self) -> &'static str {
        match self {
            Writer::Customer => "customer",
            Writer::Team => "team",
        }
    }

    pub fn from_code(code: &str) -> Option<Writer> {
        [Writer::Customer, Writer::Team].into_iter().find(|writer| writer.code() == code)
    }
}

/// Why a conversation cannot be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotClosed {
    ClosedBefore,
    /// What was written may order that a payment is not taken: that needs an answer.
    CollectionsWait,
}

/// Whether it may be closed, by a person here or by its customer; `holds` is how many accounts are on hold until it is answered.
pub fn may_close(state: ConversationState, holds: i64) -> Result<(), NotClosed> {
    match state {
        ConversationState::Closed => Err(NotClosed::ClosedBefore),
        ConversationState::Waiting | ConversationState::Answered if holds > 0 => Err(NotClosed::CollectionsWait),
        ConversationState::Waiting | ConversationState::Answered => Ok(()),
    }
}

/// What is wrong: the field and a code.
pub type Faults = Vec<(String, String)>;

/// A new message that can be sent. Has no Debug: it holds free text.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// `None`: about nothing in particular.
    pub account: Option<AccountId>,
    pub topic: Topic,
    /// Empty where the topic says it all.
    pub subject: String,
    pub text: String,
}

impl NewMessage {
    /// Of the fields as typed.
    pub fn read(typed: &BTreeMap<String, String>) -> Result<NewMessage, Faults> {
        let field = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let mut faults = Faults::new();
        let topic = Topic::from_code(&field(TOPIC)).filter(|topic| Topic::OF_MESSAGES.contains(topic));
        if topic.is_none() {
            faults.push((TOPIC.to_owned(), "missing".to_owned()));
        }
        let subject = field(SUBJECT);
        if subject.chars().count() > LONGEST_SUBJECT_CHARACTERS as usize {
            faults.push((SUBJECT.to_owned(), "too_long".to_owned()));
        }
        let text = field(TEXT);
        faults.extend(fault_of_text(&text));
        match (topic, faults.is_empty()) {
            (Some(topic), true) => {
                let account = Some(field(ACCOUNT)).filter(|account| !account.is_empty()).map(AccountId);
                Ok(NewMessage { account, topic, subject, text })
            }
            _ => Err(faults),
        }
    }
}

/// What is wrong with the words themselves, if anything; they come trimmed.
pub fn fault_of_text(text: &str) -> Option<(String, String)> {
    let code = match text.chars().count() {
        0 => "missing",
        length if length > LONGEST_TEXT_CHARACTERS as usize => "too_long",
        _ => return None,
    };
    Some((TEXT.to_owned(), code.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn wrong(fields: &[(&str, &str)]) -> Vec<String> {
        match NewMessage::read(&typed(fields)) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect(),
        }
    }

    #[test]
    fn a_topic_and_a_few_words_are_enough() {
        assert!(wrong(&[(TOPIC, "payment"), (TEXT, "When is the next one?")]).is_empty());
        assert_eq!(wrong(&[(TOPIC, ""), (TEXT, " ")]), ["topic missing", "text missing"]);
        // It has a page of its own.
        assert_eq!(wrong(&[(TOPIC, "not-right"), (TEXT, "x")]), ["topic missing"]);
    }

    #[test]
    fn the_longest_words_are_taken_and_one_character_more_is_not() {
        let longest = "é".repeat(LONGEST_TEXT_CHARACTERS as usize);
        let subject = "ñ".repeat(LONGEST_SUBJECT_CHARACTERS as usize);
        assert!(wrong(&[(TOPIC, "other"), (SUBJECT, &subject), (TEXT, &longest)]).is_empty());
        let more = [(TOPIC, "other"), (SUBJECT, &*format!("{subject}ñ")), (TEXT, &*format!("{longest}é"))];
        assert_eq!(wrong(&more), ["subject too_long", "text too_long"]);
    }

    #[test]
    fn an_account_is_named_or_none() {
        let about = |account: &str| {
            NewMessage::read(&typed(&[(ACCOUNT, account), (TOPIC, "other"), (TEXT, "x")])).ok().and_then(|new| new.account)
        };
        assert_eq!(about(""), None);
        assert_eq!(about("a"), Some(AccountId("a".into())));
    }

    #[test]
    fn what_may_stop_a_payment_is_answered_and_never_only_closed() {
        assert_eq!(may_close(ConversationState::Waiting, 1), Err(NotClosed::CollectionsWait));
        assert_eq!(may_close(ConversationState::Waiting, 0), Ok(()));
        assert_eq!(may_close(ConversationState::Answered, 0), Ok(()));
        assert_eq!(may_close(ConversationState::Closed, 0), Err(NotClosed::ClosedBefore));
    }

    #[test]
    fn codes_lead_back() {
        for state in ConversationState::ALL {
            assert_eq!(ConversationState::from_code(state.code()), Some(state));
        }
        for writer in [Writer::Customer, Writer::Team] {
            assert_eq!(Writer::from_code(writer.code()), Some(writer));
        }
        assert_eq!(ConversationState::from_code("open"), None);
    }
}
