//! What an organisation wants of its imports.

use domain::actor::{Action, Actor};
use domain::import_settings::{ImportSettings, KnownPerson, tags};
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::SettingsPage;
use store::activity::{self, Activity};
use store::import_settings;

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
}

/// The page.
///
/// # Errors
/// [`Problem::NotAllowed`] for all but Super Admins.
pub async fn settings(services: &Services, actor: &Actor) -> Result<SettingsPage> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.read().await?;
    let known = import_settings::load(&mut tx, actor.organisation).await?;
    Ok(SettingsPage {
        known_person: known.known_person,
        tags: known.tags.join(", "),
        note_when_linking: known.note_when_linking,
        note_of_replies: known.note_of_replies,
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
    let tags = tags(&form.tags).map_err(|problem| problems.push(problem)).unwrap_or_default();
    let Some(known_person) = known_person.filter(|_| problems.is_empty()) else {
        return Err(Problem::Fields(problems).into());
    };
    let settings = ImportSettings {
        known_person,
        tags,
        note_when_linking: form.note_when_linking,
        note_of_replies: form.note_of_replies,
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
