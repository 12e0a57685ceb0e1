//! Candidates: list, page, adding, writing, status.

mod add;
mod change_reach;
mod decide_erasure;
mod list;
mod opportunities;
mod profile;
mod resolve_conflict;
mod send_message;
mod set_status;
mod view;

pub use add::{CandidateForm, add};
pub use change_reach::{ReachForm, change_reach, reach};
pub(crate) use change_reach::{add_again, add_what_waits};
pub use decide_erasure::decide_erasure;
pub(crate) use decide_erasure::erase;
pub use list::list;
pub(crate) use list::{read_cursor, shown_count, write_cursor};
pub use opportunities::{follow, look_for_opportunities, opportunities_of};
pub(crate) use opportunities::{keep_seen, seen as seen_opportunity};
pub use profile::profile;
pub use resolve_conflict::resolve_conflict;
pub use send_message::send_message;
pub(crate) use send_message::{Outgoing, put_into_outbox};
pub use set_status::set_status;
