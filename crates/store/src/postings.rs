//! Postings of a Lever account, as last read, and the one each member chose
//! last. What Lever does not list as published any more stays, marked, so that
//! its title can still be shown.

use std::collections::BTreeMap;

use domain::ids::{ConnectionId, MemberId, OrganisationId};

use crate::{Result, Row, Tx, args};

/// A posting of the Lever account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeverPosting {
    /// Lever's id.
    pub id: String,
    /// Its title.
    pub text: String,
    /// The team; may be empty.
    pub team: String,
    /// The place of work; may be empty.
    pub location: String,
    /// False once Lever does not list it as published any more.
    pub published: bool,
}

impl LeverPosting {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            text: row.get("text")?,
            team: row.get("team")?,
            location: row.get("location")?,
            published: row.get("published")?,
        })
    }
}

/// Every known posting, by title.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Vec<LeverPosting>> {
    let mut postings = tx
        .all(
            "select id, text, team, location, published from lever_postings
             where organisation_id = $1 and connection_id = $2",
            args![organisation, connection],
        )
        .await?
        .iter()
        .map(LeverPosting::read)
        .collect::<Result<Vec<_>>>()?;
    // Sorted here: the databases order text differently.
    postings.sort_by_cached_key(|posting| (posting.text.to_lowercase(), posting.id.clone()));
    Ok(postings)
}

/// One posting by Lever's id.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    id: &str,
) -> Result<Option<LeverPosting>> {
    let row = tx
        .optional(
            "select id, text, team, location, published from lever_postings
             where organisation_id = $1 and connection_id = $2 and id = $3",
            args![organisation, connection, id],
        )
        .await?;
    row.as_ref().map(LeverPosting::read).transpose()
}

/// Takes over what Lever lists as published now; what it lists no more is marked.
///
/// # Errors
/// As the database says.
pub async fn refresh(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    listed: &[LeverPosting],
) -> Result<()> {
    let mut known: BTreeMap<String, LeverPosting> = list(tx, organisation, connection)
        .await?
        .into_iter()
        .map(|posting| (posting.id.clone(), posting))
        .collect();
    for posting in listed {
        if known.remove(&posting.id).as_ref() != Some(posting) {
            put(tx, organisation, connection, posting).await?;
        }
    }
    for gone in known.into_values().filter(|posting| posting.published) {
        put(tx, organisation, connection, &LeverPosting { published: false, ..gone }).await?;
    }
    Ok(())
}

async fn put(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    posting: &LeverPosting,
) -> Result<()> {
    tx.execute(
        "insert into lever_postings (organisation_id, connection_id, id, text, team, location, published)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (connection_id, id) do update
            set text = excluded.text, team = excluded.team, location = excluded.location,
                published = excluded.published",
        args![
            organisation,
            connection,
            &posting.id,
            &posting.text,
            &posting.team,
            &posting.location,
            posting.published,
        ],
    )
    .await?;
    Ok(())
}

/// Forgets the postings: the key may not list them.
///
/// # Errors
/// As the database says.
pub async fn clear(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<()> {
    tx.execute(
        "delete from lever_postings where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await?;
    Ok(())
}

/// The posting a member chose last.
///
/// # Errors
/// As the database says.
pub async fn remembered(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
) -> Result<Option<String>> {
    let row = tx
        .optional(
            "select posting_id from remembered_postings where organisation_id = $1 and member_id = $2",
            args![organisation, member],
        )
        .await?;
    row.map(|row| row.get("posting_id")).transpose()
}

/// Remembers the posting a member chose; `None`: they chose none.
///
/// # Errors
/// As the database says.
pub async fn remember(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
    posting: Option<&str>,
) -> Result<()> {
    match posting {
        Some(posting) => {
            tx.execute(
                "insert into remembered_postings (organisation_id, member_id, posting_id) values ($1, $2, $3)
                 on conflict (organisation_id, member_id) do update set posting_id = excluded.posting_id",
                args![organisation, member, posting],
            )
            .await?;
        }
        None => {
            tx.execute(
                "delete from remembered_postings where organisation_id = $1 and member_id = $2",
                args![organisation, member],
            )
            .await?;
        }
    }
    Ok(())
}
