//! Why something asked of the account was not done.

/// A refusal, before the Data API or a page puts it into its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The thing that is acted on does not exist.
    Missing {
        /// `opportunities`, `contacts` ...
        collection: &'static str,
        /// The id that was asked for.
        id: String,
    },
    /// Something that is only named in the request does not exist or is not active.
    Reference {
        /// `stages`, `users` ...
        collection: &'static str,
        /// The id that was named.
        id: String,
    },
    /// The request makes no sense; the text says why.
    Invalid(String),
}

impl Problem {
    pub(crate) fn missing(collection: &'static str, id: &str) -> Self {
        Self::Missing { collection, id: id.to_owned() }
    }

    pub(crate) fn reference(collection: &'static str, id: &str) -> Self {
        Self::Reference { collection, id: id.to_owned() }
    }

    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self::Invalid(text.into())
    }

    /// The text of the refusal, in Lever's pattern for things that are missing.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Missing { collection, id } | Self::Reference { collection, id } => {
                format!("{collection} {id} was not found")
            }
            Self::Invalid(text) => text.clone(),
        }
    }
}
