//! What is under way and what happens next: payments whose outcome is not final, the agreement, what will be sent.

use crate::components::frame::{frame, language, words};
use crate::components::instalment_path::{InstalmentPath, InstalmentTable, MarkState, PathMark};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::put_right::put_right_words;
use crate::domain::calendar::Date;
use crate::domain::contact::channel::Channel;
use crate::domain::contact::gate::Reason;
use crate::domain::contact::template::Template;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::standing::{
    EmailTrouble, LiveAgreement, RunningPayment, RunningState, Stage, Standing, WaitingMessage, WaitingStage,
};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(standing: &Standing) -> impl IntoView + use<> {
    view! {
        {payments(&standing.payments)}
        {standing.agreement.as_ref().map(|agreement| agreement_section(agreement, standing.today))}
        {next(standing)}
    }
}

fn payments(payments: &[RunningPayment]) -> Option<AnyView> {
    if payments.is_empty() {
        return None;
    }
    let lines: Vec<_> = payments
        .iter()
        .map(|payment| {
            let see = td_string!(words(), account.payment_see);
            view! { <p>{payment_words(payment)}" "<a href=paths::payment(&payment.reference)>{see}</a></p> }
        })
        .collect();
    let title = td_string!(words(), account.payments_title);
    Some(view! { <Notice kind=NoticeKind::Attention title>{lines}</Notice> }.into_any())
}

fn payment_words(payment: &RunningPayment) -> String {
    let amount = format::money(payment.amount, language());
    let date = format::date(payment.begun_on, language());
    match payment.state {
        RunningState::Processing => td_string!(words(), account.payment_processing, amount = amount, date = date),
        RunningState::NeedsCustomer => td_string!(words(), account.payment_needs_you, amount = amount, date = date),
        RunningState::Unknown => td_string!(words(), account.payment_unknown, amount = amount, date = date),
    }
}

fn agreement_section(agreement: &LiveAgreement, today: Date) -> impl IntoView + use<> {
    let next_due = agreement.next().map(|instalment| instalment.due_on);
    let marks: Vec<PathMark> = agreement
        .instalments
        .iter()
        .map(|instalment| PathMark {
            due_on: instalment.due_on,
            // Of one that is paid in part what is left of it, as on the page to pay on.
            amount: if instalment.is_met() { instalment.amount } else { instalment.open() },
            state: if instalment.is_met() {
                MarkState::Paid
            } else if instalment.due_on < today {
                MarkState::Missed
            } else if Some(instalment.due_on) == next_due {
                MarkState::Next
            } else {
                MarkState::Later
            },
        })
        .collect();
    let progress = progress_words(agreement);
    let caption = td_string!(words(), account.agreement_all, reference = agreement.reference.clone());
    view! {
        <section>
            <h2>{td_string!(words(), account.agreement_title)}</h2>
            <p>{progress}</p>
            <InstalmentPath marks=marks.clone()/>
            <details>
                <summary>{td_string!(words(), account.agreement_show)}</summary>
                <InstalmentTable caption marks/>
            </details>
        </section>
    }
}

/// What is done already; before the first payment, what lies ahead.
fn progress_words(agreement: &LiveAgreement) -> String {
    let first = agreement.instalments.first().map(|instalment| format::date(instalment.due_on, language())).unwrap_or_default();
    match (agreement.count_paid(), agreement.instalments.len()) {
        (0, 1) => td_string!(words(), account.agreement_one, date = first),
        (0, count) => td_string!(words(), account.agreement_ahead, count = count.to_string(), date = first),
        (paid, count) => {
            td_string!(words(), account.agreement_paid, paid = paid.to_string(), count = count.to_string())
        }
    }
}

