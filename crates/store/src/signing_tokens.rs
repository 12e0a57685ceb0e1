//! Webhook signing tokens of a connection: one for the account in older Lever
//! accounts, one for each webhook since 2021.

use domain::connection::LeverEvent;
use domain::ids::{ConnectionId, OrganisationId, SigningTokenId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// What a token is known to sign, found out by trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// It has verified nothing yet.
    Unknown,
    /// The webhook of this event.
    One(LeverEvent),
    /// Several: it is the token of the whole account.
    Several,
}

impl Signs {
    /// What is known once the token has verified something of `event`.
    #[must_use]
    pub fn and(self, event: LeverEvent) -> Self {
        match self {
            Self::Unknown => Self::One(event),
            Self::One(known) if known == event => self,
            Self::One(_) | Self::Several => Self::Several,
        }
    }

    /// Whether the token may be the one that signs `event`.
    #[must_use]
    pub fn may_sign(self, event: LeverEvent) -> bool {
        match self {
            Self::Unknown | Self::Several => true,
            Self::One(known) => known == event,
        }
    }

    fn code(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::One(event) => Some(event.code()),
            Self::Several => Some("several"),
        }
    }

    fn from_code(code: Option<&str>) -> Option<Self> {
        match code {
            None => Some(Self::Unknown),
            Some("several") => Some(Self::Several),
            Some(code) => LeverEvent::from_code(code).map(Self::One),
        }
    }
}

/// A stored token, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningToken {
    /// Which.
    pub id: SigningTokenId,
    /// The token, sealed.
    pub sealed: Vec<u8>,
    /// Its last four characters.
    pub ends_in: String,
    /// What it is known to sign.
    pub signs: Signs,
    /// Since when it is stored.
    pub created_at: Timestamp,
    /// From when on it is not accepted any more, once a newer one replaced it.
    pub retired_at: Option<Timestamp>,
}

impl SigningToken {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            sealed: row.get("sealed")?,
            ends_in: row.get("ends_in")?,
            signs: Signs::from_code(row.get::<Option<String>>("event")?.as_deref())
                .ok_or(Error::Inconsistent { column: "event" })?,
            created_at: row.get("created_at")?,
            retired_at: row.get("retired_at")?,
        })
    }
}

/// Keeps a token.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    token: &SigningToken,
) -> Result<()> {
    tx.execute(
        "insert into signing_tokens (id, organisation_id, connection_id, sealed, ends_in, event, created_at,
            retired_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            token.id,
            organisation,
            connection,
            token.sealed.clone(),
            &token.ends_in,
            token.signs.code(),
            token.created_at,
            token.retired_at,
        ],
    )
    .await?;
    Ok(())
}

/// The tokens that are accepted at `now`, oldest first.
///
/// # Errors
/// As the database says.
pub async fn live(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    now: Timestamp,
) -> Result<Vec<SigningToken>> {
    let rows = tx
        .all(
            "select * from signing_tokens
             where organisation_id = $1 and connection_id = $2 and (retired_at is null or retired_at > $3)
             order by created_at, id",
            args![organisation, connection, now],
        )
        .await?;
    rows.iter().map(SigningToken::read).collect()
}

/// One token, whether it is accepted or not any more.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: SigningTokenId,
) -> Result<Option<SigningToken>> {
    let row = tx
        .optional(
            "select * from signing_tokens where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    row.as_ref().map(SigningToken::read).transpose()
}

/// Says what a token is known to sign.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such token.
pub async fn set_signs(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: SigningTokenId,
    signs: Signs,
) -> Result<()> {
    let touched = tx
        .execute(
            "update signing_tokens set event = $3 where organisation_id = $1 and id = $2",
            args![organisation, id, signs.code()],
        )
        .await?;
    Error::expect_one("signing token event", touched)
}

/// Says from when on a token is not accepted any more; `None`: it stays.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such token.
pub async fn set_retired(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: SigningTokenId,
    at: Option<Timestamp>,
) -> Result<()> {
    let touched = tx
        .execute(
            "update signing_tokens set retired_at = $3 where organisation_id = $1 and id = $2",
            args![organisation, id, at],
        )
        .await?;
    Error::expect_one("signing token retirement", touched)
}

/// Says from when on the tokens are not accepted any more that `by` replaces:
/// those stored before it that sign the same event; where it signs several, all
/// that were stored before it. What was said of one earlier stays.
///
/// # Errors
/// As the database says.
pub async fn retire_replaced(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    by: &SigningToken,
    at: Timestamp,
) -> Result<u64> {
    let of_event = match by.signs {
        Signs::Unknown => return Ok(0),
        Signs::One(event) => Some(event.code()),
        Signs::Several => None,
    };
    tx.execute(
        "update signing_tokens set retired_at = $5
         where organisation_id = $1 and connection_id = $2 and retired_at is null and created_at < $3
           and (cast($4 as text) is null or event = $4)",
        args![organisation, connection, by.created_at, of_event, at],
    )
    .await
}

/// Forgets one token. Gives whether it was there.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, organisation: OrganisationId, id: SigningTokenId) -> Result<bool> {
    let touched = tx
        .execute("delete from signing_tokens where organisation_id = $1 and id = $2", args![organisation, id])
        .await?;
    Ok(touched == 1)
}

/// Forgets every token of a connection.
///
/// # Errors
/// As the database says.
pub async fn delete_all(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<u64> {
    tx.execute(
        "delete from signing_tokens where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await
}

/// Forgets the tokens of a connection that are not accepted any more at `now`.
///
/// # Errors
/// As the database says.
pub async fn delete_retired(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        "delete from signing_tokens where organisation_id = $1 and connection_id = $2 and retired_at <= $3",
        args![organisation, connection, now],
    )
    .await
}

/// Forgets every token, whoever's it is, that is not accepted any more at `now`.
///
/// # Errors
/// As the database says.
pub async fn delete_all_retired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("delete from signing_tokens where retired_at <= $1", args![now]).await
}
