//! Two people edit one map at the same time: what either changed is kept.

use std::collections::{BTreeMap, BTreeSet};

/// A map as it stands in a form: what each row is about, and its choice.
pub type Choices = BTreeMap<String, String>;

/// What somebody chose, together with what was saved since they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Every row of the form, with the choice that is to be saved.
    pub choices: Choices,
    /// Rows in which both chose, and differently: here the form's choice stands.
    pub conflicts: BTreeSet<String>,
}

/// Merges `chosen`, begun when `base` was saved, with `saved`, which somebody
/// else saved since. A row left as it was takes what was saved.
#[must_use]
pub fn merge(base: &Choices, saved: &Choices, chosen: &Choices) -> Merged {
    let mut merged = Merged::default();
    for (row, choice) in chosen {
        let (before, now) = (base.get(row), saved.get(row));
        let taken = match now {
            Some(now) if Some(now) != before && now != choice => {
                if Some(choice) == before {
                    now
                } else {
                    merged.conflicts.insert(row.clone());
                    choice
                }
            }
            _ => choice,
        };
        merged.choices.insert(row.clone(), taken.clone());
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(rows: &[(&str, &str)]) -> Choices {
        rows.iter().map(|(row, choice)| ((*row).to_owned(), (*choice).to_owned())).collect()
    }

    #[test]
    fn what_either_changed_is_kept() {
        let base = choices(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")]);
        let saved = choices(&[("a", "2"), ("b", "1"), ("c", "2"), ("d", "2")]);
        let chosen = choices(&[("a", "1"), ("b", "3"), ("c", "2"), ("d", "3")]);
        let merged = merge(&base, &saved, &chosen);
        assert_eq!(merged.choices, choices(&[("a", "2"), ("b", "3"), ("c", "2"), ("d", "3")]));
        assert_eq!(merged.conflicts, BTreeSet::from(["d".to_owned()]));
    }

    #[test]
    fn a_row_that_only_one_of_them_had_is_no_conflict() {
        let merged = merge(&choices(&[]), &choices(&[("new", "2")]), &choices(&[("other", "1")]));
        assert_eq!(merged, Merged { choices: choices(&[("other", "1")]), conflicts: BTreeSet::new() });
        let both = merge(&choices(&[]), &choices(&[("new", "2")]), &choices(&[("new", "1")]));
        assert_eq!(both.conflicts.len(), 1);
    }
}
