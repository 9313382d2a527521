//! `POST /oauth/register`.

use serde_json::{Value, json};
use tests::http::Http;
use tests::world::{Kind, World};

use super::assert_error;

fn with(name: &str, value: Value) -> String {
    let mut body = json!({
        "redirect_uris": ["http://127.0.0.1/cb"],
        "token_endpoint_auth_method": "none",
    });
    body[name] = value;
    body.to_string()
}

fn redirect(uri: &str) -> String {
    with("redirect_uris", json!([uri]))
}

#[tokio::test]
async fn bad_redirect_uris_are_refused() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.at("/oauth/register");
    let mut uris: Vec<String> = [
        "http://localhost:80@evil.test/cb",
        "http://localhost:x@evil.test/",
        "http://127.0.0.1:1@evil.test/cb",
        "https://u:p@yourdomain.com/cb",
        "http://0x7f.1/cb",
        "http://0177.0.0.1/cb",
        "http://2130706433/cb",
        "http://127.1/cb",
        "http://127.0.0.1./cb",
        "http://LOCALHOST/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://0.0.0.0/cb",
        "http://[::]/cb",
        "http://127.0.0.2/cb",
        "http://127.0.0.1/cb#x",
        "http://127.0.0.1/cb#",
        "http://c.test/cb",
        "https://c.test/cb",
        "cursor://anysphere.cursor-mcp/oauth/cb",
        "http://127.0.0.1/a/../b",
        "http://127.0.0.1/a/%2e%2e/b",
        "http://127.0.0.1/cb\r\nx",
        "http://127.0.0.1/c\tb",
        "http://127.0.0.1/\u{2028}",
        "http://ｌocalhost/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "relative/cb",
        "",
        "http://127.0.0.1/cb?code=1",
        "http://127.0.0.1/cb?c%6fde=1",
        "http://127.0.0.1/cb?state=1",
        "http://127.0.0.1/cb?iss=1",
        "http://127.0.0.1/cb?error=1",
        "http:/127.0.0.1/cb",
        "http:127.0.0.1",
        "http://127.0.0.1\\@evil.test/cb",
    ]
    .map(String::from)
    .into();
    uris.push(format!("http://127.0.0.1/{}", "a".repeat(2049)));
    for uri in &uris {
        let answer = post(&url, &redirect(uri)).await;
        assert_error(uri, &answer, 400, "invalid_redirect_uri");
        let good_and_bad = with("redirect_uris", json!(["http://127.0.0.1/cb", uri]));
        assert_error(
            uri,
            &post(&url, &good_and_bad).await,
            400,
            "invalid_redirect_uri",
        );
    }
    world.check_good_flow().await;
}

async fn post(url: &str, body: &str) -> tests::http::Answer {
    let headers = [("content-type", "application/json")];
    Http::new()
        .send("POST", url, &headers, body.to_owned())
        .await
}

