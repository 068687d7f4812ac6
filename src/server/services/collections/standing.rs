//! How collections stand, for the screens.

use crate::domain::calendar::Date;
use crate::domain::collecting::{CollectionStanding, WhyNot};
use crate::domain::ids::AgreementId;
use crate::domain::keeping::Instalment;
use crate::domain::money::Money;
use crate::server::clock;
use crate::server::services::Failure;
use crate::server::store::Tx;
use crate::server::store::collections::{self, Try, TryState};
use jiff::tz::TimeZone;

/// How the collection of each of these instalments stands, in their order.
pub async fn standing_of(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    instalments: &[Instalment],
    zone: &TimeZone,
) -> Result<Vec<CollectionStanding>, Failure> {
    let permission = collections::permission(tx, agreement_id).await?;
    let given_on = permission.map(|permission| clock::date_of(permission.given_at, zone));
    let tries = collections::of_agreement(tx, agreement_id).await?;
    Ok(instalments
        .iter()
        .map(|instalment| {
            let of_this = tries.iter().rfind(|one| one.key.number == i64::from(instalment.number));
            match standing(instalment, of_this, given_on) {
                CollectionStanding::OnDay(_) | CollectionStanding::AgainOn(_) if instalment.went_back() => {
                    CollectionStanding::NotCollected(WhyNot::PaidBack)
                }
                stands => stands,
            }
        })
        .collect())
}

/// The instalments that are not collected under any permission, by their number: money on them went back, so that a person looks first, or
/// their collection was given up.
pub(in crate::server::services) async fn not_collected(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    instalments: &[Instalment],
) -> Result<Vec<i64>, Failure> {
    let went_back = instalments.iter().filter(|instalment| instalment.went_back());
    let mut numbers: Vec<i64> = went_back.map(|instalment| i64::from(instalment.number)).collect();
    let tries = collections::of_agreement(tx, agreement_id).await?;
    let given_up = tries.iter().enumerate().filter(|(at, one)| {
        let is_last = tries.get(at + 1).is_none_or(|next| next.key.number != one.key.number);
        is_last && matches!(one.state, TryState::Declined | TryState::NotCollected)
    });
    numbers.extend(given_up.map(|(_, one)| one.key.number));
    Ok(numbers)
}

fn standing(instalment: &Instalment, last: Option<&Try>, given_on: Option<Date>) -> CollectionStanding {
    if instalment.is_met() {
        return CollectionStanding::ByHand;
    }
    let Some(last) = last else {
        return match given_on {
            Some(_) if instalment.went_back() => CollectionStanding::NotCollected(WhyNot::PaidBack),
            Some(given_on) if given_on <= instalment.due_on => CollectionStanding::OnDay(instalment.due_on),
            Some(_) | None => CollectionStanding::ByHand,
        };
    };
    match last.state {
        TryState::Asked => CollectionStanding::UnderWay,
        // Nothing is collected any more, whatever was announced.
        TryState::Announced | TryState::Planned if given_on.is_none() => CollectionStanding::NotCollected(WhyNot::MandateGone),
        TryState::Announced => CollectionStanding::OnDay(last.day),
        TryState::Planned => CollectionStanding::AgainOn(last.day),
        TryState::Declined => CollectionStanding::NotCollected(WhyNot::Declined),
        TryState::NotCollected => {
            let why = last.reason.as_deref().and_then(WhyNot::from_code);
            CollectionStanding::NotCollected(why.unwrap_or(WhyNot::TooLate))
        }
        TryState::Collected | TryState::Abandoned | TryState::NotNeeded => CollectionStanding::ByHand,
    }
}

/// The next amount that will be taken by itself under an agreement, and the day; `None` where nothing will. Never more than
/// `balance`, which is what is owed on the account.
pub async fn next_of_agreement(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    instalments: &[Instalment],
    balance: Money,
    zone: &TimeZone,
) -> Result<Option<(Date, Money)>, Failure> {
    let standings = standing_of(tx, agreement_id, instalments, zone).await?;
    let coming = instalments.iter().zip(standings).filter_map(|(instalment, standing)| {
        let open = instalment.open().minor().min(balance.minor());
        match standing {
            CollectionStanding::OnDay(day) | CollectionStanding::AgainOn(day) => {
                Some((day, Money::new(open, instalment.amount.currency()))).filter(|(_, amount)| amount.is_positive())
            }
            CollectionStanding::ByHand | CollectionStanding::UnderWay | CollectionStanding::NotCollected(_) => None,
        }
    });
    Ok(coming.min_by_key(|(day, _)| *day))
}

/// Whether another try is coming or under way: while it is, nobody loses the agreement.
pub(in crate::server::services) async fn is_any_coming(tx: &mut Tx, agreement_id: &AgreementId) -> Result<bool, Failure> {
    let tries = collections::of_agreement(tx, agreement_id).await?;
    Ok(tries.iter().any(|one| matches!(one.state, TryState::Planned | TryState::Asked) || is_announced_again(one)))
}

/// The day of the latest try to collect what is still open that failed or was not made.
pub(in crate::server::services) async fn last_try_on(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    instalments: &[Instalment],
) -> Result<Option<Date>, Failure> {
    let is_open =
        |number: i64| instalments.iter().any(|instalment| i64::from(instalment.number) == number && !instalment.is_met());
    let tries = collections::of_agreement(tx, agreement_id).await?;
    let over = tries.iter().filter(|one| matches!(one.state, TryState::Declined | TryState::NotCollected));
    Ok(over.filter(|one| is_open(one.key.number)).map(|one| one.day).max())
}

fn is_announced_again(one: &Try) -> bool {
    one.state == TryState::Announced && one.notices > 1
}
