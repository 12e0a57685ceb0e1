//! The JSON of an opportunity: keys and their order as recorded.

use serde_json::{Map, Value, json};

use crate::state::{
    State,
    contact::Contact,
    opportunity::{Application, Archived, Deleted, Opportunity, StageChange},
    posting::confidentiality,
};

/// What `expand` may name; anything else, `posting` too, is refused.
pub(crate) const EXPANDABLE: [&str; 6] =
    ["applications", "stage", "owner", "followers", "sourcedBy", "contact"];

/// How an opportunity is shown.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Ids to be replaced by objects.
    pub(crate) expand: Vec<String>,
    /// Name, headline, location, e-mails, phones and links blank.
    pub(crate) blank_contact: bool,
    /// Without `opportunityLocation`.
    pub(crate) no_location: bool,
    /// What the addresses under `urls` start with.
    pub(crate) app_url: String,
}

/// An opportunity with its contact's data.
pub(crate) fn object(state: &State, opportunity: &Opportunity, view: &View) -> Value {
    let nobody = Contact::default();
    let contact = state.contacts.get(&opportunity.contact).unwrap_or(&nobody);
    let mut object = fields(opportunity, contact, view);
    for name in &view.expand {
        let user =
            |id: &Option<String>| id.as_deref().and_then(|id| state.users.get(id)).map(|user| user.to_json());
        let value = match name.as_str() {
            "stage" => json!(state.stages.get(&opportunity.stage).map(|s| s.to_json())),
            "owner" => json!(user(&opportunity.owner)),
            "sourcedBy" => json!(user(&opportunity.sourced_by)),
            "contact" => contact.to_json(false),
            "followers" => opportunity
                .followers
                .iter()
                .filter_map(|id| state.users.get(id))
                .map(|user| user.to_json())
                .collect(),
            _ => opportunity.application.iter().map(|a| application(state, opportunity, a)).collect(),
        };
        object.insert(name.clone(), value);
    }
    Value::Object(object)
}

/// A deleted opportunity, with the two attributes only those have.
pub(crate) fn deleted_object(deleted: &Deleted, app_url: &str) -> Value {
    let view = View { app_url: app_url.to_owned(), ..View::default() };
    let mut object = fields(&deleted.opportunity, &deleted.contact, &view);
    object.insert("deletedBy".into(), json!(deleted.deleted_by));
    object.insert("deletedAt".into(), json!(deleted.deleted_at));
    Value::Object(object)
}

fn fields(opportunity: &Opportunity, contact: &Contact, view: &View) -> Map<String, Value> {
    let shown = !view.blank_contact;
    let text = |text: &str| json!(if shown { text } else { "" });
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    put("id", json!(opportunity.id));
    put("name", text(&contact.name));
    put("contact", json!(opportunity.contact));
    put("headline", text(&contact.headline));
    put("stage", json!(opportunity.stage));
    put("confidentiality", json!(confidentiality(opportunity.confidential)));
    put("location", text(&contact.location));
    put("phones", if shown { json!(contact.phones) } else { json!([]) });
    put("emails", if shown { json!(contact.emails) } else { json!([]) });
    put("links", if shown { json!(contact.links) } else { json!([]) });
    put("archived", json!(opportunity.archived.as_ref().map(Archived::to_json)));
    put("tags", json!(opportunity.tags));
    put("sources", json!(opportunity.sources));
    put("stageChanges", opportunity.stage_changes.iter().map(StageChange::to_json).collect());
    put("origin", json!(opportunity.origin));
    put("sourcedBy", json!(opportunity.sourced_by));
    put("owner", json!(opportunity.owner));
    put("followers", json!(opportunity.followers));
    put("applications", opportunity.application.iter().map(|application| json!(application.id)).collect());
    put("createdAt", json!(opportunity.created_at));
    put("updatedAt", json!(opportunity.updated_at));
    put("lastInteractionAt", json!(opportunity.last_interaction_at));
    put("lastAdvancedAt", json!(opportunity.last_advanced_at));
    put("snoozedUntil", json!(opportunity.snoozed_until));
    put(
        "urls",
        json!({
            "list": format!("{}/candidates", view.app_url),
            "show": format!("{}/candidates/{}", view.app_url, opportunity.id),
        }),
    );
    put("isAnonymized", json!(contact.anonymised));
    put("dataProtection", Value::Null);
    if let (Some(location), false) = (&opportunity.location, view.no_location) {
        put("opportunityLocation", json!(location));
    }
    object
}

/// An application; `candidateId` equals `opportunityId`, its phone has no type, and
/// one that a user made has no personal data (recorded traffic). The five last
/// fields are there since April 2026.
pub(crate) fn application(state: &State, opportunity: &Opportunity, application: &Application) -> Value {
    let posting = state.postings.get(&application.posting);
    // A user fills in no form.
    let form = (application.kind != "user").then_some(application);
    json!({
        "id": application.id,
        "type": application.kind,
        "candidateId": opportunity.id,
        "opportunityId": opportunity.id,
        "posting": application.posting,
        "postingHiringManager": posting.and_then(|posting| posting.hiring_manager.clone()),
        "postingOwner": posting.map(|posting| posting.owner.clone()),
        "name": form.and_then(|form| form.name.as_deref()),
        "company": null,
        "phone": form.and_then(|form| form.phone.as_ref()).map(|value| json!({ "type": null, "value": value })),
        "email": form.and_then(|form| form.email.as_deref()),
        "links": form.map_or(&[][..], |form| &form.links),
        "comments": null,
        "user": application.user,
        "customQuestions": [],
        "createdAt": application.created_at,
        "archived": application.archived.as_ref().map(Archived::to_json),
        "requisitionForHire": null,
        "ipAddress": null,
        "referer": null,
        "userAgent": null,
        "acceptLanguage": null,
        "timezone": null,
    })
}
