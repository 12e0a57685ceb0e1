//! What a key shows of its Lever account: what it may do, who and what there is
//! to map, and the postings to choose from.

use domain::ids::{ConnectionId, OrganisationId};
use domain::mapping::Place;
use domain::problem::FieldProblem;
use domain::time::Timestamp;
use domain::view::{PermissionRow, PermissionWorks};
use lever::{ArchiveReasonKind, Client, ErrorKind, Probe, ProbeOutcome, UserFilter};
use store::Tx;
use store::catalogue::{self, LeverPlace, LeverUser, Refreshed};
use store::postings::{self, LeverPosting};

/// Users, stages, archive reasons and postings, as read.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Which account it is: the id of its hired archive reason, of which every
    /// account has one that cannot be removed (Lever documentation, Archive Reasons).
    pub(crate) identity: Option<String>,
    /// Its users, deactivated ones included.
    pub(crate) users: Vec<LeverUser>,
    /// Its stages in pipeline order, then its archive reasons.
    pub(crate) places: Vec<LeverPlace>,
    /// Its published postings; `None` when the key may not list them.
    pub(crate) postings: Option<Vec<LeverPosting>>,
}

impl Account {
    /// Takes over what was read. Gives what changed among users, stages and reasons.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        organisation: OrganisationId,
        connection: ConnectionId,
        now: Timestamp,
    ) -> Result<Refreshed, store::Error> {
        match &self.postings {
            Some(listed) => postings::refresh(tx, organisation, connection, listed).await?,
            None => postings::clear(tx, organisation, connection).await?,
        }
        catalogue::refresh(tx, organisation, connection, &self.users, &self.places, now).await
    }
}

/// Reads users, stages, archive reasons and published postings. Postings are
/// optional: a key that may not list them has none.
///
/// # Errors
/// As Lever answers.
pub(crate) async fn read(client: &Client) -> Result<Account, lever::Error> {
    let users = client.users(UserFilter { include_deactivated: true, email: None }).await?;
    let stages = client.stages().await?;
    let reasons = client.archive_reasons().await?;
    let postings = match client.published_postings().await {
        Ok(listed) => Some(listed),
        Err(error) if error.kind() == ErrorKind::Forbidden => None,
        Err(error) => return Err(error),
    };
    let identity =
        reasons.iter().find(|reason| reason.kind == ArchiveReasonKind::Hired).map(|reason| reason.id.clone());
    let users = users
        .into_iter()
        .map(|user| LeverUser {
            active: user.is_active(),
            email: user.email.unwrap_or_default(),
            id: user.id,
            name: user.name,
        })
        .collect();
    let stages = (0..).zip(stages).map(|(position, stage)| LeverPlace {
        place: Place::Stage(stage.id),
        text: stage.text,
        hired: false,
        active: true,
        position,
    });
    let reasons = (0..).zip(reasons).map(|(position, reason)| LeverPlace {
        active: reason.is_active(),
        hired: reason.kind == ArchiveReasonKind::Hired,
        place: Place::Archived(reason.id),
        text: reason.text,
        position,
    });
    let published = |posting: lever::Posting| LeverPosting {
        published: posting.is_published(),
        id: posting.id,
        text: posting.text,
        team: posting.categories.team,
        location: posting.categories.location,
    };
    let postings = postings.map(|listed| listed.into_iter().map(published).collect());
    Ok(Account { identity, users, places: stages.chain(reasons).collect(), postings })
}

/// The rows of the permission table.
pub(super) fn permission_rows(probes: &[Probe]) -> Vec<PermissionRow> {
    probes
        .iter()
        .map(|probe| PermissionRow {
            needed_for: probe.need.needed_for().to_owned(),
            works: match probe.outcome {
                ProbeOutcome::Works => PermissionWorks::Yes,
                ProbeOutcome::Forbidden | ProbeOutcome::Unauthorized => PermissionWorks::No,
                ProbeOutcome::Unreachable(_) | ProbeOutcome::Failed(_) => PermissionWorks::Unknown,
                ProbeOutcome::NotProbed => PermissionWorks::NotTried,
            },
            tick: probe.need.tick_in_lever().to_owned(),
            optional: probe.need.is_optional(),
        })
        .collect()
}

/// Why a key with these probes cannot be used, if it cannot.
pub(super) fn refusal(probes: &[Probe]) -> Option<FieldProblem> {
    let needed = || probes.iter().filter(|probe| !probe.need.is_optional()).map(|probe| &probe.outcome);
    if needed().any(|outcome| *outcome == ProbeOutcome::Unauthorized) {
        Some(FieldProblem::KeyRejected)
    } else if needed()
        .any(|outcome| matches!(outcome, ProbeOutcome::Unreachable(_) | ProbeOutcome::Failed(_)))
    {
        Some(FieldProblem::KeyNotTested)
    } else if needed().any(|outcome| *outcome == ProbeOutcome::Forbidden) {
        Some(FieldProblem::KeyLacksPermission)
    } else {
        None
    }
}

/// What a failed call says about the key, in the words beside its field.
pub(super) fn key_problem(error: &lever::Error) -> FieldProblem {
    match error.kind() {
        ErrorKind::Unauthorized => FieldProblem::KeyRejected,
        ErrorKind::Forbidden => FieldProblem::KeyLacksPermission,
        ErrorKind::NotFound
        | ErrorKind::BadRequest
        | ErrorKind::Conflict
        | ErrorKind::RateLimited { .. }
        | ErrorKind::Redirected
        | ErrorKind::Unavailable
        | ErrorKind::ServerFault
        | ErrorKind::NotSent
        | ErrorKind::Resting { .. }
        | ErrorKind::Ambiguous
        | ErrorKind::Unreadable
        | ErrorKind::InvalidArgument
        | ErrorKind::Setup => FieldProblem::KeyNotTested,
    }
}

#[cfg(test)]
mod tests {
    use lever::Need;

    use super::*;

    fn probes(outcome_of: impl Fn(Need) -> ProbeOutcome) -> Vec<Probe> {
        Need::ALL.into_iter().map(|need| Probe { need, outcome: outcome_of(need) }).collect()
    }

    #[test]
    fn only_what_is_needed_decides() {
        assert_eq!(refusal(&probes(|_| ProbeOutcome::Works)), None);
        let without = |missing: Need| {
            refusal(&probes(
                move |need| {
                    if need == missing { ProbeOutcome::Forbidden } else { ProbeOutcome::Works }
                },
            ))
        };
        assert_eq!(without(Need::ConfidentialData), None);
        assert_eq!(without(Need::ListStages), Some(FieldProblem::KeyLacksPermission));
        assert_eq!(refusal(&probes(|_| ProbeOutcome::Unauthorized)), Some(FieldProblem::KeyRejected));
        let away = probes(|_| ProbeOutcome::Unreachable("no answer".into()));
        assert_eq!(refusal(&away), Some(FieldProblem::KeyNotTested));
    }

    #[test]
    fn the_table_says_what_to_tick() {
        let rows = permission_rows(&probes(|need| match need {
            Need::ListUsers => ProbeOutcome::Forbidden,
            Need::CreateOpportunity => ProbeOutcome::NotProbed,
            _ => ProbeOutcome::Works,
        }));
        let row = |tick: &str| rows.iter().find(|row| row.tick == tick).unwrap();
        assert_eq!(row("Find all users").works, PermissionWorks::No);
        assert_eq!(row("Create an opportunity").works, PermissionWorks::NotTried);
        assert_eq!(rows.len(), Need::ALL.len());
    }
}
