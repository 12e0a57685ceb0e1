//! How far candidates came and how long they stayed, over the history of
//! statuses. Read only; counts are of people first written to in a span of time.

use std::time::Duration;

use domain::ids::{MemberId, OrganisationId};
use domain::status::Status;
use domain::time::Timestamp;

use crate::{Result, Row, Tx, args};

/// Candidates of one owner who came equally far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Whose candidates; none for those without an owner.
    pub owner: Option<MemberId>,
    /// The furthest step: its place in [`domain::view::FUNNEL`].
    pub step: usize,
    /// How many.
    pub people: u32,
}

/// How long candidates stayed in a status before they left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The status.
    pub status: Status,
    /// Half of the stays were no longer.
    pub median: Duration,
    /// How many stays ended.
    pub stays: u32,
}

/// As [`Stay`], of the candidates of one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnersStay {
    /// Whose candidates; none for those without an owner who is still a member.
    pub owner: Option<MemberId>,
    /// How long.
    pub stay: Stay,
}

/// How far those came who were first written to from `from` until before `until`.
///
/// # Errors
/// As the database says.
pub async fn reached(
    tx: &mut Tx,
    organisation: OrganisationId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Reached>> {
    // The history tells of steps left again, the candidate of those that were
    // never a change: who was added with an answer.
    let rows = tx
        .all(
            "select owner_id, history, present, count(*) as people
             from (select c.owner_id as owner_id,
                          cast(coalesce(max(case s.to_status
                              when 'responded' then 1 when 'screening' then 2 when 'interviewing' then 3
                              when 'offer' then 4 when 'hired' then 5 else 0 end), 0) as bigint) as history,
                          cast(case c.status
                              when 'screening' then 2 when 'interviewing' then 3 when 'offer' then 4
                              when 'hired' then 5
                              else case when c.answered_at is null then 0 else 1 end end as bigint) as present
                   from candidates c
                   left join status_changes s on s.organisation_id = c.organisation_id and s.candidate_id = c.id
                   where c.organisation_id = $1 and c.messaged_at >= $2 and c.messaged_at < $3
                   group by c.id, c.owner_id, c.status, c.answered_at) as furthest
             group by owner_id, history, present",
            args![organisation, from, until],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (history, present): (u32, u32) = (row.get("history")?, row.get("present")?);
            Ok(Reached {
                owner: row.get("owner_id")?,
                step: history.max(present) as usize,
                people: row.get("people")?,
            })
        })
        .collect()
}

/// How long those stayed in each status who were first written to from `from`
/// until before `until`; of one owner, or of all.
///
/// # Errors
/// As the database says.
pub async fn stays(
    tx: &mut Tx,
    organisation: OrganisationId,
    owner: Option<MemberId>,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Stay>> {
    let rows = tx
        .all(
            "select status, lasted, stays
             from (select status, lasted,
                          row_number() over (partition by status order by lasted) as place,
                          count(*) over (partition by status) as stays
                   from (select s.to_status as status,
                                lead(s.at) over (partition by s.candidate_id order by s.at, s.id) - s.at as lasted
                         from status_changes s
                         join candidates c on c.organisation_id = s.organisation_id and c.id = s.candidate_id
                         where s.organisation_id = $1 and c.messaged_at >= $2 and c.messaged_at < $3
                               and (cast($4 as text) is null or c.owner_id = $4)) as each_stay
                   where lasted is not null) as ranked
             where place = (stays + 1) / 2",
            args![organisation, from, until, owner],
        )
        .await?;
    let mut stays = rows.iter().map(stay).collect::<Result<Vec<_>>>()?;
    stays.sort_by_key(|stay| stay.status);
    Ok(stays)
}

/// As [`stays`], for each owner apart.
///
/// # Errors
/// As the database says.
pub async fn stays_by_owner(
    tx: &mut Tx,
    organisation: OrganisationId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<OwnersStay>> {
    let rows = tx
        .all(
            "select owner, status, lasted, stays
             from (select owner, status, lasted,
                          row_number() over (partition by owner, status order by lasted) as place,
                          count(*) over (partition by owner, status) as stays
                   from (select m.id as owner, s.to_status as status,
                                lead(s.at) over (partition by s.candidate_id order by s.at, s.id) - s.at as lasted
                         from status_changes s
                         join candidates c on c.organisation_id = s.organisation_id and c.id = s.candidate_id
                         left join members m on m.organisation_id = c.organisation_id and m.id = c.owner_id
                                                and m.active = 1
                         where s.organisation_id = $1 and c.messaged_at >= $2 and c.messaged_at < $3) as each_stay
                   where lasted is not null) as ranked
             where place = (stays + 1) / 2",
            args![organisation, from, until],
        )
        .await?;
    rows.iter().map(|row| Ok(OwnersStay { owner: row.get("owner")?, stay: stay(row)? })).collect()
}

fn stay(row: &Row) -> Result<Stay> {
    Ok(Stay {
        status: row.get("status")?,
        median: Timestamp(row.get("lasted")?).since(Timestamp::default()),
        stays: row.get("stays")?,
    })
}
