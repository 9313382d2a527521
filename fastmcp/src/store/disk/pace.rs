//! How many records a sweep takes in one transaction.
//!
//! Whoever writes waits for the transaction before, and what a sweep adds to it depends on the
//! disk: the records that expire together lie all over the file. So it is measured. A transaction
//! with a part of the sweep in it may take a few milliseconds longer than one without commonly does;
//! takes it longer, the next part is smaller, and otherwise larger. Where others write all
//! the time, now and then a transaction goes without, so that there is something to compare with.

use std::time::Duration;

/// What a part of a sweep may add to a transaction.
const ADDED: Duration = Duration::from_millis(5);
/// Fewer would be swept slower than they expire.
const LEAST: usize = 16;
const MOST: usize = 64;
/// One transaction in so many goes without.
const MEASURED: u32 = 8;

pub(super) struct Pace {
    records: usize,
    /// What a transaction that sweeps nothing commonly takes.
    without: Option<Duration>,
    swept_in_a_row: u32,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            records: LEAST,
            without: None,
            swept_in_a_row: 0,
        }
    }

    /// Whether the next transaction of others goes without a part of the sweep, to be measured.
    pub(super) fn goes_without(&mut self) -> bool {
        let goes = self.swept_in_a_row + 1 >= MEASURED;
        if goes {
            self.swept_in_a_row = 0;
        }
        goes
    }

    /// How many records the next part takes.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// What the last transaction took, and whether a part of a sweep was in it.
    pub(super) fn took(&mut self, time: Duration, swept: bool) {
        if swept {
            self.swept_in_a_row += 1;
            let Some(without) = self.without else {
                return;
            };
            // One that a busy disk held up says little, so steps are small.
            self.records = if time > without + ADDED {
                (self.records - self.records / 8).max(LEAST)
            } else {
                (self.records + 2).min(MOST)
            };
        } else {
            // One that many share counts little too.
            self.without = Some(
                self.without
                    .map_or(time, |without| (without * 7 + time.min(without * 2)) / 8),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part on a disk that takes `sync`, and as much again for each `records`.
    fn settled(sync: Duration, records: u32) -> usize {
        let mut pace = Pace::new();
        for n in 0..1000 {
            let swept = n > 0 && !pace.goes_without();
            let part = u32::try_from(pace.records()).unwrap();
            let own = if swept {
                sync * part / records
            } else {
                Duration::ZERO
            };
            pace.took(sync + own, swept);
        }
        pace.records()
    }

    #[test]
    fn parts_grow_and_shrink_with_the_disk() {
        assert_eq!(settled(Duration::from_micros(10), 1), MOST);
        assert_eq!(settled(Duration::from_millis(20), 1), LEAST);
        // 8 milliseconds for a sync, 5 for each 40 records.
        let between = settled(Duration::from_millis(8), 64);
        assert!((32..=42).contains(&between), "{between}");
    }
}
