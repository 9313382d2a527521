//! The attack catalogue: what an attacker tries, each with the one answer that is safe.
//!
//! ```sh
//! cargo test -p tests --test catalogue                # all of it
//! cargo test -p tests --test catalogue -- REF CON-07  # a family, a case
//! ```
//!
//! | file | what |
//! |---|---|
//! | `table` | every id with its severity and a title |
//! | `missing` | ids that have no case, or one that is known to fail, and why |
//! | `runner` | runs cases over the set-ups, in lanes, and counts |
//! | `setup`, `desk`, `watched` | a server with `https://s.test` for an address, in this process |
//! | `log` | what was logged, and which secrets there were |
//! | `party`, `outcome` | clients, and the words in which an outcome is expected |
//! | `reg`, `met`, … | the cases, a family a file or two |
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a case fails by panicking, and the program prints a line for each"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the tests have a clock of their own"
)]

mod acl;
mod acl_items;
mod acl_taken;
mod acl_tasks;
mod admits;
mod audited;
mod auz;
mod auz_flow;
mod case;
mod cbk;
mod cbk_exchange;
mod cim;
mod cim_fetch;
mod cim_keys;
mod con;
mod con_decision;
mod desk;
mod dos;
mod hdr;
mod key;
mod log;
mod measured;
mod met;
mod missing;
mod outcome;
mod par;
mod party;
mod process;
#[allow(dead_code, reason = "the product's own tests use all of it")]
#[path = "../../fastmcp/tests/oauth_proxy/publisher.rs"]
mod publisher;
mod raw;
mod refresh;
mod refresh_upstream;
mod reg;
mod reg_life;
mod reg_metadata;
mod res;
mod res_forged;
mod runner;
mod rvk;
mod series;
mod setup;
mod sto;
mod table;
mod tok;
mod tok_request;
mod watched;

use std::process::ExitCode;

use self::case::Case;

/// Every case, family by family.
const FAMILIES: &[&[Case]] = &[
    reg::CASES,
    met::CASES,
    auz::CASES,
    auz_flow::CASES,
    con::CASES,
    con_decision::CASES,
    cbk::CASES,
    cbk_exchange::CASES,
    admits::CASES,
    tok::CASES,
    tok_request::CASES,
    refresh::CASES,
    refresh_upstream::CASES,
    rvk::CASES,
    res::CASES,
    res_forged::CASES,
    acl::CASES,
    acl_items::CASES,
    acl_tasks::CASES,
    acl_taken::CASES,
    cim::CASES,
    hdr::CASES,
    par::CASES,
    reg_life::CASES,
    sto::CASES,
    key::CASES,
    process::CASES,
    reg_metadata::CASES,
    cim_fetch::CASES,
    cim_keys::CASES,
    audited::CASES,
    dos::CASES,
    measured::CASES,
];

fn main() -> ExitCode {
    log::keep();
    series::keep();
    // What cargo and its friends pass to every test binary means nothing here.
    let asked: Vec<_> = std::env::args().skip(1).collect();
    let asked = asked.into_iter().filter(|word| !word.starts_with('-'));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(runner::run(FAMILIES.concat(), asked.collect()))
}
