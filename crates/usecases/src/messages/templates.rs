//! Saved texts: Admins save them, everybody uses them.

use domain::actor::{Action, Actor};
use domain::candidate::{line, message_text};
use domain::ids::{CandidateId, TemplateId};
use domain::problem::{Field, FieldProblem, Problem};
use domain::template::{self, Values};
use domain::view::{TemplateChoice, TemplateRow, TemplatesPage};
use store::activity::{self, Activity};
use store::message_templates::{self, Template};
use store::{Tx, candidates, members};

use crate::{Error, Result, Services};

/// Most saved texts of an organisation that are shown.
pub(super) const MOST: u32 = 200;

/// The page: every saved text, and the one that is being changed.
///
/// # Errors
/// Faults of the store only; a text that is not there is a new one.
pub async fn templates(services: &Services, actor: &Actor, edited: &str) -> Result<TemplatesPage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let names = members::names(&mut tx, actor.organisation).await?;
    let rows: Vec<TemplateRow> = message_templates::list(&mut tx, actor.organisation, MOST)
        .await?
        .into_iter()
        .map(|saved| TemplateRow {
            id: saved.id,
            name: saved.name,
            body: saved.body,
            saved_by: names.get(&saved.saved_by).cloned().unwrap_or_else(|| "A former member".to_owned()),
            saved: services.moment(saved.updated_at),
        })
        .collect();
    let edited = rows.iter().find(|row| row.id.to_string() == edited).cloned();
    Ok(TemplatesPage { rows, edited, may_save: actor.role.may(Action::SaveTemplates) })
}

/// Saves a text under a name; `id` names the one that is changed.
///
/// # Errors
/// Fields; [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotFound`].
pub async fn save_template(
    services: &Services,
    actor: &Actor,
    id: Option<TemplateId>,
    name: &str,
    text: &str,
) -> Result<()> {
    services.require(actor, Action::SaveTemplates)?;
    let mut problems = Vec::new();
    let name = line(Field::TemplateName, name, true, &mut problems);
    let checked = message_text(Field::Message, text)
        .and_then(|text| template::check(Field::Message, &text).map(|()| text));
    let body = match checked {
        Ok(body) => body,
        Err(Problem::Fields(more)) => {
            problems.extend(more);
            String::new()
        }
        Err(other) => return Err(other.into()),
    };
    if !problems.is_empty() {
        return Err(Problem::Fields(problems).into());
    }
    let mut tx = services.store.begin().await?;
    let id = match id {
        Some(id) => {
            message_templates::get(&mut tx, actor.organisation, id).await?.ok_or(Problem::NotFound)?;
            id
        }
        None => services.new_id(),
    };
    let now = services.now();
    let saved = Template { id, name, body, saved_by: actor.member, updated_at: now };
    message_templates::save(&mut tx, actor.organisation, &saved).await.map_err(|error| match error {
        store::Error::Taken => Problem::field(FieldProblem::Taken(Field::TemplateName)).into(),
        other => Error::from(other),
    })?;
    record(services, &mut tx, actor, "template_saved", format!("Saved the template {}.", saved.name)).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a saved text. What was written with it stays.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotFound`].
pub async fn delete_template(services: &Services, actor: &Actor, id: TemplateId) -> Result<()> {
    services.require(actor, Action::SaveTemplates)?;
    let mut tx = services.store.begin().await?;
    let saved = message_templates::get(&mut tx, actor.organisation, id).await?.ok_or(Problem::NotFound)?;
    message_templates::delete(&mut tx, actor.organisation, id).await?;
    record(services, &mut tx, actor, "template_deleted", format!("Deleted the template {}.", saved.name))
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The saved texts as they read for one candidate. What is not known of them stays
/// in braces, to be seen and written by hand: with it the text is not sent.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn template_choice(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
) -> Result<TemplateChoice> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let known = candidates::get(&mut tx, actor.organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let values = Values { name: &known.name, company: &known.company, my_name: &actor.name };
    let texts = message_templates::list(&mut tx, actor.organisation, MOST)
        .await?
        .into_iter()
        .map(|saved| (saved.name, template::fill_known(&saved.body, &values)))
        .collect();
    Ok(TemplateChoice { candidate, texts })
}

async fn record(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    kind: &'static str,
    summary: String,
) -> Result<()> {
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: None,
        kind,
        summary,
    };
    Ok(activity::record(tx, actor.organisation, &entry).await?)
}
