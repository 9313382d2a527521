//! Clients that are a URL: whose documents are asked for.

use serde_json::{Value, json};
use tests::http::Answer;

use crate::case::cases;
use crate::outcome::{E, Html, Page, Status};
use crate::party::{C_CB, Party, X_CB};
use crate::publisher::document;
use crate::setup::{S, Setup};

cases! {
    "CIM-01" Once unclean_urls,
    "CIM-02" Once own_addresses,
    "CIM-03" Once names_of_own_addresses,
    "CIM-09" Once other_spellings,
    "CIM-10" Once incomplete,
    "CIM-11" Once secrets,
    "CIM-13" Each patterns,
    "CIM-18" Each changes,
    "CIM-21" Once domains,
}

pub(crate) const URL: &str = "https://app.client.test/client.json";

/// Opens the authorization request of the client with this id.
pub(crate) async fn ask(s: &S, id: &str) -> Answer {
    let client = s.named(id);
    client.open(&client.az(&[])).await
}

pub(crate) async fn refused(s: &S, id: &str) {
    s.expect(id, ask(s, id), Page(400)).await;
}

/// The same of many, a few at a time: a refusal takes as long as the slowest answer may.
pub(crate) async fn all_refused(s: &S, ids: &[String]) {
    let before = s.home.store.writes();
    for some in ids.chunks(6) {
        let asked = some.iter().map(|id| ask(s, id));
        let answers = futures_util::future::join_all(asked).await;
        for (id, answer) in some.iter().zip(answers) {
            Page(400).of(id, &answer);
        }
    }
    assert_eq!(s.home.store.writes(), before, "writes");
}

async fn unclean_urls(setup: Setup) {
    let s = setup.start().await;
    let long = format!("https://app.client.test/{}", "a".repeat(2049 - 24));
    for id in [
        "http://app.client.test/c",
        "https://app.client.test",
        "https://app.client.test#x",
        "https://app.client.test/c#x",
        "https://u@app.client.test/c",
        "https://u:p@app.client.test/c",
        "https://app.client.test/./c",
        "https://app.client.test/a/../c",
        "https://app.client.test/%2e%2e/c",
        "https://app.client.test\\c",
        "https://app.client.test/c d",
        "https:/app.client.test/x",
        "https:app.client.test",
        "https:///x",
        "https://app.client.test:/c",
        "https://app.client.test:99999/c",
        "ftp://app.client.test/c",
        &long,
    ] {
        refused(&s, id).await;
    }
    s.no_fetch("unclean URLs");
}

async fn own_addresses(setup: Setup) {
    let s = setup.start().await;
    let mut ids = Vec::new();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fc00::1]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "8.8.8.8",
        "localhost.",
        "a.localhost",
    ] {
        s.publisher.name(host, &["127.0.0.1"]);
        ids.push(format!("https://{host}/client.json"));
    }
    all_refused(&s, &ids).await;
    assert!(
        s.publisher.dialled().is_empty(),
        "{:?}",
        s.publisher.dialled()
    );
}

async fn names_of_own_addresses(setup: Setup) {
    let s = setup.start().await;
    let (public, mut ids) = ("93.184.215.14", Vec::new());
    for (number, addresses) in [
        &["127.0.0.1"][..],
        &["169.254.169.254"],
        &[public, "10.0.0.1"],
        &["10.0.0.1", public],
        &[public, public, "::1"],
        &["::ffff:10.0.0.1"],
        &["64:ff9b::a9fe:a9fe"],
        &["64:ff9b:1::a9fe:a9fe"],
        &["2002:a9fe:a9fe::1"],
        &["::7f00:1"],
        &["::ffff:0:7f00:1"],
        &["2606:2800:220::5efe:c0a8:101"],
        &["fe80::1"],
        &["fd00::1"],
        &["ff02::1"],
        &["2001:db8::1"],
        &[],
    ]
    .into_iter()
    .enumerate()
    {
        let host = format!("n{number}.client.test");
        s.publisher.name(&host, addresses);
        let url = format!("https://{host}/client.json");
        s.publisher.client(&url);
        ids.push(url);
    }
    all_refused(&s, &ids).await;
    assert!(
        s.publisher.dialled().is_empty(),
        "{:?}",
        s.publisher.dialled()
    );
}

