//! The letters: to whoever stands in for a customer who died, is insolvent or in a breathing space, and to the customer when a
//! breathing space is over. Each is a signed document. One that goes to somebody else goes on paper to the address that was given, past
//! the customer's own channels; whoever does not stand in for them reads of no account in it (12 CFR 1006.6(d)).

use super::{LifeEvent, Scene};
use crate::domain::account::Disclosure;
use crate::domain::advice::{self, AdviceContact};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::ids::DocumentId;
use crate::domain::language::Language;
use crate::domain::life_event::{Happened, Told, ToldBy};
use crate::server::clock;
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Recipient, Section, Table};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::confirmations::recipient;
use crate::server::services::documents::{self, DocumentKind, Subject};
use crate::server::services::hardship::advice_line;
use crate::server::services::outbox::{self, Channel, Hurry, State};
use crate::server::state::AppState;
use crate::server::store::customers::{self, Addressee};
use crate::server::store::outbox::NewMessage;
use crate::server::store::print_queue::{self, NewLetter};
use crate::server::store::{Tx, documents as store_of_documents, outbox as store_of_outbox};
use crate::words::{locale, td_string};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Where the letter goes.
pub(super) enum To {
    /// Over their own channels.
    Customer,
    /// On paper.
    Other { name: String, address: Vec<String>, stands: ToldBy },
}

pub(super) struct Issued {
    pub id: DocumentId,
    pub reference: String,
}

/// The once key of the copy of a letter to its customer.
pub(super) fn once_of(id: &DocumentId) -> String {
    format!("{}:{id}", crate::domain::contact::template::Template::LifeEventLetter.code())
}

/// What follows, to whoever it concerns.
pub(super) async fn confirmed(
    state: &AppState,
    tx: &mut Tx,
    scene: &Scene,
    event: &LifeEvent,
    told: &Told,
    to: To,
) -> Result<Issued, Failure> {
    let customer = customers::addressee(tx, &scene.customer).await?.ok_or(Failure::Missing("customer"))?;
    let says = Says { scene, event, customer: &customer, told: Some(told), quiet_until: None };
    match to {
        To::Customer => {
            let language = Language::from_tag(&customer.language).unwrap_or_default();
            let body = says.to_customer(language);
            let issued = says.issue(state, tx, language, recipient(&customer), "confirmed", body).await?;
            outbox::enqueue_copy(state, tx, &scene.customer, &issued.id, language, Hurry::InWindow).await?;
            Ok(issued)
        }
        To::Other { name, address, stands } => {
            // In the language in which it was told.
            let language = Language::from_tag(&event.language).unwrap_or_default();
            let window = Recipient { name, address_lines: address };
            let body = if stands.stands_in() { says.to_stand_in(language) } else { says.neutral(language) };
            let issued = says.issue(state, tx, language, window, "confirmed", body).await?;
            print(tx, scene, &issued, language).await?;
            Ok(issued)
        }
    }
}

/// A breathing space is over, to its customer: until when nothing happens, what is owed, and the ways on.
pub(super) async fn over(
    state: &AppState,
    tx: &mut Tx,
    scene: &Scene,
    event: &LifeEvent,
    quiet_until: Date,
) -> Result<DocumentId, Failure> {
    let customer = customers::addressee(tx, &scene.customer).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&customer.language).unwrap_or_default();
    let says = Says { scene, event, customer: &customer, told: None, quiet_until: Some(quiet_until) };
    let contacts = advice::for_reader(&state.advice, customer.state.as_deref(), language);
    let body = says.over(&format::long_date(quiet_until, language), &contacts, language);
    let issued = says.issue(state, tx, language, recipient(&customer), "over", body).await?;
    outbox::enqueue_copy(state, tx, &scene.customer, &issued.id, language, Hurry::InWindow).await?;
    Ok(issued.id)
}

/// Into the print queue, with a line in the contact log: what goes to somebody else is not asked of the customer's gate.
async fn print(tx: &mut Tx, scene: &Scene, issued: &Issued, language: Language) -> Result<(), Failure> {
    let template = crate::domain::contact::template::Template::LifeEventLetter;
    let file = store_of_documents::file(&mut **tx, &issued.id).await?.ok_or(Failure::Missing("document"))?;
    let id = ids::new_id();
    let once = once_of(&issued.id);
    let first = scene.first()?;
    let message = NewMessage {
        id: &id,
        customer_id: &scene.customer,
        account_id: Some(&first.id),
        channel: Channel::Letter,
        template: template.code(),
        language: language.tag(),
        recipient: "",
        subject: &issued.reference,
        body_text: "",
        body_html: "",
        body_short: None,
        document_id: Some(&issued.id),
        weight: template.weight(),
        expires_at: None,
        state: State::Printing,
        once_key: &once,
        only_to: None,
        created_at: scene.now,
    };
    store_of_outbox::insert(tx, &message).await?;
    let letter = NewLetter {
        outbox_id: &id,
        customer_id: &scene.customer,
        reference: &issued.reference,
        bytes: &file.bytes,
        file_sha256: &hex::encode(Sha256::digest(&file.bytes)),
        queued_at: scene.now,
    };
    Ok(print_queue::insert(tx, &letter).await?)
}

