//! Generated histories of candidates, through the real use cases, against the
//! practice Lever: reordered, repeated, dropped, delayed and forged deliveries,
//! changes on both sides at once, drift of the pipeline, outages. After a
//! reconciliation the state here must be Lever's.
//!
//! What happens is drawn from a seed; a divergence names it, so that it can be
//! run again. Many candidates share a world, because a world costs more than a
//! history. What happens *at the same time* is left to the scheduler: a seed
//! repeats the deeds, not every interleaving.

mod deeds;
mod truth;
mod world;

use anyhow::{Context, Result, bail};
use store::testing::Fresh;

pub(crate) use world::{World, usecase};

/// What was gone through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Candidates, each with a history of its own.
    pub histories: usize,
    /// Changes made in Lever.
    pub changes: usize,
    /// Deliveries posted.
    pub deliveries: usize,
    /// Statuses that members set or decided about.
    pub by_hand: usize,
    /// Deeds of several at the same time.
    pub at_once: usize,
    /// Requests by which statuses set here were written to Lever.
    pub written: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.histories += other.histories;
        self.changes += other.changes;
        self.deliveries += other.deliveries;
        self.by_hand += other.by_hand;
        self.at_once += other.at_once;
        self.written += other.written;
    }
}

/// Lets so many candidates of one world live through what `seed` says, on this
/// database, then reconciles and compares. With the way back, statuses set here are
/// written to Lever, and afterwards the two are the same or somebody is asked.
///
/// # Errors
/// What differs from Lever, with the seed; or what stood in the way.
pub async fn live_through(fresh: Fresh, seed: u64, histories: usize, way_back: bool) -> Result<Tally> {
    let (mut world, tally, differences) = async {
        let mut world = World::new(fresh, seed, histories).await?;
        if way_back {
            world.switch_the_way_back_on().await?;
        }
        let mut tally = deeds::live(&mut world, seed).await?;
        world.reconcile(seed.is_multiple_of(2)).await?;
        tally.written = world.written();
        let differences = truth::differences(&world).await?;
        anyhow::Ok((world, tally, differences))
    }
    .await
    .with_context(|| format!("seed {seed} with {histories} histories, way back {way_back}"))?;
    if !differences.is_empty() {
        let shown = differences.len().min(8);
        let told = world.story_of(&differences);
        bail!(
            "seed {seed} with {histories} histories, way back {way_back}: {} differences from Lever\n{}\n{told}",
            differences.len(),
            differences[..shown].iter().map(|found| found.text.as_str()).collect::<Vec<_>>().join("\n"),
        );
    }
    world.close().await;
    Ok(tally)
}
