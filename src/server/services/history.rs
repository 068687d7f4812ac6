//! How past instalments were kept, as far as it is known: what the creditor reported, and what fell due here since. Called
//! wherever a policy is asked, and by the account page.

use super::Failure;
use crate::domain::calendar::Date;
use crate::domain::history::{self, OwnInstalment};
use crate::server::clock::{Millis, zone};
use crate::server::store::Tx;
use crate::server::store::facts::AccountRecord;
use crate::server::store::history::{PaidLine, paid_lines};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The account with the history that is known of it on this day.
pub async fn complete(tx: &mut Tx, account: AccountRecord, today: Date) -> Result<AccountRecord, Failure> {
    let lines = match account.has_agreements {
        true => paid_lines(tx, &account.id, history::counted_from(today), today).await?,
        false => Vec::new(),
    };
    let own = own_instalments(&lines, &zone(&account.time_zone));
    let reported = account.facts.history.map(|history| (history, account.reported.balance_date));
    let mut account = account;
    account.facts.history = history::known(reported, &own, today);
    Ok(account)
}

/// One for each instalment that was really due: those of an agreement that was given up before their day were not.
fn own_instalments(lines: &[PaidLine], zone: &TimeZone) -> Vec<OwnInstalment> {
    let day = |at: Millis| Timestamp::from_millisecond(at).map_or(Date::MAX, |instant| zone.to_datetime(instant).date());
    lines
        .chunk_by(|one, next| (&one.agreement_id, one.number) == (&next.agreement_id, next.number))
        .filter_map(|of_one| {
            let first = of_one.first()?;
            let was_due = first.given_up_at.is_none_or(|at| first.due_on < day(at));
            let in_time = of_one.iter().filter_map(|line| line.paid).filter(|(_, at)| day(*at) <= first.due_on);
            let paid = in_time.fold(0_i64, |sum, (minor, _)| sum.saturating_add(minor));
            was_due.then_some(OwnInstalment { due_on: first.due_on, kept: paid >= first.amount_minor })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn line(number: i64, paid: Option<(i64, &str)>) -> PaidLine {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant").as_millisecond();
        PaidLine {
            agreement_id: "a".into(),
            number,
            due_on: date(2026, 11, 6),
            amount_minor: 5_000,
            given_up_at: None,
            paid: paid.map(|(minor, when)| (minor, at(when))),
        }
    }

    fn kept(lines: &[PaidLine]) -> Vec<bool> {
        let zone = TimeZone::get("America/Denver").expect("a zone");
        own_instalments(lines, &zone).into_iter().map(|instalment| instalment.kept).collect()
    }

    #[test]
    fn an_instalment_is_kept_if_all_of_it_was_paid_by_its_day_where_the_customer_lives() {
        // 23:30 on the 6th in Denver is the 7th in UTC.
        assert_eq!(kept(&[line(1, Some((5_000, "2026-11-07T06:30:00Z")))]), [true]);
        assert_eq!(kept(&[line(1, Some((5_000, "2026-11-07T07:00:00Z")))]), [false], "midnight: a day late");
        assert_eq!(kept(&[line(1, Some((4_999, "2026-11-01T12:00:00Z")))]), [false], "a cent is missing");
        assert_eq!(kept(&[line(1, None)]), [false]);
    }

    #[test]
    fn several_payments_on_one_instalment_are_one_instalment() {
        let halves = [line(1, Some((2_500, "2026-11-01T12:00:00Z"))), line(1, Some((2_500, "2026-11-06T12:00:00Z")))];
        assert_eq!(kept(&halves), [true]);
        assert_eq!(kept(&[halves[0].clone(), line(2, None)]), [false, false]);
    }

    #[test]
    fn what_fell_due_after_an_agreement_was_given_up_does_not_count() {
        let given_up_at = |text: &str| Some(text.parse::<Timestamp>().expect("an instant").as_millisecond());
        let before = PaidLine { given_up_at: given_up_at("2026-11-05T12:00:00Z"), ..line(1, None) };
        let after = PaidLine { given_up_at: given_up_at("2026-11-20T12:00:00Z"), ..line(1, None) };
        assert_eq!(kept(&[before]), Vec::<bool>::new());
        assert_eq!(kept(&[after]), [false]);
    }
}
