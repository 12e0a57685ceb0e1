//! How often a second the disk makes a small write durable: what bounds whoever
//! commits one thing at a time.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// A page of the database.
const PAGE: usize = 4_096;
/// The file that is written over and over, so that it does not grow meanwhile.
const PAGES: usize = 1_024;

/// Writes of a page a second, each synced, on the disk of `folder`. It blocks.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn syncs_per_second(folder: &Path, lasting: Duration) -> Result<f64> {
    let path = folder.join("syncs");
    let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(&vec![0; PAGE * PAGES])?;
    file.sync_all()?;
    let (began, page, mut count) = (Instant::now(), vec![1; PAGE], 0_usize);
    while began.elapsed() < lasting {
        file.seek(SeekFrom::Start((count % PAGES * PAGE) as u64))?;
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}
