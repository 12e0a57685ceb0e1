//! Telling a Super Admin by mail that something needs attention: the first of a kind.

use std::time::Duration;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::ids::MemberId;
use store::jobs::Claimed;
use store::{attention_mails, jobs, members, organisations};

use super::{Ended, Ending, begin_fenced};
use crate::Services;
use crate::mail::{Letter, NotSent};

/// How long a letter waits while others are on their way.
const FOR_A_PLACE: Duration = Duration::from_millis(500);

/// Sends it, unless nothing of the kind is open any more or they know already.
pub(super) async fn run(
    services: &Services,
    claimed: &Claimed,
    about: AttentionKind,
    member: MemberId,
) -> Ended {
    let organisation = claimed.organisation;
    if !services.mail.is_configured() {
        return Ok(Ending::Done);
    }
    let Some(_place) = services.mail.place() else {
        return Ok(Ending::Wait { until: services.now() + FOR_A_PLACE });
    };
    let now = services.now();
    let mut tx = services.store.read().await?;
    let reader = members::get(&mut tx, organisation, member).await?;
    let Some(reader) = reader.filter(|reader| reader.active && reader.role == Role::SuperAdmin) else {
        return Ok(Ending::Done);
    };
    if !attention_mails::due(&mut tx, organisation, member, about, now).await? {
        return Ok(Ending::Done);
    }
    let here = organisations::get(&mut tx, organisation).await?.map(|here| here.name).unwrap_or_default();
    drop(tx);
    let platform = &services.settings.platform;
    let subject = format!("{platform} needs attention: {}", about.headline());
    let text = format!(
        "{}.\n\nSee what can be done: {}/attention\n\nYou get this once: the next mail about the same kind of \
         trouble comes only after all of it was resolved.\n\n-- \n{platform}, {here}\n",
        about.headline(),
        services.settings.public_url
    );
    let letter = Letter {
        id: claimed.id.0,
        to_name: &reader.name,
        to: &reader.email,
        from_name: platform,
        subject: &subject,
        text: &text,
        at: now,
    };
    match services.mail.send(&letter).await {
        Ok(()) => {
            let mut tx = begin_fenced(services, claimed).await?;
            attention_mails::told(&mut tx, organisation, member, about, now).await?;
            jobs::finish(&mut tx, claimed).await?;
            tx.commit().await?;
            Ok(Ending::Settled)
        }
        Err(NotSent::Later { inside }) => Ok(Ending::Retry { at: None, error: inside }),
        Err(NotSent::Never { inside, .. }) => Ok(Ending::Dead { error: inside }),
    }
}
