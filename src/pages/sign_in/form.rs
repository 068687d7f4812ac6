//! The sign-in form as posted, and what is wrong with it.

use crate::domain::birth_date::{BirthDateError, TypedBirthDate};
use crate::domain::calendar::Date;

/// Longer than any reference or postal code; what is cut off could not have matched.
const LONGEST_ANSWER_CHARACTERS: usize = 100;

pub struct SignInForm {
    pub reference: String,
    pub birth_date: TypedBirthDate,
    pub postal_code: String,
}

impl SignInForm {
    pub fn new(reference: &str, birth_date: TypedBirthDate, postal_code: &str) -> SignInForm {
        let cut = |text: &str| text.trim().chars().take(LONGEST_ANSWER_CHARACTERS).collect::<String>();
        SignInForm { reference: cut(reference), birth_date, postal_code: cut(postal_code) }
    }

    /// The same with a password: only the reference is asked for besides.
    pub fn check_for_password(&self) -> Result<(), Vec<(String, String)>> {
        if self.reference.is_empty() { Err(vec![("reference".to_owned(), "missing".to_owned())]) } else { Ok(()) }
    }

    /// The date of birth, or field and code of everything that is missing or no date.
    pub fn check(&self, today: Date) -> Result<Date, Vec<(String, String)>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, code: &str| errors.push((field.to_owned(), code.to_owned()));
        if self.reference.is_empty() {
            wrong("reference", "missing");
        }
        let birth_date = self.birth_date.read(today);
        if let Err(error) = birth_date {
            wrong("birth_date", birth_date_code(error));
        }
        if self.postal_code.is_empty() {
            wrong("postal_code", "missing");
        }
        birth_date.ok().filter(|_| errors.is_empty()).ok_or(errors)
    }
}

pub fn birth_date_code(error: BirthDateError) -> &'static str {
    match error {
        BirthDateError::Missing => "missing",
        BirthDateError::NotADate => "not_a_date",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let form = SignInForm::new(" ", TypedBirthDate::default(), "");
        let errors = form.check(date(2026, 11, 20)).expect_err("nothing was typed");
        let fields: Vec<_> = errors.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["reference", "birth_date", "postal_code"]);
    }

    #[test]
    fn a_whole_form_gives_the_date() {
        let form = SignInForm::new("NG-1", TypedBirthDate::new("29", "2", "1980"), "80276");
        assert_eq!(form.check(date(2026, 11, 20)), Ok(date(1980, 2, 29)));
    }
}
