//! Ids without a case, and cases that are known to fail: each with its reason.

use std::fmt;
use std::path::Path;

/// Why an id is not, or not yet, held by a case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason {
    /// The product lacks this feature, and with it what the case asks.
    Awaits(&'static str),
    /// Tests elsewhere hold it: their files below the workspace and their names.
    Elsewhere(&'static [(&'static str, &'static str)]),
    /// There is a case and it passes, without what awaits this feature.
    Part(&'static str),
    /// There is a case and it passes; in this the product is meant to do otherwise.
    Ruled(&'static str),
    /// There is a case and it fails, for want of this.
    #[allow(dead_code, reason = "at times none is known to")]
    Known(&'static str),
}
use Reason::{Awaits, Elsewhere, Known, Part, Ruled};

impl Reason {
    /// The reason in the final count.
    pub(crate) fn kind(&self) -> String {
        match self {
            Awaits(what) => format!("awaits {what}"),
            Elsewhere(_) => "held by other tests".into(),
            Known(_) => "known to fail".into(),
            Part(_) | Ruled(_) => "in part".into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Awaits(what) => write!(f, "awaits {what}"),
            Known(what) => write!(f, "fails: {what}"),
            Part(what) => write!(f, "a part awaits {what}"),
            Ruled(what) => write!(f, "by decision: {what}"),
            Elsewhere(places) => {
                f.write_str("held by")?;
                places.iter().try_for_each(|(file, name)| {
                    let name = if name.is_empty() { file } else { name };
                    write!(f, " {name}")
                })
            }
        }
    }
}

/// The reason of an id.
pub(crate) fn reason(id: &str) -> Option<Reason> {
    let found = REASONS.iter().find(|(known, _)| *known == id)?;
    Some(found.1)
}

/// What is wrong with a place that is said to hold a case: no such test is there.
pub(crate) fn not_there((file, name): &(&str, &str)) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    // A case of the compiler is a file, and has no function of that name.
    let is_there = text.contains(&format!("fn {name}(")) || (name.is_empty() && path.exists());
    (!is_there).then(|| format!("there is no test `{name}` in {file}"))
}

const START: &str = "tests/it/start.rs";
const CRASH: &str = "tests/it/crash.rs";
const KEYS: &str = "fastmcp/src/keys/tests.rs";
const FAULTS: &str = "fastmcp/src/store/disk/fault_tests.rs";
const DAMAGE: &str = "fastmcp/src/store/disk/damage_tests.rs";
const SEALED: &str = "fastmcp/src/store/sealed/tests/mod.rs";

const REASONS: &[(&str, Reason)] = &[
    (
        "ACL-10",
        Ruled("`custom` and `oidc` map `roles` and `role` by themselves, as they pass claims on"),
    ),
    ("ACL-14", Part("tools that call tools")),
    (
        "ACL-15",
        Elsewhere(&[
            ("trybuild/fail/across/undeclared_role.rs", ""),
            ("trybuild/fail/across/undeclared_scope.rs", ""),
            ("trybuild/fail/access/empty_roles.rs", ""),
            ("trybuild/fail/access/empty_scopes.rs", ""),
        ]),
    ),
    (
        "AUZ-22",
        Part("a machine of its own, to compare response times"),
    ),
    (
        "CON-05",
        Elsewhere(&[(
            "tests/it/browser.rs",
            "the_last_hop_may_be_this_machine_an_app_or_a_hop_further",
        )]),
    ),
    (
        "DOS-05",
        Ruled("what tools ask of the provider is not counted: who calls them is signed in"),
    ),
    ("DOS-07", Awaits("a soak of days")),
    (
        "KEY-01",
        Elsewhere(&[(START, "a_wrong_key_over_existing_data_touches_nothing")]),
    ),
    (
        "KEY-02",
        Elsewhere(&[(START, "a_secret_over_data_of_a_kept_key_touches_nothing")]),
    ),
    (
        "KEY-03",
        Elsewhere(&[
            (KEYS, "a_key_file_is_private_and_lasting"),
            (CRASH, "the_same_tokens_go_on_after_kill_and_restart"),
        ]),
    ),
    (
        "KEY-06",
        Elsewhere(&[(KEYS, "labels_give_different_keys_even_from_one_secret")]),
    ),
    (
        "KEY-10",
        Elsewhere(&[(START, "a_key_that_others_can_read_is_not_used")]),
    ),
    (
        "RAC-01",
        Elsewhere(&[(
            CRASH,
            "nothing_acknowledged_is_lost_when_the_server_is_killed_under_load",
        )]),
    ),
    (
        "RAC-02",
        Elsewhere(&[(
            FAULTS,
            "a_disk_that_fails_at_any_operation_loses_nothing_and_the_store_heals_unaided",
        )]),
    ),
    (
        "RAC-03",
        Elsewhere(&[(
            FAULTS,
            "after_a_power_cut_at_any_operation_every_acknowledged_record_is_there",
        )]),
    ),
    (
        "RAC-06",
        Elsewhere(&[(
            "tests/it/fence.rs",
            "a_write_that_comes_too_late_is_refused",
        )]),
    ),
    (
        "RAC-10",
        Elsewhere(&[(
            "fastmcp/src/ledger/tests/versions.rs",
            "what_a_newer_version_added_outlives_every_change_by_this_one",
        )]),
    ),
    (
        "REF-17",
        Elsewhere(&[
            (
                "tests/it/nodes.rs",
                "a_node_that_stands_still_in_a_refresh_costs_nobody_a_login",
            ),
            (
                "fastmcp/src/ledger/tests/upstream.rs",
                "a_dead_holder_is_succeeded_when_its_lease_ends",
            ),
        ]),
    ),
    (
        "RES-18",
        Elsewhere(&[("trybuild/fail/access/scope_with_quote.rs", "")]),
    ),
    (
        "RVK-07",
        Elsewhere(&[(
            "tests/it/revoke.rs",
            "an_ended_login_is_over_after_kill_and_restart",
        )]),
    ),
    (
        "STO-01",
        Elsewhere(&[(
            "tests/it/leaks.rs",
            "no_secret_on_disk_in_a_log_or_in_an_answer",
        )]),
    ),
    (
        "STO-05",
        Elsewhere(&[(SEALED, "equal_plaintexts_look_different")]),
    ),
    ("STO-06", Elsewhere(&[(SEALED, "ids_never_collide")])),
    (
        "STO-07",
        Elsewhere(&[(DAMAGE, "whatever_the_mask_the_files_are_private")]),
    ),
    (
        "STO-09",
        Elsewhere(&[(
            DAMAGE,
            "a_planted_link_is_refused_and_what_it_leads_to_is_left",
        )]),
    ),
    (
        "STO-10",
        Elsewhere(&[(
            DAMAGE,
            "a_damaged_file_is_set_aside_and_what_can_be_read_is_taken_over",
        )]),
    ),
    (
        "STO-11",
        Elsewhere(&[(
            "tests/it/full_disk.rs",
            "a_full_file_system_refuses_keeps_what_it_has_and_heals",
        )]),
    ),
    (
        "STO-13",
        Elsewhere(&[("tests/it/million.rs", "a_million_records_on_disk")]),
    ),
    (
        "STO-15",
        Elsewhere(&[(START, "one_directory_serves_one_process")]),
    ),
    (
        "STO-17",
        Elsewhere(&[("tests/it/million.rs", "what_expired_in_memory_is_freed")]),
    ),
];
