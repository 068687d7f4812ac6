//! Completing an agreement, whatever brings what is owed to nothing or covers its last payment: everything that completes one goes
//! through [`complete`]. The thank-you letter is issued in the same transaction and says exactly what is true. "Settled" is said at
//! a balance of zero only.

use super::confirmations::recipient;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry};
use super::{Failure, endings};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::ids::{AccountId, AgreementId, DocumentId, PaymentId};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::server::clock::{self, Millis};
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Section};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::collections::AgreementHead;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::{self, StoreError, Tx, agreements, customers, facts, jobs};
use crate::words::{locale, td_string};
use serde_json::json;

/// What is true of an account after an agreement on it was completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    /// Nothing is owed.
    Settled,
    /// Something is owed, nothing of it is past due.
    UpToDate,
    /// A part was agreed and paid; something is still past due.
    StillPastDue,
}

impl Truth {
    fn of(balance: Money, past_due: Money) -> Truth {
        if !balance.is_positive() {
            Truth::Settled
        } else if past_due.is_positive() {
            Truth::StillPastDue
        } else {
            Truth::UpToDate
        }
    }

    fn code(self) -> &'static str {
        match self {
            Truth::Settled => "settled",
            Truth::UpToDate => "up_to_date",
            Truth::StillPastDue => "still_past_due",
        }
    }
}

/// What was completed, and how the account stands after it. `account` is read after the payment was booked.
struct Completed<'a> {
    agreement: &'a AgreementHead,
    account: &'a AccountRecord,
    /// What was paid under the agreement, all together, and whether that is all of it: else something was given up or put right.
    paid: Money,
    is_all_paid: bool,
    at: Millis,
}

/// What completes an agreement.
#[derive(Clone, Copy, Debug)]
pub(super) enum CompletedBy<'a> {
    Payment(&'a PaymentId),
    /// An entry in the books after which nothing is owed.
    Entry,
    /// The creditor's own figures, by which nothing is owed.
    Report,
}

/// Completes an agreement in the caller's transaction, who holds the account's lock and has booked what completes it: the agreement
/// is over with all that belongs to it, the letter goes out, and where nothing is owed any more no payment page stays open.
pub(super) async fn complete(
    state: &AppState,
    tx: &mut Tx,
    agreement_id: &AgreementId,
    by: CompletedBy<'_>,
    at: Millis,
) -> Result<(), Failure> {
    let agreement = store::collections::agreement(tx, agreement_id).await?.ok_or(Failure::Missing("agreement"))?;
    let account = facts::one_of_customer(&mut **tx, &agreement.customer_id, &agreement.account_id)
        .await?
        .ok_or(Failure::Missing("account"))?;
    endings::end(state, tx, agreement_id, endings::Ending::Completed, at).await?;
    let balance = account.facts.balance;
    let event = Event {
        at,
        actor: Actor::System,
        action: "agreement.completed",
        customer_id: Some(agreement.customer_id.to_string()),
        account_id: Some(agreement.account_id.to_string()),
        subject_id: Some(agreement_id.to_string()),
        details: match by {
            CompletedBy::Payment(payment) => json!({ "payment": payment, "balance_minor": balance.minor() }),
            CompletedBy::Entry => json!({ "balance_minor": balance.minor() }),
            CompletedBy::Report => json!({ "by": "report", "balance_minor": balance.minor() }),
        },
    };
    events::append(tx, &event).await?;
    if !balance.is_positive() {
        close_pages(state, tx, &account.id).await?;
    }
    let currency = account.facts.currency;
    let instalments = store::keeping::instalments(tx, agreement_id, currency, |_| Date::MIN).await?;
    let paid = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.paid_minor()));
    let is_all_paid = instalments.iter().all(crate::domain::keeping::Instalment::is_covered);
    let paid = Money::new(paid, currency);
    issue(state, tx, &Completed { agreement: &agreement, account: &account, paid, is_all_paid, at }).await
}

/// Nothing is owed on an account any more, and no payment was the cause: the agreement it is under is completed, and where it is
/// under none the pages that are open for paying are closed. The caller holds the account's lock.
pub(super) async fn nothing_is_owed(
    state: &AppState,
    tx: &mut Tx,
    account_id: &AccountId,
    by: CompletedBy<'_>,
    at: Millis,
) -> Result<(), Failure> {
    match agreements::active_of_account(&mut **tx, account_id).await? {
        Some(agreement_id) => complete(state, tx, &agreement_id, by, at).await,
        None => close_pages(state, tx, account_id).await,
    }
}

