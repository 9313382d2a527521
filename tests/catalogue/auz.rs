//! The authorization request: who asks, and where an answer goes.

use serde_json::json;
use tests::http::{encode, parameter};
use tests::idp::upstream_client;

use crate::case::cases;
use crate::outcome::{E, Html, Page, Status, red};
use crate::party::{C_CB, X_CB};
use crate::setup::Setup;

cases! {
    "AUZ-01" Each unknown_clients,
    "AUZ-02" Once upstream_id,
    "AUZ-03" Once redirects_in_doubt,
    "AUZ-05" Each chosen_ports,
    "AUZ-06" Once nearly_loopback,
    "AUZ-07" Once user_info,
    "AUZ-09" Once twice,
    "AUZ-10" Once response_types,
    "AUZ-11" Once without_pkce,
    "AUZ-13" Once challenges,
    "AUZ-14" Once scopes,
    "AUZ-15" Once resources,
    "AUZ-17" Once request_objects,
    "AUZ-18" Once prompt_none,
    "AUZ-19" Each no_state,
}

async fn unknown_clients(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for id in ["unknown", "", "\u{0}", "' OR 1=1 --"] {
        let attempt = c.az(&[("client_id", id)]);
        s.expect(id, c.open(&attempt), Page(400)).await;
    }
    let url = c.az(&[("client_id", "unknown")]).url;
    let program = s
        .http
        .send("GET", url.as_str(), &[("accept", "application/json")], "");
    s.expect("a program", program, E(400, "invalid_client"))
        .await;
    s.no_fetch("unknown clients");
    s.upstream_is_silent("unknown clients").await;
}

async fn upstream_id(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (id, _) = upstream_client();
    for redirect in [X_CB, C_CB, "https://s.test/oauth/callback"] {
        let attempt = c.az(&[("client_id", &id), ("redirect_uri", redirect)]);
        s.expect(redirect, c.open(&attempt), Page(400)).await;
    }
}

async fn redirects_in_doubt(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let uris = [
        "",
        "/cb",
        "cb",
        "null",
        X_CB,
        "https://c.test/cb/",
        "https://c.test/cb?x=1",
        "https://c.test/CB",
        "https://c.test:443/cb",
        "https://c.test/cb#",
        "https://c.test/cb%2f",
        "http://c.test/cb",
        "https://c.test@x.test/cb",
        "javascript:alert(1)",
    ];
    let also_wrong: [&[(&str, &str)]; 4] = [
        &[],
        &[("response_type", "token")],
        &[("code_challenge", "")],
        &[("prompt", "none"), ("scope", "no such scope")],
    ];
    for uri in uris {
        for more in also_wrong {
            let attempt = c.az(&[&[("redirect_uri", uri)][..], more].concat());
            s.expect(uri, c.open(&attempt), Page(400)).await;
        }
    }
    s.upstream_is_silent("redirects in doubt").await;
}

async fn chosen_ports(setup: Setup) {
    let s = setup.start().await;
    let l = s.l().await;
    for port in ["1", "8080", "65535"] {
        let redirect = format!("http://127.0.0.1:{port}/cb");
        let attempt = l.az(&[("redirect_uri", &redirect)]);
        s.expect(port, l.open(&attempt), Html(200)).await;
        let browser = s.browser();
        let called = browser.agree(attempt.url.as_str(), &redirect, |_| {}).await;
        assert!(
            called.as_str().starts_with(&format!("{redirect}?")),
            "{called}"
        );
    }
}

async fn nearly_loopback(setup: Setup) {
    let s = setup.start().await;
    let l = s.l().await;
    for uri in [
        "http://localhost:8080/cb",
        "http://[::1]:8080/cb",
        "https://127.0.0.1:8080/cb",
        "http://127.0.0.2:8080/cb",
        "http://127.0.0.1:8080/CB",
        "http://127.0.0.1:8080/cb/",
        "http://127.0.0.1:8080/cb?x=1",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:08080/cb",
        "http://127.0.0.1:+80/cb",
    ] {
        let attempt = l.az(&[("redirect_uri", uri)]);
        s.expect(uri, l.open(&attempt), Page(400)).await;
    }
}

async fn user_info(setup: Setup) {
    let s = setup.start().await;
    let l = s.l().await;
    for uri in [
        "http://127.0.0.1:5@evil.test/cb",
        "http://u@127.0.0.1:5/cb",
        "http://127.0.0.1:5#@evil.test/cb",
        "http://127.0.0.1:5\\@evil.test/cb",
        "http://@127.0.0.1:5/cb",
    ] {
        let attempt = l.az(&[("redirect_uri", uri)]);
        s.expect(uri, l.open(&attempt), Page(400)).await;
    }
}

async fn twice(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for (name, spelled) in [
        ("client_id", "client_id"),
        ("redirect_uri", "redirect_uri"),
        ("state", "state"),
        ("client_id", "client%5fid"),
        ("redirect_uri", "redirect%5Furi"),
        ("state", "%73tate"),
    ] {
        let attempt = c.az(&[]);
        let value = parameter(&attempt.url, name).unwrap();
        for value in [value.as_str(), "other", ""] {
            let value = encode(&[("", value)]);
            let url = format!("{}&{spelled}{value}", attempt.url);
            s.expect(spelled, s.browser().get(&url), Page(400)).await;
        }
    }
    for name in [
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "scope",
        "prompt",
    ] {
        let mut attempt = c.az(&[("scope", "openid"), ("prompt", "consent")]);
        let value = parameter(&attempt.url, name).unwrap();
        attempt.url.query_pairs_mut().append_pair(name, &value);
        let answer = s.expect(name, c.open(&attempt), Status(303)).await;
        red(name, &answer, &attempt, "invalid_request");
    }
}

