//! Who a session belongs to.

use domain::actor::Actor;
use domain::ids::MemberId;

use crate::{Result, Services};

/// The member as an actor; `None` when they were removed.
///
/// # Errors
/// Faults of the store only.
pub async fn actor(services: &Services, member: MemberId) -> Result<Option<Actor>> {
    let mut tx = services.store.read().await?;
    let member = store::members::of_session(&mut tx, member).await?;
    Ok(member.map(|member| Actor {
        organisation: member.organisation,
        member: member.id,
        role: member.role,
        name: member.name,
        email: member.email,
    }))
}
