//! What is listed newest first, page by page.

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What stands on it, newest first.
    pub rows: Vec<T>,
    /// Where *Older* goes on, when there is more.
    pub next: Option<String>,
    /// Whether it is not the newest page.
    pub is_later: bool,
}
