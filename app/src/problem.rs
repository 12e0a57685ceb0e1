//! The one error of every server function.
//!
//! Without JavaScript it travels in an address, so it holds codes and field
//! names only; the sentences are made here and in the domain.

use std::fmt;

use domain::problem::{Field, Problem};
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::PostcardEncoding;
use serde::{Deserialize, Serialize};

/// Why a server function did not do what was asked, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// The use case refused.
    Problem(Problem),
    /// The server could not be reached, or its answer could not be read.
    Unreachable,
    /// The request could not be read: a form of another version, or made by hand.
    Unreadable,
}

impl AppError {
    /// The sentence for a banner.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Problem(problem) => problem.text(),
            Self::Unreachable => {
                "The server cannot be reached. Check your connection; what you typed is kept on this page."
                    .into()
            }
            Self::Unreadable => "The server could not read this form. Reload the page and try again.".into(),
        }
    }

    /// The texts that belong beside `field`.
    #[must_use]
    pub fn beside(&self, field: &Field) -> Vec<String> {
        match self {
            Self::Problem(problem) => problem.beside(field),
            Self::Unreachable | Self::Unreadable => Vec::new(),
        }
    }

    /// Whether trying again cannot help.
    #[must_use]
    pub fn lasts(&self) -> bool {
        matches!(self, Self::Problem(Problem::NotAllowed | Problem::NotFound | Problem::LinkNotValid))
    }

    /// Whether signing in would help.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Problem(Problem::SignedOut))
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for AppError {}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl FromServerFnError for AppError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_) => Self::Unreadable,
            ServerFnErrorErr::ServerError(_) | ServerFnErrorErr::MiddlewareError(_) => {
                Self::Problem(Problem::Internal)
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Response(_) => Self::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::problem::FieldProblem;
    use leptos::server_fn::error::ServerFnUrlError;

    use super::*;

    #[test]
    fn an_error_survives_the_way_through_an_address() {
        let error = AppError::from(Problem::field(FieldProblem::Missing(Field::Name)));
        let address = ServerFnUrlError::new("/api/add_candidate", error.clone())
            .to_url("http://127.0.0.1:3000/candidates/new")
            .unwrap();
        let (_, carried) = address.query_pairs().find(|(name, _)| name == "__err").unwrap();
        assert_eq!(ServerFnUrlError::<AppError>::decode_err(&carried), error);
        assert_eq!(error.beside(&Field::Name), ["Enter a name."]);
    }

    #[test]
    fn a_forged_error_says_nothing_of_its_own() {
        let error = ServerFnUrlError::<AppError>::decode_err("bm90IGpzb24=");
        assert_eq!(error, AppError::Unreachable);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for lasting in [Problem::NotAllowed, Problem::NotFound, Problem::LinkNotValid] {
            assert!(AppError::from(lasting).lasts());
        }
        for passing in [AppError::Unreachable, Problem::Busy.into(), Problem::Internal.into()] {
            assert!(!passing.lasts());
        }
    }

    #[test]
    fn faults_of_the_framework_keep_their_inside_to_themselves() {
        let error = AppError::from_server_fn_error(ServerFnErrorErr::ServerError("secret".into()));
        assert!(!error.text().contains("secret"));
    }
}
