//! The examples, by the name of their component. What they say is made of the words other screens use.

use crate::components::chart::{BalanceChart, BalancePoint, PartsBar};
use crate::components::evidence::EvidencePanel;
use crate::components::form::{
    Button, ButtonKind, Checkbox, Choice, ChoiceLook, DateFields, ErrorSummary, Field, FieldKind, FieldWidth, LinkButton,
    LinkKind, MoneyField, Problem, Problems, Radios, Select, TextArea,
};
use crate::components::frame::words;
use crate::components::holds::HoldsNotice;
use crate::components::instalment_path::{InstalmentPath, InstalmentTable, MarkState, PathMark};
use crate::components::money::{Amount, Total};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow, Timeline, TimelineItem};
use crate::domain::calendar::Date;
use crate::domain::evidence::{EvidenceItem, EvidenceKind};
use crate::domain::hold::HoldKind;
use crate::domain::money::{Currency, Money};
use crate::domain::standing::ActiveHold;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub struct Example {
    pub name: &'static str,
    pub view: AnyView,
}

pub fn examples() -> Vec<Example> {
    vec![
        Example { name: "Total", view: total() },
        Example { name: "Notice", view: notices() },
        Example { name: "SummaryList", view: summary() },
        Example { name: "Timeline", view: timeline() },
        Example { name: "PartsBar", view: view! { <PartsBar parts=vec![usd(153_373), usd(14_217), usd(-30_633)]/> }.into_any() },
        Example { name: "BalanceChart", view: chart() },
        Example { name: "InstalmentPath", view: path() },
        Example { name: "ErrorSummary", view: errors() },
        Example { name: "Fields", view: fields() },
        Example { name: "Choices", view: choices() },
        Example { name: "Buttons", view: buttons() },
        Example { name: "EvidencePanel", view: evidence() },
    ]
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn day(month: i8, day: i8) -> Date {
    jiff::civil::date(2026, month, day)
}

fn total() -> AnyView {
    view! {
        <Total label=td_string!(words(), account.you_owe) amount=usd(136_957)/>
        <p>{td_string!(words(), account.past_due)}" "<Amount amount=usd(22_826)/></p>
    }
    .into_any()
}

fn notices() -> AnyView {
    let dispute = ActiveHold { kind: HoldKind::Dispute, until: None };
    let time = ActiveHold { kind: HoldKind::TimeToThink, until: Some(day(12, 4)) };
    view! {
        <HoldsNotice holds=vec![dispute, time]/>
        <Notice kind=NoticeKind::Attention><p>{td_string!(words(), account.next_missed)}</p></Notice>
        <Notice kind=NoticeKind::Done title=td_string!(words(), account.settled_title)>
            <p>{td_string!(words(), account.settled)}</p>
        </Notice>
    }
    .into_any()
}

fn summary() -> AnyView {
    let rows = vec![
        SummaryRow::new(td_string!(words(), account.past_due), "$228.26"),
        SummaryRow::new(td_string!(words(), account.next_payment), "$50.00").with_change(
            paths::ACCOUNT,
            td_string!(words(), components.change),
            td_string!(words(), account.next_payment),
        ),
    ];
    view! { <SummaryList rows/> }.into_any()
}

fn timeline() -> AnyView {
    let items = vec![
        TimelineItem { when: "2026-11-20".into(), what: td_string!(words(), message.received_title).into(), more: None },
        TimelineItem {
            when: "2026-11-24".into(),
            what: td_string!(words(), sending.receipt).into(),
            more: Some(td_string!(words(), account.send_window).into()),
        },
    ];
    view! { <Timeline items/> }.into_any()
}

fn chart() -> AnyView {
    let points = [(5, 1, 153_373), (6, 25, 156_350), (7, 12, 144_347), (9, 25, 141_483), (10, 25, 136_957)];
    let points = points.map(|(month, date, minor)| BalancePoint { on: day(month, date), balance: usd(minor) }).to_vec();
    view! { <BalanceChart points/> }.into_any()
}

fn path() -> AnyView {
    let states = [MarkState::Paid, MarkState::Paid, MarkState::Missed, MarkState::Next, MarkState::Later, MarkState::Later];
    let marks: Vec<PathMark> =
        (7..).zip(states).map(|(month, state)| PathMark { due_on: day(month, 4), amount: usd(5_000), state }).collect();
    view! {
        <InstalmentPath marks=marks.clone()/>
        <InstalmentTable caption=td_string!(words(), account.agreement_title) marks/>
    }
    .into_any()
}

fn errors() -> AnyView {
    let problems = Problems::from(vec![
        Problem { field: "example_text".into(), text: td_string!(words(), message.text_missing).into() },
        Problem { field: String::new(), text: td_string!(words(), message.limited).into() },
    ]);
    view! { <ErrorSummary problems/> }.into_any()
}

fn fields() -> AnyView {
    view! {
        <TextArea
            name="example_text"
            label=td_string!(words(), messages.text)
            hint=td_string!(words(), message.text_hint)
            error=td_string!(words(), message.text_missing)
        />
        <Field name="example_field" label=td_string!(words(), messages.subject) hint=td_string!(words(), messages.subject_hint)/>
        <Field
            name="example_short"
            label=td_string!(words(), sign_in.reference)
            value="NG-000023"
            kind=FieldKind::Text
            width=FieldWidth::Short
        />
        <MoneyField name="example_money" label=td_string!(words(), history.amount) currency=Currency::USD value="50.00"/>
        <DateFields name="example_date" legend=td_string!(words(), history.date)/>
        <Select name="example_select" label=td_string!(words(), account.ways_title) choices=ways()/>
    }
    .into_any()
}

fn ways() -> Vec<Choice> {
    vec![
        Choice::new("now", td_string!(words(), account.pay_now)).with_hint(td_string!(words(), account.pay_now_more)),
        Choice::new("steps", td_string!(words(), account.steps)).with_hint(td_string!(words(), account.steps_more)),
        Choice::new("later", td_string!(words(), account.later)),
    ]
}

fn choices() -> AnyView {
    view! {
        <Radios name="example_lines" legend=td_string!(words(), account.ways_title) choices=ways() chosen="steps"/>
        <Radios name="example_cards" legend=td_string!(words(), account.ways_title) choices=ways() look=ChoiceLook::Cards/>
        <Checkbox name="example_check" label=td_string!(words(), account.send_title)/>
    }
    .into_any()
}

fn evidence() -> AnyView {
    let item = |id: &str, kind, bytes| EvidenceItem { id: id.to_owned(), kind, bytes, added_on: day(11, 20) };
    let items = vec![item("a", EvidenceKind::Pdf, 1_204_331), item("b", EvidenceKind::Heic, 340_120)];
    view! { <EvidencePanel case_id="example".to_owned() items back=paths::COMPONENTS.to_owned()/> }.into_any()
}

fn buttons() -> AnyView {
    view! {
        <form method="get" action=paths::COMPONENTS class="buttons">
            <Button label=td_string!(words(), message.button)/>
            <Button label=td_string!(words(), account.payment_see) kind=ButtonKind::Other/>
            <Button label=td_string!(words(), shell.sign_out) kind=ButtonKind::Quiet/>
        </form>
        <LinkButton href=paths::ACCOUNT label=td_string!(words(), message.back_to_account) kind=LinkKind::Other/>
    }
    .into_any()
}
