//! One payment over several accounts of one customer: how much goes to each is the customer's choice, and none of it ever to
//! an account they dispute (12 CFR 1006.30(c)).
//!
//! An account takes part with an amount that was typed for it. What it may be is what may be paid on that account alone
//! (`domain::paying`), with one difference: the processor's minimum binds the sum, not each share. Called when the
//! accounts are shown, when the amounts are checked, and again under the locks at the moment of paying.

use super::hold::HoldKind;
use super::money::{Money, MoneyError};
use super::paying::{PayRefusal, PayableAccount, WayToPay};
use super::payment::Purpose;

/// So many accounts one payment takes: each of them is locked while it is begun and while it is booked.
pub const MOST_ACCOUNTS: usize = 50;

/// What stands for an account in the fields of a form that has many: a form reads a name that begins with a digit as a number.
const KEY: &str = "account-";

pub fn key(account_id: &str) -> String {
    format!("{KEY}{account_id}")
}

/// The id of the account of such a name.
pub fn account_of_key(key: &str) -> Option<&str> {
    key.strip_prefix(KEY)
}

/// Why an account, or the amount typed for it, is no part of a joint payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareRefusal {
    /// The customer said that it is not right. They may pay it by itself.
    Disputed,
    Pay(PayRefusal),
}

/// What an account gets of a joint payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareChoice {
    pub purpose: Purpose,
    pub amount: Money,
    /// Given up by the creditor if the payment succeeds; zero for none.
    pub discount: Money,
}

/// What may be paid on this account as a part of a joint payment; of a part payment the least.
pub fn ways(account: &PayableAccount) -> Result<Vec<WayToPay>, ShareRefusal> {
    if account.holds.contains(&HoldKind::Dispute) {
        return Err(ShareRefusal::Disputed);
    }
    without_minimum(account).ways().map_err(ShareRefusal::Pay)
}

/// What the amount typed for this account comes to now. An amount that is exactly everything, what is past due or the next
/// instalment is that; any other is a part, within the policy's minimum and what is owed.
pub fn choose(account: &PayableAccount, typed: Money) -> Result<ShareChoice, ShareRefusal> {
    let ways = ways(account)?;
    let exact = [Purpose::Balance, Purpose::PastDue, Purpose::Instalment]
        .into_iter()
        .find_map(|purpose| ways.iter().find(|way| way.purpose == purpose && way.amount == typed));
    if let Some(way) = exact {
        return Ok(ShareChoice { purpose: way.purpose, amount: way.amount, discount: way.discount });
    }
    let all = ways.iter().find(|way| way.purpose == Purpose::Balance).map(|way| way.amount);
    match all {
        // With a discount, everything is less than what is owed: nobody pays more than settles the account.
        Some(all) if typed.minor() > all.minor() => return Err(ShareRefusal::Pay(PayRefusal::AboveBalance { balance: all })),
        // Where no part is small enough, everything is the least.
        Some(all) if !ways.iter().any(|way| way.purpose == Purpose::Part) => {
            return Err(ShareRefusal::Pay(PayRefusal::BelowMinimum { minimum: all }));
        }
        Some(_) | None => {}
    }
    let way = without_minimum(account).choose(Purpose::Part, typed).map_err(ShareRefusal::Pay)?;
    Ok(ShareChoice { purpose: way.purpose, amount: way.amount, discount: way.discount })
}

/// The sum of the shares: what the processor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SumRefusal {
    /// No account gets anything.
    Nothing,
    BelowProcessorMinimum {
        minimum: Money,
    },
}

/// What all shares come to; they are in the currency of the minimum.
pub fn sum(shares: impl IntoIterator<Item = Money>, processor_minimum: Money) -> Result<Result<Money, SumRefusal>, MoneyError> {
    let sum = shares.into_iter().try_fold(Money::zero(processor_minimum.currency()), Money::checked_add)?;
    Ok(if !sum.is_positive() {
        Err(SumRefusal::Nothing)
    } else if sum.minor() < processor_minimum.minor() {
        Err(SumRefusal::BelowProcessorMinimum { minimum: processor_minimum })
    } else {
        Ok(sum)
    })
}

