//! Text inside `textarea` and `title`, which Leptos writes into HTML as it is, as if
//! it were a script's: without this, a text could end its element and go on as markup.

use leptos::prelude::is_server;

/// The text as it may stand there: escaped where HTML is made of it (HTML, 13.1.2.2),
/// and as it is where the browser is given the text itself.
pub(crate) fn raw_text(text: String) -> String {
    if is_server() {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        // A line break that comes first would be taken for the source's.
        if escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
    } else {
        text
    }
}
