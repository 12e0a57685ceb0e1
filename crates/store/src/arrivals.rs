//! What arrived: deliveries that were verified and are durable, and have not been
//! taken into the inbox yet.
//!
//! All that become durable together are one row, in which nothing can be looked
//! up. So a flood is acknowledged as fast as it can be written down, and taken in
//! afterwards, a transaction for some at a time.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use domain::ids::{ConnectionId, OrganisationId, SigningTokenId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::places;
use crate::{Engine, Error, Result, Store, Tx, args, signing_tokens};

/// A verified delivery that is to be written down.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewArrival<'a> {
    /// The signing token that verified it, where this shows something new of it.
    pub signed_by: Option<SigningTokenId>,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// The headers that came with it, by name.
    pub headers: &'a [(String, String)],
    /// The body as it was sent.
    #[serde(with = "serde_bytes")]
    pub body: &'a [u8],
}

/// A verified delivery that waits to be taken in: [`NewArrival`], read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The signing token that verified it, where this shows something new of it.
    pub signed_by: Option<SigningTokenId>,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// The headers that came with it, by name.
    pub headers: Vec<(String, String)>,
    /// The body as it was sent.
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

/// Arrivals of one connection that became durable together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its place in the order.
    pub place: i64,
    /// Whose.
    pub organisation: OrganisationId,
    /// Over which connection.
    pub connection: ConnectionId,
    /// What arrived.
    pub arrivals: Vec<Arrival>,
}

/// Verified deliveries of one connection that are to be written down together.
#[derive(Clone, Debug)]
pub struct NewBatch<'a> {
    /// Whose.
    pub organisation: OrganisationId,
    /// Over which connection.
    pub connection: ConnectionId,
    /// The hash of the secret part of the address they were posted to.
    pub address: &'a str,
    /// The [`signing_tokens::mark`] of the tokens they were verified with.
    pub tokens: &'a str,
    /// What arrived.
    pub arrivals: Vec<NewArrival<'a>>,
}

/// How many batches the statements take; what is left of one is filled with empty batches.
const SIZES: [usize; 4] = [1, 4, 16, 128];

/// The statements of [`append`], for SQLite and for PostgreSQL.
static INSERT: LazyLock<[[&str; SIZES.len()]; 2]> = LazyLock::new(|| {
    [Engine::Sqlite, Engine::Postgres].map(|engine| SIZES.map(|batches| &*insert(engine, batches).leak()))
});

fn insert(engine: Engine, batches: usize) -> String {
    format!(
        "insert into arrivals (organisation_id, connection_id, deliveries, received_at, written)
         with v (organisation_id, connection_id, address, tokens, deliveries, received_at, written)
         as (values {})
         select v.organisation_id, v.connection_id, v.deliveries, v.received_at, v.written
         from v join connections c on c.id = v.connection_id and c.organisation_id = v.organisation_id
         where c.webhook_hash = v.address and v.deliveries > 0 and v.tokens = ({})
         returning connection_id",
        places(engine, batches, 7),
        signing_tokens::MARKED,
    )
}

/// Writes down what arrived over each of these connections, and makes it durable. Gives
/// the connections whose deliveries it wrote down: those that still have the address and
/// accept the very tokens that the deliveries were verified with.
///
/// A statement alone, not one of a transaction: the check and the writing are one trip.
///
/// # Errors
/// As the database says; then nothing was written down, or of more than 128 batches some.
pub async fn append(store: &Store, batches: &[NewBatch<'_>]) -> Result<BTreeSet<ConnectionId>> {
    let statements = match store.engine() {
        Engine::Sqlite => INSERT[0],
        Engine::Postgres => INSERT[1],
    };
    let mut written = BTreeSet::new();
    let batches: Vec<_> =
        batches.iter().filter_map(|batch| Some((batch, batch.arrivals.first()?.received_at))).collect();
    for batches in batches.chunks(SIZES[SIZES.len() - 1]) {
        let mut arguments = Vec::new();
        for (batch, received_at) in batches {
            let count = i64::try_from(batch.arrivals.len()).unwrap_or(i64::MAX);
            arguments.extend(args![
                batch.organisation,
                batch.connection,
                batch.address,
                batch.tokens,
                count,
                *received_at,
                write(&batch.arrivals)?,
            ]);
        }
        let fits = SIZES.into_iter().zip(statements).find(|(size, _)| *size >= batches.len());
        let Some((size, statement)) = fits else { continue };
        for _ in batches.len()..size {
            arguments.extend(args!["", "", "", "", 0_i64, 0_i64, Vec::new()]);
        }
        for row in store.alone(statement, arguments).await? {
            written.insert(row.get("connection_id")?);
        }
    }
    Ok(written)
}

/// Some batches, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The batches.
    pub batches: Vec<Batch>,
    /// The place up to which this is all there was. Another process may just have
    /// taken some of them, or all.
    pub last: i64,
    /// The place of the newest batch there is.
    pub newest: i64,
}

