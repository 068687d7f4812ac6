//! What others tell us about an account holder: that they have died, are insolvent, or are in a breathing space.
//!
//! Anybody may tell it, so nothing that is told is taken for true: what begins at once is provisional and harms nobody who is alive
//! and well. A person looks, and confirms it or not; the customer themselves can say in one step that it is not right.

use super::birth_date::TypedBirthDate;
use super::calendar::{Date, days_after};
use super::hold::HoldKind;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    Died,
    /// Bankruptcy, or another procedure over everything somebody owes.
    Insolvent,
    /// A breathing space or another moratorium on debts, begun by a debt adviser (Debt Respite Scheme Regulations 2020).
    BreathingSpace,
}

impl Happened {
    pub const ALL: [Happened; 3] = [Happened::Died, Happened::Insolvent, Happened::BreathingSpace];

    pub fn code(self) -> &'static str {
        match self {
            Happened::Died => "died",
            Happened::Insolvent => "insolvent",
            Happened::BreathingSpace => "breathing_space",
        }
    }

    pub fn from_code(code: &str) -> Option<Happened> {
        Happened::ALL.into_iter().find(|happened| happened.code() == code)
    }

    /// The hold while nobody has checked. A breathing space takes nothing from a customer and ends by itself: it is taken as it is
    /// told. Death and insolvency close ways to pay, and so wait for a person.
    pub fn hold_when_told(self) -> HoldKind {
        match self {
            Happened::Died | Happened::Insolvent => HoldKind::Told,
            Happened::BreathingSpace => HoldKind::BreathingSpace,
        }
    }

    pub fn hold_when_confirmed(self) -> HoldKind {
        match self {
            Happened::Died => HoldKind::Deceased,
            Happened::Insolvent => HoldKind::Insolvency,
            Happened::BreathingSpace => HoldKind::BreathingSpace,
        }
    }
}

/// Who tells it, or for whom a person here found out that they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldBy {
    /// Sees to the estate: executor, administrator, personal representative.
    Executor,
    Family,
    /// Appointed in an insolvency.
    Trustee,
    /// A debt adviser.
    Adviser,
    Myself,
    Other,
}

impl ToldBy {
    pub const ALL: [ToldBy; 6] =
        [ToldBy::Family, ToldBy::Executor, ToldBy::Adviser, ToldBy::Trustee, ToldBy::Myself, ToldBy::Other];

