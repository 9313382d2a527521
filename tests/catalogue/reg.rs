//! Registration.

use serde_json::{Value, json};

use crate::case::cases;
use crate::outcome::{E, Status};
use crate::setup::{S, Setup, registration};

cases! {
    "REG-01" Each minimal,
    "REG-03" Once authorities,
    "REG-05" Once loopback,
    "REG-06" Once ways_out_of_a_path,
    "REG-07" Once fragments,
    "REG-09" Once clear_text,
    "REG-10" Once custom_schemes,
    "REG-11" Once letters,
    "REG-13" Once answers_in_our_place,
    "REG-14" Each lists,
    "REG-15" Once wide_patterns,
    "REG-17" Each methods,
    "REG-18" Each chosen_by_the_client,
    "REG-19" Once links,
    "REG-21" Once names,
    "REG-22" Once not_json,
    "REG-27" Once web_clients,
    "REG-29" Once other_methods,
    "REG-30" Once software_statement,
}

/// Every one of these, alone and beside a good one, is `invalid_redirect_uri`.
async fn refused(s: &S, uris: &[&str]) {
    for uri in uris {
        for list in [json!([uri]), json!(["http://127.0.0.1/cb", uri])] {
            let body = registration(json!({ "redirect_uris": list }));
            s.expect(uri, s.register(&body), E(400, "invalid_redirect_uri"))
                .await;
        }
    }
}

async fn accepted(s: &S, uris: &[&str]) {
    for uri in uris {
        let body = registration(json!({ "redirect_uris": [uri] }));
        Status(201).of(uri, &s.register(&body).await);
    }
}

/// Each of these bodies is `invalid_client_metadata`.
async fn no_metadata(s: &S, changes: impl IntoIterator<Item = Value>) {
    for changes in changes {
        let body = registration(changes);
        let case = body.to_string();
        s.expect(&case, s.register(&body), E(400, "invalid_client_metadata"))
            .await;
    }
}

async fn minimal(setup: Setup) {
    let s = setup.start().await;
    let answer = s.register(&registration(json!({}))).await;
    Status(201).of("minimal", &answer);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    // 128 bits are 22 characters of base64url.
    assert!(
        body["client_id"].as_str().is_some_and(|id| id.len() >= 22),
        "{body}"
    );
    assert!(body.get("client_secret").is_none(), "{body}");
    assert_eq!(body["token_endpoint_auth_method"], "none");
    assert_eq!(body["redirect_uris"], json!(["http://127.0.0.1/cb"]));
    assert_eq!(body["response_types"], json!(["code"]));
    assert_eq!(
        body["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
}

async fn authorities(setup: Setup) {
    let misleading = [
        "http://localhost:80@evil.test/cb",
        "http://localhost:x@evil.test/",
        "http://127.0.0.1:1@evil.test/cb",
        "https://yourdomain.com@evil.test/",
        "https://u:p@yourdomain.com/cb",
        "http://127.0.0.1\\@evil.test/cb",
        "https://yourdomain.com.evil.test/cb",
    ];
    let loopback = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(loopback));
    refused(&s.await, &misleading).await;
    let patterns = [
        "https://yourdomain.com/*",
        "http://localhost:*",
        "http://127.0.0.1:*",
    ];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(patterns));
    refused(&s.await, &misleading).await;
}

async fn loopback(setup: Setup) {
    let s = setup.start().await;
    let others = [
        "http://0x7f.1/cb",
        "http://0177.0.0.1/cb",
        "http://2130706433/cb",
        "http://127.1/cb",
        "http://127.0.0.1./cb",
        "http://localhost./cb",
        "http://LOCALHOST/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://[::0001]/cb",
        "http://[::1%25lo]/cb",
        "http://0.0.0.0/cb",
        "http://[::]/cb",
        "http://127.0.0.2/cb",
    ];
    refused(&s, &others).await;
    accepted(
        &s,
        &[
            "http://localhost/cb",
            "http://127.0.0.1/cb",
            "http://[::1]/cb",
        ],
    )
    .await;
}

