//! What an organisation wants of its imports.

use domain::actor::{Action, Actor};
use domain::import_settings::{ImportSettings, KnownPerson, OnReply, tags};
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::{FallbackCredit, SettingsPage};
use store::activity::{self, Activity};
use store::{catalogue, connections, import_settings, imports, members};

use crate::{Result, Services};

/// What the form holds.
#[derive(Clone, Debug, Default)]
pub struct SettingsForm {
    /// Code of a [`KnownPerson`].
    pub known_person: String,
    /// Tags separated by commas or line ends.
    pub tags: String,
    /// Whether linking writes the conversation to Lever.
    pub note_when_linking: bool,
    /// Whether later answers are written to Lever.
    pub note_of_replies: bool,
    /// Code of an [`OnReply`].
    pub on_reply: String,
}

/// Imports credited to the fallback that are shown.
const MOST_CREDITS: u32 = 100;

/// The page.
///
/// # Errors
/// [`Problem::NotAllowed`] for all but Super Admins.
pub async fn settings(services: &Services, actor: &Actor) -> Result<SettingsPage> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.read().await?;
    let organisation = actor.organisation;
    let known = import_settings::load(&mut tx, organisation).await?;
    let names = members::names(&mut tx, organisation).await?;
    let connection = connections::find(&mut tx, organisation).await?;
    let mut fallback_credits = Vec::new();
    for credit in imports::credited_to_fallback(&mut tx, organisation, MOST_CREDITS).await? {
        let user = match (&connection, &credit.credited_user) {
            (Some(connection), Some(user)) => {
                catalogue::user(&mut tx, organisation, connection.id, user).await?
            }
            _ => None,
        };
        fallback_credits.push(FallbackCredit {
            candidate: credit.candidate,
            name: credit.name,
            asked_by: names.get(&credit.requested_by).cloned().unwrap_or_else(|| "somebody".into()),
            credited_to: user.map(|user| user.name).or(credit.credited_user).unwrap_or_default(),
            at: services.moment(credit.at),
        });
    }
    Ok(SettingsPage {
        known_person: known.known_person,
        tags: known.tags.join(", "),
        note_when_linking: known.note_when_linking,
        note_of_replies: known.note_of_replies,
        on_reply: known.on_reply,
        fallback_credits,
    })
}

/// Saves the form. It holds for every import that has not been sent yet.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::Fields`], and then nothing changes.
pub async fn save_settings(services: &Services, actor: &Actor, form: SettingsForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let mut problems = Vec::new();
    let known_person = KnownPerson::from_code(&form.known_person);
    if known_person.is_none() {
        problems.push(FieldProblem::NotAChoice(Field::KnownPerson));
    }
    let on_reply = OnReply::from_code(&form.on_reply);
    if on_reply.is_none() {
        problems.push(FieldProblem::NotAChoice(Field::OnReply));
    }
    let tags = tags(&form.tags).map_err(|problem| problems.push(problem)).unwrap_or_default();
    let (Some(known_person), Some(on_reply), true) = (known_person, on_reply, problems.is_empty()) else {
        return Err(Problem::Fields(problems).into());
    };
    let settings = ImportSettings {
        known_person,
        tags,
        note_when_linking: form.note_when_linking,
        note_of_replies: form.note_of_replies,
        on_reply,
    };
    let now = services.now();
    let mut tx = services.store.begin().await?;
    import_settings::save(&mut tx, actor.organisation, &settings, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "import_settings_saved",
        summary: "Changed the settings of imports.".to_owned(),
    };
    activity::record(&mut tx, actor.organisation, &entry).await?;
    tx.commit().await?;
    Ok(())
}
