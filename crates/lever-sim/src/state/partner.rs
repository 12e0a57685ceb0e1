//! Partner tiles of the Integrations page.

use serde::{Deserialize, Serialize};

use super::{State, key::NewKey};

/// The id of the tile that carries the platform's name.
pub(crate) const PLATFORM: &str = "platform";

/// How far a tile has been switched on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Switch {
    /// On: green.
    pub(crate) on: bool,
    /// The key that was made for the partner.
    pub(crate) key: Option<String>,
}

/// Endpoints that a partner's key opens unless the account's behaviour says
/// otherwise. Lever fixes them per partner and lets nobody choose; which they are
/// is not published.
pub(crate) const GRANTED: [&str; 27] = [
    "users.list",
    "users.get",
    "stages.list",
    "stages.get",
    "archive_reasons.list",
    "archive_reasons.get",
    "postings.list",
    "postings.get",
    "opportunities.list",
    "opportunities.get",
    "opportunities.deleted",
    "contacts.get",
    "sources.list",
    "tags.list",
    "notes.list",
    "webhooks.list",
    "opportunities.create",
    "opportunities.stage",
    "opportunities.archived",
    "opportunities.add_tags",
    "opportunities.add_sources",
    "opportunities.add_links",
    "contacts.update",
    "notes.create",
    "webhooks.create",
    "webhooks.update",
    "webhooks.delete",
];

impl State {
    /// Makes a partner's key and keeps its text for the page that shows it.
    /// A key made before is revoked: the tile has one.
    pub(crate) fn make_partner_key(&mut self, partner: &str, name: &str, at: i64) -> String {
        self.revoke_partner_key(partner, at);
        let new = NewKey {
            name: name.to_owned(),
            permissions: self.behaviour.get().partner_key_permissions.iter().cloned().collect(),
            confidential: self.behaviour.get().partner_key_confidential,
            partner: Some(partner.to_owned()),
        };
        let (key, text) = self.make_key(new, at);
        let reveal = self.reveal_key(&key, &text, Some(partner));
        let switch = Switch { on: false, key: Some(key) };
        self.meta.edit().partners.insert(partner.to_owned(), switch);
        reveal
    }

    /// Turns a tile green, once its key has been copied.
    pub(crate) fn switch_partner_on(&mut self, partner: &str) {
        if let Some(switch) = self.meta.edit().partners.get_mut(partner) {
            switch.on = switch.key.is_some();
        }
    }

    /// Switches a tile off and revokes its key.
    pub(crate) fn switch_partner_off(&mut self, partner: &str, at: i64) {
        self.revoke_partner_key(partner, at);
        self.meta.edit().partners.remove(partner);
    }

    /// Whether a tile is green. One whose key was revoked is not.
    pub(crate) fn partner_is_on(&self, partner: &str) -> bool {
        self.meta.get().partners.get(partner).is_some_and(|switch| {
            switch.on
                && switch
                    .key
                    .as_deref()
                    .and_then(|key| self.keys.get(key))
                    .is_some_and(|key| key.revoked_at.is_none())
        })
    }

    fn revoke_partner_key(&mut self, partner: &str, at: i64) {
        let key = self.meta.get().partners.get(partner).and_then(|switch| switch.key.clone());
        if let Some(key) = key {
            self.revoke_key(&key, at);
        }
    }
}
