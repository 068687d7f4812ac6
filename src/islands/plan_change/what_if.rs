//! What would happen, in words and beside today's plan.

use super::preview::{cards, change_line, payments, sides};
use super::{Plan, TypedWhatIf, Words};
use crate::domain::changing::WayBack;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::what_if::{Ahead, Foreseen, Less, Missed, WhatIf, as_it_is, foresee};
use crate::islands::html::Html;

/// A field that has to be put right first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Field(&'static str),
    AboveAll { all: Money },
}

impl Wrong {
    pub fn field(self) -> &'static str {
        match self {
            Wrong::Field(field) => field,
            Wrong::AboveAll { .. } => "amount",
        }
    }
}

/// What stands under "What would happen"; or what has to be put right before anything can.
pub fn what_if_preview(plan: &Plan, words: &Words, typed: &TypedWhatIf) -> Result<String, Wrong> {
    let mut html = Html::default();
    let asked = match typed.read(plan.currency()) {
        None => {
            html.element("p class=\"hint\"", words.get("empty"));
            return Ok(html.text);
        }
        Some(asked) => asked.map_err(Wrong::Field)?,
    };
    let mut page = Drawing { html, plan, words };
    match foresee(&plan.running, &plan.owing, asked, plan.today) {
        Foreseen::Ahead(ahead) => page.ahead(asked, &ahead),
        Foreseen::Missed(missed) => page.missed(&missed),
        Foreseen::Less(less) => page.less(&less),
        Foreseen::AboveAll { all } => return Err(Wrong::AboveAll { all }),
        Foreseen::NoSuchPayment => return Err(Wrong::Field("number")),
    }
    page.say("p class=\"quiet\"", "nothing_kept", &[]);
    Ok(page.html.text)
}

struct Drawing<'a> {
    html: Html,
    plan: &'a Plan,
    words: &'a Words,
}

impl Drawing<'_> {
    fn say(&mut self, tag: &'static str, name: &str, values: &[(&str, &str)]) {
        self.html.element(tag, &self.words.say(name, values));
    }

    fn money(&self, amount: Money) -> String {
        format::money(amount, self.plan.language)
    }

    fn link(&mut self, href: &str, name: &str) {
        self.html.open("p");
        self.html.open_with("a", "href", href);
        self.html.text(self.words.get(name));
        self.html.close("a");
        self.html.close("p");
    }

    fn ahead(&mut self, asked: WhatIf, ahead: &Ahead) {
        let is_at_once = matches!(asked, WhatIf::MoreNow(_));
        let amount = match asked {
            WhatIf::MoreNow(amount) | WhatIf::MoreEachTime(amount) => self.money(amount),
            WhatIf::MissOne { .. } | WhatIf::Stop | WhatIf::EarnLess => String::new(),
        };
        self.say("p", if is_at_once { "once_text" } else { "more_text" }, &[("amount", &amount)]);
        if ahead.outside.is_positive() {
            let outside = self.money(ahead.outside);
            self.say("p", "once_outside", &[("amount", &outside)]);
        }
        let now = as_it_is(&self.plan.running);
        match (ahead.payments.is_empty(), ahead.fewer) {
            // All of it went to what is past due beside the agreement.
            _ if ahead.then == now => {}
            (true, _) => self.say("p", "done", &[]),
            (false, 0) => self.say("p", if is_at_once { "next_smaller" } else { "last_smaller" }, &[]),
            (false, fewer) => self.say("p", "fewer", &[("count", &fewer.to_string())]),
        }
        if ahead.spared.is_positive() {
            let spared = self.money(ahead.spared);
            self.say("p", "spared", &[("amount", &spared)]);
        }
        let (language, words) = (self.plan.language, self.words);
        sides(&mut self.html, &now, &ahead.then, language, words);
        payments(&mut self.html, &ahead.payments, language, words);
        if let Some(changed) = &ahead.as_change {
            self.say("p", "as_change", &[]);
            cards(&mut self.html, self.plan, words, std::iter::once((None, changed)));
        }
        self.link(&self.plan.links.pay, "pay");
    }

    fn missed(&mut self, missed: &Missed) {
        let language = self.plan.language;
        let date = |day| format::long_date(day, language);
        let (amount, least) = (self.money(missed.amount), self.money(missed.put_right.least));
        self.html.open("ul");
        self.say("li", "miss_open", &[("amount", &amount), ("date", &date(missed.due_on))]);
        self.say("li", "miss_by", &[("least", &least), ("by", &date(missed.put_right.by))]);
        if missed.others_pay {
            self.say("li", "miss_others", &[]);
        }
        self.say("li", "late", &[]);
        self.say("li", "miss_ends", &[("date", &date(missed.ends_on))]);
        let (paid, owed) = (self.money(missed.paid), self.money(missed.owed));
        self.say("li", "miss_owed", &[("paid", &paid), ("owed", &owed)]);
        self.say("li", "miss_after", &[]);
        self.html.close("ul");
        if !missed.ways.is_empty() {
            self.say("h3", "ways", &[]);
            self.html.open("ul");
            for (way, changed) in &missed.ways {
                let title = self.words.get(match way {
                    WayBack::Later => "way_later",
                    WayBack::Spread => "way_spread",
                    WayBack::Longer => "way_longer",
                });
                let line = [title, &change_line(self.words, changed, language)].join(": ");
                self.html.element("li", &line);
            }
            self.html.close("ul");
        }
        self.say("p", "before", &[]);
        self.link(&self.plan.links.change, "before_go");
    }

    fn less(&mut self, less: &Less) {
        let steps = [("smallest", &less.smallest), ("pause", &less.pause), ("skip", &less.skip)];
        let steps: Vec<_> = steps.into_iter().filter_map(|(title, step)| Some((Some(title), step.as_ref()?))).collect();
        if steps.is_empty() {
            self.say("p", "less_none", &[]);
        } else {
            self.say("p", "less_text", &[]);
            cards(&mut self.html, self.plan, self.words, steps.into_iter());
        }
        self.say("p", "less_person", &[]);
        self.link(&self.plan.links.person, "less_person_go");
    }
}
