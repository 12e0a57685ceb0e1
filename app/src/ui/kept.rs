//! What a plain form said before its page was shown again.

/// What stands in the field called `name` of the form that was sent. The server draws
/// it into the page, so the program in the browser need not know.
pub(crate) fn kept(name: &str) -> Option<String> {
    #[cfg(feature = "ssr")]
    let kept = crate::ssr::kept(name);
    #[cfg(not(feature = "ssr"))]
    let kept = {
        let _drawn_by_the_server = name;
        None
    };
    kept
}
