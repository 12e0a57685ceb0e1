//! Bringing one candidate into Lever, exactly once.
//!
//! Lever has no idempotency key, so the order is everything. Each numbered step
//! is a short transaction of its own that holds the job's fence.
//!
//! 1. Look the person up by every known e-mail address. Somebody who is there
//!    already is a matter for a member.
//! 2. Commit the *intent* (state *sending*) with the marker tag and until when
//!    this worker may be writing: the end of its lease plus the deadline of a
//!    request.
//! 3. Check the lease once more, then send the one request.
//! 4. Commit its end. *Certainly not applied* goes back to *queued*; anything
//!    that is not certain is *unknown*.
//! 5. *Unknown*, and *sending* found by a later claim (a crash, a lost lease):
//!    nothing is sent before a look by marker and e-mail, made after the former
//!    holder can no longer be writing and Lever has had time to show what it
//!    created. Found: adopted. Not found: back to *queued*.

use std::collections::{BTreeMap, BTreeSet};

use domain::attention::AttentionKind;
use domain::candidate::is_web_link;
use domain::email::EmailAddress;
use domain::event::Change;
use domain::ids::{ImportId, OrganisationId};
use domain::import::{Decision, ImportFailure, ImportState};
use domain::import_settings::{ImportSettings, KnownPerson};
use domain::job::{self, Job};
use domain::mapping::Place;
use domain::pipeline::Truth;
use domain::time::Timestamp;
use lever::{Client, ErrorKind, Opportunity, OpportunityFilter, Priority, Stage};
use serde_json::json;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::catalogue::{self, LeverUser};
use store::connections::Connection;
use store::imports::{self, Import, Match, Note};
use store::jobs::Claimed;
use store::opportunities;
use store::{Tx, attention, import_settings, jobs, postings, strangers, user_map};

use super::apply_opportunity::{Applied, Source, announce, apply};
use super::{
    Ended, Ending, Stop, WITHOUT_LEVER, ask_for_permission, attach_resume, begin_fenced, confidentiality,
    inside_of_lever, lever_of, prolonged, still_ours,
};
use crate::candidates::{add_what_waits, keep_seen};
use crate::imports::request_body::{Sent, known_by, new_opportunity};
use crate::{Result, Services, calls, integration, outage, way_back};

/// More opportunities with one person's addresses than this are not looked at.
const MOST_MATCHES: usize = 100;
/// Stands for the title of a posting that the key may not read, or that is gone.
const HIDDEN_POSTING: &str = "A posting that the API key cannot read";

