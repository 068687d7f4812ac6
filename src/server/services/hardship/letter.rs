//! The letters about a case: that it is here, what is asked, that it is late, what was decided. Each is a signed document that its
//! customer keeps; the e-mail says only that there is one.

use super::Scene;
use crate::domain::advice::{self, AdviceContact};
use crate::domain::calendar::{Date, LongestTerm};
use crate::domain::format;
use crate::domain::hardship::DeclineReason;
use crate::domain::hardship::relief::{Relief, Waived};
use crate::domain::ids::DocumentId;
use crate::domain::language::Language;
use crate::server::clock;
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Section};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::confirmations::recipient;
use crate::server::services::documents::{self, DocumentKind, Subject};
use crate::server::services::outbox::{self, Hurry};
use crate::server::state::AppState;
use crate::server::store::{Tx, customers};
use crate::words::{Locale, locale, td_string};
use serde_json::json;

/// What a letter says.
pub(super) enum Says<'a> {
    Received { decided_by: Date },
    Asked { words: &'a str, wait_until: Date },
    Late { decided_by: Date },
    Approved { words: &'a str, relief: &'a Relief },
    Declined { words: &'a str, reason: DeclineReason, held_through: Date },
}

impl Says<'_> {
    fn code(&self) -> &'static str {
        match self {
            Says::Received { .. } => "received",
            Says::Asked { .. } => "asked",
            Says::Late { .. } => "late",
            Says::Approved { .. } => "approved",
            Says::Declined { .. } => "declined",
        }
    }

    fn title(&self, words: Locale) -> &'static str {
        match self {
            Says::Received { .. } => td_string!(words, hardship.letter_received),
            Says::Asked { .. } => td_string!(words, hardship.letter_asked),
            Says::Late { .. } => td_string!(words, hardship.letter_late),
            Says::Approved { .. } => td_string!(words, hardship.letter_approved),
            Says::Declined { .. } => td_string!(words, hardship.letter_declined),
        }
    }
}

/// Issues it in the caller's transaction and puts its copy into the outbox.
pub(super) async fn issue(state: &AppState, tx: &mut Tx, scene: &Scene, says: &Says<'_>) -> Result<DocumentId, Failure> {
    let customer = &scene.case.customer_id;
    let addressee = customers::addressee(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let language = scene.language();
    let words = locale(language);
    let advice = advice::for_reader(&state.advice, addressee.state.as_deref(), language);
    let issued_at = clock::zoned(scene.now, &scene.zone);
    let document_id = DocumentId(ids::new_id());
    let letter = PlainLetter {
        language,
        currency: scene.account.facts.currency,
        document_reference: ids::new_reference("DC"),
        title: says.title(words).to_owned(),
        sender: documents::sender(&state.config, language),
        recipient: recipient(&addressee),
        particulars: vec![Fact::new(td_string!(words, hardship.reference), scene.case.reference.clone())],
        opening: opening(words, language, says),
        sections: sections(words, language, says, &advice),
        terms: terms(scene, says, language),
        issued_at,
    };
    let subject = Subject {
        id: &document_id,
        kind: DocumentKind::Review,
        reference: &letter.document_reference,
        customer_id: customer,
        account_id: &scene.case.account_id,
        agreement: None,
        payment_id: None,
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, scene.now).await?;
    outbox::enqueue_copy(state, tx, customer, &document_id, language, Hurry::InWindow).await?;
    Ok(document_id)
}

fn opening(words: Locale, language: Language, says: &Says<'_>) -> Vec<Block> {
    let day = |day: Date| format::long_date(day, language);
    let paragraphs: Vec<String> = match says {
        Says::Received { decided_by } => vec![
            td_string!(words, hardship.thanks).to_owned(),
            td_string!(words, hardship.decided_by, date = day(*decided_by)),
            td_string!(words, hardship.held_until, date = day(*decided_by)),
        ],
        Says::Asked { words: asked, wait_until } => vec![
            td_string!(words, hardship.letter_asked_lead).to_owned(),
            (*asked).trim().to_owned(),
            td_string!(words, hardship.answer_until, date = day(*wait_until)),
            td_string!(words, hardship.held_until, date = day(*wait_until)),
        ],
        Says::Late { decided_by } => vec![
            td_string!(words, hardship.letter_late_lead).to_owned(),
            td_string!(words, hardship.decided_by, date = day(*decided_by)),
            td_string!(words, hardship.held_until, date = day(*decided_by)),
        ],
        Says::Approved { words: reasons, .. } => {
            vec![td_string!(words, hardship.letter_approved_lead).to_owned(), (*reasons).trim().to_owned()]
        }
        Says::Declined { words: reasons, reason, .. } => vec![
            td_string!(words, hardship.letter_declined_lead).to_owned(),
            decline_words(words, *reason).to_owned(),
            (*reasons).trim().to_owned(),
        ],
    };
    paragraphs.into_iter().map(Block::Paragraph).collect()
}

fn sections(words: Locale, language: Language, says: &Says<'_>, advice: &[AdviceContact]) -> Vec<Section> {
    let mut sections = Vec::new();
    let day = |day: Date| format::long_date(day, language);
    match says {
        Says::Received { .. } | Says::Asked { .. } | Says::Late { .. } => {}
        Says::Approved { relief, .. } => {
            let lines = opened_words(words, language, relief);
            let until = day(relief.open_through);
            sections.push(Section {
                heading: td_string!(words, hardship.opened_title).to_owned(),
                blocks: vec![
                    Block::List(lines),
                    Block::Paragraph(td_string!(words, hardship.choose_until, date = until.clone())),
                    Block::Paragraph(td_string!(words, hardship.held_until, date = until)),
                ],
            });
        }
        Says::Declined { held_through, .. } => sections.push(Section {
            heading: td_string!(words, hardship.appeal_title).to_owned(),
            blocks: vec![
                Block::Paragraph(td_string!(words, hardship.appeal_how).to_owned()),
                Block::Paragraph(td_string!(words, hardship.held_until, date = day(*held_through))),
            ],
        }),
    }
    if !advice.is_empty() {
        let lines = advice.iter().map(|contact| advice_line(contact, language)).collect();
        sections.push(Section {
            heading: td_string!(words, hardship.advice_title).to_owned(),
            blocks: vec![Block::Paragraph(td_string!(words, hardship.advice_lead).to_owned()), Block::List(lines)],
        });
    }
    sections
}

/// Who helps for free, on one line of a letter.
pub(in crate::server::services) fn advice_line(contact: &AdviceContact, language: Language) -> String {
    let reach: Vec<&str> = contact.phone.iter().chain(&contact.website).map(String::as_str).collect();
    format!("{}: {} {}", contact.name, contact.helps_with.text(language), reach.join(", "))
}

/// Why it was not approved, as picked.
pub(super) fn decline_words(words: Locale, reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::PaymentsCanBeMet => td_string!(words, hardship.declined_payments_can_be_met),
        DeclineReason::NotShown => td_string!(words, hardship.declined_not_shown),
        DeclineReason::HelpedAlready => td_string!(words, hardship.declined_helped_already),
        DeclineReason::NotAllowed => td_string!(words, hardship.declined_not_allowed),
    }
}

