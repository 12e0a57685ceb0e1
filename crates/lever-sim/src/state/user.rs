//! Users of the Lever account.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{State, problem::Problem};

/// Lever's own roles, most to least (Lever documentation, Users). A custom role
/// appears as its id.
pub(crate) const ROLES: [&str; 5] =
    ["super admin", "admin", "team member", "limited team member", "interviewer"];

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) access_role: String,
    pub(crate) created_at: i64,
    pub(crate) deactivated_at: Option<i64>,
    pub(crate) external_directory_id: Option<String>,
    pub(crate) job_title: Option<String>,
    pub(crate) manager_id: Option<String>,
}

impl User {
    /// The twelve keys, always all of them, in Lever's order.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "username": self.username,
            "email": self.email,
            "accessRole": self.access_role,
            "photo": null,
            "createdAt": self.created_at,
            "deactivatedAt": self.deactivated_at,
            "externalDirectoryId": self.external_directory_id,
            "linkedContactIds": null,
            "jobTitle": self.job_title,
            "managerId": self.manager_id,
        })
    }

    pub(crate) fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

impl State {
    /// Adds a user. The e-mail must be new to the account.
    pub(crate) fn add_user(
        &mut self,
        name: &str,
        email: &str,
        access_role: &str,
        at: i64,
    ) -> Result<String, Problem> {
        let (name, email) = (name.trim(), email.trim());
        if name.is_empty() {
            return Err(Problem::invalid("Missing required parameter: name"));
        }
        if !email.contains('@') {
            return Err(Problem::invalid("Missing required parameter: email"));
        }
        let canonical = self.behaviour.get().canonical(email);
        if self.users.values().any(|user| self.behaviour.get().canonical(&user.email) == canonical) {
            return Err(Problem::invalid("A user with this email exists already"));
        }
        let id = self.new_id();
        let user = User {
            id: id.clone(),
            name: name.to_owned(),
            username: email.split('@').next().unwrap_or(email).to_lowercase(),
            email: email.to_owned(),
            access_role: access_role.to_owned(),
            created_at: at,
            deactivated_at: None,
            external_directory_id: None,
            job_title: None,
            manager_id: None,
        };
        self.users.insert(&id, user);
        Ok(id)
    }

    /// Changes a user's name.
    pub(crate) fn rename_user(&mut self, id: &str, name: &str) -> Result<(), Problem> {
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(Problem::invalid("Missing required parameter: name"));
        }
        let user = self.users.edit(id).ok_or_else(|| Problem::missing("users", id))?;
        user.name = name;
        Ok(())
    }

    /// Deactivates a user, or with `None` takes them back.
    pub(crate) fn set_user_deactivated(&mut self, id: &str, at: Option<i64>) -> Result<(), Problem> {
        let user = self.users.edit(id).ok_or_else(|| Problem::missing("users", id))?;
        user.deactivated_at = match (user.deactivated_at, at) {
            (Some(since), Some(_)) => Some(since),
            (_, at) => at,
        };
        Ok(())
    }

    /// The name to show for a user id.
    pub(crate) fn user_name(&self, id: &str) -> String {
        self.users.get(id).map_or_else(|| "a user who is gone".to_owned(), |user| user.name.clone())
    }
}
