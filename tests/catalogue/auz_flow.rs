//! The authorization request: what it leaves behind, and what of it goes on to the provider.

use std::collections::BTreeSet;

use tests::http::{encode, parameter};
use url::Url;

use crate::case::{cases, rounds};
use crate::outcome::{Html, Page, Status, red};
use crate::party::Party;
use crate::setup::{S, Setup};

cases! {
    "AUZ-21" Once header_lines,
    "AUZ-23" Each heads_and_prefetch,
    "AUZ-30" Once long_lines,
    "AUZ-22" Alone undecided_pages,
    "AUZ-25" Each lost_client,
    "AUZ-26" Each asked_again,
    "AUZ-27" Each on_to_the_provider,
    "AUZ-29" Each always_new,
}

/// The address at the provider to which an approval leads.
async fn way_to_provider(s: &S, c: &Party, changes: &[(&str, &str)]) -> Url {
    let browser = s.browser();
    let page = browser.get(c.az(changes).url.as_str()).await;
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    answer.location().unwrap_or_else(|| panic!("{answer:?}"))
}

/// Bytes of memory that this process has.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
    kib.unwrap_or(0) * 1024
}

async fn undecided_pages(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let http = &s.http;
    let get = async || {
        let url = c.az(&[]).url;
        let headers = [("accept", "text/html")];
        let answer = http.send("GET", url.as_str(), &headers, "").await;
        assert_eq!(answer.status, 200);
    };
    for _ in 0..50 {
        get().await;
    }
    let before = (s.home.store.records().await.len(), s.home.store.writes());
    let memory = resident();
    for _ in 0..rounds(500) {
        get().await;
    }
    let after = (s.home.store.records().await.len(), s.home.store.writes());
    assert_eq!(after, before, "records and writes");
    let more = resident().saturating_sub(memory);
    assert!(more <= 32 << 20, "{more} bytes more");
}

async fn lost_client(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let page = browser.get(c.az(&[]).url.as_str()).await;
    s.home.store.lose("client").await;
    s.expect(
        "approve",
        browser.press(&page, Some("approve"), |_| {}),
        Page(400),
    )
    .await;
    s.expect(
        "deny",
        browser.press(&page, Some("deny"), |_| {}),
        Page(400),
    )
    .await;
    s.upstream_is_silent("a lost client").await;
}

async fn asked_again(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let attempt = c.az(&[]);
    c.code_in(&browser, &attempt).await;
    let cookie = browser.cookies(&s.nodes_url()).unwrap_or_default();
    assert!(!cookie.is_empty(), "the browser has a cookie");
    for site in [Some("cross-site"), Some("same-origin"), Some("none"), None] {
        let url = c.az(&[]).url;
        let mut headers = vec![("accept", "text/html"), ("cookie", cookie.as_str())];
        headers.extend(site.map(|site| ("sec-fetch-site", site)));
        let asked = s.http.send("GET", url.as_str(), &headers, "");
        s.expect("asked again", asked, Html(200)).await;
    }
}

async fn on_to_the_provider(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let injected = [
        "openid&redirect_uri=https://evil.test",
        "openid%26redirect_uri%3Dhttps://evil.test",
    ];
    for scope in injected {
        let attempt = c.az(&[("scope", scope)]);
        let answer = s.expect(scope, c.open(&attempt), Status(303)).await;
        red(scope, &answer, &attempt, "invalid_scope");
    }
    let secrets = "canary&redirect_uri=https://evil.test";
    let attempt = c.az(&[("state", secrets)]);
    let browser = s.browser();
    let page = browser.get(attempt.url.as_str()).await;
    let answer = browser.press(&page, Some("approve"), |_| {}).await;
    let url = answer.location().unwrap();
    assert!(url.as_str().starts_with(s.idp.url()), "{url}");
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "state",
        "code_challenge",
        "code_challenge_method",
    ] {
        // `parameter` fails where it is there twice.
        assert!(parameter(&url, name).is_some(), "{name} in {url}");
    }
    let is = |name: &str, value: &str| assert_eq!(parameter(&url, name).as_deref(), Some(value));
    is("redirect_uri", &s.at("/oauth/callback"));
    is("response_type", "code");
    is("code_challenge_method", "S256");
    let ours = parameter(&attempt.url, "code_challenge").unwrap();
    for (name, value) in url.query_pairs() {
        for own in ["canary", "evil.test", c.id.as_str(), ours.as_str(), "/mcp"] {
            assert!(!value.contains(own), "{own} in {name} of {url}");
        }
    }
}

async fn always_new(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let count = rounds(20);
    let (mut states, mut challenges) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..count {
        let url = way_to_provider(&s, &c, &[]).await;
        let state = parameter(&url, "state").unwrap();
        let challenge = parameter(&url, "code_challenge").unwrap();
        // 128 bits are 22 characters of base64url.
        assert!(state.len() >= 22 && challenge.len() == 43, "{url}");
        states.insert(state);
        challenges.insert(challenge);
    }
    assert_eq!(
        (states.len(), challenges.len()),
        (count, count),
        "one came twice"
    );
    // The verifier is seen at the provider's token endpoint and nowhere before.
    c.code().await;
    let exchanged = s.calls("token").await;
    let verifier = exchanged[0].parameter("code_verifier").unwrap();
    for call in s.calls("authorize").await {
        let mut values = call.parameters.iter().map(|(_, value)| value);
        assert!(!values.any(|value| value.contains(verifier)), "{call:?}");
    }
}

async fn header_lines(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let good = c.az(&[("scope", "openid")]).url;
    let query: Vec<_> = good.query_pairs().into_owned().collect();
    for (name, _) in &query {
        for line in [
            "%0d%0aSet-Cookie:x=1",
            "%0aSet-Cookie:x=1",
            "%E5%98%8A%E5%98%8DSet-Cookie:x=1",
        ] {
            let pairs = query.iter().map(|(known, value)| {
                let pair = encode(&[(known.as_str(), value.as_str())]);
                if known == name {
                    format!("{pair}{line}")
                } else {
                    pair
                }
            });
            let target = format!("/oauth/authorize?{}", pairs.collect::<Vec<_>>().join("&"));
            let head = s.raw_head(&target).await;
            assert!(crate::raw::status(&head) >= 200, "{target}: {head}");
            let injected = head
                .lines()
                .any(|line| line.to_ascii_lowercase().starts_with("set-cookie:x"));
            assert!(!injected, "{name}: {head}");
        }
    }
}

async fn heads_and_prefetch(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let url = c.az(&[]).url;
    let head = s.expect(
        "HEAD",
        s.http.send("HEAD", url.as_str(), &[], ""),
        Status(405),
    );
    assert_eq!(head.await.header("allow"), Some("GET"));
    let headers = [("accept", "text/html"), ("sec-purpose", "prefetch")];
    let ahead = s.http.send("GET", url.as_str(), &headers, "");
    s.expect("prefetch", ahead, Html(200)).await;
}

async fn long_lines(setup: Setup) {
    let s = setup.start().await;
    let long = format!("/oauth/authorize?x={}", "a".repeat(64 * 1024));
    let head = s.raw_head(&long).await;
    assert!(matches!(crate::raw::status(&head), 414 | 431), "{head}");
}
