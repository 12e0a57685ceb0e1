//! Setting Lever up, and keeping it so.

mod account;
mod card;
mod check_key;
mod connect_practice;
mod credit;
mod disconnect;
mod gone;
mod health;
mod key;
mod progress;
mod register_webhooks;
mod save_connection;
mod save_stages;
mod save_users;
mod secrets;
mod suggest;
mod sync_now;
pub(crate) mod tokens;
mod wizard;

pub use card::card;
pub use check_key::check_key;
pub use connect_practice::connect_practice;
pub use disconnect::disconnect;
pub use health::health;
pub use register_webhooks::register_webhooks;
pub use save_connection::{ConnectForm, save_connection};
pub use save_stages::save_stages;
pub use save_users::save_users;
pub use sync_now::sync_now;
pub use wizard::wizard;

pub(crate) use account::read as read_account;
pub(crate) use credit::credited;
pub(crate) use gone::{look_for_gone, stage_left};
pub(crate) use secrets::client_of;
