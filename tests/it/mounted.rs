//! Beside a user's own routes, one of them behind the same sign-in.

use fastmcp::auth::{AuthSession, Rule};
use tests::client::quoted;
use tests::http::{Answer, Http};
use tests::idp::Knobs;

use crate::local::Running;

async fn get(url: &str, token: Option<&str>) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = bearer
        .iter()
        .map(|bearer| ("authorization", bearer.as_str()))
        .collect();
    Http::new().send("GET", url, &headers, "").await
}

#[tokio::test]
async fn a_guarded_route_asks_like_the_mcp_endpoint() {
    let running = Running::start(|server| server).await;
    let nobody = running.login().await;
    let claims = serde_json::Map::from_iter([("roles".into(), serde_json::json!(["admin"]))]);
    running
        .idp
        .turn(&Knobs {
            user: "ada".into(),
            claims,
            ..Knobs::default()
        })
        .await;
    let admin = running.login().await;

    assert_eq!(get(&running.at("/"), None).await.body, "open");
    let url = running.at("/admin");
    let refused = get(&url, None).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").expect("a challenge");
    assert!(
        quoted(challenge, "resource_metadata").is_some(),
        "{challenge}"
    );
    assert_eq!(get(&url, Some("garbage")).await.status, 401);
    assert_eq!(get(&url, Some(&nobody.access)).await.status, 403);
    let answer = get(&url, Some(&admin.access)).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "an admin: ada")
    );
}

#[tokio::test]
async fn a_route_of_the_server_knows_its_caller() {
    async fn export(user: AuthSession) -> String {
        format!("the notes of {}", user.subject())
    }
    let running =
        Running::start(|server| server.route("/export", Rule::Default, axum::routing::get(export)))
            .await;
    let url = running.at("/export");
    assert_eq!(get(&url, None).await.status, 401);
    let tokens = running.login().await;
    let answer = get(&url, Some(&tokens.access)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.starts_with("the notes of "), "{answer:?}");
    assert_eq!(get(&url, Some("garbage")).await.status, 401);
}
