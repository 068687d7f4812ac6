//! Every address as a function; no path is written anywhere else.

use crate::domain::changing::ChangeKind;
use crate::domain::contact::Topic;
use crate::domain::journey::{Screen, Way};

pub const HOME: &str = "/";
pub const FAVICON: &str = "/favicon.svg";

// The door: what anyone may open.
pub const SIGN_IN: &str = "/sign-in";
pub const SIGNED_OUT: &str = "/signed-out";
pub const CONTACT: &str = "/contact";
pub const LINK: &str = "/link";
/// What a link that no longer works shows: no token is that short.
pub const LINK_GONE: &str = "/link/gone";

/// The operator's own colours and logo.
pub const BRAND_STYLESHEET: &str = "/brand.css";
pub const BRAND_LOGO: &str = "/brand/logo";

// The staff's own screens. Sessions of another kind open these, and nothing else does.
pub const STAFF: &str = "/staff";
pub const STAFF_SIGN_IN: &str = "/staff/sign-in";
/// The second step of coming in: the code of an authenticator, or a recovery code.
pub const STAFF_CODE: &str = "/staff/sign-in/code";
/// What is set up the first time, in this order.
pub const STAFF_PASSWORD: &str = "/staff/first/password";
pub const STAFF_AUTHENTICATOR: &str = "/staff/first/authenticator";
pub const STAFF_RECOVERY_CODES: &str = "/staff/first/recovery-codes";
/// What somebody sees where something is not open to their role.
pub const STAFF_NOT_OPEN: &str = "/staff/not-open";
/// What is their own: sessions, password, authenticator, recovery codes, history.
pub const STAFF_YOU: &str = "/staff/you";
pub const STAFF_YOU_PASSWORD: &str = "/staff/you/password";
pub const STAFF_YOU_AUTHENTICATOR: &str = "/staff/you/authenticator";
pub const STAFF_YOU_RECOVERY_CODES: &str = "/staff/you/recovery-codes";
/// Everybody who works here.
pub const STAFF_PEOPLE: &str = "/staff/people";
pub const STAFF_PERSON_ADD: &str = "/staff/people/add";
pub const STAFF_SIGN_OUT_ACTION: &str = "/api/staff_sign_out";
pub const STAFF_EXTEND_SESSION_ACTION: &str = "/api/staff_extend_session";

/// One of those who work here.
pub fn staff_person(id: &str) -> String {
    format!("{STAFF_PEOPLE}/{id}")
}

/// Whether an address is the staff's: a page of theirs or a door of one.
pub fn is_staff(path: &str) -> bool {
    path == STAFF || path.starts_with("/staff/") || path.starts_with("/api/staff_")
}

/// Every building block with examples; in sandbox mode only.
pub const COMPONENTS: &str = "/components";

/// The customer's own page: where signing in leads.
pub const ACCOUNT: &str = "/account";

/// What is the customer's own: messages, documents, preferences, signing in.
pub const YOU: &str = "/you";

/// Whom the customer lets help.
pub const HELPERS: &str = "/you/helpers";
pub const HELPER_ADD: &str = "/you/helpers/add";
pub const HELPER_CHECK: &str = "/you/helpers/check";
/// Ends a helper's access, from every screen that says who sees this.
pub const END_HELP_ACTION: &str = "/api/end_help";

/// The helper's own door.
pub const HELPER_DOOR: &str = "/helper";
/// What a helper may see and do here.
pub const HELPING: &str = "/helping";
/// What a helper sees where something is not open to them.
pub const HELPING_NOT_OPEN: &str = "/helping/not-open";

/// The invitation of a helper. Like the token of a link, this one opens nothing without what only its receiver knows.
pub fn helper_invitation(token: &str) -> String {
    format!("{HELPER_DOOR}/invitation/{token}")
}

/// Where anybody tells us that an account holder has died, is insolvent or in a breathing space.
pub const TOLD_US: &str = "/told-us";

/// The promise of an answer to it.
pub fn told_us_received(reference: &str) -> String {
    format!("{TOLD_US}/received/{reference}")
}

/// What somebody told us about a customer, for that customer.
pub fn life_event(reference: &str) -> String {
    format!("/life-events/{reference}")
}

/// How they sign in: a password, passkeys.
pub const SIGNING_IN: &str = "/you/signing-in";
/// Where they are signed in, and when they came in.
pub const DEVICES: &str = "/you/signing-in/devices";

