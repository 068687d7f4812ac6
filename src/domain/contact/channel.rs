//! The ways a message can take, and what is known of each for one customer.

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    Email,
    /// A text message to a phone: short, neutral, with consent only.
    Text,
    /// Printed and posted.
    Letter,
}

impl Channel {
    pub const ALL: [Channel; 3] = [Channel::Email, Channel::Text, Channel::Letter];

    pub fn code(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Text => "text",
            Channel::Letter => "letter",
        }
    }

    pub fn from_code(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// Whether it reaches people at the hour it is sent. A letter comes with the post.
    pub fn has_hours(self) -> bool {
        match self {
            Channel::Email | Channel::Text => true,
            Channel::Letter => false,
        }
    }
}

/// Whether a channel can be used for a customer, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    Usable,
    /// There is no address or number.
    NoAddress,
    /// What was sent there came back.
    Unusable,
    /// They asked us not to use it (12 CFR 1006.14(h), 1006.6(d)(5)), or called a message unwanted.
    Stopped,
    /// They have not agreed to it (12 CFR 1006.6(d)(5); text messages).
    NoConsent,
    /// This portal has nobody who would carry it.
    NotSetUp,
    /// This message has no form for it.
    NoForm,
}

/// What is known of every channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    pub email: ChannelState,
    pub text: ChannelState,
    pub letter: ChannelState,
}

impl Reach {
    pub fn of(self, channel: Channel) -> ChannelState {
        match channel {
            Channel::Email => self.email,
            Channel::Text => self.text,
            Channel::Letter => self.letter,
        }
    }
}
