//! A server on standard input and output.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::process::path;
use crate::schema::Line;

/// No message takes longer, even on two busy cores.
const LIMIT: Duration = Duration::from_mins(1);

/// A server as a child, and its one client; it is killed when this value goes.
pub struct Pipe {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    line: Line,
    next_id: u64,
}

impl Pipe {
    /// Starts a binary of this package.
    pub fn start(binary: &str) -> Self {
        let mut command = Command::new(path(binary));
        command.env_clear().kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("cargo built the binary");
        let input = child.stdin.take().expect("stdin is piped");
        let output = child.stdout.take().expect("stdout is piped");
        Self {
            child,
            input,
            output: BufReader::new(output).lines(),
            line: Line::default(),
            next_id: 1,
        }
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        self.line.sent(message);
        let line = format!("{message}\n");
        let written = self.input.write_all(line.as_bytes()).await;
        written.expect("the server reads");
    }

    /// Sends a request, and gives its id.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = json!(self.next_id);
        self.next_id += 1;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(&request).await;
        id
    }

    /// The next message of the server.
    pub async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(LIMIT, self.output.next_line()).await;
        let line = line.expect("in time").expect("text");
        self.line.heard(&line.expect("the server goes on"))
    }

    /// Closes its input, which ends it.
    pub async fn end(mut self) -> ExitStatus {
        drop(self.input);
        let ended = tokio::time::timeout(LIMIT, self.child.wait()).await;
        ended.expect("it ends").expect("it ran")
    }
}
