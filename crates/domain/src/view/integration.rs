//! The Integrations page and the wizard.

use serde::{Deserialize, Serialize};

use crate::connection::{ConnectionState, Environment, LeverEvent, Light, SetUpStep};
use crate::ids::MemberId;
use crate::mapping::{MatchedBy, Target};
use crate::time::Moment;

/// The card for Lever on the Integrations page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationCard {
    /// Where the connection stands.
    pub state: ConnectionState,
    /// Why, when it needs attention.
    pub reason: Option<String>,
    /// Where in the application that is mended.
    pub mend: Option<String>,
    /// Whether something changed in Lever and nobody has said what it means here.
    pub changed: bool,
    /// Whether this viewer may set it up.
    pub can_manage: bool,
    /// Whether this viewer may press *Sync now*.
    pub can_sync: bool,
    /// Whether this viewer may read the maps.
    pub can_read_maps: bool,
    /// Names of the Super Admins, for those who may not.
    pub managers: Vec<String>,
    /// What switching it off would interrupt, for those who may.
    pub in_flight: String,
    /// Whether switching it off removes webhooks from Lever.
    pub removes_webhooks: bool,
    /// The step at which an unfinished set-up goes on.
    pub resume: Option<SetUpStep>,
    /// Demo: one button connects the practice Lever.
    pub practice_offer: bool,
    /// Which Lever.
    pub environment: Option<Environment>,
    /// Permissions of the key, as last tested.
    pub permissions: Vec<PermissionRow>,
    /// Lights and last real events.
    pub lights: Vec<LightView>,
    /// The last reconciliation.
    pub sync: Option<SyncView>,
    /// Candidates linked to Lever.
    pub linked: u32,
    /// Deliveries held because their signature could not be verified.
    pub held: u32,
}

/// A reconciliation, running or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// Whether it is still at it.
    pub running: bool,
    /// When it began.
    pub started: Moment,
    /// When it ended.
    pub finished: Option<Moment>,
    /// Opportunities looked at.
    pub looked_at: u32,
    /// Candidates changed.
    pub changed: u32,
    /// How far it is, or what came of it: `20 of 45 compared, 1 changed, 3 requests`.
    pub text: String,
    /// What stopped it, for a person.
    pub problem: Option<String>,
}

/// A stored secret: never itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// The last four characters.
    pub ends_in: String,
    /// Since when.
    pub since: Moment,
}

/// Whether a permission works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionWorks {
    /// It was tried and answered.
    Yes,
    /// Lever refused it.
    No,
    /// Writing cannot be tried without writing.
    NotTried,
    /// Lever did not answer.
    Unknown,
}

/// One row: needed for, works?, what to tick in Lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionRow {
    /// What it is needed for.
    pub needed_for: String,
    /// Whether it works.
    pub works: PermissionWorks,
    /// Its name in Lever.
    pub tick: String,
    /// Whether the integration can do without.
    pub optional: bool,
}

/// One of the three lights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LightView {
    /// Which event.
    pub event: LeverEvent,
    /// How far.
    pub light: Light,
    /// When it turned.
    pub at: Option<Moment>,
    /// The last real event of this kind.
    pub last_event: Option<Moment>,
    /// How long ago that was, once set-up is done: `last real event 3 minutes ago`.
    pub heard: Option<String>,
}

impl LightView {
    /// The text: `Candidate Hired: waiting`, `Candidate Hired: verified 14:02`; after
    /// set-up `Candidate Hired: last real event 3 minutes ago`.
    #[must_use]
    pub fn text(&self) -> String {
        let event = self.event.label();
        let at = self.at.as_ref().map(|at| format!(" {}", at.text)).unwrap_or_default();
        if let Some(heard) = &self.heard
            && self.light != Light::OtherToken
        {
            return format!("{event}: {heard}");
        }
        match self.light {
            Light::Waiting => format!("{event}: waiting"),
            Light::Reached => format!("{event}: reached{at}"),
            Light::Verified => format!("{event}: verified{at}"),
            Light::OtherToken => format!("{event}: this is not the token of {event}"),
        }
    }
}

/// The wizard at one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wizard {
    /// The asked step is too early: go to the first unfinished one.
    Elsewhere {
        /// Which.
        step: SetUpStep,
    },
    /// Connect Lever.
    Connect(ConnectStep),
    /// User Account Mapping.
    Users(UsersStep),
    /// Job Stage Mapping.
    Stages(StagesStep),
}

/// Connect Lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectStep {
    /// The stored key.
    pub key: Option<SecretView>,
    /// The stored signing tokens.
    pub tokens: Vec<SecretView>,
    /// Which Lever is chosen.
    pub environment: Environment,
    /// The choices.
    pub environments: Vec<Environment>,
    /// The URL for Lever.
    pub webhook_url: String,
    /// Lever's webhook page.
    pub webhook_settings_url: String,
    /// The three lights.
    pub lights: Vec<LightView>,
    /// Permissions, once a key was tested.
    pub permissions: Vec<PermissionRow>,
    /// Whether the connection was set up before (the maps are kept).
    pub reconnecting: bool,
}

/// User Account Mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersStep {
    /// Each member.
    pub members: Vec<MemberMapRow>,
    /// Each Lever user.
    pub lever_users: Vec<LeverUserOption>,
    /// Who is credited when a member has no Lever user.
    pub fallback: Option<String>,
    /// Upon which save of the map this form is based.
    pub version: u32,
}

/// A member and the Lever user they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberMapRow {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The chosen or suggested Lever user.
    pub lever_user: Option<String>,
    /// Why it was suggested; `None` when chosen by hand or not at all.
    pub suggested_by: Option<MatchedBy>,
}

/// A choice in the user map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeverUserOption {
    /// Lever's id.
    pub id: String,
    /// Name and address.
    pub label: String,
    /// False when deactivated in Lever.
    pub active: bool,
}

/// Job Stage Mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagesStep {
    /// Stages in pipeline order.
    pub stages: Vec<PlaceRow>,
    /// Archive reasons.
    pub reasons: Vec<PlaceRow>,
    /// Every possible target.
    pub targets: Vec<Target>,
    /// Upon which save of the map this form is based.
    pub version: u32,
    /// What saving these choices would do, once it was asked for.
    pub preview: Option<String>,
}

/// A stage or reason and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// Lever's id.
    pub id: String,
    /// Its name.
    pub text: String,
    /// The chosen or suggested target.
    pub target: Option<Target>,
    /// Whether it was filled in by itself and not changed by a person.
    pub suggested: bool,
    /// Linked candidates who are there now: whom a change would move.
    pub people: u32,
    /// Their names, the first few, for the preview.
    pub names: Vec<String>,
    /// False when deactivated in Lever.
    pub active: bool,
}
