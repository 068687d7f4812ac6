//! The one gate through which everything leaves that we write to a customer.
//!
//! [`decide`] is asked when a message is written (so that the customer can see what will come, when and why) and again at the
//! moment of sending, which is the one that counts. In this order: is it still of use, may this be said at all, which channel,
//! does the hour suit, is it too many.
//!
//! | weight | window | holds | "stop contacting me" | stopped channel | cap |
//! |---|---|---|---|---|---|
//! | asked for there and then | any hour | – | – | used once more: they asked for it | – |
//! | answer, receipt, confirmation | keeps | – | – | goes by post | – |
//! | required notice | keeps | – | – | goes by post | counted |
//! | reminder | keeps | waits | stopped | stopped | counted, waits |
//!
//! Nothing goes to a person who has died. Where somebody told us of a death or an insolvency and nobody has checked it, only what was
//! asked for there and then goes out, and all else waits: nothing is lost if it is not so. A letter keeps no hours: it comes with the
//! post. What a customer wants ([`super::wishes`]) narrows the window, stops reminders while an adviser speaks for them, and sends
//! records and notices by post to who wants paper.

use super::cap::{Cap, Logged};
use super::channel::{Channel, ChannelState, Reach};
use super::window::ContactWindow;
use super::wishes::{Papers, SpeakTo, Wishes};
use crate::domain::hold::HoldKind;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Why we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// The customer asked for it at that moment, while they were here (12 CFR 1006.6(b)(1), comment 2.iii).
    AskedFor,
    /// An answer, a receipt or a confirmation: the record of something the customer did.
    Answer,
    /// The law wants it sent, such as the notice before a payment is taken (12 CFR 1006.22(c), 1005.10(d)).
    Notice,
    /// It asks for something: a reminder of what is due or overdue.
    Reminder,
}

impl Weight {
    pub const ALL: [Weight; 4] = [Weight::AskedFor, Weight::Answer, Weight::Notice, Weight::Reminder];

    pub fn code(self) -> &'static str {
        match self {
            Weight::AskedFor => "asked_for",
            Weight::Answer => "answer",
            Weight::Notice => "notice",
            Weight::Reminder => "reminder",
        }
    }

    pub fn from_code(code: &str) -> Option<Weight> {
        Weight::ALL.into_iter().find(|weight| weight.code() == code)
    }

    /// Whether it counts among the messages of a week: what we began, not what the customer did.
    pub fn is_counted(self) -> bool {
        match self {
            Weight::AskedFor | Weight::Answer => false,
            Weight::Notice | Weight::Reminder => true,
        }
    }
}

/// Why a message waits, was put aside, or came back. Stored and shown; the first group is this gate's, the rest is told by whoever
/// carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    OutsideWindow,
    /// It would be allowed, and the customer said that the day or the time does not suit them.
    Inconvenient,
    /// Enough has been sent over this channel in the last seven days.
    Cap,
    /// The account is on hold.
    Held,
    /// No way to reach them is known.
    NoAddress,
    /// Nobody carries e-mail for this portal.
    NoMailServer,
    /// Asked us not to use this channel.
    OptedOut,
    /// Asked us to stop contacting them (12 CFR 1006.6(c)(1)).
    StoppedContact,
    /// We speak about it with their attorney or adviser only (12 CFR 1006.6(b)(2)).
    Represented,
    /// What was sent to the address came back.
    Unusable,
    /// It would come too late to be of use.
    Expired,
    Deceased,
    ServerUnreachable,
    RefusedByServer,
    /// It was handed over and came back: it counts as not sent (12 CFR 1006.42(a)).
    Bounced,
    /// It stands in the print queue.
    ToPrint,
    /// What it says is no longer so.
    Withdrawn,
}

