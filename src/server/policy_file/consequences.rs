//! `[consequences]`: what the creditor says happens, in every language or not at all.

use super::Fault;
use super::read::fault_at;
use crate::domain::language::Language;
use crate::domain::policy::Consequences;
use crate::domain::statement::{STATEMENT_LONGEST, Statement, StatementFault};
use serde::Deserialize;
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenConsequences {
    late_payment: Option<Spanned<WrittenStatement>>,
    if_nothing_is_done: Option<Spanned<WrittenStatement>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStatement {
    en: Option<Spanned<String>>,
    es: Option<Spanned<String>>,
}

pub(super) fn read(text: &str, written: &WrittenConsequences) -> Result<Consequences, Fault> {
    let statement = |name: &str, written: &Option<Spanned<WrittenStatement>>| {
        written.as_ref().map(|written| read_statement(text, name, written)).transpose()
    };
    Ok(Consequences {
        late_payment: statement("late_payment", &written.late_payment)?,
        if_nothing_is_done: statement("if_nothing_is_done", &written.if_nothing_is_done)?,
    })
}

fn read_statement(text: &str, name: &str, written: &Spanned<WrittenStatement>) -> Result<Statement, Fault> {
    let WrittenStatement { en, es } = written.get_ref();
    let (Some(en), Some(es)) = (en, es) else {
        let missing = if en.is_none() { Language::English } else { Language::Spanish };
        let reason =
            format!("{name} has no {}: people read it in their own language, so every language is needed", missing.tag());
        return Err(fault_at(text, written.span().start, reason));
    };
    Statement::new(en.get_ref(), es.get_ref()).map_err(|(language, fault)| {
        let place = match language {
            Language::English => en.span(),
            Language::Spanish => es.span(),
        };
        fault_at(text, place.start, format!("{name}.{} {}", language.tag(), why(fault)))
    })
}

fn why(fault: StatementFault) -> String {
    match fault {
        StatementFault::Empty => "is empty; leave the whole entry out for the portal's own words".to_owned(),
        StatementFault::TooLong => format!("is longer than {STATEMENT_LONGEST} characters"),
        StatementFault::Link => "contains what looks like a link; the portal itself leads where people need to go".to_owned(),
        StatementFault::Markup => "contains < or >; it is shown as plain text".to_owned(),
        StatementFault::ControlCharacter => "contains a line break or another control character; it is one paragraph".to_owned(),
    }
}
