//! Metadata and discovery.

use serde_json::{Value, json};
use tests::http::Answer;

use crate::case::cases;
use crate::desk::Touched;
use crate::outcome::Status;
use crate::setup::{BASE, MCP, S, Setup, configured};

cases! {
    "MET-01" Once places,
    "MET-02" Once misleading_headers,
    "MET-03" Once what_is_done,
    "MET-05" Once published_keys,
    "MET-06" Once any_origin,
    "MET-07" Once base_urls,
}

/// Keys made for these tests and used nowhere else.
pub(crate) const KEY_PAIR: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeMVAGScPMDLkohrq
IXALzJldc33snfvxenUVqVDdWuihRANCAAQw8YhB3DKI5y+kMT3YhDajceor1bhC
PhMS9Q9ecMxTtolqqF7na6ghwFgz3owtzonF2W6LtMjkc2UbDrBJ6J60
-----END PRIVATE KEY-----
";

const SERVER: &str = "/.well-known/oauth-authorization-server";
const RESOURCE: &str = "/.well-known/oauth-protected-resource";

/// Every text of a document that is a URL is on this base.
fn all_below(document: &Value, base: &str) {
    for (name, value) in document.as_object().expect("an object") {
        let list = value
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![value.clone()]);
        for text in list.iter().filter_map(Value::as_str) {
            assert!(
                !text.contains("://") || text.starts_with(base),
                "{name}: {document}"
            );
        }
    }
}

async fn places(setup: Setup) {
    let s = setup.start().await;
    for place in [SERVER, "/.well-known/openid-configuration"] {
        let document = s.get(place).await.json();
        assert_eq!(document["issuer"], BASE, "{place}");
        all_below(&document, BASE);
    }
    for place in [RESOURCE.to_owned(), format!("{RESOURCE}/mcp")] {
        let document = s.get(&place).await.json();
        assert_eq!(document["resource"], MCP, "{place}");
        assert_eq!(document["authorization_servers"], json!([BASE]));
    }
    for wrong in [
        "/.well-known/oauth-authorization-server/x",
        "/.well-known/oauth-protected-resource/x",
        "/.well-known/oauth-authorization-server/",
        "/x/.well-known/oauth-authorization-server",
        "/.well-known/OAuth-Authorization-Server",
    ] {
        Status(404).of(wrong, &s.get(wrong).await);
    }
    let base = "https://s.test/t1";
    let t = setup.start_at(s.home.clone(), base, |server| server).await;
    setup.forget(&t);
    let t = setup.start_at(s.home.clone(), base, |server| server).await;
    let at = async |path: &str| {
        let url = format!("http://127.0.0.1:{}{path}", t.ports[0]);
        let headers = [("host", "s.test"), ("accept", "text/html")];
        tests::http::Http::new()
            .send("GET", &url, &headers, "")
            .await
    };
    for place in [format!("{SERVER}/t1"), format!("/t1{SERVER}")] {
        let document = at(&place).await.json();
        assert_eq!(document["issuer"], base, "{place}");
        all_below(&document, base);
    }
    for wrong in [
        format!("{SERVER}/t2"),
        format!("/t2{SERVER}"),
        format!("{SERVER}/t1/x"),
    ] {
        Status(404).of(&wrong, &at(&wrong).await);
    }
    setup.forget(&t);
}

/// Nothing of what a request said about host and scheme is in the answer.
fn unmoved(case: &str, answer: &Answer) {
    let headers = answer.headers.iter();
    let headers = headers.map(|(_, value)| String::from_utf8_lossy(value.as_bytes()));
    for text in headers.chain([answer.body.as_str().into()]) {
        assert!(!text.contains("evil.test"), "{case}: {answer:?}");
        assert!(!text.contains("http://s.test"), "{case}: {answer:?}");
    }
}

async fn misleading_headers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let consent = c.az(&[]).url;
    let consent = format!("/oauth/authorize?{}", consent.query().unwrap());
    let paths = [
        SERVER,
        RESOURCE,
        "/mcp",
        &consent,
        "/oauth/callback?code=x&state=y",
        "/nothing",
    ];
    for path in paths {
        for headers in [
            &[
                ("x-forwarded-host", "evil.test"),
                ("x-forwarded-proto", "http"),
            ][..],
            &[("forwarded", "host=evil.test;proto=http")],
            &[
                ("x-original-url", "https://evil.test/"),
                ("x-forwarded-prefix", "/evil.test"),
            ],
            &[("x-host", "evil.test"), ("origin", "https://evil.test")],
        ] {
            let answer = s.send("GET", path, headers, "").await;
            unmoved(path, &answer);
        }
        let url = format!("http://127.0.0.1:{}{path}", s.ports[0]);
        let host = [("host", "evil.test")];
        let answer = tests::http::Http::new().send("GET", &url, &host, "").await;
        unmoved(path, &answer);
        let raw = format!(
            "GET https://evil.test{path} HTTP/1.1\r\nhost: s.test\r\nconnection: close\r\n\r\n"
        );
        let answer = s.raw(raw.as_bytes()).await;
        assert!(!answer.contains("evil.test"), "{path}: {answer}");
        let two = format!(
            "GET {path} HTTP/1.1\r\nhost: s.test\r\nhost: evil.test\r\nconnection: close\r\n\r\n"
        );
        let answer = s.raw(two.as_bytes()).await;
        assert!(!answer.contains("evil.test"), "{path}: {answer}");
    }
}

