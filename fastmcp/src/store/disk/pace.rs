//! How many records a sweep takes in one transaction.
//!
//! Whoever writes waits for the transaction before, and what a sweep adds to it depends on the
//! disk: the records that expire together lie all over the file. So it is measured. A transaction
//! with a part of the sweep in it may take a few milliseconds longer than one without; takes it
//! longer, the next part is half as large, and otherwise a little larger.

use std::time::Duration;

/// What a part of a sweep may add to a transaction.
const ADDED: Duration = Duration::from_millis(4);
/// Fewer would be swept slower than they expire.
const LEAST: usize = 4;
const MOST: usize = 64;

pub(super) struct Pace {
    records: usize,
    /// The time of a transaction that sweeps nothing: the shortest of late.
    without: Duration,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            records: 4 * LEAST,
            without: Duration::from_millis(4),
        }
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
        if !swept {
            // Grows slowly, so that one that many share does not count.
            self.without = time.min(self.without + self.without / 16);
        } else if time > self.without + ADDED {
            self.records = (self.records / 2).max(LEAST);
        } else {
            self.records = (self.records + 1).min(MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts on a disk that takes `sync`, and as much again for each `records`.
    fn settled(sync: Duration, records: u32) -> usize {
        let mut pace = Pace::new();
        for n in 0..1000 {
            let swept = n % 2 == 0;
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
        // 8 milliseconds for a sync, 4 for each 16 records.
        let between = settled(Duration::from_millis(8), 32);
        assert!((8..=17).contains(&between), "{between}");
    }
}
