//! News for open screens: kinds and ids, never content.

use domain::event::Change;
use domain::ids::OrganisationId;
use tokio::sync::broadcast;

/// A change and whose it is.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Whose screens it concerns.
    pub organisation: OrganisationId,
    /// What changed.
    pub change: Change,
}

/// Tells open screens of this process what changed, after the commit.
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
        // An error only says that no screen is open.
        drop(self.0.send(Announced { organisation, change }));
    }

    /// Listens from now on. A listener that lags behind is told so and shows
    /// everything afresh.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Announced> {
        self.0.subscribe()
    }
}
