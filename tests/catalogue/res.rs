//! The resource: whose token, in which header, for how long.

use serde_json::json;
use tests::client::Tokens;
use tests::http::{Answer, FORM};
use tests::mcp::{Era, Mcp};

use crate::case::cases;
use crate::log;
use crate::outcome::{B401, Status, no_cors};
use crate::setup::{BASE, MCP, S, Setup};

cases! {
    "RES-01" Once no_token,
    "RES-02" Once other_places,
    "RES-03" Once headers,
    "RES-09" Each tokens_of_the_provider,
    "RES-11" Each dead_logins,
    "RES-13" Once origins,
    "RES-14" Once foreign_sessions,
    "RES-15" Once every_request,
    "RES-17" Once overheard,
    "KEY-09" Each neighbours,
}

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;

/// `tools/list` with these headers.
pub(crate) async fn list(s: &S, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = vec![
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/list"),
    ];
    headers.extend(more);
    s.send("POST", path, &headers, LIST).await
}

async fn no_token(setup: Setup) {
    let s = setup.start().await;
    for headers in [&[][..], &[("authorization", "")]] {
        s.expect("no token", list(&s, "/mcp", headers), B401(""))
            .await;
    }
    for method in ["GET", "DELETE"] {
        let headers = [("accept", "text/event-stream")];
        s.expect(method, s.send(method, "/mcp", &headers, ""), B401(""))
            .await;
    }
}

async fn other_places(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let token = c.login().await.access;
    let pair = format!("access_token={token}");
    let query = format!("/mcp?{pair}");
    let call = s
        .http
        .send("GET", &s.at(&query), &[("accept", "text/event-stream")], "")
        .await;
    Status(401).of("GET with a query", &call);
    let answer = list(&s, &query, &[]).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(
        !answer
            .header("www-authenticate")
            .unwrap()
            .contains("error="),
        "{answer:?}"
    );
    for headers in [
        &[("cookie", pair.as_str())][..],
        &[("x-access-token", &token)],
    ] {
        s.expect("elsewhere", list(&s, "/mcp", headers), B401(""))
            .await;
    }
    let form = [("content-type", FORM)];
    let posted = s.send("POST", "/mcp", &form, pair.clone()).await;
    assert!(matches!(posted.status, 401 | 415), "{posted:?}");
    assert_eq!(s.touched.count(), 0, "NOEXEC");
}

async fn headers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let token = c.login().await.access;
    let bearer = format!("Bearer {token}");
    let two = [
        ("authorization", bearer.as_str()),
        ("authorization", bearer.as_str()),
    ];
    s.expect("two headers", list(&s, "/mcp", &two), Status(400))
        .await;
    let in_one = format!("Bearer {token}, Bearer {token}");
    s.expect(
        "a list",
        list(&s, "/mcp", &[("authorization", &in_one)]),
        Status(400),
    )
    .await;
    for scheme in ["bearer", "BEARER"] {
        let header = format!("{scheme} {token}");
        Status(200).of(
            scheme,
            &list(&s, "/mcp", &[("authorization", &header)]).await,
        );
    }
    for header in [
        format!("Bearer  {token}"),
        format!("DPoP {token}"),
        format!("Basic {token}"),
        format!("Bearer\t{token}"),
        format!("Bearer{token}"),
        format!("Bearer {token} x"),
        token.clone(),
        "Bearer".into(),
        "Bearer ".into(),
        "Bearer ö".into(),
    ] {
        let answer = list(&s, "/mcp", &[("authorization", &header)]).await;
        assert!(matches!(answer.status, 400 | 401), "{header}: {answer:?}");
        if !header.contains([',', 'ö', 'x', '\t']) {
            Status(401).of(&header, &answer);
        }
        if answer.status == 401 {
            let count = answer.headers.get_all("www-authenticate").iter().count();
            assert_eq!(count, 1, "{header}: {answer:?}");
        }
    }
}

async fn tokens_of_the_provider(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    c.login().await;
    let before = s.calls("userinfo").await.len();
    let issued = s.idp.issued().await;
    assert!(issued.len() >= 3, "codes, tokens and an ID token");
    for token in issued {
        s.unheard("the provider's own", &token).await;
    }
    assert_eq!(
        s.calls("userinfo").await.len(),
        before,
        "it was sent upstream"
    );
}

async fn dead_logins(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let revoked = c.login().await;
    Status(200).of("revoke", &c.revoke(&revoked.refresh).await);
    s.dead("revoked", &c, &[&revoked]).await;
    let damaged = c.login().await;
    for (key, record) in s.home.store.records().await {
        if key.kind() == "grant" {
            let mut value = record.value;
            let middle = value.len() / 2;
            value[middle] ^= 1;
            s.home.store.forge(&key, value).await;
        }
    }
    s.wait(6);
    s.unheard("undecryptable", &damaged.access).await;
    let lost = c.login().await;
    s.home.store.lose("grant").await;
    s.wait(6);
    s.unheard("missing", &lost.access).await;
}

