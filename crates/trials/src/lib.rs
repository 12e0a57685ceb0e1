//! Proofs and benchmarks of the whole: the real programs, started as processes,
//! driven over HTTP as a browser does, and judged by what Lever has and what is
//! stored.
//!
//! - [`parties`]: the programs that take part, and the tools to drive them.
//! - [`prove`]: one file a proof. A proof states a claim, tries hard to break
//!   it, and ends badly when it is broken.
//! - [`mod@bench`]: one file a benchmark. It prints what was measured beside what
//!   it is held against, both from the same run.
//! - [`histories`]: generated histories through the use cases of this process,
//!   for what needs very many of them; also run by the tests.
//!
//! `cargo xtask prove NAME` and `cargo xtask bench NAME` build what is needed
//! and run them; `trials --binaries target/debug prove NAME` does so with what
//! is built.
//!
//! # Adding one
//!
//! 1. Write its file with its arguments (a clap `Args`, with defaults that are
//!    the claim), and `pub async fn run(..) -> anyhow::Result<()>`.
//! 2. Name it in the `mod.rs` of its folder.

pub mod bench;
pub mod histories;
pub mod parties;
pub mod prove;
mod say;

pub use say::say;
