//! What a host can do to whom fetches from it, and how far it gets.

use std::time::Duration;

use fastmcp::parts::Failure;
use fastmcp::spec::ClientIdUrl;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::Instant;

use crate::published::TIME;
use crate::publisher::{Act, Publisher, REFUSING, SILENT, UNPROVEN, answer, document, json_answer};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// A redirect of `status` to `target`.
fn moved(status: u16, target: &str) -> Act {
    let head = format!("HTTP/1.1 {status} Moved\r\nlocation: {target}\r\n");
    Act::Send(format!("{head}content-length: 0\r\n\r\n").into_bytes())
}

/// `document` with spaces up to `length` bytes.
fn padded(document: &Value, length: usize) -> String {
    let text = document.to_string();
    let spaces = " ".repeat(length - text.len());
    text + &spaces
}

fn chunked(body: &str) -> Vec<u8> {
    let length = body.len();
    let head = "transfer-encoding: chunked\r\n\r\n";
    let body = format!("{head}{length:x}\r\n{body}\r\n0\r\n\r\n");
    [HEAD, body.as_bytes()].concat()
}

fn with_head(rest: &str) -> Vec<u8> {
    [HEAD, rest.as_bytes()].concat()
}

async fn fetch(publisher: &Publisher, url: &str) -> Option<Failure> {
    let url = ClientIdUrl::parse(url).unwrap();
    // A turn of its own: that there are few is another test.
    let foreign = publisher.foreign().within(TIME);
    foreign.get(&url).await.err()
}

/// What a host can send, and how it is taken.
fn acts() -> Vec<(&'static str, Act, Option<Failure>)> {
    let good = document("https://app.client.test/c");
    let gzip = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    let html = "content-type: text/html\r\n";
    let slow = Duration::from_millis(50);
    let at_once = Duration::ZERO;
    let again = |text: &str| text.as_bytes().to_vec();
    let status = Some(Failure::Status);
    let size = Some(Failure::Size);
    let broken = Some(Failure::Broken);
    let late = Some(Failure::Late);
    let length = with_head("content-length: 400\r\n\r\n");
    let whole = Act::Send(json_answer(padded(&good, 5120)));
    let too_long = Act::Send(json_answer(padded(&good, 5121)));
    let endless = with_head("transfer-encoding: chunked\r\n\r\n");
    vec![
        ("CIM-05 301", moved(301, "https://b.client.test/c"), status),
        ("CIM-05 302", moved(302, "https://10.0.0.1/c"), status),
        ("CIM-05 303", moved(303, "/moved"), status),
        ("CIM-05 307", moved(307, "https://b.client.test/c"), status),
        ("CIM-05 308", moved(308, "/moved"), status),
        ("5,120 bytes", whole, None),
        (
            "5,120 in chunks",
            Act::Send(chunked(&padded(&good, 5120))),
            None,
        ),
        ("CIM-07 length", too_long, size),
        (
            "CIM-07 chunked",
            Act::Send(chunked(&padded(&good, 5121))),
            size,
        ),
        (
            "CIM-07 endless",
            Act::Repeat(
                endless,
                again(&format!("100\r\n{}\r\n", "x".repeat(256))),
                at_once,
            ),
            size,
        ),
        (
            "CIM-07 gzip",
            Act::Send(answer(gzip, [0x1f, 0x8b, 8, 0])),
            Some(Failure::Type),
        ),
        (
            "CIM-07 slow body",
            Act::Repeat(length.clone(), again(" "), slow),
            late,
        ),
        (
            "CIM-07 slow head",
            Act::Repeat(HEAD.to_vec(), again("x"), slow),
            late,
        ),
        (
            "CIM-07 fields",
            Act::Repeat(HEAD.to_vec(), again(&"x: y\r\n".repeat(100)), at_once),
            broken,
        ),
        (
            "CIM-07 field",
            Act::Repeat(with_head("x: "), vec![b'y'; 512], at_once),
            broken,
        ),
        ("CIM-07 late", Act::Wait(TIME * 3, json_answer("{}")), late),
        (
            "no HTTP",
            Act::Send(again("220 smtp.client.test ESMTP\r\n")),
            broken,
        ),
        (
            "broken off",
            Act::Send([&length[..], b"{"].concat()),
            broken,
        ),
        (
            "another type",
            Act::Send(answer(html, good.to_string())),
            Some(Failure::Type),
        ),
        (
            "no content",
            Act::Send(again("HTTP/1.1 204 No Content\r\n\r\n")),
            status,
        ),
    ]
}

#[tokio::test]
async fn a_host_gets_no_further_than_one_small_answer() {
    let publisher = Publisher::start().await;
    publisher.client("https://app.client.test/moved");
    let acts = acts();
    for (at, (_, act, _)) in acts.iter().enumerate() {
        publisher.act(&format!("https://app.client.test/{at}"), act.clone());
    }
    let begun = Instant::now();
    let fetched = (0..acts.len())
        .map(async |at| fetch(&publisher, &format!("https://app.client.test/{at}")).await);
    for (found, (name, _, wanted)) in join_all(fetched).await.iter().zip(&acts) {
        assert_eq!(found, wanted, "{name}");
    }
    assert!(begun.elapsed() < TIME * 2);
    // Each was asked once, and nothing that one of them pointed at.
    assert_eq!(publisher.dialled().len(), acts.len());
    let hosts = publisher.resolved();
    assert!(
        hosts.iter().all(|host| host == "app.client.test"),
        "{hosts:?}"
    );
    let heads = publisher.heads();
    assert!(
        !heads.iter().any(|head| head.starts_with("GET /moved")),
        "{heads:?}"
    );
}

#[tokio::test]
async fn a_host_must_prove_its_name_in_time() {
    let publisher = Publisher::start().await;
    publisher.name("silent.client.test", &[SILENT]);
    publisher.name("refusing.client.test", &[REFUSING]);
    publisher.name("both.client.test", &[REFUSING, "93.184.215.14"]);
    publisher.name("inside.client.test", &["93.184.215.14", "10.0.0.1"]);
    publisher.name("nowhere.client.test", &[]);
    publisher.client("https://both.client.test/c");
    let tls = Some(Failure::Tls);
    let rows = [
        ("CIM-15", UNPROVEN[0], tls),
        ("CIM-15", UNPROVEN[1], tls),
        ("CIM-15", UNPROVEN[2], tls),
        ("CIM-07 stall", "silent.client.test", Some(Failure::Late)),
        (
            "CIM-14 refused",
            "refusing.client.test",
            Some(Failure::Connect),
        ),
        (
            "CIM-03 one inside",
            "inside.client.test",
            Some(Failure::Address),
        ),
        ("no address", "nowhere.client.test", Some(Failure::Name)),
        ("the second answers", "both.client.test", None),
    ];
    let fetched = rows
        .iter()
        .map(async |(_, host, _)| fetch(&publisher, &format!("https://{host}/c")).await);
    for (found, (row, host, wanted)) in join_all(fetched).await.iter().zip(&rows) {
        assert_eq!(found, wanted, "{row} {host}");
    }
    let inside = |address: &std::net::SocketAddr| address.ip().to_string().starts_with("10.");
    assert!(!publisher.dialled().iter().any(inside));
}
