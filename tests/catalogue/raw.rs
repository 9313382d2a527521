//! Bytes over a socket, for what no HTTP client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::setup::S;

/// Longer than any answer takes.
const LIMIT: Duration = Duration::from_secs(20);

impl S {
    /// Sends these bytes to the first node, and gives what comes until the server closes or has
    /// been silent for half a second after its answer.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.ports[0]))
            .await
            .expect("it listens");
        // A server that has refused already may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let (mut answer, mut piece) = (Vec::new(), vec![0; 16 * 1024]);
        loop {
            let wait = if answer.is_empty() {
                LIMIT
            } else {
                Duration::from_millis(500)
            };
            match tokio::time::timeout(wait, stream.read(&mut piece)).await {
                Ok(Ok(length @ 1..)) => answer.extend_from_slice(&piece[..length]),
                _ => return String::from_utf8_lossy(&answer).into_owned(),
            }
        }
    }

    /// A `GET` of exactly that target; the head of the answer.
    pub(crate) async fn raw_head(&self, target: &str) -> String {
        let host = self.base.trim_start_matches("https://");
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\r\n"
        );
        let answer = self.raw(request.as_bytes()).await;
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        head.to_owned()
    }
}

/// The status of a raw answer; zero where none came.
pub(crate) fn status(answer: &str) -> u16 {
    let word = answer.split(' ').nth(1).unwrap_or_default();
    word.parse().unwrap_or(0)
}
