//! The confirmation of an agreement: what it says, from the terms that were signed. Called by the signing service, in its
//! transaction.

use super::Failure;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry};
use crate::domain::agreement::{DAYS_TO_PUT_RIGHT, Terms};
use crate::domain::calendar::Frequency;
use crate::domain::ids::{AgreementId, DocumentId};
use crate::domain::language::Language;
use crate::domain::offers::OfferKind;
use crate::domain::policy::Basis;
use crate::domain::schedule::InterestRule;
use crate::server::clock::{self, Millis};
use crate::server::documents::ConfirmationContent;
use crate::server::documents::confirmation::{AgreementKind, CoveredAccount, Covers, Instalment, Interest, Rhythm};
use crate::server::documents::letter::Recipient;
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::Tx;
use crate::server::store::customers::{self, Addressee};
use crate::server::store::facts::AccountRecord;

/// What was signed, for its document.
pub struct SignedVersion<'a> {
    pub agreement_id: &'a AgreementId,
    pub agreement_reference: &'a str,
    pub version: u32,
    pub document_id: &'a DocumentId,
    pub account: &'a AccountRecord,
    pub terms: &'a Terms,
    /// Of the version that it changes; `None` for the first.
    pub before: Option<&'a Terms>,
    pub canonical_terms: &'a str,
    pub typed_name: &'a str,
    pub signed_at: Millis,
    pub language: Language,
    /// The customer wants the e-mail at once, whatever the hour.
    pub copy_now: bool,
}

/// Issues the confirmation and puts the e-mail with its copy into the outbox.
pub async fn issue(state: &AppState, tx: &mut Tx, signed: &SignedVersion<'_>) -> Result<(), Failure> {
    let addressee = customers::addressee(tx, &signed.account.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let zone = clock::zone(&signed.account.time_zone);
    let terms = signed.terms;
    let content = ConfirmationContent {
        language: signed.language,
        document_reference: ids::new_reference("DC"),
        agreement_reference: signed.agreement_reference.to_owned(),
        version: signed.version,
        sender: documents::sender(&state.config, signed.language),
        recipient: recipient(&addressee),
        creditor: terms.creditor.clone(),
        accounts: vec![CoveredAccount {
            reference: signed.account.reference.clone(),
            product: signed.account.facts.product.clone(),
            covered: terms.schedule.principal,
        }],
        kind: kind(terms.kind),
        covers: match (terms.covers_all(), terms.basis) {
            (false, _) => Covers::Part,
            (true, Basis::PastDue) => Covers::PastDue,
            (true, Basis::Balance) => Covers::Balance,
        },
        rhythm: terms.frequency.map(rhythm),
        // Counted as they come: the number of an instalment is its name through all versions.
        instalments: (1..)
            .zip(&terms.schedule.instalments)
            .map(|(number, part)| Instalment { number, due_on: part.due_on, amount: part.amount })
            .collect(),
        total: terms.schedule.total,
        interest: match terms.interest {
            InterestRule::Frozen => Interest::Frozen,
            InterestRule::SimpleDaily { annual_rate_basis_points: rate } => {
                Interest::Daily { percent_a_year: format!("{}.{:02}", rate / 100, rate % 100), amount: terms.schedule.interest }
            }
        },
        days_to_put_right: DAYS_TO_PUT_RIGHT,
        creditor_statement: terms.late_payment.as_ref().map(|statement| statement.text(signed.language).to_owned()),
        disclosure: terms.disclosure,
        joins: terms.joins.clone(),
        changed: signed.before.map(|before| before.schedule.clone()),
        signed_name: signed.typed_name.to_owned(),
        signed_at: clock::zoned(signed.signed_at, &zone),
        terms: signed.canonical_terms.to_owned(),
    };
    let subject = Subject {
        id: signed.document_id,
        kind: DocumentKind::Confirmation,
        reference: &content.document_reference,
        customer_id: &signed.account.customer_id,
        account_id: &signed.account.id,
        agreement: Some((signed.agreement_id, i64::from(signed.version))),
        payment_id: None,
        language: signed.language,
        terms: content.terms.clone(),
        file: content.to_pdf()?,
    };
    documents::issue(tx, subject, signed.signed_at).await?;
    let hurry = if signed.copy_now { Hurry::Now } else { Hurry::InWindow };
    outbox::enqueue_copy(state, tx, &signed.account.customer_id, signed.document_id, signed.language, hurry).await
}

/// The address window: name, street, then city, state and postal code on one line.
pub(super) fn recipient(addressee: &Addressee) -> Recipient {
    let place = [addressee.city.as_deref(), addressee.state.as_deref(), Some(addressee.postal_code.as_str())];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Recipient {
        name: format!("{} {}", addressee.given_name, addressee.family_name),
        address_lines: addressee.street.clone().into_iter().chain([place]).collect(),
    }
}

fn kind(kind: OfferKind) -> AgreementKind {
    match kind {
        OfferKind::Promise => AgreementKind::Promise,
        OfferKind::Extension => AgreementKind::Extension,
        OfferKind::Plan | OfferKind::GetUpToDate | OfferKind::PayInFull | OfferKind::PayPart => AgreementKind::Plan,
    }
}

fn rhythm(frequency: Frequency) -> Rhythm {
    match frequency {
        Frequency::Weekly => Rhythm::Weekly,
        Frequency::EveryTwoWeeks => Rhythm::EveryTwoWeeks,
        Frequency::TwiceAMonth => Rhythm::TwiceAMonth,
        Frequency::Monthly => Rhythm::Monthly,
    }
}
