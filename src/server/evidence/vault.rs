//! The keys of evidence, all of them age's (<https://age-encryption.org/v1>): one pair for each case, whose public half encrypts
//! files and whose secret half is kept encrypted for the portal's own key. Whoever knows age's format can open a file with the
//! key, without this program.

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, EncryptError, Encryptor};
use std::fmt;
use std::io::{self, Read, Write};
use std::iter::once;

/// A stored key that cannot be read, or a file that this key does not open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("this key does not open it")]
    Locked,
    #[error("what is stored is no key")]
    NotAKey,
    #[error("it could not be encrypted or decrypted")]
    Io(#[from] io::Error),
}

impl From<DecryptError> for VaultError {
    fn from(error: DecryptError) -> Self {
        match error {
            DecryptError::Io(error) => VaultError::Io(error),
            _ => VaultError::Locked,
        }
    }
}

impl From<EncryptError> for VaultError {
    fn from(error: EncryptError) -> Self {
        match error {
            EncryptError::Io(error) => VaultError::Io(error),
            other => VaultError::Io(io::Error::other(other)),
        }
    }
}

/// What opens: the portal's key or a case's.
#[derive(Clone)]
pub struct Key(Identity);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(not shown)")
    }
}

/// What only the key of this lock opens.
#[derive(Clone, Debug)]
pub struct Lock(Recipient);

impl Key {
    /// A key of age's own chance.
    pub fn generate() -> Key {
        Key(Identity::generate())
    }

    /// As `age-keygen` prints it: `AGE-SECRET-KEY-1…`.
    pub fn from_text(text: &str) -> Result<Key, VaultError> {
        text.parse().map(Key).map_err(|_| VaultError::NotAKey)
    }

    pub fn secret_text(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    pub fn lock(&self) -> Lock {
        Lock(self.0.to_public())
    }

    /// This key, so that only who has another one can use it.
    pub fn wrap(&self, lock: &Lock) -> Result<Vec<u8>, VaultError> {
        Ok(age::encrypt(&lock.0, self.0.to_string().expose_secret().as_bytes())?)
    }

    /// A key that was wrapped for one of these.
    pub fn unwrap(wrapped: &[u8], keys: &[Key]) -> Result<Key, VaultError> {
        let decryptor = Decryptor::new(wrapped)?;
        let mut text = String::new();
        decryptor.decrypt(keys.iter().map(|key| &key.0 as &dyn age::Identity))?.read_to_string(&mut text)?;
        Key::from_text(&text)
    }

    /// Reads what was encrypted for this key.
    pub fn reader<R: Read>(&self, encrypted: R) -> Result<age::stream::StreamReader<R>, VaultError> {
        Ok(Decryptor::new(encrypted)?.decrypt(once(&self.0 as &dyn age::Identity))?)
    }
}

impl Lock {
    pub fn from_text(text: &str) -> Result<Lock, VaultError> {
        text.parse().map(Lock).map_err(|_| VaultError::NotAKey)
    }

    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// Encrypts what is written to it. Whoever has written all must call `finish`.
    pub fn writer<W: Write>(&self, output: W) -> Result<age::stream::StreamWriter<W>, VaultError> {
        Ok(Encryptor::with_recipients(once(&self.0 as &dyn age::Recipient))?.wrap_output(output)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_key_opens_what_was_locked() {
        let (case, other) = (Key::generate(), Key::generate());
        let mut writer = Lock::from_text(&case.lock().text()).expect("a lock").writer(Vec::new()).expect("a writer");
        writer.write_all(b"what it shows").expect("written");
        let locked = writer.finish().expect("finished");
        assert!(!locked.windows(5).any(|window| window == b"shows"));
        let mut text = String::new();
        case.reader(locked.as_slice()).expect("opens").read_to_string(&mut text).expect("reads");
        assert_eq!(text, "what it shows");
        assert!(matches!(other.reader(locked.as_slice()), Err(VaultError::Locked)));
        let mut cut = String::new();
        let whole = case.reader(&locked[..locked.len() - 1]).and_then(|mut reader| Ok(reader.read_to_string(&mut cut)?));
        assert!(whole.is_err(), "a file that was cut off is not taken for a whole one");
    }

    #[test]
    fn a_wrapped_key_comes_back_with_one_of_the_portals_keys() {
        let (portal, old, case) = (Key::generate(), Key::generate(), Key::generate());
        let wrapped = case.wrap(&old.lock()).expect("wrapped");
        let keys = [portal.clone(), old];
        assert_eq!(Key::unwrap(&wrapped, &keys).expect("unwrapped").secret_text(), case.secret_text());
        assert!(matches!(Key::unwrap(&wrapped, &[portal]), Err(VaultError::Locked)));
        assert!(matches!(Key::from_text("AGE-SECRET-KEY-1"), Err(VaultError::NotAKey)));
        assert!(!format!("{case:?}").contains("SECRET"));
    }
}