async fn ways_out_of_a_path(setup: Setup) {
    let s = setup.start_with(|server| {
        server.allowed_redirect_uri_patterns([
            "https://yourdomain.com/app/*",
            "https://c.test/cb",
            "http://127.0.0.1:*",
        ])
    });
    let s = s.await;
    for path in [
        "/app/../steal",
        "/app/%2e%2e/steal",
        "/app/%2E./steal",
        "/app/..%2fsteal",
        "/app/..%5csteal",
        "/app/%252e%252e/x",
        "/app\\..\\x",
        "/app/./x",
        "/app/x/..",
        "/app/x/.",
        "/application",
        "/App/x",
        "/app",
    ] {
        refused(&s, &[&format!("https://yourdomain.com{path}")]).await;
    }
    let good = [
        "https://yourdomain.com/app/a/b",
        "https://yourdomain.com/app/v1.2.3/cb",
    ];
    accepted(&s, &good).await;
}

async fn fragments(setup: Setup) {
    let s = setup.start().await;
    let wrong = [
        "https://c.test/cb#x",
        "https://c.test/cb#",
        // A path of its own, for which there is no pattern.
        "https://c.test/cb%23x",
    ];
    refused(&s, &wrong).await;
}

async fn clear_text(setup: Setup) {
    let s = setup.start().await;
    refused(
        &s,
        &[
            "http://c.test/cb",
            "http://c.test:80/cb",
            "HTTP://c.test/cb",
        ],
    )
    .await;
    not_started(&setup, "http://c.test/*").await;
}

async fn custom_schemes(setup: Setup) {
    let uri = "cursor://anysphere.cursor-mcp/oauth/cb";
    refused(&setup.start().await, &[uri]).await;
    let named = ["cursor://anysphere.cursor-mcp/*", "https://c.test/cb"];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(named));
    accepted(&s.await, &[uri]).await;
}

