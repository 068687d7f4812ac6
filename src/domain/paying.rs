//! What may be paid on an account right now, and how much each way is.
//!
//! Called twice for every payment: when the ways are shown, and again at the moment of paying with what is owed then.

use super::dispute::undisputed;
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
    /// The part of the balance that its customer says is not right: nothing goes to it. Zero for none, and where all of it is disputed:
    /// then paying it is their own choice.
    pub disputed: Money,
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
    /// Of an instalment, or the last of several.
    pub instalment: Option<OpenInstalment>,
    /// It pays what is past due outside the agreement, whose instalments pay the rest of what is past due.
    pub is_outside_agreement: bool,
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
    /// All that is left is the part its customer says is not right.
    OnlyDisputedLeft,
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
    /// What is owed, not disputed and not on its way.
    pub fn payable(&self) -> Money {
        undisputed(undisputed(self.owed.balance, self.disputed), self.in_flight)
    }

    fn is_disputed_in_part(&self) -> bool {
        self.disputed.is_positive()
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
            // Without the disputed part, would something be left that is not on its way?
            let left = undisputed(self.owed.balance, self.in_flight);
            return Err(if left.is_positive() { PayRefusal::OnlyDisputedLeft } else { PayRefusal::AlreadyOnItsWay });
        }
        if payable.minor() < self.processor_minimum.minor() {
            return Err(PayRefusal::BelowProcessorMinimum { minimum: self.processor_minimum });
        }
        Ok(payable)
    }

    /// The least a part payment may be: the policy's minimum or the processor's. None where that leaves no choice but paying
    /// in full. Beside a disputed part there is no paying in full: all that is not disputed can be paid, however little it is.
    fn least_part(&self, payable: Money) -> Option<Money> {
        if self.is_disputed_in_part() {
            let least =
                self.terms.minimum_part.map_or(payable.minor(), |least| least.minor().max(self.processor_minimum.minor()));
            return Some(Money::new(least.min(payable.minor()), payable.currency()));
        }
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
            Ok(WayToPay { purpose, amount, discount: none, instalment, is_outside_agreement: false })
        };
        let on_its_way = self.in_flight.minor();
        match purpose {
            // A disputed part is not asked for, so nothing is called everything.
            Purpose::Balance if self.is_disputed_in_part() => Err(PayRefusal::NothingOfThatKind),
            Purpose::Balance => {
                // The discount is for the whole balance in one payment.
                let discount = if on_its_way == 0 { self.terms.prompt_discount.minor().clamp(0, payable.minor()) } else { 0 };
                let way = plain(payable.minor() - discount, None)?;
                Ok(WayToPay { discount: Money::new(discount, currency), ..way })
            }
            Purpose::PastDue => {
                // What an agreement covers is paid by its instalments; nobody is asked for it a second time.
                let outside = self.owed.past_due_outside_agreements().map_or(0, Money::minor);
                let past_due = outside.saturating_sub(on_its_way);
                // What reaches into the disputed part would not bring the account up to date without it.
                if self.is_disputed_in_part() && past_due > payable.minor() {
                    return Err(PayRefusal::NothingOfThatKind);
                }
                let past_due = past_due.min(payable.minor());
                // Where everything is past due, getting up to date is paying in full.
                if past_due == payable.minor() && !self.is_disputed_in_part() {
                    return Err(PayRefusal::NothingOfThatKind);
                }
                Ok(WayToPay { is_outside_agreement: !self.owed.instalments.is_empty(), ..plain(past_due, None)? })
            }
            Purpose::Instalment => {
                let open = self.open_instalments();
                let Some((instalment, open)) = open.first() else { return Err(PayRefusal::NothingOfThatKind) };
                plain((*open).min(payable.minor()), Some((*instalment).clone()))
            }
            Purpose::Instalments => {
                let open = self.open_instalments();
                // Of two, both are the whole agreement.
                let [(_, first), (last, second), _, ..] = open.as_slice() else { return Err(PayRefusal::NothingOfThatKind) };
                // Nothing asks for what was given back, so it is nobody's next payment.
                if last.is_given_back {
                    return Err(PayRefusal::NothingOfThatKind);
                }
                Self::instalments_together(first.saturating_add(*second), last, payable)
                    .and_then(|(amount, last)| plain(amount, last))
            }
            Purpose::Agreement => {
                let open = self.open_instalments();
                let [_, .., (last, _)] = open.as_slice() else { return Err(PayRefusal::NothingOfThatKind) };
                let together = open.iter().fold(0_i64, |sum, (_, open)| sum.saturating_add(*open));
                Self::instalments_together(together, last, payable).and_then(|(amount, last)| plain(amount, last))
            }
            // Nobody chooses it: services::collections reckons what an instalment still needs.
            Purpose::Collection => Err(PayRefusal::NothingOfThatKind),
            Purpose::Part => plain(self.least_part(payable).map_or(0, Money::minor), None),
        }
    }

    /// The instalments that payments on their way do not cover, with what is left of each, oldest first.
    fn open_instalments(&self) -> Vec<(&OpenInstalment, i64)> {
        let mut covered = self.in_flight.minor();
        let mut left = Vec::new();
        for instalment in &self.owed.instalments {
            let open = instalment.open.minor();
            let taken = covered.clamp(0, open);
            covered -= taken;
            if open > taken {
                left.push((instalment, open - taken));
            }
        }
        left
    }

    /// Several instalments in one payment. Not where it is everything owed: paying in full says that better.
    fn instalments_together(
        together: i64,
        last: &OpenInstalment,
        payable: Money,
    ) -> Result<(i64, Option<OpenInstalment>), PayRefusal> {
        if together >= payable.minor() { Err(PayRefusal::NothingOfThatKind) } else { Ok((together, Some(last.clone()))) }
    }

    /// What a choice comes to now. `shown` is the amount the customer saw or typed; anything but a part payment must still
    /// come to exactly that.
    pub fn choose(&self, purpose: Purpose, shown: Money) -> Result<WayToPay, PayRefusal> {
        let way = self.way(purpose)?;
        match purpose {
            Purpose::Part if shown.minor() < way.amount.minor() => Err(PayRefusal::BelowMinimum { minimum: way.amount }),
            Purpose::Part if shown.minor() > self.payable().minor() => Err(PayRefusal::AboveBalance { balance: self.payable() }),
            Purpose::Part => Ok(WayToPay { amount: shown, ..way }),
            Purpose::Balance
            | Purpose::PastDue
            | Purpose::Instalment
            | Purpose::Instalments
            | Purpose::Agreement
            | Purpose::Collection
                if shown != way.amount =>
            {
                Err(PayRefusal::AmountChanged { now: way.amount })
            }
            Purpose::Balance
            | Purpose::PastDue
            | Purpose::Instalment
            | Purpose::Instalments
            | Purpose::Agreement
            | Purpose::Collection => Ok(way),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::AgreementId;
    use crate::domain::money::Currency;
    use jiff::civil::date;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    /// 1,200.00 owed; under an agreement with so many instalments of 50.00.
    fn account(instalments: u32) -> PayableAccount {
        let instalment = |number: u32| OpenInstalment {
            agreement_id: AgreementId("A".into()),
            number,
            due_on: date(2026, 12, 1 + i8::try_from(number).expect("a small number")),
            open: usd(5_000),
            is_given_back: false,
        };
        PayableAccount {
            is_open: true,
            owed: Owed { balance: usd(120_000), past_due: usd(0), instalments: (1..=instalments).map(instalment).collect() },
            disputed: usd(0),
            in_flight: usd(0),
            holds: Vec::new(),
            terms: PaymentTerms { minimum_part: Some(usd(1_000)), prompt_discount: usd(0) },
            processor_minimum: usd(50),
        }
    }

    fn ways(account: &PayableAccount) -> Vec<(Purpose, i64)> {
        account.ways().expect("it can be paid").into_iter().map(|way| (way.purpose, way.amount.minor())).collect()
    }

    #[test]
    fn under_an_agreement_the_due_one_the_next_one_all_of_it_everything_or_another_amount_can_be_paid() {
        use Purpose::{Agreement, Balance, Instalment, Instalments, Part};
        let all = [(Instalment, 5_000), (Instalments, 10_000), (Agreement, 20_000), (Balance, 120_000), (Part, 1_000)];
        assert_eq!(ways(&account(4)), all);
        assert_eq!(ways(&account(2)), [(Instalment, 5_000), (Agreement, 10_000), (Balance, 120_000), (Part, 1_000)]);
        assert_eq!(ways(&account(1)), [(Instalment, 5_000), (Balance, 120_000), (Part, 1_000)]);
        // Where the agreement is all that is owed, that is paying in full.
        let mut whole = account(3);
        whole.owed.balance = usd(15_000);
        assert_eq!(ways(&whole), [(Instalment, 5_000), (Instalments, 10_000), (Balance, 15_000), (Part, 1_000)]);
    }

    #[test]
    fn what_is_on_its_way_is_taken_off_the_oldest_first() {
        let on_its_way = PayableAccount { in_flight: usd(7_000), ..account(4) };
        let found = ways(&on_its_way);
        assert_eq!(found[0], (Purpose::Instalment, 3_000), "of the second");
        assert_eq!(found[1], (Purpose::Instalments, 8_000));
        assert_eq!(found[2], (Purpose::Agreement, 13_000));
        let way = on_its_way.choose(Purpose::Agreement, usd(13_000)).expect("it can be chosen");
        assert_eq!(way.instalment.map(|last| last.number), Some(4));
        assert!(on_its_way.choose(Purpose::Agreement, usd(20_000)).is_err(), "it changed since it was shown");
    }

    #[test]
    fn nothing_that_is_paid_goes_to_a_part_that_is_disputed() {
        use Purpose::{Balance, Instalment, Part, PastDue};
        let mut disputed = PayableAccount { disputed: usd(1), ..account(0) };
        disputed.owed.past_due = usd(30_000);
        assert_eq!(ways(&disputed), [(PastDue, 30_000), (Part, 1_000)]);
        assert!(disputed.choose(Part, usd(119_999)).is_ok(), "all that is not disputed");
        assert_eq!(disputed.choose(Part, usd(120_000)), Err(PayRefusal::AboveBalance { balance: usd(119_999) }));
        assert_eq!(disputed.choose(Balance, usd(120_000)), Err(PayRefusal::NothingOfThatKind));

        // What is past due reaches into it, by a cent.
        disputed.disputed = usd(90_001);
        assert_eq!(ways(&disputed), [(Part, 1_000)]);
        disputed.disputed = usd(90_000);
        assert_eq!(ways(&disputed), [(PastDue, 30_000), (Part, 1_000)]);

        // Less than any part is left beside it: all of that can be paid, and less than the company moves cannot.
        disputed.disputed = usd(119_940);
        assert_eq!(ways(&disputed), [(Part, 60)]);
        disputed.disputed = usd(119_999);
        assert_eq!(disputed.ways(), Err(PayRefusal::BelowProcessorMinimum { minimum: usd(50) }));
        disputed.in_flight = usd(1);
        assert_eq!(disputed.ways(), Err(PayRefusal::OnlyDisputedLeft));
        disputed.in_flight = usd(120_000);
        assert_eq!(disputed.ways(), Err(PayRefusal::AlreadyOnItsWay));

        // What is on its way goes to what is not disputed.
        let on_its_way = PayableAccount { disputed: usd(20_000), in_flight: usd(99_000), ..account(1) };
        assert_eq!(ways(&on_its_way), [(Part, 1_000)]);
        let under_agreement = PayableAccount { disputed: usd(117_000), ..account(2) };
        assert_eq!(ways(&under_agreement), [(Instalment, 3_000), (Part, 1_000)]);
    }

    #[test]
    fn what_an_agreement_leaves_of_what_is_past_due_is_called_that() {
        let mut covered_in_part = account(2);
        covered_in_part.owed.past_due = usd(10_100);
        let way = covered_in_part.choose(Purpose::PastDue, usd(100)).expect("it can be paid");
        assert!(way.is_outside_agreement);
        let mut without = account(0);
        without.owed.past_due = usd(10_100);
        assert!(!without.choose(Purpose::PastDue, usd(10_100)).expect("it can be paid").is_outside_agreement);
    }

    #[test]
    fn what_was_given_back_is_paid_after_what_is_asked_for() {
        let mut given_back = account(2);
        given_back.owed.instalments.push(OpenInstalment { is_given_back: true, ..given_back.owed.instalments[0].clone() });
        let found = ways(&given_back);
        assert_eq!(found[..2], [(Purpose::Instalment, 5_000), (Purpose::Instalments, 10_000)]);
        given_back.owed.instalments.remove(0);
        assert!(ways(&given_back).iter().all(|(purpose, _)| *purpose != Purpose::Instalments), "there is no next one");
        given_back.owed.instalments.remove(0);
        let way = given_back.choose(Purpose::Instalment, usd(5_000)).expect("it can be paid");
        assert!(way.instalment.is_some_and(|instalment| instalment.is_given_back));
    }
}
