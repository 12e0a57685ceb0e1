//! Every file of the site that compresses, once with brotli and once with gzip,
//! so that the server never compresses the same bytes twice.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::stamp;

/// The smallest that brotli makes.
const QUALITY: u32 = 11;
/// Brotli's window as a power of two: the largest that every browser takes.
const WINDOW: u32 = 22;

/// Writes `NAME.br` and `NAME.gz` beside each file of the site.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn compress(site: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> = stamp::files(site)?.into_iter().filter(|path| compresses(path)).collect();
    // The largest is taken first, so that no thread ends up waiting for it alone.
    files.sort_by_key(|path| fs::metadata(path).map_or(0, |metadata| metadata.len()));
    let open = Mutex::new(files);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let next = open.lock().map_err(|_| stopped())?.pop();
                        let Some(path) = next else {
                            return Ok(());
                        };
                        compress_file(&path)
                            .with_context(|| format!("Could not compress {}", path.display()))?;
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| stopped())?)
    })
}

fn stopped() -> anyhow::Error {
    anyhow!("The compression of the site was stopped by a fault in the build driver")
}

/// Pictures and fonts are compressed already.
fn compresses(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("js" | "wasm" | "css" | "svg" | "txt" | "html" | "json" | "webmanifest" | "ico"))
}

fn compress_file(path: &Path) -> Result<()> {
    let content = fs::read(path)?;
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 1 << 16, QUALITY, WINDOW);
    brotli.write_all(&content)?;
    fs::write(beside(path, "br"), brotli.into_inner())?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&content)?;
    fs::write(beside(path, "gz"), gzip.finish()?)?;
    Ok(())
}

/// `fulcrum.js` and `br` make `fulcrum.js.br`.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_forms_unpack_to_the_original() {
        let folder = tempfile::tempdir().unwrap();
        let text = "a { color: red } ".repeat(500);
        fs::write(folder.path().join("a.css"), &text).unwrap();
        fs::write(folder.path().join("b.woff2"), &text).unwrap();
        compress(folder.path()).unwrap();
        let mut unpacked = String::new();
        brotli::Decompressor::new(&*fs::read(folder.path().join("a.css.br")).unwrap(), 4096)
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        unpacked.clear();
        flate2::read::GzDecoder::new(&*fs::read(folder.path().join("a.css.gz")).unwrap())
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        assert!(!folder.path().join("b.woff2.br").exists());
    }
}
