//! Two people edit one map at once: whoever saves second is told where both
//! chose, and loses nothing.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::ids::MemberId;
use domain::mapping::{Choices, merge};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::map_saves::{self, Map};

use crate::Result;

/// Who was told that which save differs from their choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    version: u32,
    member: MemberId,
}

/// A form together with what was saved since it was opened.
#[derive(Debug)]
pub(crate) struct Together {
    /// What is to be saved.
    pub(crate) choices: Choices,
    /// Where both chose, and the person was not told yet.
    pub(crate) conflicts: BTreeSet<String>,
    /// What the last save holds.
    pub(crate) saved: Choices,
    /// The last save.
    pub(crate) version: u32,
    /// For the draft: the person is told of the last save now.
    pub(crate) told: Told,
}

/// Puts a form together with what was saved since `version`; without one it
/// counts as opened just now. Saving once more after having been told keeps the
/// form's choices.
///
/// # Errors
/// As the store says.
pub(crate) async fn together(
    tx: &mut Tx,
    actor: &Actor,
    map: Map,
    chosen: Choices,
    version: Option<u32>,
    told: Option<Told>,
) -> Result<Together> {
    let organisation = actor.organisation;
    let last = map_saves::last(tx, organisation, map).await?.map_or(0, |save| save.version);
    let saved = map_saves::choices(tx, organisation, map, last).await?;
    let now = Told { version: last, member: actor.member };
    let mut together =
        Together { choices: chosen, conflicts: BTreeSet::new(), saved, version: last, told: now };
    if let Some(version) = version.filter(|version| *version < last) {
        let base = map_saves::choices(tx, organisation, map, version).await?;
        let merged = merge(&base, &together.saved, &together.choices);
        together.choices = merged.choices;
        if told != Some(now) {
            together.conflicts = merged.conflicts;
        }
    }
    Ok(together)
}
