//! `POST /mcp`: whose token, from where, in what form.

use serde_json::json;
use tests::http::{Answer, Http};
use tests::mcp::Era;
use tests::world::{Kind, World};
use tests::{base64url, client};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;

async fn list(url: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = vec![
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/list"),
    ];
    headers.extend(more);
    Http::new().send("POST", url, &headers, LIST).await
}

fn assert_challenge(case: &str, answer: &Answer, error: Option<&str>) {
    assert_eq!(answer.status, 401, "{case}: {answer:?}");
    let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges.len(), 1, "{case}: {answer:?}");
    let challenge = challenges[0].to_str().expect("text");
    assert!(challenge.starts_with("Bearer "), "{case}: {challenge}");
    assert_eq!(
        client::quoted(challenge, "error").as_deref(),
        error,
        "{case}: {challenge}"
    );
    assert!(
        client::quoted(challenge, "resource_metadata").is_some(),
        "{case}: {challenge}"
    );
}

#[tokio::test]
async fn only_a_bearer_header_with_our_token_counts() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.mcp();
    let token = world.login().await.access;
    let in_query = format!("{url}?access_token={token}");
    assert_challenge("no token", &list(&url, &[]).await, None);
    assert_challenge("in the query", &list(&in_query, &[]).await, None);
    let cookie = format!("access_token={token}");
    assert_challenge(
        "in a cookie",
        &list(&url, &[("cookie", &cookie)]).await,
        None,
    );
    for scheme in ["DPoP", "Basic", "Bearer "] {
        let header = format!("{scheme} {token}");
        let answer = list(&url, &[("authorization", &header)]).await;
        assert_eq!(answer.status, 401, "{scheme:?}: {answer:?}");
    }
    let bearer = format!("Bearer {token}");
    let twice = list(
        &url,
        &[("authorization", &bearer), ("authorization", &bearer)],
    )
    .await;
    assert_eq!(twice.status, 400, "{twice:?}");
    let lower = format!("bearer {token}");
    assert_eq!(list(&url, &[("authorization", &lower)]).await.status, 200);
}

#[tokio::test]
async fn a_forged_token_is_no_token() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.mcp();
    let token = world.login().await.access;
    let [head, body, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("an access token is a JWT")
    };
    let header = |json: &str| base64url(json.as_bytes());
    let none = format!("{}.{body}.", header(r#"{"alg":"none","typ":"at+jwt"}"#));
    let critical = format!(
        "{}.{body}.{signature}",
        header(r#"{"alg":"HS256","typ":"at+jwt","crit":["x"]}"#)
    );
    let empty = format!("{head}.{body}.");
    let longer = format!("{token}A");
    let swapped = format!("{head}.{}.{signature}", header(r#"{"sub":"admin"}"#));
    let large = "a".repeat(20_000);
    let cases = [
        ("garbage", "garbage"),
        ("alg none", &none),
        ("crit", &critical),
        ("no signature", &empty),
        ("longer", &longer),
        ("other body", &swapped),
        ("large", &large),
    ];
    for (case, forged) in cases {
        let bearer = format!("Bearer {forged}");
        let answer = list(&url, &[("authorization", &bearer)]).await;
        if case == "large" {
            assert!(matches!(answer.status, 401 | 431), "{answer:?}");
        } else {
            assert_challenge(case, &answer, Some("invalid_token"));
        }
    }
}

#[tokio::test]
async fn a_token_of_another_audience_is_refused() {
    // The same secret, so the same keys; only the base URL differs.
    let secret = [(
        "FASTMCP_SECRET",
        "a secret that two servers share, for once",
    )];
    let one = World::start_with(Kind::Memory, &secret).await;
    let two = World::start_with(Kind::Memory, &secret).await;
    let token = one.login().await.access;
    let bearer = format!("Bearer {token}");
    let answer = list(&two.server.mcp(), &[("authorization", &bearer)]).await;
    assert_challenge("another audience", &answer, Some("invalid_token"));
    assert_eq!(
        list(&one.server.mcp(), &[("authorization", &bearer)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn foreign_origins_and_hosts_are_refused() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.mcp();
    let bearer = format!("Bearer {}", world.login().await.access);
    let origin = list(
        &url,
        &[
            ("authorization", &bearer),
            ("origin", "http://evil.example.com"),
        ],
    )
    .await;
    assert_eq!(origin.status, 403, "{origin:?}");
    let host = list(
        &url,
        &[("authorization", &bearer), ("host", "evil.example.com")],
    )
    .await;
    assert!(matches!(host.status, 403 | 421), "{host:?}");
    assert!(!host.body.contains("evil.example.com"), "{host:?}");
}

#[tokio::test]
async fn broken_frames_are_told_apart() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.mcp();
    let bearer = format!("Bearer {}", world.login().await.access);
    let send = async |kind: &str, body: &str| {
        let headers = [
            ("content-type", kind),
            ("accept", "application/json, text/event-stream"),
            ("authorization", bearer.as_str()),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/list"),
        ];
        Http::new()
            .send("POST", &url, &headers, body.to_owned())
            .await
    };
    let json = "application/json";
    let garbage = send(json, "{").await;
    assert_eq!(
        (garbage.status, &garbage.json()["error"]["code"]),
        (400, &json!(-32700))
    );
    for wrong in [
        "7",
        "\"x\"",
        r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#,
    ] {
        let answer = send(json, wrong).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (400, &json!(-32600)),
            "{wrong}"
        );
    }
    assert_eq!(send("text/plain", LIST).await.status, 415);
    let other = LIST.replace("tools/list", "tools/call");
    let mismatch = send(json, &other).await;
    assert_eq!(
        (mismatch.status, &mismatch.json()["error"]["code"]),
        (400, &json!(-32020))
    );
    let token = bearer.trim_start_matches("Bearer ");
    let unknown = world
        .mcp(Era::Modern, token)
        .await
        .request("no/such", json!({}))
        .await;
    assert_eq!(
        (unknown.status, &unknown.json()["error"]["code"]),
        (404, &json!(-32601))
    );
    world.check_good_flow().await;
}
