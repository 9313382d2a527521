//! The eras of the handshake: 2025-03-26 to 2025-11-25.

use serde_json::{Value, json};

use crate::fixture::{Answer, Auth, Server, server};

const PING: &str = r#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#;
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

async fn initialize(server: &Server, version: &str, extra: &[(&str, &str)]) -> Answer {
    let body = json!({
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": { "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } }
    });
    server.post(extra, body.to_string()).await
}

#[tokio::test]
async fn a_session_lives_from_the_handshake_to_its_end() {
    let server = server(Auth::Off);
    for (asked, given) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let answer = initialize(&server, asked, &[]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let result = &answer.json()["result"];
        assert_eq!(result["protocolVersion"], given);
        assert_eq!(
            result["capabilities"],
            json!({ "tools": { "listChanged": true }, "logging": {} })
        );
        assert_eq!(result["serverInfo"]["name"], "test");
        assert_eq!(result["instructions"], "Call \"echo\".");
        let id = answer.header("mcp-session-id").to_owned();
        assert!(id.len() >= 32 && id.bytes().all(|b| b.is_ascii_graphic()));
        let session = [("mcp-session-id", &*id), ("mcp-protocol-version", given)];
        let answer = server.post(&session, INITIALIZED).await;
        assert_eq!((answer.status.as_u16(), &*answer.text), (202, ""));
        assert_eq!(
            server.post(&session, PING).await.json(),
            json!({ "jsonrpc": "2.0", "id": "p", "result": {} })
        );
        assert!(
            server
                .send("DELETE", &session, "")
                .await
                .status
                .is_success()
        );
        for body in [PING, INITIALIZED] {
            assert_eq!(server.post(&session, body).await.status, 404);
        }
        let listen = [session[0], session[1], ("accept", "text/event-stream")];
        assert_eq!(server.send("GET", &listen, "").await.status, 404);
        assert_eq!(server.send("DELETE", &session, "").await.status, 404);
    }
}

#[tokio::test]
async fn a_handshake_that_is_none_opens_nothing() {
    let server = server(Auth::Off);
    for params in ["{}", r#"{"protocolVersion":5}"#] {
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":"i","method":"initialize","params":{params}}}"#);
        let answer = server.post(&[], body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (400, -32602),
            "{answer:?}"
        );
        assert_eq!(answer.json()["id"], "i");
        assert!(answer.headers.get("mcp-session-id").is_none());
    }
}

#[tokio::test]
async fn a_session_belongs_to_its_principal() {
    let server = server(Auth::On);
    let ada = ("authorization", "Bearer ada");
    let answer = initialize(&server, "2025-11-25", &[ada]).await;
    let id = (
        "mcp-session-id",
        &*answer.header("mcp-session-id").to_owned(),
    );
    assert_eq!(server.post(&[ada, id], PING).await.status, 200);
    assert_eq!(server.post(&[id], PING).await.status, 401);
    for other in ["Bearer bob", "Bearer root"] {
        let bob = ("authorization", other);
        assert_eq!(server.post(&[bob, id], PING).await.status, 404);
        assert_eq!(server.post(&[bob, id], INITIALIZED).await.status, 404);
        assert_eq!(
            server
                .send("GET", &[bob, id, ("accept", "text/event-stream")], "")
                .await
                .status,
            404
        );
        assert_eq!(server.send("DELETE", &[bob, id], "").await.status, 404);
    }
    assert_eq!(server.post(&[ada, id], PING).await.status, 200);
}

#[tokio::test]
async fn plain_requests_need_no_session() {
    let server = server(Auth::Off);
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let version = [("mcp-protocol-version", version)];
        assert_eq!(
            server.post(&version, PING).await.json()["result"],
            json!({})
        );
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}"#;
        let result = server.post(&version, call).await.json()["result"].clone();
        assert_eq!(
            result,
            json!({ "content": [{ "type": "text", "text": "nothing" }], "isError": false })
        );
    }
    assert_eq!(
        server
            .post(&[("mcp-protocol-version", "1999-01-01")], PING)
            .await
            .status,
        400
    );
    assert_eq!(
        server
            .post(&[("mcp-session-id", "made-up")], PING)
            .await
            .status,
        404
    );
    assert_eq!(server.post(&[], INITIALIZED).await.status, 202);
}

#[tokio::test]
async fn what_is_not_declared_is_not_there() {
    let server = server(Auth::Off);
    for method in [
        "resources/list",
        "prompts/list",
        "completion/complete",
        "server/x",
    ] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": {} });
        let answer = server.post(&[], body.to_string()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (200, -32601),
            "{method}"
        );
    }
    let answer = server.call("nope", json!({}), None).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (200, -32602));
}

#[tokio::test]
async fn batches_belong_to_one_revision() {
    let server = server(Auth::Off);
    let body = format!(r#"[{PING},{INITIALIZED},{{"jsonrpc":"2.0","id":2,"method":"x"}},7]"#);
    for headers in [&[][..], &[("mcp-protocol-version", "2025-03-26")]] {
        let answer = server.post(headers, body.clone()).await.json();
        let answers: Vec<&Value> = answer.as_array().unwrap().iter().collect();
        assert_eq!(answers.len(), 3, "{answers:?}");
        assert_eq!(
            (&answers[0]["result"], &answers[1]["error"]["code"]),
            (&json!({}), &json!(-32601))
        );
    }
    assert_eq!(
        server
            .post(&[("mcp-protocol-version", "2025-06-18")], body)
            .await
            .status,
        400
    );
    assert_eq!(
        server.post(&[], format!("[{INITIALIZED}]")).await.status,
        202
    );
}