/// Takes the import as far as it can go now.
pub(super) async fn run(services: &Services, claimed: &Claimed, import: ImportId) -> Ended {
    let organisation = claimed.organisation;
    let Some((connection, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let Some(work) = Work::load(services, claimed, connection, client, import).await? else {
        return Ok(Ending::Done);
    };
    calls::about_and_for(work.import.candidate, work.import.requested_by);
    match work.import.state {
        ImportState::Queued => work.create().await,
        ImportState::Sending => work.found_sending().await,
        ImportState::Unknown => work.look().await,
        ImportState::NeedsDecision | ImportState::Imported | ImportState::Failed | ImportState::Unlinked => {
            Ok(Ending::Done)
        }
    }
}

/// Lever kept failing: the import says so. Whether a request may have been
/// carried out is kept, so that a retry begins by looking.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    import: ImportId,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    let now = services.now();
    let Some(import) = imports::get(tx, organisation, import).await? else { return Ok(Vec::new()) };
    match import.state {
        ImportState::Queued | ImportState::Unknown => {}
        ImportState::Sending => {
            let look_at = import.intent_until.unwrap_or(now) + services.settings.timing.settle;
            imports::end_unknown(tx, organisation, import.id, look_at, now).await?;
        }
        ImportState::NeedsDecision | ImportState::Imported | ImportState::Failed | ImportState::Unlinked => {
            return Ok(Vec::new());
        }
    }
    record_failure(services, tx, organisation, &import, ImportFailure::LeverKeptFailing, None).await?;
    Ok(vec![Change::Candidate { id: import.candidate }, Change::Attention])
}

/// Writes down that the import failed, and asks for somebody's help.
async fn record_failure(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
    failure: ImportFailure,
    detail: Option<&str>,
) -> Result<()> {
    let now = services.now();
    imports::failed(tx, organisation, import.id, failure, detail, now).await?;
    let name = candidates::get(tx, organisation, import.candidate)
        .await?
        .map_or_else(|| "a candidate".to_owned(), |candidate| candidate.name);
    let kind = AttentionKind::ImportFailed;
    let subject = import.id.to_string();
    let why = json!({ "failure": failure.code() });
    let id = services.new_id();
    attention::raise(tx, organisation, kind, &subject, Some(import.candidate), &why, id, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: Some(import.candidate),
        kind: "import_failed",
        summary: format!("Importing {name} into Lever failed. {}", failure.text()),
    };
    activity::record(tx, organisation, &entry).await?;
    Ok(())
}

/// One import in hand.
struct Work<'a> {
    services: &'a Services,
    claimed: &'a Claimed,
    connection: Connection,
    client: Client,
    import: Import,
    candidate: Candidate,
    emails: Vec<String>,
    settings: ImportSettings,
}

/// How the candidate came to stand for an opportunity.
#[derive(Clone, Copy)]
enum How<'a> {
    /// This import created it, credited to the Lever user of this name.
    Created(&'a str),
    /// It was in Lever.
    Linked,
}

/// What looking for the person gave.
struct Found {
    /// Opportunities that bear our marker, the oldest first.
    ours: Vec<Opportunity>,
    /// Opportunities of somebody with one of the addresses, without our marker.
    others: Vec<Opportunity>,
}

impl<'a> Work<'a> {
    async fn load(
        services: &'a Services,
        claimed: &'a Claimed,
        connection: Connection,
        client: Client,
        import: ImportId,
    ) -> Result<Option<Self>> {
        let organisation = claimed.organisation;
        let mut tx = services.store.read().await?;
        let Some(import) = imports::get(&mut tx, organisation, import).await? else { return Ok(None) };
        let Some(candidate) = candidates::get(&mut tx, organisation, import.candidate).await? else {
            return Ok(None);
        };
        // Lever would refuse the whole request for one address that is none.
        let emails = candidates::emails(&mut tx, organisation, candidate.id).await?;
        let emails = emails.into_iter().filter(|email| EmailAddress::parse(email).is_ok()).collect();
        let settings = import_settings::load(&mut tx, organisation).await?;
        // Somebody waits for a click, nobody for one of many.
        let client = client.at(match claimed.priority {
            job::Priority::Click => Priority::Click,
            job::Priority::Delivery | job::Priority::Background => Priority::Background,
        });
        Ok(Some(Self { services, claimed, connection, client, import, candidate, emails, settings }))
    }

    fn organisation(&self) -> OrganisationId {
        self.claimed.organisation
    }

