//! How past instalments were kept. The creditor may report two numbers; what fell due under an agreement made here is
//! counted from our own books. Together they are the share that a policy may ask for (`kept_percent`).

use super::calendar::Date;
use jiff::Span;

/// Counted over so many months back.
pub const HISTORY_MONTHS: i32 = 12;

/// A history is shown to its customer only where it is good: of at least so many instalments, at least so many percent kept.
/// Anything less is not worth hearing: the page is there to help, not to judge.
pub const SHOWN_FROM_INSTALMENTS: u32 = 3;
pub const SHOWN_FROM_PERCENT: i64 = 75;

/// Instalments that fell due in the past twelve months, and how many of them were paid in full by their day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentHistory {
    pub instalments_due: u32,
    /// Never more than were due.
    pub instalments_kept: u32,
}

/// An instalment of an agreement made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnInstalment {
    pub due_on: Date,
    pub kept: bool,
}

impl PaymentHistory {
    /// Kept instalments in percent, rounded down; `None` where none was due.
    pub fn kept_percent(self) -> Option<i64> {
        i64::from(self.instalments_kept).saturating_mul(100).checked_div(i64::from(self.instalments_due))
    }

    /// Whether it is shown to its customer.
    pub fn is_good(self) -> bool {
        self.instalments_due >= SHOWN_FROM_INSTALMENTS && self.kept_percent().is_some_and(|kept| kept >= SHOWN_FROM_PERCENT)
    }

    fn of(instalments: impl Iterator<Item = OwnInstalment>) -> PaymentHistory {
        instalments.fold(PaymentHistory { instalments_due: 0, instalments_kept: 0 }, |sum, instalment| PaymentHistory {
            instalments_due: sum.instalments_due.saturating_add(1),
            instalments_kept: sum.instalments_kept.saturating_add(u32::from(instalment.kept)),
        })
    }

    fn and(self, other: PaymentHistory) -> PaymentHistory {
        PaymentHistory {
            instalments_due: self.instalments_due.saturating_add(other.instalments_due),
            instalments_kept: self.instalments_kept.saturating_add(other.instalments_kept),
        }
    }
}

/// The first day on which an instalment counts, seen from `today`.
pub fn counted_from(today: Date) -> Date {
    today.saturating_sub(Span::new().months(HISTORY_MONTHS))
}

/// What is known on `today`; `None` where nobody told and nothing fell due here.
///
/// An instalment counts once its day is over. What the creditor reports counts up to the day its figures are of, so from our
/// own books only what fell due after that is added: nothing is counted twice.
pub fn known(reported: Option<(PaymentHistory, Date)>, own: &[OwnInstalment], today: Date) -> Option<PaymentHistory> {
    let own_since =
        |first: Date| PaymentHistory::of(own.iter().copied().filter(|instalment| (first..today).contains(&instalment.due_on)));
    // Figures older than the months that count say nothing about them.
    match reported.filter(|(_, as_of)| *as_of >= counted_from(today)) {
        Some((reported, as_of)) => {
            let after = as_of.tomorrow().unwrap_or(Date::MAX);
            Some(reported.and(own_since(after)))
        }
        None => Some(own_since(counted_from(today))).filter(|history| history.instalments_due > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 20);

    fn history(kept: u32, due: u32) -> PaymentHistory {
        PaymentHistory { instalments_due: due, instalments_kept: kept }
    }

    fn own(due_on: Date, kept: bool) -> OwnInstalment {
        OwnInstalment { due_on, kept }
    }

    #[test]
    fn nothing_reported_and_nothing_due_is_unknown() {
        assert_eq!(known(None, &[], TODAY), None);
        assert_eq!(known(None, &[own(TODAY, true), own(date(2027, 1, 1), false)], TODAY), None, "their days are not over");
    }

    #[test]
    fn an_instalment_counts_from_the_day_after_it_for_twelve_months() {
        let counted = |due_on| known(None, &[own(due_on, true)], TODAY);
        assert_eq!(counted(date(2026, 11, 19)), Some(history(1, 1)));
        assert_eq!(counted(date(2025, 11, 20)), Some(history(1, 1)));
        assert_eq!(counted(date(2025, 11, 19)), None);
        assert_eq!(known(None, &[own(date(2026, 10, 1), true), own(date(2026, 11, 1), false)], TODAY), Some(history(1, 2)));
    }

    #[test]
    fn what_the_creditor_counted_is_not_counted_again() {
        let reported = Some((history(9, 12), date(2026, 11, 1)));
        let instalments = [own(date(2026, 11, 1), false), own(date(2026, 11, 2), true)];
        assert_eq!(known(reported, &instalments, TODAY), Some(history(10, 13)));
        assert_eq!(known(Some((history(0, 0), date(2026, 11, 1))), &[], TODAY).and_then(PaymentHistory::kept_percent), None);
    }

    #[test]
    fn figures_of_more_than_a_year_ago_are_no_longer_known() {
        assert_eq!(known(Some((history(12, 12), date(2025, 11, 19))), &[], TODAY), None);
        assert_eq!(known(Some((history(12, 12), date(2025, 11, 20))), &[], TODAY), Some(history(12, 12)));
    }

    #[test]
    fn only_a_good_history_is_shown() {
        assert!(history(9, 12).is_good() && history(3, 3).is_good() && history(3, 4).is_good());
        assert!(!history(8, 12).is_good() && !history(2, 2).is_good() && !history(0, 0).is_good());
    }
}