async fn origins(setup: Setup) {
    let s = setup
        .start_with(|server| server.allowed_origins(["https://app.test"]))
        .await;
    let c = s.c().await;
    let tokens = c.login().await;
    let preflight = async |path: &str, origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization,content-type,mcp-protocol-version",
            ),
        ];
        s.send("OPTIONS", path, &headers, "").await
    };
    for path in ["/oauth/token", "/oauth/register", "/oauth/revoke"] {
        let real = s
            .send("POST", path, &[("origin", "https://any.test")], "")
            .await;
        for answer in [preflight(path, "https://any.test").await, real] {
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{path}"
            );
            let credentials = answer.header("access-control-allow-credentials");
            assert_eq!(credentials, None, "{path}: {answer:?}");
        }
    }
    for origin in [
        "https://evil.test",
        "https://app.test.evil.test",
        "http://app.test",
        "null",
    ] {
        no_cors(origin, &preflight("/mcp", origin).await);
        let bearer = format!("Bearer {}", tokens.access);
        let real = list(
            &s,
            "/mcp",
            &[("origin", origin), ("authorization", &bearer)],
        )
        .await;
        Status(403).of(origin, &real);
        no_cors(origin, &real);
    }
    let welcome = preflight("/mcp", "https://app.test").await;
    assert_eq!(
        welcome.header("access-control-allow-origin"),
        Some("https://app.test")
    );
    let refused = list(&s, "/mcp", &[("origin", "https://app.test")]).await;
    let exposed = refused
        .header("access-control-expose-headers")
        .unwrap_or_default();
    assert!(
        exposed.to_ascii_lowercase().contains("www-authenticate"),
        "{refused:?}"
    );
}

/// A session of the older protocol, opened with that token.
async fn session(s: &S, access: &str) -> Mcp {
    Mcp::connect_by(&s.http, MCP, Era::Legacy, Some(access)).await
}

async fn foreign_sessions(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let alice = c.login().await;
    s.person("mallory", json!({})).await;
    let mallory = c.login().await;
    let own = session(&s, &alice.access).await;
    let stolen = own.clone().with_token(&mallory.access);
    if own.session().is_some() {
        let answer = stolen.request("tools/list", json!({})).await;
        assert!(matches!(answer.status, 401 | 404), "{answer:?}");
        assert!(!answer.body.contains("echo"), "{answer:?}");
        let bearer = format!("Bearer {}", mallory.access);
        for method in ["GET", "DELETE"] {
            let headers = [
                ("accept", "text/event-stream"),
                ("authorization", bearer.as_str()),
                ("mcp-session-id", own.session().unwrap()),
                ("mcp-protocol-version", "2025-11-25"),
                ("last-event-id", "0"),
            ];
            let answer = s.send(method, "/mcp", &headers, "").await;
            assert!(
                matches!(answer.status, 401 | 404 | 405),
                "{method}: {answer:?}"
            );
        }
    }
    let mine = own.request("tools/list", json!({})).await;
    Status(200).of("the owner's", &mine);
}

async fn every_request(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let mcp = session(&s, &tokens.access).await;
    let without = mcp.clone().without_token();
    let asked = without.request("tools/list", json!({}));
    s.expect("without a token", asked, B401("")).await;
    s.wait(301);
    let late = mcp.request("tools/list", json!({}));
    s.expect("with a token that ended", late, B401("invalid_token"))
        .await;
    let next = Tokens::read(&c.refresh(&tokens.refresh).await);
    let again = mcp
        .with_token(&next.access)
        .request("tools/list", json!({}))
        .await;
    Status(200).of("with the next one", &again);
}

async fn overheard(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let from = log::length();
    let call = json!({
        "name": "careless", "arguments": {},
        "_meta": { "progressToken": "t", "io.modelcontextprotocol/logLevel": "debug" },
    });
    let mcp = s.mcp(&tokens.access);
    let answer = mcp.request("tools/call", call).await;
    for told in ["notifications/progress", "notifications/message"] {
        assert!(answer.body.contains(told), "no {told} in {answer:?}");
    }
    let log = log::since(from);
    for secret in s.idp.issued().await {
        assert!(
            !answer.body.contains(&secret),
            "the provider's token in {answer:?}"
        );
        assert!(!log.contains(&secret), "the provider's token in the log");
    }
}

async fn neighbours(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let home = s.home.clone();
    let neighbour = setup
        .start_at(home, "https://n.test", |server| server)
        .await;
    neighbour.unheard("at a neighbour", &tokens.access).await;
    let refused = c.at(&neighbour).refresh(&tokens.refresh).await;
    assert_eq!(refused.outcome().0, 400, "{refused:?}");
    s.heard("at home", &tokens.access).await;
    Status(200).of("nothing was spent", &c.refresh(&tokens.refresh).await);
    assert_ne!(neighbour.base, BASE);
}