/// Completes the agreement of an account on which nothing is owed by the creditor's own figures. Asked for by the importer, and
/// decided anew here: something may be owed again by now. Safe to repeat.
pub async fn review_settled(state: &AppState, account_id: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, account_id).await?;
    let account = facts::by_id(&mut *tx, account_id).await?.ok_or(Failure::Missing("account"))?;
    // What the creditor took back or closed is ended elsewhere, with other words.
    if account.facts.balance.is_positive() || !account.is_open() {
        return Ok(());
    }
    nothing_is_owed(state, &mut tx, &account.id, CompletedBy::Report, state.clock.now_millis()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Has the pages closed on which somebody might still pay what is not owed. The processor is asked by a job, once this is committed.
async fn close_pages(state: &AppState, tx: &mut Tx, account_id: &AccountId) -> Result<(), Failure> {
    let now = state.clock.real_now_millis();
    let once_key = format!("{}:{}", jobs::CLOSE_PAGES, ids::new_id());
    Ok(jobs::ask(tx, jobs::CLOSE_PAGES, account_id.as_str(), &once_key, now, now).await?)
}

/// Issues the letter and puts the e-mail with its copy into the outbox.
async fn issue(state: &AppState, tx: &mut Tx, completed: &Completed<'_>) -> Result<(), Failure> {
    let Completed { agreement, account, at, .. } = *completed;
    let customer_id = &agreement.customer_id;
    let addressee = customers::addressee(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let letter = write(state, completed, language, recipient(&addressee));
    let id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &id,
        kind: DocumentKind::Completion,
        reference: &letter.document_reference,
        customer_id,
        account_id: &account.id,
        agreement: Some((&agreement.id, agreement.version)),
        payment_id: None,
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, at).await?;
    outbox::enqueue_copy(state, tx, customer_id, &id, language, Hurry::InWindow).await
}

fn write(
    state: &AppState,
    completed: &Completed<'_>,
    language: Language,
    recipient: crate::server::documents::letter::Recipient,
) -> PlainLetter {
    let Completed { agreement, account, paid, is_all_paid, at } = *completed;
    let words = locale(language);
    let (balance, past_due) = (account.facts.balance, account.facts.past_due);
    let truth = Truth::of(balance, past_due);
    let money = |amount| format::money(amount, language);
    let issued_at = clock::zoned(at, &clock::zone(&account.time_zone));
    let document_reference = ids::new_reference("DC");
    let creditor = account.creditor.clone();
    let stands = match truth {
        Truth::Settled => td_string!(words, completion.settled, creditor = creditor.clone()),
        Truth::UpToDate => td_string!(words, completion.up_to_date, amount = money(balance)),
        Truth::StillPastDue => {
            td_string!(words, completion.still_past_due, amount = money(balance), past_due = money(past_due))
        }
    };
    let reference = agreement.reference.clone();
    let thanks = if is_all_paid {
        td_string!(words, completion.thanks, reference = reference)
    } else {
        td_string!(words, completion.thanks_nothing_owed, reference = reference)
    };
    let mut facts = vec![
        Fact::new(td_string!(words, completion.paid), money(paid)),
        Fact::new(td_string!(words, completion.balance), money(balance)),
    ];
    if balance.minor() < 0 {
        facts[1] = Fact::new(td_string!(words, completion.credit), money(balance.negated()));
    }
    let next = match truth {
        Truth::Settled if balance.minor() < 0 => td_string!(words, completion.next_credit),
        Truth::Settled => td_string!(words, completion.next_settled),
        Truth::UpToDate => td_string!(words, completion.next_up_to_date),
        Truth::StillPastDue => td_string!(words, completion.next_still_past_due),
    };
    let terms = json!({
        "account": account.reference, "agreement": agreement.reference, "balance": balance.to_decimal_string(),
        "completed_at": clock::zoned(at, &jiff::tz::TimeZone::UTC).timestamp().to_string(), "creditor": account.creditor,
        "currency": balance.currency().code(), "paid": paid.to_decimal_string(), "past_due": past_due.to_decimal_string(),
        "says": truth.code(), "version": agreement.version,
    });
    PlainLetter {
        language,
        currency: balance.currency(),
        document_reference,
        title: td_string!(words, completion.title).to_owned(),
        sender: documents::sender(&state.config, language),
        recipient,
        particulars: vec![
            Fact::new(td_string!(words, completion.agreement), agreement.reference.clone()),
            Fact::new(td_string!(words, completion.account), format!("{} {}", account.facts.product, account.reference)),
            Fact::new(td_string!(words, completion.creditor), creditor),
        ],
        opening: vec![Block::Paragraph(thanks), Block::Paragraph(stands)],
        sections: vec![
            Section { heading: td_string!(words, completion.figures).to_owned(), blocks: vec![Block::Facts(facts)] },
            Section { heading: td_string!(words, completion.next).to_owned(), blocks: vec![Block::Paragraph(next.to_owned())] },
        ],
        terms: terms.to_string(),
        issued_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn settled_is_said_at_nothing_owed_only() {
        let usd = |minor| Money::new(minor, Currency::USD);
        assert_eq!(Truth::of(usd(0), usd(0)), Truth::Settled);
        assert_eq!(Truth::of(usd(-5), usd(0)), Truth::Settled);
        assert_eq!(Truth::of(usd(1), usd(0)), Truth::UpToDate);
        assert_eq!(Truth::of(usd(1), usd(1)), Truth::StillPastDue);
    }
}
