//! Mails about what needs attention: on the first of a kind, and again only after
//! that kind was all resolved.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::ids::{AttentionId, JobId, MemberId, OrganisationId};
use domain::job::Job;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::{Result, Tx, args, jobs};

/// Queues a mail to each Super Admin when the item `first` is the only open one of
/// its kind. Part of raising it.
pub(crate) async fn tell(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    first: AttentionId,
    now: Timestamp,
) -> Result<()> {
    let others = tx
        .optional(
            "select id from attention_items
             where organisation_id = $1 and kind = $2 and id <> $3 and resolved_at is null limit 1",
            args![organisation, kind, first],
        )
        .await?;
    if others.is_some() {
        return Ok(());
    }
    let members = tx
        .all(
            "select id from members where organisation_id = $1 and role = 'super_admin' and active = 1
             order by id",
            args![organisation],
        )
        .await?;
    for row in members {
        let member: MemberId = row.get("id")?;
        let job = Job::SendAttentionMail { about: kind, member };
        // An id for each member, drawn with the item's.
        let id = JobId(Uuid::from_u128(first.0.as_u128() ^ member.0.as_u128()));
        jobs::enqueue(tx, organisation, &job, id, now, now).await?;
    }
    Ok(())
}

/// Lever may allow a call about one candidate and refuse the same about another, so that the
/// question for a permission comes and goes: it is told of once in so long.
const AGAIN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether the member has to be told: items of the kind are open, and none of them
/// was when they were told last.
///
/// # Errors
/// As the database says.
pub async fn due(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
    kind: AttentionKind,
    now: Timestamp,
) -> Result<bool> {
    if kind == AttentionKind::PermissionMissing {
        let last = tx
            .optional(
                "select at from attention_mails where organisation_id = $1 and member_id = $2 and kind = $3",
                args![organisation, member, kind],
            )
            .await?;
        if let Some(last) = last
            && now.since(last.get("at")?) < AGAIN_AFTER
        {
            return Ok(false);
        }
    }
    let row = tx
        .one(
            "select count(*) as open,
                    cast(coalesce(sum(case when i.created_at <= coalesce(
                        (select m.at from attention_mails m where m.member_id = $3 and m.kind = $2), -1)
                        then 1 else 0 end), 0) as bigint) as told
             from attention_items i
             where i.organisation_id = $1 and i.kind = $2 and i.resolved_at is null",
            args![organisation, kind, member],
        )
        .await?;
    Ok(row.get::<u32>("open")? > 0 && row.get::<u32>("told")? == 0)
}

/// The member was told.
///
/// # Errors
/// As the database says.
pub async fn told(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
    kind: AttentionKind,
    at: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into attention_mails (organisation_id, member_id, kind, at) values ($1, $2, $3, $4)
         on conflict (member_id, kind) do update set at = excluded.at",
        args![organisation, member, kind, at],
    )
    .await?;
    Ok(())
}