    pub fn code(self) -> &'static str {
        match self {
            ToldBy::Executor => "executor",
            ToldBy::Family => "family",
            ToldBy::Trustee => "trustee",
            ToldBy::Adviser => "adviser",
            ToldBy::Myself => "myself",
            ToldBy::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<ToldBy> {
        ToldBy::ALL.into_iter().find(|by| by.code() == code)
    }

    /// Whether a letter to them may say which account it is about: they stand in for the customer (12 CFR 1006.6(a)(4), (b)(2)).
    /// A letter to anybody else names nothing (1006.6(d)).
    pub fn stands_in(self) -> bool {
        match self {
            ToldBy::Executor | ToldBy::Trustee | ToldBy::Adviser | ToldBy::Myself => true,
            ToldBy::Family | ToldBy::Other => false,
        }
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeEventState {
    /// Nobody has checked it; what is on hold is on hold provisionally.
    Told,
    /// The customer says that it is not right. Nothing is on hold; a person still looks.
    Contradicted,
    Confirmed,
    Dismissed,
    Ended,
}

/// What moves it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Contradict,
    Confirm,
    Dismiss,
    End,
    /// Its last day passed before anybody had checked it.
    Lapse,
}

impl LifeEventState {
    pub const ALL: [LifeEventState; 5] = [
        LifeEventState::Told,
        LifeEventState::Contradicted,
        LifeEventState::Confirmed,
        LifeEventState::Dismissed,
        LifeEventState::Ended,
    ];

    pub fn code(self) -> &'static str {
        match self {
            LifeEventState::Told => "told",
            LifeEventState::Contradicted => "contradicted",
            LifeEventState::Confirmed => "confirmed",
            LifeEventState::Dismissed => "dismissed",
            LifeEventState::Ended => "ended",
        }
    }

    pub fn from_code(code: &str) -> Option<LifeEventState> {
        LifeEventState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The state after a step; `None` where it cannot be taken. What a person has confirmed, a person ends.
    pub fn after(self, step: Step) -> Option<LifeEventState> {
        match (self, step) {
            (LifeEventState::Told, Step::Contradict) => Some(LifeEventState::Contradicted),
            (LifeEventState::Told | LifeEventState::Contradicted, Step::Confirm) => Some(LifeEventState::Confirmed),
            (LifeEventState::Told | LifeEventState::Contradicted, Step::Dismiss) => Some(LifeEventState::Dismissed),
            (LifeEventState::Confirmed, Step::End) | (LifeEventState::Told, Step::Lapse) => Some(LifeEventState::Ended),
            (
                LifeEventState::Told
                | LifeEventState::Contradicted
                | LifeEventState::Confirmed
                | LifeEventState::Dismissed
                | LifeEventState::Ended,
                Step::Contradict | Step::Confirm | Step::Dismiss | Step::End | Step::Lapse,
            ) => None,
        }
    }
}

/// What every page says to a customer about whom something was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldOf {
    pub reference: String,
    pub happened: Happened,
    /// [`LifeEventState::Told`] or [`LifeEventState::Confirmed`].
    pub state: LifeEventState,
}

/// After the last day of a breathing space nothing is asked for or collected for so many days more: its customer is written to at once,
/// and has time to read it, on paper too, and to choose.
pub const QUIET_DAYS: i32 = 10;
/// A breathing space lasts at most so many days (Debt Respite Scheme Regulations 2020, regulation 26).
pub const BREATHING_SPACE_DAYS: i32 = 60;
/// Another moratorium may be longer, if a person has seen its papers: a mental health crisis moratorium lasts as long as the treatment.
pub const LONGEST_MORATORIUM_DAYS: i32 = 400;

/// The last day of a breathing space that begins today: as told, and no later than the law lets it last.
pub fn last_day_told(ends_on: Option<Date>, today: Date) -> Date {
    let latest = days_after(today, BREATHING_SPACE_DAYS);
    ends_on.filter(|day| *day >= today).map_or(latest, |day| day.min(latest))
}

/// The names of the fields in which it is told.
pub mod fields {
    pub const HAPPENED: &str = "happened";
    pub const TOLD_BY: &str = "told_by";
    pub const TELLER_NAME: &str = "teller_name";
    pub const REPLY_TO: &str = "reply_to";
    pub const ADDRESS: &str = "address";
    pub const REFERENCE: &str = "reference";
    pub const GIVEN_NAME: &str = "given_name";
    pub const FAMILY_NAME: &str = "family_name";
    pub const POSTAL_CODE: &str = "postal_code";
    pub const BIRTH_DATE: &str = "birth_date";
    pub const HAPPENED_ON: &str = "happened_on";
    pub const CASE_REFERENCE: &str = "case_reference";
    pub const HANDLED_BY: &str = "handled_by";
    pub const ENDS_ON: &str = "ends_on";
    pub const WORDS: &str = "words";
}

const TEXTS: [&str; 10] = [
    fields::HAPPENED,
    fields::TOLD_BY,
    fields::TELLER_NAME,
    fields::REPLY_TO,
    fields::REFERENCE,
    fields::GIVEN_NAME,
    fields::FAMILY_NAME,
    fields::POSTAL_CODE,
    fields::CASE_REFERENCE,
    fields::HANDLED_BY,
];
const LONG_TEXTS: [&str; 2] = [fields::ADDRESS, fields::WORDS];
const DATES: [&str; 3] = [fields::BIRTH_DATE, fields::HAPPENED_ON, fields::ENDS_ON];
pub const LONGEST_TEXT_CHARACTERS: u32 = 100;
pub const LONGEST_ADDRESS_CHARACTERS: u32 = 300;
pub const LONGEST_WORDS_CHARACTERS: u32 = 1_000;
/// An address window has room for so many lines under the name.
const MOST_ADDRESS_LINES: usize = 5;

/// Whether a form of this has such a field.
pub fn has_field(name: &str) -> bool {
    let is_part = |date: &str| ["day", "month", "year"].iter().any(|part| name == format!("{date}_{part}"));
    TEXTS.contains(&name) || LONG_TEXTS.contains(&name) || DATES.into_iter().any(is_part)
}

/// Whose account it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Whoever tells it is signed in: the account is known.
    SignedIn,
    /// It has to be said.
    ToBeSaid,
}

