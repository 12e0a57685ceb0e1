//! Importing many candidates in one run. The job `run_bulk_import` gives them
//! their turns; how each import fares stands in the import itself.

mod progress;
mod start;
mod steer;

pub use progress::{newest, progress};
pub use start::{Whom, start};
pub use steer::{pause, resume, retry_failed, stop};
