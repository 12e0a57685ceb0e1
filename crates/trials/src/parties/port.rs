//! Ports for programs that are killed and started again on the same one.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result};

/// The first port tried; below the range from which systems take ports for
/// outgoing connections, so that a port is still free at the next start.
const FIRST: u16 = 20_000;
/// How many ports may be tried.
const RANGE: u16 = 10_000;

/// A port of this machine that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    let own = u16::try_from(std::process::id() % u32::from(RANGE)).unwrap_or(0);
    (0..RANGE)
        .map(|_| FIRST + (own.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed))) % RANGE)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no port is free")
}
