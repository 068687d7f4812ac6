//! The steps from a password to being signed in, for whoever works here. One order, the same for everybody: nothing of the staff's
//! is shown before its end.

/// What is known of somebody on the way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// They have an authenticator, or had one and lost it.
    pub has_second_factor: bool,
    /// They have shown it, or a recovery code, in this session.
    pub second_factor_shown: bool,
    /// Their password was made by somebody else.
    pub password_is_made: bool,
    /// They have kept recovery codes once.
    pub has_recovery_codes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Type the code of the authenticator, or a recovery code.
    ShowCode,
    /// Choose a password nobody else knows.
    ChoosePassword,
    /// Set an authenticator up.
    SetUpCode,
    /// Keep recovery codes.
    KeepCodes,
    /// Nothing is missing.
    In,
}

/// The next step. Whoever has a second factor shows it before anything can be changed: a made password alone opens nothing of theirs.
pub fn next_step(entry: Entry) -> Step {
    match entry {
        Entry { has_second_factor: true, second_factor_shown: false, .. } => Step::ShowCode,
        Entry { password_is_made: true, .. } => Step::ChoosePassword,
        Entry { has_second_factor: false, .. } => Step::SetUpCode,
        Entry { has_recovery_codes: false, .. } => Step::KeepCodes,
        Entry { .. } => Step::In,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        let has = |sign: char| text.contains(sign);
        Entry {
            has_second_factor: has('2'),
            second_factor_shown: has('s'),
            password_is_made: has('m'),
            has_recovery_codes: has('r'),
        }
    }

    #[test]
    fn the_first_time_it_is_password_then_authenticator_then_recovery_codes() {
        assert_eq!(next_step(entry("m")), Step::ChoosePassword);
        assert_eq!(next_step(entry("")), Step::SetUpCode);
        assert_eq!(next_step(entry("2s")), Step::KeepCodes);
        assert_eq!(next_step(entry("2sr")), Step::In);
    }

    #[test]
    fn nothing_but_the_code_is_asked_of_who_has_one() {
        for known in ["2", "2m", "2r", "2mr"] {
            assert_eq!(next_step(entry(known)), Step::ShowCode, "{known}");
        }
        assert_eq!(next_step(entry("2smr")), Step::ChoosePassword);
    }

    #[test]
    fn nobody_comes_in_without_a_second_factor_that_was_shown_and_a_password_of_their_own() {
        for signs in 0..16_u8 {
            let bit = |at: u8| signs & (1 << at) != 0;
            let entry = Entry {
                has_second_factor: bit(0),
                second_factor_shown: bit(1),
                password_is_made: bit(2),
                has_recovery_codes: bit(3),
            };
            let complete = bit(0) && bit(1) && !bit(2) && bit(3);
            assert_eq!(next_step(entry) == Step::In, complete, "{entry:?}");
        }
    }
}
