//! The requests that a fuzzer begins with, once each: none is answered as a fault of the server.

use std::fs;
use std::path::Path;

use crate::fixture::{Auth, server};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "written for a crate of its own, which uses all of it"
)]
#[path = "../../../fuzz/src/edge.rs"]
mod edge;

#[tokio::test(start_paused = true)]
async fn no_seed_is_a_fault_of_the_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/edge");
    let mut count = 0;
    for auth in [Auth::Off, Auth::On, Auth::Anonymous] {
        let target = edge::Target {
            router: server(auth).router,
            host: "localhost",
            words: vec![("$TOKEN", "root".to_owned())],
            ways_out: &[],
        };
        for seed in fs::read_dir(&folder).unwrap() {
            let seed = fs::read(seed.unwrap().path()).unwrap();
            target.exchange(&seed).await;
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}
