//! Sessions, digests and whatever else keeps what is a person's own.

pub mod digest;
pub mod networks;
pub mod passwords;
pub mod sessions;
pub mod shut_doors;
pub mod signing;
pub mod staff_sessions;
pub mod totp;
pub mod unkept;
pub mod webauthn;
