//! A session is not a sign-in: each request proves anew who sends it. And what browsers may do.

use serde_json::json;
use tests::client::Tokens;
use tests::http::Http;
use tests::mcp::Era;
use tests::world::{Kind, World};

#[tokio::test]
async fn a_session_belongs_to_whoever_opened_it_and_replaces_no_token() {
    let world = World::start(Kind::Memory).await;
    let alice = world.login().await;
    world.person("mallory", &["admin"]).await;
    let mallory = world.login().await;
    let mcp = world.mcp(Era::Legacy, &alice.access).await;
    let list = async |mcp: tests::mcp::Mcp| mcp.request("tools/list", json!({})).await;

    assert_eq!(list(mcp.clone().without_token()).await.status, 401);
    if mcp.session().is_some() {
        let stolen = list(mcp.clone().with_token(&mallory.access)).await;
        assert!(matches!(stolen.status, 401 | 404), "{stolen:?}");
        assert!(!stolen.body.contains("echo"), "{stolen:?}");
    }
    let renewed = Tokens::read(&world.client.refresh(&alice.refresh).await);
    let same = list(mcp.with_token(&renewed.access)).await;
    assert_eq!(same.status, 200, "the session outlives a token: {same:?}");
}

#[tokio::test]
async fn browsers_may_log_in_from_anywhere_and_call_from_nowhere() {
    let world = World::start(Kind::Memory).await;
    let preflight = async |path: &str| {
        let headers = [
            ("origin", "https://elsewhere.test"),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "content-type,authorization,mcp-protocol-version",
            ),
        ];
        Http::new()
            .send("OPTIONS", &world.server.at(path), &headers, "")
            .await
    };
    for path in [
        "/oauth/token",
        "/oauth/register",
        "/.well-known/oauth-authorization-server",
    ] {
        let answer = preflight(path).await;
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
        assert!(
            answer.header("access-control-allow-credentials").is_none(),
            "{path}"
        );
    }
    let answer = preflight("/mcp").await;
    let allowed = answer.header("access-control-allow-origin");
    assert!(allowed.is_none(), "no origin is configured: {answer:?}");
    for path in ["/oauth/authorize", "/oauth/consent", "/oauth/callback"] {
        let answer = preflight(path).await;
        assert!(
            answer.header("access-control-allow-origin").is_none(),
            "{path}: {answer:?}"
        );
    }
}
