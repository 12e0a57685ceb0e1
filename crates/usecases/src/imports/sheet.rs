//! The sheet before an import is sent: for those who want to look first, or to
//! choose more than the one click sends.

use domain::actor::{Action, Actor, Role};
use domain::candidate::is_web_link;
use domain::ids::CandidateId;
use domain::import::{Choice, ImportFailure, ImportState, NotEligible, eligible};
use domain::mapping::{Place, Target};
use domain::problem::Problem;
use domain::view::{ImportSheet, SheetOption};
use lever::{NewOpportunity, Stage};
use store::candidates::{self, Candidate};
use store::connections::Connection;
use store::imports::Import;
use store::{
    Tx, catalogue, connections, import_settings, imports, members, opportunities, postings, resumes,
    stage_map, user_map,
};

use super::request_body::{Sent, new_opportunity};
use crate::{Result, Services, integration};

/// The sheet. For whoever cannot be imported now it says why.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn sheet(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<ImportSheet> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let candidate = candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let import = imports::by_candidate(&mut tx, organisation, candidate.id).await?;
    let connection = connections::find(&mut tx, organisation)
        .await?
        .filter(|connection| connection.state.accepts_imports());
    let opportunity = opportunities::by_candidate(&mut tx, organisation, candidate.id).await?;
    let mut sheet = ImportSheet {
        candidate: candidate.id,
        name: candidate.name.clone(),
        blocked: None,
        url: opportunity.map(|opportunity| opportunity.url),
        failed: None,
        may_be_there: false,
        credited_to: None,
        sent: Vec::new(),
        postings: Vec::new(),
        stages: Vec::new(),
        followers: Vec::new(),
    };
    let connection = match (blocked(actor, &candidate, import.as_ref()), connection) {
        (Some(why), _) => return Ok(ImportSheet { blocked: Some(why), ..sheet }),
        (None, None) => return Ok(ImportSheet { blocked: Some(Problem::NotConnected.text()), ..sheet }),
        (None, Some(connection)) => connection,
    };

    // A retry begins with what was chosen before, anything else with nothing but
    // the posting the member chose last.
    let failed = import.as_ref().filter(|import| import.state == ImportState::Failed);
    let chosen = match failed {
        Some(import) => import.choice.clone(),
        None => Choice {
            posting: postings::remembered(&mut tx, organisation, actor.member).await?,
            ..Choice::default()
        },
    };
    sheet.failed = failed.and_then(|import| import.failure).map(ImportFailure::text).map(str::to_owned);
    sheet.may_be_there = failed.is_some_and(|import| import.intent_at.is_some());
    sheet.credited_to =
        integration::credited(&mut tx, &connection, actor.member).await?.map(|user| user.name);
    sheet.sent = sent(services, &mut tx, &candidate).await?;
    let owner = integration::owning(&mut tx, &connection, candidate.owner).await?.map(|user| user.name);
    sheet.sent.push(("Owner", owner.or_else(|| sheet.credited_to.clone()).into_iter().collect()));
    sheet.postings = posting_options(&mut tx, &connection, chosen.posting.as_deref()).await?;
    sheet.stages = stage_options(&mut tx, &connection, chosen.stage.as_deref()).await?;
    sheet.followers = follower_options(&mut tx, &connection, actor, &chosen.followers).await?;
    Ok(sheet)
}

/// Why nobody can send it now, in words.
fn blocked(actor: &Actor, candidate: &Candidate, import: Option<&Import>) -> Option<String> {
    let name = &candidate.name;
    if let Some(import) = import {
        let others = import.requested_by != actor.member && actor.role < Role::Admin;
        match import.state {
            ImportState::Queued | ImportState::Sending | ImportState::Unknown => {
                return Some(format!("{name} is on the way into Lever."));
            }
            ImportState::NeedsDecision => {
                return Some(format!("{name} may already be in Lever: decide about that first."));
            }
            ImportState::Imported => return Some(format!("{name} is in Lever.")),
            ImportState::Failed if others => {
                return Some(
                    "Somebody else asked for this import: they or an Admin can retry it.".to_owned(),
                );
            }
            ImportState::Failed | ImportState::Unlinked => {}
        }
    }
    match eligible(candidate.messaged_at.is_some(), candidate.answered_at.is_some()) {
        Ok(()) => None,
        Err(NotEligible::NotMessaged) => Some(format!(
            "Nobody has written to {name} yet. A candidate can be imported once they have answered."
        )),
        Err(NotEligible::NotAnswered) => Some(format!("Available once {name} answers.")),
    }
}

