//! Adding to a contact in Lever what a member wrote down here.
//!
//! Lever replaces a whole list of addresses or numbers, so the lists are read right
//! before the request and sent with what is new at their end: nothing that others
//! put there is removed. Only what differs is sent. What somebody changes in the
//! moment between reading and writing is lost; Lever offers no way to avoid that.

use domain::attention::AttentionKind;
use domain::candidate::same_phone;
use domain::event::Change;
use domain::ids::{CandidateId, OrganisationId};
use domain::way_back::WriteFailure;
use lever::{Client, ContactChange, ErrorKind, Opportunity, Phone, Priority};
use serde_json::json;
use store::activity::{self, Activity};
use store::connections::Connection;
use store::contact_writes::{self, ContactWrite, Ways};
use store::jobs::Claimed;
use store::{Tx, attention, candidates, jobs, opportunities, way_back};

use super::{
    Ended, Ending, Stop, WITHOUT_LEVER, ask_for_permission, begin_fenced, inside_of_lever, lever_of,
    prolonged, still_ours,
};
use crate::{Result, Services, calls, integration};

/// After so many refusals it is a matter for a person.
const MOST_REFUSALS: u32 = 1;

/// Adds what is missing, request by request.
pub(super) async fn run(services: &Services, claimed: &Claimed, candidate: CandidateId) -> Ended {
    let organisation = claimed.organisation;
    let Some((connection, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let client = client.at(Priority::Click);
    loop {
        let (write, linked, is_on) = {
            let mut tx = services.store.read().await?;
            (
                contact_writes::find(&mut tx, organisation, candidate).await?,
                opportunities::by_candidate(&mut tx, organisation, candidate).await?,
                way_back::is_on(&mut tx, organisation).await?,
            )
        };
        let Some(write) = write.filter(|write| write.failure.is_none()) else { return Ok(Ending::Done) };
        calls::about_and_for(candidate, write.member);
        let work = Work { services, claimed, connection: &connection, client: &client, write };
        if let Some(look_at) = work.write.look_at.filter(|look_at| *look_at > services.now()) {
            return Ok(Ending::Wait { until: look_at });
        }
        let read = match linked.filter(|_| is_on) {
            Some(linked) => client.opportunity(&linked.id).await?.filter(|read| !read.is_anonymized),
            None => None,
        };
        let Some(read) = read else { return work.end("they are not there any more").await };
        let missing = missing(&read, &work.write.ways);
        if missing.is_empty() {
            return work.end("").await;
        }
        if let Some(ended) = work.add(&read, missing).await? {
            return Ok(ended);
        }
    }
}

/// Tried too often: a person is asked.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    candidate: CandidateId,
) -> Result<Vec<Change>> {
    match contact_writes::find(tx, claimed.organisation, candidate).await? {
        Some(write) if write.failure.is_none() => {
            refused(services, tx, claimed.organisation, &write, WriteFailure::GaveUp).await?;
            Ok(vec![Change::Attention])
        }
        _ => Ok(Vec::new()),
    }
}

async fn refused(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    write: &ContactWrite,
    failure: WriteFailure,
) -> Result<()> {
    let now = services.now();
    if contact_writes::refuse(tx, organisation, write, failure, now).await? {
        let (kind, subject) = (AttentionKind::ContactNotWritten, write.candidate.to_string());
        let (detail, id) = (json!({ "failure": failure.code() }), services.new_id());
        attention::raise(tx, organisation, kind, &subject, Some(write.candidate), &detail, id, now).await?;
        let entry = Activity {
            id: services.new_id(),
            at: now,
            member: None,
            candidate: Some(write.candidate),
            kind: "contact_write_failed",
            summary: format!("What is new was not added in Lever. {}", failure.text()),
        };
        activity::record(tx, organisation, &entry).await?;
    }
    Ok(())
}

/// What of `ways` the person does not have in Lever.
fn missing(read: &Opportunity, ways: &Ways) -> Ways {
    let lacks = |these: &[String], has: &dyn Fn(&str) -> bool| -> Vec<String> {
        these.iter().filter(|one| !has(one)).cloned().collect()
    };
    Ways {
        emails: lacks(&ways.emails, &|email| {
            read.emails.iter().any(|known| known.eq_ignore_ascii_case(email))
        }),
        phones: lacks(&ways.phones, &|phone| read.phones.iter().any(|known| same_phone(&known.value, phone))),
        links: lacks(&ways.links, &|link| read.links.iter().any(|known| known == link)),
    }
}

/// Something to add, in hand.
struct Work<'a> {
    services: &'a Services,
    claimed: &'a Claimed,
    connection: &'a Connection,
    client: &'a Client,
    write: ContactWrite,
}

