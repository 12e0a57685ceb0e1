//! Statements that insert many rows at once: a row of a longer statement costs a
//! tenth of a statement of its own.

use super::{Engine, Row, Tx, Value};
use crate::error::Result;

/// How many rows the statements take, the longest first.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// The places of the arguments of so many rows, as they follow the word `values`.
pub(crate) fn places(engine: Engine, rows: usize, columns: usize) -> String {
    let place = |number: usize| match engine {
        // SQLite looks for a numbered place among all of the statement's, one after the other.
        Engine::Sqlite => "?".to_owned(),
        Engine::Postgres => format!("${number}"),
    };
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| place(row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    rows.join(", ")
}

/// One `insert`, written for each of a few numbers of rows, so that the database
/// prepares it a few times only.
#[derive(Debug)]
pub(crate) struct InsertMany {
    sqlite: [&'static str; SIZES.len()],
    postgres: [&'static str; SIZES.len()],
}

impl InsertMany {
    /// `head`, up to the word `values`; how many columns it names; `tail`, what follows
    /// the rows. Make it once: the texts are kept for good.
    pub(crate) fn new(head: &str, columns: usize, tail: &str) -> Self {
        let text = |engine, rows| &*format!("{head} {} {tail}", places(engine, rows, columns)).leak();
        Self {
            sqlite: SIZES.map(|rows| text(Engine::Sqlite, rows)),
            postgres: SIZES.map(|rows| text(Engine::Postgres, rows)),
        }
    }

    /// Inserts `rows`; gives what the statement returns, row by row.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn run(&self, tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let mut returned = Vec::with_capacity(rows.len());
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        let statements = match tx.engine() {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        };
        for (size, statement) in SIZES.into_iter().zip(statements) {
            while left >= size {
                left -= size;
                returned.extend(tx.all(statement, rows.by_ref().take(size).flatten().collect()).await?);
            }
        }
        Ok(returned)
    }
}
