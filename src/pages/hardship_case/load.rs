//! What the page of a case shows.

use super::steps::StepShown;
use super::{CaseShown, OpeningShown, SCREEN};
use crate::domain::hardship::CaseState;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::hardship::{self, Opening, StepView};
use crate::server::services::{evidence, feedback};

/// `None` where the case is not theirs and the answer leads on.
pub async fn load(reference: String) -> Result<Option<CaseShown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let found = hardship::case_of(&state, &visitor.customer_id, &reference, context::language()).await;
    let Some(view) = found.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let evidence = evidence::of_case(&state, &visitor.customer_id, &view.case_id).await.map_err(context::fail)?;
    let may_ask = match view.state {
        CaseState::Approved | CaseState::NotApproved => {
            feedback::offer(&state, &visitor.customer_id, &view.reference).await.map_err(context::fail)?
        }
        CaseState::Draft | CaseState::Received | CaseState::MoreNeeded | CaseState::Withdrawn => false,
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(Some(CaseShown {
        reference: view.reference,
        case_id: view.case_id,
        evidence,
        account_id: view.account_id.to_string(),
        state: view.state,
        until: view.until,
        held_until: view.held_until,
        opening: view.opening.map(opening),
        steps: view.steps.into_iter().map(step).collect(),
        advice: view.advice,
        may_ask,
        typed: flash.values.get("text").cloned().unwrap_or_default(),
        errors: flash.errors,
    }))
}

/// What was opened is chosen where the account is: its options, or its agreement, which the options lead to.
fn opening(opening: Opening) -> OpeningShown {
    OpeningShown {
        lines: opening.lines,
        through: opening.through,
        is_open: opening.is_open,
        accounts: opening.accounts.into_iter().map(|(id, reference)| (paths::options(id.as_str()), reference)).collect(),
    }
}

fn step(step: StepView) -> StepShown {
    StepShown {
        on: step.on,
        step: step.step,
        reason: step.reason,
        words: step.words,
        until: step.until,
        document_id: step.document_id.map(|id| id.to_string()),
    }
}
