//! The journey drawn from its own rules, for docs/journey.md: `evenkeel journey` prints it. For engineers, in English.

use super::leads::{Deed, Lead, leads};
use super::state::{Agreed, Case, Collecting, Disputed, Offered, Owing, Paying, State};
use super::{Screen, Way};

const HEAD: &str = "# The journey\n\n\
    Printed by `evenkeel journey` from `src/domain/journey/`; a test compares. Who changes what a screen leads to changes \
    `leads.rs` and prints this anew.\n\n\
    ## What leads where\n\n\
    In some state at least. Thick edges do something: pay, agree, have everything wait, or reach a person who answers by a stated \
    day. Every page also names that person at its end; no edge of this drawing needs it. Walked in every state by the tests of \
    `leads.rs`, on the real pages by `tests/money/screens.rs`.\n\n";

const TABLE_HEAD: &str = "\n## Which screen is shown\n\n\
    For the address on the left, in the state above; `·` is the screen itself. Screens that only read (where I stand, history, \
    statement, letters, a message) are right in every state.\n\n";

/// The states the table shows: one step each from an account that is past due.
fn columns() -> Vec<(&'static str, State)> {
    let usual = State::PAST_DUE;
    let running = State { agreed: Agreed::Running, ..usual };
    vec![
        ("past due", usual),
        ("not yet due", State { owing: Owing::NotYetDue, ..usual }),
        ("too small", State { owing: Owing::TooSmall, ..usual }),
        ("nothing owed", State { owing: Owing::Nothing, ..usual }),
        ("not here", State { owing: Owing::NotHere, ..usual }),
        ("no way offered", State { offered: Offered::NoWay, ..usual }),
        ("chosen", State { agreed: Agreed::Chosen, ..usual }),
        ("agreed", running),
        ("change kept", State { agreed: Agreed::Changing, ..usual }),
        ("agreement over", State { agreed: Agreed::Over, ..usual }),
        ("permission begun", State { collecting: Collecting::Waiting, ..running }),
        ("amount chosen", State { paying: Paying::Chosen, ..usual }),
        ("payment unfinished", State { paying: Paying::Unfinished, ..usual }),
        ("in dispute", State { disputed: Disputed::All, ..usual }),
        ("review told", State { case: Case::Told, ..usual }),
        ("review looked at", State { case: Case::LookedAt, ..usual }),
    ]
}

/// The whole file.
pub fn drawing() -> String {
    let mut out = String::from(HEAD);
    graph(&mut out);
    out.push_str(TABLE_HEAD);
    table(&mut out);
    out
}

fn graph(out: &mut String) {
    let mut edges: Vec<(String, String)> = Vec::new();
    for state in State::all() {
        for (from, state) in state.reach(Screen::Account).shown {
            for lead in leads(&from, &state) {
                let edge = match lead {
                    Lead::Do(deed) => (name(&from).to_owned(), format!("==> {}", deed_name(deed))),
                    Lead::To(wanted) => (name(&from).to_owned(), format!("--> {}", name(&state.shows(wanted)))),
                    Lead::Keep(kept, wanted) => {
                        (name(&from).to_owned(), format!("--> {}", name(&state.with(kept).shows(wanted))))
                    }
                };
                if !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
        }
    }
    edges.sort();
    out.push_str("```mermaid\nflowchart LR\n");
    for (from, to) in edges {
        line(out, &format!("  {from} {to}"));
    }
    out.push_str("```\n");
}

fn table(out: &mut String) {
    let columns = columns();
    let titles: Vec<&str> = columns.iter().map(|(title, _)| *title).collect();
    line(out, &format!("| | {} |", titles.join(" | ")));
    line(out, &format!("|---|{}", "---|".repeat(columns.len())));
    for screen in rows() {
        let cells: Vec<String> = columns.iter().map(|(_, state)| cell(&screen, state)).collect();
        line(out, &format!("| {} | {} |", name(&screen), cells.join(" | ")));
    }
}

/// The screens for which it makes a difference.
fn rows() -> Vec<Screen> {
    let every: Vec<State> = columns().into_iter().map(|(_, state)| state).collect();
    let mut rows: Vec<Screen> = Vec::new();
    for state in &every {
        for screen in state.screens() {
            let is_led_on = |state: &State| state.screens().contains(&screen) && state.shows(screen.clone()) != screen;
            if every.iter().any(is_led_on) && !rows.contains(&screen) {
                rows.push(screen);
            }
        }
    }
    rows
}

fn cell(screen: &Screen, state: &State) -> String {
    if !state.screens().contains(screen) {
        return String::new();
    }
    match state.shows(screen.clone()) {
        shown if shown == *screen => "·".to_owned(),
        shown => name(&shown).to_owned(),
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn deed_name(deed: Deed) -> &'static str {
    match deed {
        Deed::Pay => "Pay([pay])",
        Deed::Agree => "Agree([agree])",
        Deed::Pause => "Pause([have it wait])",
        Deed::Ask => "Ask([reach a person])",
    }
}

/// One word each, as a graph needs it.
fn name(screen: &Screen) -> &'static str {
    match screen {
        Screen::Accounts => "accounts",
        Screen::Account => "account",
        Screen::History => "history",
        Screen::Statement => "statement",
        Screen::Letters => "letters",
        Screen::Options => "options",
        Screen::Way(Way::PlanPastDue) => "catch-up",
        Screen::Way(Way::PlanBalance) => "plan",
        Screen::Way(Way::Extension) => "later-date",
        Screen::Way(Way::Promise) => "promise",
        Screen::Check => "check",
        Screen::Sign => "sign",
        Screen::Agreement(_) => "agreement",
        Screen::Change(_) => "change",
        Screen::ChangeCheck(_) => "change-check",
        Screen::Pay => "pay-what",
        Screen::PayCheck => "pay-check",
        Screen::Payment(_) => "payment",
        Screen::Authorise(_) => "automatic",
        Screen::Mandate(_) => "permission",
        Screen::Hardship => "hardship",
        Screen::HardshipMoney => "income",
        Screen::HardshipCheck => "hardship-check",
        Screen::HardshipCase(_) => "review",
        Screen::Dispute => "dispute",
        Screen::DisputeCheck => "dispute-check",
        Screen::DisputeStatus => "dispute-status",
        Screen::Message => "message",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_in_the_documentation_is_this_one() {
        let kept = include_str!("../../../docs/journey.md");
        assert_eq!(kept, drawing(), "print it anew: evenkeel journey > docs/journey.md");
    }

    #[test]
    fn every_deed_is_in_it() {
        let drawn = drawing();
        for deed in [Deed::Pay, Deed::Agree, Deed::Pause, Deed::Ask] {
            assert!(drawn.contains(deed_name(deed)), "{deed:?}");
        }
    }
}
