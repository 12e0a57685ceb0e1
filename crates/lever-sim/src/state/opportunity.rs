//! Opportunities: one candidacy each, and what may happen to them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    State,
    act::Act,
    contact::{Contact, Phone},
    event::Event,
    file::Parsed,
    note::{Comment, Note},
    posting::CLOSED,
    problem::Problem,
};
use crate::settings::{SameReason, SameStage};

/// How a record entered (Lever documentation, Opportunities). In the order in
/// which Lever echoes a webhook's conditions (recorded traffic).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Applied,
    Sourced,
    Referred,
    University,
    Internal,
    Agency,
}

impl Origin {
    pub(crate) const ALL: [Self; 6] =
        [Self::Applied, Self::Sourced, Self::Referred, Self::University, Self::Internal, Self::Agency];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Sourced => "sourced",
            Self::Referred => "referred",
            Self::University => "university",
            Self::Internal => "internal",
            Self::Agency => "agency",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.name() == name)
    }
}

/// That and why an opportunity is archived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Archived {
    pub(crate) reason: String,
    pub(crate) archived_at: i64,
}

impl Archived {
    pub(crate) fn to_json(&self) -> Value {
        json!({ "reason": self.reason, "archivedAt": self.archived_at })
    }
}

/// One step through the pipeline; the first is the creation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StageChange {
    pub(crate) stage: String,
    /// The stage's place at that time.
    pub(crate) index: usize,
    pub(crate) at: i64,
    pub(crate) user: Option<String>,
}

impl StageChange {
    /// `userId` is absent when nobody is known (recorded traffic).
    pub(crate) fn to_json(&self) -> Value {
        let mut change = json!({
            "toStageId": self.stage,
            "toStageIndex": self.index,
            "updatedAt": self.at,
        });
        if let Some(user) = &self.user {
            change["userId"] = json!(user);
        }
        change
    }
}

/// The link of an opportunity to a posting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: String,
    /// `user`, `posting` or `referral`.
    pub(crate) kind: String,
    pub(crate) posting: String,
    pub(crate) user: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) links: Vec<String>,
    pub(crate) created_at: i64,
    pub(crate) archived: Option<Archived>,
}

/// An opportunity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Opportunity {
    pub(crate) id: String,
    pub(crate) contact: String,
    pub(crate) stage: String,
    pub(crate) confidential: bool,
    pub(crate) archived: Option<Archived>,
    pub(crate) tags: Vec<String>,
    pub(crate) sources: Vec<String>,
    pub(crate) stage_changes: Vec<StageChange>,
    pub(crate) origin: Origin,
    pub(crate) sourced_by: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) followers: Vec<String>,
    pub(crate) application: Option<Application>,
    pub(crate) created_at: i64,
    /// `None` on rows older than Lever's keeping of it.
    pub(crate) updated_at: Option<i64>,
    pub(crate) last_interaction_at: Option<i64>,
    pub(crate) last_advanced_at: Option<i64>,
    pub(crate) snoozed_until: Option<i64>,
    pub(crate) location: Option<String>,
    /// When it really came into the account: what list lag counts from.
    pub(crate) recorded_at: i64,
    /// The user it was created as: the creator.
    pub(crate) created_by: Option<String>,
    /// When it begins to show up in lists, where a fault made that late.
    #[serde(default)]
    pub(crate) listed_from: Option<i64>,
}

/// What is left of a deleted opportunity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deleted {
    pub(crate) opportunity: Opportunity,
    pub(crate) contact: Contact,
    pub(crate) deleted_at: i64,
    pub(crate) deleted_by: Option<String>,
}

/// A new opportunity, checked for form but not yet against the account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) name: Option<String>,
    pub(crate) headline: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) links: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) sources: Vec<String>,
    pub(crate) stage: Option<String>,
    pub(crate) origin: Option<Origin>,
    pub(crate) owner: Option<String>,
    pub(crate) followers: Vec<String>,
    pub(crate) postings: Vec<String>,
    pub(crate) contact: Option<String>,
    pub(crate) created_at: Option<i64>,
    pub(crate) archived_reason: Option<String>,
    pub(crate) archived_at: Option<i64>,
    pub(crate) location_of_opportunity: Option<String>,
    /// `perform_as_posting_owner`.
    pub(crate) owned_by_posting_owner: bool,
}

