//! Opening the reply page.

use domain::actor::Actor;
use domain::problem::Problem;
use domain::view::{ReplyPage, ReplyState};
use store::activity::{self, Activity};
use store::{candidates, members, messages, organisations, reply_links};

use crate::capability::token_hash;
use crate::{Result, Services};

/// What the page shows. Nothing changes, but that a member's visit is noted:
/// `member` is who is signed in on this browser, if anybody.
///
/// # Errors
/// [`Problem::LinkNotValid`].
pub async fn open(services: &Services, token: &str, member: Option<&Actor>) -> Result<ReplyPage> {
    let now = services.now();
    let mut tx = services.store.read().await?;
    let link = reply_links::open(&mut tx, &token_hash(token), now).await?.ok_or(Problem::LinkNotValid)?;
    let organisation = organisations::get(&mut tx, link.organisation).await?.ok_or(Problem::LinkNotValid)?;
    let candidate =
        candidates::get(&mut tx, link.organisation, link.candidate).await?.ok_or(Problem::LinkNotValid)?;
    let message =
        messages::get(&mut tx, link.organisation, link.message).await?.ok_or(Problem::LinkNotValid)?;
    let author = match message.author {
        Some(author) => members::get(&mut tx, link.organisation, author).await?,
        None => None,
    };
    let draft = reply_links::draft(&mut tx, link.organisation, link.id).await?;
    let answered = messages::answered(&mut tx, link.organisation, &message).await?;
    drop(tx);

    let visitor = member.filter(|member| member.organisation == link.organisation);
    if let (Some(visitor), None) = (visitor, link.member_opened_at) {
        let mut tx = services.store.begin().await?;
        if reply_links::set_member_opened(&mut tx, link.organisation, link.id, now).await? {
            let opened = Activity {
                id: services.new_id(),
                at: now,
                member: Some(visitor.member),
                candidate: Some(link.candidate),
                kind: "reply_page_opened",
                summary: format!("Opened the reply page of {}.", candidate.name),
            };
            activity::record(&mut tx, link.organisation, &opened).await?;
            tx.commit().await?;
        }
    }
    Ok(ReplyPage {
        first_name: candidate.name.split_whitespace().next().unwrap_or_default().to_owned(),
        sender: author.map_or_else(|| organisation.name.clone(), |author| author.name),
        organisation: organisation.name,
        message: message.body,
        state: if answered { ReplyState::Answered } else { ReplyState::Open },
        draft,
    })
}
