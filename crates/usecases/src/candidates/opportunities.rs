//! Several opportunities of one contact: which one counts, and choosing another.

use std::collections::BTreeMap;

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::candidate::is_web_link;
use domain::event::Change;
use domain::ids::CandidateId;
use domain::mapping::Place;
use domain::problem::Problem;
use domain::status::StatusCause;
use domain::time::Timestamp;
use domain::view::{OpportunitiesView, OpportunityRow};
use lever::{Client, ErrorKind, OpportunityFilter, Priority};
use store::activity::{self, Activity};
use store::candidates::StatusUpdate;
use store::catalogue::LeverPlace;
use store::connections::{self, Connection};
use store::contact_opportunities::{self, Seen};
use store::opportunities::{self, Opportunity};
use store::{Tx, attention, candidates, catalogue, imports, members, postings};

use crate::jobs::{confidentiality, follow_now, place_left};
use crate::way_back::drop_wish;
use crate::{Error, Result, Services, calls, integration};

/// Most opportunities of one contact that are read.
const MOST: usize = 50;

/// All that are known of the contact, without asking Lever.
///
/// # Errors
/// [`Problem::NotFound`], also while nothing is linked.
pub async fn opportunities_of(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
) -> Result<OpportunitiesView> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let linked =
        opportunities::by_candidate(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let connection = connections::find(&mut tx, organisation).await?.ok_or(Problem::NotConnected)?;
    let known = Names {
        places: catalogue::places(&mut tx, organisation, connection.id).await?,
        users: catalogue::users(&mut tx, organisation, connection.id)
            .await?
            .into_iter()
            .map(|user| (user.id, user.name))
            .collect(),
    };
    let mut seen = match &linked.contact {
        Some(contact) => contact_opportunities::of_contact(&mut tx, organisation, contact).await?,
        None => Vec::new(),
    };
    let details = seen.iter().find(|seen| seen.id == linked.id).cloned();
    seen.retain(|seen| seen.id != linked.id);
    let mut rows = vec![counting(services, &linked, details, &known)];
    for other in seen {
        let stands_for = opportunities::get(&mut tx, organisation, &other.id).await?;
        let taken = stands_for.is_some_and(|row| row.unlinked_at.is_none() && row.candidate != candidate);
        rows.push(OpportunityRow { of_another: taken, ..row(services, other, &known) });
    }
    let chosen = match opportunities::chosen(&mut tx, organisation, &linked.id).await? {
        Some((member, at)) => {
            let names = members::names(&mut tx, organisation).await?;
            let name = names.get(&member).map_or("somebody", String::as_str);
            Some(format!("by {name}, {}", services.moment(at).text))
        }
        None => None,
    };
    let can_look = connection.state.accepts_imports() && linked.contact.is_some();
    Ok(OpportunitiesView { candidate, rows, chosen, can_look })
}

/// Asks Lever for all of the contact's opportunities.
///
/// # Errors
/// [`Problem::NotFound`], also while nothing is linked; what Lever says.
pub async fn look_for_opportunities(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let (linked, connection, client, titles) = linked_in_lever(services, actor, candidate).await?;
    let contact = linked.contact.ok_or(Problem::NotFound)?;
    let read_at = services.now();
    let filter = OpportunityFilter {
        contact_ids: vec![contact.clone()],
        confidentiality: confidentiality(&connection),
        expand_applications: true,
        ..OpportunityFilter::default()
    };
    let found = client.opportunities_all(&filter, MOST);
    let found = calls::by(actor, Some(candidate), found).await.map_err(problem)?;
    let mut tx = services.store.begin().await?;
    keep_seen(services, &mut tx, &connection, &found, &titles, read_at).await?;
    contact_opportunities::forget_unread(&mut tx, organisation, &contact, read_at).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate });
    Ok(())
}