impl Work<'_> {
    /// Nothing is missing, or nobody is there to add it to.
    async fn end(&self, why_not: &str) -> Ended {
        let (organisation, now) = (self.claimed.organisation, self.services.now());
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        if contact_writes::forget(&mut tx, organisation, &self.write).await? {
            let candidate = candidates::get(&mut tx, organisation, self.write.candidate).await?;
            let name = candidate.map_or_else(|| "a candidate".to_owned(), |candidate| candidate.name);
            let entry = Activity {
                id: self.services.new_id(),
                at: now,
                member: Some(self.write.member),
                candidate: Some(self.write.candidate),
                kind: "contact_written",
                summary: if why_not.is_empty() {
                    format!("Added to the contact of {name} in Lever what is new.")
                } else {
                    format!("What is new about {name} was not added in Lever: {why_not}.")
                },
            };
            activity::record(&mut tx, organisation, &entry).await?;
        }
        let (kind, subject) = (AttentionKind::ContactNotWritten, self.write.candidate.to_string());
        let mended = attention::resolve(&mut tx, organisation, kind, &subject, now).await?;
        // What was added meanwhile has a job of its own.
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        let id = self.write.candidate;
        self.services.changes.announce(organisation, Change::Candidate { id });
        if mended {
            self.services.changes.announce(organisation, Change::Attention);
        }
        Ok(Ending::Settled)
    }

    /// One request; `None`: it is read again.
    async fn add(&self, read: &Opportunity, missing: Ways) -> std::result::Result<Option<Ending>, Stop> {
        let (organisation, write) = (self.claimed.organisation, &self.write);
        let credited = {
            let mut tx = self.services.store.read().await?;
            integration::credited(&mut tx, self.connection, write.member).await?
        };
        let contact = read.contact.as_deref().filter(|_| missing.links.is_empty());
        if missing.links.is_empty() && contact.is_none() {
            return self.refuse(WriteFailure::Refused, None).await.map(Some);
        }
        let timing = self.services.settings.timing;
        let client = self.client.reserve().await;
        let until = {
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            let until = prolonged(self.services, &mut tx, self.claimed).await?;
            let look_at = until + timing.lever_deadline + timing.settle;
            let now = self.services.now();
            if !contact_writes::tried(&mut tx, organisation, write, Some(look_at), false, now).await? {
                return Ok(None);
            }
            tx.commit().await?;
            until
        };
        still_ours(self.services, self.claimed, until).await?;
        let answer = match contact {
            Some(contact) => client.update_contact(contact, &change(read, missing)).await,
            None => {
                let perform_as = credited.as_ref().map(|user| user.id.as_str());
                client.add_links(&read.id, &missing.links, perform_as).await
            }
        };
        let Err(error) = answer else {
            self.tried(None, false).await?;
            return Ok(None);
        };
        let now = self.services.now();
        let inside = inside_of_lever(&error);
        tracing::warn!(candidate = %write.candidate, error = inside, "what is new was not added in Lever");
        if !error.certainly_not_applied() {
            let look_at = now + timing.settle;
            self.tried(Some(look_at), false).await?;
            if error.kind() == ErrorKind::Unavailable {
                return Err(Stop::Lever(error));
            }
            return Ok(Some(Ending::Retry { at: Some(look_at), error: inside }));
        }
        match error.kind() {
            ErrorKind::Forbidden => self.refuse(WriteFailure::Forbidden, Some(&error)).await.map(Some),
            ErrorKind::NotFound | ErrorKind::BadRequest | ErrorKind::InvalidArgument => {
                if write.refusals >= MOST_REFUSALS {
                    return self.refuse(WriteFailure::Refused, Some(&error)).await.map(Some);
                }
                self.tried(None, true).await?;
                Ok(Some(Ending::Retry { at: Some(now + WITHOUT_LEVER), error: inside }))
            }
            _ => {
                self.tried(None, false).await?;
                Err(Stop::Lever(error))
            }
        }
    }

    async fn tried(
        &self,
        look_at: Option<domain::time::Timestamp>,
        refused: bool,
    ) -> std::result::Result<(), Stop> {
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let (organisation, now) = (self.claimed.organisation, self.services.now());
        contact_writes::tried(&mut tx, organisation, &self.write, look_at, refused, now).await?;
        Ok(tx.commit().await?)
    }

    async fn refuse(&self, failure: WriteFailure, error: Option<&lever::Error>) -> Ended {
        let organisation = self.claimed.organisation;
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        refused(self.services, &mut tx, organisation, &self.write, failure).await?;
        if let (WriteFailure::Forbidden, Some(error)) = (failure, error) {
            ask_for_permission(self.services, &mut tx, organisation, error.operation()).await?;
        }
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        self.services.changes.announce(organisation, Change::Attention);
        Ok(Ending::Settled)
    }
}

/// The lists as they are there, with what is missing at their end; a list that
/// lacks nothing is left alone.
fn change(read: &Opportunity, missing: Ways) -> ContactChange {
    let emails =
        (!missing.emails.is_empty()).then(|| read.emails.iter().cloned().chain(missing.emails).collect());
    let phones = (!missing.phones.is_empty()).then(|| {
        let new = missing.phones.into_iter().map(|value| Phone { kind: None, value });
        read.phones.iter().cloned().chain(new).collect()
    });
    ContactChange { emails, phones }
}