impl Reason {
    pub const ALL: [Reason; 17] = [
        Reason::OutsideWindow,
        Reason::Inconvenient,
        Reason::Cap,
        Reason::Held,
        Reason::NoAddress,
        Reason::NoMailServer,
        Reason::OptedOut,
        Reason::StoppedContact,
        Reason::Represented,
        Reason::Unusable,
        Reason::Expired,
        Reason::Deceased,
        Reason::ServerUnreachable,
        Reason::RefusedByServer,
        Reason::Bounced,
        Reason::ToPrint,
        Reason::Withdrawn,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Reason::OutsideWindow => "outside_window",
            Reason::Inconvenient => "inconvenient",
            Reason::Cap => "cap",
            Reason::Held => "held",
            Reason::NoAddress => "no_address",
            Reason::NoMailServer => "no_mail_server",
            Reason::OptedOut => "opted_out",
            Reason::StoppedContact => "stopped_contact",
            Reason::Represented => "represented",
            Reason::Unusable => "unusable",
            Reason::Expired => "expired",
            Reason::Deceased => "deceased",
            Reason::ServerUnreachable => "server_unreachable",
            Reason::RefusedByServer => "refused_by_server",
            Reason::Bounced => "bounced",
            Reason::ToPrint => "to_print",
            Reason::Withdrawn => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// A hold in force, and when it ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub kind: HoldKind,
    pub until: Option<Timestamp>,
}

/// Everything the gate knows of one message and of whom it goes to.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub weight: Weight,
    pub written_at: Timestamp,
    /// From then on it is of no more use.
    pub expires_at: Option<Timestamp>,
    pub reach: Reach,
    /// "Stop contacting me", for all channels.
    pub stopped_contact: bool,
    /// Of the accounts it is about.
    pub holds: &'a [Held],
    /// What has left or is leaving, of weights that count.
    pub log: &'a [Logged],
    pub cap: Cap,
    /// Of the law. What the customer wants makes it narrower, never wider.
    pub window: ContactWindow,
    pub wishes: Wishes,
    /// Every zone the customer may be in: their own, their postal code's, their telephone's.
    pub zones: &'a [TimeZone],
    pub now: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Send(Channel),
    /// Asked again then; not before.
    Wait {
        until: Timestamp,
        reason: Reason,
        channel: Channel,
    },
    Never {
        reason: Reason,
    },
}

/// How long "there and then" lasts. What could not leave meanwhile keeps the hours like everything else.
pub const THERE_AND_THEN: SignedDuration = SignedDuration::from_hours(1);

/// A hold without an end is asked after again so much later.
pub const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Whether, how and when a message may leave.
pub fn decide(asked: &Asked<'_>) -> Decision {
    if asked.expires_at.is_some_and(|expires_at| asked.now >= expires_at) {
        return Decision::Never { reason: Reason::Expired };
    }
    if asked.holds.iter().any(|hold| hold.kind == HoldKind::Deceased) {
        return Decision::Never { reason: Reason::Deceased };
    }
    let weight = weight_now(asked);
    if weight == Weight::Reminder && asked.stopped_contact {
        return Decision::Never { reason: Reason::StoppedContact };
    }
    if weight == Weight::Reminder && asked.wishes.speak_to == SpeakTo::Adviser {
        return Decision::Never { reason: Reason::Represented };
    }
    let channel = match channel(weight, asked.reach, asked.wishes.papers) {
        Ok(channel) => channel,
        Err(reason) => return Decision::Never { reason },
    };
    if keeps_back(asked, weight)
        && let Some(until) = held_until(asked)
    {
        return Decision::Wait { until, reason: Reason::Held, channel };
    }
    let Some((open, channel)) = first_open(asked, weight, channel) else {
        return Decision::Never { reason: why_closed(asked, Timestamp::MAX) };
    };
    let (until, reason) =
        match (weight == Weight::Reminder).then(|| asked.cap.full_until(asked.log, channel, asked.now)).flatten() {
            Some(free) => match first_open(&Asked { now: free, ..*asked }, weight, channel) {
                Some((open, _)) => (open, Reason::Cap),
                None => return Decision::Never { reason: Reason::Cap },
            },
            None => (open, why_closed(asked, open)),
        };
    if until <= asked.now {
        Decision::Send(channel)
    } else if asked.expires_at.is_some_and(|expires_at| until >= expires_at) {
        Decision::Never { reason: Reason::Expired }
    } else {
        Decision::Wait { until, reason, channel }
    }
}

