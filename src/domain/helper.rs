//! Somebody helps a customer by that customer's own act: who they are, what they may see and do, of which account, until when. What is
//! not in the list of [`Right`]s nobody can let another do: to sign, to pay, to allow collections, to change who they are or how they
//! are reached, to sign in, to let others help.

use super::calendar::{Date, days_after};
use super::ids::AccountId;
use std::collections::BTreeMap;

/// What a helper may do beside seeing where the account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Where the account stands, its history and its ways forward. Every helper has it.
    See,
    Documents,
    /// Try ways forward and keep a draft, which the customer checks and signs or not.
    Draft,
    Messages,
    Evidence,
    /// Hardship requests: what changed, income and spending.
    Circumstances,
}

impl Right {
    pub const ALL: [Right; 6] =
        [Right::See, Right::Documents, Right::Draft, Right::Messages, Right::Evidence, Right::Circumstances];

    pub fn code(self) -> &'static str {
        match self {
            Right::See => "see",
            Right::Documents => "documents",
            Right::Draft => "draft",
            Right::Messages => "messages",
            Right::Evidence => "evidence",
            Right::Circumstances => "circumstances",
        }
    }

    pub fn from_code(code: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.code() == code)
    }

    /// The checkbox that gives it; the first is not asked for.
    pub fn field(self) -> &'static str {
        match self {
            Right::See => "right_see",
            Right::Documents => "right_documents",
            Right::Draft => "right_draft",
            Right::Messages => "right_messages",
            Right::Evidence => "right_evidence",
            Right::Circumstances => "right_circumstances",
        }
    }
}

/// The rights as they are kept.
pub fn rights_to_text(rights: &[Right]) -> String {
    rights.iter().map(|right| right.code()).collect::<Vec<_>>().join(",")
}

pub fn rights_from_text(text: &str) -> Vec<Right> {
    text.split(',').filter_map(Right::from_code).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelperKind {
    Adviser,
    Carer,
    Relative,
    Other,
}

impl HelperKind {
    pub const ALL: [HelperKind; 4] = [HelperKind::Adviser, HelperKind::Carer, HelperKind::Relative, HelperKind::Other];

    pub fn code(self) -> &'static str {
        match self {
            HelperKind::Adviser => "adviser",
            HelperKind::Carer => "carer",
            HelperKind::Relative => "relative",
            HelperKind::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<HelperKind> {
        HelperKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// For how many days somebody may help; the last is the most. They can be let in again.
pub const DAYS: [i32; 3] = [7, 30, 90];
/// So many may help one customer at a time.
pub const MOST_HELPERS: usize = 5;
pub const LONGEST_NAME_CHARACTERS: u32 = 100;

pub mod fields {
    pub const NAME: &str = "name";
    pub const KIND: &str = "kind";
    pub const ORGANISATION: &str = "organisation";
    pub const ACCOUNT: &str = "which";
    pub const DAYS: &str = "days";
}

/// The value of the field for all accounts.
pub const ALL_ACCOUNTS: &str = "all";

/// Whether the form has such a field.
pub fn has_field(name: &str) -> bool {
    [fields::NAME, fields::KIND, fields::ORGANISATION, fields::ACCOUNT, fields::DAYS].contains(&name)
        || Right::ALL.into_iter().any(|right| right.field() == name)
}

/// What a customer wants to give. Has no Debug: somebody's name is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub kind: HelperKind,
    pub organisation: String,
    pub rights: Vec<Right>,
    /// `None` for all.
    pub account: Option<AccountId>,
    pub last_day: Date,
}

/// Reads the fields as typed, or says field and code of everything that is missing.
pub fn read(typed: &BTreeMap<String, String>, own: &[AccountId], today: Date) -> Result<Wanted, Vec<(String, String)>> {
    let text = |name: &str| typed.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let mut wrong: Vec<(&str, &str)> = Vec::new();
    let (name, organisation) = (text(fields::NAME), text(fields::ORGANISATION));
    if name.is_empty() {
        wrong.push((fields::NAME, "missing"));
    }
    for (field, value) in [(fields::NAME, &name), (fields::ORGANISATION, &organisation)] {
        if value.chars().count() > LONGEST_NAME_CHARACTERS as usize || value.chars().any(char::is_control) {
            wrong.push((field, "too_long"));
        }
    }
    let kind = HelperKind::from_code(&text(fields::KIND));
    if kind.is_none() {
        wrong.push((fields::KIND, "missing"));
    } else if kind == Some(HelperKind::Adviser) && organisation.is_empty() {
        wrong.push((fields::ORGANISATION, "missing"));
    }
    let which = text(fields::ACCOUNT);
    let account = match which.as_str() {
        ALL_ACCOUNTS => Some(None),
        id => own.iter().find(|own| own.as_str() == id).cloned().map(Some),
    };
    if account.is_none() {
        wrong.push((fields::ACCOUNT, "missing"));
    }
    let days = text(fields::DAYS).parse().ok().filter(|days| DAYS.contains(days));
    if days.is_none() {
        wrong.push((fields::DAYS, "missing"));
    }
    let is_ticked = |right: Right| right == Right::See || typed.get(right.field()).is_some_and(|value| !value.is_empty());
    match (kind, account, days) {
        (Some(kind), Some(account), Some(days)) if wrong.is_empty() => Ok(Wanted {
            name,
            kind,
            organisation,
            rights: Right::ALL.into_iter().filter(|right| is_ticked(*right)).collect(),
            account,
            last_day: days_after(today, days),
        }),
        _ => Err(wrong.into_iter().map(|(field, code)| (field.to_owned(), code.to_owned())).collect()),
    }
}

/// Who helps in a session, and what they may.
#[derive(Clone, PartialEq, Eq)]
pub struct Helping {
    pub helper_id: String,
    pub reference: String,
    /// The given name of whom they help.
    pub customer_name: String,
    pub rights: Vec<Right>,
    /// `None` for all.
    pub account: Option<AccountId>,
    pub last_day: Date,
}

impl std::fmt::Debug for Helping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Helping({})", self.reference)
    }
}

impl Helping {
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Whether it is about this account.
    pub fn covers(&self, account: &str) -> bool {
        self.account.as_ref().is_none_or(|only| only.as_str() == account)
    }
}

/// Who sees the account of a customer at the moment, for every page of theirs.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenBy {
    pub helper_id: String,
    pub name: String,
    pub last_day: Date,
}