#[tokio::test]
async fn bad_metadata_is_refused() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.at("/oauth/register");
    let eleven = vec!["http://127.0.0.1/cb"; 11];
    let cases = [
        (
            "no redirect_uris",
            r#"{"token_endpoint_auth_method":"none"}"#.to_owned(),
        ),
        ("empty redirect_uris", with("redirect_uris", json!([]))),
        (
            "text redirect_uris",
            with("redirect_uris", json!("http://127.0.0.1/cb")),
        ),
        ("object redirect_uris", with("redirect_uris", json!({}))),
        (
            "null in redirect_uris",
            with("redirect_uris", json!([null])),
        ),
        (
            "nested redirect_uris",
            with("redirect_uris", json!([["http://127.0.0.1/cb"]])),
        ),
        ("eleven redirect_uris", with("redirect_uris", json!(eleven))),
        (
            "unknown method",
            with("token_endpoint_auth_method", json!("foo")),
        ),
        (
            "secret jwt",
            with("token_endpoint_auth_method", json!("client_secret_jwt")),
        ),
        (
            "keyless private_key_jwt",
            with("token_endpoint_auth_method", json!("private_key_jwt")),
        ),
        (
            "numeric method",
            with("token_endpoint_auth_method", json!(7)),
        ),
        (
            "script logo",
            with("logo_uri", json!("javascript:alert(1)")),
        ),
        (
            "data client_uri",
            with("client_uri", json!("data:text/html,x")),
        ),
        (
            "file policy_uri",
            with("policy_uri", json!("file:///etc/passwd")),
        ),
        ("long name", with("client_name", json!("n".repeat(129)))),
        (
            "name with override",
            with("client_name", json!("a\u{202e}b")),
        ),
        ("name with NUL", with("client_name", json!("a\u{0}b"))),
        ("name with newline", with("client_name", json!("a\nb"))),
        ("blank name", with("client_name", json!("   "))),
        ("implicit grant", with("grant_types", json!(["implicit"]))),
        ("token response", with("response_types", json!(["token"]))),
        ("not JSON", "redirect_uris=http://127.0.0.1/cb".into()),
        ("array", "[]".into()),
        ("nothing", String::new()),
        ("deep", format!("{}1{}", "[".repeat(1000), "]".repeat(1000))),
        (
            "doubled key",
            r#"{"redirect_uris":["http://127.0.0.1/a"],"redirect_uris":["http://127.0.0.1/b"]}"#
                .into(),
        ),
        (
            "trailing bytes",
            format!("{} x", redirect("http://127.0.0.1/cb")),
        ),
        (
            "NaN",
            r#"{"redirect_uris":["http://127.0.0.1/cb"],"x":NaN}"#.into(),
        ),
    ];
    for (case, body) in &cases {
        assert_error(
            case,
            &post(&url, body).await,
            400,
            "invalid_client_metadata",
        );
    }
    let form = Http::new()
        .post_form(&url, &[("redirect_uris", "http://127.0.0.1/cb")])
        .await;
    assert_error("a form", &form, 400, "invalid_client_metadata");
    let web = with("application_type", json!("web"));
    assert_error(
        "web on loopback",
        &post(&url, &web).await,
        400,
        "invalid_redirect_uri",
    );
    world.check_good_flow().await;
}

#[tokio::test]
async fn sizes_and_methods_are_limited() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.at("/oauth/register");
    let large = with("client_name", json!("n".repeat(64 * 1024 + 1)));
    assert_eq!(post(&url, &large).await.status, 413);
    for method in ["GET", "PUT", "HEAD", "DELETE"] {
        let answer = Http::new().send(method, &url, &[], "").await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("POST"), "{method}");
    }
}

#[tokio::test]
async fn the_server_alone_decides_what_it_issues() {
    let world = World::start(Kind::Memory).await;
    let url = world.server.at("/oauth/register");
    let body = json!({
        "redirect_uris": ["http://127.0.0.1/cb"],
        "client_id": "mine", "client_secret": "mine", "client_id_issued_at": 1,
        "registration_access_token": "mine", "unknown": "kept?", "software_statement": "a.b.c",
    });
    let answer = Http::new().post_json(&url, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let issued = answer.json();
    assert_ne!(issued["client_id"], "mine");
    assert_ne!(issued["client_secret"], "mine");
    assert!(
        issued["client_id"]
            .as_str()
            .is_some_and(|id| id.len() >= 22),
        "{issued}"
    );
    assert_eq!(
        issued["token_endpoint_auth_method"], "client_secret_basic",
        "RFC 7591's default"
    );
    for absent in ["unknown", "software_statement", "registration_access_token"] {
        assert!(issued.get(absent).is_none(), "{issued}");
    }
    let public = with("client_name", json!("<b>\"'& inert"));
    let issued = post(&url, &public).await;
    assert_eq!(issued.status, 201, "{issued:?}");
    assert!(issued.json().get("client_secret").is_none());
}
