//! A candidate's page.

use std::collections::{BTreeMap, HashMap};

use domain::actor::{Action, Actor, Role};
use domain::candidate::is_web_link;
use domain::ids::{CandidateId, MemberId, MessageId};
use domain::import::ImportState;
use domain::mail::MailState;
use domain::mapping::Place;
use domain::problem::Problem;
use domain::status::{Status, StatusCause};
use domain::view::{
    CandidateProfile, ConflictView, ErasureView, LeverCard, MatchView, MessageDelivery, MessageView,
    StatusChangeView,
};
use store::candidate_list::Listed;
use store::candidates::{self, Candidate};
use store::catalogue::LeverPlace;
use store::connections::Connection;
use store::imports::{Import, Match};
use store::messages::{Mail, Message};
use store::opportunities::Opportunity;
use store::reply_links::ReplyLink;
use store::status_changes::StatusChange;
use store::status_writes::{self, State};
use store::{
    Tx, catalogue, erasures, imports, members, messages, opportunities, reply_links, status_changes, way_back,
};

use super::view::Lever;
use crate::{Error, Result, Services};

/// Everything the page shows.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn profile(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<CandidateProfile> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let candidate = candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let emails = candidates::emails(&mut tx, organisation, candidate.id).await?;
    let names = members::names(&mut tx, organisation).await?;
    let links = links_to_show(services, actor, &mut tx, candidate.id).await?;
    let mails = messages::mails(&mut tx, organisation, candidate.id).await?;
    let thread = messages::list(&mut tx, organisation, candidate.id)
        .await?
        .into_iter()
        .map(|message| {
            let mail = mails.get(&message.id).copied();
            message_view(services, message, mail, &candidate.name, &names, &links)
        })
        .collect::<Result<Vec<_>>>()?;
    let lever = Lever::read(&mut tx, actor).await?;
    let places = match &lever.connection {
        Some(connection) => catalogue::places(&mut tx, organisation, connection.id).await?,
        None => Vec::new(),
    };
    let changes = status_changes::list(&mut tx, organisation, candidate.id).await?;
    let history = changes
        .iter()
        .map(|change| StatusChangeView {
            from: change.from,
            to: change.to,
            because: because(change, &names, &places),
            delivery: change.delivery.filter(|_| actor.role.may(Action::SeeActivity)),
            at: services.moment(change.at),
        })
        .collect();
    let import = imports::by_candidate(&mut tx, organisation, candidate.id).await?;
    let opportunity = opportunities::by_candidate(&mut tx, organisation, candidate.id).await?;
    let card = match (&opportunity, &lever.connection) {
        (Some(opportunity), Some(connection)) => {
            let mut card =
                lever_card(services, &mut tx, connection, opportunity, import.as_ref(), &places).await?;
            card.writing = writing(&mut tx, &candidate, opportunity, &places).await?;
            Some(card)
        }
        _ => None,
    };
    let conflict = conflict_view(
        services,
        &mut tx,
        &lever,
        &candidate,
        (opportunity.as_ref(), &changes),
        (&names, &places),
    )
    .await?;
    let matches = import
        .iter()
        .filter(|import| import.state == ImportState::NeedsDecision)
        .flat_map(|import| &import.matches)
        .map(|found| match_view(services, found))
        .collect();
    let erasure = erasures::find(&mut tx, organisation, candidate.id)
        .await?
        .filter(|erasure| erasure.decision.is_none() && erasure.erased_at.is_none())
        .map(|erasure| ErasureView {
            due: services.moment(erasure.due_at),
            may_decide: actor.role.may(Action::ManageIntegration),
        });
    let listed = Listed {
        email: emails.first().cloned().unwrap_or_default(),
        owner: candidate.owner.and_then(|owner| names.get(&owner).cloned()),
        candidate: candidate.clone(),
    };
    Ok(CandidateProfile {
        row: lever.row(services, listed, import.as_ref(), opportunity.as_ref()),
        emails,
        phones: candidate.phones.into_iter().map(|phone| phone.value).collect(),
        links: candidate.links.into_iter().filter(|link| is_web_link(link)).collect(),
        skills: candidate.skills,
        location: candidate.location,
        thread,
        history,
        lever: card,
        matches,
        conflict,
        erasure,
        preview: None,
    })
}

