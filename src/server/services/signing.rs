//! The last steps of every signature, of an agreement and of a change alike: what was shown is compared with what would be signed,
//! the version is written down, its confirmation issued, its event appended. Called by [`super::agreements`] and [`super::changes`]
//! in their transactions.

use super::Failure;
use super::confirmations::{self, SignedVersion};
use crate::domain::agreement::Terms;
use crate::domain::changing::Change;
use crate::domain::due_dates::DuePattern;
use crate::domain::ids::{AgreementId, DocumentId};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::signing::{Seen, Signed};
use crate::server::clock::Millis;
use crate::server::state::AppState;
use crate::server::store::agreements::NewVersion;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::{StoreError, Tx};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// What the customer did on a screen that binds.
#[derive(Clone, Debug)]
pub struct Signature {
    /// SHA-256 of the terms that were on the screen.
    pub shown_sha256: String,
    /// The language of the screen, and the SHA-256 of the text they agreed to on it, electronic records included.
    pub language: Language,
    pub shown_text_sha256: String,
    /// Writes that text for terms: made again under the lock, so that what is kept is what was shown.
    pub text_of: fn(&Terms, Language) -> String,
    pub typed_name: String,
    /// They want the copy by e-mail now, whatever the hour.
    pub copy_now: bool,
}

impl Signature {
    /// From what was posted; `None` where it says no language.
    pub fn of(seen: Seen, signed: Signed, text_of: fn(&Terms, Language) -> String) -> Option<Signature> {
        Some(Signature {
            language: seen.language()?,
            shown_sha256: seen.shown,
            shown_text_sha256: seen.shown_text,
            text_of,
            copy_now: signed.wants_copy_now(),
            typed_name: signed.name,
        })
    }

    /// What is agreed to by it, where these terms and the text that follows from them are the ones that were shown.
    pub(super) fn agrees_to(&self, terms: &Terms) -> Option<Agreed> {
        let canonical = terms.canonical_json();
        let terms_sha256 = fingerprint(&canonical);
        let consent_text_sha256 = fingerprint(&(self.text_of)(terms, self.language));
        let is_as_shown = terms_sha256 == self.shown_sha256 && consent_text_sha256 == self.shown_text_sha256;
        is_as_shown.then_some(Agreed { canonical, terms_sha256, consent_text_sha256 })
    }
}

/// Terms and text as they were shown, and signed.
pub(super) struct Agreed {
    canonical: String,
    terms_sha256: String,
    consent_text_sha256: String,
}

/// One version about to be written down.
pub(super) struct Signing<'a> {
    pub agreement_id: &'a AgreementId,
    pub agreement_reference: &'a str,
    pub number: i64,
    pub account: &'a AccountRecord,
    pub terms: &'a Terms,
    pub agreed: &'a Agreed,
    pub signature: &'a Signature,
    pub document_id: &'a DocumentId,
    pub signed_at: Millis,
    /// What is added on the day of each payment.
    pub interest: &'a [Money],
    /// What it changes of which terms; `None` for the first version.
    pub changes: Option<(&'a Change, &'a Terms)>,
    pub pattern: Option<&'a DuePattern>,
}

impl Signing<'_> {
    pub fn version(&self) -> NewVersion<'_> {
        NewVersion {
            number: self.number,
            policy_version: self.terms.policy_version.as_str(),
            terms: &self.agreed.canonical,
            terms_sha256: &self.agreed.terms_sha256,
            total_minor: self.terms.schedule.total.minor(),
            signed_name: self.signature.typed_name.trim(),
            signed_at: self.signed_at,
            signed_in_zone: &self.account.time_zone,
            language: self.signature.language.tag(),
            consent_text_sha256: &self.agreed.consent_text_sha256,
            document_id: self.document_id,
            instalments: &self.terms.schedule.instalments,
            interest: self.interest,
            change: self.changes.map(|(change, _)| change),
            pattern: self.pattern,
        }
    }

    /// Issues the confirmation of a version that is written down, appends its event and commits.
    pub async fn finish(
        &self,
        state: &AppState,
        mut tx: Tx,
        action: &'static str,
        mut details: Map<String, Value>,
    ) -> Result<(), Failure> {
        let signed = SignedVersion {
            agreement_id: self.agreement_id,
            agreement_reference: self.agreement_reference,
            version: u32::try_from(self.number).unwrap_or(u32::MAX),
            document_id: self.document_id,
            account: self.account,
            terms: self.terms,
            before: self.changes.map(|(_, before)| before),
            canonical_terms: &self.agreed.canonical,
            typed_name: self.signature.typed_name.trim(),
            signed_at: self.signed_at,
            language: self.signature.language,
            copy_now: self.signature.copy_now,
        };
        confirmations::issue(state, &mut tx, &signed).await?;
        let of_every_one = [
            ("version", json!(self.number)),
            ("terms_sha256", json!(self.agreed.terms_sha256)),
            ("consent_text_sha256", json!(self.agreed.consent_text_sha256)),
            ("policy", json!(self.terms.policy_version)),
            ("disclosure", json!(self.terms.disclosure)),
            ("language", json!(self.signature.language.tag())),
        ];
        details.extend(of_every_one.map(|(name, value)| (name.to_owned(), value)));
        let customer = &self.account.customer_id;
        let event = Event {
            at: self.signed_at,
            actor: Actor::Customer(customer.to_string()),
            action,
            customer_id: Some(customer.to_string()),
            account_id: Some(self.account.id.to_string()),
            subject_id: Some(self.agreement_id.to_string()),
            details: Value::Object(details),
        };
        events::append(&mut tx, &event).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

pub fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
