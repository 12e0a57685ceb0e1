//! The byte budget: what a first visit downloads.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::{Project, SITE, SITE_PACKAGE};
use crate::stamp;

/// First load of JavaScript, WebAssembly and style together, brotli, in bytes.
/// `docs/architecture.md` says what fills the module.
const BUDGET: u64 = 300_000;

/// Prints what a first load costs and fails when that is over the budget.
///
/// # Errors
/// When it is, or when there is no built site.
pub(crate) fn check(project: &Project) -> Result<()> {
    check_site(&project.path(SITE))
}

fn check_site(site: &Path) -> Result<()> {
    let mut total = 0;
    for path in stamp::files(site)? {
        let name = path.strip_prefix(site).unwrap_or(&path).to_string_lossy();
        if name.starts_with(SITE_PACKAGE) && name.ends_with(".br") {
            let size =
                fs::metadata(&path).with_context(|| format!("Could not read {}", path.display()))?.len();
            eprintln!("    {:>7} bytes {name}", size);
            total += size;
        }
    }
    if total == 0 {
        bail!("There is no built site to measure");
    }
    eprintln!("    {total:>7} bytes of {BUDGET}, brotli");
    if total > BUDGET {
        bail!("The first load is {total} bytes; the budget is {BUDGET}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET_IN_TEST: usize = 300_000;

    fn site_of(size: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("pkg-0123456789abcdef");
        fs::create_dir(&package).unwrap();
        fs::write(package.join("fulcrum_bg.wasm"), vec![0; 2 * size]).unwrap();
        fs::write(package.join("fulcrum_bg.wasm.br"), vec![0; size - 1]).unwrap();
        fs::write(package.join("fulcrum.js.br"), [0]).unwrap();
        folder
    }

    #[test]
    fn the_budget_counts_compressed_files_only() {
        check_site(site_of(BUDGET_IN_TEST).path()).unwrap();
        assert!(check_site(site_of(BUDGET_IN_TEST + 1).path()).is_err());
    }

    #[test]
    fn no_site_is_not_a_small_site() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_site(folder.path()).is_err());
    }
}