/// What happens if nothing is done, plainly; and what will be sent.
fn next(standing: &Standing) -> Option<AnyView> {
    if matches!(standing.stage, Stage::Recalled | Stage::Closed) {
        return None;
    }
    let owes = matches!(standing.stage, Stage::PastDue | Stage::UpToDate);
    let missed = standing.agreement.as_ref().is_some_and(|agreement| agreement.has_missed(standing.today));
    let plain = match (&standing.agreement, missed) {
        (Some(_), true) => Some(td_string!(words(), account.next_missed).to_owned()),
        (Some(_), false) => Some(kept_words(standing)),
        (None, _) if !standing.holds.is_empty() => Some(td_string!(words(), account.next_held).to_owned()),
        (None, _) => owes.then(|| nothing_done_words(standing)),
    };
    let section = view! {
        <section>
            <h2>{td_string!(words(), account.next_title)}</h2>
            {by_itself(standing)}
            {plain.map(|plain| view! { <p>{plain}</p> })}
            {standing.put_right.as_ref().map(|open| view! { <p>{put_right_words(open)}</p> })}
            {given_back(standing)}
            <h3>{td_string!(words(), account.send_title)}</h3>
            {messages(standing)}
            <p class="quiet">{td_string!(words(), account.send_window)}</p>
        </section>
    };
    Some(section.into_any())
}

/// What is taken without the customer doing anything: nothing, or what they allowed.
fn by_itself(standing: &Standing) -> AnyView {
    let Some((day, amount)) = standing.next_collection else {
        return view! { <p>{td_string!(words(), account.next_nothing)}</p> }.into_any();
    };
    let (amount, date) = (format::money(amount, language()), format::long_date(day, language()));
    let see = standing.agreement.as_ref().map(|agreement| {
        let path = paths::at(&paths::agreement(agreement.id.as_str()), paths::AUTOMATIC);
        view! { <a href=path>{td_string!(words(), mandate.account_go)}</a> }
    });
    view! {
        <p>{td_string!(words(), keeping.next_collected, amount = amount, date = date)}" "{see}</p>
        <p>{td_string!(words(), keeping.next_nothing_else)}</p>
    }
    .into_any()
}

/// What an agreement that is kept means: for all that is owed, or for what it covers.
fn kept_words(standing: &Standing) -> String {
    match standing.beside_agreement() {
        Some(other) => td_string!(words(), account.next_agreement_part, amount = format::money(other, language())),
        None => td_string!(words(), account.next_agreement).to_owned(),
    }
}

/// What went back to the customer by decision is open again, and theirs to pay or to leave.
fn given_back(standing: &Standing) -> Option<AnyView> {
    let minor = standing.agreement.as_ref().map(LiveAgreement::given_back_minor).filter(|minor| *minor > 0)?;
    let amount = format::money(Money::new(minor, standing.balance.currency()), language());
    let pay = paths::pay(standing.account_id.as_str());
    Some(
        view! {
            <p>
                {td_string!(words(), account.next_given_back, amount = amount)}" "
                <a href=pay>{td_string!(words(), account.next_given_back_go)}</a>
            </p>
        }
        .into_any(),
    )
}

/// As the creditor says, or in the portal's own words.
fn nothing_done_words(standing: &Standing) -> String {
    let creditor = standing.creditor.clone();
    match &standing.if_nothing_is_done {
        Some(statement) => {
            let statement = statement.text(language()).to_owned();
            td_string!(words(), account.next_stated, creditor = creditor, statement = statement)
        }
        None => td_string!(words(), account.next_interest, creditor = creditor),
    }
}

/// What waits to be sent, how, from when and why not before; and what keeps e-mail from being used.
fn messages(standing: &Standing) -> AnyView {
    let trouble = standing.email.map(|trouble| match trouble {
        EmailTrouble::CameBack => {
            let phone = frame().reach.phone.clone();
            view! { <p>{td_string!(words(), sending.email_came_back, phone = phone)}</p> }.into_any()
        }
        EmailTrouble::Stopped => view! {
            <p>
                {td_string!(words(), sending.email_stopped)}" "
                <a href=paths::YOU_CONTACT>{td_string!(words(), you.contact)}</a>
            </p>
        }
        .into_any(),
    });
    if standing.messages.is_empty() {
        return view! { {trouble}<p>{td_string!(words(), account.send_nothing)}</p> }.into_any();
    }
    let items: Vec<_> = standing.messages.iter().map(|message| view! { <li>{message_words(message)}</li> }).collect();
    view! { {trouble}<ul>{items}</ul> }.into_any()
}

