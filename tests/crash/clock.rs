//! The clock jumps over midnight, the end of a month and both changes of daylight saving, forward and back, between a payment's
//! beginning and its end.

use crate::server::Setup;
use crate::support;
use crate::support::seed::{self, SeedAccount};

/// What is jumped over, since when something is past due, and before and after, in UTC; the customer is in Denver.
const JUMPS: [(&str, &str, &str, &str); 5] = [
    ("midnight", "2026-10-20", "2026-11-25T06:59:30Z", "2026-11-25T07:00:30Z"),
    ("the end of a month and a year", "2026-12-01", "2027-01-01T06:59:59Z", "2027-01-01T07:00:01Z"),
    ("the night that loses an hour", "2027-02-01", "2027-03-14T08:59:30Z", "2027-03-14T09:00:30Z"),
    ("the night that has one twice", "2027-10-01", "2027-11-07T07:30:00Z", "2027-11-07T08:30:00Z"),
    ("back by a day", "2028-02-01", "2028-03-01T07:00:30Z", "2028-02-29T06:59:30Z"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_over_a_jump_of_the_clock_is_booked_once_on_the_day_it_was_paid() {
    let test = support::sqlite().await;
    let mut paid = 0;
    for (what, due, before, after) in JUMPS {
        let seeded =
            seed::account(&test.db, SeedAccount { oldest_unpaid_due_date: Some(due.into()), ..SeedAccount::default() }).await;
        let at = |clock: &str| Setup::of(&test.url).with("EVENKEEL_SANDBOX_CLOCK", clock);
        let server = at(before).start().await;
        let mut person = server.sign_in(&seeded).await;
        let check = person.choose(&seeded.account_id, "part", "50").await;
        let page = person.pay_now(&check).await.expect("an answer");
        drop(server);

        let setup = at(after);
        let server = setup.start().await;
        let mut person = server.sign_in(&seeded).await;
        // The sandbox's page is where the server is now.
        let page = page.split_once("/sandbox-processor/").expect("the sandbox's page").1;
        person
            .press(&format!("/sandbox-processor/{page}"), &[("method", "approved"), ("button", "pay")])
            .await
            .expect("an answer");
        setup.settles(what).await;
        paid += 1;
        assert_eq!(setup.number("select count(*) from payments where state = 'succeeded'").await, paid, "{what}");
        setup.assert_all_is_right(what).await;
        let posted_on = setup
            .word("select posted_on from ledger_transactions where kind = 'payment' order by id desc limit 1")
            .await
            .expect("an entry");
        let expected: jiff::Timestamp = after.parse().expect("an instant");
        let denver = jiff::tz::TimeZone::get("America/Denver").expect("a zone");
        assert_eq!(posted_on, denver.to_datetime(expected).date().to_string(), "{what}");
    }
}
