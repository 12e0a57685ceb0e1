//! Members and invitations.

mod change_role;
mod credentials;
mod invite;
mod join;
mod list;
mod remove;
mod revoke_invite;

pub use change_role::change_role;
pub(crate) use credentials::check_password;
pub use invite::invite;
pub use join::{join, open_invite};
pub use list::list;
pub use remove::remove;
pub use revoke_invite::revoke_invite;
