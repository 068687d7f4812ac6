//! What is signed: the terms, in one canonical text. What was shown is what is signed is what is collected, because all
//! three are these bytes; the server compares and shows their SHA-256.
//!
//! Services make [`Terms`] from a held offer and a choice; documents and the ledger read them back from the stored text.

use super::account::Disclosure;
use super::calendar::{Date, Frequency};
use super::ids::PolicyVersion;
use super::language::Language;
use super::money::{Currency, Money};
use super::offers::OfferKind;
use super::policy::Basis;
use super::schedule::{Instalment, InterestRule, Schedule};
use super::statement::Statement;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Raised when the canonical text changes its shape; old texts stay readable.
pub const TERMS_SCHEMA_VERSION: u32 = 1;

/// Every term of an agreement. Every amount is in `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Terms {
    /// References of the accounts it covers, in order.
    pub accounts: Vec<String>,
    pub creditor: String,
    pub kind: OfferKind,
    pub basis: Basis,
    pub frequency: Option<Frequency>,
    pub currency: Currency,
    /// What was owed, and what of it was past due, when it was offered.
    pub balance: Money,
    pub past_due: Money,
    pub schedule: Schedule,
    pub discount: Option<Money>,
    pub interest: InterestRule,
    pub policy_version: PolicyVersion,
    /// The day on which the offer was made. Not the day of signing: that would change the terms at midnight.
    pub offered_on: Date,
    /// What happens if a payment is late: the code of the portal's own words, or that the creditor's are in `late_payment`.
    pub consequences: String,
    /// The creditor's words in every language, so that the terms are the same whatever language they are signed in.
    pub late_payment: Option<Statement>,
    /// What was said before signing.
    pub disclosure: Option<Disclosure>,
    /// The SHA-256 of the terms that these take the place of, where they change an agreement.
    pub replaces: Option<String>,
    /// The reference of the agreement that its account joined: paid on the same days, each with a plan of its own.
    pub joins: Option<String>,
}

/// The portal's neutral words, and the creditor's own.
pub const NEUTRAL_CONSEQUENCES: &str = "late_payment_1";
pub const STATED_CONSEQUENCES: &str = "stated_1";

/// After a payment was missed there are this many days to pay or change it before the agreement can end.
pub const DAYS_TO_PUT_RIGHT: u32 = 14;

impl Terms {
    /// Whether all of its basis is paid off by it. One payment by one day may be any part, and nothing may be said of it that
    /// is only true of the whole.
    pub fn covers_all(&self) -> bool {
        match self.kind {
            OfferKind::Plan | OfferKind::GetUpToDate | OfferKind::PayInFull => true,
            OfferKind::Promise | OfferKind::Extension | OfferKind::PayPart => false,
        }
    }

    /// What was owed on its accounts when it was offered and is no part of it. `None` where all of it is. Both figures it is made of
    /// are among the canonical terms, so it adds nothing to what is signed.
    pub fn not_covered(&self) -> Option<Money> {
        let discount = self.discount.map_or(0, Money::minor);
        let rest = self.balance.minor().saturating_sub(self.schedule.principal.minor()).saturating_sub(discount);
        (rest > 0).then(|| Money::new(rest, self.currency))
    }

    /// The terms as JSON with a fixed order of keys, no spaces, and amounts as decimal strings. Equal terms, equal bytes.
    pub fn canonical_json(&self) -> String {
        let mut json = Json::default();
        json.number("schema_version", TERMS_SCHEMA_VERSION);
        json.strings("accounts", &self.accounts);
        json.text("creditor", &self.creditor);
        json.text("kind", self.kind.code());
        json.text("basis", self.basis.code());
        json.optional("frequency", self.frequency.map(|frequency| frequency.code().to_owned()));
        json.text("currency", self.currency.code());
        json.amount("balance", self.balance);
        json.amount("past_due", self.past_due);
        json.amount("principal", self.schedule.principal);
        json.amount("interest", self.schedule.interest);
        json.amount("total", self.schedule.total);
        json.optional("down_payment", self.schedule.down_payment.map(Money::to_decimal_string));
        json.optional("discount", self.discount.map(Money::to_decimal_string));
        json.instalments("instalments", &self.schedule.instalments);
        json.number("annual_rate_basis_points", annual_rate(self.interest));
        json.text("policy_version", self.policy_version.as_str());
        json.text("offered_on", &self.offered_on.to_string());
        json.text("consequences", &self.consequences);
        // Not there at all where there is nothing to say: terms signed before these were thought of keep their bytes.
        if let Some(statement) = &self.late_payment {
            json.statement("late_payment", statement);
        }
        if let Some(disclosure) = self.disclosure {
            json.text("disclosure", disclosure.code());
        }
        if let Some(replaces) = &self.replaces {
            json.text("replaces", replaces);
        }
        if let Some(joins) = &self.joins {
            json.text("joins", joins);
        }
        json.finish()
    }
}

