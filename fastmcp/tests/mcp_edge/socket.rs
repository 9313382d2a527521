//! What only a real connection shows: streams as they flow, and clients that go away.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::{Auth, Server, server};

async fn listen() -> (Server, String) {
    let server = server(Auth::Off);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = server.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (server, address)
}

async fn send(address: &str, head: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{head} /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: {}\r\n",
        body.len()
    );
    let (method, extra) = head.split_once('|').unwrap_or((head, ""));
    let request = request.replacen(head, method, 1) + extra + "\r\n" + body;
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(wanted) {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer));
        let count = read.await.expect("in time").unwrap();
        assert_ne!(count, 0, "{text}");
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    text
}

async fn eventually(mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never");
}

const FOREVER: &str = r#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"work","arguments":{"forever":1},"_meta":{"progressToken":"t"}}}"#;

#[tokio::test]
async fn a_client_that_goes_away_ends_its_call() {
    let (server, address) = listen().await;
    let mut stream = send(&address, "POST", FOREVER).await;
    let text = read_until(&mut stream, r#""progress":0.5"#).await;
    assert!(text.contains("text/event-stream"));
    drop(stream);
    eventually(|| server.state.dropped.load(Ordering::SeqCst) == 1).await;

    let silent = FOREVER.replace("progressToken", "other");
    let stream = send(&address, "POST", &silent).await;
    eventually(|| server.state.begun.load(Ordering::SeqCst) == 2).await;
    drop(stream);
    eventually(|| server.state.dropped.load(Ordering::SeqCst) == 2).await;
}

async fn open_session(address: &str) -> String {
    let body = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#;
    let mut stream = send(address, "POST", body).await;
    let text = read_until(&mut stream, "serverInfo").await;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("mcp-session-id: "));
    line.unwrap().to_owned()
}

#[tokio::test]
async fn a_session_can_listen_and_cancel() {
    let (server, address) = listen().await;
    let id = open_session(&address).await;
    let session = format!("mcp-session-id: {id}\r\n");

    let mut events = send(&address, &format!("GET|{session}"), "").await;
    let head = read_until(&mut events, "\r\n\r\n").await;
    assert!(
        head.contains("200 OK") && head.contains("text/event-stream"),
        "{head}"
    );

    let mut call = send(&address, &format!("POST|{session}"), FOREVER).await;
    read_until(&mut call, r#""progress":1,"#).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#;
    let mut answer = send(&address, &format!("POST|{session}"), cancel).await;
    read_until(&mut answer, "202").await;
    eventually(|| server.state.dropped.load(Ordering::SeqCst) == 1).await;
    let rest = read_until(&mut call, "0\r\n\r\n").await;
    assert!(!rest.contains("result"), "{rest}");

    // A graceful stop ends the standing stream.
    server.endpoint.drain();
    read_until(&mut events, "0\r\n\r\n").await;
}

#[tokio::test]
async fn what_a_stop_does_not_wait_for_any_longer_is_told_so() {
    let (server, address) = listen().await;
    let mut streamed = send(&address, "POST", FOREVER).await;
    read_until(&mut streamed, r#""progress":1,"#).await;
    let silent = FOREVER.replace("progressToken", "other");
    let mut plain = send(&address, "POST", &silent).await;
    eventually(|| server.state.begun.load(Ordering::SeqCst) == 2).await;
    server.endpoint.drain();
    assert_eq!(server.state.dropped.load(Ordering::SeqCst), 0, "it waits");
    server.endpoint.end();
    let last = read_until(&mut streamed, "0\r\n\r\n").await;
    assert!(
        last.contains(r#""id":5"#) && last.contains("the server stops"),
        "{last}"
    );
    let answer = read_until(&mut plain, "the server stops").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert_eq!(server.state.dropped.load(Ordering::SeqCst), 2);
}
