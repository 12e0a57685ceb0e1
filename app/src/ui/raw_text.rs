//! Text inside `textarea` and `title`, which Leptos writes into HTML as it is, as if
//! it were a script's: without this, a text could end its element and go on as markup.
//! This is the server's side; `raw_text_in_browser.rs` is the other.

/// The text as it may stand in the HTML that the server writes: escaped (HTML, 13.1.2.2).
/// Which side this is, the build decides: a drawing does not know what it is drawn for.
pub(crate) fn raw_text(text: String) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    // A line break that comes first would be taken for the source's.
    if escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
}