/// Frozen interest is a rate of zero.
fn annual_rate(interest: InterestRule) -> u32 {
    match interest {
        InterestRule::Frozen => 0,
        InterestRule::SimpleDaily { annual_rate_basis_points } => annual_rate_basis_points,
    }
}

/// The canonical text's shape, for reading it back.
#[derive(Serialize, Deserialize)]
struct Written {
    schema_version: u32,
    accounts: Vec<String>,
    creditor: String,
    kind: OfferKind,
    basis: Basis,
    frequency: Option<Frequency>,
    currency: Currency,
    balance: String,
    past_due: String,
    principal: String,
    interest: String,
    total: String,
    down_payment: Option<String>,
    discount: Option<String>,
    instalments: Vec<WrittenInstalment>,
    annual_rate_basis_points: u32,
    policy_version: PolicyVersion,
    offered_on: Date,
    consequences: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    late_payment: Option<Statement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disclosure: Option<Disclosure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    joins: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WrittenInstalment {
    number: u32,
    due_on: Date,
    amount: String,
}

impl From<Terms> for Written {
    fn from(terms: Terms) -> Written {
        let schedule = terms.schedule;
        let instalment = |instalment: Instalment| WrittenInstalment {
            number: instalment.number,
            due_on: instalment.due_on,
            amount: instalment.amount.to_decimal_string(),
        };
        Written {
            schema_version: TERMS_SCHEMA_VERSION,
            accounts: terms.accounts,
            creditor: terms.creditor,
            kind: terms.kind,
            basis: terms.basis,
            frequency: terms.frequency,
            currency: terms.currency,
            balance: terms.balance.to_decimal_string(),
            past_due: terms.past_due.to_decimal_string(),
            principal: schedule.principal.to_decimal_string(),
            interest: schedule.interest.to_decimal_string(),
            total: schedule.total.to_decimal_string(),
            down_payment: schedule.down_payment.map(Money::to_decimal_string),
            discount: terms.discount.map(Money::to_decimal_string),
            instalments: schedule.instalments.into_iter().map(instalment).collect(),
            annual_rate_basis_points: annual_rate(terms.interest),
            policy_version: terms.policy_version,
            offered_on: terms.offered_on,
            consequences: terms.consequences,
            late_payment: terms.late_payment,
            disclosure: terms.disclosure,
            replaces: terms.replaces,
            joins: terms.joins,
        }
    }
}

impl TryFrom<Written> for Terms {
    type Error = String;

    fn try_from(written: Written) -> Result<Terms, String> {
        if written.schema_version != TERMS_SCHEMA_VERSION {
            return Err(format!("terms of schema version {} cannot be read", written.schema_version));
        }
        let amount = |text: &String| {
            Money::parse_decimal(text, written.currency).map_err(|error| format!("the amount {text} is not one: {error:?}"))
        };
        let instalment = |written: &WrittenInstalment| -> Result<Instalment, String> {
            Ok(Instalment { number: written.number, due_on: written.due_on, amount: amount(&written.amount)? })
        };
        let schedule = Schedule {
            instalments: written.instalments.iter().map(instalment).collect::<Result<_, _>>()?,
            total: amount(&written.total)?,
            principal: amount(&written.principal)?,
            interest: amount(&written.interest)?,
            down_payment: written.down_payment.as_ref().map(amount).transpose()?,
        };
        Ok(Terms {
            kind: written.kind,
            basis: written.basis,
            frequency: written.frequency,
            currency: written.currency,
            balance: amount(&written.balance)?,
            past_due: amount(&written.past_due)?,
            schedule,
            discount: written.discount.as_ref().map(amount).transpose()?,
            interest: match written.annual_rate_basis_points {
                0 => InterestRule::Frozen,
                annual_rate_basis_points => InterestRule::SimpleDaily { annual_rate_basis_points },
            },
            offered_on: written.offered_on,
            accounts: written.accounts,
            creditor: written.creditor,
            policy_version: written.policy_version,
            consequences: written.consequences,
            late_payment: written.late_payment,
            disclosure: written.disclosure,
            replaces: written.replaces,
            joins: written.joins,
        })
    }
}

/// Writes one JSON object, key by key in the order called. By hand because these bytes are signed: no library's next version
/// may change them.
#[derive(Default)]
struct Json {
    text: String,
}

impl Json {
    fn key(&mut self, key: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        quote(&mut self.text, key);
        self.text.push(':');
    }

    fn number(&mut self, key: &str, value: u32) {
        self.key(key);
        self.text.push_str(&value.to_string());
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        quote(&mut self.text, value);
    }

    fn amount(&mut self, key: &str, value: Money) {
        self.text(key, &value.to_decimal_string());
    }