impl Draft {
    /// Takes over from a resume what was not sent: explicit fields win.
    pub(crate) fn fill_from(&mut self, parsed: &Parsed) {
        if self.name.is_none() {
            self.name.clone_from(&parsed.name);
        }
        if self.emails.is_empty() {
            self.emails.extend(parsed.email.clone());
        }
        if self.phones.is_empty() {
            self.phones.extend(parsed.phone.clone().map(Phone::mobile));
        }
    }
}

/// What a create did.
#[derive(Debug, Clone)]
pub(crate) struct Created {
    pub(crate) id: String,
    /// Whether the person was known already.
    pub(crate) deduped: bool,
}

/// Which list of an opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labels {
    Tags,
    Sources,
}

impl State {
    /// Creates an opportunity. An e-mail that is known leads to the same contact,
    /// whose own data wins; there is always a new opportunity.
    pub(crate) fn create_opportunity(&mut self, draft: Draft, act: &Act<'_>) -> Result<Created, Problem> {
        let creator = act.by.ok_or_else(|| Problem::invalid("Missing required parameter: perform_as"))?;
        let stage = self.active_stage(draft.stage.as_deref().unwrap_or(super::stage::NEW_LEAD))?;
        if draft.postings.len() > 1 {
            return Err(Problem::invalid("An opportunity can be created with at most one posting"));
        }
        let posting = match draft.postings.first() {
            Some(id) => {
                Some(self.postings.get(id).ok_or_else(|| Problem::reference("postings", id))?.clone())
            }
            None => None,
        };
        if let Some(posting) = posting.as_ref().filter(|posting| posting.state == CLOSED)
            && self.behaviour.get().closed_posting_refused
        {
            return Err(Problem::invalid(format!("postings {} is closed", posting.id)));
        }
        if draft.owned_by_posting_owner && posting.is_none() {
            return Err(Problem::invalid("perform_as_posting_owner needs exactly one posting"));
        }
        for id in draft.owner.iter().chain(&draft.followers) {
            if !self.users.has(id) {
                return Err(Problem::reference("users", id));
            }
        }
        let created_at = draft.created_at.unwrap_or(act.at);
        if created_at > act.at {
            return Err(Problem::invalid("createdAt cannot be in the future"));
        }
        let archived = match (draft.archived_reason, draft.archived_at) {
            (None, None) => None,
            (None, Some(_)) => {
                return Err(Problem::invalid("Missing required parameter: archived.reason"));
            }
            (Some(reason), at) => {
                if !self.archive_reasons.has(&reason) {
                    return Err(Problem::reference("archive_reasons", &reason));
                }
                let earlier = draft.created_at.zip(at).is_none_or(|(made, at)| made <= at);
                if at.is_some() && (draft.created_at.is_none() || !earlier) {
                    return Err(Problem::invalid("archived.archivedAt needs an earlier createdAt"));
                }
                Some(Archived { reason, archived_at: at.unwrap_or(act.at) })
            }
        };
        let known = match &draft.contact {
            Some(id) => {
                let contact = self.contacts.get(id).ok_or_else(|| Problem::reference("contacts", id))?;
                if contact.anonymised {
                    return Err(Problem::invalid("Opportunities cannot be linked to an anonymized contact"));
                }
                Some(id.clone())
            }
            None => self.contact_by_email(&draft.emails),
        };

        // From here on nothing is refused, so nothing is half done.
        let deduped = known.is_some();
        let contact = match known {
            Some(id) => {
                if draft.contact.is_some() {
                    self.add_to_contact(&id, &draft.emails, &draft.phones, &draft.links);
                }
                id
            }
            None => {
                let id = self.new_id();
                let contact = Contact {
                    id: id.clone(),
                    name: draft.name.unwrap_or_default(),
                    headline: draft.headline.unwrap_or_default(),
                    location: draft.location.unwrap_or_default(),
                    emails: draft.emails,
                    phones: draft.phones,
                    links: draft.links,
                    anonymised: false,
                    created_at: act.at,
                };
                self.contacts.insert(&id, contact);
                self.contact_event(Event::ContactCreated, &id, act);
                id
            }
        };
        let id = self.new_id();
        let mut tags = draft.tags;
        let mut followers = draft.followers;
        let interviewer = self.users.get(creator).is_some_and(|user| user.access_role == "interviewer");
        if !interviewer {
            add_new(&mut followers, &[creator.to_owned()]);
        }
        let mut application = None;
        let mut owner = draft.owner.unwrap_or_else(|| creator.to_owned());
        if let Some(posting) = &posting {
            add_new(&mut tags, &posting.tags_for_opportunity().map(str::to_owned));
            add_new(&mut followers, std::slice::from_ref(&posting.owner));
            if draft.owned_by_posting_owner {
                owner.clone_from(&posting.owner);
            }
            let person = self.contacts.get(&contact).cloned().unwrap_or_default();
            application = Some(Application {
                id: self.new_id(),
                kind: "user".to_owned(),
                posting: posting.id.clone(),
                user: Some(creator.to_owned()),
                name: Some(person.name),
                email: person.emails.first().cloned(),
                phone: person.phones.first().map(|phone| phone.value.clone()),
                links: person.links,
                created_at,
                archived: archived.clone(),
            });
        }
        let origin = draft.origin.unwrap_or(Origin::Sourced);
        let opportunity = Opportunity {
            id: id.clone(),
            contact,
            stage_changes: vec![StageChange {
                stage: stage.clone(),
                index: self.stage_index(&stage),
                at: created_at,
                user: Some(creator.to_owned()),
            }],
            stage: stage.clone(),
            confidential: posting.as_ref().is_some_and(|posting| posting.confidential),
            archived,
            tags,
            sources: draft.sources,
            origin,
            sourced_by: (origin == Origin::Sourced).then(|| creator.to_owned()),
            owner: Some(owner),
            followers,
            application,
            created_at,
            updated_at: Some(act.at),
            last_interaction_at: Some(act.at),
            last_advanced_at: Some(created_at),
            snoozed_until: None,
            location: draft.location_of_opportunity.or_else(|| posting.map(|posting| posting.location)),
            recorded_at: act.at,
            created_by: Some(creator.to_owned()),
            listed_from: None,
        };
        self.opportunities.insert(&id, opportunity.clone());
        if let Some(application) = &opportunity.application {
            self.application_event(&opportunity, &application.id, act);
        }
        if self.behaviour.get().creation_fires_stage_change {
            self.stage_event(&opportunity, &stage, &stage, act);
        }
        Ok(Created { id, deduped })
    }

