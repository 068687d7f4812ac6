use super::*;
use crate::domain::calendar::LongestTerm;
use crate::domain::components::{Paid, PartsOrder};
use crate::domain::language::Language;
use crate::domain::policy::{Basis, Consequences, DownPaymentRule};

const SMALL: &str = r#"schema_version = 1
currency = "USD"

[[segment]]
name = "all"
held_days = 10

[segment.plan]
bases = ["balance"]
frequencies = ["monthly"]
minimum_instalment = "25.00"
longest_term = { months = 12 }
first_payment_within_days = 31
"#;

fn parsed(text: &str) -> Result<PolicyFile, Fault> {
    parse(text, |name| Err(format!("no calendar {name} in this test")))
}

fn refused(text: &str) -> Fault {
    parsed(text).expect_err("a wrong policy")
}

/// The small policy with one line replaced.
fn with(line: &str, replacement: &str) -> String {
    assert!(SMALL.contains(line), "{line}");
    SMALL.replace(line, replacement)
}

#[test]
fn the_default_policy_is_read_without_a_doubt() {
    let file = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml"))).expect("readable");
    assert_eq!(file.warnings, []);
    assert_eq!(file.policy.version.as_str().len(), 64);
    assert!(file.policy.holidays.contains(jiff::civil::date(2026, 11, 26)), "Thanksgiving");
    let plan = |index: usize| file.policy.segments[index].terms.plan.clone().expect("a plan");
    assert_eq!(plan(0).bases, [Basis::PastDue, Basis::Balance]);
    assert_eq!(plan(1).bases, [Basis::Balance]);
}

#[test]
fn what_is_left_out_has_a_plain_meaning() {
    let plan = parsed(SMALL).expect("valid").policy.segments[0].terms.plan.clone().expect("a plan");
    assert_eq!(plan.last_instalment_excess, plan.minimum_instalment);
    assert_eq!(plan.down_payment, DownPaymentRule::NotOffered);
    assert_eq!(plan.longest_term, LongestTerm::Months(12));
}

#[test]
fn equal_text_is_an_equal_version_and_any_change_another() {
    let version = |text: &str| parsed(text).expect("valid").policy.version;
    assert_eq!(version(SMALL), version(SMALL));
    assert_ne!(version(SMALL), version(&format!("{SMALL}# a comment\n")));
}

