//! How far an import is, for a person at a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(200);

/// How far a run is: handed to the caller after every batch.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub rows_done: u64,
    pub rows_all: u64,
}

/// One line on standard error, rewritten in place; nothing where standard error is not a terminal.
pub struct ProgressLine {
    started: Instant,
    shown: Option<Instant>,
    first: Option<u64>,
    visible: bool,
}

impl ProgressLine {
    pub fn new(quiet: bool) -> ProgressLine {
        ProgressLine { started: Instant::now(), shown: None, first: None, visible: !quiet && std::io::stderr().is_terminal() }
    }

    pub fn show(&mut self, progress: Progress) {
        // A resumed run must not count what an earlier one did.
        let first = *self.first.get_or_insert(progress.rows_done);
        if !self.visible || self.shown.is_some_and(|shown| shown.elapsed() < EVERY) {
            return;
        }
        self.shown = Some(Instant::now());
        let line = describe(progress, progress.rows_done - first, self.started.elapsed());
        eprint!("\r{line:<78}");
        drop(std::io::stderr().flush());
    }

    pub fn clear(&mut self) {
        if self.visible && self.shown.is_some() {
            eprint!("\r{:78}\r", "");
        }
    }
}

fn describe(progress: Progress, done_here: u64, elapsed: Duration) -> String {
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = done_here.saturating_mul(1000) / milliseconds;
    let share = progress.rows_done.saturating_mul(100) / progress.rows_all.max(1);
    let left = (progress.rows_all - progress.rows_done.min(progress.rows_all)).checked_div(rate);
    let left = left.map_or_else(|| "-:--".to_owned(), |seconds| format!("{}:{:02}", seconds / 60, seconds % 60));
    format!("{} of {} rows ({share} %), {rate} rows/s, {left} left", progress.rows_done, progress.rows_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_rate_and_time_left() {
        let progress = Progress { rows_done: 30_000, rows_all: 100_000 };
        let line = describe(progress, 20_000, Duration::from_secs(2));
        assert_eq!(line, "30000 of 100000 rows (30 %), 10000 rows/s, 0:07 left");
        let line = describe(Progress { rows_done: 0, rows_all: 10 }, 0, Duration::from_secs(1));
        assert_eq!(line, "0 of 10 rows (0 %), 0 rows/s, -:-- left");
    }
}
