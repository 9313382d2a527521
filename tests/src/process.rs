//! A child process that says `listening on <url>` and logs.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// How long a process may take to listen; key derivation on a busy machine is slow.
const START: Duration = Duration::from_mins(1);

/// A running child; it is killed when this value goes.
pub struct Process {
    child: Child,
    url: String,
    output: Arc<Mutex<String>>,
}

impl Process {
    /// Starts a binary of this package and waits until it listens.
    pub async fn start(binary: &str, environment: &[(String, String)]) -> Self {
        match Self::try_start(binary, environment).await {
            Ok(process) => process,
            Err(output) => panic!("`{binary}` did not listen; it said:\n{output}"),
        }
    }

    /// As [`Process::start`]; a process that ends or hangs gives what it printed, and the code that
    /// it ended with.
    pub async fn try_start(binary: &str, environment: &[(String, String)]) -> Result<Self, String> {
        let mut command = Command::new(path(binary));
        command.env_clear().kill_on_drop(true).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
            .env("NO_COLOR", "1")
            .envs(environment.iter().cloned());
        if let Ok(path) = std::env::var("PATH") {
            command.env("PATH", path);
        }
        let mut child = command.spawn().expect("cargo built the binary");
        let output = Arc::new(Mutex::new(String::new()));
        let (heard, mut listening) = watch::channel(None);
        let heard = Arc::new(heard);
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        listen(stdout, Arc::clone(&output), Arc::clone(&heard));
        listen(stderr, Arc::clone(&output), heard);
        let url = tokio::time::timeout(START, listening.wait_for(Option::is_some)).await;
        let url = url.ok().and_then(Result::ok).map(|url| url.clone());
        let Some(url) = url else {
            let ended = tokio::time::timeout(START, child.wait()).await;
            let code = ended.ok().and_then(Result::ok).and_then(|it| it.code());
            let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
            return Err(format!("{}\nexit code: {code}\n", read(&output)));
        };
        let url = url.unwrap_or_default();
        Ok(Self { child, url, output })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything that it has printed so far.
    pub fn output(&self) -> String {
        read(&self.output)
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The exit code, once it has ended by itself; `None` where a signal did.
    pub async fn ended(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(START, self.child.wait()).await;
        let Ok(status) = ended else {
            panic!("it goes on:\n{}", self.output());
        };
        status.expect("a child").code()
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }
}

/// Runs a binary of this package to its end.
pub async fn run(binary: &str, environment: &[(String, String)], arguments: &[&str]) -> Output {
    let mut command = Command::new(path(binary));
    command.env_clear().kill_on_drop(true).stdin(Stdio::null());
    command.envs(environment.iter().cloned()).args(arguments);
    command.output().await.expect("cargo built the binary")
}

/// Sends `-STOP`, `-CONT`, `-KILL` … to processes; those that are gone are passed over.
pub fn signal(name: &str, processes: &[u32]) {
    let mut command = std::process::Command::new("kill");
    command.arg(name).stderr(Stdio::null());
    command.args(processes.iter().map(ToString::to_string));
    command.status().expect("`kill` runs");
}

/// Where a binary of this package is: cargo puts them beside the folder of the test binaries.
pub fn path(binary: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("this test has a path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.join(binary)
}

fn read(output: &Mutex<String>) -> String {
    output
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

fn listen(
    stream: impl AsyncRead + Send + Unpin + 'static,
    output: Arc<Mutex<String>>,
    heard: Arc<watch::Sender<Option<String>>>,
) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(url) = url_in(&line) {
                heard.send_if_modified(|known| known.is_none() && known.replace(url).is_none());
            }
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            output.push_str(&line);
            output.push('\n');
        }
    });
}

/// The URL (or bare address) after `listening on`, wherever in the line that stands.
fn url_in(line: &str) -> Option<String> {
    let rest = line.split_once("listening on")?.1;
    let start = rest.find("http://").or_else(|| rest.find("127.0.0.1:"))?;
    let text = &rest[start..];
    let end = text
        .find(|c: char| c.is_whitespace() || "\"',`)".contains(c))
        .unwrap_or(text.len());
    let text = &text[..end];
    let scheme = if text.starts_with("http://") {
        ""
    } else {
        "http://"
    };
    Some(format!("{scheme}{text}"))
}

#[cfg(test)]
mod tests {
    use super::url_in;

    #[test]
    fn the_url_is_found_in_any_wording() {
        let url = Some("http://127.0.0.1:4711".into());
        assert_eq!(url_in("listening on http://127.0.0.1:4711"), url);
        assert_eq!(
            url_in("INFO fastmcp: listening on 127.0.0.1:4711, tools=3"),
            url
        );
        assert_eq!(url_in("INFO listening on=\"http://127.0.0.1:4711\" x"), url);
        assert_eq!(url_in("INFO starting"), None);
    }
}
