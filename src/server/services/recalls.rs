//! An account that its creditor takes back or closes while an agreement runs: the agreement ends in the importer's own
//! transaction; what hangs on it ends and the customer is told in a job right after. It stays ended if the account comes back.

use super::confirmations::recipient;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry};
use super::{Failure, endings};
use crate::domain::format;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::standing::AccountStatus;
use crate::server::clock::{self, Millis};
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Section, Table};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::customers::Addressee;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::{self, AccountRecord};
pub use crate::server::store::recalls::EndedAgreement;
use crate::server::store::{self, StoreError, StoreResult, Tx, agreements, customers, jobs, recalls, shares};
use crate::words::{Locale, locale, td_string};
use serde_json::json;

/// Ends the agreement an account is under, if there is one, because the creditor reports it as `because` (`recalled` or
/// `closed`). Called by the importer, which holds the account's lock.
pub async fn end_agreement(tx: &mut Tx, account_id: &str, because: &str, import_id: &str, at: Millis) -> StoreResult<()> {
    let account_id = AccountId(account_id.to_owned());
    let Some(agreement) = agreements::active_of_account(&mut **tx, &account_id).await? else { return Ok(()) };
    recalls::cancel_agreement(tx, &agreement, because, at).await?;
    let ended = recalls::of_agreement(&mut **tx, &agreement).await?;
    let event = Event {
        at,
        actor: Actor::Operator,
        action: "agreement.cancelled",
        customer_id: ended.map(|ended| ended.customer_id.to_string()),
        account_id: Some(account_id.to_string()),
        subject_id: Some(agreement.to_string()),
        details: json!({ "because": because, "import_id": import_id }),
    };
    events::append(tx, &event).await?;
    let once_key = format!("{}:{agreement}", jobs::TELL_OF_RECALL);
    // Work is due in real time, whatever the day of the portal is.
    jobs::ask(tx, jobs::TELL_OF_RECALL, agreement.as_str(), &once_key, 0, at).await
}

