//! Which items of one kind are on.
//!
//! Asked by every call, so the usual answer (nothing is off) is one load of one atomic number;
//! only while something is off is a name looked up.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The switches of one kind of item, by name.
#[derive(Debug, Default)]
pub(super) struct Switches {
    /// Sorted.
    names: Box<[&'static str]>,
    off: Box<[AtomicBool]>,
    /// How many are off.
    count: AtomicUsize,
}

impl Switches {
    /// Switches of these names, all on.
    pub(super) fn new(mut names: Vec<&'static str>) -> Self {
        names.sort_unstable();
        names.dedup();
        Self {
            off: names.iter().map(|_| AtomicBool::new(false)).collect(),
            names: names.into(),
            count: AtomicUsize::new(0),
        }
    }

    /// Whether there is an item of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.binary_search(&name).is_ok()
    }

    /// Whether the item of this name is on; one that has no switch is.
    pub(super) fn is_on(&self, name: &str) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return true;
        }
        let found = self.names.binary_search(&name);
        found.is_err() || found.is_ok_and(|index| !self.off[index].load(Ordering::Acquire))
    }

    /// Turns an item on or off: its name, and whether that changed anything; `None` if there is no
    /// such item.
    pub(super) fn turn(&self, name: &str, on: bool) -> Option<(&'static str, bool)> {
        let index = self.names.binary_search(&name).ok()?;
        let changed = self.off[index].swap(!on, Ordering::AcqRel) == on;
        if changed && on {
            self.count.fetch_sub(1, Ordering::AcqRel);
        } else if changed {
            self.count.fetch_add(1, Ordering::AcqRel);
        }
        Some((self.names[index], changed))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_item_is_on_until_it_is_turned_off() {
        let switches = Switches::new(vec!["b", "a", "b"]);
        assert!(switches.is_on("a") && switches.is_on("nobody"));
        assert_eq!(switches.turn("b", false), Some(("b", true)));
        assert_eq!(switches.turn("b", false), Some(("b", false)));
        assert!(switches.is_on("a") && !switches.is_on("b") && switches.is_on("nobody"));
        assert_eq!(switches.turn("b", true), Some(("b", true)));
        assert!(switches.is_on("b"));
        assert_eq!(switches.turn("c", false), None);
    }

    #[test]
    fn many_hands_leave_the_count_right() {
        let switches = Arc::new(Switches::new(vec!["a", "b"]));
        std::thread::scope(|scope| {
            for hand in 0..4 {
                let switches = Arc::clone(&switches);
                scope.spawn(move || {
                    for round in 0..2_000 {
                        let name = if (round + hand) % 2 == 0 { "a" } else { "b" };
                        switches.turn(name, round % 3 == 0);
                    }
                });
            }
        });
        for name in ["a", "b"] {
            switches.turn(name, true);
        }
        assert_eq!(switches.count.load(Ordering::SeqCst), 0);
        assert!(switches.is_on("a") && switches.is_on("b"));
    }
}
