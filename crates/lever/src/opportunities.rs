//! Opportunities: one candidacy of one person (Lever documentation, Opportunities).
//!
//! A [`Contact`](crate::Contact) is the person; an opportunity is one way of that person through
//! the pipeline. Creating never merges opportunities: a known e-mail address leads to a new
//! opportunity of the existing contact.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;

use crate::{
    Client, Error, ErrorKind, Page,
    client::{Answer, Request},
    lenient::{location, or_default, reference, references},
    page::PAGE_SIZE,
};

/// One candidacy of one person. Times are milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opportunity {
    /// The id; also the `candidateId` of older material.
    pub id: String,
    /// The person's name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The id of the person.
    #[serde(default, deserialize_with = "reference")]
    pub contact: Option<String>,
    /// The line under the name; empty when there is none.
    #[serde(default, deserialize_with = "or_default")]
    pub headline: String,
    /// The id of the stage. Kept while archived.
    #[serde(default, deserialize_with = "reference")]
    pub stage: Option<String>,
    /// `non-confidential` or `confidential`; see [`Opportunity::is_confidential`].
    #[serde(default)]
    pub confidentiality: Option<String>,
    /// The person's place; empty when there is none.
    #[serde(default, deserialize_with = "location")]
    pub location: String,
    /// The person's telephone numbers.
    #[serde(default, deserialize_with = "or_default")]
    pub phones: Vec<Phone>,
    /// The person's e-mail addresses.
    #[serde(default, deserialize_with = "or_default")]
    pub emails: Vec<String>,
    /// The person's links.
    #[serde(default, deserialize_with = "or_default")]
    pub links: Vec<String>,
    /// Set while archived.
    #[serde(default, deserialize_with = "archived")]
    pub archived: Option<Archived>,
    /// The tags.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: Vec<String>,
    /// The sources: free labels.
    #[serde(default, deserialize_with = "or_default")]
    pub sources: Vec<String>,
    /// The way through the pipeline, oldest first; the first entry is the creation.
    #[serde(default, deserialize_with = "or_default")]
    pub stage_changes: Vec<StageChange>,
    /// How it entered Lever; see [`Origin`] for the values. Fixed at creation.
    #[serde(default)]
    pub origin: Option<String>,
    /// The id of the user who sourced it.
    #[serde(default, deserialize_with = "reference")]
    pub sourced_by: Option<String>,
    /// The id of the user who owns it.
    #[serde(default, deserialize_with = "reference")]
    pub owner: Option<String>,
    /// The ids of the users who follow it.
    #[serde(default, deserialize_with = "references")]
    pub followers: Vec<String>,
    /// Its applications to postings; at most one.
    #[serde(default, deserialize_with = "or_default")]
    pub applications: Vec<Application>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<i64>,
    /// When it was changed last; missing on old ones.
    #[serde(default)]
    pub updated_at: Option<i64>,
    /// When anything happened last.
    #[serde(default)]
    pub last_interaction_at: Option<i64>,
    /// When it was moved last.
    #[serde(default)]
    pub last_advanced_at: Option<i64>,
    /// Where people see it in Lever.
    #[serde(default, rename = "urls", deserialize_with = "urls_show")]
    pub urls_show: Option<String>,
    /// Whether the personal data was erased.
    #[serde(default, deserialize_with = "or_default")]
    pub is_anonymized: bool,
}

impl Opportunity {
    /// Whether only keys and people with access to confidential data see it.
    pub fn is_confidential(&self) -> bool {
        self.confidentiality.as_deref() == Some("confidential")
    }
}

/// That somebody is considered for a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The id.
    pub id: String,
    /// The id of the posting; known only where the list was asked to expand applications.
    pub posting: Option<String>,
}

impl<'de> Deserialize<'de> for Application {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum IdOrObject {
            Id(String),
            Object {
                id: String,
                #[serde(default, deserialize_with = "reference")]
                posting: Option<String>,
            },
        }

        Ok(match IdOrObject::deserialize(deserializer)? {
            IdOrObject::Id(id) => Self { id, posting: None },
            IdOrObject::Object { id, posting } => Self { id, posting },
        })
    }
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// `mobile`, `home`, `work`, `skype`, `other`, or nothing.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The number as it was typed.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
}

/// That an opportunity has left the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Archived {
    /// The id of the archive reason.
    #[serde(default, deserialize_with = "reference")]
    pub reason: Option<String>,
    /// When, in milliseconds since the epoch.
    #[serde(default)]
    pub archived_at: Option<i64>,
}

