//! Routes of the user's own, and what is around all of them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod served;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use fastmcp::auth::Rule;
use fastmcp::prelude::*;
use fastmcp::server::Server;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

/// Who is there.
#[tool]
fn hello() -> &'static str {
    "hello"
}

/// Files.
#[server(auth = dev, roles = ["admin"])]
struct Files;

async fn whoami(user: Option<AuthSession>) -> String {
    user.map_or("nobody".to_owned(), |user| user.subject().to_owned())
}

async fn only_somebody(user: AuthSession) -> String {
    user.subject().to_owned()
}

fn mark(mut response: Response, word: &'static str) -> std::future::Ready<Response> {
    let headers = response.headers_mut();
    headers.append("x-layer", word.parse().unwrap());
    std::future::ready(response)
}

fn files() -> Server {
    Files.into_server().base_url("http://localhost:8000/app")
}

async fn ask(router: &Router, path: &str) -> (StatusCode, http::HeaderMap, String) {
    let request = Request::get(path).header("host", "localhost:8000");
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    (parts.status, parts.headers, body)
}

#[tokio::test]
async fn a_route_refuses_like_the_endpoint_and_its_scopes_are_offered() {
    let server = files()
        .route("/export", Rule::Scope("files:read"), get(only_somebody))
        .route("/mine", Rule::Default, get(only_somebody))
        .route("/open", Rule::Public, get(whoami))
        .route("/half-open", Rule::Public, get(only_somebody));
    let router = server.router().await.unwrap();
    let metadata = "/.well-known/oauth-protected-resource/app/mcp";
    let (status, headers, _) = ask(&router, "/app/export").await;
    assert_eq!(status, 401);
    let challenge = headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("scope=\"files:read\""), "{challenge}");
    assert!(challenge.contains(metadata), "{challenge}");
    assert_eq!(ask(&router, "/app/mine").await.0, 401);
    assert_eq!(ask(&router, "/app/open").await.2, "nobody");
    let (status, headers, _) = ask(&router, "/app/half-open").await;
    assert_eq!(status, 401, "the handler wants somebody");
    assert!(headers.contains_key("www-authenticate"));
    assert_eq!(ask(&router, "/export").await.0, 404);
    let (_, _, document) = ask(&router, metadata).await;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&"files:read".into()), "{document}");
}

#[tokio::test]
async fn whole_routers_lie_below_a_path_or_catch_the_rest() {
    let below = Router::new().route("/{name}", get(|| async { "a file" }));
    let rest = Router::new().fallback(|| async { "the rest" });
    let server = files()
        .nest("/files", Rule::Role("admin"), below)
        .nest("/", Rule::Public, rest);
    let router = server.router().await.unwrap();
    assert_eq!(ask(&router, "/app/files/a").await.0, 401);
    assert_eq!(ask(&router, "/app/anything").await.2, "the rest");
    assert_eq!(
        ask(&router, "/app/mcp").await.0,
        401,
        "that is the endpoint"
    );
    assert_eq!(ask(&router, "/elsewhere").await.0, 404);
}

#[tokio::test]
async fn layers_are_around_everything_the_first_one_outermost() {
    let server = files()
        .layer(map_response(|response| mark(response, "outer")))
        .layer(map_response(|response| mark(response, "inner")))
        .route("/open", Rule::Public, get(whoami));
    let router = server.router().await.unwrap();
    for path in [
        "/app/open",
        "/app/mcp",
        "/.well-known/oauth-authorization-server/app",
    ] {
        let (_, headers, _) = ask(&router, path).await;
        let words: Vec<_> = headers.get_all("x-layer").iter().collect();
        assert_eq!(words, ["inner", "outer"], "{path}");
    }
}

#[tokio::test]
async fn a_guard_that_comes_late_asks_for_what_is_offered() {
    let mut server = files();
    let first = server.guard(Rule::Scope("files:read")).await;
    assert!(first.is_ok(), "{first:?}");
    assert!(server.guard(Rule::Scope("files:read")).await.is_ok());
    let late = server.guard(Rule::Scope("files:write")).await.unwrap_err();
    assert_eq!(late.problems()[0].code(), "FM0955");
    let mut server = files();
    let unknown = server.guard(Rule::Role("admn")).await.unwrap_err();
    assert_eq!(unknown.problems()[0].code(), "FM0602");
}

#[tokio::test]
async fn a_handler_that_wants_somebody_is_not_left_unguarded() {
    let router = Router::new().route("/x", get(only_somebody));
    assert_eq!(ask(&router, "/x").await.0, 500);
}