async fn letters(setup: Setup) {
    let s = setup.start().await;
    let mut strange = vec![
        "http://ｌocalhost/cb".to_owned(),
        "https://ｃ.test/cb".into(),
        "https://bücher.test/cb".into(),
        "https://xn--bcher-kva.test/cb".into(),
        "https://%63.test/cb".into(),
        "https://c%2etest/cb".into(),
    ];
    for c in [
        "\r", "\n", "\t", "\0", " ", "\u{2028}", "\u{3002}", "\u{7f}", "\u{feff}",
    ] {
        strange.push(format!("http://127.0.0.1/c{c}b"));
        strange.push(format!("http://127.0.0.1{c}/cb"));
        strange.push(format!("http://127.0.0.1/cb{c}"));
    }
    refused(&s, &strange.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let listed = ["https://xn--bcher-kva.test/cb", "https://c.test/cb"];
    let s = setup.start_with(|server| server.allowed_redirect_uri_patterns(listed));
    accepted(&s.await, &listed).await;
}

async fn answers_in_our_place(setup: Setup) {
    let s = setup.start().await;
    for name in [
        "code",
        "state",
        "iss",
        "error",
        "error_description",
        "c%6fde",
        "%63%6F%64%65",
        "x=1&code",
        "error_uri",
    ] {
        refused(&s, &[&format!("http://127.0.0.1/cb?{name}=1")]).await;
    }
    refused(
        &s,
        &["http://127.0.0.1/cb?code", "http://127.0.0.1/cb?a=b&state"],
    )
    .await;
}

async fn lists(setup: Setup) {
    let s = setup.start().await;
    let eleven = vec!["http://127.0.0.1/cb"; 11];
    let wrong = [
        json!(null),
        json!([]),
        json!("http://127.0.0.1/cb"),
        json!({}),
        json!([null]),
        json!([["x"]]),
        json!([7]),
        json!(eleven),
    ];
    no_metadata(&s, wrong.map(|list| json!({ "redirect_uris": list }))).await;
    let long = format!("http://127.0.0.1/{}", "a".repeat(2049 - 17));
    assert_eq!(long.len(), 2049);
    refused(&s, &[&long, "relative/cb", ""]).await;
    let ten = vec!["http://127.0.0.1/cb"; 10];
    let body = registration(json!({ "redirect_uris": ten }));
    Status(201).of("ten", &s.register(&body).await);
}

/// The server does not start with this pattern, and says which one it is.
async fn not_started(setup: &Setup, pattern: &str) {
    let server = crate::setup::configured(
        &setup.idp,
        &crate::desk::Touched::default(),
        "https://s.test",
    );
    let started = server
        .allowed_redirect_uri_patterns([pattern])
        .router()
        .await;
    let error = started
        .err()
        .unwrap_or_else(|| panic!("`{pattern}` was accepted"));
    assert!(
        error.to_string().contains(pattern),
        "`{pattern}` is not named: {error}"
    );
}

async fn wide_patterns(setup: Setup) {
    for pattern in [
        "*",
        "https://*",
        "https://*/*",
        "http://*:*",
        "https://*.com/*",
        "https://a*b.com/",
        "//x",
        "https://h/a*b",
        "*://c.test/cb",
        "javascript:*",
    ] {
        not_started(&setup, pattern).await;
    }
    let none: [&str; 0] = [];
    let s = setup
        .start_with(|server| server.allowed_redirect_uri_patterns(none))
        .await;
    refused(&s, &["http://127.0.0.1/cb", "https://c.test/cb"]).await;
    setup.forget(&s);
}

async fn methods(setup: Setup) {
    let s = setup.start().await;
    let body = registration(json!({ "token_endpoint_auth_method": null }));
    let issued = s.register(&body).await;
    Status(201).of("omitted", &issued);
    let issued = issued.json();
    assert_eq!(issued["token_endpoint_auth_method"], "client_secret_basic");
    let secret = issued["client_secret"].as_str().unwrap_or_default();
    assert!(secret.len() >= 43, "256 bits: {issued}");
    assert_eq!(
        issued["client_secret_expires_at"], 0,
        "RFC 7591 asks for it"
    );
    let issued = s.register(&registration(json!({}))).await;
    assert!(issued.json().get("client_secret").is_none(), "{issued:?}");
    let wrong = [
        json!("client_secret_jwt"),
        json!("foo"),
        json!("private_key_jwt"),
        json!(7),
    ];
    no_metadata(
        &s,
        wrong.map(|it| json!({ "token_endpoint_auth_method": it })),
    )
    .await;
}

async fn chosen_by_the_client(setup: Setup) {
    let s = setup.start().await;
    let body = registration(json!({
        "token_endpoint_auth_method": "client_secret_post",
        "client_id": "mine", "client_secret": "mine", "client_id_issued_at": 1,
        "registration_access_token": "mine", "registration_client_uri": "https://x.test/",
        "unknown": "kept?", "scope_of_evil": ["kept?"],
    }));
    let answer = s.register(&body).await;
    Status(201).of("chosen", &answer);
    let issued = answer.json();
    for name in ["client_id", "client_secret", "client_id_issued_at"] {
        assert_ne!(issued[name], body[name], "{name}");
    }
    for word in ["mine", "kept?", "x.test"] {
        assert!(!answer.body.contains(word), "{word} in {answer:?}");
    }
}

async fn links(setup: Setup) {
    let s = setup.start().await;
    let wrong = [
        json!({"logo_uri": "javascript:alert(1)"}),
        json!({"client_uri": "data:text/html,x"}),
        json!({"policy_uri": "file:///etc/passwd"}),
        json!({"tos_uri#de": "javascript:alert(1)"}),
        json!({"client_uri#fr-CA": "JavaScript:alert(1)"}),
        json!({"client_uri": ["https://c.test/"]}),
        json!({"logo_uri": "//c.test/logo"}),
    ];
    no_metadata(&s, wrong).await;
    let body =
        registration(json!({"client_uri": "https://c.test/", "tos_uri#de": "https://c.test/"}));
    Status(201).of("good links", &s.register(&body).await);
}

async fn names(setup: Setup) {
    let s = setup.start().await;
    let long = "n".repeat(129);
    let wrong = [
        json!(long),
        json!("a\u{202e}b"),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!("   "),
        json!("\u{2066}a"),
        json!("\u{200b}"),
        json!(7),
    ];
    no_metadata(&s, wrong.map(|name| json!({ "client_name": name }))).await;
    let body = registration(json!({ "client_name": "<b>\"'&" }));
    Status(201).of("inert", &s.register(&body).await);
}

async fn not_json(setup: Setup) {
    let s = setup.start().await;
    let good = registration(json!({})).to_string();
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let cases = [
        ("a form", "redirect_uris=http://127.0.0.1/cb".to_owned()),
        ("an array", "[]".into()),
        ("nothing", String::new()),
        (
            "a depth of 1000",
            format!(r#"{{"redirect_uris":["http://127.0.0.1/cb"],"x":{deep}}}"#),
        ),
        (
            "a key twice",
            r#"{"redirect_uris":["http://127.0.0.1/a"],"redirect_uris":["http://127.0.0.1/b"]}"#
                .into(),
        ),
        ("trailing bytes", format!("{good} x")),
        ("NaN", good.replace("\"none\"", "NaN")),
    ];
    for (case, body) in &cases {
        s.expect(
            case,
            s.register_raw(body),
            E(400, "invalid_client_metadata"),
        )
        .await;
    }
    let latin = [
        good.trim_end_matches('}').as_bytes(),
        b",\"client_name\":\"\xff\"}",
    ]
    .concat();
    let url = s.at("/oauth/register");
    let json = [("content-type", "application/json")];
    let send = s.http.send("POST", &url, &json, latin);
    s.expect("invalid UTF-8", send, E(400, "invalid_client_metadata"))
        .await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let headers = [("content-type", kind)];
        let send = s.send("POST", "/oauth/register", &headers, good.clone());
        s.expect(kind, send, E(400, "invalid_client_metadata"))
            .await;
    }
}

async fn web_clients(setup: Setup) {
    let s = setup.start().await;
    for uri in [
        "http://localhost/cb",
        "https://localhost/cb",
        "cursor://x/cb",
        "http://127.0.0.1/cb",
    ] {
        let body = registration(json!({"application_type": "web", "redirect_uris": [uri]}));
        s.expect(uri, s.register(&body), E(400, "invalid_redirect_uri"))
            .await;
    }
    for kind in [json!(null), json!("native")] {
        let body = registration(json!({ "application_type": kind }));
        Status(201).of("native", &s.register(&body).await);
    }
    let body =
        registration(json!({"application_type": "web", "redirect_uris": ["https://c.test/cb"]}));
    Status(201).of("web", &s.register(&body).await);
}

async fn other_methods(setup: Setup) {
    let s = setup.start().await;
    for method in ["GET", "PUT", "HEAD", "DELETE", "PATCH"] {
        let answer = s.expect(
            method,
            s.send(method, "/oauth/register", &[], ""),
            Status(405),
        );
        assert_eq!(answer.await.header("allow"), Some("POST"), "{method}");
    }
}

async fn software_statement(setup: Setup) {
    let s = setup.start().await;
    let statements = [
        "eyJhbGciOiJub25lIn0.eyJzb2Z0d2FyZV9pZCI6IngifQ.",
        "eyJhbGciOiJSUzI1NiJ9.eyJzY29wZSI6ImFkbWluIn0.c2ln",
    ];
    for statement in statements {
        let body = registration(json!({ "software_statement": statement }));
        let answer = s.register(&body).await;
        Status(201).of("a statement", &answer);
        assert!(!answer.body.contains("software"), "{answer:?}");
        assert!(!answer.body.contains("admin"), "{answer:?}");
    }
}