/// A screen after something on it was done, by the code of what it was.
pub fn done(path: &str, what: &str) -> String {
    format!("{path}?{DONE}={what}")
}
/// Messages with the team: every conversation.
pub const MESSAGES: &str = "/messages";
/// Writing a new one.
pub const MESSAGE_NEW: &str = "/messages/new";
/// What of a new one is kept and not sent, with what is attached to it.
pub const MESSAGE_DRAFT: &str = "/messages/draft";

/// Whether a file is genuine.
pub const VERIFY: &str = "/verify";
/// The public halves of the keys that sign documents.
pub const DOCUMENT_KEYS: &str = "/.well-known/evenkeel-keys.json";
/// The files of documents: `/documents/{id}.pdf`.
pub const DOCUMENTS: &str = "/documents";

/// A document's file, for its owner.
pub fn document(id: &str) -> String {
    format!("{DOCUMENTS}/{id}.pdf")
}

/// The account statement, its period to be chosen.
pub fn statement(account: &str) -> String {
    format!("{ACCOUNT}/{account}/statement")
}

/// The account statement of the days from one to the other, written as in ISO 8601.
pub fn statement_of(account: &str, from: &str, to: &str) -> String {
    format!("{}{}", statement(account), days(from, to))
}

/// The same as a signed PDF.
pub fn statement_pdf(account: &str, from: &str, to: &str) -> String {
    format!("{}.pdf{}", statement(account), days(from, to))
}

/// The same for a spreadsheet.
pub fn statement_csv(account: &str, from: &str, to: &str) -> String {
    format!("{}.csv{}", statement(account), days(from, to))
}

fn days(from: &str, to: &str) -> String {
    format!("?from={from}&to={to}")
}

/// The ways forward of an account.
pub fn options(account: &str) -> String {
    format!("{ACCOUNT}/{account}/options")
}

/// Parts of the options screen that other screens lead to.
pub const STEPS: &str = "steps";
pub const LATER: &str = "later";
pub const TIME: &str = "time";
/// Part of the plan builder: the plan as drawn.
pub const PLAN_DRAWN: &str = "plan-preview-title";

pub fn options_part(account: &str, part: &str) -> String {
    at(&options(account), part)
}

/// A part of a screen: an element by its id.
pub fn at(path: &str, id: &str) -> String {
    format!("{path}#{id}")
}

/// Where the details of one way forward are chosen.
pub fn way(account: &str, way: Way) -> String {
    format!("{ACCOUNT}/{account}/options/{}", way.code())
}

/// A screen of an account's journey.
pub fn screen(account_id: &str, screen: &Screen) -> String {
    match screen {
        Screen::Accounts => ACCOUNT.to_owned(),
        Screen::Options => options(account_id),
        Screen::Way(chosen) => way(account_id, *chosen),
        Screen::Check => review(account_id),
        Screen::Sign => sign(account_id),
        Screen::Agreement(id) => agreement(id.as_str()),
        Screen::Pay => pay(account_id),
        Screen::PayCheck => pay_check(account_id),
        Screen::Payment(reference) => payment(reference),
        Screen::Authorise(agreement) => authorise(agreement.as_str()),
        Screen::Mandate(reference) => mandate(reference),
        Screen::Change(agreement) => change(agreement.as_str()),
        Screen::ChangeCheck(agreement) => change_check(agreement.as_str()),
        Screen::Hardship => hardship(account_id),
        Screen::HardshipMoney => hardship_money(account_id),
        Screen::HardshipCheck => hardship_check(account_id),
        Screen::HardshipCase(reference) => hardship_case(reference),
        Screen::Dispute => dispute(account_id),
        Screen::DisputeCheck => dispute_check(account_id),
        Screen::DisputeStatus => dispute_status(account_id),
        Screen::Message => message(account_id, Topic::Other),
        Screen::Account => account(account_id),
        Screen::History => history(account_id, 1),
        Screen::Statement => statement(account_id),
        Screen::Letters => ask_document(account_id),
    }
}

/// Something has changed: telling it, income and spending, and checking it before it is sent.
pub fn hardship(account: &str) -> String {
    format!("{ACCOUNT}/{account}/hardship")
}

pub fn hardship_money(account: &str) -> String {
    format!("{ACCOUNT}/{account}/hardship/money")
}

/// Part of income and spending: what a month comes to.
pub const LEFT_OVER: &str = "left-over";

pub fn hardship_check(account: &str) -> String {
    format!("{ACCOUNT}/{account}/hardship/check")
}

