//! Any text is read as a policy or refused with a line of it; and whatever policy comes out, offers can be made of it.
#![no_main]

use evenkeel::domain::account::{AccountFacts, TimeBarred};
use evenkeel::domain::calendar::Date;
use evenkeel::domain::money::Money;
use evenkeel::domain::offers::offers_for;
use evenkeel::server::policy_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let calendar = |_: &str| Ok("name = \"fuzz\"\ndays = [\"2026-12-25\"]".to_owned());
    match policy_file::parse(text, calendar) {
        Err(fault) => assert!(fault.line >= 1 && fault.line <= text.lines().count() + 1, "{fault}"),
        Ok(file) => {
            let today: Date = jiff_date(2026, 11, 20);
            for segment in &file.policy.segments {
                let currency = segment.when.currency;
                let account = AccountFacts {
                    product: segment.when.products.first().cloned().unwrap_or_default(),
                    currency,
                    balance: Money::new(120_037, currency),
                    past_due: Money::new(30_011, currency),
                    oldest_unpaid_due_date: Some(jiff_date(2026, 10, 1)),
                    history: None,
                    time_barred: TimeBarred::Unknown,
                };
                let set = offers_for(&account, &file.policy, today, None, segment.when.reasons.first().copied());
                for offer in &set.offers {
                    let sum: i64 = offer.schedule.instalments.iter().map(|instalment| instalment.amount.minor()).sum();
                    assert_eq!(sum, offer.total.minor(), "{}", offer.id);
                }
            }
        }
    }
});

fn jiff_date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a date")
}
