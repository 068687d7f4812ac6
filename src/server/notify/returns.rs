//! What comes back by e-mail: reports that a message was not delivered (RFC 3464), complaints (RFC 5965), and what people write. Read
//! here; what follows from it is decided by `services::returns`.
//!
//! Anybody can send a message that says such things. So what is read here names the message it is about by what only its receiver
//! has seen, the message's own id or the tag of its bounce address, and the service checks those.

use crate::domain::contact::stop_words::{is_stop, own_lines};
use mail_parser::{Address, HeaderName, Message, MessageParser, MimeHeaders};

/// What a received message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// A message of ours was not delivered. `for_good`: the address does not work; else it may another time.
    NotDelivered { for_good: bool },
    /// Its receiver called a message of ours unwanted.
    Unwanted,
    /// Somebody wrote "stop" or another such word, and nothing else on that line.
    Stop,
    /// Somebody wrote something else.
    Written,
    /// Nothing of these, or nobody wrote it.
    Other,
}

/// A received message, as far as it concerns us. Has no Debug: it holds addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    pub returned: Returned,
    /// Ids of messages of ours it may be about, as it says.
    pub message_ids: Vec<String>,
    /// Where it was sent: one of them may be a bounce address with a tag.
    pub sent_to: Vec<String>,
    pub from: Option<String>,
    /// What its writer wrote, without what they quote.
    pub text: String,
}

/// Reads a message as it came from the mail server; `None` where it is none.
pub fn read(raw: &[u8]) -> Option<Received> {
    let message = MessageParser::default().parse(raw)?;
    let text = message.body_text(0).unwrap_or_default();
    Some(Received {
        returned: what(&message, &text),
        message_ids: ids(&message),
        sent_to: sent_to(&message),
        from: message.from().and_then(first_address),
        text: own_lines(&text).join("\n"),
    })
}

fn what(message: &Message<'_>, text: &str) -> Returned {
    let report = |subtype: &str| {
        message.parts.iter().find(|part| part.is_content_type("message", subtype)).map(|part| fields(part.contents()))
    };
    if let Some(fields) = report("delivery-status") {
        return not_delivered(&fields);
    }
    if let Some(fields) = report("feedback-report") {
        // Kinds such as "not-spam" and "virus" say nothing about wanting it.
        let kind = value(&fields, "feedback-type").unwrap_or_default();
        let is_unwanted = ["abuse", "opt-out", "complaint", "fraud"].iter().any(|unwanted| kind.eq_ignore_ascii_case(unwanted));
        return if is_unwanted { Returned::Unwanted } else { Returned::Other };
    }
    match is_automatic(message) || own_lines(text).is_empty() {
        true => Returned::Other,
        false if is_stop(text) => Returned::Stop,
        false => Returned::Written,
    }
}

/// Nobody wrote an automatic answer (RFC 3834; older programs say it by precedence).
fn is_automatic(message: &Message<'_>) -> bool {
    let says = |name: &str| message.header_raw(name).map(|value| value.trim().to_lowercase());
    says("Auto-Submitted").is_some_and(|value| value != "no")
        || says("Precedence").is_some_and(|value| ["bulk", "junk", "list", "auto_reply"].contains(&value.as_str()))
}

/// Of a delivery report only "failed" counts: a delayed message may still arrive.
fn not_delivered(fields: &[(String, String)]) -> Returned {
    let failed = value(fields, "action").is_some_and(|action| action.eq_ignore_ascii_case("failed"));
    if !failed {
        return Returned::Other;
    }
    Returned::NotDelivered { for_good: is_for_good(value(fields, "status").unwrap_or_default()) }
}

/// Whether a status (RFC 3463) says that the address itself does not work. A full mailbox, a broken server, a message that was not
/// liked and a policy say nothing about the address.
fn is_for_good(status: &str) -> bool {
    let mut parts = status.split_whitespace().next().unwrap_or_default().split('.');
    let (class, subject, detail) = (parts.next(), parts.next(), parts.next());
    match (class, subject, detail) {
        (Some("5"), Some("2"), Some("2" | "3")) => false,
        (Some("5"), Some("3" | "6" | "7"), _) => false,
        (Some("5"), Some(_), _) => true,
        _ => false,
    }
}

/// `Name: value` lines, continued ones joined; names in small letters.
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.starts_with([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (_, _, Some((name, value))) => fields.push((name.trim().to_lowercase(), value.trim().to_owned())),
            (_, _, None) => {}
        }
    }
    fields
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The ids of our messages that a message may be about: of the one it encloses, or answers. Ours are 32 hexadecimal digits before
/// the @.
fn ids(message: &Message<'_>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for part in &message.parts {
        if let Some(enclosed) = part.message() {
            texts.extend(enclosed.message_id().map(str::to_owned));
        } else if part.is_content_type("text", "rfc822-headers") {
            texts.extend(value(&fields(part.contents()), "message-id").map(str::to_owned));
        }
    }
    for header in [HeaderName::InReplyTo, HeaderName::References] {
        texts.extend(message.header_raw(header).map(str::to_owned));
    }
    texts.iter().flat_map(|text| text.split(['<', '>', ' ', '\t', '\r', '\n'])).filter_map(our_id).collect()
}