/// Ends the permission to collect and writes the customer what was paid, what is owed and whom to turn to. Asked for again, it
/// does nothing more.
pub async fn tell(state: &AppState, agreement_id: &str) -> Result<(), Failure> {
    let id = AgreementId(agreement_id.to_owned());
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let mut accounts = Vec::new();
    for account in recalls::accounts(&mut tx, &id).await? {
        store::lock_account(&mut tx, account.as_str()).await?;
        accounts.extend(facts::by_id(&mut *tx, account.as_str()).await?);
    }
    let Some(ended) = recalls::of_agreement(&mut *tx, &id).await? else { return Ok(()) };
    if recalls::is_told(&mut tx, &id).await? {
        return Ok(());
    }
    endings::end(state, &mut tx, &id, endings::Ending::TakenBack, at).await?;
    write_letter(state, &mut tx, &ended, &accounts, at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn write_letter(
    state: &AppState,
    tx: &mut Tx,
    ended: &EndedAgreement,
    accounts: &[AccountRecord],
    at: Millis,
) -> Result<(), Failure> {
    let first = accounts.first().ok_or(Failure::Missing("account"))?;
    let addressee = customers::addressee(tx, &ended.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let paid = recalls::paid(tx, &ended.id, ended.currency).await?;
    let mut on_their_way = Money::zero(ended.currency);
    for account in accounts {
        let minor = shares::on_their_way(tx, &account.id).await?;
        on_their_way = on_their_way.checked_add(Money::new(minor, ended.currency))?;
    }
    let said = Said { ended, accounts, paid, on_their_way };
    let letter = said.letter(state, &addressee, language, at);
    let document_id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &document_id,
        kind: DocumentKind::Recall,
        reference: &letter.document_reference,
        customer_id: &ended.customer_id,
        account_id: &first.id,
        agreement: Some((&ended.id, 1)),
        payment_id: None,
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, at).await?;
    outbox::enqueue_copy(state, tx, &ended.customer_id, &document_id, language, Hurry::InWindow).await
}

/// What the letter is about.
struct Said<'a> {
    ended: &'a EndedAgreement,
    accounts: &'a [AccountRecord],
    /// Of the agreement's instalments.
    paid: Money,
    /// With the payment company; booked when it arrives.
    on_their_way: Money,
}

impl Said<'_> {
    fn creditor(&self) -> &str {
        self.accounts.first().map_or("", |account| account.creditor.as_str())
    }

    /// The creditor handed every account back before the letter was written.
    fn is_back(&self) -> bool {
        self.accounts.iter().all(AccountRecord::is_open)
    }

    fn letter(&self, state: &AppState, addressee: &Addressee, language: Language, at: Millis) -> PlainLetter {
        let words = locale(language);
        let zone = clock::zone(self.accounts.first().map_or("UTC", |account| account.time_zone.as_str()));
        let ended_on = format::long_date(clock::date_of(self.ended.at, &zone), language);
        let why = match self.ended.because {
            AccountStatus::Closed => {
                td_string!(words, recalled.ended_closed, creditor = self.creditor(), date = &ended_on)
            }
            AccountStatus::Recalled | AccountStatus::Open => {
                td_string!(words, recalled.ended_recalled, creditor = self.creditor(), date = &ended_on)
            }
        };
        let document_reference = ids::new_reference("DC");
        PlainLetter {
            language,
            currency: self.ended.currency,
            title: td_string!(words, recalled.letter_title).to_owned(),
            sender: documents::sender(&state.config, language),
            recipient: recipient(addressee),
            particulars: vec![Fact::new(td_string!(words, document.agreement), self.ended.reference.clone())],
            opening: vec![Block::Paragraph(why), Block::Paragraph(td_string!(words, recalled.not_your_doing).to_owned())],
            sections: vec![self.paid_section(words, language), self.owed_section(words, language), self.next_section(words)],
            terms: self.terms(&document_reference, at),
            issued_at: clock::zoned(at, &zone),
            document_reference,
        }
    }

    fn paid_section(&self, words: Locale, language: Language) -> Section {
        let money = |amount| format::money(amount, language);
        let paid = if self.paid.is_positive() {
            td_string!(words, recalled.paid, amount = money(self.paid))
        } else {
            td_string!(words, recalled.paid_nothing).to_owned()
        };
        let on_their_way = self.on_their_way.is_positive();
        let on_their_way = on_their_way.then(|| td_string!(words, recalled.on_their_way, amount = money(self.on_their_way)));
        Section {
            heading: td_string!(words, recalled.paid_heading).to_owned(),
            blocks: [paid].into_iter().chain(on_their_way).map(Block::Paragraph).collect(),
        }
    }

    fn owed_section(&self, words: Locale, language: Language) -> Section {
        let name = |account: &AccountRecord| {
            td_string!(words, document.account_paid, product = &account.facts.product, reference = &account.reference)
        };
        let rows = self.accounts.iter().map(|account| vec![name(account), format::money(account.facts.balance, language)]);
        let table = Table {
            summary: td_string!(words, recalled.owed_summary).to_owned(),
            headings: vec![td_string!(words, document.account).to_owned(), td_string!(words, document.amount).to_owned()],
            rows: rows.collect(),
            total: None,
            amount_columns: 1,
        };
        Section {
            heading: td_string!(words, recalled.owed_heading).to_owned(),
            blocks: vec![Block::Table(table), Block::Small(td_string!(words, recalled.owed_note, creditor = self.creditor()))],
        }
    }

    fn next_section(&self, words: Locale) -> Section {
        let next = if self.is_back() {
            td_string!(words, recalled.is_back).to_owned()
        } else {
            td_string!(words, recalled.turn_to, creditor = self.creditor())
        };
        Section {
            heading: td_string!(words, recalled.next_heading).to_owned(),
            blocks: vec![
                Block::Paragraph(next),
                Block::Paragraph(td_string!(words, recalled.nothing_collected).to_owned()),
                Block::Paragraph(td_string!(words, recalled.still_arrives, creditor = self.creditor())),
            ],
        }
    }

    /// Canonical JSON of the letter.
    fn terms(&self, document: &str, at: Millis) -> String {
        let accounts: Vec<_> = self
            .accounts
            .iter()
            .map(|account| json!({"account": account.reference, "balance": account.facts.balance.to_decimal_string()}))
            .collect();
        json!({
            "accounts": accounts,
            "agreement": self.ended.reference,
            "because": match self.ended.because {
                AccountStatus::Recalled | AccountStatus::Open => "recalled",
                AccountStatus::Closed => "closed",
            },
            "creditor": self.creditor(),
            "currency": self.ended.currency.code(),
            "document": document,
            "ended_at": instant(self.ended.at),
            "issued_at": instant(at),
            "on_its_way": self.on_their_way.to_decimal_string(),
            "paid": self.paid.to_decimal_string(),
        })
        .to_string()
    }
}

fn instant(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// How an agreement of this customer ended, if the creditor's taking back ended it.
pub async fn of_agreement(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Option<EndedAgreement>, Failure> {
    let ended = recalls::of_agreement(state.db.pool(), id).await?;
    Ok(ended.filter(|ended| ended.customer_id == *customer))
}
