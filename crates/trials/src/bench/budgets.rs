//! What was measured, beside what it is held against.

use anyhow::{Result, bail};

use crate::say;

/// Decimals that tell a number well: the larger, the fewer.
fn shown(number: f64) -> String {
    match number.abs() {
        large if large >= 100.0 => format!("{number:.0}"),
        middle if middle >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// The budgets of one benchmark, told line by line.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    missed: Vec<String>,
}

impl Budgets {
    /// Holds what should be large against the least it may be.
    pub(super) fn at_least(&mut self, what: &str, measured: f64, least: f64, unit: &str) {
        self.tell(what, measured, "at least", least, unit, measured >= least);
    }

    /// Holds what should be small against the most it may be.
    pub(super) fn at_most(&mut self, what: &str, measured: f64, most: f64, unit: &str) {
        self.tell(what, measured, "at most", most, unit, measured <= most);
    }

    fn tell(&mut self, what: &str, measured: f64, side: &str, bound: f64, unit: &str, kept: bool) {
        let verdict = if kept { "kept" } else { "MISSED" };
        let (measured, bound) = (shown(measured), shown(bound));
        say(format!("  {verdict:<6} {what:<58} {measured:>8} {unit}, budget {side} {bound}"));
        if !kept {
            self.missed.push(format!("{what}: {measured} {unit}, budget {side} {bound}"));
        }
    }

    /// Ends well when every budget was kept.
    ///
    /// # Errors
    /// The budgets that were missed.
    pub(super) fn verdict(self) -> Result<()> {
        if self.missed.is_empty() {
            return Ok(());
        }
        bail!("a budget was missed: {}", self.missed.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept_up_to_its_bound_and_told_when_missed() {
        let mut budgets = Budgets::default();
        budgets.at_least("share", 50.0, 50.0, "%");
        budgets.at_most("time", 25.0, 25.0, "ms");
        assert!(budgets.verdict().is_ok());

        let mut budgets = Budgets::default();
        budgets.at_least("share", 49.9, 50.0, "%");
        budgets.at_most("time", 25.1, 25.0, "ms");
        budgets.at_most("memory", f64::NAN, 40.0, "MB");
        let missed = budgets.verdict().unwrap_err().to_string();
        assert!(missed.contains("share: 49.9 %") && missed.contains("time: 25.1 ms"), "{missed}");
        assert!(missed.contains("memory"), "what is no number keeps no budget: {missed}");
    }
}
