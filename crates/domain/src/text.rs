//! What a text typed by a person may consist of.

/// Whether `c` is a control character, or a mark that turns the direction of all
/// that follows (Unicode Standard Annex 9, explicit formatting): on a screen they
/// show nothing and change what stands around them.
///
/// Joiners, which emoji and some scripts are written with, and the two marks that
/// concern their neighbours only stay.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// One line: what is invisible, line breaks included, is a blank, and a run of
/// blanks is one.
#[must_use]
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if is_invisible(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several lines: without what is invisible, but for line breaks and tabs.
#[must_use]
pub fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !is_invisible(*c))
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_and_keeps_what_people_write() {
        assert_eq!(one_line("  Jo\r\n\tPark\0 "), "Jo Park");
        assert_eq!(one_line("evil\u{202e}gnp.exe"), "evil gnp.exe");
        for name in ["نور حداد", "👩\u{200d}💻 Ada", "O’Neil", "می\u{200c}خواهم", "<b>Jo</b>"]
        {
            assert_eq!(one_line(name), name);
        }
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(lines(" a\r\n\r\n\tb\0\u{202e}\n"), "a\n\n\tb");
    }
}
