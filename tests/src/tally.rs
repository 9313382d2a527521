//! Counts what is repeated many times: rounds, answers, and what went against the law.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::time::Instant;

use crate::http::Answer;

/// A run that broke the law so often has said enough.
const ENOUGH: usize = 20;

/// The counts of one run.
pub struct Tally {
    name: String,
    start: Instant,
    rounds: u64,
    answers: BTreeMap<String, u64>,
    violations: Vec<String>,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            start: Instant::now(),
            rounds: 0,
            answers: BTreeMap::new(),
            violations: Vec::new(),
        }
    }

    /// Another round is over; `false` when so much is wrong that more would tell nothing new.
    pub fn round(&mut self) -> bool {
        self.rounds += 1;
        self.violations.len() < ENOUGH
    }

    /// How many rounds are over.
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Counts an answer by its status and OAuth error.
    pub fn answer(&mut self, answer: &Answer) {
        let (status, error) = answer.outcome();
        self.count(match error {
            Some(error) => format!("{status} {error}"),
            None => status.to_string(),
        });
    }

    /// Counts anything else that is worth a number.
    pub fn count(&mut self, what: impl Into<String>) {
        self.add(what, 1);
    }

    /// Counts it several times.
    pub fn add(&mut self, what: impl Into<String>, times: u64) {
        *self.answers.entry(what.into()).or_default() += times;
    }

    /// How often that was counted.
    pub fn counted(&self, what: &str) -> u64 {
        self.answers.get(what).copied().unwrap_or(0)
    }

    /// Writes a violation down unless the law was kept.
    pub fn hold(&mut self, kept: bool, broken: impl FnOnce() -> String) {
        if !kept {
            let round = self.rounds;
            self.violations.push(format!("round {round}: {}", broken()));
        }
    }

    /// Prints the summary, whether the test is captured or not.
    ///
    /// # Panics
    /// If the law was broken.
    pub fn finish(self) {
        let _ = writeln!(std::io::stderr(), "{self}");
        let count = self.violations.len();
        let said = self.violations[..count.min(ENOUGH)].join("\n");
        assert!(count == 0, "{}: {count} violations:\n{said}", self.name);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.start.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
        let rate = self.rounds as f64 / seconds.max(0.001);
        let (name, rounds, wrong) = (&self.name, self.rounds, self.violations.len());
        write!(
            f,
            "{name}: {rounds} rounds in {seconds:.1} s ({rate:.1}/s);"
        )?;
        for (what, times) in &self.answers {
            write!(f, " {times} x {what};")?;
        }
        write!(f, " {wrong} violations")
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_broken_law_is_told_with_its_round() {
        let mut tally = Tally::new("a run");
        tally.hold(true, || unreachable!());
        assert!(tally.round());
        tally.hold(false, || "twice".into());
        tally.add("200", 3);
        let text = tally.to_string();
        assert!(text.starts_with("a run: 1 rounds in "), "{text}");
        assert!(text.ends_with("; 3 x 200; 1 violations"), "{text}");
        let failed = std::panic::catch_unwind(|| tally.finish()).expect_err("it fails");
        let text = failed.downcast_ref::<String>().expect("a text");
        assert!(text.contains("round 1: twice"), "{text}");
    }
}
