//! The first start: a one-time link creates the organisation and its first Super Admin.

mod create_organisation;
mod link;
mod open;

pub use create_organisation::{NewOrganisation, create_organisation};
pub(crate) use link::VALID_FOR;
pub use link::link;
pub use open::open;
