//! `[allocation]`: which part of a debt a payment pays first.

use super::Fault;
use super::read::fault_at;
use crate::domain::components::{Paid, PartsOrder};
use serde::Deserialize;
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAllocation {
    order: Option<Spanned<Vec<String>>>,
}

pub(super) fn read(text: &str, written: &WrittenAllocation) -> Result<PartsOrder, Fault> {
    let Some(order) = &written.order else { return Ok(PartsOrder::USUAL) };
    let parts: Vec<Paid> = order.get_ref().iter().filter_map(|name| Paid::from_code(name)).collect();
    let is_whole = parts.len() == order.get_ref().len();
    let named = <[Paid; 3]>::try_from(parts).ok().and_then(PartsOrder::new);
    named.filter(|_| is_whole).ok_or_else(|| {
        let reason = "the order of [allocation] names fees, interest and principal, each once".to_owned();
        fault_at(text, order.span().start, reason)
    })
}
