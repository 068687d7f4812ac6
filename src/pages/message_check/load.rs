//! What is kept of a message that is not sent.

use super::{CheckView, PlaceView, SCREEN};
use crate::domain::contact::Topic;
use crate::domain::conversation::{ACCOUNT, SUBJECT, TEXT, TOPIC};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::evidence;
use crate::server::services::messages::{self, Place};

/// `None` where nothing is kept: the answer leads to where it is typed.
pub async fn load(reference: String) -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let customer = &visitor.customer_id;
    let (place, form) = match reference.as_str() {
        "" => (Place::New, paths::MESSAGE_NEW.to_owned()),
        reference => (Place::Reply(reference), paths::conversation(reference)),
    };
    let Some(draft) = messages::draft(&state, customer, place).await.map_err(context::fail)? else {
        context::redirect(&form);
        return Ok(None);
    };
    let field = |name: &str| draft.typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let start = messages::start(&state, customer, &visitor.time_zone, visitor.helping.as_ref()).await.map_err(context::fail)?;
    let place = match place {
        Place::New => {
            let chosen = field(ACCOUNT);
            let account = start.accounts.into_iter().find(|account| account.id.as_str() == chosen);
            PlaceView::New {
                topic: Topic::from_code(&field(TOPIC)),
                subject: field(SUBJECT),
                account: account.map(|account| account.reference),
            }
        }
        Place::Reply(reference) => {
            let standing = messages::standing(&state, customer, reference).await.map_err(context::fail)?;
            let Some(opened) = standing else { return Ok(None) };
            PlaceView::Reply { reference: opened.reference, topic: opened.topic, subject: opened.subject }
        }
    };
    let evidence = evidence::of_case(&state, customer, &draft.id).await.map_err(context::fail)?;
    Ok(Some(CheckView {
        place,
        text: field(TEXT),
        revision: draft.revision,
        draft_id: draft.id,
        answer_on: start.answer_on,
        evidence,
        errors: context::flash(SCREEN).unwrap_or_default().errors,
    }))
}