/// A hardship request that was sent.
pub fn hardship_case(reference: &str) -> String {
    format!("/hardship/{reference}")
}

/// Check answers.
pub fn review(account: &str) -> String {
    format!("{ACCOUNT}/{account}/check")
}

pub fn sign(account: &str) -> String {
    format!("{ACCOUNT}/{account}/sign")
}

/// An agreement as signed.
pub fn agreement(agreement: &str) -> String {
    format!("/agreements/{agreement}")
}

/// What can be changed of an agreement.
pub fn change(agreement: &str) -> String {
    format!("/agreements/{agreement}/change")
}

/// Choosing the details of one kind of change.
pub fn change_kind(agreement: &str, kind: ChangeKind) -> String {
    format!("{}/{}", change(agreement), kind.code())
}

/// Checking and signing a change.
pub fn change_check(agreement: &str) -> String {
    format!("{}/check", change(agreement))
}

/// What would happen if more or less is paid than was agreed: nothing is signed there, and nothing kept.
pub fn what_if(agreement: &str) -> String {
    format!("/agreements/{agreement}/what-if")
}

/// Choosing an account that joins an agreement.
pub fn join(agreement: &str) -> String {
    format!("/agreements/{agreement}/add-account")
}

/// Where an agreement is ended.
pub fn agreement_end(agreement: &str) -> String {
    format!("/agreements/{agreement}/end")
}

/// Choosing what to pay on an account.
pub fn pay(account_id: &str) -> String {
    format!("{ACCOUNT}/{account_id}/pay")
}

/// Checking it before paying.
pub fn pay_check(account_id: &str) -> String {
    format!("{ACCOUNT}/{account_id}/pay/check")
}

/// How much goes to each account of a currency in one payment.
pub fn pay_several(currency: &str) -> String {
    format!("/pay-several/{currency}")
}

/// Checking that before paying.
pub fn pay_several_check(currency: &str) -> String {
    format!("/pay-several/{currency}/check")
}

/// One payment, whatever its state.
pub fn payment(reference: &str) -> String {
    format!("/payments/{reference}")
}

/// Where an agreement's payments are allowed to be collected.
pub fn authorise(agreement: &str) -> String {
    format!("/agreements/{agreement}/automatic")
}

/// One permission to collect, whatever its state.
pub fn mandate(reference: &str) -> String {
    format!("/mandates/{reference}")
}

/// The part of an agreement's page that says how its payments are collected.
pub const AUTOMATIC: &str = "automatic";

/// The sandbox processor's page of one charge: it stands for another company's.
pub fn sandbox_page(charge: &str) -> String {
    format!("/sandbox-processor/{charge}")
}

/// The sandbox processor's page of one permission to collect later.
pub fn sandbox_mandate_page(mandate: &str) -> String {
    format!("/sandbox-processor/mandates/{mandate}")
}

/// Where e-mail to a customer is stopped in one step, without signing in. The token opens nothing else.
pub const STOP: &str = "/stop";

pub fn stop(token: &str) -> String {
    format!("{STOP}/{token}")
}

/// Where it is taken up again by the same token.
pub fn stop_again(token: &str) -> String {
    format!("{STOP}/{token}/again")
}

/// The page of a stop link after e-mail was taken up again.
pub fn stop_taken_up(token: &str) -> String {
    format!("{STOP}/{token}?{WANTED}=1")
}

/// What messages the sandbox took.
pub const SANDBOX_MESSAGES: &str = "/sandbox-messages";

/// Where the carrier of text messages hands over what comes in.
pub const TEXT_WEBHOOK: &str = "/webhooks/text";

/// Where a processor sends its messages.
pub fn webhook(processor: &str) -> String {
    format!("/webhooks/{processor}")
}

/// A page of the customer's documents, counted from 1.
pub fn documents(page: u32) -> String {
    match page {
        0 | 1 => DOCUMENTS.to_owned(),
        later => format!("{DOCUMENTS}?page={later}"),
    }
}

/// Where everything about a customer is downloaded, by a form.
pub const EVERYTHING: &str = "/documents/everything";

/// The part of the documents' page that offers it.
pub const EVERYTHING_PART: &str = "everything";

/// What we have of a customer, and correcting it.
pub const DETAILS: &str = "/you/details";
pub const DETAILS_EMAIL: &str = "/you/details/email";
pub const DETAILS_PHONE: &str = "/you/details/phone";
pub const DETAILS_ADDRESS: &str = "/you/details/address";
/// The old one and the new one, before it holds.
pub const DETAILS_ADDRESS_CHECK: &str = "/you/details/address/check";
/// Name and date of birth, which need a proof.
pub const DETAILS_NAME: &str = "/you/details/name";

