//! What may be paid on an account right now, and how much each way is.
//!
//! Called twice for every payment: when the ways are shown, and again at the moment of paying with what is owed then.

use super::hold::{HoldKind, forbidding_payment};
use super::ledger::{OpenInstalment, Owed};
use super::money::Money;
use super::payment::Purpose;

/// What the terms held for this account say about paying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentTerms {
    /// The least a part payment may be; `None` where a part cannot be paid.
    pub minimum_part: Option<Money>,
    /// Given up if the whole balance is paid now; zero for none.
    pub prompt_discount: Money,
}

/// An account at the moment of paying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayableAccount {
    pub is_open: bool,
    pub owed: Owed,
    /// Payments that are on their way and will lower the balance.
    pub in_flight: Money,
    pub holds: Vec<HoldKind>,
    pub terms: PaymentTerms,
    /// The least the processor moves.
    pub processor_minimum: Money,
}

/// One way to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayToPay {
    pub purpose: Purpose,
    /// Of a part payment the least.
    pub amount: Money,
    pub discount: Money,
    /// Of an instalment.
    pub instalment: Option<OpenInstalment>,
}

/// Why something cannot be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayRefusal {
    /// The creditor has taken the account back or closed it.
    AccountNotOpen,
    Held(HoldKind),
    NothingOwed,
    /// What is owed is on its way already.
    AlreadyOnItsWay,
    /// Nothing is past due, or no instalment is open.
    NothingOfThatKind,
    BelowMinimum {
        minimum: Money,
    },
    /// More than the balance.
    AboveBalance {
        balance: Money,
    },
    /// Less than the processor can move: a person helps.
    BelowProcessorMinimum {
        minimum: Money,
    },
    /// What is owed has changed since it was shown.
    AmountChanged {
        now: Money,
    },
}

impl PayableAccount {
    /// What is owed and not on its way.
    pub fn payable(&self) -> Money {
        Money::new(self.owed.balance.minor().saturating_sub(self.in_flight.minor()).max(0), self.owed.balance.currency())
    }

    fn refuse_all(&self) -> Result<Money, PayRefusal> {
        if let Some(hold) = forbidding_payment(&self.holds) {
            return Err(PayRefusal::Held(hold));
        }
        if !self.is_open {
            return Err(PayRefusal::AccountNotOpen);
        }
        if !self.owed.balance.is_positive() {
            return Err(PayRefusal::NothingOwed);
        }
        let payable = self.payable();
        if !payable.is_positive() {
            return Err(PayRefusal::AlreadyOnItsWay);
        }
        if payable.minor() < self.processor_minimum.minor() {
            return Err(PayRefusal::BelowProcessorMinimum { minimum: self.processor_minimum });
        }
        Ok(payable)
    }

    /// The least a part payment may be: the policy's minimum or the processor's. None where that leaves no choice but paying
    /// in full.
    fn least_part(&self, payable: Money) -> Option<Money> {
        let least = self.terms.minimum_part?.minor().max(self.processor_minimum.minor());
        (least < payable.minor()).then(|| Money::new(least, payable.currency()))
    }

    /// Every way to pay now, in the order they are shown.
    pub fn ways(&self) -> Result<Vec<WayToPay>, PayRefusal> {
        self.refuse_all()?;
        Ok(Purpose::CHOICES.into_iter().filter_map(|purpose| self.way(purpose).ok()).collect())
    }

    fn way(&self, purpose: Purpose) -> Result<WayToPay, PayRefusal> {
        let payable = self.refuse_all()?;
        let currency = payable.currency();
        let none = Money::zero(currency);
        let plain = |amount: i64, instalment| {
            let amount = Money::new(amount, currency);
            if !amount.is_positive() {
                return Err(PayRefusal::NothingOfThatKind);
            }
            if amount.minor() < self.processor_minimum.minor() {
                return Err(PayRefusal::BelowProcessorMinimum { minimum: self.processor_minimum });
            }
            Ok(WayToPay { purpose, amount, discount: none, instalment })
        };
        let on_its_way = self.in_flight.minor();
        match purpose {
            Purpose::Balance => {
                // The discount is for the whole balance in one payment.
                let discount = if on_its_way == 0 { self.terms.prompt_discount.minor().clamp(0, payable.minor()) } else { 0 };
                let way = plain(payable.minor() - discount, None)?;
                Ok(WayToPay { discount: Money::new(discount, currency), ..way })
            }
            Purpose::PastDue => {
                // What an agreement covers is paid by its instalments; nobody is asked for it a second time.
                let outside = self.owed.past_due_outside_agreements().map_or(0, Money::minor);
                let past_due = outside.saturating_sub(on_its_way).min(payable.minor());
                // Where everything is past due, getting up to date is paying in full.
                if past_due == payable.minor() { Err(PayRefusal::NothingOfThatKind) } else { plain(past_due, None) }
            }
            Purpose::Instalment => {
                let mut covered = on_its_way;
                for instalment in &self.owed.instalments {
                    let open = instalment.open.minor();
                    if covered >= open {
                        covered -= open;
                        continue;
                    }
                    return plain((open - covered).min(payable.minor()), Some(instalment.clone()));
                }
                Err(PayRefusal::NothingOfThatKind)
            }
            // Nobody chooses it: services::collections reckons what an instalment still needs.
            Purpose::Collection => Err(PayRefusal::NothingOfThatKind),
            Purpose::Part => plain(self.least_part(payable).map_or(0, Money::minor), None),
        }
    }

    /// What a choice comes to now. `shown` is the amount the customer saw or typed; anything but a part payment must still
    /// come to exactly that.
    pub fn choose(&self, purpose: Purpose, shown: Money) -> Result<WayToPay, PayRefusal> {
        let way = self.way(purpose)?;
        match purpose {
            Purpose::Part if shown.minor() < way.amount.minor() => Err(PayRefusal::BelowMinimum { minimum: way.amount }),
            Purpose::Part if shown.minor() > self.payable().minor() => Err(PayRefusal::AboveBalance { balance: self.payable() }),
            Purpose::Part => Ok(WayToPay { amount: shown, ..way }),
            Purpose::Balance | Purpose::PastDue | Purpose::Instalment | Purpose::Collection if shown != way.amount => {
                Err(PayRefusal::AmountChanged { now: way.amount })
            }
            Purpose::Balance | Purpose::PastDue | Purpose::Instalment | Purpose::Collection => Ok(way),
        }
    }
}