    /// From *queued*: look, then create, unless there is something to decide.
    async fn create(&self) -> Ended {
        if let Some(Decision::Link(chosen)) = &self.import.decision {
            return self.link_to(chosen).await;
        }
        if self.emails.is_empty() {
            return self.fail(ImportFailure::NoEmail, None).await;
        }
        let credited = match self.credited().await? {
            Ok(user) => user,
            Err(failure) => return self.fail(failure, None).await,
        };
        let read_at = self.services.now();
        let found = match self.by_email().await {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::Forbidden => return self.forbidden(error).await,
            Err(error) => return Err(error.into()),
        };
        if !found.ours.is_empty() {
            return self.adopt(found.ours, read_at).await;
        }
        let (strangers, others) = self.without_strangers(found.others).await?;
        if !others.is_empty() && self.import.decision != Some(Decision::Add) {
            match self.settings.known_person {
                KnownPerson::Add => {}
                KnownPerson::Ask => return self.ask(&self.all_of(others).await?, read_at).await,
                KnownPerson::Link => {
                    let all = self.all_of(others).await?;
                    return match self.newest_open(&all).await? {
                        Some(chosen) => {
                            self.remember(&all, read_at).await?;
                            self.link_to(&chosen).await
                        }
                        None => self.ask(&all, read_at).await,
                    };
                }
            }
        }
        if let Some(failure) = self.chosen_and_gone().await? {
            return self.fail(failure, None).await;
        }
        self.remember(&others, read_at).await?;
        let owner = {
            let mut tx = self.services.store.read().await?;
            integration::owning(&mut tx, &self.connection, self.candidate.owner).await?
        };
        let new = new_opportunity(
            &self.candidate,
            &Sent {
                emails: &self.emails,
                strangers: &strangers,
                marker: &self.import.marker,
                tags: &self.settings.tags,
                platform: &self.services.settings.platform,
                choice: &self.import.choice,
                owner: owner.map(|owner| owner.id),
            },
        );

        // The place in the rate budget comes before the intent: waiting for it
        // must not use up the lease that the intent promises.
        let client = self.client.reserve().await;
        let lease_until = {
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            let now = self.services.now();
            let until = prolonged(self.services, &mut tx, self.claimed).await?;
            let writing_until = until + self.services.settings.timing.lever_deadline;
            imports::intend(&mut tx, self.organisation(), self.import.id, &credited.id, writing_until, now)
                .await?;
            let member = self.import.requested_by;
            let own = user_map::of_member(&mut tx, self.organisation(), member).await?;
            let fallback = own.as_ref() != Some(&credited.id);
            imports::set_credited_fallback(&mut tx, self.organisation(), self.import.id, fallback).await?;
            tx.commit().await?;
            until
        };
        self.announce();
        still_ours(self.services, self.claimed, lease_until).await?;
        match client.create_opportunity(&new, &credited.id).await {
            Ok(created) => {
                let how = How::Created(&credited.name);
                self.imported(&created.opportunity, Note::Pending, read_at, how).await
            }
            Err(error) => self.not_created(error).await,
        }
    }

    /// The request failed: what is certain decides.
    async fn not_created(&self, error: lever::Error) -> Ended {
        let now = self.services.now();
        if !error.certainly_not_applied() {
            let look_at = now + self.services.settings.timing.settle;
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            imports::end_unknown(&mut tx, self.organisation(), self.import.id, look_at, now).await?;
            let error = inside_of_lever(&error);
            jobs::retry(&mut tx, self.claimed, look_at, &error, now).await?;
            tx.commit().await?;
            tracing::warn!(import = %self.import.id, error, "the end of creating an opportunity is not known");
            return Ok(Ending::Settled);
        }
        match error.kind() {
            ErrorKind::Forbidden => return self.forbidden(error).await,
            ErrorKind::BadRequest | ErrorKind::NotFound => {
                let failure = self.refused_for(&error).await?;
                return self.fail(failure, Some(&inside_of_lever(&error))).await;
            }
            _ => {}
        }
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        imports::not_applied(&mut tx, self.organisation(), self.import.id, now).await?;
        tx.commit().await?;
        // Unauthorised, too many requests, not sent: the same for every job.
        Err(error.into())
    }