/// Whether a hold lets a message of this weight wait.
fn keeps_back(asked: &Asked<'_>, weight: Weight) -> bool {
    let is_told = asked.holds.iter().any(|hold| hold.kind == HoldKind::Told);
    weight == Weight::Reminder || (is_told && weight != Weight::AskedFor)
}

/// What was asked for a while ago is an answer by now.
fn weight_now(asked: &Asked<'_>) -> Weight {
    match asked.weight {
        Weight::AskedFor if asked.now.duration_since(asked.written_at) > THERE_AND_THEN => Weight::Answer,
        weight => weight,
    }
}

/// The channel a message of this weight takes, or why there is none.
fn channel(weight: Weight, reach: Reach, papers: Papers) -> Result<Channel, Reason> {
    let by_text = reach.text == ChannelState::Usable;
    let by_letter = reach.letter == ChannelState::Usable;
    // Who wants no letters still gets by post what the law wants sent and nothing else can bring.
    let by_law = by_letter || reach.letter == ChannelState::Stopped;
    match (weight, reach.email) {
        (Weight::Answer | Weight::Notice, _) if papers == Papers::OnPaper && by_letter => Ok(Channel::Letter),
        (_, ChannelState::Usable) => Ok(Channel::Email),
        (Weight::AskedFor, ChannelState::Stopped) => Ok(Channel::Email),
        // A notice and whatever else can be kept for later goes on paper before it does not go at all (12 CFR 1006.42(a)(1):
        // in a form that may be kept; a text message is none).
        (Weight::Notice, _) => by_law.then_some(Channel::Letter).ok_or(why_not(reach.letter)),
        // As soon as somebody carries e-mail it can leave.
        (_, ChannelState::NotSetUp) if !by_text => Err(Reason::NoMailServer),
        (_, _) if by_text => Ok(Channel::Text),
        // Whoever stopped e-mail did not ask for reminders by post.
        (Weight::Reminder, ChannelState::Stopped) => Err(Reason::OptedOut),
        (Weight::AskedFor | Weight::Answer | Weight::Reminder, _) => {
            by_letter.then_some(Channel::Letter).ok_or(match reach.email {
                ChannelState::NoAddress => why_not(reach.letter),
                state => why_not(state),
            })
        }
    }
}

fn why_not(state: ChannelState) -> Reason {
    match state {
        ChannelState::NoAddress | ChannelState::NoForm | ChannelState::Usable => Reason::NoAddress,
        ChannelState::Unusable => Reason::Unusable,
        ChannelState::Stopped | ChannelState::NoConsent => Reason::OptedOut,
        ChannelState::NotSetUp => Reason::NoMailServer,
    }
}

/// Why a message waits for the hour at which it may leave, or for one that never comes: the law's hours, or the customer's wish.
fn why_closed(asked: &Asked<'_>, open: Timestamp) -> Reason {
    match asked.window.earliest(asked.now, asked.zones) {
        Some(allowed) if allowed < open => Reason::Inconvenient,
        Some(_) | None => Reason::OutsideWindow,
    }
}

/// Until when a hold keeps a reminder back: the last of them to end.
fn held_until(asked: &Asked<'_>) -> Option<Timestamp> {
    let again = asked.now.saturating_add(ASK_AGAIN).unwrap_or(Timestamp::MAX);
    asked.holds.iter().map(|hold| hold.until.unwrap_or(again)).filter(|until| *until > asked.now).max()
}

/// The first instant from `now` on at which a message may leave, and by which channel. Where no hour suits every zone, what
/// can go by post does.
fn first_open(asked: &Asked<'_>, weight: Weight, channel: Channel) -> Option<(Timestamp, Channel)> {
    if weight == Weight::AskedFor || !channel.has_hours() {
        return Some((asked.now, channel));
    }
    match asked.window.narrowed(asked.wishes.times).earliest(asked.now, asked.zones) {
        Some(open) => Some((open, channel)),
        None => (asked.reach.letter == ChannelState::Usable).then_some((asked.now, Channel::Letter)),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
