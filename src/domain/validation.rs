//! Validation information (12 CFR 1006.34): how what is owed came about since the itemization date, and until when its reader has
//! the period in which a dispute in writing obliges us by law. Our own rule holds whenever somebody disputes.

use super::calendar::{Date, Holidays, days_after};
use super::collecting::business_days_after;
use super::money::{Currency, Money, MoneyError};
use super::standing::{EntryKind, Part, PartKind};

/// A letter is assumed to arrive five business days after it was sent (12 CFR 1006.34(b)(5)).
pub const ASSUMED_RECEIPT_BUSINESS_DAYS: u32 = 5;
/// The period lasts thirty days from then.
pub const VALIDATION_PERIOD_DAYS: i32 = 30;

/// The last day of the validation period of what is sent on a day.
pub fn period_ends(sent_on: Date, holidays: &Holidays) -> Date {
    days_after(business_days_after(sent_on, ASSUMED_RECEIPT_BUSINESS_DAYS, holidays), VALIDATION_PERIOD_DAYS)
}

/// What a customer may ask for in writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Information {
    /// Name and address of the original creditor.
    Creditor,
    /// How the total came about, line by line.
    Itemization,
    Validation,
}

impl Information {
    pub const ALL: [Information; 3] = [Information::Creditor, Information::Itemization, Information::Validation];

    pub fn code(self) -> &'static str {
        match self {
            Information::Creditor => "creditor",
            Information::Itemization => "itemization",
            Information::Validation => "validation",
        }
    }

    pub fn from_code(code: &str) -> Option<Information> {
        Information::ALL.into_iter().find(|information| information.code() == code)
    }
}

/// The itemization in the order of the regulation. It adds up: on that day, and interest and fees, less payments and credits, is what
/// is owed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Itemization {
    pub on: Date,
    pub then: Money,
    pub interest: Money,
    pub fees: Money,
    /// As a positive amount; below nothing where more went back than was paid.
    pub payments: Money,
    /// With what was given up, and what was put right.
    pub credits: Money,
    pub now: Money,
}

impl Itemization {
    /// Sorts the parts of a balance, which sum to it.
    pub fn of(parts: &[Part], currency: Currency) -> Result<Itemization, MoneyError> {
        let zero = Money::zero(currency);
        let mut sorted =
            Itemization { on: Date::MIN, then: zero, interest: zero, fees: zero, payments: zero, credits: zero, now: zero };
        for part in parts {
            sorted.now = sorted.now.checked_add(part.amount)?;
            match part.kind {
                PartKind::Before(day) => {
                    sorted.on = day;
                    sorted.then = sorted.then.checked_add(part.amount)?;
                }
                PartKind::Interest | PartKind::Own(EntryKind::Interest, _) => {
                    sorted.interest = sorted.interest.checked_add(part.amount)?;
                }
                PartKind::Fees => sorted.fees = sorted.fees.checked_add(part.amount)?,
                PartKind::PaidToCreditor
                | PartKind::Own(
                    EntryKind::Payment
                    | EntryKind::PaymentElsewhere
                    | EntryKind::Refund
                    | EntryKind::Return
                    | EntryKind::Chargeback
                    | EntryKind::Reinstatement,
                    _,
                ) => sorted.payments = sorted.payments.checked_sub(part.amount)?,
                PartKind::Credits
                | PartKind::Corrections
                | PartKind::Own(
                    EntryKind::Discount | EntryKind::DiscountWithdrawn | EntryKind::WriteOff | EntryKind::Correction,
                    _,
                ) => sorted.credits = sorted.credits.checked_sub(part.amount)?,
            }
        }
        Ok(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_period_ends_thirty_days_after_the_assumed_receipt() {
        // Thanksgiving is no business day: five of them after Friday the 20th is Monday the 30th.
        let holidays = Holidays::from(vec![date(2026, 11, 26)]);
        assert_eq!(period_ends(date(2026, 11, 20), &holidays), date(2026, 12, 30));
        assert_eq!(period_ends(date(2026, 11, 20), &Holidays::NONE), date(2026, 12, 27));
    }

    #[test]
    fn the_itemization_adds_up_whatever_happened() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let part = |kind, minor| Part { kind, amount: usd(minor), payment: None };
        let day = date(2026, 11, 1);
        let parts = [
            part(PartKind::Before(date(2026, 5, 1)), 100_000),
            part(PartKind::Interest, 2_000),
            part(PartKind::Fees, 500),
            part(PartKind::PaidToCreditor, -10_000),
            part(PartKind::Credits, -100),
            part(PartKind::Own(EntryKind::Payment, day), -5_000),
            part(PartKind::Own(EntryKind::Return, day), 5_000),
            part(PartKind::Own(EntryKind::Correction, day), -50),
            part(PartKind::Own(EntryKind::Interest, day), 7),
            part(PartKind::Corrections, 3),
        ];
        let sorted = Itemization::of(&parts, Currency::USD).expect("it can be reckoned");
        assert_eq!(
            (sorted.interest, sorted.fees, sorted.payments, sorted.credits),
            (usd(2_007), usd(500), usd(10_000), usd(147))
        );
        let reckoned = sorted.then.minor() + sorted.interest.minor() + sorted.fees.minor()
            - sorted.payments.minor()
            - sorted.credits.minor();
        assert_eq!((sorted.now, reckoned), (usd(92_360), 92_360));
    }

    #[test]
    fn every_kind_of_information_is_read_back_from_its_code() {
        for information in Information::ALL {
            assert_eq!(Information::from_code(information.code()), Some(information));
        }
    }
}
