//! What a use case answers when it does not do what was asked.
//!
//! Every error has an outside, the [`Problem`] a person is shown, and an inside
//! that goes to the log and nowhere else.

use std::error::Error as StdError;
use std::fmt;

use domain::problem::Problem;

/// A result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// An outside and an inside. Deliberately without the inside in `Display`.
#[derive(Debug)]
pub struct Error {
    problem: Problem,
    inside: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A fault of ours: a person sees *internal*, the log sees `inside`.
    pub fn internal(inside: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { problem: Problem::Internal, inside: Some(inside.into()) }
    }

    /// `problem` for the person, `inside` for the log.
    pub fn because(problem: Problem, inside: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { problem, inside: Some(inside.into()) }
    }

    /// What the person is shown.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Gives the problem, and writes the inside to the log if there is one.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        if let Some(inside) = self.inside {
            let mut chain = inside.to_string();
            let mut source = inside.source();
            while let Some(cause) = source {
                chain.push_str(": ");
                chain.push_str(&cause.to_string());
                source = cause.source();
            }
            tracing::error!(problem = %self.problem, inside = %chain, "use case failed");
        }
        self.problem
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inside.as_deref().map(|inside| inside as &(dyn StdError + 'static))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problem, inside: None }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        let problem = if error.retryable() { Problem::Busy } else { Problem::Internal };
        Self { problem, inside: Some(Box::new(error)) }
    }
}
