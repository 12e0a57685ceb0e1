//! What a trial tells people.

/// Prints a line: results go to standard output.
#[expect(clippy::print_stdout, reason = "what was measured is the output of this program")]
pub fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
