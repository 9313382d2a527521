//! The consent page: what it shows, and what others wrote on it.

use serde_json::json;
use tests::http::Answer;

use crate::case::cases;
use crate::outcome::{Html, Page, Status, h_set};
use crate::party::{C_CB, Party};
use crate::setup::{MCP, S, Setup};

cases! {
    "CON-01" Once what_is_shown,
    "CON-02" Once inert,
    "CON-03" Once borrowed_names,
    "CON-11" Each cookies,
    "CON-15" Each a_dozen_times,
    "CON-23" Once warned_of_this_machine,
}

/// The page for a request.
async fn page(s: &S, client: &Party, changes: &[(&str, &str)]) -> Answer {
    let attempt = client.az(changes);
    s.expect("the page", client.open(&attempt), Html(200)).await
}

async fn what_is_shown(setup: Setup) {
    let s = setup.start().await;
    let published = s.published("https://editor.client.test/app");
    let others = [
        (s.c().await, "Client C", "c.test"),
        (s.l().await, "Client L", "127.0.0.1"),
    ];
    for (client, name, host) in others {
        let body = page(&s, &client, &[("scope", "openid notes:write")])
            .await
            .body;
        for shown in [
            name,
            host,
            "openid",
            "notes:write",
            MCP,
            "Not verified",
            "Desk",
        ] {
            assert!(body.contains(shown), "{shown} in {body}");
        }
    }
    let body = page(&s, &published, &[]).await.body;
    for shown in [
        "An editor",
        "Published by editor.client.test",
        "c.test",
        MCP,
    ] {
        assert!(body.contains(shown), "{shown} in {body}");
    }
    assert!(!body.contains("Not verified"), "{body}");
}

/// The names of the tags of a page, in order.
fn tags(page: &str) -> Vec<String> {
    let tags = page.split('<').skip(1);
    let name = |tag: &str| {
        let end = tag.find(|c: char| c.is_whitespace() || c == '>');
        tag[..end.unwrap_or(tag.len())].to_ascii_lowercase()
    };
    tags.map(name).collect()
}

/// The names of the attributes, wherever they are.
fn attributes(page: &str) -> usize {
    let inside = page
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split_once('>'));
    inside.map(|(tag, _)| tag.matches('=').count()).sum()
}

async fn inert(setup: Setup) {
    let s = setup.start().await;
    let named = async |name: &str| {
        s.party(json!({
            "client_name": name,
            "redirect_uris": [C_CB],
            "logo_uri": "https://logo.test/canary.png",
            "client_uri": "https://home.test/canary",
        }))
        .await
    };
    let plain = page(&s, &named("plain").await, &[]).await.body;
    for name in [
        "\"><script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "{{7*7}}",
        "javascript:alert(1)",
        "</textarea></title></style>",
        "' onmouseover='alert(1)",
        "<a href=https://x.test>here</a>",
        "&lt;b&gt;",
    ] {
        let client = named(name).await;
        for changes in [&[][..], &[("state", name)], &[("nonce", name), ("x", name)]] {
            let body = page(&s, &client, changes).await.body;
            assert_eq!(tags(&body), tags(&plain), "{name}: {body}");
            assert_eq!(attributes(&body), attributes(&plain), "{name}: {body}");
            for outside in ["logo.test", "home.test"] {
                assert!(!body.contains(outside), "{outside} in {body}");
            }
        }
    }
    let client = named("{{7*7}}").await;
    assert!(
        page(&s, &client, &[]).await.body.contains("{{7*7}}"),
        "shown as it is"
    );
    for value in ["\"><script>alert(1)</script>", "<svg onload=x>"] {
        for name in ["client_id", "redirect_uri"] {
            let attempt = client.az(&[(name, value)]);
            let refused = s.expect(name, client.open(&attempt), Page(400)).await;
            for raw in ["<script", "<svg"] {
                assert!(!refused.body.contains(raw), "{refused:?}");
            }
        }
    }
}

