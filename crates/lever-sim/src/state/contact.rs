//! Contacts: people, shared by their opportunities.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    State,
    act::Act,
    event::{Event, Occasion},
    file::Parsed,
    problem::Problem,
};

/// A telephone number as Lever writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Phone {
    /// `mobile`, `home`, `work`, `skype`, `other` have been seen.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) value: String,
}

impl Phone {
    pub(crate) fn mobile(value: String) -> Self {
        Self { kind: Some("mobile".to_owned()), value }
    }
}

/// A person.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) headline: String,
    pub(crate) location: String,
    pub(crate) emails: Vec<String>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) links: Vec<String>,
    pub(crate) anonymised: bool,
    pub(crate) created_at: i64,
}

/// Details to be written to a contact; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContactChange {
    pub(crate) name: Option<String>,
    pub(crate) headline: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) emails: Option<Vec<String>>,
    pub(crate) phones: Option<Vec<Phone>>,
}

impl Contact {
    /// The contact as `GET /contacts/:id` answers it; the answer of a PUT lacks
    /// `isAnonymized` and `dataProtection` (recorded traffic).
    pub(crate) fn to_json(&self, after_put: bool) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), json!(self.id));
        object.insert("name".into(), json!(self.name));
        object.insert("headline".into(), json!(self.headline));
        if !after_put {
            object.insert("isAnonymized".into(), json!(self.anonymised));
        }
        object.insert("location".into(), json!({ "name": self.location }));
        object.insert("emails".into(), json!(self.emails));
        object.insert("phones".into(), json!(self.phones));
        if !after_put {
            // Of the shape that was recorded in July 2026.
            object.insert(
                "dataProtection".into(),
                json!({ "interviewIntelligence": { "allowed": true, "expiresAt": null } }),
            );
        }
        Value::Object(object)
    }
}

impl State {
    /// Fills what an opportunity's contact lacks from its resume.
    pub(crate) fn fill_contact_of(&mut self, opportunity: &str, parsed: &Parsed) {
        let contact = self.opportunities.get(opportunity).map(|opportunity| opportunity.contact.clone());
        let Some(contact) = contact.and_then(|id| self.contacts.edit(&id)) else {
            return;
        };
        if let (true, Some(name)) = (contact.name.is_empty(), &parsed.name) {
            contact.name.clone_from(name);
        }
        if contact.emails.is_empty() {
            contact.emails.extend(parsed.email.clone());
        }
        if contact.phones.is_empty() {
            contact.phones.extend(parsed.phone.clone().map(Phone::mobile));
        }
    }

    /// The contact one of these addresses belongs to, the first that matches.
    pub(crate) fn contact_by_email(&mut self, emails: &[String]) -> Option<String> {
        self.refresh_index();
        emails.iter().find_map(|email| {
            let canonical = self.behaviour.get().canonical(email);
            self.index.contacts_of_email(&canonical).next().cloned()
        })
    }

    /// Writes details to a contact. An anonymised contact cannot be updated
    /// (Lever's change list, 2023-02-07).
    pub(crate) fn change_contact(
        &mut self,
        id: &str,
        change: ContactChange,
        act: &Act<'_>,
    ) -> Result<(), Problem> {
        let Some(contact) = self.contacts.get(id) else {
            return Err(Problem::missing("contacts", id));
        };
        if contact.anonymised {
            return Err(Problem::invalid("An anonymized contact cannot be updated"));
        }
        if let Some(contact) = self.contacts.edit(id) {
            if let Some(name) = change.name {
                contact.name = name;
            }
            if let Some(headline) = change.headline {
                contact.headline = headline;
            }
            if let Some(location) = change.location {
                contact.location = location;
            }
            if let Some(emails) = change.emails {
                contact.emails = emails;
            }
            if let Some(phones) = change.phones {
                contact.phones = phones;
            }
        }
        self.touch_opportunities_of(id, act.at);
        self.contact_event(Event::ContactUpdated, id, act);
        Ok(())
    }

    /// Names and e-mails of the contact count for `updatedAt` of each of the
    /// contact's opportunities (Lever documentation, Opportunities).
    pub(crate) fn touch_opportunities_of(&mut self, contact: &str, at: i64) {
        for id in self.opportunities_of(contact) {
            if let Some(opportunity) = self.opportunities.edit(&id) {
                opportunity.updated_at = Some(at);
            }
        }
    }

    /// The opportunities of a contact, oldest first.
    pub(crate) fn opportunities_of(&mut self, contact: &str) -> Vec<String> {
        self.refresh_index();
        let mut ids: Vec<(i64, String)> = self
            .index
            .opportunities_of_contact(contact)
            .filter_map(|id| self.opportunities.get(id))
            .map(|opportunity| (opportunity.created_at, opportunity.id.clone()))
            .collect();
        ids.sort();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// Erases the personal data of a contact: name, addresses, links, and the
    /// notes and files of every opportunity.
    pub(crate) fn anonymise_contact(&mut self, id: &str, act: &Act<'_>) -> Result<(), Problem> {
        let contact = self.contacts.edit(id).ok_or_else(|| Problem::missing("contacts", id))?;
        *contact = Contact {
            id: contact.id.clone(),
            created_at: contact.created_at,
            anonymised: true,
            ..Contact::default()
        };
        for opportunity in self.opportunities_of(id) {
            let notes: Vec<String> = self
                .notes
                .values()
                .filter(|note| note.opportunity == opportunity)
                .map(|note| note.id.clone())
                .collect();
            for note in notes {
                self.notes.remove(&note);
            }
            self.remove_files_of(&opportunity);
            if let Some(application) =
                self.opportunities.edit(&opportunity).and_then(|o| o.application.as_mut())
            {
                application.name = None;
                application.email = None;
                application.phone = None;
                application.links.clear();
            }
        }
        self.touch_opportunities_of(id, act.at);
        self.contact_event(Event::ContactUpdated, id, act);
        Ok(())
    }

    /// `contactCreated` or `contactUpdated`. The names of the fields are known
    /// from a digest of Lever's documentation only.
    pub(crate) fn contact_event(&mut self, event: Event, id: &str, act: &Act<'_>) {
        let time = if event == Event::ContactCreated { "createdAt" } else { "updatedAt" };
        let data = json!({
            "contactId": id,
            time: act.at,
            "accountId": self.meta.get().account_id,
        });
        self.occur(event, data, &Occasion::default(), act);
    }
}
