//! What a new password must be like.

use domain::candidate::LONGEST_LINE;
use domain::problem::{Field, FieldProblem};
use secrecy::{ExposeSecret, SecretString};

/// Fewest characters of a password.
const SHORTEST_PASSWORD: usize = 10;

/// Checks a password somebody chose.
pub(crate) fn check_password(password: &SecretString, problems: &mut Vec<FieldProblem>) {
    match password.expose_secret().chars().count() {
        0 => problems.push(FieldProblem::Missing(Field::Password)),
        length if length < SHORTEST_PASSWORD => problems.push(FieldProblem::TooShort(Field::Password)),
        length if length > LONGEST_LINE => problems.push(FieldProblem::TooLong(Field::Password)),
        _ => {}
    }
}