/// What was opened, a sentence each.
pub(super) fn opened_words(words: Locale, language: Language, relief: &Relief) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(lower) = relief.lower {
        let amount = format::money(lower.minimum_instalment, language);
        lines.push(match lower.longest_term {
            LongestTerm::Months(months) => td_string!(words, hardship.opened_lower_months, amount = amount, count = months),
            LongestTerm::Days(days) => td_string!(words, hardship.opened_lower_days, amount = amount, count = days),
        });
    }
    if let Some(days) = relief.pause_days {
        lines.push(td_string!(words, hardship.opened_pause, days = days));
    }
    if let Some(points) = relief.discount_basis_points {
        let percent = match points % 100 {
            0 => format!("{}", points / 100),
            rest => format!("{}.{rest:02}", points / 100),
        };
        lines.push(td_string!(words, hardship.opened_settlement, percent = percent));
    }
    lines.extend(relief.waived.iter().map(|waived| {
        match waived {
            Waived::Interest => td_string!(words, hardship.waived_interest),
            Waived::Fees => td_string!(words, hardship.waived_fees),
        }
        .to_owned()
    }));
    lines
}

/// What it says as canonical JSON. Reasons and questions are in the file; here stand the codes.
fn terms(scene: &Scene, says: &Says<'_>, language: Language) -> String {
    let (until, relief, reason) = match says {
        Says::Received { decided_by } | Says::Late { decided_by } => (decided_by, None, None),
        Says::Asked { wait_until, .. } => (wait_until, None, None),
        Says::Approved { relief, .. } => (&relief.open_through, Some(relief), None),
        Says::Declined { reason, held_through, .. } => (held_through, None, Some(reason.code())),
    };
    json!({
        "case": scene.case.reference,
        "language": language.tag(),
        "issued_at": clock::zoned(scene.now, &scene.zone).timestamp().to_string(),
        "opened": relief,
        "reason": reason,
        "says": says.code(),
        "until": until.to_string(),
    })
    .to_string()
}
