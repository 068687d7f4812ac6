//! What each account's part of a payment holds, what is on its way back of it, and which part gives what of money that goes back.

use crate::domain::going_back::{PartPaid, left_of_each, spread_back};
use crate::domain::ids::AccountId;
use crate::domain::ledger::net;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::refund_limits::left_to_give_back;
use crate::domain::reversal::{Reversal, Scope};
use crate::server::services::Failure;
use crate::server::store::shares::Share;
use crate::server::store::{Tx, reversals, shares};

/// A payment that succeeded, by its accounts.
pub(super) struct Held {
    pub shares: Vec<Share>,
    /// In the order of the shares.
    parts: Vec<PartPaid>,
    /// On its way back of the payment as a whole: which accounts give it is known when it is booked.
    of_the_whole: Money,
    /// What of the payment is neither back nor on its way back.
    left: Money,
}

impl Held {
    /// The lock of any one of its accounts keeps what is read from changing for that account: whatever books something on it, or
    /// decides something for the whole payment, locks them all.
    pub async fn read(tx: &mut Tx, payment: &Payment) -> Result<Held, Failure> {
        let currency = payment.amount.currency();
        let known = reversals::of_payment(tx, &payment.id).await?;
        let open = |is_wanted: &dyn Fn(&Reversal) -> bool| {
            let mut open = known.iter().filter(|reversal| reversal.state.is_open() && is_wanted(reversal));
            open.try_fold(Money::zero(currency), |sum, reversal| sum.checked_add(reversal.amount))
        };
        let shares = shares::of_payment(tx, payment).await?;
        let mut parts = Vec::with_capacity(shares.len());
        for share in &shares {
            parts.push(PartPaid {
                share: share.amount,
                applied: net(shares::allocations(tx, &payment.id, &share.account_id, currency).await?)?,
                promised: open(&|reversal| reversal.scope == Scope::Account && reversal.account_id == share.account_id)?,
            });
        }
        let of_the_whole = open(&|reversal| reversal.scope == Scope::Payment)?;
        Ok(Held { shares, parts, of_the_whole, left: left_to_give_back(payment.amount, &known)? })
    }

    /// What one account can still have back of what went to it.
    pub fn left_for(&self, account: &AccountId) -> Result<Money, Failure> {
        let left = left_of_each(&self.parts, self.of_the_whole)?[self.place_of(account)?];
        // Less only where the company gave back something it had said it did not.
        Ok(Money::new(left.minor().min(self.left.minor()), left.currency()))
    }

    /// What is on its way back of one account's part.
    pub fn on_its_way_for(&self, account: &AccountId) -> Result<Money, Failure> {
        let place = self.place_of(account)?;
        let of_the_whole = spread_back(&self.parts, self.of_the_whole)?[place];
        Ok(self.parts[place].promised.checked_add(of_the_whole)?)
    }

    /// Of money that went back, what each account gives, with its share and what that is applied to now.
    pub fn given_by(&self, reversal: &Reversal) -> Result<Vec<(&Share, &PartPaid, Money)>, Failure> {
        let amounts = match reversal.scope {
            Scope::Payment => spread_back(&self.parts, reversal.amount)?,
            Scope::Account => {
                let mut amounts = vec![Money::zero(reversal.amount.currency()); self.parts.len()];
                amounts[self.place_of(&reversal.account_id)?] = reversal.amount;
                amounts
            }
        };
        Ok(self.shares.iter().zip(&self.parts).zip(amounts).map(|((share, part), amount)| (share, part, amount)).collect())
    }

    fn place_of(&self, account: &AccountId) -> Result<usize, Failure> {
        self.shares.iter().position(|share| share.account_id == *account).ok_or(Failure::Missing("account's share of a payment"))
    }
}