/// What finds the account holder: exact facts only. Has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// Normalised; empty where none was given.
    pub reference: String,
    pub given_name: String,
    pub family_name: String,
    /// Normalised.
    pub postal_code: String,
    pub birth_date: Option<Date>,
}

impl Holder {
    /// Whether somebody with these names is meant. With a reference the family name is enough.
    pub fn is_named(&self, given_name: &str, family_name: &str) -> bool {
        let same = |typed: &str, known: &str| comparable(typed) == comparable(known);
        let given = !self.reference.is_empty() || same(&self.given_name, given_name);
        given && same(&self.family_name, family_name)
    }
}

fn comparable(name: &str) -> String {
    name.split_whitespace().flat_map(|part| part.chars().flat_map(char::to_lowercase)).collect()
}

/// What was told, read. Has no Debug: it is about people.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    pub happened: Happened,
    pub told_by: ToldBy,
    pub teller_name: String,
    pub reply_to: String,
    /// The lines of an address for letters; none was given where it is empty.
    pub address: Vec<String>,
    /// `None` where the customer is signed in.
    pub holder: Option<Holder>,
    pub happened_on: Option<Date>,
    pub case_reference: String,
    pub handled_by: String,
    pub ends_on: Option<Date>,
    pub words: String,
}

/// Reads the fields as typed, or says field and code of everything that is missing or cannot be read.
pub fn read(typed: &BTreeMap<String, String>, whose: Whose, today: Date) -> Result<Told, Vec<(String, String)>> {
    let text = |name: &str| typed.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let mut wrong: Vec<(&str, &str)> = Vec::new();
    let (happened, told_by) = (Happened::from_code(&text(fields::HAPPENED)), ToldBy::from_code(&text(fields::TOLD_BY)));
    if happened.is_none() {
        wrong.push((fields::HAPPENED, "missing"));
    }
    let holder = match whose {
        Whose::SignedIn => None,
        Whose::ToBeSaid => Some(read_holder(typed, today, &mut wrong)),
    };
    let happened_on = read_date(typed, fields::HAPPENED_ON, &mut wrong).filter(|day| *day <= today);
    let ends_on = read_date(typed, fields::ENDS_ON, &mut wrong);
    if told_by.is_none() {
        wrong.push((fields::TOLD_BY, "missing"));
    }
    for name in [fields::TELLER_NAME, fields::REPLY_TO] {
        if text(name).is_empty() {
            wrong.push((name, "missing"));
        }
    }
    for (names, longest) in [
        (&TEXTS[..], LONGEST_TEXT_CHARACTERS),
        (&[fields::ADDRESS], LONGEST_ADDRESS_CHARACTERS),
        (&[fields::WORDS], LONGEST_WORDS_CHARACTERS),
    ] {
        wrong.extend(names.iter().filter(|name| text(name).chars().count() > longest as usize).map(|name| (*name, "too_long")));
    }
    match (happened, told_by) {
        (Some(happened), Some(told_by)) if wrong.is_empty() => Ok(Told {
            happened,
            told_by,
            teller_name: text(fields::TELLER_NAME),
            reply_to: text(fields::REPLY_TO),
            address: lines(&text(fields::ADDRESS)),
            holder,
            happened_on,
            case_reference: text(fields::CASE_REFERENCE),
            handled_by: text(fields::HANDLED_BY),
            ends_on,
            words: text(fields::WORDS),
        }),
        _ => Err(wrong.into_iter().map(|(field, code)| (field.to_owned(), code.to_owned())).collect()),
    }
}