fn our_id(text: &str) -> Option<String> {
    let (id, _) = text.split_once('@')?;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.to_lowercase())
}

/// What a mail server writes about where a message was sent comes before what its sender says.
fn sent_to(message: &Message<'_>) -> Vec<String> {
    let mut addresses: Vec<String> = ["Delivered-To", "X-Original-To", "Envelope-To"]
        .into_iter()
        .flat_map(|name| message.headers_raw().filter(move |(known, _)| known.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value.trim().trim_matches(['<', '>']).to_owned())
        .collect();
    addresses.extend(message.to().into_iter().flat_map(all_addresses));
    addresses
}

fn all_addresses(address: &Address<'_>) -> Vec<String> {
    address.iter().filter_map(|one| one.address.as_deref().map(str::to_owned)).collect()
}

fn first_address(address: &Address<'_>) -> Option<String> {
    all_addresses(address).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "019ab3c4d5e6f708192a3b4c5d6e7f80";

    fn report(action: &str, status: &str) -> Received {
        let text = format!(
            "From: MAILER-DAEMON@example.net\r\nTo: bounce+abc@pay.example.org\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSTOP: it did not work.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
             Final-Recipient: rfc822; ada@example.net\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; 550 5.1.1\r\n  no such person\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ID}@pay.example.org>\r\nTo: ada@example.net\r\n\r\n--b--\r\n"
        );
        read(text.as_bytes()).expect("a message")
    }

    #[test]
    fn a_report_says_whether_the_address_works_and_which_message_it_is_about() {
        let received = report("failed", "5.1.1");
        assert_eq!(received.returned, Returned::NotDelivered { for_good: true });
        assert_eq!(received.message_ids, [ID]);
        assert_eq!(received.sent_to, ["bounce+abc@pay.example.org"]);
        for (status, for_good) in
            [("5.0.0", true), ("5.4.4", true), ("5.2.1", true), ("5.2.2", false), ("5.7.1", false), ("4.4.1", false), ("", false)]
        {
            assert_eq!(report("failed", status).returned, Returned::NotDelivered { for_good }, "{status}");
        }
        for action in ["delayed", "delivered", "relayed"] {
            assert_eq!(report(action, "4.4.1").returned, Returned::Other, "{action}");
        }
    }

    #[test]
    fn a_complaint_encloses_the_message_it_is_about() {
        let complaint = |kind: &str| {
            let text = format!(
                "From: fbl@example.net\r\nTo: abuse@pay.example.org\r\nMIME-Version: 1.0\r\n\
                 Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
                 --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n\
                 --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{ID}@pay.example.org>\r\nSubject: Your receipt\r\n\r\nHello\r\n--b--\r\n"
            );
            read(text.as_bytes()).expect("a message")
        };
        let received = complaint("abuse");
        assert_eq!((received.returned, received.message_ids), (Returned::Unwanted, vec![ID.to_owned()]));
        assert_eq!(complaint("not-spam").returned, Returned::Other);
    }

    #[test]
    fn a_reply_stops_by_one_word_alone_and_an_automatic_one_never_does() {
        let reply = |header: &str, body: &str| {
            let text = format!(
                "From: Ada <ada@example.net>\r\nTo: accounts@pay.example.org\r\nIn-Reply-To: <{ID}@pay.example.org>\r\n{header}\
                 Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
            );
            read(text.as_bytes()).expect("a message")
        };
        let received = reply("", "Baja\r\n\r\n> Hello Ada");
        assert_eq!(received.returned, Returned::Stop);
        assert_eq!(received.from.as_deref(), Some("ada@example.net"));
        assert_eq!(received.message_ids, [ID]);
        assert_eq!(received.text, "Baja");
        for written in ["Thank you", "Stop please", "Cancel the payment"] {
            assert_eq!(reply("", written).returned, Returned::Written, "{written}");
        }
        assert_eq!(reply("", "> STOP").returned, Returned::Other, "nothing of their own");
        for automatic in ["Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n"] {
            assert_eq!(reply(automatic, "Stop").returned, Returned::Other, "{automatic}");
        }
    }

    proptest::proptest! {
        /// Whatever strangers send: it is read or not, and never breaks.
        #[test]
        fn any_bytes_are_read_or_not(
            raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2_000),
            cut in 0_usize..900,
            noise in "[\\x00-\\x7f]{0,80}",
        ) {
            drop(read(&raw));
            let whole = "From: a@b\r\nTo: bounce+x@y\r\nContent-Type: multipart/report; boundary=\"b\"\r\n\r\n--b\r\n\
                Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n\
                Content-Type: message/rfc822\r\n\r\nMessage-ID: <x@y>\r\n\r\nHello\r\n--b--\r\n";
            let (before, after) = whole.split_at(cut.min(whole.len()));
            let received = read(format!("{before}{noise}{after}").as_bytes());
            let ids = received.map(|received| received.message_ids).unwrap_or_default();
            proptest::prop_assert!(ids.iter().all(|id| id.len() == 32));
        }
    }
}
