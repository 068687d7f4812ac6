//! "STOP": the first word of an answer that means that no more of the kind is wanted.
//!
//! Any wording would count under 12 CFR 1006.6(d)(5); these are the words people are told and those carriers of text
//! messages require.

const WORDS: [&str; 11] =
    ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REMOVE", "BAJA", "ALTO", "PARAR", "CANCELAR"];

/// Whether a message begins with a word that stops further ones. Quoted lines, as of the message answered to, do not count.
pub fn asks_to_stop(text: &str) -> bool {
    let own = text.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('>'));
    let first = own.unwrap_or_default().split_whitespace().next().unwrap_or_default();
    let word = first.trim_matches(|character: char| !character.is_alphanumeric());
    WORDS.iter().any(|stop| word.eq_ignore_ascii_case(stop))
}

#[cfg(test)]
mod tests {
    use super::asks_to_stop;

    #[test]
    fn the_first_word_decides() {
        for stops in ["STOP", "stop.", "\n  Stop please", "«Baja»", "BAJA\n\n> Hello Ada", "UNSUBSCRIBE me"] {
            assert!(asks_to_stop(stops), "{stops}");
        }
        for goes_on in ["", "Please do not stop", "stopping by tomorrow", "> STOP", "Thank you", "bajar"] {
            assert!(!asks_to_stop(goes_on), "{goes_on}");
        }
    }
}