    /// What of the choice on the sheet Lever has no longer, as far as is known here.
    async fn chosen_and_gone(&self) -> Result<Option<ImportFailure>> {
        let (organisation, connection) = (self.organisation(), self.connection.id);
        let choice = &self.import.choice;
        let mut tx = self.services.store.read().await?;
        if let Some(posting) = &choice.posting {
            let known = postings::find(&mut tx, organisation, connection, posting).await?;
            if known.is_some_and(|known| !known.published) {
                return Ok(Some(ImportFailure::PostingGone));
            }
        }
        if let Some(stage) = &choice.stage {
            let stage = Place::Stage(stage.clone());
            let known = catalogue::find_place(&mut tx, organisation, connection, &stage).await?;
            if known.is_some_and(|known| !known.active) {
                return Ok(Some(ImportFailure::StageGone));
            }
        }
        for follower in &choice.followers {
            let known = catalogue::user(&mut tx, organisation, connection, follower).await?;
            if known.is_some_and(|known| !known.active) {
                return Ok(Some(ImportFailure::FollowerGone));
            }
        }
        Ok(None)
    }

    /// Why Lever will not take the request: by what its words name, and where
    /// they name nothing of it, by looking at the chosen posting.
    async fn refused_for(&self, error: &lever::Error) -> std::result::Result<ImportFailure, lever::Error> {
        let choice = &self.import.choice;
        let words = error.lever_message().unwrap_or_default().to_lowercase();
        let names = |word: &str| words.contains(&word.to_lowercase());
        if choice.posting.as_deref().is_some_and(|posting| names(posting) || names("posting")) {
            return Ok(ImportFailure::PostingGone);
        }
        if choice.stage.as_deref().is_some_and(|stage| names(stage) || names("stage")) {
            return Ok(ImportFailure::StageGone);
        }
        if choice.followers.iter().any(|follower| names(follower)) {
            return Ok(ImportFailure::FollowerGone);
        }
        if ["perform_as", "perform as", "user"].into_iter().any(names) {
            return Ok(ImportFailure::CreditedUserGone);
        }
        if let Some(posting) = &choice.posting {
            match self.client.posting(posting).await {
                Ok(Some(known)) if known.is_published() => {}
                Ok(_) => return Ok(ImportFailure::PostingGone),
                // A key that may not read postings cannot tell.
                Err(error) if error.kind() == ErrorKind::Forbidden => {}
                Err(error) => return Err(error),
            }
        }
        Ok(match error.kind() {
            ErrorKind::NotFound => ImportFailure::CreditedUserGone,
            _ => ImportFailure::Refused,
        })
    }

    /// From *sending*: whoever was writing is gone, or was too slow.
    async fn found_sending(&self) -> Ended {
        let now = self.services.now();
        let look_at = self.import.intent_until.unwrap_or(now) + self.services.settings.timing.settle;
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        imports::end_unknown(&mut tx, self.organisation(), self.import.id, look_at, now).await?;
        jobs::defer(&mut tx, self.claimed, look_at, now).await?;
        tx.commit().await?;
        Ok(Ending::Settled)
    }

    /// From *unknown*: look by marker and by e-mail, not before it can be seen.
    async fn look(&self) -> Ended {
        let now = self.services.now();
        if let Some(look_at) = self.import.look_at.filter(|look_at| *look_at > now) {
            return Ok(Ending::Wait { until: look_at });
        }
        let mut ours = self.by_marker().await?;
        if ours.is_empty() && !self.emails.is_empty() {
            ours = self.by_email().await?.ours;
        }
        if !ours.is_empty() {
            return self.adopt(ours, now).await;
        }
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let now = self.services.now();
        imports::not_applied(&mut tx, self.organisation(), self.import.id, now).await?;
        jobs::defer(&mut tx, self.claimed, now, now).await?;
        tx.commit().await?;
        Ok(Ending::Settled)
    }

    async fn by_marker(&self) -> std::result::Result<Vec<Opportunity>, lever::Error> {
        let filter = OpportunityFilter {
            tags: vec![self.import.marker.clone()],
            confidentiality: confidentiality(&self.connection),
            ..OpportunityFilter::default()
        };
        let found = self.client.opportunities_all(&filter, MOST_MATCHES).await?;
        Ok(self.sorted(found).ours)
    }

