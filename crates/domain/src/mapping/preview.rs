//! Whom a change of the stage map would move, before it is saved.

use std::collections::BTreeMap;

use crate::pipeline::{Belief, Decision, Truth, decide};
use crate::status::Status;

use super::StageMap;

/// What saving a map would do to the candidates who are in Lever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// How many would go from which status to which, the most first.
    pub moves: Vec<(Status, Status, u32)>,
    /// How many were set by hand: they keep their status and somebody is asked.
    pub asked: u32,
    /// How many are held because their place is not mapped.
    pub held: u32,
}

impl Preview {
    /// How many candidates would be moved.
    #[must_use]
    pub fn people(&self) -> u32 {
        self.moves.iter().map(|(_, _, people)| people).sum()
    }

    /// In words: `This moves 7 people: 5 Interviewing → Offer, 2 Screening → Offer.`
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = match self.people() {
            0 => "This moves nobody.".to_owned(),
            people => {
                let moves: Vec<String> =
                    self.moves.iter().map(|(from, to, people)| format!("{people} {from} → {to}")).collect();
                let noun = if people == 1 { "person" } else { "people" };
                format!("This moves {people} {noun}: {}.", moves.join(", "))
            }
        };
        match self.asked {
            0 => {}
            1 => text.push_str(" One status was set by hand: it is kept, and somebody is asked."),
            many => {
                text.push_str(&format!(
                    " {many} statuses were set by hand: they are kept, and somebody is asked."
                ));
            }
        }
        match self.held {
            0 => {}
            1 => text.push_str(" One person keeps the status they have, since their place is not mapped."),
            many => {
                text.push_str(&format!(
                    " {many} people keep the status they have, since their place is not mapped."
                ));
            }
        }
        text
    }
}

/// What `map` would make of everybody, by the rules that apply it: of so many who
/// are alike.
pub fn preview<'a>(
    everybody: impl IntoIterator<Item = (&'a Truth, &'a Belief, u32)>,
    map: &StageMap,
) -> Preview {
    let mut moves: BTreeMap<(&'static str, &'static str), (Status, Status, u32)> = BTreeMap::new();
    let mut preview = Preview::default();
    for (truth, belief, people) in everybody {
        match decide(truth, belief, map) {
            Decision::Nothing => {}
            Decision::Set(next) => {
                let key = (belief.status.code(), next.code());
                moves.entry(key).or_insert((belief.status, next, 0)).2 += people;
            }
            Decision::Conflict(_) => preview.asked += people,
            Decision::Unmapped => preview.held += people,
        }
    }
    preview.moves = moves.into_values().collect();
    preview.moves.sort_by_key(|(_, _, people)| std::cmp::Reverse(*people));
    preview
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Place, Target};
    use crate::status::StatusCause;

    fn person(stage: &str, status: Status, cause: StatusCause) -> (Truth, Belief) {
        (
            Truth { stage: stage.into(), archived: None },
            Belief { status, last_open: status, cause, moved: true, decided: None, agreed: false },
        )
    }

    #[test]
    fn a_preview_counts_by_what_changes() {
        let map: StageMap =
            [(Place::Stage("panel".into()), Target::Set(Status::Offer))].into_iter().collect();
        let everybody = [
            (person("panel", Status::Screening, StatusCause::Lever), 2),
            (person("panel", Status::Interviewing, StatusCause::Lever), 5),
            (person("panel", Status::Offer, StatusCause::Lever), 4),
            (person("panel", Status::Contacted, StatusCause::Hand), 1),
            (person("elsewhere", Status::Contacted, StatusCause::Lever), 1),
        ];
        let preview =
            preview(everybody.iter().map(|((truth, belief), people)| (truth, belief, *people)), &map);
        assert_eq!(preview.people(), 7);
        assert_eq!(
            preview.text(),
            "This moves 7 people: 5 Interviewing → Offer, 2 Screening → Offer. \
             One status was set by hand: it is kept, and somebody is asked. \
             One person keeps the status they have, since their place is not mapped."
        );
        assert_eq!(Preview::default().text(), "This moves nobody.");
    }
}
