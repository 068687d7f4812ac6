//! The confirmation of an agreement: every term and every instalment, how to change or stop it, and what was signed.

use super::letter::{Block, Fact, Letter, Paper, Recipient, Section, Sender, Table};
use super::{TypesetError, fingerprint, typeset, wording};
use crate::domain::account::Disclosure;
use crate::domain::calendar::{Date, days_between};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::schedule::Schedule;
use crate::words::{Locale, locale, td_string};
use jiff::Zoned;

/// Everything a confirmation says. Amounts are in one currency.
#[derive(Clone, Debug)]
pub struct ConfirmationContent {
    pub language: Language,
    /// The document's own reference, such as `EK-7F3K-9Q2M`.
    pub document_reference: String,
    pub agreement_reference: String,
    pub version: u32,
    pub sender: Sender,
    pub recipient: Recipient,
    pub creditor: String,
    pub accounts: Vec<CoveredAccount>,
    pub kind: AgreementKind,
    pub covers: Covers,
    pub rhythm: Option<Rhythm>,
    /// At least one, in order of date.
    pub instalments: Vec<Instalment>,
    pub total: Money,
    pub interest: Interest,
    /// Days after a payment's date in which it can still be made up before the agreement may end.
    pub days_to_put_right: u32,
    /// What the creditor says happens if a payment is late, in the customer's language; from the policy.
    pub creditor_statement: Option<String>,
    /// What was said before signing.
    pub disclosure: Option<Disclosure>,
    /// The reference of the agreement that its account joined.
    pub joins: Option<String>,
    /// The schedule of the version before, where this changes one.
    pub changed: Option<Schedule>,
    /// The name as typed.
    pub signed_name: String,
    pub signed_at: Zoned,
    /// The canonical terms that were signed: their SHA-256 is printed.
    pub terms: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredAccount {
    pub reference: String,
    pub product: String,
    /// The part of this account that the agreement covers.
    pub covered: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instalment {
    pub number: u32,
    pub due_on: Date,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementKind {
    Plan,
    Promise,
    Extension,
}

/// What the payments put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    PastDue,
    Balance,
    /// One payment towards it.
    Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    Weekly,
    EveryTwoWeeks,
    TwiceAMonth,
    Monthly,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interest {
    /// No interest and no fees are added while the agreement is kept.
    Frozen,
    /// Simple interest a day, at this rate a year (as written, such as `6.5`), this much in all; it is in the total.
    Daily { percent_a_year: String, amount: Money },
}

impl ConfirmationContent {
    /// The SHA-256 of the canonical terms, as printed.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.terms)
    }

    /// The PDF, not yet signed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, TypesetError> {
        typeset(&self.letter())
    }

    /// What is otherwise than in the version before, which stays readable.
    fn changed_section(&self, words: Locale) -> Option<Section> {
        let before = self.changed.as_ref()?;
        let was_and_is = |was: String, is: String| {
            if was == is { was } else { td_string!(words, document.was_and_is, was = was, is = is) }
        };
        let day = |day: Option<Date>| day.map(|day| format::date(day, self.language)).unwrap_or_default();
        let last = self.instalments.last().map(|last| last.due_on);
        let money = |amount| format::money(amount, self.language);
        let facts = vec![
            Fact::new(
                td_string!(words, document.changed_payments),
                was_and_is(before.instalments.len().to_string(), self.instalments.len().to_string()),
            ),
            Fact::new(td_string!(words, document.changed_last), was_and_is(day(before.last_on()), day(last))),
            Fact::new(td_string!(words, document.changed_total), was_and_is(money(before.total), money(self.total))),
        ];
        let text = td_string!(words, document.changed_text, version = self.version.saturating_sub(1).to_string());
        Some(Section {
            heading: td_string!(words, document.changed_heading).to_owned(),
            blocks: vec![Block::Paragraph(text), Block::Facts(facts)],
        })
    }

    fn letter(&self) -> Letter {
        let words = locale(self.language);
        let mut sections: Vec<Section> = self.changed_section(words).into_iter().collect();
        sections.extend([
            Section {
                heading: td_string!(words, document.payments_heading).to_owned(),
                blocks: vec![Block::Table(self.payments(words))],
            },
            self.terms_section(words),
            self.change_section(words),
            self.late_section(words),
        ]);
        sections.extend(self.disclosure_section(words));
        sections.extend([
            wording::person(&self.sender, self.language),
            self.signature_section(words),
            wording::proof(&self.sender, &self.fingerprint(), self.language),
        ]);
        Letter {
            language: self.language,
            paper: Paper::of_currency(self.total.currency()),
            title: match self.kind {
                AgreementKind::Plan => td_string!(words, document.title_plan),
                AgreementKind::Promise => td_string!(words, document.title_promise),
                AgreementKind::Extension => td_string!(words, document.title_extension),
            }
            .to_owned(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            particulars: vec![
                Fact::new(td_string!(words, document.agreement), self.agreement_reference.clone()),
                Fact::new(td_string!(words, document.version), self.version.to_string()),
                Fact::new(td_string!(words, document.document), self.document_reference.clone()),
                Fact::new(td_string!(words, document.date), format::date(self.signed_at.date(), self.language)),
            ],
            opening: self.opening(words),
            sections,
            footer: wording::footer(&self.document_reference, self.language),
            issued_at: self.signed_at.clone(),
            document_id: self.document_reference.clone(),
        }
    }

    fn opening(&self, words: Locale) -> Vec<Block> {
        let money = |amount| format::money(amount, self.language);
        let day = |day| format::long_date(day, self.language);
        let [first, .., last] = self.instalments.as_slice() else {
            let only = self.instalments.first().map(|only| td_string!(words, document.one_payment, day = day(only.due_on)));
            let figure = Block::Figure {
                label: td_string!(words, document.total_label, creditor = &self.creditor),
                value: money(self.total),
            };
            return std::iter::once(figure).chain(only.map(Block::Paragraph)).collect();
        };
        let summary = td_string!(
            words,
            document.many_payments,
            count = self.instalments.len(),
            first = day(first.due_on),
            last = day(last.due_on)
        );
        vec![
            Block::Figure { label: td_string!(words, document.total_label, creditor = &self.creditor), value: money(self.total) },
            Block::Paragraph(summary),
            Block::Waterline {
                marks: self.marks(),
                first: format::date(first.due_on, self.language),
                last: format::date(last.due_on, self.language),
            },
        ]
    }

    /// How far each payment lies between the first and the last, in thousandths.
    fn marks(&self) -> Vec<u16> {
        let (Some(first), Some(last)) = (self.instalments.first(), self.instalments.last()) else { return Vec::new() };
        let days = |day: Date| i64::from(days_between(first.due_on, day));
        let whole = days(last.due_on).max(1);
        let along = |instalment: &Instalment| u16::try_from(days(instalment.due_on) * 1000 / whole).unwrap_or(0);
        self.instalments.iter().map(along).collect()
    }

    fn payments(&self, words: Locale) -> Table {
        let money = |amount| format::money(amount, self.language);
        Table {
            summary: td_string!(words, document.payments_summary).to_owned(),
            headings: vec![
                td_string!(words, document.number).to_owned(),
                td_string!(words, document.due_on).to_owned(),
                td_string!(words, document.amount).to_owned(),
            ],
            rows: self
                .instalments
                .iter()
                .map(|instalment| {
                    vec![
                        instalment.number.to_string(),
                        format::long_date(instalment.due_on, self.language),
                        money(instalment.amount),
                    ]
                })
                .collect(),
            total: Some(vec![td_string!(words, document.total).to_owned(), String::new(), money(self.total)]),
            amount_columns: 1,
        }
    }

    fn terms_section(&self, words: Locale) -> Section {
        let money = |amount| format::money(amount, self.language);
        let mut facts = vec![Fact::new(td_string!(words, document.creditor), self.creditor.clone())];
        for account in &self.accounts {
            let value = td_string!(
                words,
                document.account_covered,
                product = &account.product,
                reference = &account.reference,
                amount = money(account.covered)
            );
            facts.push(Fact::new(td_string!(words, document.account), value));
        }
        facts.push(Fact::new(
            td_string!(words, document.covers),
            match self.covers {
                Covers::PastDue => td_string!(words, document.covers_past_due),
                Covers::Balance => td_string!(words, document.covers_balance),
                Covers::Part => td_string!(words, document.covers_part),
            },
        ));
        if let Some(rhythm) = self.rhythm {
            let rhythm = match rhythm {
                Rhythm::Weekly => td_string!(words, document.weekly),
                Rhythm::EveryTwoWeeks => td_string!(words, document.every_two_weeks),
                Rhythm::TwiceAMonth => td_string!(words, document.twice_a_month),
                Rhythm::Monthly => td_string!(words, document.monthly),
            };
            facts.push(Fact::new(td_string!(words, document.rhythm), rhythm));
        }
        let joins = self.joins.as_ref().map(|reference| td_string!(words, join.row_text, reference = reference));
        facts.extend(joins.map(|text| Fact::new(td_string!(words, join.row), text)));
        facts.push(Fact::new(
            td_string!(words, document.interest),
            match &self.interest {
                Interest::Frozen => td_string!(words, document.interest_frozen).to_owned(),
                Interest::Daily { percent_a_year, amount } => {
                    td_string!(words, document.interest_daily, rate = percent_a_year, amount = money(*amount))
                }
            },
        ));
        Section { heading: td_string!(words, document.terms_heading).to_owned(), blocks: vec![Block::Facts(facts)] }
    }

    fn change_section(&self, words: Locale) -> Section {
        let write_to = format!("{}{}", self.sender.public_url, crate::paths::CONTACT);
        Section {
            heading: td_string!(words, document.change_heading).to_owned(),
            blocks: vec![
                Block::Paragraph(td_string!(words, document.change, phone = &self.sender.phone, address = write_to)),
                Block::List(vec![
                    td_string!(words, document.change_move).to_owned(),
                    td_string!(words, document.change_more).to_owned(),
                    td_string!(words, document.change_stop).to_owned(),
                ]),
            ],
        }
    }

    fn late_section(&self, words: Locale) -> Section {
        let mut blocks = vec![
            Block::Paragraph(td_string!(words, document.late, days = self.days_to_put_right)),
            Block::Paragraph(td_string!(words, document.late_counts).to_owned()),
        ];
        let statement = self.creditor_statement.as_ref();
        blocks.extend(statement.map(|statement| {
            Block::Paragraph(td_string!(words, document.late_stated, creditor = &self.creditor, statement = statement))
        }));
        Section { heading: td_string!(words, document.late_heading).to_owned(), blocks }
    }

    /// The very words that stood before the signature.
    fn disclosure_section(&self, words: Locale) -> Option<Section> {
        let paragraphs = match self.disclosure? {
            Disclosure::TimeBarred => vec![
                td_string!(words, disclosure.time_barred, creditor = &self.creditor),
                td_string!(words, disclosure.time_barred_again).to_owned(),
                td_string!(words, disclosure.time_barred_ask).to_owned(),
            ],
        };
        Some(Section {
            heading: td_string!(words, document.disclosure_heading).to_owned(),
            blocks: paragraphs.into_iter().map(Block::Paragraph).collect(),
        })
    }

    fn signature_section(&self, words: Locale) -> Section {
        Section {
            heading: td_string!(words, document.signed_heading).to_owned(),
            blocks: vec![
                Block::Signature(self.signed_name.clone()),
                Block::Small(td_string!(
                    words,
                    document.signed,
                    instant = wording::instant(&self.signed_at, self.language),
                    version = self.version
                )),
                Block::Small(td_string!(words, document.consent).to_owned()),
            ],
        }
    }
}
