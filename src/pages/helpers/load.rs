//! Everybody the customer lets or let help.

use super::{Act, Shown, ShownHelper};
use crate::server::context::{self, Failed};
use crate::server::services::helpers::{self, Standing};

pub async fn load() -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let found = helpers::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let helpers = found.into_iter().map(|helper| ShownHelper {
        is_over: helper.state == Standing::Ended,
        id: helper.id,
        name: if helper.organisation.is_empty() { helper.name } else { format!("{}, {}", helper.name, helper.organisation) },
        rights: helper.rights,
        last_day: helper.last_day,
        ended_on: helper.ended_on,
        invitation: helper.invitation.map(|invitation| (invitation.link, invitation.code)),
        acts: helper.acts.into_iter().map(|(on, action)| Act { on, action }).collect(),
    });
    Ok(Some(Shown { helpers: helpers.collect() }))
}
