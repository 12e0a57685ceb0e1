//! The spark: wakes up the HTML that the server rendered, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the WebAssembly is there.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
