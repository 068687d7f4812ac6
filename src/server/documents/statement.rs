//! The account statement on paper and as CSV. It is not kept: the books are never changed, so it can be made again.

use super::letter::{Block, Fact, Letter, Paper, Recipient, Section, Sender, Table};
use super::{TypesetError, typeset, wording};
use crate::domain::account_statement::{AccountStatement, StatementKind};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::standing::EntryKind;
use crate::paths;
use crate::words::{Locale, locale, td_string};
use jiff::Zoned;

/// Everything a statement says. Amounts are in one currency.
#[derive(Clone, Debug)]
pub struct StatementContent {
    pub language: Language,
    pub sender: Sender,
    pub recipient: Recipient,
    pub creditor: String,
    pub account_reference: String,
    pub account_product: String,
    pub statement: AccountStatement,
    pub made_at: Zoned,
}

impl StatementContent {
    /// The PDF, not yet signed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, TypesetError> {
        typeset(&self.letter())
    }

    fn letter(&self) -> Letter {
        let words = locale(self.language);
        let (from, to) = self.days();
        let account =
            td_string!(words, document.account_paid, product = &self.account_product, reference = &self.account_reference);
        Letter {
            language: self.language,
            paper: Paper::of_currency(self.statement.closing.currency()),
            title: td_string!(words, statement.title).to_owned(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            particulars: vec![
                Fact::new(td_string!(words, statement.from), from),
                Fact::new(td_string!(words, statement.to), to.clone()),
                Fact::new(td_string!(words, document.date), format::date(self.made_at.date(), self.language)),
            ],
            opening: vec![Block::Figure {
                label: td_string!(words, statement.owed_on, date = to.clone()),
                value: format::money(self.statement.closing, self.language),
            }],
            sections: vec![
                Section {
                    heading: td_string!(words, statement.account).to_owned(),
                    blocks: vec![Block::Facts(vec![
                        Fact::new(td_string!(words, document.creditor), self.creditor.clone()),
                        Fact::new(td_string!(words, document.account), account),
                    ])],
                },
                Section {
                    heading: td_string!(words, statement.entries).to_owned(),
                    blocks: vec![Block::Table(self.table(words))],
                },
                wording::person(&self.sender, self.language),
                Section {
                    heading: td_string!(words, document.proof_heading).to_owned(),
                    blocks: vec![Block::Paragraph(td_string!(
                        words,
                        statement.proof,
                        address = format!("{}{}", self.sender.public_url, paths::VERIFY)
                    ))],
                },
            ],
            footer: td_string!(words, statement.footer, reference = &self.account_reference, date = to),
            issued_at: self.made_at.clone(),
            document_id: format!("{} {} {}", self.account_reference, self.statement.period.from, self.statement.period.to),
        }
    }

    fn days(&self) -> (String, String) {
        let period = self.statement.period;
        (format::date(period.from, self.language), format::date(period.to, self.language))
    }

    fn table(&self, words: Locale) -> Table {
        let money = |amount| format::money(amount, self.language);
        let (from, to) = self.days();
        let opening = vec![from, td_string!(words, statement.opening).to_owned(), String::new(), money(self.statement.opening)];
        let lines = self.statement.lines.iter().map(|line| {
            vec![
                format::date(line.entry.posted_on, self.language),
                kind_words(line.entry.kind, words).to_owned(),
                money(line.entry.amount),
                money(line.owed_after),
            ]
        });
        Table {
            summary: td_string!(words, statement.caption).to_owned(),
            headings: [
                td_string!(words, history.date),
                td_string!(words, history.what),
                td_string!(words, history.amount),
                td_string!(words, history.balance),
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: std::iter::once(opening).chain(lines).collect(),
            total: Some(vec![to, td_string!(words, statement.closing).to_owned(), String::new(), money(self.statement.closing)]),
            amount_columns: 2,
        }
    }
}

fn kind_words(kind: StatementKind, words: Locale) -> &'static str {
    match kind {
        StatementKind::TakenOver => td_string!(words, statement.taken_over),
        StatementKind::Correction => td_string!(words, statement.correction),
        StatementKind::Own(EntryKind::Payment) => td_string!(words, statement.payment),
        StatementKind::Own(EntryKind::Discount) => td_string!(words, statement.discount),
        StatementKind::Own(EntryKind::Refund) => td_string!(words, statement.refund),
        StatementKind::Own(EntryKind::Return) => td_string!(words, statement.returned),
        StatementKind::Own(EntryKind::Chargeback) => td_string!(words, statement.chargeback),
        StatementKind::Own(EntryKind::WriteOff) => td_string!(words, statement.write_off),
        StatementKind::Own(EntryKind::PaymentElsewhere) => td_string!(words, several.elsewhere),
    }
}

/// A statement for a spreadsheet: comma separated (RFC 4180), days as ISO 8601, amounts as decimal strings. The first row is
/// what was owed before, the last what was owed at the end; the amounts between lead from one to the other.
pub fn to_csv(statement: &AccountStatement) -> String {
    let currency = statement.closing.currency().code();
    let mut csv = String::from("date,kind,amount,owed_after,currency\r\n");
    let mut row = |day: String, kind: &str, amount: &str, owed: &str| {
        // Days, our own codes and figures: nothing in them needs quoting.
        csv.push_str(&[&day, kind, amount, owed, currency].join(","));
        csv.push_str("\r\n");
    };
    row(statement.period.from.to_string(), "owed_before", "", &statement.opening.to_decimal_string());
    for line in &statement.lines {
        let (amount, owed) = (line.entry.amount.to_decimal_string(), line.owed_after.to_decimal_string());
        row(line.entry.posted_on.to_string(), line.entry.kind.code(), &amount, &owed);
    }
    row(statement.period.to.to_string(), "owed_at_the_end", "", &statement.closing.to_decimal_string());
    csv
}
