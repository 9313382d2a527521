//! Keys, logs and limits.

use std::collections::HashSet;
use std::time::Duration;

use fastmcp::Secret;
use fastmcp::limits::RateLimits;
use serde_json::json;
use tests::canary::Canaries;
use tests::http::encode;
use tests::idp::{Fault, Knobs};

use crate::case::cases;
use crate::desk::Touched;
use crate::log;
use crate::outcome::{E, Status};
use crate::setup::{BASE, Setup, configured};

cases! {
    "KEY-05" Once weak_secrets,
    "KEY-07" Once iterations,
    "KEY-11" Once printing,
    "DOS-05" Once hanging_providers,
    "LOG-02" Once queries,
    "LOG-03" Each faults,
    "LOG-07" Once panics,
    "LOG-01" Alone everything,
}

async fn weak_secrets(setup: Setup) {
    for secret in [
        "",
        "short123",
        "fifteen bytes!!",
        "changeme",
        "changemechangemechangemechangeme",
        "00000000000000000000000000000000",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        let server = configured(&setup.idp, &Touched::default(), BASE);
        let error = server
            .secret(secret)
            .secret_iterations(100_000)
            .router()
            .await;
        let error = error
            .err()
            .unwrap_or_else(|| panic!("{secret:?} was accepted"))
            .to_string();
        assert!(error.contains("secret"), "{secret:?}: {error}");
        assert!(
            secret.is_empty() || !error.contains(secret),
            "it is repeated: {error}"
        );
    }
    let single: [fn(fastmcp::server::Server) -> fastmcp::server::Server; 3] = [
        |server| server.jwt_signing_key("c2hvcnQ="),
        |server| server.encryption_key("not base64 ***, and no key either"),
        |server| server.consent_signing_key("c2hvcnQ="),
    ];
    for configure in single {
        let server = configure(configured(&setup.idp, &Touched::default(), BASE));
        let error = server.router().await.expect_err("a weak key").to_string();
        assert!(
            !error.contains("c2hvcnQ=") && !error.contains("***"),
            "it is repeated: {error}"
        );
    }
}

async fn iterations(setup: Setup) {
    let with = |rounds: u32| {
        let server = configured(&setup.idp, &Touched::default(), BASE);
        server
            .secret("a passphrase of considerable length")
            .secret_iterations(rounds)
    };
    for few in [1, 1000, 99_999] {
        let error = with(few)
            .router()
            .await
            .expect_err("too few rounds")
            .to_string();
        assert!(error.contains("secret_iterations"), "{few}: {error}");
    }
    let from = log::length();
    let started = with(100_000).router().await;
    assert!(started.is_ok(), "as documented: {started:?}");
    let said = log::since(from);
    let warned = said
        .lines()
        .any(|line| line.contains("WARN") && line.contains("iterations"));
    assert!(
        warned,
        "100,000 rounds are no longer enough, and nobody says so"
    );
}