impl std::fmt::Debug for SeenBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeenBy(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read_of(fields: &[(&str, &str)]) -> Result<Wanted, Vec<String>> {
        let typed = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&typed, &[AccountId("a1".into())], date(2026, 11, 20))
            .map_err(|wrong| wrong.into_iter().map(|(field, code)| format!("{field} {code}")).collect())
    }

    fn faults(fields: &[(&str, &str)]) -> Vec<String> {
        read_of(fields).err().unwrap_or_default()
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        assert_eq!(faults(&[]), ["name missing", "kind missing", "which missing", "days missing"]);
        let adviser = [("name", "Bea"), ("kind", "adviser"), ("which", "all"), ("days", "30")];
        assert_eq!(faults(&adviser), ["organisation missing"]);
        let foreign = [("name", "Bea"), ("kind", "carer"), ("which", "a2"), ("days", "365")];
        assert_eq!(faults(&foreign), ["which missing", "days missing"], "another's account, and longer than anybody may");
        let long = "b".repeat(101);
        assert_eq!(faults(&[("name", &long), ("kind", "carer"), ("which", "a1"), ("days", "7")]), ["name too_long"]);
    }

    #[test]
    fn nothing_is_given_that_was_not_ticked_but_to_see() {
        let least = [("name", "Bea"), ("kind", "carer"), ("which", "a1"), ("days", "7"), ("right_draft", "yes")];
        let Ok(wanted) = read_of(&least) else { panic!("whole") };
        assert_eq!(wanted.rights, [Right::See, Right::Draft]);
        assert_eq!(wanted.last_day, date(2026, 11, 27));
        assert_eq!(rights_from_text(&rights_to_text(&Right::ALL)), Right::ALL);
        assert_eq!(rights_from_text("see,pay,sign"), [Right::See], "what is no right is none");
    }
}