impl Archived {
    /// An object without reason and time says the same as null.
    pub(crate) fn is_nothing(&self) -> bool {
        self.reason.is_none() && self.archived_at.is_none()
    }
}

/// One step through the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageChange {
    /// The id of the stage it came to.
    #[serde(default)]
    pub to_stage_id: Option<String>,
    /// When, in milliseconds since the epoch.
    #[serde(default)]
    pub updated_at: Option<i64>,
    /// The id of the user who moved it; missing on imported rows and on changes by a key without
    /// `perform_as`.
    #[serde(default)]
    pub user_id: Option<String>,
}

fn archived<'de, D>(deserializer: D) -> Result<Option<Archived>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<Archived>::deserialize(deserializer)?.filter(|archived| !archived.is_nothing()))
}

fn urls_show<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    struct Urls {
        show: Option<String>,
    }

    Ok(Option::<Urls>::deserialize(deserializer)?.and_then(|urls| urls.show))
}

/// An opportunity that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedOpportunity {
    /// The id it had.
    pub id: String,
    /// The id of the person it belonged to.
    #[serde(default, deserialize_with = "reference")]
    pub contact: Option<String>,
    /// When, in milliseconds since the epoch.
    #[serde(default)]
    pub deleted_at: Option<i64>,
    /// The id of the user who deleted it.
    #[serde(default, deserialize_with = "reference")]
    pub deleted_by: Option<String>,
}

/// Which opportunities to list. Values within one field are a union, fields narrow each other.
/// Archived opportunities are listed unless `archived` says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpportunityFilter {
    /// With any of these e-mail addresses; sent trimmed and in lower case.
    pub emails: Vec<String>,
    /// With any of these tags; case matters.
    pub tags: Vec<String>,
    /// With any of these sources.
    pub sources: Vec<String>,
    /// Of any of these persons.
    pub contact_ids: Vec<String>,
    /// Changed at or after this time, in milliseconds since the epoch. Old rows without a time of
    /// change are never found by it.
    pub updated_at_start: Option<i64>,
    /// Changed at or before this time.
    pub updated_at_end: Option<i64>,
    /// Made at or after this time.
    pub created_at_start: Option<i64>,
    /// Made at or before this time.
    pub created_at_end: Option<i64>,
    /// Only archived ones, or only others; both when absent.
    pub archived: Option<bool>,
    /// Lever's default is [`Confidentiality::NonConfidential`]. Asking for more without the grant
    /// is refused with 403.
    pub confidentiality: Option<Confidentiality>,
    /// Whether [`Application::posting`] is wanted.
    pub expand_applications: bool,
    /// Items on a page, from 1 to 100; 100 when absent.
    pub limit: Option<u32>,
}

/// Which opportunities to list with regard to confidentiality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidentiality {
    /// `non-confidential`
    NonConfidential,
    /// `confidential`
    Confidential,
    /// `all`
    All,
}

impl Confidentiality {
    fn as_str(self) -> &'static str {
        match self {
            Confidentiality::NonConfidential => "non-confidential",
            Confidentiality::Confidential => "confidential",
            Confidentiality::All => "all",
        }
    }
}

impl OpportunityFilter {
    fn request(&self, operation: &'static str) -> Result<Request, Error> {
        let emails: Vec<String> = self.emails.iter().map(|email| email.trim().to_lowercase()).collect();
        // An empty value does not narrow anything, so that everybody would be found.
        if [&emails, &self.tags, &self.sources, &self.contact_ids]
            .into_iter()
            .flatten()
            .any(|value| value.trim().is_empty())
        {
            return Err(Error::invalid(operation, "a filter value is empty"));
        }
        Ok(Request::get(operation, &["opportunities"])
            .query("limit", self.limit.unwrap_or(PAGE_SIZE).clamp(1, PAGE_SIZE))
            .each("email", &emails)
            .each("tag", &self.tags)
            .each("source", &self.sources)
            .each("contact_id", &self.contact_ids)
            .optional("updated_at_start", self.updated_at_start)
            .optional("updated_at_end", self.updated_at_end)
            .optional("created_at_start", self.created_at_start)
            .optional("created_at_end", self.created_at_end)
            .optional("archived", self.archived)
            .optional("confidentiality", self.confidentiality.map(Confidentiality::as_str))
            .optional("expand", self.expand_applications.then_some("applications")))
    }
}

/// How an opportunity enters Lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `agency`
    Agency,
    /// `applied`
    Applied,
    /// `internal`
    Internal,
    /// `referred`
    Referred,
    /// `sourced`, Lever's default
    Sourced,
    /// `university`
    University,
}

