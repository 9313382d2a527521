//! Tokens that wait for the store.

use super::upstream::upstream;
use super::*;
use crate::ledger::unsaved::{Unsaved, Waiting};

#[test]
fn what_waits_is_kept_until_its_grant_ends() {
    let unsaved = Unsaved::default();
    let id = GrantId::of_transaction;
    let waiting = |ends| Waiting {
        seen: 0,
        renewed: Renewed::from(upstream("access", None, Some("refresh"))),
        grant_ends: ends,
    };
    unsaved.keep(id("ended"), waiting(START + 10), START);
    unsaved.keep(id("live"), waiting(START + 11), START);
    unsaved.keep(id("other"), waiting(START + 20), START + 10);
    assert!(!unsaved.holds(id("ended")) && unsaved.take(id("ended")).is_none());
    for name in ["live", "other"] {
        assert!(unsaved.holds(id(name)), "{name}");
        assert!(unsaved.take(id(name)).is_some(), "{name}");
        assert!(!unsaved.holds(id(name)), "taken once: {name}");
    }
}
