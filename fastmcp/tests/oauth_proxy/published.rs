//! Clients whose id is a URL. The rows of the tables are named as in the catalogue of attacks.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::store::MemoryStore;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::Instant;

use crate::publisher::{Act, Publisher, REFUSING, UNPROVEN, document, json_answer};
use crate::support::*;

pub(crate) const URL: &str = "https://app.client.test/client.json";

/// Long enough for an answer over loopback on a busy machine, and not worth waiting for.
pub(crate) const TIME: Duration = Duration::from_millis(1500);

pub(crate) async fn fixture(
    change: impl FnOnce(&mut fastmcp::oauth::ProxyOptions),
) -> (Publisher, Server) {
    let publisher = Publisher::start().await;
    let foreign = publisher.foreign().within(TIME);
    let store = Arc::new(MemoryStore::new());
    let server = server_within(foreign, store, &fresh_keys(), change).await;
    (publisher, server)
}

/// The answers to a browser that comes with each of `ids`, all at once or, where more would be
/// refused for their number, a few at a time.
pub(crate) async fn ask(server: &Server, ids: &[String]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for some in ids.chunks(8) {
        let asked = some.iter().map(async |id| {
            let browser = Browser::new(server);
            browser.get(&authorize_url(id, &[])).await
        });
        answers.extend(join_all(asked).await);
    }
    answers
}

pub(crate) fn redemption<'a>(client: &'a str, code: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT),
    ]
}

pub(crate) fn renewal<'a>(client: &'a str, tokens: &'a Value) -> [(&'a str, &'a str); 3] {
    [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ]
}