    /// Moves an opportunity; it stays archived if it is. Lever stamps `updatedAt`
    /// one millisecond after the rest (recorded traffic).
    pub(crate) fn move_stage(&mut self, id: &str, stage: &str, act: &Act<'_>) -> Result<(), Problem> {
        let Some(opportunity) = self.opportunities.get(id) else {
            return Err(Problem::missing("opportunities", id));
        };
        let from = opportunity.stage.clone();
        let stage = self.active_stage(stage)?;
        if from == stage && self.behaviour.get().same_stage_move == SameStage::Ignore {
            return Ok(());
        }
        let index = self.stage_index(&stage);
        if let Some(opportunity) = self.opportunities.edit(id) {
            opportunity.stage.clone_from(&stage);
            opportunity.stage_changes.push(StageChange {
                stage: stage.clone(),
                index,
                at: act.at,
                user: act.by.map(str::to_owned),
            });
            opportunity.last_advanced_at = Some(act.at);
            opportunity.last_interaction_at = Some(act.at);
            opportunity.updated_at = Some(act.at + 1);
            let moved = opportunity.clone();
            self.stage_event(&moved, &from, &stage, act);
        }
        Ok(())
    }

    /// Archives with a reason, or un-archives with `None`. The stage is kept.
    pub(crate) fn archive(&mut self, id: &str, reason: Option<&str>, act: &Act<'_>) -> Result<(), Problem> {
        let Some(opportunity) = self.opportunities.get(id) else {
            return Err(Problem::missing("opportunities", id));
        };
        if let Some(reason) = reason {
            match self.archive_reasons.get(reason) {
                Some(known) if known.active => {}
                _ => return Err(Problem::reference("archive_reasons", reason)),
            }
        }
        let before = opportunity.archived.clone();
        let same = before.as_ref().map(|archived| archived.reason.as_str()) == reason;
        if same && (reason.is_none() || self.behaviour.get().same_reason_archive == SameReason::Ignore) {
            return Ok(());
        }
        if let Some(opportunity) = self.opportunities.edit(id) {
            let archived = reason.map(|reason| Archived { reason: reason.to_owned(), archived_at: act.at });
            if let (Some(application), false) = (&mut opportunity.application, same) {
                // Recorded eleven milliseconds earlier, and kept when the same
                // reason is given again.
                application.archived = archived
                    .clone()
                    .map(|archived| Archived { archived_at: archived.archived_at - 11, ..archived });
            }
            if before.is_none() {
                opportunity.last_advanced_at = Some(act.at);
            }
            opportunity.archived = archived;
            opportunity.last_interaction_at = Some(act.at);
            opportunity.updated_at = Some(act.at + 1);
            let after = opportunity.clone();
            self.archive_events(&after, before.as_ref(), act);
        }
        Ok(())
    }

