//! What the gate has to know of a customer, read in the transaction in which it is asked.

use super::Channel;
use crate::domain::contact::cap::{Cap, DAYS};
use crate::domain::contact::channel::{ChannelState, Reach};
use crate::domain::contact::gate::{self, Asked, Decision, Held, Weight};
use crate::domain::contact::window::ContactWindow;
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::area_codes;
use crate::server::clock::{self, Millis};
use crate::server::import::zones;
use crate::server::notify::texts::international;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::contact::{self, Addresses, LiveMark, Mark};
use crate::server::store::{Tx, contact_wishes, outbox};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A message, as the gate sees it.
pub(super) struct Subject<'a> {
    pub message_id: &'a str,
    pub customer_id: &'a CustomerId,
    pub account_id: Option<&'a AccountId>,
    pub weight: Weight,
    pub written_at: Timestamp,
    pub expires_at: Option<Millis>,
    pub has_short_form: bool,
    /// It came back once.
    pub only_by_post: bool,
    /// The one e-mail address it may go to, whatever the customer's is.
    pub only_to: Option<&'a str>,
}

/// Where a customer can be reached. Has no Debug: never printed into a log.
pub(super) struct Known {
    email: Option<String>,
    number: Option<String>,
    pub reach: Reach,
}

impl Known {
    pub fn recipient(&self, channel: Channel) -> &str {
        match channel {
            Channel::Email => self.email.as_deref().unwrap_or_default(),
            Channel::Text => self.number.as_deref().unwrap_or_default(),
            // In the address window of the letter.
            Channel::Letter => "",
        }
    }
}

const DAY_MILLIS: Millis = 86_400_000;

/// Asks the gate about a message now.
pub(super) async fn ask(
    state: &AppState,
    tx: &mut Tx,
    subject: &Subject<'_>,
    addresses: &Addresses,
    now: Timestamp,
) -> Result<(Decision, Known), Failure> {
    let now_millis = now.as_millisecond();
    let marks = contact::live_marks(&mut **tx, subject.customer_id).await?;
    let consented = match subject.has_short_form {
        true => contact::consented_number(&mut **tx, subject.customer_id).await?,
        false => None,
    };
    let known = known(state, subject, addresses, &marks, consented, now_millis);
    let wishes = contact_wishes::of(&mut **tx, subject.customer_id).await?;
    let holds: Vec<Held> = contact::holds(tx, subject.customer_id, subject.account_id, now_millis)
        .await?
        .into_iter()
        .map(|(kind, until)| Held { kind, until: until.and_then(|until| Timestamp::from_millisecond(until).ok()) })
        .collect();
    let log = match subject.weight {
        Weight::Reminder => {
            outbox::log_since(tx, subject.customer_id, subject.message_id, now_millis - DAYS * DAY_MILLIS).await?
        }
        Weight::AskedFor | Weight::Answer | Weight::Notice => Vec::new(),
    };
    let decision = gate::decide(&Asked {
        weight: subject.weight,
        written_at: subject.written_at,
        expires_at: subject.expires_at.and_then(|at| Timestamp::from_millisecond(at).ok()),
        reach: known.reach,
        stopped_contact: marks.iter().any(|mark| mark.mark == Mark::StoppedContact),
        holds: &holds,
        log: &log,
        cap: Cap(state.config.reminders_in_seven_days),
        window: ContactWindow::UNITED_STATES,
        wishes: wishes.of_gate(),
        zones: &zones_of(addresses, wishes.time_zone.as_deref()),
        now,
    });
    Ok((decision, known))
}