#[tokio::test]
async fn a_url_is_a_client_from_the_page_to_the_refresh() {
    let (publisher, server) = fixture(|_| ()).await;
    publisher.client(URL);
    assert_eq!(
        server.proxy.metadata()["client_id_metadata_document_supported"],
        true
    );
    let browser = Browser::new(&server);
    let page = browser.get(&authorize_url(URL, &[])).await;
    page.is_page(200);
    for shown in [
        "An editor",
        "Published by app.client.test",
        "<strong>c.test</strong>",
        URL,
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let code = browser.login(&authorize_url(URL, &[])).await;
    let tokens = server.token(&redemption(URL, &code)).await.json();
    let renewed = server.token(&renewal(URL, &tokens)).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    // One document was asked for, plainly.
    let heads = publisher.heads();
    assert_eq!(heads.len(), 1, "{heads:?}");
    let head = heads[0].to_ascii_lowercase();
    assert!(head.starts_with("get /client.json http/1.1\r\n"), "{head}");
    assert!(head.contains("host: app.client.test\r\n"), "{head}");
    for absent in ["accept-encoding", "cookie", "authorization", "referer"] {
        assert!(!head.contains(absent), "{head}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_client_is_refused_and_nobody_is_asked() {
    let (publisher, server) = fixture(|options| {
        options.client_id_metadata.denied_domains = vec!["denied.test".to_owned()];
    })
    .await;
    let long = format!("https://app.client.test/{}", "x".repeat(2049 - 24));
    let ids = [
        ("CIM-01", "http://app.client.test/c"),
        ("CIM-01", "https://app.client.test"),
        ("CIM-01", "https://app.client.test/"),
        ("CIM-01", "https://app.client.test/c#f"),
        ("CIM-01", "https://u:p@app.client.test/c"),
        ("CIM-01", "https://app.client.test/./c"),
        ("CIM-01", "https://app.client.test/a/../c"),
        ("CIM-01", "https://app.client.test/%2e%2e/c"),
        ("CIM-01", "https://app.client.test\\c"),
        ("CIM-01", "https://app.client.test/a c"),
        ("CIM-01", "https:/app.client.test/c"),
        ("CIM-01", "https:app.client.test"),
        ("CIM-01", &long),
        ("CIM-02", "https://127.0.0.1/c"),
        ("CIM-02", "https://localhost/c"),
        ("CIM-02", "https://[::1]/c"),
        ("CIM-02", "https://10.0.0.1/c"),
        ("CIM-02", "https://169.254.169.254/latest/meta-data"),
        ("CIM-02", "https://100.64.0.1/c"),
        ("CIM-02", "https://0.0.0.0/c"),
        ("CIM-02", "https://192.0.2.1/c"),
        ("CIM-02", "https://198.18.0.1/c"),
        ("CIM-02", "https://[fc00::1]/c"),
        ("CIM-02", "https://[fe80::1]/c"),
        ("CIM-02", "https://2130706433/c"),
        ("CIM-02", "https://0177.0.0.1/c"),
        ("CIM-02", "https://0x7f000001/c"),
        ("CIM-02", "https://1.1.1.1/c"),
        ("CIM-06", "https://app.client.test:22/c"),
        ("CIM-06", "https://app.client.test:25/c"),
        ("CIM-06", "https://app.client.test:6379/c"),
        ("CIM-06", "https://app.client.test:8443/c"),
        ("CIM-09", "https://app.client.test:443/c"),
        ("CIM-09", "https://APP.client.test/c"),
        ("CIM-21", "https://denied.test/c"),
        ("CIM-21", "https://below.denied.test/c"),
    ];
    let asked = ids.iter().map(async |(row, id)| {
        let answer = Browser::new(&server).get(&authorize_url(id, &[])).await;
        assert_eq!(answer.status, 400, "{row} {id}: {}", answer.body);
        answer.is_page(400);
    });
    join_all(asked).await;
    assert_eq!(publisher.resolved(), Vec::<String>::new());
    assert_eq!(server.upstream.count(), 0);
}

#[tokio::test]
async fn one_address_that_is_not_public_is_enough_to_dial_none() {
    let (publisher, server) = fixture(|_| ()).await;
    let rows: &[(&str, &[&str])] = &[
        ("CIM-03", &["127.0.0.1"]),
        ("CIM-03", &["10.0.0.1"]),
        ("CIM-03", &["169.254.169.254"]),
        ("CIM-03", &["93.184.215.14", "192.168.1.1"]),
        ("CIM-03", &["2606:4700:4700::1111", "fd00::1"]),
        ("CIM-03", &["::ffff:10.0.0.1"]),
        ("CIM-03", &["64:ff9b::a9fe:a9fe"]),
        ("CIM-03", &["64:ff9b:1::a00:1"]),
        ("CIM-03", &["2002:a9fe:a9fe::1"]),
        ("CIM-03", &["::7f00:1"]),
        ("CIM-03", &["::ffff:0:7f00:1"]),
        ("CIM-03", &["2a00:1450:4001:830:0:5efe:192.168.1.1"]),
        ("no address", &[]),
    ];
    let mut ids = Vec::new();
    for (at, (_, addresses)) in rows.iter().enumerate() {
        let host = format!("n{at}.client.test");
        publisher.name(&host, addresses);
        let id = format!("https://{host}/c");
        publisher.client(&id);
        ids.push(id);
    }
    for (answer, row) in ask(&server, &ids).await.iter().zip(rows) {
        assert_eq!(answer.status, 400, "{row:?}");
    }
    assert_eq!(publisher.resolved().len(), rows.len());
    assert_eq!(publisher.dialled(), []);
}

/// A member of the document and what it holds, as JSON; `ID` stands for the client's own id, and `AT` for
/// the number at its end.
type Member = (&'static str, &'static str, &'static str);

/// What a document can hold that no client of this server may publish.
const UNFIT: &[Member] = &[
    ("CIM-09 slash", "client_id", r#""ID/""#),
    (
        "CIM-09 port",
        "client_id",
        r#""https://app.client.test:443/dAT""#,
    ),
    (
        "CIM-09 case",
        "client_id",
        r#""https://APP.client.test/dAT""#,
    ),
    (
        "CIM-09 encoding",
        "client_id",
        r#""https://app.client.test/%64AT""#,
    ),
    (
        "CIM-09 other",
        "client_id",
        r#""https://b.client.test/dAT""#,
    ),
    ("CIM-09 none", "client_id", "null"),
    ("CIM-10 no name", "client_name", "null"),
    ("CIM-10 no text", "client_name", "7"),
    ("CIM-10 blank", "client_name", r#"" ""#),
    ("CIM-10 no uris", "redirect_uris", "null"),
    ("CIM-10 empty", "redirect_uris", "[]"),
    ("CIM-10 no list", "redirect_uris", r#""https://c.test/cb""#),
    ("CIM-10 no texts", "redirect_uris", "[7]"),
    ("CIM-11 secret", "client_secret", r#""s""#),
    ("CIM-11 null", "client_secret", "null"),
    ("CIM-11 expiry", "client_secret_expires_at", "0"),
    (
        "CIM-11 basic",
        "token_endpoint_auth_method",
        r#""client_secret_basic""#,
    ),
    (
        "CIM-11 post",
        "token_endpoint_auth_method",
        r#""client_secret_post""#,
    ),
    (
        "CIM-11 jwt",
        "token_endpoint_auth_method",
        r#""client_secret_jwt""#,
    ),
    (
        "CIM-11 key",
        "jwks",
        r#"{"keys":[{"kty":"EC","x":"x","y":"y","d":"d"}]}"#,
    ),
    (
        "CIM-11 symmetric",
        "jwks",
        r#"{"keys":[{"kty":"oct","k":"k"}]}"#,
    ),
    (
        "CIM-13 not allowed",
        "redirect_uris",
        r#"["https://elsewhere.test/cb"]"#,
    ),
    (
        "CIM-13 cleartext",
        "redirect_uris",
        r#"["https://c.test/cb","http://c.test/cb"]"#,
    ),
    (
        "CIM-13 scheme",
        "redirect_uris",
        r#"["https://c.test/cb","editor://callback/x"]"#,
    ),
    ("web page", "client_uri", r#""javascript:alert(1)""#),
];

/// What it can hold beside what it must.
const FIT: &[Member] = &[
    ("as it is", "client_id", r#""ID""#),
    ("no method", "token_endpoint_auth_method", "null"),
    ("unknown members", "canary", r#"{"a":[1]}"#),
    (
        "a public key",
        "jwks",
        r#"{"keys":[{"kty":"EC","x":"x","y":"y"}]}"#,
    ),
    (
        "another server's",
        "redirect_uris",
        r#"["https://elsewhere.test/cb","https://c.test/cb"]"#,
    ),
];

/// Publishes a document with this member, and gives the client's id.
fn publish(publisher: &Publisher, (_, member, json): &Member, at: usize) -> String {
    let id = format!("https://app.client.test/d{at}");
    let json = json.replace("ID", &id).replace("AT", &at.to_string());
    let mut document = document(&id);
    document[*member] = serde_json::from_str(&json).unwrap();
    publisher.publish(&id, &document);
    id
}

#[tokio::test]
async fn a_document_that_does_not_fit_is_no_client() {
    let (publisher, server) = fixture(|options| {
        let patterns = options.allowed_redirect_uri_patterns.as_mut().unwrap();
        patterns.push("editor://callback/*".to_owned());
    })
    .await;
    let members = UNFIT.iter().enumerate();
    let ids = members.map(|(at, member)| publish(&publisher, member, at));
    let mut ids: Vec<_> = ids.collect();
    for bad in ["[]", "{", "{} {}", r#"{"client_id":"a","client_id":"b"}"#] {
        let id = format!("https://app.client.test/d{}", ids.len());
        publisher.act(&id, Act::Send(json_answer(bad)));
        ids.push(id);
    }
    let names = UNFIT.iter().map(|(name, ..)| *name).chain(["no object"; 4]);
    for (answer, name) in ask(&server, &ids).await.iter().zip(names) {
        assert_eq!(answer.status, 400, "{name}: {}", answer.body);
        answer.is_page(400);
    }
    assert_eq!(publisher.dialled().len(), ids.len());
}

#[tokio::test]
async fn a_document_that_fits_is_a_client() {
    let (publisher, server) = fixture(|_| ()).await;
    for (at, member) in FIT.iter().enumerate() {
        let id = publish(&publisher, member, at);
        let name = member.0;
        let answer = Browser::new(&server).get(&authorize_url(&id, &[])).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        // CIM-13: where it was read and where access will go are two hosts, and both are shown.
        let hosts = ["app.client.test", "<strong>c.test</strong>"];
        assert!(
            hosts.iter().all(|host| answer.body.contains(host)),
            "{name}"
        );
        let elsewhere = [("redirect_uri", Some("https://elsewhere.test/cb"))];
        let answer = Browser::new(&server)
            .get(&authorize_url(&id, &elsewhere))
            .await;
        answer.is_page(400);
    }
}

#[tokio::test]
async fn a_refusal_does_not_tell_its_reason_by_words_or_time() {
    let (publisher, server) = fixture(|_| ()).await;
    publisher.name("blocked.client.test", &["10.0.0.1"]);
    publisher.name("refused.client.test", &[REFUSING]);
    publisher.name("nowhere.client.test", &[]);
    publisher.act(
        "https://page.client.test/page",
        Act::Send(json_answer("{}")),
    );
    let mut ids = [
        "https://10.0.0.1/c",
        "https://blocked.client.test/c",
        "https://refused.client.test/c",
        "https://nowhere.client.test/c",
        "https://absent.client.test/absent",
        "https://page.client.test/page",
        "https://port.client.test:22/c",
    ]
    .map(str::to_owned)
    .to_vec();
    ids.push(format!("https://{}/c", UNPROVEN[0]));
    // Asked a second time, they are known: that must not show either.
    for _ in 0..2 {
        let asked = ids.iter().map(async |id| {
            let begun = Instant::now();
            let answer = Browser::new(&server).get(&authorize_url(id, &[])).await;
            (answer, begun.elapsed())
        });
        let answers = join_all(asked).await;
        let bodies = answers.iter().map(|(answer, _)| &answer.body);
        let bodies: std::collections::BTreeSet<_> = bodies.collect();
        assert_eq!(bodies.len(), 1, "{bodies:#?}");
        for ((answer, time), id) in answers.iter().zip(&ids) {
            answer.is_page(400);
            assert!(*time >= TIME && *time < TIME * 2, "{id}: {time:?}");
        }
    }
    // A program gets the same as JSON.
    let program = server
        .call(http::Method::GET, &authorize_url(&ids[1], &[]))
        .await;
    assert_eq!(program.error(), (400, "invalid_client".to_owned()));
    assert_eq!(server.upstream.count(), 0);
}
