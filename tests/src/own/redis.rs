//! `redis-server`, and as much of its protocol as a test needs.

use std::fmt::Write as _;
use std::process::Command;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{program, silent};

/// Nothing that was acknowledged is lost, and no file is compressed.
const SETTINGS: [&str; 10] = [
    "--save",
    "",
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--rdbcompression",
    "no",
    "--bind",
    "127.0.0.1",
];

pub(super) fn command(port: u16) -> Command {
    let mut command = silent(&program("redis-server").expect("it was there"));
    command.args(SETTINGS).args(["--port", &port.to_string()]);
    command
}

/// Whether it answers and has read its files.
pub(super) async fn answers(port: u16) -> bool {
    let mut answer = [0; 7];
    let asked = async {
        let mut wire = TcpStream::connect(("127.0.0.1", port)).await?;
        wire.write_all(b"PING\r\n").await?;
        wire.read_exact(&mut answer).await
    };
    asked.await.is_ok() && answer == *b"+PONG\r\n"
}

/// Every name, and what lies under it.
pub(super) async fn content(port: u16) -> Vec<u8> {
    // In Lua, so that one answer holds all of it.
    let script = "local all = {} \
                  for _, name in ipairs(redis.call('KEYS', '*')) do \
                  table.insert(all, name) table.insert(all, redis.call('GET', name)) end \
                  return table.concat(all, ' ')";
    ask(port, &["EVAL", script, "0"]).await
}

/// Makes `dump.rdb` beside the append-only files.
pub(super) async fn save(port: u16) {
    assert_eq!(ask(port, &["SAVE"]).await, b"+OK\r\n");
}

/// One command, and all that it answers.
async fn ask(port: u16, words: &[&str]) -> Vec<u8> {
    let mut wire = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("Redis");
    let mut sent = format!("*{}\r\n", words.len());
    for word in words {
        let _ = write!(sent, "${}\r\n{word}\r\n", word.len());
    }
    sent.push_str("QUIT\r\n");
    wire.write_all(sent.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    wire.read_to_end(&mut answer).await.expect("an answer");
    let end = answer.len() - b"+OK\r\n".len();
    answer.truncate(end);
    answer
}
