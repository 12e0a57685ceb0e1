//! What a plain form said before its page was shown again, as the server knows it;
//! `kept_in_browser.rs` is the other side.

/// What stands in the field called `name` of the form that was sent.
pub(crate) fn kept(name: &str) -> Option<String> {
    crate::ssr::kept(name)
}