async fn other_spellings(setup: Setup) {
    let s = setup.start().await;
    for id in [
        "https://app.client.test/client.json/",
        "https://app.client.test:443/client.json",
        "https://APP.client.test/client.json",
        "https://app.client.test/Client.json",
        "https://app.client.test/%63lient.json",
        "https://app.client.test//client.json",
        "https://app.client.test./client.json",
    ] {
        // Whatever is asked for there, the document says the plain URL.
        s.publisher.publish(id, &document(URL));
        refused(&s, id).await;
    }
    s.published(URL);
    Html(200).of("the id itself", &ask(&s, URL).await);
}

/// Each of these changes makes a document that describes no client.
async fn no_clients(setup: &Setup, changes: Vec<(&str, Value)>) {
    let s = setup.start().await;
    let mut ids = Vec::new();
    for (number, (name, value)) in changes.into_iter().enumerate() {
        let url = format!("https://app.client.test/c{number}");
        let mut document = document(&url);
        document[name] = value;
        let members = document.as_object_mut().unwrap();
        members.retain(|_, value| !value.is_null());
        s.publisher.publish(&url, &document);
        ids.push(url);
    }
    all_refused(&s, &ids).await;
    let good = "https://app.client.test/good";
    s.published(good);
    Html(200).of("good", &ask(&s, good).await);
}

async fn incomplete(setup: Setup) {
    let changes = vec![
        ("client_name", json!(null)),
        ("client_name", json!(7)),
        ("client_name", json!("")),
        ("redirect_uris", json!(null)),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(C_CB)),
        ("redirect_uris", json!([7])),
        ("client_id", json!(null)),
        ("client_id", json!(["x"])),
        ("grant_types", json!("authorization_code")),
    ];
    no_clients(&setup, changes).await;
}

async fn secrets(setup: Setup) {
    let private = json!({"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "d": "d"});
    let changes = vec![
        ("client_secret", json!("s")),
        ("client_secret_expires_at", json!(0)),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("token_endpoint_auth_method", json!("client_secret_jwt")),
        ("jwks", json!({ "keys": [private] })),
        ("jwks", json!({"keys": [{"kty": "oct", "k": "s"}]})),
    ];
    no_clients(&setup, changes).await;
}

async fn patterns(setup: Setup) {
    let s = setup.start().await;
    for (number, uri) in [
        "https://elsewhere.test/cb",
        "http://app.client.test/cb",
        "cursor://x/cb",
    ]
    .into_iter()
    .enumerate()
    {
        let url = format!("https://app.client.test/p{number}");
        let mut document = document(&url);
        document["redirect_uris"] = json!([uri]);
        s.publisher.publish(&url, &document);
        let client = s.published("https://app.client.test/other");
        let attempt = client.az(&[("client_id", &url), ("redirect_uri", uri)]);
        s.expect(uri, client.open(&attempt), Page(400)).await;
    }
    let client = s.published(URL);
    let page = client.open(&client.az(&[])).await;
    Html(200).of("another origin", &page);
    for host in ["app.client.test", "c.test"] {
        assert!(page.body.contains(host), "{host} in {page:?}");
    }
}

async fn changes(setup: Setup) {
    let s = setup.start().await;
    let client: Party = s.published(URL);
    let (attempt, code) = client.code().await;
    s.publisher.withdraw(URL);
    s.wait(30);
    let tokens = tests::client::Tokens::read(&client.redeem(&attempt, &code).await);
    let mut changed = document(URL);
    changed["redirect_uris"] = json!([X_CB]);
    changed["client_name"] = json!("Renamed");
    s.publisher.publish(URL, &changed);
    s.wait(120);
    Status(200).of("a refresh", &client.refresh(&tokens.refresh).await);
    let old = client.az(&[]);
    s.expect("the old address", client.open(&old), Page(400))
        .await;
    let new = client.az(&[("redirect_uri", X_CB)]);
    let page = client.open(&new).await;
    Html(200).of("the new one", &page);
    assert!(page.body.contains("Renamed"), "{page:?}");
    let program = s.http.send("GET", old.url.as_str(), &[], "").await;
    E(400, "invalid_request").of("a program", &program);
}

async fn domains(setup: Setup) {
    let allowed = setup
        .start_with(|server| server.client_id_metadata_allowed_domains(["client.test"]))
        .await;
    for id in [
        "https://other.test/c",
        "https://client.test.evil.test/c",
        "https://xclient.test/c",
    ] {
        allowed.publisher.client(id);
        refused(&allowed, id).await;
    }
    allowed.no_fetch("other domains");
    allowed.published(URL);
    Html(200).of("allowed", &ask(&allowed, URL).await);
    let denied = setup
        .start_with(|server| server.client_id_metadata_denied_domains(["client.test"]))
        .await;
    refused(&denied, URL).await;
    denied.no_fetch("denied domains");
}
