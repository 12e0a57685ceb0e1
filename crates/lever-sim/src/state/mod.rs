//! The account: what there is and what may happen to it.
//!
//! One file per kind of thing. Everything is plain and synchronous; the instant
//! and the person are arguments ([`act::Act`]), ids and tokens come from the
//! account's own seeded generator.

pub(crate) mod act;
pub(crate) mod archive_reason;
pub(crate) mod contact;
pub(crate) mod delivery;
pub(crate) mod event;
pub(crate) mod file;
pub(crate) mod index;
pub(crate) mod key;
pub(crate) mod note;
pub(crate) mod opportunity;
pub(crate) mod partner;
pub(crate) mod posting;
pub(crate) mod problem;
pub(crate) mod stage;
pub(crate) mod table;
pub(crate) mod user;
pub(crate) mod webhook;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::{
    archive_reason::ArchiveReason,
    contact::Contact,
    delivery::Delivery,
    event::Event,
    file::StoredFile,
    index::Index,
    key::{Key, Reveal},
    note::Note,
    opportunity::{Deleted, Opportunity},
    partner::Switch,
    posting::Posting,
    stage::Stage,
    table::{Put, Single, Sink, Stored, Table},
    user::User,
    webhook::Webhook,
};
use crate::{clock::Clock, faults::FaultPlan, random::Random, routes::call::Offsets, settings::Behaviour};

/// What there is exactly one of in an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// The seed the account was made from.
    pub(crate) seed: u64,
    /// Makes ids, keys and tokens.
    pub(crate) random: Random,
    /// Decides about faults; apart, so that faults do not change ids.
    pub(crate) chance: Random,
    /// The account's time.
    pub(crate) clock: Clock,
    /// The account's own id, in contact events.
    pub(crate) account_id: String,
    /// The legacy account-wide signing token.
    pub(crate) signing_token: String,
    /// Which event groups of the Webhooks page are on.
    pub(crate) toggles: BTreeMap<Event, bool>,
    /// The partner tiles of the Integrations page, by id.
    pub(crate) partners: BTreeMap<String, Switch>,
    /// The number of the next delivery.
    pub(crate) next_delivery: u64,
    /// The user in whose name the pages act.
    pub(crate) page_user: String,
}

/// The whole account.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) meta: Single<Meta>,
    pub(crate) behaviour: Single<Behaviour>,
    pub(crate) faults: Single<FaultPlan>,
    pub(crate) users: Table<User>,
    pub(crate) stages: Table<Stage>,
    pub(crate) archive_reasons: Table<ArchiveReason>,
    pub(crate) postings: Table<Posting>,
    pub(crate) contacts: Table<Contact>,
    pub(crate) opportunities: Table<Opportunity>,
    pub(crate) deleted: Table<Deleted>,
    pub(crate) notes: Table<Note>,
    pub(crate) files: Table<StoredFile>,
    pub(crate) keys: Table<Key>,
    pub(crate) reveals: Table<Reveal>,
    pub(crate) webhooks: Table<Webhook>,
    pub(crate) deliveries: Table<Delivery>,
    /// Derived from the rest; never saved.
    pub(crate) index: Index,
    /// Places in lists that were given out; never saved.
    pub(crate) offsets: Offsets,
}

impl State {
    /// An account with nothing in it.
    pub(crate) fn empty(seed: u64, behaviour: Behaviour) -> Self {
        let mut random = Random::new(seed);
        let meta = Meta {
            seed,
            chance: Random::new(seed ^ 0x5DEE_CE66_D1CE_4E5B),
            clock: Clock::default(),
            account_id: random.uuid(),
            signing_token: random.token(),
            toggles: BTreeMap::new(),
            partners: BTreeMap::new(),
            next_delivery: 1,
            page_user: String::new(),
            random,
        };
        Self {
            meta: Single::new("meta", meta),
            behaviour: Single::new("behaviour", behaviour),
            faults: Single::new("faults", FaultPlan::default()),
            users: Table::new("users"),
            stages: Table::new("stages"),
            archive_reasons: Table::new("archive_reasons"),
            postings: Table::new("postings"),
            contacts: Table::new("contacts"),
            opportunities: Table::new("opportunities"),
            deleted: Table::new("deleted"),
            notes: Table::new("notes"),
            files: Table::new("files"),
            keys: Table::new("keys"),
            reveals: Table::new("reveals"),
            webhooks: Table::new("webhooks"),
            deliveries: Table::new("deliveries"),
            index: Index::default(),
            offsets: Offsets::default(),
        }
    }

    /// A new id.
    pub(crate) fn new_id(&mut self) -> String {
        self.meta.edit().random.uuid()
    }

    /// Becomes another account, whole.
    pub(crate) fn replace(&mut self, other: Self) {
        *self.meta.edit() = other.meta.get().clone();
        *self.behaviour.edit() = other.behaviour.get().clone();
        *self.faults.edit() = other.faults.get().clone();
        self.users.replace(other.users);
        self.stages.replace(other.stages);
        self.archive_reasons.replace(other.archive_reasons);
        self.postings.replace(other.postings);
        self.contacts.replace(other.contacts);
        self.opportunities.replace(other.opportunities);
        self.deleted.replace(other.deleted);
        self.notes.replace(other.notes);
        self.files.replace(other.files);
        self.keys.replace(other.keys);
        self.reveals.replace(other.reveals);
        self.webhooks.replace(other.webhooks);
        self.deliveries.replace(other.deliveries);
        self.index = Index::default();
        self.offsets = Offsets::default();
        self.refresh_index();
    }

    fn stored(&mut self) -> [&mut dyn Stored; 16] {
        [
            &mut self.meta,
            &mut self.behaviour,
            &mut self.faults,
            &mut self.users,
            &mut self.stages,
            &mut self.archive_reasons,
            &mut self.postings,
            &mut self.contacts,
            &mut self.opportunities,
            &mut self.deleted,
            &mut self.notes,
            &mut self.files,
            &mut self.keys,
            &mut self.reveals,
            &mut self.webhooks,
            &mut self.deliveries,
        ]
    }

    /// Takes what has changed since the last call.
    ///
    /// # Errors
    /// A row that cannot be written as JSON.
    pub(crate) fn drain(&mut self) -> serde_json::Result<Vec<Put>> {
        let mut out = Vec::new();
        for table in self.stored() {
            table.drain(&mut out)?;
        }
        Ok(out)
    }

    /// Hands over everything; from now on [`State::drain`] tells what changed after
    /// this.
    ///
    /// # Errors
    /// A row that cannot be written as JSON, or a sink that fails.
    pub(crate) fn dump(&mut self, out: Sink<'_>) -> anyhow::Result<()> {
        self.drain()?;
        for table in self.stored() {
            table.dump(out)?;
        }
        Ok(())
    }

    /// Takes over one change of a file.
    ///
    /// # Errors
    /// A row that does not fit its table, or a table that does not exist.
    pub(crate) fn load(&mut self, change: Vec<Put>) -> anyhow::Result<()> {
        let mut tables = self.stored();
        for (name, id, row) in change {
            tables
                .iter_mut()
                .find(|table| table.name() == name)
                .ok_or_else(|| anyhow::anyhow!("the file has an unknown table {name}"))?
                .load(id, row)
                .map_err(|error| anyhow::anyhow!("a row of {name} cannot be read: {error}"))?;
        }
        Ok(())
    }
}