/// *Follow this one*: from now on this opportunity of the contact counts, and the
/// candidate's status is what it says.
///
/// # Errors
/// [`Problem::NotFound`] when it is not the contact's, or not in Lever any more;
/// [`Problem::ChangedMeanwhile`] when it stands for another candidate by now; what
/// Lever says.
pub async fn follow(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    opportunity: &str,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let (organisation, now) = (actor.organisation, services.now());
    let (linked, connection, client, _) = linked_in_lever(services, actor, candidate).await?;
    if linked.id == opportunity {
        return Ok(());
    }
    let read_at = services.now();
    let read = calls::by(actor, Some(candidate), client.opportunity(opportunity));
    let Some(read) = read.await.map_err(problem)? else {
        let mut tx = services.store.begin().await?;
        contact_opportunities::forget(&mut tx, organisation, opportunity).await?;
        tx.commit().await?;
        return Err(Problem::NotFound.into());
    };
    if read.contact.is_none() || read.contact != linked.contact {
        return Err(Problem::NotFound.into());
    }
    let mut tx = services.store.begin().await?;
    opportunities::lock_of(&mut tx, organisation, candidate).await?;
    let held = candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let before = opportunities::by_candidate(&mut tx, organisation, candidate)
        .await?
        .filter(|before| before.id == linked.id)
        .ok_or(Problem::ChangedMeanwhile)?;
    drop_wish(services, &mut tx, organisation, &before).await?;
    opportunities::unlink(&mut tx, organisation, &before.id, now).await?;
    let row = Opportunity {
        id: read.id.clone(),
        candidate,
        contact: read.contact.clone(),
        url: url_of(services, &connection, &read),
        stage: None,
        archived_reason: None,
        archived_at: None,
        held: false,
        lever_updated_at: None,
        read_at,
        unlinked_at: None,
    };
    if !opportunities::link(&mut tx, organisation, &row).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    opportunities::set_chosen(&mut tx, organisation, &read.id, actor.member, now).await?;
    imports::follow(&mut tx, organisation, candidate, &read.id, now).await?;
    // What was to be decided about the other one is moot, and so is a status set by
    // hand: whoever chooses this one chooses what it says.
    let subject = candidate.to_string();
    attention::resolve(&mut tx, organisation, AttentionKind::StatusConflict, &subject, now).await?;
    attention::resolve(&mut tx, organisation, AttentionKind::DeliveryNotApplied, &before.id, now).await?;
    if held.cause == StatusCause::Hand || held.conflict.is_some() {
        let update = StatusUpdate {
            status: held.status,
            cause: StatusCause::Lever,
            at: held.status_at,
            last_open: held.last_open,
            conflict: None,
        };
        candidates::set_status(&mut tx, organisation, candidate, &update).await?;
    }
    follow_now(services, &mut tx, &connection, &read, read_at).await?;
    place_left(services, &mut tx, organisation, &before).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate),
        kind: "status_source_chosen",
        summary: format!("Follows another opportunity of {} in Lever.", held.name),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate });
    services.changes.announce(organisation, Change::Attention);
    Ok(())
}

