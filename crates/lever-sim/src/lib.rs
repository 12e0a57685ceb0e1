//! The practice Lever: a pretend Lever on a real socket.
//!
//! It answers Lever's customer-side Data API under `/v1`, shows the settings
//! and candidate pages a person needs, sends signed webhook deliveries, and can
//! be steered through `/_practice`. It imports nothing of the project's other
//! crates: it is the second opinion about Lever's protocol, written from
//! Lever's documentation and from recorded exchanges alone. Where those are
//! silent, the answer is a named setting ([`Behaviour`]).
//!
//! A pass through the tree, from the outside in:
//!
//! - [`Simulator`] (`simulator.rs`) is the handle: it owns the state, the clock,
//!   the saving and the sockets; `steer.rs` holds what a test or a host may do
//!   to the account.
//! - `routes/` is the Data API, a resource a file; `pages/` the screens, a page a
//!   file; `admin/` the API under `/_practice`.
//! - `state/` is the account: what there is and what may happen to it.
//!   `deliveries.rs` carries its events out, signed by `sign.rs`.
//! - `persist.rs` makes a change durable before it is answered.

#![warn(missing_docs)]

mod admin;
mod clock;
mod cursor;
mod deliveries;
mod faults;
mod forms;
mod limits;
mod line;
mod pages;
mod persist;
mod random;
mod remote;
mod requests;
mod routes;
mod seed;
mod settings;
mod sign;
mod simulator;
mod state;
mod steer;
pub mod testing;

pub use faults::{Fault, FaultKind, When};
pub use remote::switch_on;
pub use requests::Received;
pub use settings::{
    AbsentSide, Behaviour, CanonicalEmail, ChangedFilters, DedupedFalse, DeletedBy, HireOrder, LimitRule,
    NoResumes, ResumeParsing, RetryMode, RetryToken, SameReason, SameStage, Settings, TokenMode, TokenScope,
    ValidationOrder,
};
pub use sign::signature;
pub use simulator::Simulator;
pub use steer::NewUser;
