//! A Redis or a PostgreSQL of a test's own, which can be paused, killed and started again.

mod postgres;
mod redis;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use tempfile::TempDir;

use crate::database::{Engine, skip};
use crate::process::signal;

/// Longer than either needs to start on a busy machine.
const START: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// A running database with an empty directory; both end with this value.
pub struct Own {
    engine: Engine,
    port: u16,
    child: Option<Child>,
    directory: TempDir,
}

impl Own {
    /// A new one, set so that it loses nothing that it acknowledged; nothing, and a word about it,
    /// where its programs are missing.
    pub async fn start(engine: Engine) -> Option<Self> {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        drop(socket);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let made = match engine {
            Engine::Redis => program("redis-server").map(|_| ()),
            Engine::Postgres => postgres::make(directory.path()),
        };
        if let Err(missing) = made {
            skip(&missing);
            return None;
        }
        let mut own = Self {
            engine,
            port,
            child: None,
            directory,
        };
        own.restart().await;
        Some(own)
    }

    /// What to put into `FASTMCP_STORE`; through another port if it is not its own.
    pub fn address(&self, port: u16) -> String {
        match self.engine {
            Engine::Redis => format!("redis://127.0.0.1:{port}"),
            Engine::Postgres => format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything that it keeps.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// `-STOP`, `-CONT`, … to all its processes.
    pub fn signal(&self, name: &str) {
        signal(name, &self.processes());
    }

    /// `kill -9` of all its processes.
    pub fn kill(&mut self) {
        let processes = self.processes();
        if let Some(mut child) = self.child.take() {
            signal("-KILL", &processes);
            let _ = child.wait();
        }
    }

    /// Starts it, killing it first if it runs, and waits until it answers.
    pub async fn restart(&mut self) {
        self.kill();
        let deadline = tokio::time::Instant::now() + START;
        loop {
            // One that was killed a moment ago may still be in the way.
            if self
                .child
                .as_mut()
                .is_none_or(|it| !matches!(it.try_wait(), Ok(None)))
            {
                let mut command = match self.engine {
                    Engine::Redis => redis::command(self.port),
                    Engine::Postgres => postgres::command(self.port, self.directory.path()),
                };
                command.current_dir(self.directory.path());
                self.child = Some(command.spawn().expect("it started before"));
            }
            let answers = match self.engine {
                Engine::Redis => redis::answers(self.port).await,
                Engine::Postgres => postgres::connect(self.port).await.is_some(),
            };
            if answers {
                return;
            }
            let in_time = tokio::time::Instant::now() < deadline;
            assert!(in_time, "{:?} does not answer", self.engine);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// All that it holds, as bytes, however that is asked for.
    pub async fn content(&self) -> Vec<u8> {
        match self.engine {
            Engine::Redis => redis::content(self.port).await,
            Engine::Postgres => postgres::content(self.port).await,
        }
    }

    /// Lets it write everything that it holds into files.
    pub async fn write_down(&self) {
        match self.engine {
            Engine::Redis => redis::save(self.port).await,
            Engine::Postgres => postgres::dump(self.port, self.directory.path()),
        }
    }

    /// The process that was started and its children.
    fn processes(&self) -> Vec<u32> {
        let Some(first) = self.child.as_ref().map(Child::id) else {
            return Vec::new();
        };
        let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let children = all.filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name, in parentheses, may hold spaces; state and parent follow it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
            (parent.parse() == Ok(first)).then_some(id)
        });
        [first].into_iter().chain(children).collect()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program on the path, or where Debian puts those of PostgreSQL.
fn program(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let more = versions.flatten().map(|version| version.path().join("bin"));
    let mut folders = std::env::split_paths(&path).chain(more);
    folders
        .find_map(|folder| Some(folder.join(name)).filter(|program| program.is_file()))
        .ok_or_else(|| format!("this machine lacks `{name}`"))
}

/// The arguments of a program that says nothing.
fn silent(program: &Path) -> Command {
    let mut command = Command::new(program);
    let null = std::process::Stdio::null;
    command.stdin(null()).stdout(null()).stderr(null());
    command
}
