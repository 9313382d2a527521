//! `postgres`, which refuses to run as root.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use tokio_postgres::{Client, NoTls};

use super::{program, silent};

/// Makes the files of an empty database in `directory`.
///
/// # Errors
/// What this machine lacks.
pub(super) fn make(directory: &Path) -> Result<(), String> {
    let initdb = program("initdb")?;
    program("postgres")?;
    if let Some((user, group)) = servant()? {
        chown(directory, Some(user), Some(group)).expect("root may give away");
    }
    let mut command = as_servant(silent(&initdb));
    command
        .current_dir(directory)
        .arg("-D")
        .arg(data(directory));
    command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8"]);
    command.args(["--no-locale", "--no-sync"]);
    assert!(command.status().expect("initdb runs").success(), "initdb");
    Ok(())
}

pub(super) fn command(port: u16, directory: &Path) -> Command {
    let mut command = as_servant(silent(&program("postgres").expect("it was there")));
    command.arg("-D").arg(data(directory));
    command.args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "shared_buffers=16MB",
        "synchronous_commit=on",
    ] {
        command.args(["-c", setting]);
    }
    command
}

/// A connection, if it answers.
pub(super) async fn connect(port: u16) -> Option<Client> {
    let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let (client, connection) = tokio_postgres::connect(&address, NoTls).await.ok()?;
    tokio::spawn(connection);
    Some(client)
}

/// Every row of every table of ours, its bytes in hex.
pub(super) async fn content(port: u16) -> Vec<u8> {
    let client = connect(port).await.expect("PostgreSQL");
    let tables = "SELECT relname::text FROM pg_class WHERE relname LIKE '%\\_records'";
    let mut all = String::new();
    for table in client.query(tables, &[]).await.expect("the tables") {
        let rows = format!("SELECT it::text FROM {} it", table.get::<_, String>(0));
        for row in client.query(&rows, &[]).await.expect("the rows") {
            all.push_str(&row.get::<_, String>(0));
            all.push('\n');
        }
    }
    all.into_bytes()
}

/// Makes `dump.sql` in the directory, and lets every page reach its file.
pub(super) fn dump(port: u16, directory: &Path) {
    let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let run = |name: &str, arguments: &[&str]| {
        let mut command = silent(&program(name).expect("it comes with the server"));
        let done = command.args(arguments).arg(&address).status();
        assert!(done.expect("it runs").success(), "{name}");
    };
    run("psql", &["-c", "CHECKPOINT", "-d"]);
    let file = directory.join("dump.sql");
    run(
        "pg_dump",
        &["-f", file.to_str().expect("a path of text"), "-d"],
    );
}

fn data(directory: &Path) -> std::path::PathBuf {
    directory.join("data")
}

/// Whom the server runs as, where we are root; nobody else otherwise.
fn servant() -> Result<Option<(u32, u32)>, String> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.map(Some)
        .ok_or_else(|| "this machine lacks the user `postgres`".to_owned())
}

fn as_servant(mut command: Command) -> Command {
    if let Ok(Some((user, group))) = servant() {
        command.uid(user).gid(group);
    }
    command
}