/// The opening of a letter and its sections.
type Body = (Vec<Block>, Vec<Section>);

/// What a letter is about.
struct Says<'a> {
    scene: &'a Scene,
    event: &'a LifeEvent,
    customer: &'a Addressee,
    told: Option<&'a Told>,
    /// The last of the quiet days after a breathing space, where it is over.
    quiet_until: Option<Date>,
}

impl Says<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.customer.given_name, self.customer.family_name)
    }

    /// The last day of a breathing space.
    fn last_day(&self, language: Language) -> String {
        let at = self.event.ends_at.unwrap_or(self.scene.now);
        format::long_date(clock::date_of(at, &self.scene.zone), language)
    }

    fn to_customer(&self, language: Language) -> Body {
        let words = locale(language);
        let first = match self.event.happened {
            Happened::Insolvent => td_string!(words, life_event.yours_insolvent).to_owned(),
            Happened::BreathingSpace | Happened::Died => {
                td_string!(words, life_event.yours_breathing_space, date = self.last_day(language))
            }
        };
        (vec![Block::Paragraph(first), Block::Paragraph(td_string!(words, life_event.yours_next).to_owned())], Vec::new())
    }

    fn over(&self, quiet_until: &str, contacts: &[AdviceContact], language: Language) -> Body {
        let words = locale(language);
        let quiet = td_string!(words, life_event.over_quiet, date = quiet_until);
        let next = td_string!(words, life_event.over_next).to_owned();
        let paragraphs = match self.event.decided_at {
            Some(_) => vec![td_string!(words, life_event.over).to_owned(), quiet, next],
            // Nobody here has checked it: it may be news to them, and it may go on.
            None => {
                let first = td_string!(words, life_event.over_unchecked, date = self.last_day(language));
                vec![first, quiet, next, td_string!(words, life_event.over_longer).to_owned()]
            }
        };
        let mut sections = vec![self.owed(language)];
        sections.extend(self.disclosed(language));
        if !contacts.is_empty() {
            sections.push(Section {
                heading: td_string!(words, hardship.advice_title).to_owned(),
                blocks: vec![Block::List(contacts.iter().map(|contact| advice_line(contact, language)).collect())],
            });
        }
        (paragraphs.into_iter().map(Block::Paragraph).collect(), sections)
    }

    /// What is owed on each account, and what of it should already have been paid.
    fn owed(&self, language: Language) -> Section {
        let words = locale(language);
        let rows = self.scene.accounts.iter().map(|account| {
            let what = td_string!(words, document.account_paid, product = &account.facts.product, reference = &account.reference);
            vec![what, format::money(account.facts.past_due, language), format::money(account.facts.balance, language)]
        });
        let heading = td_string!(words, life_event.over_owed).to_owned();
        let headings = vec![
            td_string!(words, document.account).to_owned(),
            td_string!(words, account.past_due).to_owned(),
            td_string!(words, account.you_owe).to_owned(),
        ];
        let table = Table { summary: heading.clone(), headings, rows: rows.collect(), total: None, amount_columns: 2 };
        Section { heading, blocks: vec![Block::Table(table)] }
    }

    /// What has to be said wherever somebody reads what they owe.
    fn disclosed(&self, language: Language) -> Option<Section> {
        let words = locale(language);
        let mut said = self.scene.accounts.iter().filter_map(|account| Some((account, account.facts.time_barred.disclosure()?)));
        let paragraphs = match said.next()? {
            (account, Disclosure::TimeBarred) => [
                td_string!(words, disclosure.time_barred, creditor = &account.creditor),
                td_string!(words, disclosure.time_barred_again).to_owned(),
                td_string!(words, disclosure.time_barred_ask).to_owned(),
            ],
        };
        let heading = td_string!(words, document.disclosure_heading).to_owned();
        Some(Section { heading, blocks: paragraphs.into_iter().map(Block::Paragraph).collect() })
    }

    /// To who may know which account it is.
    fn to_stand_in(&self, language: Language) -> Body {
        let (words, name) = (locale(language), self.name());
        let paragraphs: Vec<String> = match self.event.happened {
            Happened::Died => vec![
                td_string!(words, life_event.letter_died, name = &name),
                td_string!(words, life_event.letter_died_held, name = &name),
                td_string!(words, life_event.letter_died_estate).to_owned(),
                td_string!(words, life_event.letter_died_papers).to_owned(),
            ],
            Happened::Insolvent => vec![
                td_string!(words, life_event.letter_insolvent, name = &name),
                td_string!(words, life_event.letter_insolvent_next).to_owned(),
            ],
            Happened::BreathingSpace => vec![
                td_string!(words, life_event.letter_breathing_space, name = &name, date = self.last_day(language)),
                td_string!(words, life_event.letter_breathing_space_next, name = &name),
            ],
        };
        let rows = self.scene.accounts.iter().map(|account| {
            let what = td_string!(words, document.account_paid, product = &account.facts.product, reference = &account.reference);
            vec![what, format::money(account.facts.balance, language)]
        });
        let table = Table {
            summary: td_string!(words, life_event.letter_accounts).to_owned(),
            headings: vec![td_string!(words, document.account).to_owned(), td_string!(words, document.amount).to_owned()],
            rows: rows.collect(),
            total: None,
            amount_columns: 1,
        };
        let accounts =
            Section { heading: td_string!(words, life_event.letter_accounts).to_owned(), blocks: vec![Block::Table(table)] };
        (paragraphs.into_iter().map(Block::Paragraph).collect(), vec![accounts])
    }

    /// To anybody else: it names nothing that they did not tell us.
    fn neutral(&self, language: Language) -> Body {
        let (words, name) = (locale(language), self.name());
        let first = match self.event.happened {
            Happened::Died => td_string!(words, life_event.letter_died, name = &name),
            Happened::Insolvent | Happened::BreathingSpace => td_string!(words, life_event.letter_thanks).to_owned(),
        };
        let paragraphs = [first, td_string!(words, life_event.letter_neutral).to_owned()];
        (paragraphs.into_iter().map(Block::Paragraph).collect(), Vec::new())
    }

    async fn issue(
        &self,
        state: &AppState,
        tx: &mut Tx,
        language: Language,
        window: Recipient,
        says: &'static str,
        (opening, sections): Body,
    ) -> Result<Issued, Failure> {
        let words = locale(language);
        let account = self.scene.first()?;
        let id = DocumentId(ids::new_id());
        let mut particulars = vec![Fact::new(td_string!(words, life_event.report), self.event.reference.clone())];
        if let Some(theirs) = self.told.map(|told| told.case_reference.as_str()).filter(|text| !text.is_empty()) {
            particulars.push(Fact::new(td_string!(words, life_event.their_reference), theirs.to_owned()));
        }
        let letter = PlainLetter {
            language,
            currency: account.facts.currency,
            document_reference: ids::new_reference("DC"),
            title: match says {
                "over" => td_string!(words, life_event.over_title),
                _ => td_string!(words, life_event.letter_title),
            }
            .to_owned(),
            sender: documents::sender(&state.config, language),
            recipient: window,
            particulars,
            opening,
            sections,
            terms: self.terms(says, language),
            issued_at: clock::zoned(self.scene.now, &self.scene.zone),
        };
        let subject = Subject {
            id: &id,
            kind: DocumentKind::LifeEvent,
            reference: &letter.document_reference,
            customer_id: &self.scene.customer,
            account_id: &account.id,
            agreement: None,
            payment_id: None,
            language,
            terms: letter.terms.clone(),
            file: letter.to_pdf()?,
        };
        documents::issue(tx, subject, self.scene.now).await?;
        Ok(Issued { id, reference: letter.document_reference })
    }

    /// What it says as canonical JSON; names and addresses stand in the file alone.
    fn terms(&self, says: &'static str, language: Language) -> String {
        let owed = self.scene.accounts.iter().filter(|_| self.quiet_until.is_some()).map(|account| {
            let facts = &account.facts;
            json!({ "account": account.reference, "balance": facts.balance.minor(), "past_due": facts.past_due.minor() })
        });
        json!({
            "happened": self.event.happened.code(),
            "issued_at": clock::zoned(self.scene.now, &self.scene.zone).timestamp().to_string(),
            "language": language.tag(),
            "owed": owed.collect::<Vec<_>>(),
            "quiet_until": self.quiet_until.map(|day| day.to_string()),
            "report": self.event.reference,
            "says": says,
            "to": self.event.told_by.code(),
        })
        .to_string()
    }
}
