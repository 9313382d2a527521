//! A store that is away for a while: every client is told to come again, nobody loses a login, and
//! all go on by themselves when it is back.
//!
//! `TESTS_OUTAGE` says for how many seconds it is away (default 3).

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tests::database::{Engine, skip};
use tests::link::{Link, Wire};
use tests::own::Own;
use tests::server::Storage;
use tests::tally::Tally;
use tests::world::World;

use crate::load::{Load, check};
use crate::support::outage;

/// How a database goes away.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Its processes stand still.
    Stopped,
    /// Its processes are killed.
    Killed,
    /// Its connections break, and new ones do at once.
    Cut,
    /// What is sent to it arrives when it is back.
    Held,
}

/// An operation on a database ends within five seconds: a shorter silence is only slow.
const NOTICED: Duration = Duration::from_secs(6);
/// Load before an outage and after it.
const CALM: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_clients_come_again_and_lose_nothing() {
    away(Engine::Redis).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgres_clients_come_again_and_lose_nothing() {
    away(Engine::Postgres).await;
}

async fn away(engine: Engine) {
    let Some(mut database) = Own::start(engine).await else {
        return;
    };
    let wire = Link::to(database.port()).await;
    let storage = Storage::Database(database.address(wire.port()));
    let world = World::over(&[storage], &[]).await;
    for way in [Way::Stopped, Way::Killed, Way::Cut, Way::Held] {
        let time = match way {
            Way::Stopped | Way::Held => outage().max(NOTICED),
            Way::Killed | Way::Cut => outage(),
        };
        let seconds = time.as_secs();
        let tally = Tally::new(format!("{engine:?} {way:?} for {seconds} s"));
        let load = Load::new(&world, tally);
        let mut known = load
            .during(async || {
                tokio::time::sleep(CALM).await;
                match way {
                    Way::Stopped => database.signal("-STOP"),
                    Way::Killed => database.kill(),
                    Way::Cut => wire.turn(Wire::Cut),
                    Way::Held => wire.turn(Wire::Held),
                }
                tokio::time::sleep(time).await;
                match way {
                    Way::Stopped => database.signal("-CONT"),
                    Way::Killed => database.restart().await,
                    Way::Cut | Way::Held => wire.turn(Wire::Late(Duration::ZERO)),
                }
                tokio::time::sleep(CALM).await;
            })
            .await;
        hold_noticed(&load);
        check(&load, &mut known, None).await;
        load.tally().round();
        load.into_tally().finish();
    }
    world.check_good_flow().await;
}

/// An outage that nobody noticed proves nothing.
fn hold_noticed(load: &Load) {
    let mut tally = load.tally();
    let noticed = ["refresh: 503", "register: 503"].map(|what| tally.counted(what));
    tally.hold(noticed.iter().all(|times| *times > 0), || {
        "nobody noticed".to_owned()
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_clients_come_again_and_lose_nothing() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let store = disk.path().join("store");
    let world = World::over(&[Storage::disk(&store)], &[]).await;
    let load = Load::new(&world, Tally::new("a full disk"));
    let mut known = load
        .during(async || {
            tokio::time::sleep(CALM).await;
            let filler = disk.fill();
            let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
            // What the file already has of free pages is used up first.
            while load.tally().counted("refresh: 503") < 5 {
                assert!(
                    tokio::time::Instant::now() < deadline,
                    "the disk is never full"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            tokio::time::sleep(outage()).await;
            fs::remove_file(filler).expect("a file can be removed");
            tokio::time::sleep(CALM).await;
        })
        .await;
    hold_noticed(&load);
    check(&load, &mut known, Some(&store)).await;
    load.tally().round();
    load.into_tally().finish();
    world.check_good_flow().await;
}

/// A file system of a few megabytes; it goes with this value.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// A new one; nothing, and a word about it, where mounting is not allowed.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs"]);
        command.arg(directory.path()).stderr(Stdio::null());
        if !command.status().is_ok_and(|status| status.success()) {
            skip("a full disk needs the right to mount one");
            return None;
        }
        Some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the space that is left; gives the file that has it.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = fs::File::create(&path).expect("a new file");
        for size in [64 * 1024, 1024, 1] {
            let piece = vec![0; size];
            while file.write_all(&piece).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    /// Lazily: a server may still have its store open.
    fn drop(&mut self) {
        let mut command = Command::new("umount");
        let _ = command.arg("--lazy").arg(self.path()).status();
    }
}