    async fn by_email(&self) -> std::result::Result<Found, lever::Error> {
        let filter = OpportunityFilter {
            emails: self.emails.clone(),
            confidentiality: confidentiality(&self.connection),
            ..OpportunityFilter::default()
        };
        let found = self.client.opportunities_all(&filter, MOST_MATCHES).await?;
        Ok(self.sorted(found))
    }

    fn sorted(&self, found: Vec<Opportunity>) -> Found {
        let (mut ours, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|found| found.tags.contains(&self.import.marker));
        ours.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Found { ours, others }
    }

    /// Who is credited, or why nobody can be.
    async fn credited(&self) -> Result<std::result::Result<LeverUser, ImportFailure>> {
        let mut tx = self.services.store.read().await?;
        let member = self.import.requested_by;
        if let Some(user) = integration::credited(&mut tx, &self.connection, member).await? {
            return Ok(Ok(user));
        }
        let mapped = user_map::load(&mut tx, self.organisation()).await?;
        let chosen = mapped.get(&member).is_some_and(|user| !user.is_empty());
        Ok(Err(if chosen || self.connection.fallback_user.is_some() {
            ImportFailure::CreditedUserGone
        } else {
            ImportFailure::NobodyToCredit
        }))
    }

    /// Those who are, by decision, somebody else, and the others.
    async fn without_strangers(
        &self,
        found: Vec<Opportunity>,
    ) -> Result<(Vec<Opportunity>, Vec<Opportunity>)> {
        let mut tx = self.services.store.read().await?;
        let known = strangers::of_candidate(&mut tx, self.organisation(), self.candidate.id).await?;
        Ok(found.into_iter().partition(|found| known.contains(found.contact.as_deref().unwrap_or(&found.id))))
    }

    /// These opportunities and every other one of the same people, with the
    /// postings they are considered for.
    async fn all_of(
        &self,
        mut found: Vec<Opportunity>,
    ) -> std::result::Result<Vec<Opportunity>, lever::Error> {
        let mut contact_ids: Vec<String> = found.iter().filter_map(|found| found.contact.clone()).collect();
        contact_ids.sort();
        contact_ids.dedup();
        if contact_ids.is_empty() {
            return Ok(found);
        }
        let filter = OpportunityFilter {
            contact_ids,
            confidentiality: confidentiality(&self.connection),
            expand_applications: true,
            ..OpportunityFilter::default()
        };
        for theirs in self.client.opportunities_all(&filter, MOST_MATCHES).await? {
            match found.iter_mut().find(|known| known.id == theirs.id) {
                Some(known) => *known = theirs,
                None => found.push(theirs),
            }
        }
        Ok(found)
    }

    /// Whichever of them the candidate comes to be linked to, the others of the same
    /// contact are known then.
    async fn remember(&self, found: &[Opportunity], read_at: Timestamp) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        let mut tx = self.services.store.begin().await?;
        keep_seen(self.services, &mut tx, &self.connection, found, &BTreeMap::new(), read_at).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The newest one that is not archived and stands for no other candidate.
    async fn newest_open(&self, found: &[Opportunity]) -> Result<Option<String>> {
        let mut open: Vec<&Opportunity> = found.iter().filter(|found| found.archived.is_none()).collect();
        open.sort_by_key(|found| std::cmp::Reverse(found.created_at));
        let mut tx = self.services.store.read().await?;
        for candidate in open {
            if !opportunities::is_linked(&mut tx, self.organisation(), &candidate.id).await? {
                return Ok(Some(candidate.id.clone()));
            }
        }
        Ok(None)
    }

    /// *Link to this one*: nothing is written to Lever, but for the note where
    /// the organisation wants it.
    async fn link_to(&self, chosen: &str) -> Ended {
        let read_at = self.services.now();
        match self.client.opportunity(chosen).await {
            Ok(Some(found)) => {
                let note = if self.settings.note_when_linking { Note::Pending } else { Note::None };
                self.imported(&found, note, read_at, How::Linked).await
            }
            Ok(None) => self.fail(ImportFailure::ChosenOpportunityGone, None).await,
            Err(error) if error.kind() == ErrorKind::Forbidden => self.forbidden(error).await,
            Err(error) => Err(error.into()),
        }
    }

