//! News between processes on one database: what one announces, the screens
//! that are open at the others hear within a second.
//!
//! The database carries them, in a table that each process reads a few times a
//! second: that works on every database that speaks PostgreSQL's protocol, and
//! through every connection pooler. News are hints; a screen that missed one
//! shows the truth when it next asks.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use domain::event::Change;
use domain::ids::{NewsId, OrganisationId, ProcessId};
use domain::time::Timestamp;
use store::news::{self, News};
use store::organisations;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::MissedTickBehavior;

use crate::changes::{Announced, Origin};
use crate::error::Result;
use crate::services::Services;

/// Between two looks at what the others told.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// How far back a look goes: as long as a commit may take, and as far as the
/// clocks of two machines may differ.
const LOOK_BACK: Duration = Duration::from_secs(10);
/// How long news are kept.
const KEEP: Duration = Duration::from_secs(60);
/// More changes at once than this are told as one: everything.
const MOST: usize = 50;

/// Carries news both ways until `stop`.
pub async fn carry(services: Services, stop: impl Future<Output = ()> + Send) {
    let mut stop = pin!(stop);
    let mut carrier = Carrier::new(&services);
    let mut announced = services.changes.listen();
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let turn = tokio::select! {
            () = &mut stop => return,
            received = announced.recv() => {
                if received == Err(RecvError::Closed) {
                    return;
                }
                carrier.collect(received, &mut announced);
                carrier.tell(&services).await
            }
            _ = looks.tick() => carrier.look(&services).await,
        };
        if let Err(error) = turn {
            // What could not be told waits for the next announcement or look.
            tracing::warn!(%error, "news could not be exchanged with the other processes");
        }
    }
}

struct Carrier {
    here: ProcessId,
    /// Announced here and not yet told.
    waiting: BTreeMap<OrganisationId, Vec<Change>>,
    /// So many were announced at once that nobody knows whose.
    lost_count: bool,
    /// Passed on already, and when.
    heard: BTreeMap<NewsId, Timestamp>,
    swept: Timestamp,
}

impl Carrier {
    fn new(services: &Services) -> Self {
        Self {
            here: services.new_id(),
            waiting: BTreeMap::new(),
            lost_count: false,
            heard: BTreeMap::new(),
            swept: services.now(),
        }
    }

    /// Takes what was received, and all that waits behind it.
    fn collect(
        &mut self,
        first: std::result::Result<Announced, RecvError>,
        announced: &mut Receiver<Announced>,
    ) {
        match first {
            Ok(announced) => self.add(announced),
            Err(_) => self.lost_count = true,
        }
        loop {
            match announced.try_recv() {
                Ok(announced) => self.add(announced),
                Err(TryRecvError::Lagged(_)) => self.lost_count = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn add(&mut self, announced: Announced) {
        if announced.origin == Origin::Elsewhere {
            return;
        }
        let waiting = self.waiting.entry(announced.organisation).or_default();
        if !waiting.contains(&announced.change) {
            waiting.push(announced.change);
        }
        if waiting.len() > MOST {
            *waiting = vec![Change::All];
        }
    }

    async fn tell(&mut self, services: &Services) -> Result<()> {
        if self.waiting.is_empty() && !self.lost_count {
            return Ok(());
        }
        let mut tx = services.store.begin().await?;
        if self.lost_count {
            for organisation in organisations::all(&mut tx).await? {
                self.waiting.insert(organisation.id, vec![Change::All]);
            }
        }
        for (organisation, changes) in &self.waiting {
            for change in changes {
                let news =
                    News { id: services.new_id(), organisation: *organisation, change: change.clone() };
                news::tell(&mut tx, self.here, &news, services.now()).await?;
            }
        }
        tx.commit().await?;
        self.waiting.clear();
        self.lost_count = false;
        Ok(())
    }

    async fn look(&mut self, services: &Services) -> Result<()> {
        self.tell(services).await?;
        let now = services.now();
        let since = now.minus(LOOK_BACK);
        let mut tx = services.store.read().await?;
        let news = news::heard(&mut tx, self.here, since).await?;
        drop(tx);
        for News { id, organisation, change } in news {
            if self.heard.insert(id, now).is_none() {
                services.changes.pass_on(organisation, change);
            }
        }
        // Twice the look back: what was heard last is still within the next look.
        self.heard.retain(|_, at| *at >= since.minus(LOOK_BACK));
        if now.since(self.swept) >= KEEP {
            let mut tx = services.store.begin().await?;
            news::forget(&mut tx, now.minus(KEEP)).await?;
            tx.commit().await?;
            self.swept = now;
        }
        Ok(())
    }
}
