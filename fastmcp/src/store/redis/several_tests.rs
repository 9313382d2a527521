//! Several Redis servers of the tests' own: a cluster, and a master with a replica and a sentinel.

use std::process::Command;
use std::sync::Arc;

use super::super::suite;
use super::own::{Own, PASSWORD, connect, free_port};
use super::*;
use crate::store::outage::{FAR, heals, key};

/// Three nodes that share the slots.
async fn cluster() -> Option<(Vec<Own>, String)> {
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let bus = free_port().to_string();
        let mut more = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
        // A node that was thought lost is believed again after twice this.
        more.extend(["--cluster-node-timeout", "2000"]);
        nodes.push(Own::start(&more)?);
    }
    let addresses: Vec<_> = nodes
        .iter()
        .map(|node| format!("127.0.0.1:{}", node.port))
        .collect();
    let mut made = false;
    for _ in 0..50 {
        let mut command = Command::new("redis-cli");
        command.args(["-a", PASSWORD, "--no-auth-warning", "--cluster", "create"]);
        command.args(&addresses).arg("--cluster-yes");
        made = command.output().unwrap().status.success();
        if made {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(made, "no cluster");
    let hosts = addresses[..2].join(",");
    let url = format!("redis+cluster://:{PASSWORD}@{hosts}?namespace=it");
    Some((nodes, url))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_keeps_the_law_and_survives_the_loss_of_a_node() {
    let Some((mut nodes, url)) = cluster().await else {
        return;
    };
    let (one, other) = (connect(&url).await, Arc::new(connect(&url).await));
    suite::check_nodes(&[Arc::new(one), other.clone()]).await;
    let keys: Vec<_> = (0..30).map(key).collect();
    for key in &keys {
        let put = other.put(key, vec![1], FAR, Expected::Absent).await;
        assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    }
    nodes[0].kill();
    let mut lost = false;
    for key in &keys {
        lost = lost || other.get(key).await.is_err();
    }
    assert!(lost, "each node has some of them");
    nodes[0].restart();
    for key in &keys {
        let mut found = other.get(key).await;
        for _ in 0..200 {
            if found.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            found = other.get(key).await;
        }
        assert!(matches!(found, Ok(Some(_))), "{found:?}");
    }
    assert!(other.sweep(u64::MAX, usize::MAX).await.unwrap() >= 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_may_move_to_another_node_of_a_cluster() {
    let Some((nodes, url)) = cluster().await else {
        return;
    };
    let store = Arc::new(connect(&url).await);
    let mut versions = Vec::new();
    for n in 0..100 {
        let put = store.put(&key(n), vec![n], FAR, Expected::Absent).await;
        let Ok(Put::Done(version)) = put else {
            panic!("{put:?}")
        };
        versions.push(version);
    }
    let [from, to] = [0, 1].map(|n: usize| id(nodes[n].port));
    let port = nodes[0].port;
    let mover = tokio::task::spawn_blocking(move || {
        let mut command = Command::new("redis-cli");
        command.args(["-a", PASSWORD, "--no-auth-warning", "--cluster", "reshard"]);
        command.arg(format!("127.0.0.1:{port}"));
        command.args(["--cluster-from", &from, "--cluster-to", &to]);
        command.args(["--cluster-slots", "5000", "--cluster-yes"]);
        command.output().unwrap()
    });
    let (mut changed, mut moving) = (0, true);
    while moving || changed < 200 {
        moving = !mover.is_finished();
        for (n, version) in (0_u8..).zip(&mut versions) {
            let expected = Expected::Version(*version);
            match store.put(&key(n), vec![n, 1], FAR, expected).await {
                Ok(Put::Done(new)) => (*version, changed) = (new, changed + 1),
                Err(Error::Unavailable(_)) if moving => {
                    // It may have been done all the same.
                    let Ok(Some(record)) = store.get(&key(n)).await else {
                        continue;
                    };
                    *version = record.version;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let output = mover.await.unwrap();
    assert!(output.status.success(), "{output:?}");
    for (n, version) in (0_u8..).zip(&versions) {
        let record = store.get(&key(n)).await.unwrap().unwrap();
        assert_eq!(record.version, *version, "{n}");
    }
}

/// How a cluster calls the node at this port.
fn id(port: u16) -> String {
    let mut command = Command::new("redis-cli");
    command.args(["-p", &port.to_string(), "-a", PASSWORD, "--no-auth-warning"]);
    let answer = command.args(["CLUSTER", "MYID"]).output().unwrap();
    String::from_utf8(answer.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn one_node_of_a_cluster_is_not_taken_for_the_whole() {
    let Some((nodes, _)) = cluster().await else {
        return;
    };
    let url = format!("redis://:{PASSWORD}@127.0.0.1:{}", nodes[0].port);
    let error = RedisStore::connect(&url).await.unwrap_err().to_string();
    assert!(error.contains("redis+cluster://"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sentinels_lead_to_the_new_master() {
    let Some(mut master) = Own::start(&[]) else {
        return;
    };
    drop(master.store().await);
    let of = format!("127.0.0.1 {}", master.port);
    let replica = Own::start(&["--replicaof", &of]).unwrap();
    // A sentinel is a Redis with this setting, and keeps what it learns in a file.
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sentinel.conf");
    let settings = format!(
        "sentinel monitor main {of} 1\nsentinel auth-pass main {PASSWORD}\n\
         sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n"
    );
    std::fs::write(&file, settings).unwrap();
    // The first thing that the sentinel asks the master is for its replicas.
    until(master.port, &["INFO", "replication"], "state=online").await;
    let sentinel = Own::start_from(&file).unwrap();
    let url = format!(
        "redis+sentinel://:{PASSWORD}@127.0.0.1:{}/main?sentinel_password={PASSWORD}",
        sentinel.port
    );
    let store = Arc::new(connect(&url).await);
    suite::check(store.clone()).await;
    let key = Key::new("test", [1; 32]);
    let put = store.put(&key, vec![1], FAR, Expected::Absent).await;
    let Ok(Put::Done(version)) = put else {
        panic!("{put:?}")
    };
    let replicas = ["SENTINEL", "REPLICAS", "main"];
    until(sentinel.port, &replicas, "master-link-status").await;
    until(master.port, &["WAIT", "1", "1000"], "1").await;
    master.kill();
    heals(&*store).await;
    let record = store.get(&key).await.unwrap().unwrap();
    assert_eq!(record.version, version);
    let expected = Expected::Version(version);
    let put = store.put(&key, vec![2], FAR, expected).await;
    assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    drop(replica);
}

/// Asks a server until its answer has that in it.
async fn until(port: u16, question: &[&str], wanted: &str) {
    for _ in 0..300 {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &port.to_string(), "-a", PASSWORD, "--no-auth-warning"]);
        let answer = command.args(question).output().unwrap();
        if String::from_utf8_lossy(&answer.stdout).contains(wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never `{wanted}`");
}
