//! The `fulcrum` program.

use std::process::ExitCode;

/// In the usual one the server spent a fifth of its time while deliveries flooded in. How
/// it is set is in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    server::main()
}
