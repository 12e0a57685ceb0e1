//! The `fulcrum` program.

use std::process::ExitCode;

/// The usual one took a fifth of the time that a flood of deliveries took, and kept what
/// the proof of one password had needed. How it is set is in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    server::main()
}
