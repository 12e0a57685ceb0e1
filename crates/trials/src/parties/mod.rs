//! Who takes part in a trial: Fulcrum, the practice Lever, candidates.

mod browser;
mod fulcrum;
mod http;
mod people;
mod port;
mod practice;
mod programs;
mod wait;

pub use browser::Browser;
pub use fulcrum::{Fulcrum, Start};
pub use http::client;
pub use people::{Seeded, answered, now};
pub use port::free_port;
pub use practice::{KEY as PRACTICE_KEY, PracticeLever};
pub use programs::Programs;
pub use wait::{until, until_asking_every};
