//! Pages of what is listed newest first. A page begins after a place, not at a
//! number: nothing shifts when something is added.

use domain::time::Timestamp;
use store::activity::Older;
use store::differences;

/// Reads a place in a list; what is none means the newest page.
pub(crate) fn place(cursor: &str) -> Option<Older> {
    let (at, id) = cursor.split_once('.')?;
    Some(Older { at: Timestamp(at.parse().ok()?), id: id.parse().ok()? })
}

/// As [`place`], among differences.
pub(crate) fn place_of_difference(cursor: &str) -> Option<differences::Older> {
    let mut parts = cursor.splitn(3, '.');
    Some(differences::Older {
        at: Timestamp(parts.next()?.parse().ok()?),
        run: parts.next()?.parse().ok()?,
        candidate: parts.next()?.parse().ok()?,
    })
}

/// A place, as it stands in an address.
pub(crate) fn cursor(at: Timestamp, id: impl std::fmt::Display) -> String {
    format!("{}.{id}", at.0)
}

/// Leaves a page of what was read, one more than it holds; gives where the next one
/// begins, if there is one.
pub(crate) fn cut<T>(rows: &mut Vec<T>, page: u32, cursor: impl FnOnce(&T) -> String) -> Option<String> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    if rows.len() <= page {
        return None;
    }
    rows.truncate(page);
    rows.last().map(cursor)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_place_reads_back_and_nonsense_is_none() {
        let id = Uuid::from_u128(7);
        assert_eq!(place(&cursor(Timestamp(-5), id)), Some(Older { at: Timestamp(-5), id }));
        for nonsense in ["", ".", "1", "1.", "x.y", "1.00000000-0000-0000-0000-00000000000g"] {
            assert_eq!(place(nonsense), None, "{nonsense}");
        }
        let read = place_of_difference(&cursor(Timestamp(9), format_args!("{id}.{id}"))).unwrap();
        assert_eq!((read.at, read.run.0, read.candidate.0), (Timestamp(9), id, id));
        assert_eq!(place_of_difference(&cursor(Timestamp(9), id)), None);
    }

    #[test]
    fn a_page_has_a_next_one_when_there_is_more() {
        let mut rows = vec![3, 2, 1];
        assert_eq!(cut(&mut rows, 3, i32::to_string), None);
        assert_eq!(cut(&mut rows, 2, i32::to_string), Some("2".to_owned()));
        assert_eq!(rows, [3, 2]);
    }
}
