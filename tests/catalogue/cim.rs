//! Clients that are a URL: whose documents are asked for.

use std::time::Duration;

use serde_json::{Value, json};
use tests::http::Answer;

use crate::case::{cases, rounds};
use crate::outcome::{E, Html, Page, Status};
use crate::party::{C_CB, Party, X_CB};
use crate::publisher::{Act, REFUSING, SILENT, UNPROVEN, answer, document, json_answer};
use crate::setup::{S, Setup};

cases! {
    "CIM-01" Once unclean_urls,
    "CIM-02" Once own_addresses,
    "CIM-03" Once names_of_own_addresses,
    "CIM-05" Once redirects,
    "CIM-06" Once ports,
    "CIM-07" Once large_and_slow,
    "CIM-09" Once other_spellings,
    "CIM-10" Once incomplete,
    "CIM-11" Once secrets,
    "CIM-13" Each patterns,
    "CIM-14" Once reasons,
    "CIM-15" Once certificates,
    "CIM-17" Once crowds,
    "CIM-18" Each changes,
    "CIM-21" Once domains,
}

const URL: &str = "https://app.client.test/client.json";

/// Opens the authorization request of the client with this id.
async fn ask(s: &S, id: &str) -> Answer {
    let client = s.named(id);
    client.open(&client.az(&[])).await
}

async fn refused(s: &S, id: &str) {
    s.expect(id, ask(s, id), Page(400)).await;
}

/// The same of many, a few at a time: a refusal takes as long as the slowest answer may.
async fn all_refused(s: &S, ids: &[String]) {
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

async fn redirects(setup: Setup) {
    let s = setup.start().await;
    let mut ids = Vec::new();
    for status in [301, 302, 303, 307, 308] {
        for target in [
            "https://other.client.test/c",
            "http://127.0.0.1/",
            "/elsewhere",
        ] {
            let url = format!("https://app.client.test/r{status}{}", target.len());
            let head = format!(
                "HTTP/1.1 {status} Moved\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n"
            );
            s.publisher.act(&url, Act::Send(head.into_bytes()));
            ids.push(url);
        }
    }
    all_refused(&s, &ids).await;
    let names = s.publisher.resolved();
    assert!(
        names.iter().all(|name| name == "app.client.test"),
        "{names:?}"
    );
    let heads = s.publisher.heads();
    assert!(
        !heads.iter().any(|head| head.contains("/elsewhere")),
        "{heads:?}"
    );
}

async fn ports(setup: Setup) {
    let s = setup.start().await;
    for port in [22, 25, 80, 6379, 8443] {
        let url = format!("https://app.client.test:{port}/client.json");
        s.publisher.client(&url);
        refused(&s, &url).await;
    }
    s.no_fetch("ports");
    let s = setup
        .start_with(|server| server.client_id_metadata_ports([443, 8443]))
        .await;
    let url = "https://app.client.test:8443/client.json";
    s.published(url);
    Html(200).of("a port that was named", &ask(&s, url).await);
}

async fn large_and_slow(setup: Setup) {
    let s = setup.start().await;
    let mut large = document(URL);
    large["padding"] = json!("x".repeat(5121));
    let large = large.to_string();
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    let gzip = answer(
        "content-type: application/json\r\ncontent-encoding: gzip\r\n",
        "x",
    );
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n";
    let slow = Duration::from_millis(200);
    for (name, act) in [
        ("long", Act::Send(json_answer(&large))),
        ("chunked", Act::Send(chunked.into_bytes())),
        ("gzip", Act::Send(gzip)),
        ("slow", Act::Repeat(head.to_vec(), b" ".to_vec(), slow)),
        (
            "headers",
            Act::Repeat(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".to_vec(), slow),
        ),
    ] {
        let url = format!("https://app.client.test/{name}");
        s.publisher.act(&url, act);
        let began = std::time::Instant::now();
        refused(&s, &url).await;
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{name}: {:?}",
            began.elapsed()
        );
    }
    s.publisher.name("silent.client.test", &[SILENT]);
    let began = std::time::Instant::now();
    refused(&s, "https://silent.client.test/c").await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    for head in s.publisher.heads() {
        assert!(
            !head.to_ascii_lowercase().contains("accept-encoding"),
            "{head}"
        );
    }
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

async fn reasons(setup: Setup) {
    let s = setup.start().await;
    s.publisher.name("inside.client.test", &["10.0.0.1"]);
    s.publisher.name("refusing.client.test", &[REFUSING]);
    s.publisher.name("silent.client.test", &[SILENT]);
    let mut bodies = Vec::new();
    let mut times = Vec::new();
    for url in [
        "https://inside.client.test/c",
        "https://refusing.client.test/c",
        "https://silent.client.test/c",
        "https://app.client.test/nothing",
        &format!("https://{}/c", UNPROVEN[0]),
    ] {
        let began = std::time::Instant::now();
        let answer = ask(&s, url).await;
        times.push(began.elapsed());
        Page(400).of(url, &answer);
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "a reason is told: {bodies:?}");
    let (least, most) = (times.iter().min().unwrap(), times.iter().max().unwrap());
    assert!(
        *most - *least < Duration::from_secs(1),
        "time tells the reason: {times:?}"
    );
}

async fn certificates(setup: Setup) {
    let s = setup.start().await;
    for host in UNPROVEN {
        let url = format!("https://{host}/client.json");
        s.publisher.client(&url);
        refused(&s, &url).await;
    }
    assert!(s.publisher.heads().is_empty(), "something was asked");
}

async fn crowds(setup: Setup) {
    let s = setup.start().await;
    let slow = |url: &str| {
        Act::Wait(
            Duration::from_millis(300),
            json_answer(document(url).to_string()),
        )
    };
    s.publisher.act(URL, slow(URL));
    let all = (0..rounds(100)).map(|_| ask(&s, URL));
    for answer in futures_util::future::join_all(all).await {
        Html(200).of("one document", &answer);
    }
    assert_eq!(s.publisher.heads().len(), 1, "one document, one fetch");
    let urls: Vec<_> = (0..40)
        .map(|at| format!("https://app.client.test/m{at}"))
        .collect();
    for url in &urls {
        s.publisher.act(url, slow(url));
    }
    let all = urls.iter().map(|url| ask(&s, url));
    for answer in futures_util::future::join_all(all).await {
        assert!(matches!(answer.status, 200 | 429), "{answer:?}");
        if answer.status == 429 {
            Page(429).of("busy", &answer);
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        }
    }
    assert!(s.publisher.most() <= 8, "{} at once", s.publisher.most());
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
