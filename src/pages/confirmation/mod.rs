//! The agreement as signed: on screen for ever, with the file to keep.

mod automatic;
mod keeping;
mod load;

use crate::components::agreement_terms::{InstalmentList, not_part_words, terms_rows};
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::how_was_this::HowWasThis;
use crate::components::kept_change::KeptChange;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::components::text::unbroken;
use crate::domain::agreement::Terms;
use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::Date;
use crate::domain::changing::Changed;
use crate::domain::dispute::Disputed;
use crate::domain::format;
use crate::domain::keeping::AgreementStanding;
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use automatic::AutomaticView;
use leptos::prelude::*;

/// What the screen shows.
pub struct ConfirmationView {
    pub agreement_id: String,
    pub account_id: String,
    /// The id of the letter that thanks for it, once it is completed.
    pub thank_you: Option<String>,
    /// Two optional questions may be asked about it.
    pub may_ask: bool,
    pub reference: String,
    pub state: AgreementState,
    pub version: i64,
    pub signed_name: String,
    pub signed_at: format::LocalTime,
    pub zone: String,
    pub document_id: String,
    pub terms_sha256: String,
    pub terms: Terms,
    pub automatic: AutomaticView,
    pub standing: Option<AgreementStanding>,
    /// The day its creditor took back or closed the account, where that ended it.
    pub taken_back_on: Option<Date>,
    /// Versions before the one in force: number, the day each was signed, its document.
    pub earlier: Vec<(i64, Date, String)>,
    /// The others that are paid on the same days: account, reference, id.
    pub joined: Vec<(String, String, String)>,
    /// A change of it that is wanted and not signed.
    pub kept: Option<Changed>,
    /// While it lives, and something about its account is disputed.
    pub disputed: Option<DisputedView>,
}

/// What was told not to be right.
pub struct DisputedView {
    pub disputed: Disputed,
    /// What can be paid all the same, where it is a part.
    pub rest: Money,
}

#[component]
pub fn ConfirmationPage() -> impl IntoView {
    let agreement_id = param("agreement");
    loaded(load::load(agreement_id), |view| view.map(show))
}

