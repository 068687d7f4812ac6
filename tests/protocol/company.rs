//! The payment company of the model, with books of its own: it makes one charge of a key while it remembers the key, can charge
//! and then not answer, and tells of every change by a message. A message may come at any later time, as often as it likes,
//! before or after any other, or never: so what a charge came to be is all that has to be kept of them.

use crate::model::AMOUNT;
use evenkeel::domain::payment::{DeclineReason, Finding, ProcessorReport};

/// A decision of the customer, by its place among them.
pub type Decision = u8;
/// A charge of the company, by its place in its books.
pub type ChargeId = u8;

/// How a charge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stand {
    Open,
    NeedsConfirmation,
    Processing,
    Succeeded,
    Declined,
    Cancelled,
    Expired,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Charge {
    /// What our reference on it stands for.
    pub decision: Decision,
    /// A key is forgotten after a day; then the same key would make another charge.
    pub is_key_kept: bool,
    pub stand: Stand,
    /// Everything it came to be after it was made, which there are messages of.
    pub told: Vec<Stand>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Company {
    pub charges: Vec<Charge>,
}

impl Company {
    /// Makes a page, or finds the one made under the decision's key.
    pub fn start(&mut self, decision: Decision) -> ChargeId {
        let kept = self.charges.iter().position(|charge| charge.decision == decision && charge.is_key_kept);
        let at = kept.unwrap_or_else(|| {
            self.charges.push(Charge { decision, is_key_kept: true, stand: Stand::Open, told: Vec::new() });
            self.charges.len() - 1
        });
        ChargeId::try_from(at).expect("a few charges")
    }

    /// The charge that is sought: by its name, else by our reference on it.
    pub fn look_up(&self, decision: Decision, named: Option<ChargeId>) -> Option<ChargeId> {
        named.or_else(|| {
            let at = self.charges.iter().position(|charge| charge.decision == decision)?;
            Some(ChargeId::try_from(at).expect("a few charges"))
        })
    }

    /// Closes the page if nobody has paid on it.
    pub fn cancel(&mut self, charge: ChargeId) {
        if matches!(self.stand(charge), Stand::Open | Stand::NeedsConfirmation) {
            self.move_to(charge, Stand::Cancelled);
        }
    }

    pub fn stand(&self, charge: ChargeId) -> Stand {
        self.charges[usize::from(charge)].stand
    }

    pub fn move_to(&mut self, charge: ChargeId, stand: Stand) {
        let charge = &mut self.charges[usize::from(charge)];
        charge.stand = stand;
        charge.told.push(stand);
    }

    pub fn taken(&self, decision: Decision) -> usize {
        self.charges.iter().filter(|charge| charge.decision == decision && charge.stand == Stand::Succeeded).count()
    }
}

/// What is reported of a charge that stands like this.
pub fn report(charge: ChargeId, stand: Stand) -> ProcessorReport {
    let hosted_page = || "page".to_owned();
    let finding = match stand {
        Stand::Open => Finding::Open { hosted_page: hosted_page() },
        Stand::NeedsConfirmation => Finding::NeedsConfirmation { hosted_page: hosted_page() },
        Stand::Processing => Finding::Processing,
        Stand::Succeeded => Finding::Succeeded { amount: AMOUNT },
        Stand::Declined => Finding::Declined(DeclineReason::InsufficientFunds),
        Stand::Cancelled => Finding::Cancelled,
        Stand::Expired => Finding::Expired,
    };
    ProcessorReport::Found { processor_reference: charge.to_string(), finding }
}
