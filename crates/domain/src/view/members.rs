//! Members, invitations and the first set-up.

use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::ids::{InviteId, MemberId};
use crate::time::Moment;

/// The Members page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPage {
    /// Everybody.
    pub members: Vec<MemberRow>,
    /// Invitations not taken yet.
    pub invites: Vec<InviteRow>,
    /// Roles this viewer may grant.
    pub grantable: Vec<Role>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Who.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether this is the viewer.
    pub is_viewer: bool,
    /// Whether the viewer may change or remove them.
    pub can_change: bool,
}

/// An open invitation; its link was shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteRow {
    /// Which.
    pub id: InviteId,
    /// For whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Until when.
    pub expires: Moment,
}

/// A fresh invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvite {
    /// For whom.
    pub email: String,
    /// The link to pass on; it is shown this once.
    pub url: String,
}

/// What the invite page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteView {
    /// The organisation that invites.
    pub organisation: String,
    /// The address the invitation is bound to.
    pub email: String,
    /// The role it grants.
    pub role: Role,
}

/// What the set-up page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpView {
    /// The platform's name.
    pub platform: String,
}