/// The lines of an address as typed, as many as a window has room for.
pub fn lines(address: &str) -> Vec<String> {
    let lines = address.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
    lines.take(MOST_ADDRESS_LINES).map(str::to_owned).collect()
}

fn read_holder<'f>(typed: &BTreeMap<String, String>, today: Date, wrong: &mut Vec<(&'f str, &'f str)>) -> Holder {
    let text = |name: &str| typed.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let birth = parts(typed, fields::BIRTH_DATE);
    let is_empty = birth.day.is_empty() && birth.month.is_empty() && birth.year.is_empty();
    let birth_date = birth.read(today);
    let holder = Holder {
        reference: super::ids::normalise_reference(&text(fields::REFERENCE)),
        given_name: text(fields::GIVEN_NAME),
        family_name: text(fields::FAMILY_NAME),
        postal_code: super::ids::normalise_postal_code(&text(fields::POSTAL_CODE)),
        birth_date: birth_date.ok(),
    };
    if holder.family_name.is_empty() {
        wrong.push((fields::FAMILY_NAME, "missing"));
    }
    if holder.reference.is_empty() {
        // Without the reference it takes everything else to know who is meant.
        if holder.given_name.is_empty() {
            wrong.push((fields::GIVEN_NAME, "missing"));
        }
        if holder.postal_code.is_empty() {
            wrong.push((fields::POSTAL_CODE, "missing"));
        }
        if is_empty {
            wrong.push((fields::BIRTH_DATE, "missing"));
        }
    }
    if !is_empty && birth_date.is_err() {
        wrong.push((fields::BIRTH_DATE, "not_a_date"));
    }
    holder
}

/// A date of three fields; nothing typed is no date.
fn read_date<'f>(typed: &BTreeMap<String, String>, name: &'f str, wrong: &mut Vec<(&'f str, &'f str)>) -> Option<Date> {
    let parts = parts(typed, name);
    if parts.day.is_empty() && parts.month.is_empty() && parts.year.is_empty() {
        return None;
    }
    // Any day of the calendar: this one may be to come.
    let date = parts.read(Date::MAX).ok();
    if date.is_none() {
        wrong.push((name, "not_a_date"));
    }
    date
}

