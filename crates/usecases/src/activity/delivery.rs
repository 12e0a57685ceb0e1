//! Opening a delivery: what came, what was read from it, what was decided and why.

use domain::actor::{Action, Actor};
use domain::connection::LeverEvent;
use domain::ids::{ConnectionId, DeliveryId, OrganisationId};
use domain::job::Job;
use domain::mapping::Place;
use domain::problem::Problem;
use domain::view::DeliveryPage;
use lever::webhook::{EventData, parse};
use store::deliveries::{self, APPLIED, Delivery, FAILED, IGNORED, Kept};
use store::{Tx, candidates, catalogue, delivery_settings, jobs, opportunities, status_changes};

use crate::integration::tokens::VERIFY;
use crate::{Result, Services};

/// The delivery.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotFound`], also for another
/// organisation's.
pub async fn delivery(services: &Services, actor: &Actor, id: DeliveryId) -> Result<DeliveryPage> {
    services.require(actor, Action::SeeActivity)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let Kept { delivery, headers, body, attempts } =
        deliveries::kept(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let candidate = match &delivery.opportunity {
        Some(opportunity) => match opportunities::get(&mut tx, organisation, opportunity).await? {
            Some(row) => candidates::get(&mut tx, organisation, row.candidate).await?,
            None => None,
        },
        None => None,
    };
    let decided = decided(services, &mut tx, organisation, &delivery, attempts).await?;
    let (state, tone) = match delivery.state.as_str() {
        APPLIED => ("Applied", "good"),
        IGNORED => ("Ignored", "quiet"),
        FAILED => ("Failed", "bad"),
        _ => ("Waiting", "warn"),
    };
    let read = read(services, &mut tx, organisation, &delivery, body.as_deref()).await?;
    let kept_for = delivery_settings::bodies_kept(&mut tx, organisation).await?;
    Ok(DeliveryPage {
        id: delivery.id,
        event: event_label(&delivery.event),
        state,
        tone,
        decided,
        received: services.moment(delivery.received_at),
        candidate: candidate.map(|candidate| (candidate.id, candidate.name)),
        read,
        headers,
        body: body.map(|body| String::from_utf8_lossy(&body).into_owned()),
        kept_for: kept_for.label().to_owned(),
        can_replay: delivery.opportunity.is_some() && actor.role.may(Action::SyncNow),
    })
}

/// The event in the article's words, or Lever's name of it.
pub(super) fn event_label(event: &str) -> String {
    match LeverEvent::from_code(event) {
        Some(known) => known.label().to_owned(),
        None if event == "candidateDeleted" => "Candidate Deleted".to_owned(),
        None => event.to_owned(),
    }
}

/// What was decided, and why.
async fn decided(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    delivery: &Delivery,
    attempts: u32,
) -> Result<Vec<String>> {
    let outcome = delivery.outcome.as_deref().unwrap_or_default();
    let when = delivery.settled_at.map(|at| services.moment(at).text).unwrap_or_default();
    let mut sentences = Vec::new();
    match delivery.state.as_str() {
        APPLIED => {
            sentences.push(format!(
                "The opportunity was read from Lever, and what Lever said was applied at {when}: {outcome}."
            ));
            if let Some(change) = status_changes::of_delivery(tx, organisation, delivery.id).await? {
                let place = change.place.map(|place| format!(" ({place} in Lever)")).unwrap_or_default();
                let by = change.lever_actor.map(|who| format!(", by {who}")).unwrap_or_default();
                sentences.push(format!("Status: {} → {}{place}{by}.", change.from, change.to));
            }
        }
        IGNORED => sentences.push(match outcome {
            VERIFY => "A Verify of Lever's: it turned its light, and there was nothing to apply.".to_owned(),
            "not one of ours" => {
                "Nobody here stands for this opportunity: it was never imported, or is no longer linked."
                    .to_owned()
            }
            _ => format!("There was nothing to apply: {outcome}."),
        }),
        FAILED => sentences.push(
            "It could not be applied: Lever could not be asked about the opportunity, or does not find it."
                .to_owned(),
        ),
        _ => sentences.extend(waiting(services, tx, organisation, delivery).await?),
    }
    if attempts > 1 {
        sentences.push(format!("It took {attempts} attempts."));
    }
    Ok(sentences)
}

/// How the job stands that applies it.
async fn waiting(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    delivery: &Delivery,
) -> Result<Vec<String>> {
    let mut sentences = vec!["The opportunity is going to be read from Lever.".to_owned()];
    if let Some(opportunity) = delivery.opportunity.clone() {
        let job = Job::ApplyOpportunity { opportunity };
        sentences.push(match jobs::standing(tx, organisation, &job).await? {
            Some(job) if job.running => format!("Attempt {} is under way.", job.attempt),
            Some(job) if job.attempt == 0 => "It is about to begin.".to_owned(),
            Some(job) => format!(
                "It was begun {} times; the next attempt is due at {}.",
                job.attempt,
                services.moment(job.run_at).text
            ),
            None => "Nothing is under way: press Replay.".to_owned(),
        });
    }
    Ok(sentences)
}

/// What was read from it, by name.
async fn read(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    delivery: &Delivery,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>> {
    let mut read = vec![
        ("Event", delivery.event.clone()),
        ("Happened in Lever", services.moment(delivery.triggered_at).text),
    ];
    read.extend(delivery.opportunity.clone().map(|id| ("Opportunity", id)));
    // It was read when it came, so it can be read now, unless it was scrubbed.
    let Some(data) = body.and_then(|body| parse(body).ok()).map(|envelope| envelope.data) else {
        return Ok(read);
    };
    let EventData { contact_id, from_stage_id, to_stage_id, from_archived, to_archived, deleted_by, .. } =
        data;
    read.extend(contact_id.map(|id| ("Contact", id)));
    let connection = delivery.connection;
    for (name, stage) in [("From stage", from_stage_id), ("To stage", to_stage_id)] {
        if let Some(stage) = stage {
            let place = Place::Stage(stage);
            read.push((name, place_text(tx, organisation, connection, place).await?));
        }
    }
    for (name, archived) in [("Archived before", from_archived), ("Archived now", to_archived)] {
        if let Some(archived) = archived {
            let reason = Place::Archived(archived.reason.unwrap_or_default());
            read.push((name, place_text(tx, organisation, connection, reason).await?));
        }
    }
    read.extend(deleted_by.map(|id| ("Deleted by", id)));
    Ok(read)
}

/// Its name in Lever, with its id.
async fn place_text(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    place: Place,
) -> Result<String> {
    let known = catalogue::find_place(tx, organisation, connection, &place).await?;
    let (Place::Stage(id) | Place::Archived(id)) = place;
    Ok(match known {
        Some(known) => format!("{} ({id})", known.text),
        None if id.is_empty() => "without a reason".to_owned(),
        None => id,
    })
}