fn show(view: ConfirmationView) -> impl IntoView {
    let stage = Stage::of(&view);
    let is_live = matches!(stage, Stage::New | Stage::Live);
    let title = title_of(stage);
    let lead = if is_live { td_string!(words(), confirmation.lead) } else { td_string!(words(), confirmation.lead_over) };
    let note = not_part_words(&view.terms).filter(|_| is_live).map(|note| view! { <p>{note}</p> });
    let next = is_live.then(|| next_steps(&view).into_any());
    let thank_you = view.thank_you.clone().map(|id| {
        let label = td_string!(words(), confirmation.thank_you);
        view! { <p><LinkButton href=paths::document(&id) label kind=LinkKind::Other/></p> }
    });
    // Where it was kept or not, its ways on are said with that.
    let ways = (stage == Stage::Ended && view.standing.is_none() && view.taken_back_on.is_none()).then(|| {
        let label = td_string!(words(), keeping.ways);
        view! { <p><LinkButton href=paths::options(&view.account_id) label/></p> }
    });
    let kept = view.kept.clone().map(|changed| view! { <KeptChange agreement_id=view.agreement_id.clone() changed/> });
    let disputed = view.disputed.as_ref().map(|disputed| disputed_notice(&view.account_id, disputed));
    let taken_back = view.taken_back_on.map(|on| taken_back_words(on, &view.account_id, &view.terms.creditor));
    let signed_at = format!("{} ({})", format::date_and_time(view.signed_at, language()), view.zone);
    let ask = view.may_ask.then(|| view! { <HowWasThis reference=view.reference.clone()/> });
    let facts = vec![
        SummaryRow::new(td_string!(words(), confirmation.reference), view.reference),
        SummaryRow::new(td_string!(words(), confirmation.state), state_words(view.state)),
        SummaryRow::new(td_string!(words(), confirmation.signed_by), view.signed_name),
        SummaryRow::new(td_string!(words(), confirmation.signed_at), signed_at),
        SummaryRow::new(td_string!(words(), confirmation.version), view.version.to_string()),
    ];
    let rows: Vec<_> = facts.into_iter().chain(terms_rows(&view.terms).into_iter().map(|(row, _)| row)).collect();
    view! {
        <Page title=title lead=lead>
            {disputed}
            {kept}
            {taken_back}
            {ways}
            {thank_you}
            {ask}
            {next}
            {match &view.standing {
                Some(standing) => keeping::show(&view.account_id, &view.agreement_id, standing).into_any(),
                None => view! { <InstalmentList terms=view.terms.clone()/> }.into_any(),
            }}
            {joined(&view.joined)}
            {automatic::show(&view.automatic)}
            <section aria-labelledby="signed">
                <h2 id="signed">{td_string!(words(), confirmation.signed)}</h2>
                <SummaryList rows/>
                {note}
                <DisclosureNotice disclosure=view.terms.disclosure creditor=view.terms.creditor/>
                <LinkButton
                    href=paths::document(&view.document_id)
                    label=td_string!(words(), confirmation.download)
                    kind=LinkKind::Other
                />
            </section>
            {earlier_versions(&view.earlier)}
            <section aria-labelledby="proof">
                <h2 id="proof">{td_string!(words(), confirmation.fingerprint)}</h2>
                <p class="fingerprint">{view.terms_sha256}</p>
                <p>{td_string!(words(), confirmation.verify)}</p>
                <p><a href=paths::VERIFY>{td_string!(words(), confirmation.verify_go)}</a></p>
            </section>
            <p><a href=paths::ACCOUNT>{td_string!(words(), confirmation.back_to_account)}</a></p>
        </Page>
    }
}

/// Nothing is collected while it is checked, whatever the part, and what can be paid all the same (12 CFR 1006.38(d)(2)).
fn disputed_notice(account_id: &str, view: &DisputedView) -> impl IntoView + use<> {
    let paying = match view.disputed {
        Disputed::All => td_string!(words(), dispute.pay_all).to_owned(),
        Disputed::Part(_) => td_string!(words(), dispute.agreement_pay, rest = format::money(view.rest, language())),
    };
    let href = paths::dispute_status(account_id);
    view! {
        <Notice kind=NoticeKind::Plain title=td_string!(words(), holds.title)>
            <p>{td_string!(words(), dispute.agreement_held)}</p>
            <p>{paying}" "<a href=href>{td_string!(words(), dispute.agreement_see)}</a></p>
        </Notice>
    }
}

/// What its page is called, and whether anything is still asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Signed today.
    New,
    Live,
    Completed,
    Ended,
}

impl Stage {
    fn of(view: &ConfirmationView) -> Stage {
        let is_later = |standing: &AgreementStanding| standing.today > view.signed_at.date();
        match view.state {
            AgreementState::Completed => Stage::Completed,
            AgreementState::Cancelled | AgreementState::Broken => Stage::Ended,
            AgreementState::Active if view.taken_back_on.is_some() => Stage::Ended,
            AgreementState::Active if view.standing.as_ref().is_some_and(is_later) => Stage::Live,
            AgreementState::Active => Stage::New,
        }
    }
}

fn title_of(stage: Stage) -> &'static str {
    match stage {
        Stage::New => td_string!(words(), confirmation.title),
        Stage::Live => td_string!(words(), confirmation.title_active),
        Stage::Completed => td_string!(words(), confirmation.title_completed),
        Stage::Ended => td_string!(words(), confirmation.title_ended),
    }
}

