//! The message as posted, and what is wrong with it.

use crate::domain::contact::ContactKind;

pub const LONGEST_REPLY_TO_CHARACTERS: u32 = 200;
pub const LONGEST_MESSAGE_CHARACTERS: u32 = 2_000;

pub struct ContactForm {
    pub kind: String,
    pub reply_to: String,
    pub message: String,
}

impl ContactForm {
    pub fn new(kind: &str, reply_to: &str, message: &str) -> ContactForm {
        ContactForm { kind: kind.to_owned(), reply_to: reply_to.trim().to_owned(), message: message.trim().to_owned() }
    }

    /// What it is about, or field and code of everything that is missing or too long.
    pub fn check(&self) -> Result<ContactKind, Vec<(String, String)>> {
        let kind = ContactKind::from_code(&self.kind);
        let reply_needed = kind.is_none_or(ContactKind::needs_reply_address);
        let mut errors = Vec::new();
        let mut wrong = |field: &str, code: &str| errors.push((field.to_owned(), code.to_owned()));
        if kind.is_none() {
            wrong("kind", "missing");
        }
        match self.reply_to.chars().count() {
            0 if reply_needed => wrong("reply_to", "missing"),
            length if length > LONGEST_REPLY_TO_CHARACTERS as usize => wrong("reply_to", "too_long"),
            _ => {}
        }
        match self.message.chars().count() {
            0 if reply_needed => wrong("message", "missing"),
            length if length > LONGEST_MESSAGE_CHARACTERS as usize => wrong("message", "too_long"),
            _ => {}
        }
        kind.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(form: &ContactForm) -> Vec<String> {
        form.check().expect_err("something is wrong").into_iter().map(|(field, code)| format!("{field} {code}")).collect()
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        assert_eq!(fields(&ContactForm::new("", "", " ")), ["kind missing", "reply_to missing", "message missing"]);
    }

    #[test]
    fn whoever_got_a_message_by_mistake_owes_us_no_address() {
        assert_eq!(ContactForm::new("not_for_me", "", "").check(), Ok(ContactKind::NotForMe));
    }

    #[test]
    fn the_longest_text_is_taken_and_one_character_more_is_not() {
        let longest = "é".repeat(LONGEST_MESSAGE_CHARACTERS as usize);
        assert_eq!(ContactForm::new("moved", "a@b.example", &longest).check(), Ok(ContactKind::Moved));
        assert_eq!(fields(&ContactForm::new("moved", "a@b.example", &format!("{longest}é"))), ["message too_long"]);
    }
}
