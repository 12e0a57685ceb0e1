//! API keys: a set of endpoint permissions and the confidential grant, both
//! fixed when the key is made.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::State;

/// A key. Its text is not kept, only a digest to know it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    digest: String,
    pub(crate) last_four: String,
    /// Names of the endpoints it opens.
    pub(crate) permissions: BTreeSet<String>,
    /// Whether it may read confidential opportunities and postings.
    pub(crate) confidential: bool,
    /// The partner tile it was made from.
    pub(crate) partner: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) revoked_at: Option<i64>,
}

/// The text of a new key, held until the person has pressed *Done*, so that a
/// restart or a reload in between does not lose it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reveal {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) text: String,
    pub(crate) partner: Option<String>,
}

/// What a key is made with.
#[derive(Debug, Clone)]
pub(crate) struct NewKey {
    pub(crate) name: String,
    pub(crate) permissions: BTreeSet<String>,
    pub(crate) confidential: bool,
    pub(crate) partner: Option<String>,
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl State {
    /// Makes a key with a text of the account's choosing; returns id and text.
    pub(crate) fn make_key(&mut self, new: NewKey, at: i64) -> (String, String) {
        let behaviour = self.behaviour.get();
        let text = self.meta.edit().random.key(behaviour.key_length, &behaviour.key_alphabet);
        let id = self.store_key(&text, new, at);
        (id, text)
    }

    /// Makes sure that a key with this text exists and opens what it should. One
    /// that is there stays the same key, so that its webhooks stay its own.
    pub(crate) fn ensure_key(&mut self, text: &str, new: NewKey, at: i64) -> String {
        let known = self.key_by_text(text).map(|key| {
            (key.id.clone(), key.permissions == new.permissions && key.confidential == new.confidential)
        });
        match known {
            Some((id, true)) => id,
            Some((id, false)) => {
                if let Some(key) = self.keys.edit(&id) {
                    key.name = new.name;
                    key.permissions = new.permissions;
                    key.confidential = new.confidential;
                }
                id
            }
            None => self.store_key(text, new, at),
        }
    }

    fn store_key(&mut self, text: &str, new: NewKey, at: i64) -> String {
        let id = self.new_id();
        let last_four: String = {
            let reversed: Vec<char> = text.chars().rev().take(4).collect();
            reversed.into_iter().rev().collect()
        };
        let key = Key {
            id: id.clone(),
            name: new.name,
            digest: digest(text),
            last_four,
            permissions: new.permissions,
            confidential: new.confidential,
            partner: new.partner,
            created_at: at,
            revoked_at: None,
        };
        self.keys.insert(&id, key);
        id
    }

    /// The key with this text, unless it was revoked.
    pub(crate) fn key_by_text(&self, text: &str) -> Option<&Key> {
        let digest = digest(text);
        self.keys.values().find(|key| key.revoked_at.is_none() && key.digest == digest)
    }

    /// Revokes a key; `false` when there is no such key in force.
    pub(crate) fn revoke_key(&mut self, id: &str, at: i64) -> bool {
        let in_force = self.keys.get(id).is_some_and(|k| k.revoked_at.is_none());
        if in_force {
            if let Some(key) = self.keys.edit(id) {
                key.revoked_at = Some(at);
            }
            let reveals: Vec<String> = self
                .reveals
                .values()
                .filter(|reveal| reveal.key == id)
                .map(|reveal| reveal.id.clone())
                .collect();
            for reveal in reveals {
                self.reveals.remove(&reveal);
            }
        }
        in_force
    }

    /// Keeps the text of a new key until *Done*; returns the id of the reveal.
    pub(crate) fn reveal_key(&mut self, key: &str, text: &str, partner: Option<&str>) -> String {
        let id = self.new_id();
        let reveal = Reveal {
            id: id.clone(),
            key: key.to_owned(),
            text: text.to_owned(),
            partner: partner.map(str::to_owned),
        };
        self.reveals.insert(&id, reveal);
        id
    }
}
