//! The receipt that lists accounts: of one payment over several, and of a payment that the creditor took itself. What each
//! account got, what it was applied to there, and its balance before and after.

use super::letter::{Block, Fact, Recipient, Section, Sender, Table};
use super::receipt::{Applied, applied_table, applied_terms, parts_blocks};
use super::{PlainLetter, TypesetError, wording};
use crate::domain::calendar::Date;
use crate::domain::components::{Paid, PartsOrder};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::words::{Locale, locale, td_string};
use jiff::Zoned;
use serde_json::json;

/// Everything such a receipt says. Amounts are in one currency.
#[derive(Clone, Debug)]
pub struct AccountsReceipt {
    pub language: Language,
    pub document_reference: String,
    pub payment_reference: String,
    pub sender: Sender,
    pub recipient: Recipient,
    pub creditor: String,
    pub amount: Money,
    pub how: HowPaid,
    pub issued_at: Zoned,
    /// The order in which payments pay the parts of a debt.
    pub order: PartsOrder,
    /// At least one.
    pub accounts: Vec<PaidAccount>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HowPaid {
    /// Through the payment company, which calls the payment this; received when the receipt is issued.
    Here { processor_reference: String },
    /// To the creditor, who told us.
    Elsewhere { creditor_reference: String, method: Option<String>, paid_on: Date },
}

/// What one account got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidAccount {
    pub reference: String,
    pub product: String,
    pub amount: Money,
    pub applied: Vec<Applied>,
    /// Which parts of its debt were paid.
    pub parts: Vec<(Paid, Money)>,
    pub balance_before: Money,
    pub balance_after: Money,
}

impl AccountsReceipt {
    /// What the receipt says as canonical JSON: keys in alphabetical order, no spaces, amounts as decimal strings, instants in
    /// UTC.
    pub fn terms(&self) -> String {
        let accounts: Vec<_> = self
            .accounts
            .iter()
            .map(|account| {
                json!({
                    "account": account.reference,
                    "amount": account.amount.to_decimal_string(),
                    "applied": account.applied.iter().map(applied_terms).collect::<Vec<_>>(),
                    "balance_after": account.balance_after.to_decimal_string(),
                    "balance_before": account.balance_before.to_decimal_string(),
                })
            })
            .collect();
        let how = match &self.how {
            HowPaid::Here { processor_reference } => {
                json!({"at": "here", "processor_reference": processor_reference})
            }
            HowPaid::Elsewhere { creditor_reference, method, paid_on } => json!({
                "at": "elsewhere", "creditor_reference": creditor_reference, "method": method, "paid_on": paid_on.to_string(),
            }),
        };
        json!({
            "accounts": accounts,
            "amount": self.amount.to_decimal_string(),
            "creditor": self.creditor,
            "currency": self.amount.currency().code(),
            "document": self.document_reference,
            "issued_at": self.issued_at.timestamp().to_string(),
            "paid": how,
            "payment": self.payment_reference,
        })
        .to_string()
    }

    /// The PDF, not yet signed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, TypesetError> {
        self.letter().to_pdf()
    }

    fn letter(&self) -> PlainLetter {
        let words = locale(self.language);
        let received_on = match &self.how {
            HowPaid::Here { .. } => self.issued_at.date(),
            HowPaid::Elsewhere { paid_on, .. } => *paid_on,
        };
        let accounts = self.accounts.iter().map(|account| self.account_section(account, words));
        PlainLetter {
            language: self.language,
            currency: self.amount.currency(),
            document_reference: self.document_reference.clone(),
            title: td_string!(words, document.title_receipt).to_owned(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            particulars: vec![Fact::new(td_string!(words, document.payment), self.payment_reference.clone())],
            opening: vec![
                Block::Figure {
                    label: td_string!(words, document.received_label, creditor = &self.creditor),
                    value: format::money(self.amount, self.language),
                },
                Block::Paragraph(td_string!(words, document.received, day = format::long_date(received_on, self.language))),
            ],
            sections: [self.payment_section(words)].into_iter().chain(accounts).collect(),
            terms: self.terms(),
            issued_at: self.issued_at.clone(),
        }
    }

    fn payment_section(&self, words: Locale) -> Section {
        let mut facts = vec![Fact::new(td_string!(words, document.creditor), self.creditor.clone())];
        match &self.how {
            HowPaid::Here { processor_reference } => facts.extend([
                Fact::new(td_string!(words, document.processor_reference), processor_reference.clone()),
                Fact::new(td_string!(words, document.paid_at), wording::instant(&self.issued_at, self.language)),
            ]),
            HowPaid::Elsewhere { creditor_reference, method, paid_on } => {
                let to_creditor = td_string!(words, several.paid_to_creditor, creditor = &self.creditor);
                let how = method.as_ref().map_or_else(|| to_creditor.clone(), |method| format!("{to_creditor} ({method})"));
                facts.extend([
                    Fact::new(td_string!(words, document.method), how),
                    Fact::new(td_string!(words, several.creditor_reference), creditor_reference.clone()),
                    Fact::new(td_string!(words, document.paid_at), format::date(*paid_on, self.language)),
                ]);
            }
        }
        Section { heading: td_string!(words, document.payment_heading).to_owned(), blocks: vec![Block::Facts(facts)] }
    }

    fn account_section(&self, account: &PaidAccount, words: Locale) -> Section {
        let money = |amount| format::money(amount, self.language);
        let balances = Table {
            summary: td_string!(words, document.balance_summary).to_owned(),
            headings: vec![td_string!(words, document.balance_heading).to_owned(), td_string!(words, document.amount).to_owned()],
            rows: vec![vec![td_string!(words, document.balance_before).to_owned(), money(account.balance_before)]],
            total: Some(vec![td_string!(words, document.balance_after).to_owned(), money(account.balance_after)]),
            amount_columns: 1,
        };
        Section {
            heading: td_string!(words, document.account_paid, product = &account.product, reference = &account.reference),
            blocks: [
                Block::Paragraph(td_string!(words, several.of_this_payment, amount = money(account.amount))),
                Block::Table(applied_table(&account.applied, self.language)),
            ]
            .into_iter()
            .chain(parts_blocks(&account.parts, self.order, self.language))
            .chain([Block::Table(balances)])
            .collect(),
        }
    }
}