    fn optional(&mut self, key: &str, value: Option<String>) {
        match value {
            Some(value) => self.text(key, &value),
            None => {
                self.key(key);
                self.text.push_str("null");
            }
        }
    }

    fn strings(&mut self, key: &str, values: &[String]) {
        self.key(key);
        self.list(values, |text, value| quote(text, value));
    }

    fn instalments(&mut self, key: &str, values: &[Instalment]) {
        self.key(key);
        self.list(values, |text, instalment| {
            let mut object = Json::default();
            object.number("number", instalment.number);
            object.text("due_on", &instalment.due_on.to_string());
            object.amount("amount", instalment.amount);
            text.push_str(&object.finish());
        });
    }

    fn statement(&mut self, key: &str, statement: &Statement) {
        self.key(key);
        let mut object = Json::default();
        for language in Language::ALL {
            object.text(language.tag(), statement.text(language));
        }
        self.text.push_str(&object.finish());
    }

    fn list<T>(&mut self, values: &[T], write: impl Fn(&mut String, &T)) {
        self.text.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            write(&mut self.text, value);
        }
        self.text.push(']');
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// As RFC 8259 asks: quotes, backslashes and control characters escaped, everything else as it is.
fn quote(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if u32::from(control) < 0x20 => {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn terms() -> Terms {
        let usd = |minor| Money::new(minor, Currency::USD);
        let instalment = |number, month, minor| Instalment { number, due_on: date(2027, month, 31), amount: usd(minor) };
        Terms {
            accounts: vec!["NG-000001".into()],
            creditor: "Quote \" backslash \\ line\nbell\u{7} ñ".into(),
            kind: OfferKind::Plan,
            basis: Basis::PastDue,
            frequency: Some(Frequency::Monthly),
            currency: Currency::USD,
            balance: usd(13_043),
            past_due: usd(2_500),
            schedule: Schedule {
                instalments: vec![instalment(1, 1, 1_250), instalment(2, 3, 1_250)],
                total: usd(2_500),
                principal: usd(2_500),
                interest: usd(0),
                down_payment: None,
            },
            discount: None,
            interest: InterestRule::Frozen,
            policy_version: PolicyVersion("abc".into()),
            offered_on: date(2026, 11, 20),
            consequences: "late_payment".into(),
            late_payment: None,
            disclosure: None,
            replaces: None,
            joins: None,
        }
    }

    /// These bytes are signed. If this test must change, raise TERMS_SCHEMA_VERSION and keep reading the old ones.
    #[test]
    fn the_canonical_text_is_fixed_to_the_byte() {
        assert_eq!(
            terms().canonical_json(),
            concat!(
                r#"{"schema_version":1,"accounts":["NG-000001"],"creditor":"Quote \" backslash \\ line\nbell\u0007 ñ","#,
                r#""kind":"plan","basis":"past_due","frequency":"monthly","currency":"USD","balance":"130.43","past_due":"25.00","#,
                r#""principal":"25.00","interest":"0.00","total":"25.00","down_payment":null,"discount":null,"#,
                r#""instalments":[{"number":1,"due_on":"2027-01-31","amount":"12.50"},"#,
                r#"{"number":2,"due_on":"2027-03-31","amount":"12.50"}],"annual_rate_basis_points":0,"#,
                r#""policy_version":"abc","offered_on":"2026-11-20","consequences":"late_payment"}"#
            )
        );
    }

    #[test]
    fn the_canonical_text_is_json_and_reads_back_as_the_same_terms() {
        let terms = terms();
        let text = terms.canonical_json();
        assert_eq!(serde_json::to_string(&terms).expect("JSON"), text);
        assert_eq!(serde_json::from_str::<Terms>(&text).expect("readable"), terms);
    }

    #[test]
    fn what_is_said_before_signing_is_part_of_what_is_signed() {
        let stated = Terms {
            late_payment: Some(Statement::new("A fee is added.", "Se añade un cargo.").expect("plain words")),
            disclosure: Some(Disclosure::TimeBarred),
            ..terms()
        };
        let text = stated.canonical_json();
        let end = r#""consequences":"late_payment","late_payment":{"en":"A fee is added.","es":"Se añade un cargo."},"disclosure":"time_barred_1"}"#;
        assert!(text.ends_with(end), "{text}");
        assert_eq!(serde_json::to_string(&stated).expect("JSON"), text);
        assert_eq!(serde_json::from_str::<Terms>(&text).expect("readable"), stated);
    }

    #[test]
    fn any_other_term_is_another_text() {
        let other = Terms { offered_on: date(2026, 11, 21), ..terms() };
        assert_ne!(other.canonical_json(), terms().canonical_json());
        let schedule = Schedule { down_payment: Some(Money::new(1_250, Currency::USD)), ..terms().schedule };
        assert_ne!(Terms { schedule, ..terms() }.canonical_json(), terms().canonical_json());
    }
}