#[test]
fn a_calendar_is_part_of_the_version() {
    let text = with("currency = \"USD\"\n", "currency = \"USD\"\nholidays = [\"here\"]\n");
    let version =
        |days: &'static str| parse(&text, |_| Ok(format!("name = \"x\"\ndays = [{days}]"))).map(|file| file.policy.version);
    assert_ne!(version("\"2026-12-25\""), version("\"2026-12-26\""));
    let fault = version("\"25 December\"").expect_err("not a date");
    assert_eq!(fault.line, 3);
    assert!(fault.reason.contains("25 December"), "{fault}");
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_what_is_allowed() {
    for (line, replacement, at, reason) in [
        ("currency = \"USD\"", "currency = \"XXX\"", 2, "known are USD"),
        ("schema_version = 1", "schema_version = 2", 1, "schema_version is not 1"),
        ("held_days = 10", "held_days = 0", 6, "from 1 to 90"),
        ("held_days = 10", "held_days = \"ten\"", 6, "invalid type"),
        ("name = \"all\"", "name = \" \"", 5, "needs a name"),
        ("bases = [\"balance\"]", "bases = [\"everything\"]", 9, "allowed are past_due, balance"),
        ("bases = [\"balance\"]", "bases = []", 9, "empty list"),
        ("[\"monthly\"]", "[\"monthly\", \"monthly\"]", 10, "twice"),
        ("\"25.00\"", "\"0.00\"", 11, "not more than zero"),
        ("\"25.00\"", "\"25.001\"", 11, "more decimals"),
        ("\"25.00\"", "\"25,00\"", 11, "plain decimal"),
        ("\"25.00\"", "25.00", 11, "invalid type"),
        ("{ months = 12 }", "{ months = 12, days = 3 }", 12, "either"),
        ("{ months = 12 }", "{ years = 1 }", 12, "unknown field"),
        ("first_payment_within_days = 31", "first_payment_within_days = 93", 13, "from 0 to 92"),
        ("first_payment_within_days = 31", "first_payment_within_days = 31\nclosed_days = \"skip\"", 14, "next_working_day"),
        ("first_payment_within_days = 31", "first_payment_within_days = 31\nlast_instalment_excess = \"-1\"", 14, "negative"),
        ("first_payment_within_days = 31", "first_payment_within_days = 31\nannual_interest_percent = \"4.905\"", 14, "allowed"),
        ("first_payment_within_days = 31", "first_payment_within_day = 31", 13, "unknown field"),
        ("currency = \"USD\"", "currency = \"USD", 2, ""),
    ] {
        let fault = refused(&with(line, replacement));
        assert_eq!(fault.line, at, "{replacement}: {fault}");
        assert!(fault.reason.contains(reason), "{replacement}: {fault}");
    }
}

#[test]
fn a_condition_that_no_account_could_meet_is_refused() {
    let when = |condition: &str| format!("{SMALL}\n[segment.when]\n{condition}\n");
    assert!(refused(&when("days_past_due = { at_least = 9, at_most = 8 }")).reason.contains("no account"));
    assert!(refused(&when("days_past_due = {}")).reason.contains("at_least or at_most"));
    assert!(refused(&when("product = []")).reason.contains("empty"));
    assert!(refused(&when("reason = [\"laziness\"]")).reason.contains("income_lost"));
    assert!(parsed(&when("balance = { at_least = \"10.00\", at_most = \"10.00\" }")).is_ok());
}

#[test]
fn unreachable_and_overlapping_segments_are_told() {
    let second = |condition: &str| {
        format!(
            "{SMALL}\n[segment.when]\ndays_past_due = {{ at_most = 60 }}\n\n[[segment]]\nname = \"second\"\nheld_days = 5\n{condition}"
        )
    };
    let warnings = |text: String| parsed(&text).expect("valid").warnings;
    let unreached = warnings(second("[segment.when]\ndays_past_due = { at_most = 30 }\n"));
    assert_eq!(unreached.len(), 1);
    assert!(unreached[0].reason.contains("never reached"), "{}", unreached[0]);
    assert_eq!(unreached[0].line, 18);
    let overlapping = warnings(second("[segment.when]\ndays_past_due = { at_least = 60 }\n"));
    assert!(overlapping[0].reason.contains("overlap"), "{}", overlapping[0]);
    assert_eq!(warnings(second("[segment.when]\ndays_past_due = { at_least = 61 }\n")), []);
    assert_eq!(warnings(second("")), [], "a last segment for everything else is no mistake");
}

#[test]
fn two_segments_of_one_name_are_refused() {
    let text = format!("{SMALL}\n[[segment]]\nname = \"all\"\nheld_days = 5\n");
    assert!(refused(&text).reason.contains("two segments named"));
}

#[test]
fn what_the_creditor_says_happens_is_read_in_every_language() {
    let text = format!(
        "{SMALL}\n[consequences]\nlate_payment = {{ en = \"A fee of $5.00 is added.\", es = \"Se añade un cargo de $5.00.\" }}\n"
    );
    let stated = parsed(&text).expect("valid").policy.consequences;
    assert_eq!(stated.late_payment.expect("stated").text(Language::Spanish), "Se añade un cargo de $5.00.");
    assert_eq!(stated.if_nothing_is_done, None, "the portal's own words hold");
    assert_eq!(parsed(SMALL).expect("valid").policy.consequences, Consequences::default());
}

#[test]
fn a_statement_that_some_could_not_read_or_that_leads_away_is_refused_with_its_line() {
    let with = |statement: &str| format!("{SMALL}\n[consequences]\nif_nothing_is_done = {statement}\n");
    let long = format!("{{ en = \"Fine.\", es = \"{}\" }}", "x".repeat(601));
    for (statement, reason) in [
        ("{ en = \"Only English.\" }", "has no es"),
        ("{ es = \"Solo español.\" }", "has no en"),
        ("{ en = \"Fine.\", es = \" \" }", "if_nothing_is_done.es is empty"),
        (&long, "longer than 600"),
        ("{ en = \"See https://x.example\", es = \"Bien.\" }", "looks like a link"),
        ("{ en = \"<b>Now</b>\", es = \"Bien.\" }", "plain text"),
        ("{ en = \"a\\nb\", es = \"Bien.\" }", "one paragraph"),
        ("{ en = \"Fine.\", es = \"Bien.\", fr = \"Bien.\" }", "unknown field"),
        ("\"Fine.\"", "invalid type"),
    ] {
        let fault = refused(&with(statement));
        assert_eq!(fault.line, 16, "{statement}: {fault}");
        assert!(fault.reason.contains(reason), "{statement}: {fault}");
    }
}

proptest::proptest! {
    /// A small cousin of fuzz/fuzz_targets/policy_file.rs: whatever is done to the file, it is read or refused with a line in it.
    #[test]
    fn a_damaged_file_is_read_or_refused_with_a_line_of_it(cut in 0..4_000_usize, length in 0..60_usize, put in "[ -~\n]{0,12}") {
        let whole = include_str!("../../../policies/default.toml");
        // Spanish words stand in it: cut between characters.
        let between = |at: usize| (0..=at.min(whole.len())).rev().find(|at| whole.is_char_boundary(*at)).unwrap_or(0);
        let text = format!("{}{put}{}", &whole[..between(cut)], &whole[between(cut + length)..]);
        match parse(&text, |_| Ok("name = \"none\"\ndays = []".to_owned())) {
            Ok(file) => proptest::prop_assert!(!file.policy.segments.is_empty()),
            Err(fault) => {
                proptest::prop_assert!(fault.line >= 1 && fault.line <= text.lines().count() + 1, "{}", fault);
                proptest::prop_assert!(!fault.reason.is_empty());
            }
        }
    }
}

#[test]
fn the_order_in_which_payments_pay_is_stated_or_the_usual_one() {
    let order = |text: &str| {
        parsed(&with("currency = \"USD\"\n", &format!("currency = \"USD\"\n{text}"))).map(|file| file.policy.allocation)
    };
    assert_eq!(order(""), Ok(PartsOrder::USUAL));
    assert_eq!(order("[allocation]\n"), Ok(PartsOrder::USUAL));
    let principal_first = order("[allocation]\norder = [\"principal\", \"interest\", \"fees\"]\n").expect("an order");
    assert_eq!(principal_first.parts(), [Paid::Principal, Paid::Interest, Paid::Fees]);
    for wrong in [
        "[]",
        "[\"fees\", \"interest\"]",
        "[\"fees\", \"fees\", \"principal\"]",
        "[\"fees\", \"interest\", \"credit\"]",
        "[\"fees\", \"interest\", \"principal\", \"other\"]",
    ] {
        let fault = order(&format!("[allocation]\norder = {wrong}\n")).expect_err(wrong);
        assert_eq!(fault.line, 4, "{wrong}");
        assert!(fault.reason.contains("each once"), "{fault}");
    }
}

const HARDSHIP: &str = r#"
[hardship]
minimum_instalment = "5.00"
longest_term = { months = 60 }
pause_days = 92
may_waive = ["fees"]
most_discount_percent = "12.50"
"#;

/// Before the first segment: what comes after one would be part of it.
fn with_hardship(section: &str) -> String {
    SMALL.replace("\n[[segment]]", &format!("{section}\n[[segment]]"))
}

#[test]
fn what_a_hardship_review_may_open_is_stated_or_nothing() {
    assert_eq!(parsed(SMALL).expect("valid").policy.hardship, None);
    let terms = parsed(&with_hardship(HARDSHIP)).expect("valid").policy.hardship.expect("terms");
    assert_eq!((terms.minimum_instalment.minor(), terms.pause_days), (500, 92));
    assert_eq!((terms.longest_term, terms.most_discount_basis_points), (LongestTerm::Months(60), 1_250));
    assert_eq!(terms.may_waive, [Paid::Fees]);
    let without = HARDSHIP.replace("most_discount_percent = \"12.50\"\n", "").replace("may_waive = [\"fees\"]\n", "");
    let terms = parsed(&with_hardship(&without)).expect("valid").policy.hardship.expect("terms");
    assert_eq!((terms.most_discount_basis_points, terms.may_waive), (0, vec![]));
}

#[test]
fn a_wrong_hardship_section_is_refused_with_its_line() {
    for (line, replacement, at, reason) in [
        ("\"5.00\"", "\"0.00\"", 5, "not more than zero"),
        ("months = 60", "months = 121", 6, "longest_term is either"),
        ("pause_days = 92", "pause_days = 400", 7, "from 0 to 366"),
        ("[\"fees\"]", "[\"principal\"]", 8, "possible are interest and fees"),
        ("\"12.50\"", "\"95.00\"", 9, "\"90.00\""),
        ("pause_days", "pause_dais", 7, "pause_dais"),
    ] {
        let fault = refused(&with_hardship(&HARDSHIP.replace(line, replacement)));
        assert_eq!(fault.line, at, "{fault}");
        assert!(fault.reason.contains(reason), "{fault}");
    }
}

#[test]
fn what_customers_may_change_is_read_or_refused_with_its_line() {
    const CHANGE: &str =
        "[change]\nmost_changes = 6\nmove_days = 14\nmost_skips = 2\npause_days = 60\nlongest_term = { days = 400 }\n";
    let read = |change: &str| parsed(&format!("{SMALL}\n{change}")).map(|file| file.policy.change);
    assert_eq!(read(""), Ok(None), "without the section every change goes through a person");
    let terms = read(CHANGE).expect("valid").expect("changes are allowed");
    assert_eq!((terms.most_changes, terms.move_days, terms.most_skips, terms.pause_days), (6, 14, 2, 60));
    assert_eq!(terms.longest_term, LongestTerm::Days(400));
    assert!(read(&CHANGE.replace("most_skips = 2", "most_skips = 0")).is_ok(), "nothing may be skipped");
    for (line, replacement, at, reason) in [
        ("most_changes = 6", "most_changes = 0", 16, "from 1 to 100"),
        ("most_changes = 6", "most_changes = \"six\"", 16, "invalid type"),
        ("move_days = 14", "move_days = 93", 17, "from 0 to 92"),
        ("most_skips = 2", "most_skips = 25", 18, "from 0 to 24"),
        ("pause_days = 60", "pause_days = 367", 19, "from 0 to 366"),
        ("pause_days = 60", "pause_day = 60", 19, "unknown field"),
        ("longest_term = { days = 400 }", "longest_term = { months = 121 }", 20, "1 to 120"),
        ("longest_term = { days = 400 }", "longest_term = { months = 1, days = 1 }", 20, "either"),
        ("longest_term = { days = 400 }\n", "", 15, "missing field"),
    ] {
        assert!(CHANGE.contains(line), "{line}");
        let fault = read(&CHANGE.replace(line, replacement)).expect_err(replacement);
        assert_eq!(fault.line, at, "{replacement}: {fault}");
        assert!(fault.reason.contains(reason), "{replacement}: {fault}");
    }
}
