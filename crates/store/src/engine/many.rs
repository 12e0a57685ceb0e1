//! Statements that insert many rows at once: a row of a longer statement costs a
//! tenth of a statement of its own.

use super::{Row, Tx, Value};
use crate::error::Result;

/// How many rows the statements take, the longest first.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// One `insert`, written for each of a few numbers of rows, so that the database
/// prepares it a few times only.
#[derive(Debug)]
pub(crate) struct InsertMany {
    statements: [&'static str; SIZES.len()],
}

impl InsertMany {
    /// `head`, up to the word `values`; how many columns it names; `tail`, what follows
    /// the rows. Make it once: the texts are kept for good.
    pub(crate) fn new(head: &str, columns: usize, tail: &str) -> Self {
        let row = |row: usize| {
            let places: Vec<String> =
                (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
            format!("({})", places.join(", "))
        };
        let statements = SIZES.map(|size| {
            let rows: Vec<String> = (0..size).map(row).collect();
            &*format!("{head} {} {tail}", rows.join(", ")).leak()
        });
        Self { statements }
    }

    /// Inserts `rows`; gives what the statement returns, row by row.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn run(&self, tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let mut returned = Vec::with_capacity(rows.len());
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        for (size, statement) in SIZES.into_iter().zip(self.statements) {
            while left >= size {
                left -= size;
                returned.extend(tx.all(statement, rows.by_ref().take(size).flatten().collect()).await?);
            }
        }
        Ok(returned)
    }
}
