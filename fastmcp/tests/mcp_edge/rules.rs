//! The rules of HTTP at the edge.

use serde_json::json;

use crate::fixture::{Auth, server};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn foreign_hosts_and_origins_stay_outside() {
    let server = server(Auth::Off);
    for (headers, status) in [
        (vec![("host", "evil.test")], 421),
        (
            vec![("host", "evil.test"), ("origin", "http://evil.test")],
            421,
        ),
        (vec![("origin", "http://evil.test")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "https://s.test")], 200),
        (vec![("origin", "https://app.test")], 200),
        (
            vec![("host", "127.0.0.1:9"), ("origin", "http://localhost:5173")],
            200,
        ),
    ] {
        let answer = server.post(&headers, PING).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        let shared = answer.headers.contains_key("access-control-allow-origin");
        assert_eq!(
            shared,
            status == 200 && headers.iter().any(|(name, _)| *name == "origin")
        );
    }
}

#[tokio::test]
async fn browsers_get_their_preflight_without_a_token() {
    let server = server(Auth::On);
    let headers = [
        ("origin", "https://app.test"),
        ("access-control-request-method", "POST"),
    ];
    let answer = server.send("OPTIONS", &headers, "").await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://app.test"
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    let answer = server.post(&[("origin", "https://app.test")], PING).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("WWW-Authenticate")
    );
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("Mcp-Session-Id")
    );
    assert_eq!(
        server
            .send("OPTIONS", &[("origin", "https://evil.test")], "")
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn media_types_methods_and_sizes() {
    let server = server(Auth::Off);
    let json = ("content-type", "application/json");
    for (headers, status) in [
        (vec![], 415),
        (vec![("content-type", "text/plain")], 415),
        (
            vec![("content-type", "application/json; charset=utf-8")],
            200,
        ),
        (vec![json, ("accept", "*/*")], 200),
        (vec![json], 200),
        (vec![json, ("accept", "application/json")], 200),
        (vec![json, ("accept", "text/html")], 406),
        (vec![json, ("content-length", "99999999")], 413),
    ] {
        assert_eq!(
            server.send("POST", &headers, PING).await.status.as_u16(),
            status,
            "{headers:?}"
        );
    }
    let big = format!("\"{}\"", "x".repeat(4 * 1024 * 1024));
    assert_eq!(server.post(&[], big).await.status, 413);
    for method in ["HEAD", "PUT", "PATCH", "TRACE"] {
        let answer = server.send(method, &[], "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, "GET, POST, DELETE, OPTIONS")
        );
    }
    assert_eq!(server.send("GET", &[], "").await.status, 406);
    assert_eq!(
        server
            .send("GET", &[("accept", "text/event-stream")], "")
            .await
            .status,
        405
    );
    assert_eq!(server.send("DELETE", &[], "").await.status, 405);
}

#[tokio::test]
async fn bodies_that_are_no_messages() {
    let server = server(Auth::Off);
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32700),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}x"#, -32700),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        ("[]", -32600),
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, -32600),
    ] {
        let answer = server.post(&[], body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (400, code),
            "{body}"
        );
    }
    let answer = server.post(&[], vec![b'"', 0xff, b'"']).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, -32700));
    let named = server.call("echo", json!({}), None).await;
    assert_eq!(named.status, 200);
}
