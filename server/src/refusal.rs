//! Why the program does not start.

/// What stands in the way, and what to do: a sentence each, for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} {remedy}")]
pub struct Refusal {
    problem: String,
    remedy: String,
}

impl Refusal {
    /// A refusal that says what stands in the way and what to do about it.
    pub fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { problem: problem.into(), remedy: remedy.into() }
    }

    /// What stands in the way.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}
