//! What the letters say that a customer asked for: one of three, each from one state of the books.

use super::Content;
use crate::domain::account_statement::StatementKind;
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::standing::{Part, PartKind};
use crate::domain::validation::Information;
use crate::paths;
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Recipient, Section, Sender, Table};
use crate::server::ids;
use crate::words::{Locale, entry_words, locale, td_string};
use jiff::Zoned;
use serde_json::json;

pub(super) fn write(
    content: &Content,
    about: Information,
    language: Language,
    sender: Sender,
    recipient: Recipient,
    issued_at: Zoned,
) -> PlainLetter {
    let words = locale(language);
    let account = &content.account;
    let (title, opening, sections) = match about {
        Information::Creditor => (
            td_string!(words, information.creditor),
            opening_of_creditor(content, words, language),
            vec![creditor(content, words)],
        ),
        Information::Itemization => (
            td_string!(words, information.itemization),
            vec![figure(content, words, language)],
            vec![parts(content, &sender, words, language)],
        ),
        Information::Validation => (
            td_string!(words, information.validation),
            opening_of_validation(content, words, language),
            validation(content, &sender, words, language),
        ),
    };
    let document_reference = ids::new_reference("DC");
    let name = td_string!(words, document.account_paid, product = &account.facts.product, reference = &account.reference);
    PlainLetter {
        language,
        currency: account.facts.currency,
        title: title.to_owned(),
        sender,
        recipient,
        particulars: vec![Fact::new(td_string!(words, document.account), name)],
        opening,
        sections,
        terms: terms(content, about, &document_reference, &issued_at),
        document_reference,
        issued_at,
    }
}

fn terms(content: &Content, about: Information, document_reference: &str, issued_at: &Zoned) -> String {
    let (account, itemization) = (&content.account, &content.itemization);
    json!({
        "about": about.code(),
        "account": account.reference,
        "at": issued_at.timestamp().to_string(),
        "collector": content.collector,
        "creditor": account.creditor,
        "currency": account.facts.currency.code(),
        "document": document_reference,
        "itemization": {
            "credits": itemization.credits.to_decimal_string(),
            "fees": itemization.fees.to_decimal_string(),
            "interest": itemization.interest.to_decimal_string(),
            "now": itemization.now.to_decimal_string(),
            "on": itemization.on.to_string(),
            "payments": itemization.payments.to_decimal_string(),
            "then": itemization.then.to_decimal_string(),
        },
        "original_creditor": { "address": content.original.address, "name": content.original.name },
        "period_ends": content.period_ends.to_string(),
    })
    .to_string()
}

fn figure(content: &Content, words: Locale, language: Language) -> Block {
    let date = format::date(content.today, language);
    Block::Figure {
        label: td_string!(words, statement.owed_on, date = date),
        value: format::money(content.itemization.now, language),
    }
}

fn opening_of_creditor(content: &Content, words: Locale, language: Language) -> Vec<Block> {
    let text = match content.promised {
        Some(by) => td_string!(words, information.address_missing, date = format::long_date(by, language)),
        None => td_string!(words, information.creditor_lead).to_owned(),
    };
    vec![Block::Paragraph(text)]
}

/// Who collects says so before anything else, in the words of the CFPB's model notice (12 CFR 1006.34(c)(1), 1006.18(e)).
fn opening_of_validation(content: &Content, words: Locale, language: Language) -> Vec<Block> {
    let collector = content.collector.as_ref().map(|collector| {
        let creditor = content.account.creditor.clone();
        Block::Paragraph(td_string!(words, information.from_collector, collector = collector.clone(), creditor = creditor))
    });
    let lead = Block::Paragraph(td_string!(words, information.validation_lead).to_owned());
    collector.into_iter().chain([figure(content, words, language), lead]).collect()
}

fn creditor(content: &Content, words: Locale) -> Section {
    let mut facts = vec![
        Fact::new(td_string!(words, information.original), content.original.name.clone()),
        Fact::new(td_string!(words, information.current), content.account.creditor.clone()),
    ];
    if let Some(address) = &content.original.address {
        facts.insert(1, Fact::new(td_string!(words, information.address), address.clone()));
    }
    Section { heading: td_string!(words, document.creditor).to_owned(), blocks: vec![Block::Facts(facts)] }
}

