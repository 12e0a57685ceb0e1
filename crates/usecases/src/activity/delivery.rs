//! Opening a delivery: what came, what it says, what was read from Lever, what was
//! decided and why.

use domain::actor::{Action, Actor};
use domain::connection::LeverEvent;
use domain::delivery_settings::Afterwards;
use domain::ids::{CandidateId, ConnectionId, DeliveryId, OrganisationId};
use domain::job::Job;
use domain::mapping::Place;
use domain::problem::Problem;
use domain::time::Timestamp;
use domain::view::{DeliveryBody, DeliveryPage};
use lever::webhook::{EventData, parse};
use store::deliveries::{self, APPLIED, Body, Delivery, FAILED, IGNORED, Kept, Reading};
use store::quarantine::{self, Held};
use store::{
    Tx, candidates, catalogue, delivery_settings, jobs, opportunities, signing_tokens, status_changes,
};

use super::open_body::opened;
use crate::integration::tokens::VERIFY;
use crate::webhooks::{FOLLOWED, HELD_FOR, bodies};
use crate::{Result, Services};

/// The delivery, from the inbox or, where it did not verify, from the quarantine.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotFound`], also for another
/// organisation's.
pub async fn delivery(services: &Services, actor: &Actor, id: DeliveryId) -> Result<DeliveryPage> {
    services.require(actor, Action::SeeActivity)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let Some(Kept { delivery, headers, body, attempts, reading }) =
        deliveries::kept(&mut tx, organisation, id).await?
    else {
        let held = quarantine::get(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
        return not_verified(services, &mut tx, organisation, held).await;
    };
    let candidate = about(&mut tx, organisation, delivery.opportunity.as_deref()).await?;
    let decided = decided(services, &mut tx, organisation, &delivery, reading.as_ref(), attempts).await?;
    let (state, tone) = match delivery.state.as_str() {
        APPLIED => ("Applied", "good"),
        IGNORED => ("Ignored", "quiet"),
        FAILED => ("Failed", "bad"),
        _ => ("Waiting", "warn"),
    };
    let mut said = vec![
        ("Event", delivery.event.clone()),
        ("Happened in Lever", services.moment(delivery.triggered_at).text),
    ];
    said.extend(delivery.opportunity.clone().map(|id| ("Opportunity", id)));
    // It was read when it came, so it can be read now, unless it was scrubbed or sealed.
    let (body, readable) = shown(services, &mut tx, actor, id, body).await?;
    if let Some(envelope) = readable.as_deref().and_then(|body| parse(body).ok()) {
        said.extend(changed(&mut tx, organisation, delivery.connection, envelope.data).await?);
    }
    let wanted = delivery_settings::bodies(&mut tx, organisation).await?;
    Ok(DeliveryPage {
        id: delivery.id,
        event: event_label(&delivery.event),
        state,
        tone,
        decided,
        received: services.moment(delivery.received_at),
        candidate,
        said,
        read: reading.map(|reading| read(services, reading)).unwrap_or_default(),
        headers,
        body,
        kept_for: wanted.kept.label().to_owned(),
        sealed_then: wanted.then == Afterwards::Seal,
        held: false,
        can_replay: delivery.opportunity.is_some() && actor.role.may(Action::SyncNow),
    })
}

/// The body as the actor sees it, and what can be read of it.
async fn shown(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    id: DeliveryId,
    body: Body,
) -> Result<(DeliveryBody, Option<Vec<u8>>)> {
    let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    Ok(match body {
        Body::Sent(body) => (DeliveryBody::Sent(text(&body)), Some(body)),
        Body::Sealed(sealed) if opened(services, tx, actor, id).await? => {
            match bodies::open(services, actor.organisation, id, &sealed) {
                Ok(body) => (DeliveryBody::Opened(text(&body)), Some(body)),
                Err(error) => {
                    tracing::warn!(delivery = %id, %error, "a sealed body stays closed");
                    (DeliveryBody::Unreadable, None)
                }
            }
        }
        Body::Sealed(_) => {
            (DeliveryBody::Sealed { can_open: actor.role.may(Action::ManageIntegration) }, None)
        }
        Body::Scrubbed => (DeliveryBody::Scrubbed, None),
    })
}

/// The candidate whom an opportunity stands for, by id and name.
async fn about(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: Option<&str>,
) -> Result<Option<(CandidateId, String)>> {
    let Some(opportunity) = opportunity else { return Ok(None) };
    let Some(row) = opportunities::get(tx, organisation, opportunity).await? else { return Ok(None) };
    let candidate = candidates::get(tx, organisation, row.candidate).await?;
    Ok(candidate.map(|candidate| (candidate.id, candidate.name)))
}

/// A delivery that no token signed: neither its sender nor what it says is certain.
async fn not_verified(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    (connection, held): (ConnectionId, Held),
) -> Result<DeliveryPage> {
    let candidate = about(tx, organisation, held.opportunity.as_deref()).await?;
    let envelope = parse(&held.body).ok();
    let mut decided = Vec::new();
    if held.ignored {
        decided.push(
            "Lever was disconnected when it came, or before its signing token was here. Nothing is done about it: \
             whatever changed in Lever is read in the first comparison after connecting again."
                .to_owned(),
        );
    } else {
        let unsigned = envelope.as_ref().is_some_and(|envelope| envelope.signature.is_none());
        let live = signing_tokens::live(tx, organisation, connection, services.now()).await?;
        let why = if unsigned {
            "It carries no signature, so nobody can tell whether Lever sent it."
        } else if live.is_empty() {
            "No signing token is here to check its signature with."
        } else {
            "No signing token that was here when it came has signed it: its own token is not stored, or it is not from Lever."
        };
        decided.push(format!("{why} It was answered 401, and nothing it says was applied."));
        decided.push(format!(
            "It is held until {}. Once the token that signed it is saved, it is checked again and applied by itself.",
            services.moment(held.received_at + HELD_FOR).text
        ));
    }
    let mut said = vec![("Event", held.event.clone())];
    if let Some(envelope) = envelope {
        let at = Timestamp(envelope.triggered_at.as_millis());
        said.push(("Happened in Lever", services.moment(at).text));
        said.extend(held.opportunity.map(|id| ("Opportunity", id)));
        said.extend(changed(tx, organisation, connection, envelope.data).await?);
    }
    Ok(DeliveryPage {
        id: held.id,
        event: unverified_label(&held.event),
        state: if held.ignored { "Ignored" } else { "Held" },
        tone: if held.ignored { "quiet" } else { "warn" },
        decided,
        received: services.moment(held.received_at),
        candidate,
        said,
        read: Vec::new(),
        headers: held.headers,
        body: DeliveryBody::Sent(String::from_utf8_lossy(&held.body).into_owned()),
        kept_for: "14 days".to_owned(),
        sealed_then: false,
        held: !held.ignored,
        can_replay: false,
    })
}

/// The event in the article's words, or Lever's name of it.
pub(super) fn event_label(event: &str) -> String {
    match LeverEvent::from_code(event) {
        Some(known) => known.label().to_owned(),
        None => event.to_owned(),
    }
}

/// The event of a delivery that did not verify: other names are whatever a sender
/// likes.
pub(super) fn unverified_label(event: &str) -> String {
    if FOLLOWED.contains(&event) { event_label(event) } else { "Another event".to_owned() }
}

/// What was decided, and why.
async fn decided(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    delivery: &Delivery,
    reading: Option<&Reading>,
    attempts: u32,
) -> Result<Vec<String>> {
    let outcome = delivery.outcome.as_deref().unwrap_or_default();
    let when = delivery.settled_at.map(|at| services.moment(at).text).unwrap_or_default();
    let mut sentences = Vec::new();
    match delivery.state.as_str() {
        APPLIED => {
            let others = reading.map_or_else(String::new, |reading| together(reading.others));
            sentences.push(format!(
                "The opportunity was read from Lever{others}, and what Lever said was applied at {when}: {outcome}."
            ));
            match reading.map(|reading| reading.status) {
                Some(Some((before, after))) if before != after => {
                    sentences.push(format!("Status: {before} → {after}."));
                }
                Some(Some((before, _))) => sentences.push(format!("Status: {before}, as before.")),
                Some(None) => {}
                // Applied before it was kept what was read.
                None => {
                    let change = status_changes::of_delivery(tx, organisation, delivery.id).await?;
                    sentences
                        .extend(change.map(|change| format!("Status: {} → {}.", change.from, change.to)));
                }
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

/// `, for this delivery and 3 others`
fn together(others: u32) -> String {
    match others {
        0 => String::new(),
        1 => ", for this delivery and one other".to_owned(),
        more => format!(", for this delivery and {more} others"),
    }
}

/// What Lever said, by name.
fn read(services: &Services, reading: Reading) -> Vec<(&'static str, String)> {
    let mut read = vec![("Asked at", services.moment(reading.at).text), ("Stands at", reading.place)];
    read.extend(reading.mover.map(|name| ("By", name)));
    read
}

/// What changed by the words of a delivery, by name.
async fn changed(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    data: EventData,
) -> Result<Vec<(&'static str, String)>> {
    let EventData { contact_id, from_stage_id, to_stage_id, from_archived, to_archived, deleted_by, .. } =
        data;
    let mut read = Vec::new();
    read.extend(contact_id.map(|id| ("Contact", id)));
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
    if let Some(id) = deleted_by {
        let known = catalogue::user(tx, organisation, connection, &id).await?;
        read.push(("Deleted by", known.map_or(id, |user| user.name)));
    }
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