async fn what_is_done(setup: Setup) {
    let s = setup.start().await;
    let document = s.get(SERVER).await.json();
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(
        document["grant_types_supported"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(
        document["authorization_response_iss_parameter_supported"],
        true
    );
    assert_eq!(document["client_id_metadata_document_supported"], true);
    for absent in [
        "jwks_uri",
        "pushed_authorization_request_endpoint",
        "dpop_signing_alg_values_supported",
        "userinfo_endpoint",
        "introspection_endpoint",
    ] {
        assert!(document.get(absent).is_none(), "{absent}: {document}");
    }
    // Each method that is named can be registered, and each endpoint answers something.
    for method in document["token_endpoint_auth_methods_supported"]
        .as_array()
        .unwrap()
    {
        let mut changes = json!({ "token_endpoint_auth_method": method });
        if method == "private_key_jwt" {
            changes["jwks_uri"] = json!("https://app.client.test/jwks.json");
        }
        let body = crate::setup::registration(changes);
        let issued = s.register(&body).await.json();
        assert_eq!(&issued["token_endpoint_auth_method"], method, "{issued}");
    }
    for (name, url) in document.as_object().unwrap() {
        if let Some(path) = url.as_str().and_then(|url| url.strip_prefix(BASE))
            && name.ends_with("_endpoint")
        {
            let answer = s.send("POST", path, &[], "").await;
            assert!((400..500).contains(&answer.status), "{name}: {answer:?}");
            assert_ne!(answer.status, 404, "{name}: {answer:?}");
        }
    }
    let off = setup
        .start_with(|server| server.client_id_metadata_documents(false))
        .await;
    let document = off.get(SERVER).await.json();
    assert_ne!(document["client_id_metadata_document_supported"], true);
}

async fn keys_of(s: &S) -> Vec<Value> {
    let uri = s.get(SERVER).await.json()["jwks_uri"].clone();
    let path = uri.as_str().unwrap().strip_prefix(BASE).unwrap().to_owned();
    s.get(&path).await.json()["keys"]
        .as_array()
        .unwrap()
        .clone()
}

/// A P-256 key in PKCS #8 PEM.
fn fresh_key_pair() -> String {
    use base64::Engine as _;
    let der = rcgen::KeyPair::generate().unwrap().serialize_der();
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n")
}

async fn published_keys(setup: Setup) {
    let one = setup
        .start_with(|server| server.jwt_key_pair(KEY_PAIR))
        .await;
    let new = fresh_key_pair();
    let two = setup
        .start_with(|server| {
            let server = server.jwt_key_pair(new.clone());
            server.jwt_key_pair_previous(KEY_PAIR)
        })
        .await;
    let (old, both) = (keys_of(&one).await, keys_of(&two).await);
    assert_eq!((old.len(), both.len()), (1, 2));
    assert!(
        both.contains(&old[0]),
        "the old key stays during the exchange"
    );
    assert_ne!(both[0]["kid"], both[1]["kid"]);
    for key in both {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{key}");
        }
        assert_eq!((&key["use"], &key["alg"]), (&json!("sig"), &json!("ES256")));
        assert!(key["kid"].is_string(), "{key}");
    }
}

async fn any_origin(setup: Setup) {
    let s = setup
        .start_with(|server| server.jwt_key_pair(KEY_PAIR))
        .await;
    for path in [
        SERVER,
        RESOURCE,
        "/.well-known/oauth-protected-resource/mcp",
        "/oauth/jwks",
    ] {
        let get = s
            .send("GET", path, &[("origin", "https://any.test")], "")
            .await;
        let ask = [
            ("origin", "https://any.test"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "mcp-protocol-version"),
        ];
        let before = s.send("OPTIONS", path, &ask, "").await;
        for answer in [get, before] {
            assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{path}"
            );
            let credentials = answer.header("access-control-allow-credentials");
            assert!(credentials.is_none(), "{path}: {answer:?}");
        }
    }
}

async fn base_urls(setup: Setup) {
    for wrong in [
        "http://s.test",
        "https://s.test?x=1",
        "https://s.test/#x",
        "https://u:p@s.test",
        "https://s.test//",
        "ftp://s.test",
        "s.test",
        "https://",
        "http://127.0.0.1.evil.test",
    ] {
        let server = configured(&setup.idp, &Touched::default(), wrong);
        let error = server.router().await.err();
        let error = error
            .unwrap_or_else(|| panic!("`{wrong}` was accepted"))
            .to_string();
        assert!(error.contains("base_url"), "{wrong}: {error}");
    }
    let s = setup
        .start_with(|server| server.base_url("https://s.test/"))
        .await;
    assert_eq!(s.get(SERVER).await.json()["issuer"], BASE);
    assert_eq!(s.get(RESOURCE).await.json()["resource"], MCP);
    let home = s.home.clone();
    let local = setup
        .start_at(home, "http://localhost:4000", |server| server)
        .await;
    let answer = local.get(SERVER).await;
    assert_eq!(answer.json()["issuer"], "http://localhost:4000");
    setup.forget(&local);
}
