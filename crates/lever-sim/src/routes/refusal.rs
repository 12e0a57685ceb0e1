//! Errors of the Data API: `{"code", "message"}`, always JSON.

use serde_json::{Value, json};

use crate::{settings::Behaviour, state::problem::Problem};

/// An error answer. Lever's codes are mixed in form (`ResourceNotFound` beside
/// `UnauthorizedError`); that is real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }

    /// 400.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequestError", message)
    }

    /// 404 for an object.
    pub(crate) fn missing(collection: &str, id: &str) -> Self {
        Self::new(404, "ResourceNotFound", format!("{collection} {id} was not found"))
    }

    /// 404 for a route.
    pub(crate) fn no_route(path: &str) -> Self {
        Self::new(404, "ResourceNotFound", format!("{path} does not exist"))
    }

    /// 400 for a parameter that is not there.
    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::bad_request(format!("Missing required parameter: {name}"))
    }

    /// 401 without any credentials.
    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(401, "UnauthorizedError", message)
    }

    /// 403.
    pub(crate) fn forbidden(behaviour: &Behaviour, message: &str) -> Self {
        Self::new(403, &behaviour.forbidden_code, message)
    }

    /// 403 for an endpoint that the key does not open.
    pub(crate) fn no_permission(behaviour: &Behaviour) -> Self {
        Self::forbidden(behaviour, "This API key does not have permission to access this endpoint.")
    }

    /// The answer to something the account refused.
    pub(crate) fn of(problem: &Problem, behaviour: &Behaviour) -> Self {
        match problem {
            Problem::Missing { .. } => Self::new(404, "ResourceNotFound", problem.message()),
            Problem::Reference { .. } => {
                Self::reference(behaviour.reference_refused_status, problem.message())
            }
            Problem::Invalid(text) => Self::bad_request(text.clone()),
        }
    }

    /// Something named in the request that does not exist: 400 or 404.
    pub(crate) fn reference(status: u16, message: String) -> Self {
        if status == 404 { Self::new(404, "ResourceNotFound", message) } else { Self::bad_request(message) }
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "code": self.code, "message": self.message })
    }
}
