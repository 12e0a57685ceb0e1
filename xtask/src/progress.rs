//! What people see while they wait: numbered steps with the time each took.

use std::time::{Duration, Instant};

/// Numbers the steps of one command.
pub(crate) struct Progress {
    total: usize,
    current: usize,
}

impl Progress {
    /// Begins a command of `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, current: 0 }
    }

    /// Announces the next step and runs it; says how long it took when that was a second or more.
    ///
    /// # Errors
    /// Those of the step.
    pub(crate) fn step<T, E>(&mut self, name: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.current += 1;
        eprintln!("{}/{} {name}", self.current, self.total);
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        if took >= Duration::from_secs(1) {
            eprintln!("    {}", time(took));
        }
        result
    }
}

/// A duration as people say it: `4.2 s`, `3 min 07 s`.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(time(Duration::from_millis(4_240)), "4.2 s");
        assert_eq!(time(Duration::from_secs(187)), "3 min 07 s");
    }

    #[test]
    fn a_failing_step_is_reported_to_the_caller() {
        let mut progress = Progress::new(1);
        let result: Result<(), &str> = progress.step("fails", || Err("why"));
        assert_eq!(result, Err("why"));
    }
}