/// Batches looked at at once.
const BATCHES: u32 = 64;

/// The next batches behind `place`, the oldest first: as many as hold `enough`
/// deliveries, or a few less; of all organisations, as jobs are claimed. Nobody else
/// gets them before the end of the transaction.
///
/// # Errors
/// As the database says.
pub async fn next(tx: &mut Tx, place: i64, enough: u32) -> Result<Next> {
    // What is in a batch is read only of those that are given.
    let sizes = tx
        .all(
            "select id, deliveries, (select max(id) from arrivals) as newest
             from arrivals where id > $1 order by id limit $2",
            args![place, BATCHES],
        )
        .await?;
    let (mut count, mut last, mut newest) = (0, place, place);
    for size in &sizes {
        if count < enough {
            count = count.saturating_add(size.get::<u32>("deliveries")?);
            last = size.get("id")?;
        }
        newest = size.get("newest")?;
    }
    if last == place {
        return Ok(Next { batches: Vec::new(), last: place, newest: place });
    }
    let sql = match tx.engine() {
        // Its one writer has them to itself.
        Engine::Sqlite => "select * from arrivals where id > $1 and id <= $2 order by id",
        Engine::Postgres => "select * from arrivals where id > $1 and id <= $2 order by id for update",
    };
    let batches = tx
        .all(sql, args![place, last])
        .await?
        .iter()
        .map(|row| {
            Ok(Batch {
                place: row.get("id")?,
                organisation: row.get("organisation_id")?,
                connection: row.get("connection_id")?,
                arrivals: read(&row.get::<Vec<u8>>("written")?)?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Next { batches, last, newest })
}

/// Removes batches that [`next`] gave in this transaction.
///
/// # Errors
/// As the database says.
pub async fn remove(tx: &mut Tx, batches: &[Batch]) -> Result<()> {
    let places: Vec<i64> = batches.iter().map(|batch| batch.place).collect();
    let sql = match tx.engine() {
        Engine::Sqlite => "delete from arrivals where id in (select value from json_each($1))",
        Engine::Postgres => {
            "delete from arrivals
             where id in (select cast(jsonb_array_elements_text(cast($1 as jsonb)) as bigint))"
        }
    };
    tx.execute(sql, args![places.as_slice()]).await?;
    Ok(())
}

/// Keeps only these arrivals of a batch that [`next`] gave in this transaction.
///
/// # Errors
/// As the database says; [`Error::RowsTouched`] when there is no such batch.
pub async fn keep(tx: &mut Tx, place: i64, arrivals: &[Arrival]) -> Result<()> {
    let count = i64::try_from(arrivals.len()).unwrap_or(i64::MAX);
    let touched = tx
        .execute(
            "update arrivals set deliveries = $2, written = $3 where id = $1",
            args![place, count, write(arrivals)?],
        )
        .await?;
    Error::expect_one("arrivals", touched)
}

/// Whether anything waits, of any organisation.
///
/// # Errors
/// As the database says.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    Ok(tx.optional("select id from arrivals order by id limit 1", args![]).await?.is_some())
}

/// How many deliveries of one organisation wait, and since when the oldest does.
///
/// # Errors
/// As the database says.
pub async fn waiting(tx: &mut Tx, organisation: OrganisationId) -> Result<(u32, Option<Timestamp>)> {
    let row = tx
        .one(
            "select cast(coalesce(sum(deliveries), 0) as bigint) as waiting, min(received_at) as oldest
             from arrivals where organisation_id = $1",
            args![organisation],
        )
        .await?;
    Ok((row.get("waiting")?, row.get("oldest")?))
}

pub(crate) fn write<T: Serialize>(arrivals: &[T]) -> Result<Vec<u8>> {
    // Room for usual ones, so that the bytes are not moved while they grow.
    let room = Vec::with_capacity(arrivals.len() * 1024);
    postcard::to_extend(arrivals, room).map_err(|_| WRITTEN)
}

pub(crate) fn read(written: &[u8]) -> Result<Vec<Arrival>> {
    postcard::from_bytes(written).map_err(|_| WRITTEN)
}

const WRITTEN: Error = Error::Inconsistent { column: "written" };
