//! The settings of evidence: the key it is encrypted for, how long it is kept, where a file is while it comes.

use super::stripe::NOT_SHOWN;
use super::{ConfigError, Secret, Settings};
use crate::server::evidence::vault::Key;
use crate::server::store::Db;
use std::path::{Path, PathBuf};

/// The one in use and those it took the place of.
const MOST_KEYS: usize = 4;

#[derive(Clone, Debug)]
pub struct Evidence {
    /// The first encrypts; the others open what was encrypted before. None: a key is made and kept in the database.
    pub keys: Vec<Secret>,
    /// So many days after a case is finished its evidence is deleted; or after the last file, if it never is.
    pub keep_days: u32,
    /// Where a file is, encrypted and without a name, while it comes.
    pub temporary_dir: PathBuf,
}

impl Settings {
    pub(super) fn evidence(&self, database_url: &str) -> Result<Evidence, ConfigError> {
        let keys = self.optional(
            "evidence.key",
            "a key made by age-keygen, AGE-SECRET-KEY-1…; with a comma the new and the old one while it is exchanged",
            |text| {
                let keys: Vec<&str> = text.split(',').map(str::trim).collect();
                let are_keys = keys.len() <= MOST_KEYS && keys.iter().all(|key| Key::from_text(key).is_ok());
                are_keys.then(|| keys.into_iter().map(Secret::new).collect())
            },
        );
        let keys = keys.map_err(|error| ConfigError { value: NOT_SHOWN.to_owned(), ..error })?;
        Ok(Evidence {
            keys: keys.unwrap_or_default(),
            keep_days: self.number("evidence.keep_days", "180", 30, 3_650)?,
            temporary_dir: self
                .optional("evidence.temporary_dir", "a folder on a disk", |text| Some(PathBuf::from(text)))?
                .unwrap_or_else(|| usual_folder(database_url)),
        })
    }
}

/// Beside SQLite's file: the system's own folder may be memory, and a file of ten megabytes is not meant to be there.
fn usual_folder(database_url: &str) -> PathBuf {
    let file = Db::file(database_url);
    let folder = file.as_deref().and_then(Path::parent).map(Path::to_path_buf);
    match folder {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder,
        None => std::env::temp_dir(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_of_ages_and_is_never_shown() {
        let (new, old) = (Key::generate().secret_text(), Key::generate().secret_text());
        let mut settings = Settings::default();
        settings.set("evidence.key", format!("{new}, {old}"));
        let config = settings.check().expect("two keys");
        assert_eq!(config.evidence.keys.len(), 2);
        assert!(!format!("{config:?}").contains(&new));
        settings.set("evidence.key", format!("{new}x"));
        let error = settings.check().expect_err("no key");
        assert!(!error.to_string().contains(&new), "{error}");
    }

    #[test]
    fn files_come_in_beside_the_database() {
        assert_eq!(usual_folder("sqlite:data/evenkeel.db"), PathBuf::from("data"));
        assert_eq!(usual_folder("sqlite:evenkeel.db"), PathBuf::from("."));
        assert_eq!(usual_folder("postgres://host/database"), std::env::temp_dir());
    }
}