/// What goes to Lever whatever is chosen, as the request will have it.
async fn sent(
    services: &Services,
    tx: &mut Tx,
    candidate: &Candidate,
) -> Result<Vec<(&'static str, Vec<String>)>> {
    let organisation = candidate.organisation;
    let emails = candidates::emails(tx, organisation, candidate.id).await?;
    let settings = import_settings::load(tx, organisation).await?;
    let new = new_opportunity(
        candidate,
        &Sent {
            emails: &emails,
            strangers: &[],
            marker: "",
            tags: &settings.tags,
            platform: &services.settings.platform,
            choice: &Choice::default(),
            owner: None,
        },
    );
    let NewOpportunity { name, headline, location, emails, phones, links, sources, .. } = new;
    let phones = phones.into_iter().map(|phone| match phone.kind {
        Some(kind) => format!("{} ({kind})", phone.value),
        None => phone.value,
    });
    let resume = resumes::find(tx, organisation, candidate.id).await?;
    let withheld: Vec<String> = candidate.links.iter().filter(|link| !is_web_link(link)).cloned().collect();
    Ok(vec![
        ("Name", vec![name]),
        ("Headline", headline.into_iter().collect()),
        ("Location", location.into_iter().collect()),
        ("E-mail", emails),
        ("Phone", phones.collect()),
        ("Links", links),
        ("Links that are not sent", withheld),
        ("Source", sources),
        // Beside the one by which the import is found again.
        ("Tags", settings.tags),
        ("Résumé", resume.into_iter().map(|resume| resume.name).collect()),
        ("Note", vec!["The conversation, the score and the skills, with a link back".to_owned()]),
    ])
}

async fn posting_options(
    tx: &mut Tx,
    connection: &Connection,
    chosen: Option<&str>,
) -> Result<Vec<SheetOption>> {
    let known = postings::list(tx, connection.organisation, connection.id).await?;
    Ok(known
        .into_iter()
        .filter(|posting| posting.published)
        .map(|posting| {
            let parts = [posting.text, posting.team, posting.location];
            SheetOption {
                chosen: chosen == Some(posting.id.as_str()),
                id: posting.id,
                label: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
            }
        })
        .collect())
}

async fn stage_options(
    tx: &mut Tx,
    connection: &Connection,
    chosen: Option<&str>,
) -> Result<Vec<SheetOption>> {
    let map = stage_map::load(tx, connection.organisation).await?;
    let chosen = chosen.unwrap_or(Stage::NEW_LEAD);
    let known = catalogue::places(tx, connection.organisation, connection.id).await?;
    Ok(known
        .into_iter()
        .filter(|known| known.active)
        .filter_map(|known| {
            let means = match map.target(&known.place) {
                Some(Target::Keep) => "keeps the status".to_owned(),
                Some(Target::Set(status)) => format!("status {}", status.label()),
                None => "not mapped".to_owned(),
            };
            let Place::Stage(id) = known.place else { return None };
            Some(SheetOption { chosen: id == chosen, label: format!("{}: {means}", known.text), id })
        })
        .collect())
}

/// The active Lever users of the other members. Lever lets the credited one
/// follow anyway.
async fn follower_options(
    tx: &mut Tx,
    connection: &Connection,
    actor: &Actor,
    chosen: &[String],
) -> Result<Vec<SheetOption>> {
    let organisation = connection.organisation;
    let mapped = user_map::load(tx, organisation).await?;
    let users = catalogue::users(tx, organisation, connection.id).await?;
    let active = |id: &String| users.iter().find(|user| user.active && user.id == *id);
    Ok(members::list(tx, organisation)
        .await?
        .into_iter()
        .filter(|member| member.id != actor.member)
        .filter_map(|member| Some((member.name, mapped.get(&member.id).and_then(active)?)))
        .map(|(name, user)| SheetOption {
            id: user.id.clone(),
            label: if name == user.name { name } else { format!("{name} ({} in Lever)", user.name) },
            chosen: chosen.contains(&user.id),
        })
        .collect())
}