fn without_minimum(account: &PayableAccount) -> PayableAccount {
    PayableAccount { processor_minimum: Money::new(1, account.processor_minimum.currency()), ..account.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::Owed;
    use crate::domain::money::Currency;
    use crate::domain::paying::PaymentTerms;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    /// 1,200.00 owed, 300.00 of it past due, parts from 5.00.
    fn account() -> PayableAccount {
        PayableAccount {
            is_open: true,
            owed: Owed { balance: usd(120_000), past_due: usd(30_000), instalments: Vec::new() },
            disputed: usd(0),
            in_flight: usd(0),
            holds: Vec::new(),
            terms: PaymentTerms { minimum_part: Some(usd(500)), prompt_discount: usd(0) },
            processor_minimum: usd(50),
        }
    }

    fn chosen(account: &PayableAccount, minor: i64) -> Result<(Purpose, i64), ShareRefusal> {
        choose(account, usd(minor)).map(|share| (share.purpose, share.discount.minor()))
    }

    #[test]
    fn an_amount_is_what_it_pays() {
        assert_eq!(chosen(&account(), 120_000), Ok((Purpose::Balance, 0)));
        assert_eq!(chosen(&account(), 30_000), Ok((Purpose::PastDue, 0)));
        assert_eq!(chosen(&account(), 30_001), Ok((Purpose::Part, 0)));
        assert_eq!(chosen(&account(), 500), Ok((Purpose::Part, 0)));
        let refused = |refusal| Err(ShareRefusal::Pay(refusal));
        assert_eq!(chosen(&account(), 499), refused(PayRefusal::BelowMinimum { minimum: usd(500) }));
        assert_eq!(chosen(&account(), 120_001), refused(PayRefusal::AboveBalance { balance: usd(120_000) }));
    }

    #[test]
    fn everything_with_a_discount_is_the_most_that_is_taken() {
        let mut discounted = account();
        discounted.terms.prompt_discount = usd(12_000);
        assert_eq!(chosen(&discounted, 108_000), Ok((Purpose::Balance, 12_000)));
        let refused = Err(ShareRefusal::Pay(PayRefusal::AboveBalance { balance: usd(108_000) }));
        assert_eq!(chosen(&discounted, 110_000), refused);
        assert_eq!(chosen(&discounted, 120_000), refused);
    }

    #[test]
    fn a_disputed_account_takes_no_part_though_it_could_be_paid_alone() {
        let disputed = PayableAccount { holds: vec![HoldKind::Dispute], ..account() };
        assert_eq!(ways(&disputed), Err(ShareRefusal::Disputed));
        assert_eq!(chosen(&disputed, 5_000), Err(ShareRefusal::Disputed));
        assert!(disputed.choose(Purpose::Part, usd(5_000)).is_ok());
    }

    #[test]
    fn the_processors_minimum_binds_the_sum_only() {
        let mut cents = account();
        cents.owed = Owed { balance: usd(49), past_due: usd(49), instalments: Vec::new() };
        assert!(cents.ways().is_err());
        assert_eq!(chosen(&cents, 49), Ok((Purpose::Balance, 0)));
        assert_eq!(chosen(&cents, 48), Err(ShareRefusal::Pay(PayRefusal::BelowMinimum { minimum: usd(49) })));
        assert_eq!(sum([usd(49)], usd(50)), Ok(Err(SumRefusal::BelowProcessorMinimum { minimum: usd(50) })));
        assert_eq!(sum([usd(49), usd(1)], usd(50)), Ok(Ok(usd(50))));
        assert_eq!(sum([], usd(50)), Ok(Err(SumRefusal::Nothing)));
    }
}