fn parts(typed: &BTreeMap<String, String>, name: &str) -> TypedBirthDate {
    let part = |part: &str| typed.get(&format!("{name}_{part}")).map_or("", String::as_str);
    TypedBirthDate::new(part("day"), part("month"), part("year"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 20);

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const LEAST: [(&str, &str); 4] =
        [("happened", "died"), ("told_by", "family"), ("teller_name", "Luis Moreno"), ("reply_to", "luis@example.net")];

    fn faults(fields: &[(&str, &str)], whose: Whose) -> Vec<String> {
        match read(&typed(fields), whose, TODAY) {
            Ok(_) => Vec::new(),
            Err(wrong) => wrong.into_iter().map(|(field, code)| format!("{field} {code}")).collect(),
        }
    }

    fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        LEAST.into_iter().chain(more.iter().copied()).collect()
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let all = [
            "happened missing",
            "family_name missing",
            "given_name missing",
            "postal_code missing",
            "birth_date missing",
            "told_by missing",
            "teller_name missing",
            "reply_to missing",
        ];
        assert_eq!(faults(&[], Whose::ToBeSaid), all);
        assert_eq!(faults(&LEAST, Whose::SignedIn), Vec::<String>::new());
    }

    #[test]
    fn a_reference_and_a_family_name_are_enough_and_so_is_everything_but_the_reference() {
        assert_eq!(faults(&with(&[("reference", "NG-1"), ("family_name", "Moreno")]), Whose::ToBeSaid), Vec::<String>::new());
        let others = [("given_name", "Ada"), ("family_name", "Moreno"), ("postal_code", "80276")];
        let birth = [("birth_date_day", "29"), ("birth_date_month", "2"), ("birth_date_year", "1980")];
        let whole: Vec<_> = others.into_iter().chain(birth).collect();
        assert_eq!(faults(&with(&whole), Whose::ToBeSaid), Vec::<String>::new());
        assert_eq!(faults(&with(&others), Whose::ToBeSaid), ["birth_date missing"]);
        let wrong = [("reference", "NG-1"), ("family_name", "Moreno"), ("birth_date_day", "31")];
        assert_eq!(faults(&with(&wrong), Whose::ToBeSaid), ["birth_date not_a_date"]);
    }

    #[test]
    fn the_longest_text_is_taken_and_one_character_more_is_not() {
        let longest = "é".repeat(LONGEST_WORDS_CHARACTERS as usize);
        assert_eq!(faults(&with(&[("words", &longest)]), Whose::SignedIn), Vec::<String>::new());
        assert_eq!(faults(&with(&[("words", &format!("{longest}é"))]), Whose::SignedIn), ["words too_long"]);
        let wrong = [("ends_on_day", "31"), ("ends_on_month", "2"), ("ends_on_year", "2027")];
        assert_eq!(faults(&with(&wrong), Whose::SignedIn), ["ends_on not_a_date"]);
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let holder = |reference: &str| Holder {
            reference: reference.into(),
            given_name: " ADA  María".into(),
            family_name: "de la  CRUZ".into(),
            postal_code: String::new(),
            birth_date: None,
        };
        assert!(holder("").is_named("Ada María", "De La Cruz"));
        assert!(!holder("").is_named("Eva", "De La Cruz"));
        assert!(holder("NG1").is_named("Eva", "De La Cruz"), "the reference says who");
        assert!(!holder("NG1").is_named("Ada María", "Cruz"));
    }

    #[test]
    fn a_breathing_space_lasts_sixty_days_at_the_most() {
        assert_eq!(last_day_told(None, TODAY), date(2027, 1, 19));
        assert_eq!(last_day_told(Some(date(2026, 12, 24)), TODAY), date(2026, 12, 24));
        assert_eq!(last_day_told(Some(date(2030, 1, 1)), TODAY), date(2027, 1, 19));
        assert_eq!(last_day_told(Some(date(2026, 11, 19)), TODAY), date(2027, 1, 19), "a day that is over is a slip");
    }

    #[test]
    fn what_a_person_confirmed_a_person_ends() {
        use LifeEventState as S;
        for state in S::ALL {
            assert_eq!(S::from_code(state.code()), Some(state));
            assert_eq!(state.after(Step::Contradict).is_some(), state == S::Told, "{state:?}");
            assert_eq!(state.after(Step::End).is_some(), state == S::Confirmed, "{state:?}");
            assert_eq!(state.after(Step::Lapse).is_some(), state == S::Told, "{state:?}");
            let is_open = matches!(state, S::Told | S::Contradicted);
            assert_eq!((state.after(Step::Confirm).is_some(), state.after(Step::Dismiss).is_some()), (is_open, is_open));
        }
    }

    #[test]
    fn only_who_stands_in_reads_which_account_it_is() {
        assert!(ToldBy::Executor.stands_in() && ToldBy::Trustee.stands_in());
        assert!(!ToldBy::Family.stands_in() && !ToldBy::Other.stands_in());
    }
}
