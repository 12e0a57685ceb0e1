//! The face of Fulcrum: every screen, compiled twice. With the feature `ssr` it
//! renders HTML and answers server functions inside the server; with `hydrate`
//! it wakes the same HTML up in the browser.
//!
//! A screen is a folder under `screens`: `mod.rs` and its parts are views,
//! `api.rs` holds the server functions and nothing else. A server function asks
//! who is there, calls one use case and gives one view back. Whatever exists on
//! the server only lives in `ssr`, and in the `drawing.rs` of a screen that the
//! server draws; their lines, `ui::chart`, `ui::kept` and `ui::raw_text` are the
//! places where the two sides are told apart.
//!
//! Every change is a form that works before the program in the browser has
//! arrived. An expected refusal is an `Err`, and is shown beside its field;
//! success shows the changed page.
//!
//! It may import `domain`, and with `ssr` also `usecases`; never the store or Lever.

// The macro behind `#[component]` makes public what the component's own visibility hides.
#![allow(unreachable_pub)]

mod ask;
mod live;
mod problem;
mod routes;
mod screens;
mod shell;
mod ui;

#[cfg(feature = "ssr")]
pub mod kept;
#[cfg(feature = "ssr")]
pub mod ssr;

pub use problem::AppError;
pub use routes::App;
pub use screens::resume::UPLOAD;
pub use shell::shell;