fn message_words(message: &WaitingMessage) -> String {
    let what = template_words(message.template);
    let how = match message.channel {
        Channel::Email => td_string!(words(), sending.by_email),
        Channel::Text => td_string!(words(), sending.by_text),
        Channel::Letter => td_string!(words(), sending.by_post),
    };
    let (day, reason) = match message.stage {
        WaitingStage::Printing => return td_string!(words(), sending.item_printing, what = what),
        WaitingStage::From { day, reason } => (format::date(day, language()), reason),
    };
    match reason.and_then(why) {
        Some(why) => td_string!(words(), sending.item_why, what = what, how = how, date = day, why = why),
        None => td_string!(words(), sending.item, what = what, how = how, date = day),
    }
}

/// What a message is.
fn template_words(template: Template) -> &'static str {
    match template {
        Template::ConfirmationCopy => td_string!(words(), sending.confirmation),
        Template::ReceiptCopy => td_string!(words(), sending.receipt),
        Template::ReversalNote => td_string!(words(), sending.reversal),
        Template::AuthorisationCopy => td_string!(words(), mandate.message_copy),
        Template::AuthorisationEnded => td_string!(words(), sending.authorisation_ended),
        Template::CollectionNotice => td_string!(words(), account.message_notice),
        Template::CollectionRetry => td_string!(words(), sending.retry),
        Template::CollectionStopped => td_string!(words(), sending.stopped),
        Template::CollectionLate => td_string!(words(), sending.late),
        Template::InstalmentReminder => td_string!(words(), account.message_reminder),
        Template::InstalmentMissed => td_string!(words(), sending.missed),
        Template::CompletionCopy => td_string!(words(), account.message_completion),
        Template::AgreementEnded => td_string!(words(), sending.agreement_ended),
        Template::AgreementCancelled => td_string!(words(), sending.agreement_cancelled),
        Template::AccountRecalled => td_string!(words(), sending.recalled),
        Template::AnswerReceived => td_string!(words(), sending.answer_received),
        Template::CollectionsWait => td_string!(words(), sending.collections_wait),
        Template::ReviewLetter => td_string!(words(), sending.review_letter),
        Template::TimeToThink => td_string!(words(), sending.time_to_think),
        Template::DisputeReceived => td_string!(words(), dispute.message_received),
        Template::DisputeMoreNeeded => td_string!(words(), dispute.message_asked),
        Template::DisputeAnswer => td_string!(words(), dispute.message_answer),
        Template::InformationCopy => td_string!(words(), information.message_copy),
        Template::HelperCameIn => td_string!(words(), helper.message_came_in),
        Template::LifeEventLetter => td_string!(words(), life_event.message_letter),
        Template::SignInChanged => td_string!(words(), signing_in.message),
        Template::EmailCode => td_string!(words(), details.message_code),
        Template::DetailsChanged => td_string!(words(), details.message_changed),
        Template::MessageAnswered => td_string!(words(), messages.notice_answered),
        Template::MessageLate => td_string!(words(), messages.notice_late),
    }
}

/// Why a message waits. The other reasons are of messages that are not sent at all, which are not listed.
fn why(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::OutsideWindow => Some(td_string!(words(), sending.why_window)),
        Reason::Inconvenient => Some(td_string!(words(), wishes.why_inconvenient)),
        Reason::Cap => Some(td_string!(words(), sending.why_cap)),
        Reason::Held => Some(td_string!(words(), sending.why_held)),
        Reason::ServerUnreachable => Some(td_string!(words(), sending.why_carrier)),
        Reason::Bounced => Some(td_string!(words(), sending.why_came_back)),
        Reason::NoAddress
        | Reason::NoMailServer
        | Reason::OptedOut
        | Reason::StoppedContact
        | Reason::Represented
        | Reason::Unusable
        | Reason::Expired
        | Reason::Deceased
        | Reason::RefusedByServer
        | Reason::ToPrint
        | Reason::Withdrawn => None,
    }
}