    /// An opportunity that bears our marker is the one this import created.
    async fn adopt(&self, mut ours: Vec<Opportunity>, read_at: Timestamp) -> Ended {
        let first = ours.remove(0);
        if !ours.is_empty() {
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            let now = self.services.now();
            let extra: Vec<String> = ours.iter().map(|other| self.url_of(other)).collect();
            let detail = json!({ "kept": self.url_of(&first), "others": extra });
            let kind = AttentionKind::ImportFoundTwice;
            let (subject, id) = (self.import.id.to_string(), self.services.new_id());
            let candidate = Some(self.candidate.id);
            attention::raise(&mut tx, self.organisation(), kind, &subject, candidate, &detail, id, now)
                .await?;
            tx.commit().await?;
        }
        let credited = self.credited().await?.map(|user| user.name).unwrap_or_default();
        self.imported(&first, Note::Pending, read_at, How::Created(&credited)).await
    }

    /// It is in Lever: commits that together with the link and the note's job.
    async fn imported(
        &self,
        opportunity: &Opportunity,
        note: Note,
        read_at: Timestamp,
        how: How<'_>,
    ) -> Ended {
        let applied = match self.commit_imported(opportunity, note, read_at, how, true).await {
            // What Lever has answered is true whoever has the job now; whoever
            // has it will find the import done.
            Err(Stop::LeaseLost) => self.commit_imported(opportunity, note, read_at, how, false).await?,
            other => other?,
        };
        let Some(applied) = applied else {
            return self
                .fail(ImportFailure::ChosenOpportunityGone, Some("it stands for another candidate"))
                .await;
        };
        announce(self.services, self.organisation(), Some(&applied));
        self.services.changes.announce(self.organisation(), Change::Attention);
        self.services.wake.notify_one();
        Ok(Ending::Settled)
    }

    /// `None` when the opportunity stands for another candidate already.
    async fn commit_imported(
        &self,
        opportunity: &Opportunity,
        note: Note,
        read_at: Timestamp,
        how: How<'_>,
        with_job: bool,
    ) -> std::result::Result<Option<Applied>, Stop> {
        let organisation = self.organisation();
        let mut tx = if with_job {
            begin_fenced(self.services, self.claimed).await?
        } else {
            self.services.store.begin().await?
        };
        let now = self.services.now();
        let row = opportunities::Opportunity {
            id: opportunity.id.clone(),
            candidate: self.candidate.id,
            contact: opportunity.contact.clone(),
            url: self.url_of(opportunity),
            stage: None,
            archived_reason: None,
            archived_at: None,
            held: false,
            lever_updated_at: None,
            read_at,
            unlinked_at: None,
        };
        if !opportunities::link(&mut tx, organisation, &row).await? {
            return Ok(None);
        }
        imports::imported(&mut tx, organisation, self.import.id, &opportunity.id, note, now).await?;
        let meanwhile = way_back::set_meanwhile(&mut tx, organisation, &self.import).await?;
        if meanwhile.is_some() && self.landed(opportunity, how) {
            // Whoever set a status meanwhile knew where the import leads.
            let truth = Truth { stage: opportunity.stage.clone().unwrap_or_default(), archived: None };
            opportunities::decided_at(&mut tx, organisation, &opportunity.id, &truth).await?;
        }
        let source = Source { read_at, delivery: None };
        let applied = apply(self.services, &mut tx, &self.connection, opportunity, source).await?;
        if let Some(set) = meanwhile {
            way_back::bring(self.services, &mut tx, organisation, self.candidate.id, set).await?;
        }
        add_what_waits(self.services, &mut tx, organisation, self.candidate.id).await?;
        if note == Note::Pending {
            let job = Job::AddImportNote { import: self.import.id };
            jobs::enqueue(&mut tx, organisation, &job, self.services.new_id(), now, now).await?;
        }
        // Linking writes nothing but the note.
        let created = matches!(how, How::Created(_));
        attach_resume::enqueue(self.services, &mut tx, organisation, &self.import, created).await?;
        outage::over(self.services, &mut tx, &self.connection).await?;
        let subject = self.import.id.to_string();
        for kind in [AttentionKind::ImportFailed, AttentionKind::ImportNeedsDecision] {
            attention::resolve(&mut tx, organisation, kind, &subject, now).await?;
        }
        let name = &self.candidate.name;
        let entry = Activity {
            id: self.services.new_id(),
            at: now,
            member: Some(self.import.requested_by),
            candidate: Some(self.candidate.id),
            kind: "imported",
            summary: match how {
                How::Linked => format!("Linked {name} to an opportunity that was in Lever."),
                How::Created("") => format!("Imported {name} into Lever."),
                How::Created(credited) => format!("Imported {name} into Lever, credited to {credited}."),
            },
        };
        activity::record(&mut tx, organisation, &entry).await?;
        if with_job {
            jobs::finish(&mut tx, self.claimed).await?;
        }
        tx.commit().await?;
        Ok(applied)
    }

