//! A conversation as the text of a note in Lever.

use std::collections::BTreeMap;

use domain::ids::MemberId;
use store::candidates::Candidate;
use store::messages::Message;

use crate::moment::dated;

/// Longest conversation in a note, in characters: the newest messages are kept.
const LONGEST: usize = 12_000;

/// What was said, oldest first, as far as it fits.
pub(super) fn conversation(
    candidate: &Candidate,
    thread: &[Message],
    names: &BTreeMap<MemberId, String>,
) -> String {
    let said: Vec<String> = thread
        .iter()
        .map(|message| {
            let who = if message.inbound {
                candidate.name.as_str()
            } else {
                message.author.and_then(|author| names.get(&author)).map_or("Somebody", String::as_str)
            };
            let when = dated(message.created_at);
            format!("\n{who}, {when}:\n{}\n", message.body)
        })
        .collect();
    let kept = newest_within(&said, LONGEST);
    let mut text = String::new();
    if kept < said.len() {
        text.push_str(&format!("({} earlier messages are left out)\n", said.len() - kept));
    }
    said[said.len() - kept..].iter().for_each(|message| text.push_str(message));
    text
}

/// How many of the newest texts fit into `most` characters; the newest always does.
fn newest_within(texts: &[String], most: usize) -> usize {
    let mut length = 0;
    let mut kept = 0;
    for text in texts.iter().rev() {
        length += text.chars().count();
        if length > most && kept > 0 {
            break;
        }
        kept += 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_messages_are_kept_and_at_least_one() {
        let texts: Vec<String> = ["aaaa", "bbb", "cc"].map(str::to_owned).to_vec();
        assert_eq!(newest_within(&texts, 9), 3);
        assert_eq!(newest_within(&texts, 8), 2);
        assert_eq!(newest_within(&texts, 1), 1);
        assert_eq!(newest_within(&[], 5), 0);
    }
}
