//! Refreshing while the provider says no, or says nothing.

use std::time::Duration;

use tests::client::Tokens;
use tests::idp::{Fault, Knobs};
use tests::link::{Link, Wire};
use url::Url;

use crate::case::cases;
use crate::outcome::{E, Status};
use crate::refresh::{failing, renewed, stale};
use crate::setup::Setup;

cases! {
    "REF-13" Each faults,
    "REF-14" Each ended,
    "REF-15" Each fresh,
}

async fn faults(setup: Setup) {
    let port = Url::parse(setup.idp.url()).unwrap().port().unwrap();
    let wire = Link::to(port).await;
    let token = format!("http://127.0.0.1:{}/token", wire.port());
    let s = setup
        .start_with(|server| {
            let server = server.upstream_token_endpoint(token.clone());
            server.upstream_request_timeout(Duration::from_secs(1))
        })
        .await;
    let c = s.c().await;
    let tokens = stale(&s, &c).await;
    let status = |status: u16| Fault {
        status: Some(status),
        ..Fault::default()
    };
    let busy = Fault {
        headers: [("retry-after".to_owned(), "30".to_owned())].into(),
        ..status(429)
    };
    let hang = Fault {
        delay_ms: 3000,
        ..Fault::default()
    };
    for (case, fault) in [("500", status(500)), ("429", busy), ("a timeout", hang)] {
        s.turn(failing(fault)).await;
        let answer = c.refresh(&tokens.refresh).await;
        E(503, "temporarily_unavailable").of(case, &answer);
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!(wait >= 1, "{case}: {answer:?}");
        if case == "429" {
            assert!(wait >= 30, "the provider's wait: {answer:?}");
            s.wait(31);
        }
        s.wait(20);
    }
    s.turn(Knobs::default()).await;
    wire.turn(Wire::Cut);
    let answer = c.refresh(&tokens.refresh).await;
    E(503, "temporarily_unavailable").of("refused", &answer);
    wire.turn(Wire::Late(Duration::ZERO));
    s.wait(20);
    let next = renewed(&c, &tokens).await;
    s.heard("nothing was lost", &next.access).await;
    // Its wire ends with the case.
    s.baseline().await;
    setup.forget(&s);
}

async fn ended(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = stale(&s, &c).await;
    let refusal = Fault {
        status: Some(400),
        body: r#"{"error":"invalid_grant"}"#.into(),
        content_type: "application/json".into(),
        ..Fault::default()
    };
    s.turn(failing(refusal)).await;
    E(400, "invalid_grant").of("ended there", &c.refresh(&tokens.refresh).await);
    s.turn(Knobs::default()).await;
    s.dead("ended here", &c, &[&tokens]).await;
    assert_eq!(s.idp.count("refresh").await, 1, "it was asked once");
}

async fn fresh(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let mut tokens = c.login().await;
    for _ in 0..5 {
        tokens = renewed(&c, &tokens).await;
        s.wait(200);
    }
    assert_eq!(s.idp.count("refresh").await, 0, "calls upstream");
    Status(200).of("alive", &c.refresh(&tokens.refresh).await);
    let _: Tokens = tokens;
}