    /// Whether it stands where this import created it.
    fn landed(&self, opportunity: &Opportunity, how: How<'_>) -> bool {
        let stage = self.import.choice.stage.as_deref().unwrap_or(Stage::NEW_LEAD);
        matches!(how, How::Created(_))
            && opportunity.archived.is_none()
            && opportunity.stage.as_deref() == Some(stage)
    }

    /// Somebody with one of the addresses is in Lever: a member decides.
    async fn ask(&self, others: &[Opportunity], read_at: Timestamp) -> Ended {
        let organisation = self.organisation();
        let titles = self.titles(others).await?;
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let now = self.services.now();
        let mut matches = Vec::with_capacity(others.len());
        for other in others {
            matches.push(self.described(&mut tx, other, &titles).await?);
        }
        imports::ask(&mut tx, organisation, self.import.id, &matches, now).await?;
        keep_seen(self.services, &mut tx, &self.connection, others, &titles, read_at).await?;
        let kind = AttentionKind::ImportNeedsDecision;
        let detail = json!({ "matches": matches.len() });
        let (subject, id) = (self.import.id.to_string(), self.services.new_id());
        attention::raise(&mut tx, organisation, kind, &subject, Some(self.candidate.id), &detail, id, now)
            .await?;
        let entry = Activity {
            id: self.services.new_id(),
            at: now,
            member: None,
            candidate: Some(self.candidate.id),
            kind: "import_needs_decision",
            summary: format!("{} may already be in Lever: somebody decides.", self.candidate.name),
        };
        activity::record(&mut tx, organisation, &entry).await?;
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        self.announce();
        self.services.changes.announce(organisation, Change::Attention);
        Ok(Ending::Settled)
    }

