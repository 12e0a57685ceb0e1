//! Doing work only when its inputs changed: a fingerprint of the inputs is
//! written beside the result once the work is done.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Collects inputs; files and names are kept apart by their lengths.
#[derive(Default)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds a text, such as an option or a version.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.add(text.as_bytes());
        self
    }

    /// Adds a file's content, not its path or times.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn file(mut self, path: &Path) -> Result<Self> {
        let content = fs::read(path).with_context(|| format!("Could not read {}", path.display()))?;
        self.add(&content);
        Ok(self)
    }

    /// Adds every file below a folder: its path inside the folder and its content.
    /// A folder that does not exist adds nothing.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub(crate) fn folder(mut self, folder: &Path) -> Result<Self> {
        for path in files(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path);
            self.add(name.to_string_lossy().as_bytes());
            self = self.file(&path)?;
        }
        Ok(self)
    }

    /// The first sixteen hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        let digest = self.0.finalize();
        digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
    }

    fn add(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(length.to_le_bytes());
        self.0.update(bytes);
    }
}

/// Every file below a folder, sorted; none when the folder does not exist.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("Could not read the folder {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Does the work unless the stamp holds this fingerprint and the result is still there.
/// While the work runs there is no stamp, so what was begun and not finished is done again.
///
/// # Errors
/// Those of the work, or when the stamp cannot be written.
pub(crate) fn when_changed(
    stamp: &Path,
    fingerprint: &str,
    there: bool,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let current = fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint);
    if current && there {
        return Ok(());
    }
    if stamp.exists() {
        fs::remove_file(stamp).with_context(|| format!("Could not remove {}", stamp.display()))?;
    }
    work()?;
    if let Some(folder) = stamp.parent() {
        create_folder(folder)?;
    }
    fs::write(stamp, fingerprint).with_context(|| format!("Could not write {}", stamp.display()))
}

/// Makes a folder and those above it.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("Could not make the folder {}", folder.display()))
}

/// Makes a folder empty, whether or not it exists.
///
/// # Errors
/// When the old one cannot be removed or the new one not be made.
pub(crate) fn empty_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("Could not remove {}", folder.display()))?;
    }
    create_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_content_and_with_names() {
        let folder = tempfile::tempdir().unwrap();
        let print = || Fingerprint::default().folder(folder.path()).unwrap().finish();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("inner/a"), "one").unwrap();
        let first = print();
        assert_eq!(first, print());
        fs::write(folder.path().join("inner/a"), "two").unwrap();
        let second = print();
        assert_ne!(first, second);
        fs::rename(folder.path().join("inner/a"), folder.path().join("inner/b")).unwrap();
        assert_ne!(second, print());
    }

    #[test]
    fn neighbours_do_not_run_together() {
        let one = Fingerprint::default().text("ab").text("c").finish();
        let other = Fingerprint::default().text("a").text("bc").finish();
        assert_ne!(one, other);
    }

    #[test]
    fn work_is_done_once_for_a_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = folder.path().join("new/stamp");
        let done = std::cell::Cell::new(0);
        let work = |fingerprint, there| {
            when_changed(&stamp, fingerprint, there, || {
                done.set(done.get() + 1);
                Ok(())
            })
            .unwrap();
            done.get()
        };
        assert_eq!(work("first", true), 1);
        assert_eq!(work("first", true), 1);
        assert_eq!(work("first", false), 2, "the result was removed");
        assert_eq!(work("second", true), 3);
    }

    #[test]
    fn unfinished_work_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = folder.path().join("stamp");
        when_changed(&stamp, "first", true, || Ok(())).unwrap();
        when_changed(&stamp, "second", true, || anyhow::bail!("half way")).unwrap_err();
        let mut again = false;
        when_changed(&stamp, "first", true, || {
            again = true;
            Ok(())
        })
        .unwrap();
        assert!(again);
    }
}
