//! The short form of the proof about imports, on every change. The long form is
//! `cargo xtask prove imports`.

// Helpers of tests are not themselves marked as tests, which is what clippy goes by.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use trials::parties::{PRACTICE_KEY, PracticeLever};
use trials::prove::imports::{Arguments, prove};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_imports_through_faults_and_kills_are_each_in_lever_once() {
    let running = lever_sim::testing::start(lever_sim::Settings {
        key: Some(PRACTICE_KEY.into()),
        ..lever_sim::Settings::default()
    })
    .await
    .unwrap();
    let lever = PracticeLever::at(&running.base_url).unwrap();
    let arguments = Arguments { candidates: 100, faults: 0.3, kill_every: 6, rate: 200, minutes: 5 };
    prove(Path::new(env!("CARGO_BIN_EXE_fulcrum")), &lever, &arguments).await.unwrap();
}
