//! Who does something, when, and by which door.

/// The circumstances of a change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act<'a> {
    /// The account's time, in milliseconds since the epoch.
    pub(crate) at: i64,
    /// The user it is done as; `None` when the API was not told.
    pub(crate) by: Option<&'a str>,
    /// By which door it came in.
    pub(crate) door: Door,
}

/// The doors to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The Data API.
    Api,
    /// The pages, or a test that stands in for a person.
    Page,
}
