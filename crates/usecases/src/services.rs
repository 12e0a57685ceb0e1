//! The one thing passed around.

use std::sync::Arc;
use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::problem::Problem;
use domain::time::{Moment, Timestamp};
use store::Store;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::capability::CapabilityKey;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::error::Result;
use crate::ids::Ids;
use crate::lever_access::LeverAccess;
use crate::mail::Mailer;
use crate::random::Random;
use crate::vault::Vault;
use crate::webhooks::{Inbox, Unverified};

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The memory.
    pub store: Store,
    /// Secrets at rest.
    pub vault: Vault,
    /// Signs reply links.
    pub capabilities: CapabilityKey,
    /// The way to Lever.
    pub lever: LeverAccess,
    /// The way to people's mailboxes, where there is one. Its store is then a telling one.
    pub mail: Mailer,
    /// News for open screens.
    pub changes: Changes,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: Ids,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// How this installation is set.
    pub settings: Arc<Settings>,
    /// The line of deliveries that are being made durable.
    pub inbox: Inbox,
    /// How often deliveries that do not verify are looked at.
    pub unverified: Unverified,
    /// Wakes the worker after a commit that enqueued a job.
    pub wake: Arc<Notify>,
}

/// How this installation is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address people and Lever reach us at, without a trailing slash.
    pub public_url: String,
    /// The platform's name: shown to people, and the source written into Lever.
    pub platform: String,
    /// Demo mode: practice data only.
    pub demo: bool,
    /// Pauses and deadlines.
    pub timing: Timing,
}

/// Pauses and deadlines.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Longest a request to Lever may take.
    pub lever_deadline: Duration,
    /// How long Lever may take to show what it created in its lists.
    pub settle: Duration,
    /// How long a job belongs to whoever claimed it.
    pub lease: Duration,
    /// Between two reconciliations.
    pub reconcile_every: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lever_deadline: Duration::from_secs(20),
            settle: Duration::from_secs(10),
            lease: Duration::from_secs(30),
            reconcile_every: Duration::from_secs(15 * 60),
        }
    }
}

impl Services {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An instant as people read it.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> Moment {
        crate::moment::moment(at, self.now())
    }

    /// A fresh id of any kind: UUID version 7 (RFC 9562), so that ids sort by age.
    #[must_use]
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.next(self.now(), &*self.random))
    }

    /// Refuses what the actor's role does not allow.
    ///
    /// # Errors
    /// [`Problem::NotAllowed`].
    pub fn require(&self, actor: &Actor, action: Action) -> Result<()> {
        if actor.role.may(action) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("settings", &self.settings).finish_non_exhaustive()
    }
}
