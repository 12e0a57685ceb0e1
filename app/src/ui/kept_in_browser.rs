//! What a plain form said before its page was shown again. The server draws it into
//! the page, so the program in the browser need not know.

/// Nothing that it would have to put into the field called `name`.
pub(crate) fn kept(_name: &str) -> Option<String> {
    None
}
