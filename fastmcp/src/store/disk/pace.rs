//! How many records a sweep takes in one transaction.
//!
//! Whoever writes waits for the transaction before, and what a sweep adds to it depends on the
//! disk: the records that expire together lie all over the file. So it is measured. A transaction
//! with a part of the sweep in it may take a few milliseconds longer than one without; takes it
//! longer, the next part is half as large, and otherwise a little larger. Where others write all
//! the time, now and then a transaction goes without, so that there is something to compare with.

use std::time::Duration;

/// What a part of a sweep may add to a transaction.
const ADDED: Duration = Duration::from_millis(4);
/// Fewer would be swept slower than they expire.
const LEAST: usize = 16;
const MOST: usize = 64;
/// One transaction in so many goes without.
const MEASURED: u32 = 8;

pub(super) struct Pace {
    records: usize,
    /// The time of a transaction that sweeps nothing: the shortest of late.
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

    /// How many records the next part takes. Beside others' writes it is smaller, for they wait for
    /// all of it, and not for the rest of it.
    pub(super) fn records(&self, beside_others: bool) -> usize {
        if beside_others {
            self.records / 2
        } else {
            self.records
        }
    }

    /// What the last transaction took, and whether a part of a sweep was in it.
    pub(super) fn took(&mut self, time: Duration, swept: bool) {
        if swept {
            self.swept_in_a_row += 1;
            let allowed = self.without.map(|without| without + ADDED);
            if allowed.is_some_and(|allowed| time > allowed) {
                self.records = (self.records / 2).max(LEAST);
            } else if allowed.is_some() {
                self.records = (self.records + 1).min(MOST);
            }
        } else {
            // Grows slowly, so that one that many share does not count.
            let before = self.without.map(|without| without + without / 8);
            self.without = Some(before.map_or(time, |before| time.min(before)));
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
            let part = u32::try_from(pace.records(false)).unwrap();
            let own = if swept {
                sync * part / records
            } else {
                Duration::ZERO
            };
            pace.took(sync + own, swept);
        }
        pace.records(false)
    }

    #[test]
    fn parts_grow_and_shrink_with_the_disk() {
        assert_eq!(settled(Duration::from_micros(10), 1), MOST);
        assert_eq!(settled(Duration::from_millis(20), 1), LEAST);
        // 8 milliseconds for a sync, 4 for each 32 records.
        let between = settled(Duration::from_millis(8), 64);
        assert!((16..=33).contains(&between), "{between}");
    }
}