fn sum_table(rows: Vec<(String, Money)>, now: Money, words: Locale, language: Language) -> Table {
    let money = |amount| format::money(amount, language);
    Table {
        summary: td_string!(words, account.parts_caption).to_owned(),
        headings: vec![td_string!(words, history.what).to_owned(), td_string!(words, history.amount).to_owned()],
        rows: rows.into_iter().map(|(what, amount)| vec![what, money(amount)]).collect(),
        total: Some(vec![td_string!(words, account.parts_total).to_owned(), money(now)]),
        amount_columns: 1,
    }
}

fn parts(content: &Content, sender: &Sender, words: Locale, language: Language) -> Section {
    let rows = content.standing.parts.iter().map(|part| (part_words(part, words, language), part.amount)).collect();
    let table = sum_table(rows, content.itemization.now, words, language);
    let address = format!("{}{}", sender.public_url, paths::statement(content.account.id.as_str()));
    Section {
        heading: td_string!(words, account.parts_title).to_owned(),
        blocks: vec![Block::Table(table), Block::Small(td_string!(words, information.statement_too, address = address))],
    }
}

fn part_words(part: &Part, words: Locale, language: Language) -> String {
    match part.kind {
        PartKind::Before(day) => td_string!(words, account.part_before, date = format::date(day, language)),
        PartKind::Interest => td_string!(words, account.part_interest).to_owned(),
        PartKind::Fees => td_string!(words, account.part_fees).to_owned(),
        PartKind::PaidToCreditor => td_string!(words, account.part_paid).to_owned(),
        PartKind::Credits => td_string!(words, account.part_credits).to_owned(),
        PartKind::Own(kind, day) => {
            format!("{}, {}", entry_words(StatementKind::Own(kind), words), format::date(day, language))
        }
        PartKind::Corrections => td_string!(words, account.part_corrections).to_owned(),
    }
}

/// In the order of 12 CFR 1006.34(c): what is owed and how it came about, to whom, and what its reader may do until when.
fn validation(content: &Content, sender: &Sender, words: Locale, language: Language) -> Vec<Section> {
    let itemization = &content.itemization;
    let on = format::date(itemization.on, language);
    let rows = vec![
        (td_string!(words, account.part_before, date = on), itemization.then),
        (td_string!(words, information.interest_since).to_owned(), itemization.interest),
        (td_string!(words, information.fees_since).to_owned(), itemization.fees),
        (td_string!(words, information.payments_since).to_owned(), itemization.payments.negated()),
        (td_string!(words, information.credits_since).to_owned(), itemization.credits.negated()),
    ];
    let ends = format::long_date(content.period_ends, language);
    let dispute = format!("{}{}", sender.public_url, paths::dispute(content.account.id.as_str()));
    let rights = [
        td_string!(words, information.right_dispute, date = ends.clone()),
        td_string!(words, information.right_creditor, date = ends),
        td_string!(words, information.right_any_time).to_owned(),
    ];
    let prompts = [
        td_string!(words, dispute.not_mine).to_owned(),
        td_string!(words, dispute.wrong_amount).to_owned(),
        td_string!(words, dispute.paid_already).to_owned(),
        td_string!(words, dispute.other).to_owned(),
        td_string!(words, information.prompt_creditor).to_owned(),
    ];
    vec![
        Section {
            heading: td_string!(words, account.parts_title).to_owned(),
            blocks: vec![Block::Table(sum_table(rows, itemization.now, words, language))],
        },
        creditor(content, words),
        Section { heading: td_string!(words, account.rights_title).to_owned(), blocks: vec![Block::List(rights.to_vec())] },
        Section {
            heading: td_string!(words, information.prompts).to_owned(),
            blocks: vec![
                Block::List(prompts.to_vec()),
                Block::Paragraph(td_string!(words, information.prompts_how, address = dispute, post = &sender.postal_address)),
            ],
        },
    ]
}
