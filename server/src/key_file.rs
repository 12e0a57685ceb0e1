//! The sealing key: read from a file or a variable, written at the first start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use usecases::{Random, SealingKey};

use crate::refusal::Refusal;

const HOW_TO_MAKE: &str =
    "A key is 64 hexadecimal digits drawn at random, such as openssl rand -hex 32 prints.";

/// Reads the key that was given itself.
///
/// # Errors
/// When it is weak.
pub fn inline(text: &SecretString) -> Result<SealingKey, Refusal> {
    SealingKey::from_hex(text.expose_secret())
        .map_err(|_| Refusal::new("The sealing key in FULCRUM_KEY is too weak to be used.", HOW_TO_MAKE))
}

/// Reads the key in `path`; `None` when there is no such file.
///
/// # Errors
/// When the file cannot be read, or the key in it is weak.
pub fn read(path: &Path) -> Result<Option<SealingKey>, Refusal> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let text = SecretString::from(text);
            SealingKey::from_hex(text.expose_secret()).map(Some).map_err(|_| {
                Refusal::new(
                    format!("The sealing key in {} is too weak to be used.", path.display()),
                    HOW_TO_MAKE,
                )
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Refusal::new(
            format!("The sealing key in {} cannot be read: {}.", path.display(), reason(&error)),
            "Give this user the right to read it, or name another file by --key-file (FULCRUM_KEY_FILE).",
        )),
    }
}

/// The key file is missing and must not be made up.
#[must_use]
pub fn missing(path: &Path) -> Refusal {
    Refusal::new(
        format!(
            "There is no sealing key at {}, and the stored secrets cannot be opened without it.",
            path.display()
        ),
        "Put the key of this database back, or name its file by --key-file (FULCRUM_KEY_FILE).",
    )
}

/// Draws a key and writes it to `path`, readable by its owner alone. The file
/// is whole or not there, whatever happens meanwhile.
///
/// # Errors
/// When the file cannot be written.
pub fn write_new(path: &Path, random: &dyn Random) -> Result<SealingKey, Refusal> {
    let key = SealingKey::generate(random);
    write(path, &key).map_err(|error| {
        Refusal::new(
            format!("The sealing key cannot be written to {}: {}.", path.display(), reason(&error)),
            "Make its folder writable, or name another file by --key-file (FULCRUM_KEY_FILE).",
        )
    })?;
    Ok(key)
}

fn write(path: &Path, key: &SealingKey) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&folder)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    writeln!(file, "{}", key.to_hex().expose_secret())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // The name, too, must survive a power cut: the database is sealed with this key.
    File::open(&folder)?.sync_all()
}

/// Whether others than its owner may read the file; `None` when that cannot be told.
#[must_use]
pub fn readable_by_others(path: &Path) -> Option<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).ok().map(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// The operating system's words, without its error number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use usecases::SystemRandom;

    use super::*;

    #[test]
    fn a_written_key_is_read_back_and_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/secret.key");
        assert!(read(&path).unwrap().is_none());
        let written = write_new(&path, &SystemRandom).unwrap();
        let found = read(&path).unwrap().unwrap();
        assert_eq!(written.to_hex().expose_secret(), found.to_hex().expose_secret());
        #[cfg(unix)]
        assert_eq!(readable_by_others(&path), Some(false));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_weak_key_is_refused_without_being_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        fs::write(&path, "changeme").unwrap();
        let refusal = read(&path).unwrap_err().to_string();
        assert!(refusal.contains("too weak") && !refusal.contains("changeme"), "{refusal}");
        let refusal = inline(&"changeme".into()).unwrap_err().to_string();
        assert!(refusal.contains("FULCRUM_KEY") && !refusal.contains("changeme"), "{refusal}");
    }

    #[test]
    fn an_unreadable_key_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = read(folder.path()).unwrap_err().to_string();
        assert!(refusal.contains("cannot be read") && !refusal.contains("os error"), "{refusal}");
    }
}
