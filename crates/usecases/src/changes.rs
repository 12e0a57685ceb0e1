//! News for open screens: kinds and ids, never content.

use domain::event::Change;
use domain::ids::OrganisationId;
use tokio::sync::broadcast;

/// A change and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Whose screens it concerns.
    pub organisation: OrganisationId,
    /// What changed.
    pub change: Change,
    /// Where it was made.
    pub origin: Origin,
}

/// Where a change was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In this process.
    Here,
    /// In another process on the same database.
    Elsewhere,
}

/// Tells open screens of this process what changed, after the commit. Of what
/// other processes changed it hears through [`crate::news`].
#[derive(Clone, Debug)]
pub struct Changes(broadcast::Sender<Announced>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(1024))
    }
}

impl Changes {
    /// Tells whoever listens; nobody listening is no error.
    pub fn announce(&self, organisation: OrganisationId, change: Change) {
        self.tell(Announced { organisation, change, origin: Origin::Here });
    }

    /// Tells whoever listens what another process announced.
    pub(crate) fn pass_on(&self, organisation: OrganisationId, change: Change) {
        self.tell(Announced { organisation, change, origin: Origin::Elsewhere });
    }

    fn tell(&self, announced: Announced) {
        // An error only says that no screen is open.
        drop(self.0.send(announced));
    }

    /// Listens from now on. A listener that lags behind is told so and shows
    /// everything afresh.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Announced> {
        self.0.subscribe()
    }
}