    /// Keeps a new opportunity out of lists until an instant.
    pub(crate) fn list_late(&mut self, id: &str, from: i64) {
        if let Some(opportunity) = self.opportunities.edit(id) {
            opportunity.listed_from = Some(from);
        }
    }

    /// Snoozes an opportunity until an instant, or wakes it with `None`. Only a
    /// person can: the API has no such route, and no event tells of it.
    pub(crate) fn snooze(&mut self, id: &str, until: Option<i64>, act: &Act<'_>) -> Result<(), Problem> {
        let opportunity = self.opportunities.edit(id).ok_or_else(|| Problem::missing("opportunities", id))?;
        opportunity.snoozed_until = until;
        opportunity.updated_at = Some(act.at);
        Ok(())
    }

    /// Makes an opportunity confidential, as moving it to a confidential posting
    /// does. Only a person can: the API has no such route, and no event tells of it.
    pub(crate) fn conceal(&mut self, id: &str, act: &Act<'_>) -> Result<(), Problem> {
        let opportunity = self.opportunities.edit(id).ok_or_else(|| Problem::missing("opportunities", id))?;
        opportunity.confidential = true;
        opportunity.updated_at = Some(act.at);
        Ok(())
    }

    /// Deletes an opportunity, and its contact when it was the last. Only a
    /// person can: the API has no such route.
    pub(crate) fn delete_opportunity(&mut self, id: &str, act: &Act<'_>) -> Result<(), Problem> {
        let opportunity =
            self.opportunities.remove(id).ok_or_else(|| Problem::missing("opportunities", id))?;
        let contact = self.contacts.get(&opportunity.contact).cloned().unwrap_or_default();
        let notes: Vec<String> =
            self.notes.values().filter(|note| note.opportunity == id).map(|note| note.id.clone()).collect();
        for note in notes {
            self.notes.remove(&note);
        }
        self.remove_files_of(id);
        if self.opportunities_of(&opportunity.contact).is_empty() {
            self.contacts.remove(&opportunity.contact);
        }
        self.deleted_event(&opportunity, act);
        let deleted =
            Deleted { opportunity, contact, deleted_at: act.at, deleted_by: act.by.map(str::to_owned) };
        self.deleted.insert(id, deleted);
        Ok(())
    }