impl Origin {
    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Agency => "agency",
            Origin::Applied => "applied",
            Origin::Internal => "internal",
            Origin::Referred => "referred",
            Origin::Sourced => "sourced",
            Origin::University => "university",
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What to create. Empty fields are not sent, and Lever fills in its defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NewOpportunity {
    /// The person's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The line under the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// The person's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The person's e-mail addresses. Lever takes a known address for the known person, whose
    /// stored data then wins over what is given here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// The person's telephone numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// The person's links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Tags; unknown ones are made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Sources; unknown ones are made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The id of the stage; Lever's default is [`Stage::NEW_LEAD`](crate::Stage::NEW_LEAD).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Lever's default is [`Origin::Sourced`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The id of the owner; Lever's default is the `perform_as` user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The ids of followers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<String>,
    /// The id of the posting to apply to; at most one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub postings: Vec<String>,
    /// The id of an existing person to add the opportunity to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// A created opportunity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Created {
    /// The opportunity.
    #[serde(rename = "data")]
    pub opportunity: Opportunity,
    /// Whether Lever knew the person already by an e-mail address.
    #[serde(default, deserialize_with = "or_default")]
    pub deduped: bool,
}

impl Client {
    /// One opportunity; `None` when Lever does not have it, which is also the answer after it was
    /// deleted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`ErrorKind::NotFound`]; [`ErrorKind::Forbidden`] also for a confidential
    /// one when the key has no access to those.
    pub async fn opportunity(&self, id: &str) -> Result<Option<Opportunity>, Error> {
        match self.one(Request::get("read opportunity", &["opportunities", id])).await {
            Ok(opportunity) => Ok(Some(opportunity)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One page of the opportunities that match, by pipeline order and newest first within a
    /// stage. `cursor` is the `next` of the page before; an opportunity that moves meanwhile may
    /// come twice or not at all.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`ErrorKind::InvalidArgument`] when a filter value is empty.
    pub async fn opportunities_page(
        &self,
        filter: &OpportunityFilter,
        cursor: Option<&str>,
    ) -> Result<Page<Opportunity>, Error> {
        let request = filter.request("list opportunities")?;
        self.page(request.optional("offset", cursor)).await
    }

    /// The opportunities that match, at most `max` of them: as many as `max` means that there may
    /// be more. Walks the pages, and starts again once when Lever no longer knows its own page
    /// token. None is returned twice.
    ///
    /// # Errors
    ///
    /// As [`Client::opportunities_page`].
    pub async fn opportunities_all(
        &self,
        filter: &OpportunityFilter,
        max: usize,
    ) -> Result<Vec<Opportunity>, Error> {
        let request = filter.request("list opportunities")?;
        let mut found: Vec<Opportunity> = self.all(request, max).await?;
        let mut seen = std::collections::HashSet::new();
        found.retain(|opportunity| seen.insert(opportunity.id.clone()));
        Ok(found)
    }

    /// One page of the opportunities deleted at or after `deleted_at_start`, in milliseconds since
    /// the epoch.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn deleted_opportunities_page(
        &self,
        deleted_at_start: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<Page<DeletedOpportunity>, Error> {
        let request = Request::get("list deleted opportunities", &["opportunities", "deleted"])
            .query("limit", PAGE_SIZE)
            .optional("deleted_at_start", deleted_at_start)
            .optional("offset", cursor);
        self.page(request).await
    }

    /// Creates an opportunity in the name of the Lever user `perform_as`.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Unless [`Error::certainly_not_applied`], the opportunity may exist, and a
    /// repetition would make a second one: look by a tag of your own first.
    pub async fn create_opportunity(&self, new: &NewOpportunity, perform_as: &str) -> Result<Created, Error> {
        const OPERATION: &str = "create opportunity";
        if perform_as.trim().is_empty() {
            return Err(Error::invalid(OPERATION, "perform_as is empty"));
        }
        if new.postings.len() > 1 {
            return Err(Error::invalid(OPERATION, "Lever takes at most one posting"));
        }
        let request = Request::post(OPERATION, &["opportunities"], new).query("perform_as", perform_as);
        let Answer { status, body } = self.send(request).await?;
        serde_json::from_slice(&body).map_err(|error| Error::undecodable(OPERATION, status, &error))
    }

    /// Moves an opportunity to a stage. An archived one stays archived.
    ///
    /// Returns nothing because Lever's answer has blank contact data.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it does no harm.
    pub async fn move_stage(&self, id: &str, stage_id: &str, perform_as: Option<&str>) -> Result<(), Error> {
        let request =
            Request::put("move opportunity", &["opportunities", id, "stage"], &json!({ "stage": stage_id }))
                .optional("perform_as", perform_as);
        self.done(request).await
    }

    /// Archives an opportunity with a reason, or un-archives it with `None`; hiring is archiving
    /// with the reason of type hired.
    ///
    /// Returns nothing because Lever's answer has blank contact data.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it does no harm.
    pub async fn archive(
        &self,
        id: &str,
        reason: Option<&str>,
        perform_as: Option<&str>,
    ) -> Result<(), Error> {
        let request = Request::put(
            "archive opportunity",
            &["opportunities", id, "archived"],
            &json!({ "reason": reason }),
        )
        .optional("perform_as", perform_as);
        self.done(request).await
    }

    /// Adds links. They are the person's, and so of all their opportunities.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it does no harm.
    pub async fn add_links(&self, id: &str, links: &[String], perform_as: Option<&str>) -> Result<(), Error> {
        let request =
            Request::post("add links", &["opportunities", id, "addLinks"], &json!({ "links": links }))
                .optional("perform_as", perform_as);
        self.done(request).await
    }

    /// Adds tags; unknown ones are made.
    ///
    /// Returns nothing because Lever's answer has blank contact data.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it does no harm.
    pub async fn add_tags(&self, id: &str, tags: &[String], perform_as: Option<&str>) -> Result<(), Error> {
        let request = Request::post("add tags", &["opportunities", id, "addTags"], &json!({ "tags": tags }))
            .optional("perform_as", perform_as);
        self.done(request).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value};

    use super::*;

    #[test]
    fn an_opportunity_of_nulls_and_one_of_nothing_decode_alike() {
        let absent: Opportunity = from_value(json!({ "id": "o" })).unwrap();
        let keys = [
            "name",
            "contact",
            "headline",
            "stage",
            "confidentiality",
            "location",
            "phones",
            "emails",
            "links",
            "archived",
            "tags",
            "sources",
            "stageChanges",
            "origin",
            "sourcedBy",
            "owner",
            "followers",
            "applications",
            "createdAt",
            "updatedAt",
            "lastInteractionAt",
            "lastAdvancedAt",
            "snoozedUntil",
            "urls",
            "isAnonymized",
            "dataProtection",
        ];
        let mut nulls = json!({ "id": "o" });
        for key in keys {
            nulls[key] = Value::Null;
        }
        assert_eq!(from_value::<Opportunity>(nulls).unwrap(), absent);
        assert_eq!(absent.stage, None);
        assert_eq!(absent.archived, None);
    }

    #[test]
    fn expanded_objects_give_their_ids() {
        let opportunity: Opportunity = from_value(json!({
            "id": "o",
            "stage": { "id": "lead-new", "text": "New lead" },
            "owner": { "id": "u1", "name": "Jo Doe" },
            "contact": { "id": "c1", "location": { "name": "Berlin" } },
            "followers": [{ "id": "u1" }, "u2"],
            "applications": [{ "id": "a1", "type": "posting", "posting": "p1" }, "a2"],
        }))
        .unwrap();
        assert_eq!(opportunity.stage.as_deref(), Some("lead-new"));
        assert_eq!(opportunity.owner.as_deref(), Some("u1"));
        assert_eq!(opportunity.contact.as_deref(), Some("c1"));
        assert_eq!(opportunity.followers, ["u1", "u2"]);
        let known = |id: &str, posting: Option<&str>| Application {
            id: id.to_owned(),
            posting: posting.map(str::to_owned),
        };
        assert_eq!(opportunity.applications, [known("a1", Some("p1")), known("a2", None)]);
    }

    #[test]
    fn an_archive_object_without_content_is_not_archived() {
        let empty: Opportunity =
            from_value(json!({ "id": "o", "archived": { "reason": null, "archivedAt": null } })).unwrap();
        assert_eq!(empty.archived, None);
        let half: Opportunity = from_value(json!({ "id": "o", "archived": { "archivedAt": 5 } })).unwrap();
        assert_eq!(half.archived, Some(Archived { reason: None, archived_at: Some(5) }));
    }

    #[test]
    fn only_what_is_given_is_sent() {
        let new = NewOpportunity {
            name: "Jo Doe".into(),
            phones: vec![Phone { kind: None, value: "1".into() }],
            origin: Some(Origin::Sourced),
            ..NewOpportunity::default()
        };
        assert_eq!(
            serde_json::to_value(&new).unwrap(),
            json!({ "name": "Jo Doe", "phones": [{ "value": "1" }], "origin": "sourced" })
        );
    }
}
