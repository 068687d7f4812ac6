//! What a screen or an action of the staff's may know of its request. The layer in http/staff_visitor.rs has judged before whether the
//! address is open to them.

use super::{Failed, Flash, device, extension, fail, flash, fresh_session, redirect, refuse, session, state};
use crate::paths;
use crate::server::security::staff_sessions::{HeldStaff, STAFF};
use crate::server::security::totp;
use crate::server::security::unkept;
use crate::server::services::attempts;
use crate::server::services::staff::{Entering, Person, StaffMember};
use crate::server::state::AppState;

/// Who is signed in, if anyone.
pub fn member() -> Option<StaffMember> {
    extension::<StaffMember>()
}

/// Who is on the way in, if anyone.
pub fn entering() -> Option<Entering> {
    extension::<Entering>()
}

/// For an action: the state and who is signed in. `None` where nobody is, and the answer leads to where they can be.
pub fn at_work() -> Option<(AppState, StaffMember)> {
    let found = state().zip(member());
    if found.is_none() {
        redirect(paths::STAFF_SIGN_IN);
    }
    found
}

/// The same for whoever is on the way in.
pub fn on_the_way_in() -> Option<(AppState, Entering)> {
    let found = state().zip(entering());
    if found.is_none() {
        redirect(paths::STAFF_SIGN_IN);
    }
    found
}

/// How far somebody has come whose session begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Password,
    PasswordAndSecondFactor,
}

/// Begins a session for somebody: whatever the session held is forgotten, and it gets a new id.
pub async fn begin(staff_id: &str, generation: i64, shown: Shown) -> Result<(), Failed> {
    let state = state().ok_or(Failed::Machine)?;
    let held = HeldStaff {
        staff_id: staff_id.to_owned(),
        generation,
        second_factor_shown: shown == Shown::PasswordAndSecondFactor,
        device: device(),
        at: state.clock.real_now_millis(),
    };
    fresh_session().await?.insert(STAFF, held).await.map_err(fail)
}

/// Goes on in this session under a new id: they have shown more than before, or what its page showed must not be shown again.
pub async fn renew(shown: Shown) -> Result<(), Failed> {
    let session = session().ok_or(Failed::Machine)?;
    let held: Option<HeldStaff> = session.get(STAFF).await.map_err(fail)?;
    let Some(held) = held else { return Ok(()) };
    let second_factor_shown = held.second_factor_shown || shown == Shown::PasswordAndSecondFactor;
    session.cycle_id().await.map_err(fail)?;
    session.insert(STAFF, HeldStaff { second_factor_shown, ..held }).await.map_err(fail)
}

/// Ends an action that was refused at one field, or as a whole where `field` is empty. What was typed is kept, never a secret.
pub async fn refused(path: &str, screen: &str, typed: &[(&str, &str)], field: &str, code: &str) -> Result<(), Failed> {
    let values = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let errors = vec![(field.to_owned(), code.to_owned())];
    refuse(path, Flash { screen: screen.to_owned(), values, errors }).await
}

/// The same where there were too many wrong answers: not before this instant.
pub async fn limited(path: &str, screen: &str, until: i64) -> Result<(), Failed> {
    refused(path, screen, &[(UNTIL, &until.to_string())], "", "limited").await
}

const UNTIL: &str = "until";

/// What was refused on this screen before: what is wrong, and how many minutes are to be waited.
pub fn refusal(screen: &str) -> (Flash, i64) {
    let flash = flash(screen).unwrap_or_default();
    let minutes = state().map_or(0, |state| attempts::minutes_to_wait(&state, flash.values.get(UNTIL)));
    (flash, minutes)
}

/// What a new authenticator would reckon with in this session. Nothing of it is kept until it showed a right code.
pub fn new_totp_secret() -> Option<[u8; totp::SECRET_BYTES]> {
    session_id().map(|id| unkept::totp_secret(&id))
}

/// A new authenticator for this person, as a page shows it.
pub struct NewAuthenticator {
    /// To be typed.
    pub secret: String,
    /// To be looked at by a camera: a drawing in SVG.
    pub drawing: String,
}

pub fn new_authenticator(email: &str) -> Option<NewAuthenticator> {
    let secret = totp::to_text(new_totp_secret()?);
    let portal = state()?.config.portal_name.clone();
    let drawing = totp::drawing(&totp::address(&secret, &portal, email));
    Some(NewAuthenticator { secret, drawing })
}

/// The recovery codes of this session, until they are kept.
pub fn new_recovery_codes() -> Vec<String> {
    session_id().map(|id| unkept::recovery_codes(&id)).unwrap_or_default()
}

/// A password that whoever is signed in makes for a colleague, as that colleague stands now; 0 for a new one.
pub fn password_for(email: &str, generation: i64) -> Option<String> {
    session_id().map(|id| unkept::password_for(&id, email, generation))
}

const PERSON_SCREEN: &str = "staff_person";
const MADE: &str = "made";

/// Leads to the page of a colleague for whom a password was made as they stood then: it shows the password, in this session and until
/// something else is done.
pub async fn show_password(staff_id: &str, generation: i64) -> Result<(), Failed> {
    let values = [(MADE.to_owned(), generation.to_string())].into();
    refuse(&paths::staff_person(staff_id), Flash { screen: PERSON_SCREEN.to_owned(), values, errors: Vec::new() }).await
}

/// The password that was made for this colleague just now, if one was and they have not replaced it.
pub fn made_password(person: &Person) -> Option<String> {
    let made: i64 = flash(PERSON_SCREEN)?.values.get(MADE)?.parse().ok()?;
    let stands = person.password_is_made && (0..=1).contains(&(person.generation - made));
    stands.then(|| password_for(&person.email, made)).flatten()
}

fn session_id() -> Option<String> {
    session()?.id().map(|id| id.to_string())
}
