//! Which programs are tried.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// The programs of one build.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The server.
    pub fulcrum: PathBuf,
    /// The practice Lever.
    pub lever_sim: PathBuf,
}

impl Programs {
    /// Those in `folder`.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let named = |name: &str| -> Result<PathBuf> {
            let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            ensure!(
                path.is_file(),
                "{} is not built: cargo build --package server --package lever-sim",
                path.display()
            );
            // Programs are started in folders of their own.
            Ok(path.canonicalize()?)
        };
        Ok(Self { fulcrum: named("fulcrum")?, lever_sim: named("lever-sim")? })
    }
}
