//! Lets the server be built before the front end: the folder that `src/site.rs`
//! embeds must exist, and a change in it must be noticed.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
    std::fs::create_dir_all(site)?;
    println!("cargo:rerun-if-changed=../target/site");
    Ok(())
}
