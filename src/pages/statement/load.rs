//! The statement of the period that the address names, as dates (`from=2026-11-01`) or as the form sends them
//! (`from_day=1&from_month=11&from_year=2026`).

use super::{Refused, StatementView};
use crate::domain::account_statement::UsualPeriod;
use crate::domain::calendar::{Date, parse_iso};
use crate::domain::ids::AccountId;
use crate::domain::typed;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::account_statements::{self, Stated};

/// The two days of the address, each as typed and as a date if it is one. A day that is left empty is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    from: AskedDay,
    to: AskedDay,
}

#[derive(Clone, Debug, Default)]
struct AskedDay {
    /// Day, month, year.
    typed: [String; 3],
    day: Option<Date>,
}

impl Asked {
    pub fn read(field: impl Fn(&str) -> Option<String>) -> Asked {
        Asked { from: AskedDay::read("from", &field), to: AskedDay::read("to", &field) }
    }
}

impl AskedDay {
    fn read(name: &str, field: &impl Fn(&str) -> Option<String>) -> AskedDay {
        if let Some(day) = field(name).as_deref().and_then(parse_iso) {
            return AskedDay { typed: typed_date(day), day: Some(day) };
        }
        let part = |part: &str| field(&format!("{name}_{part}")).unwrap_or_default();
        let typed = [part("day"), part("month"), part("year")];
        let day = typed::date(&typed[0], &typed[1], &typed[2]);
        AskedDay { typed, day }
    }

    fn is_no_date(&self) -> bool {
        self.day.is_none() && self.typed.iter().any(|part| !part.trim().is_empty())
    }
}

fn typed_date(day: Date) -> [String; 3] {
    [day.day().to_string(), day.month().to_string(), day.year().to_string()]
}

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String, asked: Asked) -> Result<Option<StatementView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    let stated = account_statements::statement(&state, &visitor.customer_id, &account, asked.from.day, asked.to.day);
    let Some(Stated { account, since, today, statement }) = stated.await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let unreadable = [("from", &asked.from), ("to", &asked.to)].into_iter().find(|(_, day)| day.is_no_date());
    let found = match unreadable {
        Some((field, _)) => Err(Refused::NoDate { field }),
        None => statement.map_err(Refused::Period),
    };
    // The fields show the period of the statement, unless something else was typed.
    let shown = |asked: AskedDay, day: Option<Date>| match day {
        Some(day) => typed_date(day),
        None => asked.typed,
    };
    let period = found.as_ref().ok().map(|statement| statement.period);
    Ok(Some(StatementView {
        account_id: account.id.to_string(),
        reference: account.reference,
        product: account.facts.product,
        creditor: account.creditor,
        usual: UsualPeriod::ALL.map(|usual| (usual, usual.days(since, today))).to_vec(),
        from: shown(asked.from, period.map(|period| period.from)),
        to: shown(asked.to, period.map(|period| period.to)),
        found,
    }))
}