/// The agreement ended through nothing the customer did: what that means, and where to look now.
fn taken_back_words(on: Date, account_id: &str, creditor: &str) -> AnyView {
    let title = td_string!(words(), recalled.on_agreement_title);
    let text =
        td_string!(words(), recalled.on_agreement, creditor = creditor.to_owned(), date = format::long_date(on, language()));
    let account = paths::account(account_id);
    view! {
        <Notice kind=NoticeKind::Attention title>
            <p>{text}</p>
            <p>{td_string!(words(), recalled.nothing_collected)}</p>
            <p><a href=account>{td_string!(words(), recalled.see_account)}</a></p>
        </Notice>
    }
    .into_any()
}

/// What is collected by itself says so in its own part.
fn next_steps(view: &ConfirmationView) -> impl IntoView + use<> {
    let is_collected = view.automatic.given.is_some() || view.standing.as_ref().is_some_and(AgreementStanding::is_collected);
    let by_hand = (!is_collected).then(|| td_string!(words(), confirmation.next_no_collection));
    // Once something was paid or fell due, how it stands is said below.
    let is_new = view.standing.as_ref().is_none_or(|standing| standing.come == 0);
    let first = first_open(view).filter(|_| is_new).map(|(amount, due_on)| {
        let (amount, date) = (format::money(amount, language()), format::long_date(due_on, language()));
        td_string!(words(), confirmation.next_first, amount = amount, date = date)
    });
    let pay = if is_new { td_string!(words(), confirmation.next_pay_now) } else { td_string!(words(), keeping.pay) };
    let reach = frame().reach.clone();
    view! {
        <section aria-labelledby="next">
            <h2 id="next">{td_string!(words(), confirmation.next)}</h2>
            {(is_new || by_hand.is_some()).then(|| view! { <p>{first}" "{by_hand}</p> })}
            <LinkButton href=paths::pay(&view.account_id) label=pay/>
            <p><LinkButton href=paths::change(&view.agreement_id) label=td_string!(words(), change.go) kind=LinkKind::Other/></p>
            <p><a href=paths::what_if(&view.agreement_id)>{td_string!(words(), what_if.go)}</a></p>
            <p>{unbroken(&td_string!(words(), confirmation.how_to_change, phone = reach.phone, hours = reach.hours))}</p>
        </section>
    }
}

/// Agreements of other accounts on the same days.
fn joined(joined: &[(String, String, String)]) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = joined
        .iter()
        .map(|(account, reference, id)| {
            let label = td_string!(words(), join.member, account = account.clone(), reference = reference.clone());
            view! { <li><a href=paths::agreement(id)>{label}</a></li> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <section aria-labelledby="together">
                <h2 id="together">{td_string!(words(), join.members)}</h2>
                <p>{td_string!(words(), join.members_text)}</p>
                <ul>{links}</ul>
            </section>
        }
    })
}

/// What was signed before stays readable for ever.
fn earlier_versions(earlier: &[(i64, Date, String)]) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = earlier
        .iter()
        .map(|(number, signed_on, document)| {
            let date = format::date(*signed_on, language());
            let label = td_string!(words(), change.version_of, number = number.to_string(), date = date);
            view! { <li><a href=paths::document(document)>{label}</a></li> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <section aria-labelledby="earlier">
                <h2 id="earlier">{td_string!(words(), change.versions)}</h2>
                <ul>{links}</ul>
            </section>
        }
    })
}

/// What is to be paid first, and when: what the page to pay on says too, where a part is paid already.
fn first_open(view: &ConfirmationView) -> Option<(Money, Date)> {
    match &view.standing {
        Some(standing) => {
            let open = standing.lines.iter().map(|line| &line.instalment).find(|instalment| !instalment.is_met());
            open.map(|instalment| (instalment.open(), instalment.due_on))
        }
        None => view.terms.schedule.instalments.first().map(|first| (first.amount, first.due_on)),
    }
}

fn state_words(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Active => td_string!(words(), confirmation.state_active),
        AgreementState::Completed => td_string!(words(), confirmation.state_completed),
        AgreementState::Cancelled => td_string!(words(), confirmation.state_cancelled),
        AgreementState::Broken => td_string!(words(), confirmation.state_broken),
    }
}
