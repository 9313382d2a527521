//! The same server on a socket of its own, where a call goes a shorter way.

use axum::middleware::map_response;
use axum::response::Response;
use fastmcp::prelude::*;
use fastmcp::server::Server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::{files, mark};

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// Where it listens; it ends with the test.
async fn served(server: Server) -> String {
    let (heard, listening) = oneshot::channel();
    let address = free();
    let server = server.bind(&address).on_listening(|_| {
        // Nobody waits for it any more only if the test is over.
        let _ = heard.send(());
    });
    tokio::spawn(server.serve());
    listening.await.unwrap();
    address
}

/// An address that nobody listens at.
fn free() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// The head of the answer, line by line without its date, and its body.
async fn ask(address: &str, (method, path): (&str, &str), headers: &str) -> (Vec<String>, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = CALL.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{headers}content-type: application/json\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{CALL}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut head: Vec<_> = head.lines().map(str::to_lowercase).collect();
    head.retain(|line| !line.starts_with("date:"));
    head[1..].sort();
    (head, body.to_owned())
}

#[tokio::test]
async fn the_short_way_answers_as_the_long_one() {
    let short = served(files()).await;
    // A layer that changes nothing, and that a call has to pass.
    let unchanged = map_response(std::future::ready::<Response>);
    let long = served(files().layer(unchanged)).await;
    let ours = "host: localhost:8000\r\n";
    for (what, headers) in [
        (("POST", "/app/mcp"), ours),
        (("POST", "/app/mcp?a=b"), ours),
        (("POST", "/app/mcp"), "host: evil.test\r\n"),
        (
            ("POST", "/app/mcp"),
            "host: localhost:8000\r\nauthorization: Bearer x\r\n",
        ),
        (
            ("POST", "/app/mcp"),
            "host: localhost:8000\r\norigin: http://localhost:1\r\n",
        ),
        (("POST", "http://localhost:8000/app/mcp"), ours),
        (("POST", "/app/mcp/"), ours),
        (("POST", "//app/mcp"), ours),
        (("POST", "/app/%6dcp"), ours),
        (("POST", "/mcp"), ours),
        (("PUT", "/app/mcp"), ours),
        (("HEAD", "/app/mcp"), ours),
        (("OPTIONS", "/app/mcp"), ours),
    ] {
        let answer = ask(&short, what, headers).await;
        assert_eq!(
            answer,
            ask(&long, what, headers).await,
            "{what:?} {headers}"
        );
    }
    let (head, _) = ask(&short, ("POST", "/app/mcp"), ours).await;
    assert_eq!(head[0], "http/1.1 401 unauthorized");
}

/// For everybody.
#[server]
struct Open;

#[tokio::test]
async fn a_call_below_https_is_told_to_stay_there() {
    let open = Open.into_server().base_url("https://s.test");
    let open = served(open.self_check(false)).await;
    let (head, body) = ask(&open, ("POST", "/mcp"), "host: s.test\r\n").await;
    assert!(body.contains("hello"), "{body}");
    let strict = "strict-transport-security: max-age=31536000".to_owned();
    assert!(head.contains(&strict), "{head:?}");
}

#[tokio::test]
async fn a_call_passes_the_layers_of_the_program() {
    let layered = files().layer(map_response(|response| mark(response, "mine")));
    let layered = served(layered).await;
    let ours = "host: localhost:8000\r\n";
    let (head, _) = ask(&layered, ("POST", "/app/mcp"), ours).await;
    assert!(head.contains(&"x-layer: mine".to_owned()), "{head:?}");
}