/// Each of these values of a parameter goes back to the client with that error.
async fn sent_back(setup: &Setup, name: &str, values: &[&str], error: &str) {
    let s = setup.start().await;
    let c = s.c().await;
    for value in values {
        let attempt = c.az(&[(name, value)]);
        let case = format!("{name}={value}");
        let answer = s.expect(&case, c.open(&attempt), Status(303)).await;
        red(&case, &answer, &attempt, error);
    }
    s.no_fetch(name);
    s.upstream_is_silent(name).await;
}

async fn response_types(setup: Setup) {
    sent_back(&setup, "response_type", &[""], "invalid_request").await;
    let others = [
        "token",
        "code token",
        "id_token",
        "CODE",
        "none",
        "code ",
        "code code",
    ];
    sent_back(
        &setup,
        "response_type",
        &others,
        "unsupported_response_type",
    )
    .await;
}

async fn without_pkce(setup: Setup) {
    let s = setup.start().await;
    let published = s.published("https://editor.client.test/app");
    for client in [s.c().await, s.l().await, s.k().await, published] {
        let without: [&[(&str, &str)]; 4] = [
            &[("code_challenge", "")],
            &[("code_challenge", ""), ("code_challenge_method", "")],
            &[("code_challenge_method", "")],
            &[("code_challenge_method", "plain")],
        ];
        for changes in without {
            let attempt = client.az(changes);
            let answer = s
                .expect(&client.id, client.open(&attempt), Status(303))
                .await;
            red(&client.id, &answer, &attempt, "invalid_request");
        }
    }
}

async fn challenges(setup: Setup) {
    let good = "a".repeat(43);
    let short = &good[1..];
    let wrong = [
        short.to_owned(),
        format!("{good}a"),
        format!("{short}="),
        format!("{short}+"),
        format!("{short}/"),
        format!("{short} "),
        format!("{short}é"),
    ];
    let wrong: Vec<_> = wrong.iter().map(String::as_str).collect();
    sent_back(&setup, "code_challenge", &wrong, "invalid_request").await;
}

async fn scopes(setup: Setup) {
    let long = "a".repeat(1025);
    let many = (0..65)
        .map(|n| format!("s{n}"))
        .collect::<Vec<_>>()
        .join(" ");
    let wrong = [
        "no:such:scope",
        "openid \"",
        "openid \\",
        "openid\u{1}",
        &long,
        &many,
        "openid\topenid",
    ];
    sent_back(&setup, "scope", &wrong, "invalid_scope").await;
    let s = setup.start().await;
    let narrow = json!({"redirect_uris": [C_CB], "scope": "openid"});
    let narrow = s.party(narrow).await;
    let attempt = narrow.az(&[("scope", "openid notes:write")]);
    let answer = s.expect("beyond", narrow.open(&attempt), Status(303)).await;
    red(
        "beyond the registered scope",
        &answer,
        &attempt,
        "invalid_scope",
    );
    let c = s.c().await;
    let tokens = c
        .login_with(&[("scope", "openid openid notes:write openid")])
        .await;
    let mut granted: Vec<_> = tokens.scope.split(' ').collect();
    granted.sort_unstable();
    assert_eq!(
        granted,
        ["notes:write", "openid"],
        "repeated tokens collapse"
    );
}

async fn resources(setup: Setup) {
    let others = [
        "https://other.test/mcp",
        "https://s.test/mcp-evil",
        "https://s.test/mcp/../x",
        "https://s.test/",
        "http://s.test/mcp",
        "https://u@s.test/mcp",
        "https://s.test/mcp#x",
        "https://s.test:8443/mcp",
        "https://s.test/MCP",
        "/mcp",
        "mcp",
    ];
    sent_back(&setup, "resource", &others, "invalid_target").await;
    let s = setup.start().await;
    let c = s.c().await;
    let mut attempt = c.az(&[]);
    attempt
        .url
        .query_pairs_mut()
        .append_pair("resource", crate::setup::MCP);
    let answer = s.expect("twice", c.open(&attempt), Status(303)).await;
    red("twice", &answer, &attempt, "invalid_target");
    for same in [
        "HTTPS://S.TEST/mcp",
        "https://s.test/mcp/",
        "https://s.test:443/mcp",
        "",
    ] {
        let attempt = c.az(&[("resource", same)]);
        s.expect(same, c.open(&attempt), Html(200)).await;
    }
}

async fn request_objects(setup: Setup) {
    sent_back(
        &setup,
        "request",
        &["eyJhbGciOiJub25lIn0.e30."],
        "request_not_supported",
    )
    .await;
    let uris = [
        "https://169.254.169.254/x",
        "urn:ietf:params:oauth:request_uri:x",
    ];
    sent_back(&setup, "request_uri", &uris, "request_uri_not_supported").await;
}

async fn prompt_none(setup: Setup) {
    sent_back(
        &setup,
        "prompt",
        &["none", "login none"],
        "interaction_required",
    )
    .await;
}

async fn no_state(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let attempt = c.az(&[("state", ""), ("response_type", "token")]);
    let answer = c.open(&attempt).await;
    red("an error", &answer, &attempt, "unsupported_response_type");
    let attempt = c.az(&[("state", "")]);
    let called = s.browser().agree(attempt.url.as_str(), C_CB, |_| {}).await;
    assert!(parameter(&called, "code").is_some(), "{called}");
    assert_eq!(parameter(&called, "state"), None, "{called}");
}
