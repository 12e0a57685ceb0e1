//! The parts that screens are made of. Each is plain HTML first: it works
//! before the program in the browser has arrived.

pub(crate) mod badge;
pub(crate) mod banner;
pub(crate) mod button;
#[cfg(feature = "ssr")]
pub(crate) mod chart;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod drawn;
pub(crate) mod dynamic;
pub(crate) mod empty;
pub(crate) mod failure;
pub(crate) mod field;
pub(crate) mod get_form;
#[cfg(feature = "ssr")]
pub(crate) mod hidden;
pub(crate) mod icon;
#[cfg(feature = "ssr")]
pub(crate) mod kept;
#[path = "kept_in_browser.rs"]
#[cfg(not(feature = "ssr"))]
pub(crate) mod kept;
pub(crate) mod local_path;
#[cfg(feature = "ssr")]
pub(crate) mod map_row;
pub(crate) mod page_title;
#[cfg(feature = "ssr")]
pub(crate) mod pager;
pub(crate) mod post_form;
#[cfg(feature = "ssr")]
pub(crate) mod raw_text;
#[path = "raw_text_in_browser.rs"]
#[cfg(not(feature = "ssr"))]
pub(crate) mod raw_text;
mod redraw;
pub(crate) mod select;
pub(crate) mod shown;
pub(crate) mod sift;
pub(crate) mod stepper;
#[cfg(feature = "ssr")]
pub(crate) mod tabs;
pub(crate) mod time;
pub(crate) mod toast;
#[cfg(feature = "ssr")]
pub(crate) mod token_form;
