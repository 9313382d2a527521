//! Clients that are a URL: what a host can do to the server that asks it.

use std::time::Duration;

use serde_json::json;

use crate::case::{cases, rounds};
use crate::cim::{URL, all_refused, ask, refused};
use crate::outcome::{Html, Page};
use crate::publisher::{Act, REFUSING, SILENT, UNPROVEN, answer, document, json_answer};
use crate::setup::Setup;

cases! {
    "CIM-05" Once redirects,
    "CIM-06" Once ports,
    "CIM-07" Once large_and_slow,
    "CIM-14" Once reasons,
    "CIM-15" Once certificates,
    "CIM-17" Once crowds,
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
        most.abs_diff(*least) < Duration::from_secs(1),
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
    // By one client: each browser of its own takes time to make, in which others wait to be heard.
    let (http, accept) = (&s.http, [("accept", "text/html")]);
    let ask = |id: &str| {
        let url = s.named(id).az(&[]).url;
        async move { http.send("GET", url.as_str(), &accept, "").await }
    };
    let all = (0..rounds(100)).map(|_| ask(URL));
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
    let all = urls.iter().map(|url| ask(url));
    for answer in futures_util::future::join_all(all).await {
        assert!(matches!(answer.status, 200 | 429), "{answer:?}");
        if answer.status == 429 {
            Page(429).of("busy", &answer);
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        }
    }
    assert!(s.publisher.most() <= 8, "{} at once", s.publisher.most());
}