/// Where a customer first shows who they are, before they change `email` or `address`.
pub fn details_proof(what: &str) -> String {
    format!("{DETAILS}/proof/{what}")
}

/// How a customer may be reached.
pub const YOU_CONTACT: &str = "/you/contact";

/// Agreeing to text messages or to electronic documents, and taking that back: `texts` or `documents`.
pub fn contact_consent(what: &str) -> String {
    format!("{YOU_CONTACT}/consent/{what}")
}

/// Where it is said that nobody is to write any more, before it holds.
pub const STOP_CONTACT: &str = "/you/contact/stop";

/// Where a customer says who speaks for them.
pub const ADVISER: &str = "/you/contact/adviser";

/// The query field that says which refusal a page shows again.
pub const AGAIN: &str = "again";
/// The query field of a stop page whose e-mail has just been taken up again.
pub const WANTED: &str = "wanted";
/// The query field that says what has just been done.
pub const DONE: &str = "done";
/// The query field with the page to go to after signing in.
pub const NEXT: &str = "next";

/// The actions that the frame around every screen posts to.
pub const CHOOSE_LANGUAGE_ACTION: &str = "/api/choose_language";
pub const SIGN_OUT_ACTION: &str = "/api/sign_out";
pub const EXTEND_SESSION_ACTION: &str = "/api/extend_session";
/// Signs out and has the browser forget this portal.
pub const LEAVE_ACTION: &str = "/api/leave_and_clear";
/// Where the script of passkeys asks what a device is to sign.
pub const BEGIN_PASSKEY_ACTION: &str = "/api/begin_passkey";
pub const BEGIN_PASSKEY_SIGN_IN_ACTION: &str = "/api/begin_passkey_sign_in";
/// Stops a permission to collect, from every screen that shows one.
pub const STOP_MANDATE_ACTION: &str = "/api/stop_mandate";
/// Posted by screens that offer a change in one step.
pub const CHOOSE_CHANGE_ACTION: &str = "/api/choose_change";
/// Puts aside a change that was not signed, from every screen that shows one.
pub const PUT_CHANGE_ASIDE_ACTION: &str = "/api/put_change_aside";

/// Where one account stands.
pub fn account(account_id: &str) -> String {
    format!("{ACCOUNT}/{account_id}")
}

/// A page of the creditor's whole history of one account, counted from 1.
pub fn history(account_id: &str, page: u32) -> String {
    match page {
        0 | 1 => format!("{ACCOUNT}/{account_id}/history"),
        later => format!("{ACCOUNT}/{account_id}/history?page={later}"),
    }
}

/// What is wrong, has changed or is asked about one account: words for a person.
pub fn message(account_id: &str, topic: Topic) -> String {
    format!("{ACCOUNT}/{account_id}/message/{}", topic.code())
}

/// One conversation with the team.
pub fn conversation(reference: &str) -> String {
    format!("{MESSAGES}/{reference}")
}

/// A reply in it that is kept and not sent, with what is attached to it.
pub fn conversation_draft(reference: &str) -> String {
    format!("{MESSAGES}/{reference}/draft")
}

/// What was sent has arrived; by when it is answered.
pub fn conversation_sent(reference: &str) -> String {
    format!("{MESSAGES}/{reference}/sent")
}

/// The part of a conversation in which its customer replies.
pub const REPLY: &str = "reply";

/// Two optional questions about something that is over.
pub fn how_was_this(reference: &str) -> String {
    format!("/how-was-this/{reference}")
}

/// Where a customer says that it is not right, all of it or a part.
pub fn dispute(account_id: &str) -> String {
    format!("{ACCOUNT}/{account_id}/dispute")
}

/// What they typed, before it is sent.
pub fn dispute_check(account_id: &str) -> String {
    format!("{}/check", dispute(account_id))
}

/// How far the newest dispute of an account has come.
pub fn dispute_status(account_id: &str) -> String {
    format!("{}/status", dispute(account_id))
}

/// Letters a customer may ask for: the creditor, an itemization, validation information.
pub fn ask_document(account_id: &str) -> String {
    format!("{ACCOUNT}/{account_id}/letters")
}

/// Where a file is added to a case as evidence. Changes come here from [`crate::components::evidence`] only.
pub fn evidence(case_id: &str) -> String {
    format!("/evidence/{case_id}")
}

