//! Whether a customer may begin another payment: asked where one is recorded, under the lock of its account, from the rows that are
//! there. Somebody with several accounts may be over the limit by one for each that is begun at the same moment.

use crate::domain::beginning::{DAY_MILLIS, MOST_IN_A_DAY, TooMany, may_begin};
use crate::domain::ids::CustomerId;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::{Tx, payments};

/// As many as decide.
const MOST_READ: i64 = MOST_IN_A_DAY as i64;

pub(super) async fn another(state: &AppState, tx: &mut Tx, customer: &CustomerId) -> Result<Result<(), TooMany>, Failure> {
    let now = state.clock.now_millis();
    Ok(may_begin(&payments::begun_in_vain(tx, customer, now - DAY_MILLIS, MOST_READ).await?, now))
}
