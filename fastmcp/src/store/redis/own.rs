//! Redis servers of the tests' own.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::super::servers;
use super::*;

/// What every one of them is asked with.
pub(super) const PASSWORD: &str = "hunter2";

/// A server that acknowledges nothing before it is on disk; it ends with this value.
pub(super) struct Own {
    child: Child,
    pub(super) port: u16,
    directory: tempfile::TempDir,
    more: Vec<String>,
}

impl Own {
    /// Starts one, with more settings; `None` where there is no Redis to start.
    pub(super) fn start(more: &[&str]) -> Option<Self> {
        if !servers::has("redis-server") {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let more = more.iter().map(|it| (*it).to_owned()).collect();
        let child = run(port, directory.path(), &more);
        Some(Self {
            child,
            port,
            directory,
            more,
        })
    }

    /// Starts a sentinel with these settings.
    pub(super) fn start_from(settings: &Path) -> Option<Self> {
        let mut sentinel = Self::start(&[])?;
        sentinel.kill();
        let mut command = Command::new("redis-server");
        command.arg(settings).arg("--sentinel");
        command.args(["--port", &sentinel.port.to_string()]);
        command.args(["--requirepass", PASSWORD]);
        sentinel.child = command.stdout(Stdio::null()).spawn().unwrap();
        Some(sentinel)
    }

    /// A store on it, when it is ready.
    pub(super) async fn store(&self) -> RedisStore {
        let url = format!("redis://:{PASSWORD}@127.0.0.1:{}", self.port);
        connect(&url).await
    }

    pub(super) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) fn restart(&mut self) {
        self.child = run(self.port, self.directory.path(), &self.more);
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(port: u16, directory: &Path, more: &Vec<String>) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
    command.args([
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]);
    command.args(["--requirepass", PASSWORD, "--masterauth", PASSWORD]);
    command.args(more).current_dir(directory);
    command.stdout(Stdio::null()).spawn().unwrap()
}

pub(super) fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

/// Connects as soon as it is possible.
pub(super) async fn connect(url: &str) -> RedisStore {
    let mut last = None;
    for _ in 0..100 {
        match RedisStore::connect(url).await {
            Ok(store) => return store,
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the servers are not ready: {last:?}");
}