/// The opportunity that counts, and what is needed to ask Lever about it.
async fn linked_in_lever(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
) -> Result<(Opportunity, Connection, Client, BTreeMap<String, String>)> {
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let linked =
        opportunities::by_candidate(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let connection = connections::find(&mut tx, organisation)
        .await?
        .filter(|connection| connection.state.accepts_imports())
        .ok_or(Problem::NotConnected)?;
    let titles = postings::list(&mut tx, organisation, connection.id)
        .await?
        .into_iter()
        .map(|posting| (posting.id, posting.text))
        .collect();
    drop(tx);
    let client = integration::client_of(services, &connection)?.ok_or(Problem::NotConnected)?;
    Ok((linked, connection, client.at(Priority::Click), titles))
}

/// Keeps what was read of these opportunities, those of which Lever names the contact.
///
/// # Errors
/// As the store says.
pub(crate) async fn keep_seen(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
    found: &[lever::Opportunity],
    titles: &BTreeMap<String, String>,
    read_at: Timestamp,
) -> std::result::Result<(), store::Error> {
    for read in found {
        if let Some(seen) = seen(services, connection, read, titles, read_at) {
            contact_opportunities::keep(tx, connection.organisation, &seen).await?;
        }
    }
    Ok(())
}

/// What is kept of an opportunity that was read, where Lever names its contact.
pub(crate) fn seen(
    services: &Services,
    connection: &Connection,
    read: &lever::Opportunity,
    titles: &BTreeMap<String, String>,
    read_at: Timestamp,
) -> Option<Seen> {
    let posting = read.applications.iter().find_map(|application| application.posting.as_ref());
    Some(Seen {
        id: read.id.clone(),
        contact: read.contact.clone()?,
        stage: read.stage.clone().unwrap_or_default(),
        archived_reason: read.archived.as_ref().map(|archived| archived.reason.clone().unwrap_or_default()),
        archived_at: read.archived.as_ref().and_then(|archived| archived.archived_at).map(Timestamp),
        owner: read.owner.clone(),
        posting: posting.and_then(|posting| titles.get(posting)).cloned(),
        url: url_of(services, connection, read),
        read_at,
    })
}

/// Lever's page of an opportunity, as Lever says or as it is always made.
pub(crate) fn url_of(services: &Services, connection: &Connection, read: &lever::Opportunity) -> String {
    read.urls_show.clone().filter(|url| is_web_link(url)).unwrap_or_else(|| {
        let settings = services.lever.webhook_settings_url(connection.environment);
        let web = settings.strip_suffix("/settings/webhooks").unwrap_or(&settings);
        format!("{web}/candidates/{}", read.id)
    })
}

/// Names in place of Lever's ids.
struct Names {
    places: Vec<LeverPlace>,
    users: BTreeMap<String, String>,
}

impl Names {
    fn place(&self, place: &Place) -> String {
        let (Place::Stage(id) | Place::Archived(id)) = place;
        let known = self.places.iter().find(|known| known.place == *place);
        known.map_or_else(|| id.clone(), |known| known.text.clone())
    }

    fn archived(&self, services: &Services, reason: &str, at: Option<Timestamp>) -> String {
        let reason = if reason.is_empty() {
            "no reason given".to_owned()
        } else {
            self.place(&Place::Archived(reason.to_owned()))
        };
        at.map_or_else(|| reason.clone(), |at| format!("{reason}, {}", services.moment(at).text))
    }
}

fn row(services: &Services, seen: Seen, names: &Names) -> OpportunityRow {
    OpportunityRow {
        id: seen.id,
        counts: false,
        of_another: false,
        stage: names.place(&Place::Stage(seen.stage)),
        owner: seen.owner.map(|owner| names.users.get(&owner).cloned().unwrap_or(owner)),
        posting: seen.posting,
        archived: seen.archived_reason.map(|reason| names.archived(services, &reason, seen.archived_at)),
        url: seen.url,
        read: services.moment(seen.read_at),
    }
}

/// The one that counts, as it was applied last.
fn counting(
    services: &Services,
    linked: &Opportunity,
    details: Option<Seen>,
    names: &Names,
) -> OpportunityRow {
    let seen = Seen {
        id: linked.id.clone(),
        contact: linked.contact.clone().unwrap_or_default(),
        stage: linked.stage.clone().unwrap_or_default(),
        archived_reason: linked.archived_reason.clone(),
        archived_at: linked.archived_at,
        owner: details.as_ref().and_then(|details| details.owner.clone()),
        posting: details.and_then(|details| details.posting),
        url: linked.url.clone(),
        read_at: linked.read_at,
    };
    OpportunityRow { counts: true, ..row(services, seen, names) }
}

/// What a failed call is to the person who pressed.
fn problem(error: lever::Error) -> Error {
    let problem = match error.kind() {
        ErrorKind::Unauthorized => Problem::LeverRejectedKey,
        ErrorKind::NotSent | ErrorKind::Resting { .. } | ErrorKind::Ambiguous | ErrorKind::Unavailable => {
            Problem::LeverUnreachable
        }
        _ => Problem::LeverFailed,
    };
    Error::because(problem, error)
}
