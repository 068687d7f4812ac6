//! The ways forward from where an account stands. None is chosen, none stands out, and from every state there is one.

use crate::components::frame::{frame, words};
use crate::domain::contact::Topic;
use crate::domain::standing::{Stage, Standing};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

struct Way {
    href: String,
    name: &'static str,
    more: String,
}

pub fn show(standing: &Standing) -> impl IntoView + use<> {
    let ways: Vec<_> = ways_from(standing)
        .into_iter()
        .map(|way| {
            view! {
                <li>
                    <a class="way" href=way.href>
                        <span class="way-name">{way.name}</span>
                        <span class="way-more">{way.more}</span>
                    </a>
                </li>
            }
        })
        .collect();
    let may_agree = matches!(standing.stage, Stage::PastDue | Stage::UpToDate);
    view! {
        <h2>{td_string!(words(), account.ways_title)}</h2>
        {may_agree.then(|| view! { <p class="quiet">{td_string!(words(), account.ways_lead)}</p> })}
        <ul class="ways">{ways}</ul>
    }
}

fn ways_from(standing: &Standing) -> Vec<Way> {
    let account = standing.account_id.as_str();
    let way = |href: String, name: &'static str, more: &str| Way { href, name, more: more.to_owned() };
    let pay = |name, more| way(paths::pay(account), name, more);
    let option = |part, name, more| way(paths::options_part(account, part), name, more);
    let may_pay = !standing.is_too_small_online && !standing.has_unknown_payment();
    let mut ways = Vec::new();
    match (standing.stage, &standing.agreement) {
        (Stage::PastDue | Stage::UpToDate, Some(agreement)) => {
            ways.push(way(
                paths::agreement(agreement.id.as_str()),
                td_string!(words(), account.agreement_way),
                td_string!(words(), account.agreement_way_more),
            ));
            if may_pay {
                ways.push(pay(td_string!(words(), account.pay_next), td_string!(words(), account.pay_next_more)));
            }
        }
        // Nothing of it can be paid or agreed online; the head of the page says whom to call.
        (Stage::PastDue | Stage::UpToDate, None) if standing.is_too_small_online => {}
        (Stage::PastDue, None) => {
            if may_pay {
                ways.push(pay(td_string!(words(), account.pay_now), td_string!(words(), account.pay_now_more)));
                ways.push(pay(td_string!(words(), account.pay_part), td_string!(words(), account.pay_part_more)));
            }
            ways.push(option(paths::STEPS, td_string!(words(), account.steps), td_string!(words(), account.steps_more)));
            ways.push(option(paths::LATER, td_string!(words(), account.later), td_string!(words(), account.later_more)));
            ways.push(option(paths::TIME, td_string!(words(), account.time), td_string!(words(), account.time_more)));
        }
        (Stage::UpToDate, None) => {
            if may_pay {
                ways.push(pay(td_string!(words(), account.pay_now), td_string!(words(), account.pay_all_more)));
            }
            ways.push(option(paths::STEPS, td_string!(words(), account.steps), td_string!(words(), account.steps_more)));
        }
        (Stage::Settled | Stage::InCredit | Stage::Recalled | Stage::Closed, _) => {}
    }
    if matches!(standing.stage, Stage::PastDue | Stage::UpToDate) {
        ways.push(way(paths::hardship(account), td_string!(words(), account.changed), td_string!(words(), account.changed_more)));
        ways.push(way(
            paths::dispute(account),
            td_string!(words(), account.not_right),
            if standing.is_disputed() {
                td_string!(words(), account.not_right_add)
            } else {
                td_string!(words(), account.not_right_more)
            },
        ));
    }
    // A person, in every state.
    let days = frame().reach.answer_working_days.to_string();
    ways.push(Way {
        href: paths::message(account, Topic::Other),
        name: td_string!(words(), account.write),
        more: td_string!(words(), account.write_more, days = days),
    });
    ways
}
