//! The receipt of a payment: how much, by what, when, what it was applied to, and the balance before and after.

use super::letter::{Block, Fact, Letter, Paper, Recipient, Section, Sender, Table};
use super::{TypesetError, fingerprint, typeset, wording};
use crate::domain::calendar::Date;
use crate::domain::components::{Paid, PartsOrder};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::words::{Locale, locale, order_of_parts, part_of_debt, td_string};
use jiff::Zoned;
use serde_json::json;

/// Everything a receipt says. Amounts are in one currency.
#[derive(Clone, Debug)]
pub struct ReceiptContent {
    pub language: Language,
    pub document_reference: String,
    pub payment_reference: String,
    pub sender: Sender,
    pub recipient: Recipient,
    pub creditor: String,
    pub account_reference: String,
    pub account_product: String,
    pub amount: Money,
    pub method: MethodClass,
    /// What the payment company calls the payment.
    pub processor_reference: String,
    /// When the payment company said that it succeeded.
    pub paid_at: Zoned,
    pub applied: Vec<Applied>,
    /// Which parts of the debt it paid, in the order they are paid.
    pub parts: Vec<(Paid, Money)>,
    pub order: PartsOrder,
    pub balance_before: Money,
    pub balance_after: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodClass {
    Card,
    BankAccount,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub to: AppliedTo,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppliedTo {
    PastDue,
    Balance,
    Instalment {
        agreement_reference: String,
        number: u32,
        due_on: Date,
    },
    /// More than was owed.
    Credit,
    /// Given up by the creditor because of this payment.
    Discount,
}

impl ReceiptContent {
    /// What the receipt says as canonical JSON: keys in alphabetical order, no spaces, amounts as decimal strings,
    /// instants in UTC.
    pub fn terms(&self) -> String {
        let applied: Vec<_> = self.applied.iter().map(applied_terms).collect();
        json!({
            "account": self.account_reference,
            "amount": self.amount.to_decimal_string(),
            "applied": applied,
            "balance_after": self.balance_after.to_decimal_string(),
            "balance_before": self.balance_before.to_decimal_string(),
            "creditor": self.creditor,
            "currency": self.amount.currency().code(),
            "document": self.document_reference,
            "method": match self.method {
                MethodClass::Card => "card",
                MethodClass::BankAccount => "bank_account",
                MethodClass::Other => "other",
            },
            "order": self.order.parts().map(Paid::code),
            "paid_at": self.paid_at.timestamp().to_string(),
            "parts": self.parts.iter().map(|(part, amount)| json!({
                "amount": amount.to_decimal_string(), "part": part.code(),
            })).collect::<Vec<_>>(),
            "payment": self.payment_reference,
            "processor_reference": self.processor_reference,
        })
        .to_string()
    }

    /// The PDF, not yet signed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, TypesetError> {
        typeset(&self.letter())
    }

    fn letter(&self) -> Letter {
        let words = locale(self.language);
        let money = |amount| format::money(amount, self.language);
        Letter {
            language: self.language,
            paper: Paper::of_currency(self.amount.currency()),
            title: td_string!(words, document.title_receipt).to_owned(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            particulars: vec![
                Fact::new(td_string!(words, document.payment), self.payment_reference.clone()),
                Fact::new(td_string!(words, document.document), self.document_reference.clone()),
                Fact::new(td_string!(words, document.date), format::date(self.paid_at.date(), self.language)),
            ],
            opening: vec![
                Block::Figure {
                    label: td_string!(words, document.received_label, creditor = &self.creditor),
                    value: money(self.amount),
                },
                Block::Paragraph(td_string!(
                    words,
                    document.received,
                    day = format::long_date(self.paid_at.date(), self.language)
                )),
            ],
            sections: vec![
                self.payment_section(words),
                self.applied_section(words),
                Section {
                    heading: td_string!(words, document.balance_heading).to_owned(),
                    blocks: vec![Block::Table(self.balances(words))],
                },
                wording::person(&self.sender, self.language),
                wording::proof(&self.sender, &fingerprint(&self.terms()), self.language),
            ],
            footer: wording::footer(&self.document_reference, self.language),
            issued_at: self.paid_at.clone(),
            document_id: self.document_reference.clone(),
        }
    }

    fn payment_section(&self, words: Locale) -> Section {
        let account =
            td_string!(words, document.account_paid, product = &self.account_product, reference = &self.account_reference);
        let method = match self.method {
            MethodClass::Card => td_string!(words, document.method_card),
            MethodClass::BankAccount => td_string!(words, document.method_bank),
            MethodClass::Other => td_string!(words, document.method_other),
        };
        Section {
            heading: td_string!(words, document.payment_heading).to_owned(),
            blocks: vec![Block::Facts(vec![
                Fact::new(td_string!(words, document.creditor), self.creditor.clone()),
                Fact::new(td_string!(words, document.account), account),
                Fact::new(td_string!(words, document.method), method),
                Fact::new(td_string!(words, document.processor_reference), self.processor_reference.clone()),
                Fact::new(td_string!(words, document.paid_at), wording::instant(&self.paid_at, self.language)),
            ])],
        }
    }

    fn applied_section(&self, words: Locale) -> Section {
        let table = Block::Table(applied_table(&self.applied, self.language));
        let blocks = [table].into_iter().chain(parts_blocks(&self.parts, self.order, self.language)).collect();
        Section { heading: td_string!(words, document.applied_heading).to_owned(), blocks }
    }

    fn balances(&self, words: Locale) -> Table {
        let money = |amount| format::money(amount, self.language);
        Table {
            summary: td_string!(words, document.balance_summary).to_owned(),
            headings: vec![td_string!(words, document.balance_heading).to_owned(), td_string!(words, document.amount).to_owned()],
            rows: vec![vec![td_string!(words, document.balance_before).to_owned(), money(self.balance_before)]],
            total: Some(vec![td_string!(words, document.balance_after).to_owned(), money(self.balance_after)]),
            amount_columns: 1,
        }
    }
}

/// What a payment was applied to, as canonical JSON.
pub(super) fn applied_terms(line: &Applied) -> serde_json::Value {
    let amount = line.amount.to_decimal_string();
    match &line.to {
        AppliedTo::PastDue => json!({"amount": amount, "to": "past_due"}),
        AppliedTo::Balance => json!({"amount": amount, "to": "balance"}),
        AppliedTo::Credit => json!({"amount": amount, "to": "credit"}),
        AppliedTo::Discount => json!({"amount": amount, "to": "discount"}),
        AppliedTo::Instalment { agreement_reference, number, due_on } => json!({
            "agreement": agreement_reference, "amount": amount, "due_on": due_on.to_string(),
            "number": number, "to": "instalment",
        }),
    }
}

/// Which parts of the debt it paid, and in which order payments pay them.
pub(super) fn parts_blocks(parts: &[(Paid, Money)], order: PartsOrder, language: Language) -> [Block; 2] {
    let words = locale(language);
    let row = |(part, amount): &(Paid, Money)| vec![part_of_debt(*part, language).to_owned(), format::money(*amount, language)];
    let table = Table {
        summary: td_string!(words, reversal.parts_title).to_owned(),
        headings: vec![td_string!(words, reversal.part_paid).to_owned(), td_string!(words, document.amount).to_owned()],
        rows: parts.iter().map(row).collect(),
        total: None,
        amount_columns: 1,
    };
    [Block::Table(table), Block::Paragraph(order_of_parts(order, language))]
}

/// The same as a table.
pub(super) fn applied_table(applied: &[Applied], language: Language) -> Table {
    let words = locale(language);
    let rows = applied.iter().map(|line| {
        let to = match &line.to {
            AppliedTo::PastDue => td_string!(words, document.to_past_due).to_owned(),
            AppliedTo::Balance => td_string!(words, document.to_balance).to_owned(),
            AppliedTo::Credit => td_string!(words, document.to_credit).to_owned(),
            AppliedTo::Discount => td_string!(words, document.to_discount).to_owned(),
            AppliedTo::Instalment { agreement_reference, number, due_on } => td_string!(
                words,
                document.to_instalment,
                number = number,
                agreement = agreement_reference,
                day = format::date(*due_on, language)
            ),
        };
        vec![to, format::money(line.amount, language)]
    });
    Table {
        summary: td_string!(words, document.applied_summary).to_owned(),
        headings: vec![td_string!(words, document.applied_to).to_owned(), td_string!(words, document.amount).to_owned()],
        rows: rows.collect(),
        total: None,
        amount_columns: 1,
    }
}
