//! Whom an import is credited to in Lever, and who owns what it makes.

use domain::ids::MemberId;
use store::Tx;
use store::catalogue::LeverUser;
use store::connections::Connection;

use crate::Result;

/// The Lever user a member's imports are credited to: the one they are mapped
/// to, else the fallback, and neither when deactivated. `None`: nobody.
///
/// # Errors
/// As the store says.
pub(crate) async fn credited(
    tx: &mut Tx,
    connection: &Connection,
    member: MemberId,
) -> Result<Option<LeverUser>> {
    let organisation = connection.organisation;
    let mapped = store::user_map::of_member(tx, organisation, member).await?;
    for id in [mapped, connection.fallback_user.clone()].into_iter().flatten() {
        let user = store::catalogue::user(tx, organisation, connection.id, &id).await?;
        if let Some(user) = user.filter(|user| user.active) {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

/// The Lever user who owns what an import makes: the one whom the candidate's
/// `owner` is mapped to. `None`: Lever takes whoever is credited.
///
/// # Errors
/// As the store says.
pub(crate) async fn owning(
    tx: &mut Tx,
    connection: &Connection,
    owner: Option<MemberId>,
) -> Result<Option<LeverUser>> {
    let organisation = connection.organisation;
    let Some(owner) = owner else { return Ok(None) };
    let Some(mapped) = store::user_map::of_member(tx, organisation, owner).await? else { return Ok(None) };
    let user = store::catalogue::user(tx, organisation, connection.id, &mapped).await?;
    Ok(user.filter(|user| user.active))
}