/// Both statuses, with who and when, where they differ.
async fn conflict_view(
    services: &Services,
    tx: &mut Tx,
    lever: &Lever,
    candidate: &Candidate,
    (opportunity, history): (Option<&Opportunity>, &[StatusChange]),
    (names, places): (&BTreeMap<MemberId, String>, &[LeverPlace]),
) -> Result<Option<ConflictView>> {
    let Some(levers) = candidate.conflict else { return Ok(None) };
    let organisation = candidate.organisation;
    let mut there = match opportunity.and_then(Opportunity::place) {
        Some(place @ Place::Stage(_)) => format!("Stage {}", name_of_place(place, places)),
        Some(place @ Place::Archived(_)) => format!("Archived as {}", name_of_place(place, places)),
        None => "Lever".to_owned(),
    };
    if let (Some(opportunity), Some(connection)) = (opportunity, &lever.connection) {
        let (by, at) = opportunities::changed(tx, organisation, &opportunity.id).await?;
        let by = match by {
            Some(by) => catalogue::user(tx, organisation, connection.id, &by).await?,
            None => None,
        };
        if let Some(by) = by {
            there.push_str(&format!(", by {}", by.name));
        }
        if let Some(at) = at {
            there.push_str(&format!(", {}", services.moment(at).text));
        }
    }
    let by_hand =
        history.iter().find(|change| change.cause == StatusCause::Hand && change.to == candidate.status);
    let by = name_of(by_hand.and_then(|change| change.member), names);
    let at = by_hand.map_or(candidate.status_at, |change| change.at);
    let writes = way_back::is_on(tx, organisation).await?
        && way_back::map(tx, organisation).await?.place(candidate.status).is_some();
    Ok(Some(ConflictView { levers, there, here: format!("by {by}, {}", services.moment(at).text), writes }))
}

/// How the status set here stands on its way to Lever, while it is.
async fn writing(
    tx: &mut Tx,
    candidate: &Candidate,
    opportunity: &Opportunity,
    places: &[LeverPlace],
) -> Result<Option<String>> {
    let write = status_writes::find(tx, candidate.organisation, &opportunity.id).await?;
    Ok(write.map(|write| match write.state {
        State::Refused(failure) => format!("{} was not written: {}", write.status, failure.text()),
        State::Queued | State::Sending => {
            format!("On its way: {}", name_of_place(write.to, places))
        }
    }))
}

/// The links of outbound messages that this viewer may see: in the demo all of
/// them, elsewhere their own, or all for a Super Admin.
async fn links_to_show(
    services: &Services,
    actor: &Actor,
    tx: &mut Tx,
    candidate: CandidateId,
) -> Result<Links> {
    let now = services.now();
    let links = reply_links::list(tx, actor.organisation, candidate)
        .await?
        .into_iter()
        .filter(|link| link.expires_at > now)
        .map(|link| (link.message, link))
        .collect();
    let author =
        if services.settings.demo || actor.role == Role::SuperAdmin { None } else { Some(actor.member) };
    Ok(Links { author, links })
}

/// Reply links by message.
struct Links {
    /// Whose messages only; `None`: everybody's.
    author: Option<MemberId>,
    links: HashMap<MessageId, ReplyLink>,
}

fn message_view(
    services: &Services,
    message: Message,
    mail: Option<Mail>,
    candidate: &str,
    names: &BTreeMap<MemberId, String>,
    links: &Links,
) -> Result<MessageView> {
    let from = if message.inbound { candidate.to_owned() } else { name_of(message.author, names) };
    let may_see = links.author.is_none() || links.author == message.author;
    let reply_url = match links.links.get(&message.id) {
        Some(link) if may_see => {
            let token = services.capabilities.reply_token(link.id).map_err(Error::internal)?;
            Some(format!("{}/r/{token}", services.settings.public_url))
        }
        _ => None,
    };
    Ok(MessageView {
        id: message.id,
        from,
        inbound: message.inbound,
        body: message.body,
        at: services.moment(message.created_at),
        delivery: match mail.map(|mail| mail.state) {
            None => MessageDelivery::Received,
            Some(MailState::Outbox) => MessageDelivery::Outbox,
            Some(MailState::Queued) => MessageDelivery::Queued,
            Some(MailState::Sent) => MessageDelivery::Sent,
            Some(MailState::Failed) => MessageDelivery::Failed,
        },
        failure: mail.and_then(|mail| mail.failure).map(|failure| failure.text().to_owned()),
        reply_url,
    })
}

