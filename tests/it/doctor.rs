//! What the doctor finds: nothing at a good server, and what stands in front of a spoiled one.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use fastmcp::doctor::{Grade, Report, examine};
use fastmcp::parts::{Clock, Parts};
use tests::idp::Idp;
use tests::process::run;
use tests::server::{Server, Storage};

use crate::support::free_port;

fn parts() -> Parts {
    Parts::system(Duration::from_secs(10)).expect("an HTTP client")
}

/// What a proxy does to an answer on that path.
type Spoil = fn(&str, &mut Response);

/// A server at the address of a proxy that spoils what it passes on.
async fn behind(spoil: Spoil) -> (Idp, Server, String) {
    let idp = Idp::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let base = format!("http://localhost:{port}");
    let own = free_port();
    let mut environment = idp.environment();
    environment.push(("FASTMCP_BASE_URL".into(), base.clone()));
    environment.push(("FASTMCP_BIND".into(), format!("127.0.0.1:{own}")));
    let server = Server::start("custom-provider", &Storage::Memory, environment).await;
    let target = format!("http://127.0.0.1:{own}");
    let http = Arc::new(parts().http);
    let pass = move |request: Request| {
        let (http, target) = (Arc::clone(&http), target.clone());
        async move { forward(&http, &target, request, spoil).await }
    };
    let app = axum::Router::new().fallback(pass);
    tokio::spawn(async move { axum::serve(listener, app).await });
    (idp, server, format!("{base}/mcp"))
}

async fn forward(http: &reqwest::Client, target: &str, request: Request, spoil: Spoil) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 1 << 20).await.expect("a small body");
    let path = head.uri.path_and_query().expect("a path").to_string();
    let sent = http
        .request(head.method, format!("{target}{path}"))
        .headers(head.headers)
        .body(body);
    let answer = sent.send().await.expect("the server answers");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = Body::from(answer.bytes().await.expect("a body"));
    spoil(&path, &mut response);
    response
}

/// The subjects of the findings that are no better than `grade`.
fn found(report: &Report, grade: Grade) -> Vec<&'static str> {
    let mut subjects: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.grade >= grade)
        .map(|finding| finding.subject)
        .collect();
    subjects.dedup();
    subjects
}

#[tokio::test]
async fn a_good_server_is_good_behind_a_good_proxy() {
    let (_idp, _server, url) = behind(|_, _| {}).await;
    let report = examine(&url, &parts()).await;
    assert_eq!(found(&report, Grade::Warning), [""; 0], "{report}");
    for subject in [
        "sign-in",
        "clock",
        "resource metadata",
        "server metadata",
        "PKCE",
        "frames",
    ] {
        assert!(
            found(&report, Grade::Good).contains(&subject),
            "{subject}: {report}"
        );
    }
    let said = run("example-admin", &[], &["doctor", &url]).await;
    assert!(said.status.success(), "{said:?}");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(text.contains("ok   sign-in: 401"), "{text}");
}

#[tokio::test]
async fn what_a_proxy_takes_away_is_named() {
    let spoils: [(Spoil, &str); 4] = [
        (
            |_, answer| drop(answer.headers_mut().remove("www-authenticate")),
            "sign-in",
        ),
        (
            |_, answer| drop(answer.headers_mut().remove("content-security-policy")),
            "frames",
        ),
        (
            |path, answer| {
                if path.starts_with("/.well-known/oauth-authorization-server") {
                    *answer.status_mut() = axum::http::StatusCode::NOT_FOUND;
                }
            },
            "server metadata",
        ),
        (
            |path, answer| {
                if path == "/oauth/token" {
                    *answer.body_mut() = Body::from("<h1>error</h1>");
                    answer.headers_mut().remove("content-length");
                }
            },
            "token endpoint",
        ),
    ];
    for (spoil, subject) in spoils {
        let (_idp, _server, url) = behind(spoil).await;
        let report = examine(&url, &parts()).await;
        assert_eq!(found(&report, Grade::Bad), [subject], "{report}");
        let said = run("example-admin", &[], &["doctor", &url]).await;
        assert_eq!(said.status.code(), Some(1), "{said:?}");
    }
}

#[tokio::test]
async fn another_address_than_the_clients_own_is_named() {
    let idp = Idp::start().await;
    let server = Server::start("custom-provider", &Storage::Memory, idp.environment()).await;
    let url = format!("http://127.0.0.1:{}/mcp", server.port());
    let report = examine(&url, &parts()).await;
    assert!(
        found(&report, Grade::Bad).contains(&"resource metadata"),
        "{report}"
    );
    assert!(
        found(&report, Grade::Bad).contains(&"endpoints"),
        "{report}"
    );
}

#[tokio::test]
async fn a_wrong_clock_and_an_absent_server_are_named() {
    let (_idp, _server, url) = behind(|_, _| {}).await;
    let late = Parts {
        clock: Clock::new(|| std::time::UNIX_EPOCH + Duration::from_secs(tests::now() + 300)),
        ..parts()
    };
    let report = examine(&url, &late).await;
    assert_eq!(found(&report, Grade::Bad), ["clock"], "{report}");
    let url = format!("http://127.0.0.1:{}/mcp", free_port());
    let report = examine(&url, &parts()).await;
    assert_eq!(found(&report, Grade::Bad), ["endpoint"], "{report}");
    let report = examine("http://notes.example.com/mcp", &parts()).await;
    assert_eq!(found(&report, Grade::Bad), ["address"], "{report}");
}