fn known(
    state: &AppState,
    subject: &Subject<'_>,
    addresses: &Addresses,
    marks: &[LiveMark],
    consented: Option<String>,
    now: Millis,
) -> Known {
    let email = subject.only_to.or(filled(addresses.email.as_deref()));
    let phone = addresses.phone.as_deref().and_then(international);
    // A number that is no longer theirs may be somebody else's by now.
    let number = consented.filter(|number| phone.as_ref() == Some(number));
    let of_address = |channel: Channel, address: Option<&str>, is_set_up: bool| match address {
        None => ChannelState::NoAddress,
        Some(address) => match marked(marks, channel, address, now) {
            Some(state) => state,
            None if is_set_up => ChannelState::Usable,
            None => ChannelState::NotSetUp,
        },
    };
    let text = match &number {
        _ if !subject.has_short_form => ChannelState::NoForm,
        None => ChannelState::NoConsent,
        Some(number) => of_address(Channel::Text, Some(number), state.texts.is_some()),
    };
    let reach = Reach {
        email: of_address(Channel::Email, email, state.config.mail.is_some() || state.config.sandbox),
        text,
        letter: of_address(Channel::Letter, filled(addresses.street.as_deref()), true),
    };
    let reach = match (subject.only_to, subject.weight) {
        // A code for an address is of no use anywhere else.
        (Some(_), Weight::AskedFor) => Reach { letter: ChannelState::NoAddress, ..reach },
        (_, _) => reach,
    };
    let reach = match subject.only_by_post {
        true => Reach { email: ChannelState::Unusable, text: ChannelState::Unusable, ..reach },
        false => reach,
    };
    Known { email: email.map(str::to_owned), number, reach }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// So many messages that could not be delivered for now, within so many days, and the address is taken for one that does not work.
const UNDELIVERED_UNTIL_UNUSABLE: usize = 3;
const UNDELIVERED_COUNTS_DAYS: i64 = 30;

/// What was learned of a channel that keeps it from being used.
fn marked(marks: &[LiveMark], channel: Channel, address: &str, now: Millis) -> Option<ChannelState> {
    let mut about = marks.iter().filter(|mark| {
        mark.channel == Some(channel) && mark.address.as_deref().is_none_or(|marked| marked.eq_ignore_ascii_case(address))
    });
    if about.clone().any(|mark| matches!(mark.mark, Mark::Stopped | Mark::Complained | Mark::InconvenientPlace)) {
        return Some(ChannelState::Stopped);
    }
    let since = now - UNDELIVERED_COUNTS_DAYS * DAY_MILLIS;
    let undelivered = about.clone().filter(|mark| mark.mark == Mark::Undelivered && mark.learned_at > since).count();
    let is_unusable = undelivered >= UNDELIVERED_UNTIL_UNUSABLE || about.any(|mark| mark.mark == Mark::Unusable);
    is_unusable.then_some(ChannelState::Unusable)
}

/// Every zone a customer may be in: their own as the creditor reported it, where they say they are, that of their postal code and those
/// of their telephone's area (12 CFR 1006.6(b)(1), comment 6(b)(1)-2.i). Whose own zone is not in America has no postal code or area code of these.
pub(super) fn zones_of(addresses: &Addresses, stated: Option<&str>) -> Vec<TimeZone> {
    let mut names = vec![addresses.time_zone.as_str()];
    if addresses.time_zone.starts_with("America/") || addresses.time_zone.starts_with("Pacific/") {
        names.extend(zones::of_united_states(addresses.state.as_deref(), &addresses.postal_code));
        names.extend(addresses.phone.as_deref().map(area_codes::zones_of).unwrap_or_default());
    }
    names.extend(stated);
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(clock::zone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn living(time_zone: &str, state: Option<&str>, postal_code: &str, phone: Option<&str>) -> Vec<String> {
        let addresses = Addresses {
            email: None,
            phone: phone.map(str::to_owned),
            street: None,
            state: state.map(str::to_owned),
            postal_code: postal_code.to_owned(),
            time_zone: time_zone.to_owned(),
        };
        zones_of(&addresses, None).iter().filter_map(|zone| zone.iana_name().map(str::to_owned)).collect()
    }

    #[test]
    fn every_place_that_is_known_counts() {
        assert_eq!(living("America/Denver", Some("CO"), "80276", Some("303-555-0100")), ["America/Denver"]);
        let moved = living("America/Denver", Some("NY"), "10001", Some("415-555-0100"));
        assert_eq!(moved, ["America/Denver", "America/Los_Angeles", "America/New_York"]);
        // 10115 is in Berlin here, not in New York.
        assert_eq!(living("Europe/Berlin", Some("BE"), "10115", Some("+49 30 5550100")), ["Europe/Berlin"]);
    }

    fn mark(mark: Mark, address: Option<&str>, learned_at: Millis) -> LiveMark {
        LiveMark { channel: Some(Channel::Email), mark, address: address.map(str::to_owned), learned_at }
    }

    #[test]
    fn an_address_that_came_back_is_marked_and_another_one_is_not() {
        let marks = [mark(Mark::Unusable, Some("Old@example.net"), 0)];
        assert_eq!(marked(&marks, Channel::Email, "old@example.net", 0), Some(ChannelState::Unusable));
        assert_eq!(marked(&marks, Channel::Email, "new@example.net", 0), None);
        assert_eq!(marked(&marks, Channel::Text, "old@example.net", 0), None);
        let stopped = [mark(Mark::Complained, None, 0)];
        assert_eq!(marked(&stopped, Channel::Email, "new@example.net", 0), Some(ChannelState::Stopped));
    }

    #[test]
    fn three_full_mailboxes_in_a_month_are_enough() {
        let full = |days: &[i64]| -> Vec<LiveMark> {
            days.iter().map(|day| mark(Mark::Undelivered, Some("a@example.net"), day * DAY_MILLIS)).collect()
        };
        let now = 40 * DAY_MILLIS;
        assert_eq!(marked(&full(&[20, 30]), Channel::Email, "a@example.net", now), None);
        assert_eq!(marked(&full(&[5, 20, 30]), Channel::Email, "a@example.net", now), None);
        assert_eq!(marked(&full(&[11, 20, 30]), Channel::Email, "a@example.net", now), Some(ChannelState::Unusable));
    }
}