/// What set a status, in words.
fn because(change: &StatusChange, names: &BTreeMap<MemberId, String>, places: &[LeverPlace]) -> String {
    match change.cause {
        StatusCause::Added => "Added".into(),
        StatusCause::Message => format!("{} wrote", name_of(change.member, names)),
        StatusCause::Reply => "Answered".into(),
        StatusCause::Hand => format!("Set by {}", name_of(change.member, names)),
        StatusCause::Lever => {
            let mut words = match &change.place {
                Some(place) => format!("{} in Lever", what_place(place, change.to, places)),
                None => "Lever".to_owned(),
            };
            if let Some(who) = &change.lever_actor {
                words.push_str(", by ");
                words.push_str(who);
            }
            words
        }
    }
}

/// `Stage Offer` or `Archived as Underqualified`: the history keeps the name, the
/// catalogue knows of what. Where both bear it, a closed status tells.
fn what_place(name: &str, to: Status, places: &[LeverPlace]) -> String {
    let mut named = places.iter().filter(|place| place.text == name).map(|place| &place.place);
    let is_stage = named.clone().any(|place| matches!(place, Place::Stage(_)));
    let is_reason = named.any(|place| matches!(place, Place::Archived(_)));
    match (is_stage, is_reason) {
        (true, true) if !to.is_open() => format!("Archived as {name}"),
        (true, _) => format!("Stage {name}"),
        (false, true) => format!("Archived as {name}"),
        (false, false) => name.to_owned(),
    }
}

fn name_of(member: Option<MemberId>, names: &BTreeMap<MemberId, String>) -> String {
    member.and_then(|member| names.get(&member).cloned()).unwrap_or_else(|| "somebody".into())
}

async fn lever_card(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
    opportunity: &Opportunity,
    import: Option<&Import>,
    places: &[LeverPlace],
) -> Result<LeverCard> {
    let organisation = connection.organisation;
    let stage = match &opportunity.stage {
        Some(stage) => name_of_place(Place::Stage(stage.clone()), places),
        None => String::new(),
    };
    let archived = match &opportunity.archived_reason {
        Some(reason) if reason.is_empty() => Some("no reason given".to_owned()),
        Some(reason) => Some(name_of_place(Place::Archived(reason.clone()), places)),
        None => None,
    };
    let credited_to = match import.and_then(|import| import.credited_user.as_deref()) {
        Some(user) => catalogue::user(tx, organisation, connection.id, user).await?.map(|user| user.name),
        None => None,
    };
    Ok(LeverCard {
        url: opportunity.url.clone(),
        stage,
        archived,
        credited_to,
        writing: None,
        fresh: services.moment(opportunity.read_at),
    })
}

/// Its name in Lever, or Lever's id while the name is not known.
fn name_of_place(place: Place, places: &[LeverPlace]) -> String {
    let known = places.iter().find(|known| known.place == place).map(|known| known.text.clone());
    let (Place::Stage(id) | Place::Archived(id)) = place;
    known.unwrap_or(id)
}

fn match_view(services: &Services, found: &Match) -> MatchView {
    let archived = found.archived.as_ref().map(|reason| match found.archived_at {
        Some(at) => format!("{reason}, {}", services.moment(at).text),
        None => reason.clone(),
    });
    MatchView {
        opportunity: found.opportunity.clone(),
        name: found.name.clone(),
        stage: found.stage.clone(),
        owner: found.owner.clone(),
        postings: found.postings.join(", "),
        archived,
        last_activity: found.last_activity.map(|at| services.moment(at)),
        known_by: found.known_by.clone(),
        url: found.url.clone(),
    }
}
