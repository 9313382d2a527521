//! Those who ask too much: what they may, and that others do not notice.

use std::time::{Duration, Instant};

use fastmcp::limits::{Quota, RateLimits};
use futures_util::future::join_all;
use serde_json::json;
use tests::http::{Answer, FORM, Http, encode, parameter};
use tests::world::{Kind, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::case::{cases, rounds};
use crate::cbk::returning;
use crate::outcome::{E, Page, Status};
use crate::party::basic;
use crate::setup::{S, Setup, registration};

cases! {
    "REG-25" Alone a_flood_of_registrations,
    "DOS-01" Alone slow_connections,
    "DOS-02" Each approvals,
    "DOS-03" Each guesses,
}

/// An address of somebody, from whom nothing comes but what a case says.
fn address(number: usize) -> String {
    format!("203.0.113.{number}")
}

/// A server behind a proxy, which says who asks.
async fn behind_a_proxy(setup: &Setup, limits: RateLimits) -> S {
    let configure = |server: fastmcp::server::Server| {
        let server = server.trusted_proxies(["127.0.0.0/8", "::1"]);
        server.rate_limits(limits)
    };
    setup.start_with(configure).await
}

/// How long to wait, of an answer that says so in whole seconds.
fn wait(case: &str, answer: &Answer) -> u64 {
    let wait = answer.header("retry-after").and_then(|it| it.parse().ok());
    wait.filter(|wait| (1..=60).contains(wait))
        .unwrap_or_else(|| panic!("{case}: {answer:?}"))
}

async fn a_flood_of_registrations(setup: Setup) {
    let s = behind_a_proxy(&setup, RateLimits::default()).await;
    let body = registration(json!({})).to_string();
    let register = async |from: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("x-forwarded-for", from),
        ];
        let sent = s.send("POST", "/oauth/register", &headers, body.as_str());
        sent.await
    };
    let (flood, other) = (address(1), address(2));
    let before = s.home.store.writes();
    let mut taken = 0;
    for _ in 0..10 {
        for answer in join_all((0..100).map(|_| register(&flood))).await {
            if answer.status == 201 {
                taken += 1;
                continue;
            }
            E(429, "temporarily_unavailable").of("a flood", &answer);
            wait("a flood", &answer);
        }
    }
    assert_eq!(taken, 20, "the quota of a minute");
    assert_eq!(s.home.store.writes() - before, 20, "writes");
    let began = Instant::now();
    Status(201).of("another address", &register(&other).await);
    let took = began.elapsed();
    assert!(took < Duration::from_millis(100), "another waits {took:?}");
}

/// How long 99 of 100 answers took at most.
async fn paces(http: &Http, url: &str) -> Duration {
    let mut all = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        Status(200).of("another client", &http.get(url).await);
        all.push(began.elapsed());
    }
    all.sort_unstable();
    all[all.len() * 99 / 100]
}

/// Sends `head`, then `more` every second, until the server closes; gives how long that took.
async fn hold(stream: TcpStream, head: &'static [u8], more: &'static [u8]) -> Duration {
    let began = Instant::now();
    let (mut reader, mut writer) = stream.into_split();
    let mut rest = Vec::new();
    let writing = async {
        let mut sent = writer.write_all(head).await;
        while sent.is_ok() && !more.is_empty() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            sent = writer.write_all(more).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = reader.read_to_end(&mut rest) => {}
        () = writing => {}
        () = tokio::time::sleep(Duration::from_mins(1)) => {}
    }
    began.elapsed()
}

/// The head of a body that is announced.
const BODY: &[u8] = b"POST /oauth/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\
    content-type: application/x-www-form-urlencoded\r\n\r\n";

async fn slow_connections(setup: Setup) {
    let world = World::start(Kind::Memory).await;
    let (http, health) = (Http::new(), world.server.at("/health"));
    let alone = paces(&http, &health).await;
    let to = world.server.base().trim_start_matches("http://").to_owned();
    // As many in all as a server holds by itself.
    let many = 4_950;
    let kinds: [(usize, &[u8], &[u8], u64); 4] = [
        (many, b"", b"", 10),
        (many, b"GET /health HTTP/1.1\r\nx: ", b"", 10),
        (50, b"GET /health HTTP/1.1\r\nx: ", b"y", 10),
        (50, BODY, b"a", 30),
    ];
    let mut held = Vec::new();
    for (count, head, more, limit) in kinds {
        for _ in 0..count {
            let stream = TcpStream::connect(&to).await.expect("a connection");
            held.push((limit, tokio::spawn(hold(stream, head, more))));
        }
    }
    let beside = paces(&http, &health).await;
    let most = Duration::from_millis(200).max(3 * alone);
    assert!(beside < most, "99 of 100: {beside:?}, and {alone:?} alone");
    for (limit, held) in held {
        let took = held.await.expect("a connection");
        let most = Duration::from_secs(limit + 10);
        assert!(took < most, "open for {took:?}, of {limit} s");
    }
    world.check_good_flow().await;
    drop(setup);
}

