//! The seeds, as they are and with changes.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::parts::fuzz::edited;

type Target = fn(&[u8]);

/// Every target that needs nothing but bytes; its seeds lie in the folder of its name.
const TARGETS: [(&str, Target); 14] = [
    ("address", address),
    ("answer", answer),
    ("assertion", assertion),
    ("client_auth", client_auth),
    ("document", document),
    ("form", form),
    ("forwarded", forwarded),
    ("frame", frame),
    ("jwt", jwt),
    ("page", page),
    ("record", record),
    ("redirect", redirect),
    ("registration", registration),
    ("words", words),
];

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = home().join("seeds").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let seeds: Vec<_> = files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

#[test]
fn every_seed_keeps_what_its_target_promises() {
    for (name, target) in TARGETS {
        for seed in seeds(name) {
            target(&seed);
        }
    }
}

#[test]
fn every_target_has_a_program() {
    for (name, _) in TARGETS {
        let program = home().join("fuzz_targets").join(format!("{name}.rs"));
        let text = fs::read_to_string(&program).unwrap();
        assert!(text.contains(&format!("__fuzz::{name}(")), "{program:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn seeds_with_changes_keep_it_too(
        edits in prop::collection::vec(any::<u8>(), 4..24),
        pick: prop::sample::Index,
    ) {
        for (name, target) in TARGETS {
            let seeds = seeds(name);
            target(&edited(pick.get::<Vec<u8>>(&seeds), &edits));
        }
    }
}
