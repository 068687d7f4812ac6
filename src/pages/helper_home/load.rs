//! What whoever helps may do here, and the accounts they may open.

use super::Shown;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::helpers;

/// `None` where nobody helps in this session, and the answer leads on.
pub async fn load() -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::HELPER_DOOR);
        return Ok(None);
    };
    let Some(helping) = visitor.helping else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let given = helpers::typed_so_far(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let accounts = given.accounts.into_iter().filter(|(id, _)| helping.covers(id)).collect();
    Ok(Some(Shown { accounts, helping }))
}