async fn approvals(setup: Setup) {
    let each = RateLimits {
        approvals: Some(Quota::per_minute(5)),
        ..RateLimits::OFF
    };
    let all = RateLimits {
        all_approvals: Some(Quota::per_minute(5)),
        ..RateLimits::OFF
    };
    for limits in [each, all] {
        let s = behind_a_proxy(&setup, limits).await;
        let c = s.c().await;
        let under_way = returning(&s, &c).await;
        let records = s.home.store.records().await.len();
        let (mut begun, mut refused) = (0, 0);
        for _ in 0..20 {
            let browser = s.browser();
            let page = browser.get(c.az(&[]).url.as_str()).await;
            let answer = browser.press(&page, Some("approve"), |_| {}).await;
            if answer.location().is_some() {
                begun += 1;
            } else {
                Page(503).of("one too many", &answer);
                wait("one too many", &answer);
                refused += 1;
            }
        }
        let most = 5 * s.ports.len();
        assert!(begun < most && refused > 0, "{begun} begun, {refused} not");
        let grown = s.home.store.records().await.len() - records;
        assert!(grown <= 2 * begun, "{grown} records of {begun} logins");
        let (browser, attempt, way) = under_way;
        let location = browser.get(way.as_str()).await.location();
        let code = parameter(&location.expect("a redirect"), "code").expect("a code");
        Status(200).of("one under way", &c.redeem(&attempt, &code).await);
        s.wait(60);
    }
}

async fn guesses(setup: Setup) {
    let limits = RateLimits {
        failures: Some(Quota::per_minute(60)),
        client_failures: Some(Quota::per_minute(100)),
        ..RateLimits::OFF
    };
    let s = behind_a_proxy(&setup, limits).await;
    let (c, k) = (s.c().await, s.k().await);
    let tokens = c.login().await;
    let wrong = basic(&k.id, "not the secret of this client, by far");
    let node = s.only(0);
    let guess = async |from: &str, number: usize| {
        let (name, value) = [("code", "code"), ("refresh_token", "token")][number % 2];
        let grant = ["authorization_code", "refresh_token"][number % 2];
        let value = format!("{value}-of-{number}-guesses");
        let mut form = vec![
            ("grant_type", grant),
            (name, value.as_str()),
            ("code_verifier", "v"),
            ("client_id", c.id.as_str()),
        ];
        let mut headers = vec![("content-type", FORM), ("x-forwarded-for", from)];
        if number % 3 == 2 {
            form.pop();
            headers.push(("authorization", wrong.as_str()));
        }
        let url = s.at("/oauth/token");
        node.send("POST", &url, &headers, encode(&form)).await
    };
    let mut heard = 0;
    for number in 0..rounds(200) {
        let answer = guess(&address(1), number).await;
        match answer.status {
            429 => {
                E(429, "temporarily_unavailable").of("a guess", &answer);
                wait("a guess", &answer);
            }
            status => {
                assert!(matches!(status, 400 | 401), "{answer:?}");
                heard += 1;
            }
        }
    }
    assert_eq!(heard, 60, "the quota of an address");
    // In the client's name, from everywhere: its own quota is used up.
    let mut told = 0;
    for number in 0..150 {
        let answer = guess(&address(10 + number), 6 * number + 1).await;
        told += usize::from(answer.status == 400);
    }
    assert!((1..=100).contains(&told), "{told} guesses from everywhere");
    // Nobody is locked out by that: neither the user nor the client.
    let next = crate::refresh::renewed(&c.only(0), &tokens).await;
    s.heard("a user of the client", &next.access).await;
    c.only(0).login().await;
    k.only(0).login().await;
    s.wait(61);
    let answer = guess(&address(1), 0).await;
    E(400, "invalid_grant").of("heard again", &answer);
}
