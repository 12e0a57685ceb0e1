//! Members whom nobody in Lever stands for: where there is no fallback either, nobody would
//! be credited with what they import. Looked for whenever a map was saved, Lever's users were
//! read, or somebody joined or left.
//!
//! Super Admins are left out: often they only set things up, and they learn from a failed
//! import of theirs what only they can mend.

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::ids::OrganisationId;
use serde_json::json;
use store::connections::Connection;
use store::{Tx, attention, connections, members, user_map};

use crate::Services;

/// As [`look_for_unmapped`], for somebody who joined or left.
///
/// # Errors
/// As the database says.
pub(crate) async fn look_after_members(
    tx: &mut Tx,
    services: &Services,
    organisation: OrganisationId,
) -> Result<bool, store::Error> {
    match connections::find(tx, organisation).await? {
        Some(connection) => look_for_unmapped(tx, services, &connection).await,
        None => Ok(false),
    }
}

/// Asks whom members without a Lever user shall be credited as, and closes the question once
/// each has one or there is a fallback. Gives whether it came, went or names others.
///
/// # Errors
/// As the database says.
pub(crate) async fn look_for_unmapped(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
) -> Result<bool, store::Error> {
    // While it is being set up the step itself asks.
    if !connection.state.accepts_imports() {
        return Ok(false);
    }
    let (organisation, now) = (connection.organisation, services.now());
    let (kind, subject) = (AttentionKind::MemberUnmapped, connection.id.to_string());
    let mut unmapped = Vec::new();
    if connection.fallback_user.is_none() {
        let mapped = user_map::load(tx, organisation).await?;
        for member in members::list(tx, organisation).await? {
            let has_a_user = mapped.get(&member.id).is_some_and(|user| !user.is_empty());
            if !has_a_user && member.role < Role::SuperAdmin {
                unmapped.push(member.name);
            }
        }
    }
    if unmapped.is_empty() {
        return attention::resolve(tx, organisation, kind, &subject, now).await;
    }
    let detail = json!({ "members": unmapped });
    let open = attention::open_of(tx, organisation, kind, None, 1).await?;
    if open.first().is_some_and(|item| item.detail == detail) {
        return Ok(false);
    }
    attention::raise(tx, organisation, kind, &subject, None, &detail, services.new_id(), now).await?;
    Ok(true)
}
