//! What deliveries are verified with, by the address that they were posted to: kept in
//! memory from batch to batch.
//!
//! What is kept may be out of date. So the statement that writes deliveries down does so
//! only while the connection has the address and accepts exactly these tokens, and those
//! that were verified with anything else are verified anew.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ids::{ConnectionId, OrganisationId};
use store::signing_tokens;

use crate::integration::tokens::{self, LiveToken};
use crate::{Result, Services};

/// Most addresses that are kept.
const MOST: usize = 1_000;

/// What deliveries to one address are verified with.
pub(super) struct Verifier {
    pub(super) organisation: OrganisationId,
    pub(super) connection: ConnectionId,
    /// The tokens that the connection accepts.
    pub(super) live: Vec<LiveToken>,
    /// By what the store knows these tokens again.
    pub(super) mark: String,
}

/// The verifiers of the addresses to which something was posted.
#[derive(Default)]
pub(super) struct Verifiers(Mutex<HashMap<String, Arc<Verifier>>>);

impl Verifiers {
    /// The verifier of an address; none when no connection has it.
    ///
    /// # Errors
    /// As the store says; when a token cannot be opened.
    pub(super) async fn of(&self, services: &Services, address: &str) -> Result<Option<Arc<Verifier>>> {
        if let Some(verifier) = self.lock().get(address) {
            return Ok(Some(Arc::clone(verifier)));
        }
        let mut tx = services.store.read().await?;
        let Some(connection) = store::connections::by_webhook(&mut tx, address).await? else {
            return Ok(None);
        };
        let live = tokens::live(&mut tx, services, &connection, services.now()).await?;
        drop(tx);
        let mark = signing_tokens::mark(live.iter().map(|token| &token.row));
        let verifier = Arc::new(Verifier {
            organisation: connection.organisation,
            connection: connection.id,
            live,
            mark,
        });
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(address.to_owned(), Arc::clone(&verifier));
        Ok(Some(verifier))
    }

    /// Reads the verifier of an address anew, the next time.
    pub(super) fn forget(&self, address: &str) {
        self.lock().remove(address);
    }

    /// No code panics while holding the lock, and the map is valid between any two statements.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Verifier>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Verifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifiers").finish_non_exhaustive()
    }
}
