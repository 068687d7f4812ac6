//! Who helps for free: people outside who advise on debts and on what lies behind them. The operator lists them; which of them is
//! shown follows where a reader lives and which language they read.

use super::language::Language;
use super::statement::Statement;

/// No screen lists more.
pub const MOST_SHOWN: usize = 5;

/// Somebody who helps for free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdviceContact {
    pub name: String,
    /// What they help with, in every language.
    pub helps_with: Statement,
    pub phone: Option<String>,
    /// With https:// before it.
    pub website: Option<String>,
    /// The states or regions they serve, as creditors write them; empty for everywhere.
    pub places: Vec<String>,
    /// The languages they speak; empty for every one.
    pub languages: Vec<Language>,
}

impl AdviceContact {
    fn serves(&self, place: Option<&str>) -> bool {
        self.places.is_empty()
            || place.is_some_and(|place| self.places.iter().any(|served| served.eq_ignore_ascii_case(place.trim())))
    }

    fn speaks(&self, language: Language) -> bool {
        self.languages.is_empty() || self.languages.contains(&language)
    }
}

/// Those for a reader, in the order of the list: who serves their place and speaks their language; where nobody does, whoever serves
/// their place.
pub fn for_reader(all: &[AdviceContact], place: Option<&str>, language: Language) -> Vec<AdviceContact> {
    let near: Vec<&AdviceContact> = all.iter().filter(|contact| contact.serves(place)).collect();
    let understood: Vec<&AdviceContact> = near.iter().copied().filter(|contact| contact.speaks(language)).collect();
    let chosen = if understood.is_empty() { near } else { understood };
    chosen.into_iter().take(MOST_SHOWN).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, places: &[&str], languages: &[Language]) -> AdviceContact {
        AdviceContact {
            name: name.to_owned(),
            helps_with: Statement::new("Debts", "Deudas").expect("plain words"),
            phone: None,
            website: None,
            places: places.iter().map(|place| (*place).to_owned()).collect(),
            languages: languages.to_vec(),
        }
    }

    fn names(all: &[AdviceContact], place: Option<&str>, language: Language) -> Vec<String> {
        for_reader(all, place, language).into_iter().map(|contact| contact.name).collect()
    }

    #[test]
    fn a_reader_sees_who_serves_their_place_and_speaks_their_language() {
        let all = [
            contact("everywhere", &[], &[]),
            contact("texas", &["TX"], &[Language::English]),
            contact("spanish", &[], &[Language::Spanish]),
        ];
        assert_eq!(names(&all, Some("tx"), Language::English), ["everywhere", "texas"]);
        assert_eq!(names(&all, Some("CA"), Language::Spanish), ["everywhere", "spanish"]);
        assert_eq!(names(&all, None, Language::English), ["everywhere"]);
    }

    #[test]
    fn somebody_in_another_language_is_better_than_nobody() {
        let all = [contact("english", &[], &[Language::English])];
        assert_eq!(names(&all, None, Language::Spanish), ["english"]);
    }
}
