//! Adding to and correcting how a candidate can be reached.

use domain::actor::{Action, Actor};
use domain::candidate::{Phone, Reach, is_web_link};
use domain::email::EmailAddress;
use domain::event::Change;
use domain::ids::{CandidateId, OrganisationId};
use domain::job::Job;
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::ReachPage;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::contact_writes::{self, Ways};
use store::{Tx, erasures, imports, jobs, opportunities, way_back};

use crate::{Error, Result, Services};

/// What the form holds, one a line.
#[derive(Clone, Debug, Default)]
pub struct ReachForm {
    /// E-mail addresses, the usual one first.
    pub emails: String,
    /// Phone numbers.
    pub phones: String,
    /// Web links.
    pub links: String,
}

/// The form as it is now.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn reach(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<ReachPage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let candidate = candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let linked = opportunities::by_candidate(&mut tx, organisation, candidate.id).await?;
    let to_lever = linked.is_some() || is_on_its_way(&mut tx, organisation, candidate.id).await?;
    let phones: Vec<String> = candidate.phones.iter().map(|phone| phone.value.clone()).collect();
    Ok(ReachPage {
        candidate: candidate.id,
        name: candidate.name.clone(),
        emails: candidates::emails(&mut tx, organisation, candidate.id).await?.join("\n"),
        phones: phones.join("\n"),
        links: shown_links(&candidate).join("\n"),
        writes: to_lever && way_back::is_on(&mut tx, organisation).await?,
        waits: to_lever && contact_writes::find(&mut tx, organisation, candidate.id).await?.is_some(),
    })
}

/// Saves it. What is new is added to the contact in Lever where the way back is
/// on, by a job of the same transaction; nothing is removed there.
///
/// # Errors
/// Fields, also when an address is another candidate's; [`Problem::NotFound`].
pub async fn change_reach(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    form: ReachForm,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let reach = Reach::parse(&form.emails, &form.phones, &form.links)?;
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.begin().await?;
    opportunities::lock_of(&mut tx, organisation, candidate).await?;
    let mut candidate = candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    if erasures::is_erased(&mut tx, organisation, candidate.id).await? {
        return Err(Problem::NotFound.into());
    }
    let emails: Vec<String> = reach.emails.iter().map(EmailAddress::to_string).collect();
    let before = candidates::emails(&mut tx, organisation, candidate.id).await?;
    let known: Vec<String> = candidate.phones.iter().map(|phone| phone.value.clone()).collect();
    let shown = shown_links(&candidate);
    let new = Ways {
        emails: without(&emails, &before),
        phones: without(&reach.phones, &known),
        links: without(&reach.links, &shown),
    };
    let changed: Vec<&str> = [
        (emails != before, "e-mail addresses"),
        (reach.phones != known, "phone numbers"),
        (reach.links != shown, "links"),
    ]
    .into_iter()
    .filter_map(|(changed, what)| changed.then_some(what))
    .collect();
    if changed.is_empty() {
        return Ok(());
    }
    candidate.phones = reach.phones.iter().map(|value| phone(&candidate, value)).collect();
    // Links that are none were never shown, so nobody has taken them out.
    candidate.links.retain(|link| !is_web_link(link));
    candidate.links.extend(reach.links);
    candidates::set_reach(&mut tx, organisation, &candidate, &emails, now).await.map_err(
        |error| match error {
            store::Error::Taken => Problem::field(FieldProblem::Taken(Field::Email)).into(),
            other => Error::from(other),
        },
    )?;
    let to_lever = add_in_lever(services, &mut tx, actor, candidate.id, new).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "candidate_changed",
        summary: format!("Changed how {} can be reached: {}.", candidate.name, changed.join(", ")),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    if to_lever {
        services.wake.notify_one();
    }
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    Ok(())
}

/// Whether an import of the candidate is on its way, with nothing linked yet.
async fn is_on_its_way(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> std::result::Result<bool, store::Error> {
    let import = imports::by_candidate(tx, organisation, candidate).await?;
    Ok(import.is_some_and(|import| import.state.is_on_its_way()))
}

/// What is new is to be added to the contact, with what waits already: by a job
/// where something is linked, else once the import that is on its way has linked it.
/// Gives whether there is such a job.
async fn add_in_lever(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    candidate: CandidateId,
    new: Ways,
) -> Result<bool> {
    let (organisation, now) = (actor.organisation, services.now());
    if new.is_empty() || !way_back::is_on(tx, organisation).await? {
        return Ok(false);
    }
    let linked = opportunities::by_candidate(tx, organisation, candidate).await?.is_some();
    if !linked && !is_on_its_way(tx, organisation, candidate).await? {
        return Ok(false);
    }
    let mut ways = match contact_writes::find(tx, organisation, candidate).await? {
        Some(waits) => waits.ways,
        None => Ways::default(),
    };
    for (ways, new) in
        [(&mut ways.emails, new.emails), (&mut ways.phones, new.phones), (&mut ways.links, new.links)]
    {
        let more = without(&new, ways);
        ways.extend(more);
    }
    contact_writes::want(tx, organisation, candidate, actor.member, &ways, now).await?;
    if linked {
        let job = Job::WriteContact { candidate };
        jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    }
    Ok(linked)
}

/// An import has linked the candidate: what was added here since its request was
/// written is added there too, unless it was taken out again.
///
/// The caller holds the candidate.
///
/// # Errors
/// As the store says.
pub(crate) async fn add_what_waits(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<()> {
    let Some(waits) = contact_writes::find(tx, organisation, candidate).await? else { return Ok(()) };
    let Some(known) = candidates::get(tx, organisation, candidate).await? else { return Ok(()) };
    let emails = candidates::emails(tx, organisation, candidate).await?;
    let phones: Vec<String> = known.phones.iter().map(|phone| phone.value.clone()).collect();
    let still = |ways: &[String], has: &[String]| -> Vec<String> {
        ways.iter().filter(|way| has.contains(way)).cloned().collect()
    };
    let ways = Ways {
        emails: still(&waits.ways.emails, &emails),
        phones: still(&waits.ways.phones, &phones),
        links: still(&waits.ways.links, &known.links),
    };
    if ways.is_empty() || !way_back::is_on(tx, organisation).await? {
        contact_writes::forget(tx, organisation, &waits).await?;
        return Ok(());
    }
    let now = services.now();
    contact_writes::want(tx, organisation, candidate, waits.member, &ways, now).await?;
    let job = Job::WriteContact { candidate };
    jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    Ok(())
}

/// Tries again to add what was given up, in the caller's transaction.
///
/// # Errors
/// As the store says.
pub(crate) async fn add_again(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    candidate: CandidateId,
) -> Result<()> {
    let (organisation, now) = (actor.organisation, services.now());
    if let Some(waits) = contact_writes::find(tx, organisation, candidate).await? {
        contact_writes::want(tx, organisation, candidate, waits.member, &waits.ways, now).await?;
        let job = Job::WriteContact { candidate };
        jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    }
    Ok(())
}

fn shown_links(candidate: &Candidate) -> Vec<String> {
    candidate.links.iter().filter(|link| is_web_link(link)).cloned().collect()
}

fn without(these: &[String], those: &[String]) -> Vec<String> {
    these.iter().filter(|one| !those.contains(one)).cloned().collect()
}

/// A number keeps the kind it had.
fn phone(candidate: &Candidate, value: &str) -> Phone {
    let known = candidate.phones.iter().find(|phone| phone.value == value);
    known.cloned().unwrap_or_else(|| Phone { kind: None, value: value.to_owned() })
}