async fn borrowed_names(setup: Setup) {
    let uri = "https://xn--80ak6aa92e.test/cb";
    let s = setup
        .start_with(|server| server.allowed_redirect_uri_patterns([uri, "http://127.0.0.1:*"]))
        .await;
    let client = s
        .party(json!({"client_name": "Claude", "redirect_uris": [uri]}))
        .await;
    let body = page(&s, &client, &[]).await.body;
    for shown in [
        "Not verified",
        "<strong>xn--80ak6aa92e.test</strong>",
        "Look at the address",
    ] {
        assert!(body.contains(shown), "{shown} in {body}");
    }
    assert!(body.is_ascii() || !body.contains("\u{430}"), "{body}");
}

async fn cookies(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let shown = browser.get(c.az(&[]).url.as_str()).await;
    let set: Vec<_> = shown.headers.get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 1, "{shown:?}");
    let set = set[0].to_str().unwrap();
    let mut parts = set.split("; ");
    let pair = parts.next().unwrap();
    let mut attributes: Vec<_> = parts.collect();
    attributes.sort_unstable();
    assert!(pair.starts_with("__Host-"), "{set}");
    let age = attributes.iter().find_map(|it| it.strip_prefix("Max-Age="));
    assert!(
        age.is_some_and(|age| age.parse::<u32>().unwrap() <= 600),
        "{set}"
    );
    attributes.retain(|it| !it.starts_with("Max-Age="));
    assert_eq!(
        attributes,
        ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"],
        "{set}"
    );
    // The same value under a name that another host could have set.
    let form = tests::form::Form::find(&shown.body).expect("a form");
    let body = tests::http::encode(&form.pressed(Some("approve")));
    for (case, cookie, status) in [
        ("no prefix", pair.replace("__Host-", ""), 403),
        ("__Secure-", pair.replace("__Host-", "__Secure-"), 403),
        ("another case", pair.replace("__Host-", "__host-"), 403),
        ("the cookie", pair.to_owned(), 303),
    ] {
        let headers = [
            ("content-type", tests::http::FORM),
            ("accept", "text/html"),
            ("cookie", cookie.as_str()),
        ];
        let answer = s
            .send("POST", "/oauth/consent", &headers, body.clone())
            .await;
        Status(status).of(case, &answer);
        if status == 403 {
            Page(403).of(case, &answer);
        }
    }
}

async fn a_dozen_times(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let browser = s.browser();
    let attempt = c.az(&[]);
    let first = browser.get(attempt.url.as_str()).await;
    for _ in 0..11 {
        let again = browser.get(attempt.url.as_str()).await;
        h_set("again", &again);
    }
    let cookies = browser.cookies(&s.nodes_url()).unwrap_or_default();
    assert!(cookies.split("; ").count() <= 10, "{cookies}");
    assert!(cookies.len() < 8192, "{} bytes", cookies.len());
    let answer = browser.press(&first, Some("approve"), |_| {}).await;
    let called = browser.follow(answer, C_CB).await.client();
    let code = tests::http::parameter(&called, "code").expect("a code");
    Status(200).of("the first page", &c.redeem(&attempt, &code).await);
}

async fn warned_of_this_machine(setup: Setup) {
    let s = setup.start().await;
    let url = "https://native.client.test/app";
    let native = s.published(url);
    let mut document = crate::publisher::document(url);
    document["redirect_uris"] = json!(["http://127.0.0.1/cb", "http://localhost/cb"]);
    s.publisher.publish(url, &document);
    let body = page(&s, &native, &[("redirect_uri", "http://127.0.0.1:4000/cb")])
        .await
        .body;
    assert!(body.contains("runs on your own computer"), "{body}");
    let other = s.published("https://web.client.test/app");
    let body = page(&s, &other, &[]).await.body;
    assert!(!body.contains("runs on your own computer"), "{body}");
}