/// Where one of them is removed.
pub fn evidence_remove(case_id: &str, item_id: &str) -> String {
    format!("/evidence/{case_id}/{item_id}/remove")
}

/// The part of a screen with the evidence of a case.
pub const EVIDENCE: &str = "evidence";

/// A one-use link. The token is the one secret an address may hold.
pub fn link(token: &str) -> String {
    format!("{LINK}/{token}")
}

pub fn contact_received(reference: &str) -> String {
    format!("{CONTACT}/received/{reference}")
}

/// Signing in, and then on to `next`.
pub fn sign_in_then(next: &str) -> String {
    let escaped: String = next.bytes().map(escape_query_byte).collect();
    format!("{SIGN_IN}?{NEXT}={escaped}")
}

/// `path` with the tag of a refusal.
pub fn again(path: &str, tag: &str) -> String {
    let (path, part) = path.split_once('#').map_or((path, None), |(path, part)| (path, Some(part)));
    let separator = if path.contains('?') { '&' } else { '?' };
    let again = format!("{path}{separator}{AGAIN}={tag}");
    part.map_or_else(|| again.clone(), |part| at(&again, part))
}

/// Whether a text has the form of a link's token, and so can stand in an address.
pub fn is_token(text: &str) -> bool {
    (16..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Whether `path` is a page of this portal, never of another site.
pub fn is_local(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_=&?.%".contains(&byte);
    path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/api/") && path.len() <= 300 && path.bytes().all(plain)
}

/// Whether `path` is a page a customer may be sent to after signing in.
pub fn is_own_page(path: &str) -> bool {
    let page = path.split('?').next().unwrap_or_default();
    is_local(path) && !is_open_to_visitors(page) && !is_staff(page)
}

/// Pages and actions that work without being signed in; every other one asks for it first.
pub fn is_open_to_visitors(path: &str) -> bool {
    const PAGES: [&str; 9] = [HOME, SIGN_IN, SIGNED_OUT, CONTACT, LINK, VERIFY, STOP, TOLD_US, HELPER_DOOR];
    const ACTIONS: [&str; 13] = [
        "/api/sign_in",
        "/api/open_link",
        "/api/sign_out",
        LEAVE_ACTION,
        BEGIN_PASSKEY_SIGN_IN_ACTION,
        "/api/sign_in_passkey",
        "/api/extend_session",
        "/api/choose_language",
        "/api/ask_person",
        "/api/verify_document",
        "/api/tell_us",
        "/api/accept_help",
        "/api/sign_in_helper",
    ];
    let is_page =
        |open: &str| path == open || (open != HOME && path.strip_prefix(open).is_some_and(|rest| rest.starts_with('/')));
    PAGES.into_iter().any(is_page) || ACTIONS.contains(&path)
}

fn escape_query_byte(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for path in ["//evil.example", "https://evil.example", "/\\evil.example", "/api/sign_out", "/sign-in", "", "account"] {
            assert!(!is_own_page(path), "{path}");
        }
        assert!(is_own_page("/account"));
        assert!(is_own_page("/account/0a1b/options?frequency=weekly"));
    }

    #[test]
    fn what_is_not_named_as_open_asks_to_sign_in() {
        for path in ["/account", "/linked", "/api/sign_agreement", "/contacts", "/signed-outside"] {
            assert!(!is_open_to_visitors(path), "{path}");
        }
        for path in ["/", "/sign-in", "/link/abc", "/contact/received/EK-2222-2222", "/verify", "/stop/abc", "/api/sign_in"] {
            assert!(is_open_to_visitors(path), "{path}");
        }
    }

    #[test]
    fn the_staffs_addresses_are_told_apart_and_are_no_customers_way_back() {
        for path in [STAFF, STAFF_SIGN_IN, "/staff/people/0a1b", STAFF_SIGN_OUT_ACTION, "/staff/nothing"] {
            assert!(is_staff(path) && !is_own_page(path) && !is_open_to_visitors(path), "{path}");
        }
        for path in ["/staffing", "/api/staff", "/account", "/api/sign_in"] {
            assert!(!is_staff(path), "{path}");
        }
    }

    #[test]
    fn the_way_back_survives_the_query() {
        assert_eq!(sign_in_then("/a?b=c&d"), "/sign-in?next=/a%3Fb%3Dc%26d");
        assert_eq!(again("/a?b=c", "T"), "/a?b=c&again=T");
        assert_eq!(again("/a#part", "T"), "/a?again=T#part");
    }
}
