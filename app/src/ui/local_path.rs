//! Paths that stay within this application.

/// Where to go when nothing else is asked for.
pub(crate) const HOME: &str = "/candidates";

/// `path` when it leads within this application, else the home screen. A path
/// that a browser would read as another host (`//host`, `/\host`) is refused.
pub(crate) fn local_path(path: Option<&str>) -> &str {
    match path {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains('\\')
                && !path.starts_with("/sign-in")
                && path.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            path
        }
        _ => HOME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_application_pass() {
        assert_eq!(local_path(Some("/candidates?status=offer")), "/candidates?status=offer");
    }

    #[test]
    fn other_hosts_and_nonsense_lead_home() {
        for path in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "a\r\nb: c",
            "/a\nb",
            "/sign-in",
        ] {
            assert_eq!(local_path(Some(path)), HOME, "{path}");
        }
        assert_eq!(local_path(None), HOME);
    }
}