async fn printing(setup: Setup) {
    let canary = "canary of the secret itself";
    let secret = Secret::from(canary);
    let server = configured(&setup.idp, &Touched::default(), BASE)
        .secret(canary)
        .jwt_signing_key(canary)
        .upstream_client_secret(canary);
    let keys = fastmcp::keys::Keys::ephemeral(&fastmcp::parts::Random::system());
    let options = fastmcp::oauth::ProxyOptions {
        upstream_client_secret: Some(Secret::from(canary)),
        ..fastmcp::oauth::ProxyOptions::default()
    };
    for text in [
        format!("{secret:?}"),
        format!("{server:?}"),
        format!("{keys:?}"),
        format!("{options:?}"),
        format!("{:?}", Some(&secret)),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
}

async fn hanging_providers(setup: Setup) {
    let s = setup
        .start_with(|server| server.upstream_request_timeout(Duration::from_secs(2)))
        .await;
    let c = s.c().await;
    let tokens = c.login().await;
    let other = c.login().await;
    s.wait(3700);
    s.turn(Knobs {
        faults: [(
            "refresh".to_owned(),
            Fault {
                delay_ms: 30_000,
                ..Fault::default()
            },
        )]
        .into(),
        ..Knobs::default()
    })
    .await;
    let all: Vec<_> = (0..100)
        .map(|_| {
            let (c, refresh) = (c.clone(), tokens.refresh.clone());
            tokio::spawn(async move { c.refresh(&refresh).await })
        })
        .collect();
    let began = std::time::Instant::now();
    Status(200).of("meanwhile", &s.get("/health").await);
    c.open(&c.az(&[])).await;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    for racer in all {
        let answer = racer.await.expect("a racer");
        E(503, "temporarily_unavailable").of("hanging", &answer);
    }
    assert_eq!(
        s.idp.count("refresh").await,
        1,
        "calls upstream for one login"
    );
    s.turn(Knobs::default()).await;
    s.wait(30);
    Status(200).of("nothing was lost", &c.refresh(&tokens.refresh).await);
    Status(200).of("nor of another", &c.refresh(&other.refresh).await);
    setup.forget(&s);
    bulkhead(&setup).await;
}

/// Of many logins so many wait for the provider as requests may be under way; the rest hear at once
/// that they may come again.
async fn bulkhead(setup: &Setup) {
    let most = 4;
    let limits = RateLimits {
        in_flight: Some(most),
        ..RateLimits::OFF
    };
    let configure = |server: fastmcp::server::Server| {
        let server = server.rate_limits(limits);
        server.upstream_request_timeout(Duration::from_secs(2))
    };
    let s = setup.start_with(configure).await;
    let c = s.c().await;
    let mut logins = Vec::new();
    for _ in 0..3 * most {
        logins.push(c.login().await);
    }
    s.wait(3700);
    let before = s.idp.count("refresh").await;
    let delay_ms = 30_000;
    let fault = Fault {
        delay_ms,
        ..Fault::default()
    };
    s.turn(Knobs {
        faults: [("refresh".to_owned(), fault)].into(),
        ..Knobs::default()
    })
    .await;
    let all = logins.iter().map(|login| c.refresh(&login.refresh));
    for answer in futures_util::future::join_all(all).await {
        E(503, "temporarily_unavailable").of("hanging", &answer);
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    let calls = s.idp.count("refresh").await - before;
    assert!(1 <= calls && calls <= most as u64, "{calls} upstream");
    s.turn(Knobs::default()).await;
    s.wait(30);
    for login in &logins {
        Status(200).of("nothing was lost", &c.refresh(&login.refresh).await);
    }
}

async fn queries(setup: Setup) {
    let s = setup.start().await;
    let from = log::length();
    let names = [
        "code",
        "state",
        "error_description",
        "access_token",
        "code_verifier",
        "id_token",
    ];
    let canary = "canary-in-a-query-of-some-length";
    for path in [
        "/oauth/callback",
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/consent",
        "/mcp",
        "/nothing",
    ] {
        for name in names {
            let path = format!("{path}?{}", encode(&[(name, canary), ("client_id", "x")]));
            s.get(&path).await;
            s.send("POST", &path, &[], "").await;
        }
    }
    let said = log::since(from);
    assert!(said.contains("TRACE") || said.contains("DEBUG") || said.contains("INFO"));
    let found = Canaries::of([canary]).within(said.as_bytes());
    assert_eq!(found, None, "in the log");
}

async fn faults(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let from = log::length();
    s.home.store.away(true);
    let program = c.refresh(&tokens.refresh).await;
    let person = s.browser().get(c.az(&[]).url.as_str()).await;
    s.home.store.away(false);
    for answer in [&program, &person] {
        assert_eq!(answer.status, 503, "{answer:?}");
        for inside in [
            "taken away",
            "Unavailable",
            "store::",
            env!("CARGO_MANIFEST_DIR"),
            "src/",
            "panicked",
        ] {
            assert!(!answer.body.contains(inside), "{inside} in {answer:?}");
        }
    }
    // The words that join an answer to its line in the log.
    let said = log::since(from);
    let references = said
        .split("reference=")
        .skip(1)
        .filter_map(|rest| rest.get(..8));
    let told = references.filter(|id| program.body.contains(*id) || person.body.contains(*id));
    assert!(
        told.count() >= 1,
        "no reference in {program:?} or {person:?}"
    );
}

async fn panics(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login().await;
    let mcp = s.mcp(&tokens.access);
    let from = log::length();
    let (bad, good) = tokio::join!(
        mcp.call("panics", json!({})),
        mcp.call("echo", json!({"text": "a"}))
    );
    assert!(!bad.body.contains("canary"), "{bad:?}");
    Status(200).of("beside it", &good);
    let issued = s.idp.issued().await;
    let found =
        Canaries::of(issued.iter().filter(|it| it.len() >= 12)).within(log::since(from).as_bytes());
    assert_eq!(found, None, "in the log");
    s.heard("afterwards", &tokens.access).await;
}

/// Last of all: what every case before it left in the log.
async fn everything(setup: Setup) {
    let s = setup.start().await;
    s.baseline().await;
    log::note_secrets(&s.idp, std::slice::from_ref(&s)).await;
    let (said, secrets) = (log::since(0), log::secrets());
    assert!(
        secrets.len() > 5 && said.contains("fastmcp::audit"),
        "{} secrets",
        secrets.len()
    );
    let known: HashSet<_> = secrets
        .iter()
        .flat_map(|secret| log::words(secret))
        .collect();
    let found = log::words(&said).find(|word| known.contains(word));
    assert_eq!(
        found,
        None,
        "of {} secrets, in {} bytes of log",
        secrets.len(),
        said.len()
    );
    // In every form that a secret can take, the end of it alone: that takes its time.
    let end = &said.as_bytes()[said.len().saturating_sub(1 << 19)..];
    assert_eq!(Canaries::of(&secrets).within(end), None);
}