    /// The titles of the postings that these opportunities are considered for:
    /// closed ones, which are not kept here, are read from Lever.
    async fn titles(&self, found: &[Opportunity]) -> std::result::Result<BTreeMap<String, String>, Stop> {
        let wanted: BTreeSet<&String> =
            found.iter().flat_map(|found| &found.applications).filter_map(|a| a.posting.as_ref()).collect();
        let mut titles = {
            let mut tx = self.services.store.read().await?;
            postings::list(&mut tx, self.organisation(), self.connection.id)
                .await?
                .into_iter()
                .map(|known| (known.id, known.text))
                .collect::<BTreeMap<_, _>>()
        };
        for id in wanted.into_iter().take(MOST_MATCHES) {
            if titles.contains_key(id) {
                continue;
            }
            match self.client.posting(id).await {
                Ok(Some(known)) => {
                    titles.insert(id.clone(), known.text);
                }
                Ok(None) => {}
                Err(error) if error.kind() == ErrorKind::Forbidden => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(titles)
    }

    /// A match with names in place of Lever's ids.
    async fn described(
        &self,
        tx: &mut Tx,
        found: &Opportunity,
        titles: &BTreeMap<String, String>,
    ) -> Result<Match> {
        let (organisation, connection) = (self.organisation(), self.connection.id);
        let stage = match &found.stage {
            Some(stage) => {
                let place = Place::Stage(stage.clone());
                catalogue::find_place(tx, organisation, connection, &place)
                    .await?
                    .map_or_else(|| stage.clone(), |known| known.text)
            }
            None => String::new(),
        };
        let owner = match &found.owner {
            Some(owner) => {
                catalogue::user(tx, organisation, connection, owner).await?.map(|known| known.name)
            }
            None => None,
        };
        let archived = match &found.archived {
            Some(archived) => {
                let reason = archived.reason.clone().unwrap_or_default();
                let known =
                    catalogue::find_place(tx, organisation, connection, &Place::Archived(reason.clone()))
                        .await?;
                Some(known.map_or(reason, |known| known.text))
            }
            None => None,
        };
        Ok(Match {
            opportunity: found.id.clone(),
            name: found.name.clone(),
            stage,
            owner,
            postings: found
                .applications
                .iter()
                .filter_map(|application| application.posting.as_ref())
                .map(|posting| titles.get(posting).map_or_else(|| HIDDEN_POSTING.to_owned(), Clone::clone))
                .collect(),
            archived,
            archived_at: found.archived.as_ref().and_then(|archived| archived.archived_at).map(Timestamp),
            last_activity: found.last_interaction_at.map(Timestamp),
            url: self.url_of(found),
            contact: found.contact.clone(),
            known_by: known_by(&self.candidate, &self.emails, found).to_owned(),
        })
    }

    async fn forbidden(&self, error: lever::Error) -> Ended {
        let inside = inside_of_lever(&error);
        let ended = self.fail(ImportFailure::Forbidden, Some(&inside)).await?;
        let mut tx = self.services.store.begin().await?;
        ask_for_permission(self.services, &mut tx, self.organisation(), error.operation()).await?;
        tx.commit().await?;
        self.services.changes.announce(self.organisation(), Change::Attention);
        Ok(ended)
    }

    /// Failed: nothing is in Lever, and trying again by itself would not help.
    async fn fail(&self, failure: ImportFailure, detail: Option<&str>) -> Ended {
        let organisation = self.organisation();
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        record_failure(self.services, &mut tx, organisation, &self.import, failure, detail).await?;
        if failure == ImportFailure::CreditedUserGone || failure.needs_another_choice() {
            // What we believe about Lever's users, stages or postings is out of date.
            let now = self.services.now();
            let job = Job::RefreshCatalogue { connection: self.connection.id };
            jobs::enqueue(&mut tx, organisation, &job, self.services.new_id(), now, now).await?;
        }
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        tracing::warn!(
            import = %self.import.id, failure = failure.code(), detail = detail.unwrap_or_default(),
            "an import failed"
        );
        self.announce();
        self.services.changes.announce(organisation, Change::Attention);
        Ok(Ending::Settled)
    }

    fn announce(&self) {
        self.services.changes.announce(self.organisation(), Change::Candidate { id: self.candidate.id });
    }

    /// Lever's page of the opportunity, as Lever says or as it is always made.
    fn url_of(&self, opportunity: &Opportunity) -> String {
        opportunity.urls_show.clone().filter(|url| is_web_link(url)).unwrap_or_else(|| {
            let settings = self.services.lever.webhook_settings_url(self.connection.environment);
            let web = settings.strip_suffix("/settings/webhooks").unwrap_or(&settings);
            format!("{web}/candidates/{}", opportunity.id)
        })
    }
}
