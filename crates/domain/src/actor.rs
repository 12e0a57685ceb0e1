//! Who is asking, and what a role may do.

use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, OrganisationId};

/// What a member may do. Ordered: a greater role may do all a lesser one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Candidates, messages and their own imports.
    Recruiter,
    /// Also members below Super Admin, activity, *Sync now* and retries; reads the maps.
    Admin,
    /// Everything.
    SuperAdmin,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Recruiter, Self::Admin, Self::SuperAdmin];

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Recruiter => "Recruiter",
            Self::Admin => "Admin",
            Self::SuperAdmin => "Super Admin",
        }
    }

    /// The stable text in the database and in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::Admin => "admin",
            Self::SuperAdmin => "super_admin",
        }
    }

    /// Reads [`Role::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether this role may do `action`.
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        self >= action.least_role()
    }

    /// Whether a member of this role may give somebody the role `granted`.
    /// Nobody grants a role above their own, and only a Super Admin makes another.
    #[must_use]
    pub fn may_grant(self, granted: Self) -> bool {
        self.may(Action::ManageMembers) && granted <= self
    }
}

/// Things a person can do that not every role may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See and write to candidates, import them.
    WorkWithCandidates,
    /// See the list of members, invite and change those below.
    ManageMembers,
    /// See the activity log.
    SeeActivity,
    /// Save and delete texts that everybody uses.
    SaveTemplates,
    /// See the user map and the stage map.
    ReadMaps,
    /// Start a reconciliation, retry what failed.
    SyncNow,
    /// Connect, change, disconnect Lever.
    ManageIntegration,
}

impl Action {
    /// The least role that may do it.
    #[must_use]
    pub fn least_role(self) -> Role {
        match self {
            Self::WorkWithCandidates => Role::Recruiter,
            Self::ManageMembers
            | Self::SeeActivity
            | Self::SaveTemplates
            | Self::ReadMaps
            | Self::SyncNow => Role::Admin,
            Self::ManageIntegration => Role::SuperAdmin,
        }
    }
}

/// A signed-in member. Every use case that a person can trigger takes one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The organisation every query of this actor is bound to.
    pub organisation: OrganisationId,
    /// Who they are.
    pub member: MemberId,
    /// What they may do.
    pub role: Role,
    /// Their name, for history and notes.
    pub name: String,
    /// Their canonical e-mail address.
    pub email: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_super_admin_manages_the_integration() {
        assert!(Role::SuperAdmin.may(Action::ManageIntegration));
        assert!(!Role::Admin.may(Action::ManageIntegration));
        assert!(!Role::Recruiter.may(Action::ManageMembers));
    }

    #[test]
    fn nobody_grants_a_role_above_their_own() {
        assert!(Role::Admin.may_grant(Role::Admin));
        assert!(!Role::Admin.may_grant(Role::SuperAdmin));
        assert!(!Role::Recruiter.may_grant(Role::Recruiter));
        assert!(Role::SuperAdmin.may_grant(Role::SuperAdmin));
    }
}