    /// Adds to, or takes from, the tags or sources.
    pub(crate) fn change_labels(
        &mut self,
        id: &str,
        which: Labels,
        labels: &[String],
        add: bool,
        act: &Act<'_>,
    ) -> Result<(), Problem> {
        let opportunity = self.opportunities.edit(id).ok_or_else(|| Problem::missing("opportunities", id))?;
        let list = match which {
            Labels::Tags => &mut opportunity.tags,
            Labels::Sources => &mut opportunity.sources,
        };
        if add {
            add_new(list, labels);
        } else {
            list.retain(|label| !labels.contains(label));
        }
        opportunity.updated_at = Some(act.at);
        Ok(())
    }

    /// Adds to, or takes from, the links. They are the contact's.
    pub(crate) fn change_links(
        &mut self,
        id: &str,
        links: &[String],
        add: bool,
        act: &Act<'_>,
    ) -> Result<(), Problem> {
        let contact =
            self.opportunities.get(id).ok_or_else(|| Problem::missing("opportunities", id))?.contact.clone();
        if let Some(contact) = self.contacts.edit(&contact) {
            if add {
                add_new(&mut contact.links, links);
            } else {
                contact.links.retain(|link| !links.contains(link));
            }
        }
        self.touch_opportunities_of(&contact, act.at);
        Ok(())
    }

    /// Adds a note, or a comment to the note `thread`; returns the note's id.
    pub(crate) fn add_note(
        &mut self,
        opportunity: &str,
        thread: Option<&str>,
        value: &str,
        details: &NoteDetails,
        act: &Act<'_>,
    ) -> Result<String, Problem> {
        let Some(target) = self.opportunities.get(opportunity) else {
            return Err(Problem::missing("opportunities", opportunity));
        };
        let created_at = details.created_at.unwrap_or(act.at);
        if created_at > act.at {
            return Err(Problem::invalid("createdAt cannot be in the future"));
        }
        let comment = Comment {
            value: value.to_owned(),
            score: details.score,
            user: act.by.map(str::to_owned),
            stage: target.stage.clone(),
            created_at,
        };
        let id = match thread {
            Some(id) => {
                let note = self
                    .notes
                    .edit(id)
                    .filter(|note| note.opportunity == opportunity)
                    .ok_or_else(|| Problem::missing("notes", id))?;
                note.comments.push(comment);
                id.to_owned()
            }
            None => {
                let id = self.new_id();
                let note = Note {
                    id: id.clone(),
                    opportunity: opportunity.to_owned(),
                    user: act.by.map(str::to_owned),
                    secret: details.secret,
                    comments: vec![comment],
                    created_at,
                    by_api: act.door == super::act::Door::Api,
                };
                self.notes.insert(&id, note);
                id
            }
        };
        if self.behaviour.get().note_touches_opportunity
            && let Some(opportunity) = self.opportunities.edit(opportunity)
        {
            opportunity.updated_at = Some(act.at);
            opportunity.last_interaction_at = Some(act.at);
        }
        Ok(id)
    }

    /// The name to show for an opportunity.
    pub(crate) fn candidate_name(&self, opportunity: &Opportunity) -> String {
        match self.contacts.get(&opportunity.contact) {
            Some(contact) if contact.anonymised => "Anonymised candidate".to_owned(),
            Some(contact) if !contact.name.is_empty() => contact.name.clone(),
            _ => "Candidate without a name".to_owned(),
        }
    }

    fn add_to_contact(&mut self, id: &str, emails: &[String], phones: &[Phone], links: &[String]) {
        if let Some(contact) = self.contacts.edit(id) {
            add_new(&mut contact.emails, emails);
            add_new(&mut contact.links, links);
            for phone in phones {
                if !contact.phones.contains(phone) {
                    contact.phones.push(phone.clone());
                }
            }
        }
    }
}

/// What a note may carry besides its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct NoteDetails {
    pub(crate) secret: bool,
    pub(crate) score: Option<i64>,
    pub(crate) created_at: Option<i64>,
}

/// Appends what is not there yet. Case counts.
fn add_new(list: &mut Vec<String>, more: &[String]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}
