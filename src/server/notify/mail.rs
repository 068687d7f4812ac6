//! Hands a message to the mail server of the settings.
//!
//! Every message says how to stop its kind in one step (RFC 8058: a mail program shows a button for it), that no person wrote it
//! (RFC 3834: so that nobody's absence is answered to it), and where it comes back to if it cannot be delivered.

use super::Carried;
use crate::server::config::{BounceAddress, Mail};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::{Duration, SystemTime};

/// The longest a mail server may take to answer.
const TIMEOUT_SECONDS: u64 = 20;

/// A message as it leaves.
pub struct Outgoing<'a> {
    /// The outbox's id: sent twice, it is the same message to the receiving side.
    pub id: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
    /// File name and bytes of a PDF.
    pub attachment: Option<(String, Vec<u8>)>,
    /// What tells this message from others when it comes back.
    pub bounce_tag: &'a str,
    /// Where e-mail to this person is stopped in one step.
    pub stop_url: &'a str,
    pub at: SystemTime,
}

#[derive(Clone)]
pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    bounce_address: Option<BounceAddress>,
}

/// The settings name a mail server or a sender that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting {0} cannot be used")]
pub struct UnusableMail(pub &'static str);

impl MailServer {
    pub fn from_settings(mail: &Mail) -> Result<MailServer, UnusableMail> {
        let from = mail.from.parse().map_err(|_| UnusableMail("mail.from"))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&mail.smtp_url)
            .map_err(|_| UnusableMail("mail.smtp_url"))?
            .timeout(Some(Duration::from_secs(TIMEOUT_SECONDS)))
            .build();
        Ok(MailServer { transport, from, bounce_address: mail.bounce_address.clone() })
    }

    pub async fn carry(&self, outgoing: Outgoing<'_>) -> Carried {
        let Some(message) = self.message(&outgoing) else { return Carried::Refused };
        match self.transport.send(message).await {
            Ok(_) => Carried::Accepted,
            Err(error) if error.is_permanent() => {
                tracing::warn!(message.id = outgoing.id, "the mail server refused a message");
                Carried::Refused
            }
            Err(error) => {
                // The error's text may name the recipient; its kind is enough.
                tracing::warn!(message.id = outgoing.id, mail.timeout = error.is_timeout(), "a message could not be sent now");
                Carried::TryAgain
            }
        }
    }

    /// `None` where the address is not one.
    fn message(&self, outgoing: &Outgoing<'_>) -> Option<Message> {
        let to: Mailbox = outgoing.recipient.parse().ok()?;
        let body = MultiPart::alternative()
            .singlepart(SinglePart::plain(outgoing.text.to_owned()))
            .singlepart(SinglePart::html(outgoing.html.to_owned()));
        let mut parts = MultiPart::mixed().multipart(body);
        if let Some((name, bytes)) = &outgoing.attachment {
            let kind = ContentType::parse("application/pdf").ok()?;
            parts = parts.singlepart(Attachment::new(name.clone()).body(bytes.clone(), kind));
        }
        let returns_to = match &self.bounce_address {
            Some(address) => address.with_tag(outgoing.bounce_tag).parse().ok()?,
            None => self.from.email.clone(),
        };
        let mut message = Message::builder()
            .from(self.from.clone())
            .envelope(envelope(returns_to, &to)?)
            .to(to)
            .subject(outgoing.subject)
            .date(outgoing.at)
            .message_id(Some(format!("<{}@{}>", outgoing.id, self.from.email.domain())))
            .multipart(parts)
            .ok()?;
        let headers = message.headers_mut();
        headers.insert_raw(header("List-Unsubscribe", format!("<{}>", outgoing.stop_url)));
        headers.insert_raw(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        headers.insert_raw(header("Auto-Submitted", "auto-generated".to_owned()));
        Some(message)
    }
}

fn envelope(returns_to: Address, to: &Mailbox) -> Option<Envelope> {
    Envelope::new(Some(returns_to), vec![to.email.clone()]).ok()
}

/// A header that is written as it stands: an address must not be broken into lines.
fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_that_is_no_address_is_refused_by_name() {
        let mail = Mail { smtp_url: "smtp://localhost:25".into(), from: "nobody".into(), bounce_address: None };
        assert_eq!(MailServer::from_settings(&mail).err(), Some(UnusableMail("mail.from")));
        let mail = Mail { smtp_url: "smtp://local host".into(), from: "a@example.net".into(), bounce_address: None };
        assert_eq!(MailServer::from_settings(&mail).err(), Some(UnusableMail("mail.smtp_url")));
    }
}
