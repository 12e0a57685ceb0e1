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
pub(crate) mod receiving;
mod register_webhooks;
mod rotate_webhooks;
mod save_connection;
mod save_stages;
mod save_tokens;
mod save_users;
mod secrets;
mod suggest;
mod sync_now;
pub(crate) mod tokens;
pub(crate) mod webhook_change;
mod wizard;

pub use card::card;
pub use check_key::check_key;
pub use connect_practice::connect_practice;
pub use disconnect::disconnect;
pub use health::health;
pub use receiving::receiving;
pub use register_webhooks::register_webhooks;
pub use rotate_webhooks::rotate_webhooks;
pub use save_connection::{ConnectForm, save_connection};
pub use save_stages::save_stages;
pub use save_tokens::save_tokens;
pub use save_users::save_users;
pub use sync_now::sync_now;
pub use wizard::wizard;

pub(crate) use account::read as read_account;
pub(crate) use credit::credited;
pub(crate) use gone::{look_for_gone, stage_left};
pub(crate) use secrets::{client_of, client_of_removal};
