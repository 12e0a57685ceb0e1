//! Tables that know which of their rows are not saved yet.
//!
//! A row can be changed only through [`Table::edit`], [`Table::insert`] and
//! [`Table::remove`], which remember it; so nothing that changes can be
//! forgotten when the change is saved.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

/// One row as it goes to the file: table, id, and the row, or `None` when it is gone.
pub(crate) type Put = (String, String, Option<Box<RawValue>>);

/// Where a dump goes, row by row, so that it is never held whole.
pub(crate) type Sink<'a> = &'a mut dyn FnMut(Put) -> anyhow::Result<()>;

/// Rows by id.
#[derive(Debug)]
pub(crate) struct Table<T> {
    name: &'static str,
    rows: BTreeMap<String, T>,
    unsaved: BTreeSet<String>,
    touched: Vec<String>,
}

impl<T: Serialize + DeserializeOwned> Table<T> {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, rows: BTreeMap::new(), unsaved: BTreeSet::new(), touched: Vec::new() }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(id)
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.rows.contains_key(id)
    }

    /// A row to be changed.
    pub(crate) fn edit(&mut self, id: &str) -> Option<&mut T> {
        let row = self.rows.get_mut(id)?;
        self.unsaved.insert(id.to_owned());
        self.touched.push(id.to_owned());
        Some(row)
    }

    pub(crate) fn insert(&mut self, id: &str, row: T) {
        self.rows.insert(id.to_owned(), row);
        self.unsaved.insert(id.to_owned());
        self.touched.push(id.to_owned());
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let row = self.rows.remove(id)?;
        self.unsaved.insert(id.to_owned());
        self.touched.push(id.to_owned());
        Some(row)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&String, &T)> {
        self.rows.iter()
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Takes over the rows of another table of this kind; all of them, and those
    /// that go, count as changed.
    pub(crate) fn replace(&mut self, other: Self) {
        let gone = std::mem::replace(&mut self.rows, other.rows);
        for id in gone.keys().chain(self.rows.keys()) {
            self.unsaved.insert(id.clone());
            self.touched.push(id.clone());
        }
    }

    /// The ids of rows inserted, edited or removed since this was last asked.
    pub(crate) fn take_touched(&mut self) -> Vec<String> {
        std::mem::take(&mut self.touched)
    }
}

/// One value that is saved as a table of one row.
#[derive(Debug)]
pub(crate) struct Single<T> {
    name: &'static str,
    value: T,
    unsaved: bool,
}

impl<T: Serialize + DeserializeOwned> Single<T> {
    pub(crate) fn new(name: &'static str, value: T) -> Self {
        Self { name, value, unsaved: true }
    }

    pub(crate) fn get(&self) -> &T {
        &self.value
    }

    /// The value, to be changed.
    pub(crate) fn edit(&mut self) -> &mut T {
        self.unsaved = true;
        &mut self.value
    }
}

/// What the saving needs of a table, whatever its rows are.
pub(crate) trait Stored {
    /// The table's name in the file.
    fn name(&self) -> &'static str;
    /// Moves what is not saved yet to `out`.
    fn drain(&mut self, out: &mut Vec<Put>) -> serde_json::Result<()>;
    /// Hands everything to `out`, saved or not.
    fn dump(&self, out: Sink<'_>) -> anyhow::Result<()>;
    /// Takes over one row from the file.
    fn load(&mut self, id: String, row: Option<Box<RawValue>>) -> serde_json::Result<()>;
}

impl<T: Serialize + DeserializeOwned> Stored for Table<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn drain(&mut self, out: &mut Vec<Put>) -> serde_json::Result<()> {
        for id in std::mem::take(&mut self.unsaved) {
            let row = self.rows.get(&id).map(to_raw_value).transpose()?;
            out.push((self.name.to_owned(), id, row));
        }
        Ok(())
    }

    fn dump(&self, out: Sink<'_>) -> anyhow::Result<()> {
        for (id, row) in &self.rows {
            out((self.name.to_owned(), id.clone(), Some(to_raw_value(row)?)))?;
        }
        Ok(())
    }

    fn load(&mut self, id: String, row: Option<Box<RawValue>>) -> serde_json::Result<()> {
        match row {
            Some(row) => {
                self.rows.insert(id.clone(), serde_json::from_str(row.get())?);
            }
            None => {
                self.rows.remove(&id);
            }
        }
        self.touched.push(id);
        Ok(())
    }
}

impl<T: Serialize + DeserializeOwned> Stored for Single<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn drain(&mut self, out: &mut Vec<Put>) -> serde_json::Result<()> {
        if std::mem::take(&mut self.unsaved) {
            out.push((self.name.to_owned(), String::new(), Some(to_raw_value(&self.value)?)));
        }
        Ok(())
    }

    fn dump(&self, out: Sink<'_>) -> anyhow::Result<()> {
        out((self.name.to_owned(), String::new(), Some(to_raw_value(&self.value)?)))
    }

    fn load(&mut self, _id: String, row: Option<Box<RawValue>>) -> serde_json::Result<()> {
        if let Some(row) = row {
            self.value = serde_json::from_str(row.get())?;
        }
        self.unsaved = false;
        Ok(())
    }
}
