//! The message as posted, and what is wrong with it.

pub const LONGEST_REPLY_TO_CHARACTERS: u32 = 200;
pub const LONGEST_MESSAGE_CHARACTERS: u32 = 2_000;

pub struct MessageForm {
    pub text: String,
    pub reply_to: String,
}

impl MessageForm {
    pub fn new(text: &str, reply_to: &str) -> MessageForm {
        MessageForm { text: text.trim().to_owned(), reply_to: reply_to.trim().to_owned() }
    }

    /// Field and code of everything that is missing or too long. Where no e-mail address is known, one way to answer is needed.
    pub fn check(&self, knows_email: bool) -> Vec<(String, String)> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, code: &str| errors.push((field.to_owned(), code.to_owned()));
        match self.text.chars().count() {
            0 => wrong("text", "missing"),
            length if length > LONGEST_MESSAGE_CHARACTERS as usize => wrong("text", "too_long"),
            _ => {}
        }
        match self.reply_to.chars().count() {
            0 if !knows_email => wrong("reply_to", "missing"),
            length if length > LONGEST_REPLY_TO_CHARACTERS as usize => wrong("reply_to", "too_long"),
            _ => {}
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str, reply_to: &str, knows_email: bool) -> Vec<String> {
        let errors = MessageForm::new(text, reply_to).check(knows_email);
        errors.into_iter().map(|(field, code)| format!("{field} {code}")).collect()
    }

    #[test]
    fn a_few_words_are_enough_where_an_address_is_known() {
        assert!(wrong("I lost my job", "", true).is_empty());
        assert_eq!(wrong(" ", "", true), ["text missing"]);
    }

    #[test]
    fn without_a_known_address_one_is_asked_for() {
        assert_eq!(wrong("I lost my job", "", false), ["reply_to missing"]);
        assert!(wrong("I lost my job", "555-0199", false).is_empty());
    }

    #[test]
    fn the_longest_text_is_taken_and_one_character_more_is_not() {
        let longest = "é".repeat(LONGEST_MESSAGE_CHARACTERS as usize);
        assert!(wrong(&longest, "", true).is_empty());
        assert_eq!(wrong(&format!("{longest}é"), "", true), ["text too_long"]);
    }
}
