//! A code becomes a token: who may redeem it, and how often.

use std::time::Duration;

use tests::client::Tokens;
use tests::http::{FORM, encode};
use tests::random_token;

use crate::case::{cases, rounds};
use crate::log;
use crate::outcome::{E, Status};
use crate::party::{C_CB, basic};
use crate::setup::{S, Setup};

cases! {
    "TOK-02" Each redemptions,
    "TOK-03" Two slow_redemptions,
    "TOK-05" Each descendants,
    "TOK-06" Each replays_without_proof,
    "TOK-07" Each wrong_verifiers,
    "TOK-09" Each foreign_codes,
    "TOK-10" Each redirect_uris,
    "TOK-11" Each to_the_second,
    "TOK-13" Each confidential_clients,
    "TOK-14" Once public_clients,
    "TOK-15" Once two_ids,
    "TOK-22" Each resources,
    "TOK-23" Each scopes,
    "TOK-25" Each lost_clients,
}

/// 64 redemptions at once, spread over the nodes: one succeeds, and the login is over.
async fn race(s: &S) {
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let from = log::length();
    let racers = (0..64).map(|number| {
        let (c, attempt, code) = (
            c.only(number % s.ports.len()),
            attempt.clone(),
            code.clone(),
        );
        tokio::spawn(async move { c.redeem(&attempt, &code).await })
    });
    let mut tokens = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        let answer = racer.await.expect("a racer");
        if answer.status == 200 {
            tokens.push(Tokens::read(&answer));
        } else {
            E(400, "invalid_grant").of("a loser", &answer);
        }
    }
    assert_eq!(tokens.len(), 1, "one redemption succeeds");
    s.dead("after a replay", &c, &[&tokens[0]]).await;
    assert!(log::since(from).contains("code_replay"), "no audit event");
}

async fn redemptions(setup: Setup) {
    let s = setup.start().await;
    for _ in 0..rounds(2) {
        race(&s).await;
    }
}

async fn slow_redemptions(setup: Setup) {
    let s = setup.start().await;
    s.home.store.late(Duration::from_millis(5));
    for _ in 0..rounds(2) {
        race(&s).await;
    }
    s.home.store.late(Duration::ZERO);
}

async fn descendants(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let mut all = vec![Tokens::read(&c.redeem(&attempt, &code).await)];
    for _ in 0..3 {
        let next = c.refresh(&all[all.len() - 1].refresh).await;
        all.push(Tokens::read(&next));
    }
    E(400, "invalid_grant").of("the replay", &c.redeem(&attempt, &code).await);
    s.dead("descendants", &c, &all.iter().collect::<Vec<_>>())
        .await;
}

async fn replays_without_proof(setup: Setup) {
    let s = setup.start().await;
    let (c, x) = (s.c().await, s.x().await);
    let (attempt, code) = c.code().await;
    let tokens = Tokens::read(&c.redeem(&attempt, &code).await);
    let guess = random_token();
    s.expect(
        "a guess",
        c.redeem_with(&attempt, &code, &[("code_verifier", &guess)]),
        E(400, "invalid_grant"),
    )
    .await;
    let foreign = x.redeem(&attempt, &code);
    s.expect("another client", foreign, E(400, "invalid_grant"))
        .await;
    s.heard("the login lives", &tokens.access).await;
    Status(200).of("and goes on", &c.refresh(&tokens.refresh).await);
}

async fn wrong_verifiers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    let (other, long) = (random_token(), "a".repeat(129));
    for verifier in [other.as_str(), &attempt.verifier[1..], &long, "short", "é"] {
        s.expect(
            verifier,
            c.redeem_with(&attempt, &code, &[("code_verifier", verifier)]),
            E(400, "invalid_grant"),
        )
        .await;
    }
    s.expect(
        "none",
        c.redeem_with(&attempt, &code, &[("code_verifier", "")]),
        E(400, "invalid_request"),
    )
    .await;
    Status(200).of("the right one", &c.redeem(&attempt, &code).await);
}

async fn foreign_codes(setup: Setup) {
    let s = setup.start().await;
    let (c, x, k) = (s.c().await, s.x().await, s.k().await);
    let (attempt, code) = c.code().await;
    for thief in [&x, &k] {
        s.expect(
            "a thief",
            thief.redeem(&attempt, &code),
            E(400, "invalid_grant"),
        )
        .await;
    }
    Status(200).of("its owner", &c.redeem(&attempt, &code).await);
}

async fn redirect_uris(setup: Setup) {
    let s = setup.start().await;
    let (c, l) = (s.c().await, s.l().await);
    let (attempt, code) = c.code().await;
    for uri in [
        "https://c.test/cb/",
        "https://c.test/CB",
        "https://x.test/cb",
        "x",
    ] {
        s.expect(
            uri,
            c.redeem_with(&attempt, &code, &[("redirect_uri", uri)]),
            E(400, "invalid_grant"),
        )
        .await;
    }
    let absent = c
        .redeem_with(&attempt, &code, &[("redirect_uri", "")])
        .await;
    Status(200).of("absent: PKCE binds", &absent);
    let attempt = l.az(&[("redirect_uri", "http://127.0.0.1:4000/cb")]);
    let code = l.code_in(&s.browser(), &attempt).await;
    for uri in ["http://127.0.0.1:4001/cb", "http://127.0.0.1/cb"] {
        s.expect(
            uri,
            l.redeem_with(&attempt, &code, &[("redirect_uri", uri)]),
            E(400, "invalid_grant"),
        )
        .await;
    }
    Status(200).of("the port of the request", &l.redeem(&attempt, &code).await);
}

async fn to_the_second(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for (wait, expected) in [(59, Status(200)), (61, E(400, "invalid_grant"))] {
        let (attempt, code) = c.code().await;
        s.wait(wait);
        expected.of(&format!("after {wait} s"), &c.redeem(&attempt, &code).await);
    }
}

async fn confidential_clients(setup: Setup) {
    let s = setup.start().await;
    let k = s.k().await;
    let secret = k.secret.clone().unwrap();
    let (attempt, code) = k.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", &attempt.verifier),
        ("redirect_uri", C_CB),
    ];
    let in_body = [("client_id", k.id.as_str()), ("client_secret", &secret)];
    let send = async |more: &[(&str, &str)], header: Option<&str>| {
        let mut headers = vec![("content-type", FORM)];
        headers.extend(header.map(|header| ("authorization", header)));
        let body = encode(&[&form[..], more].concat());
        s.send("POST", "/oauth/token", &headers, body).await
    };
    let denied = E(401, "invalid_client");
    s.expect("no secret", send(&in_body[..1], None), denied)
        .await;
    let wrong = [in_body[0], ("client_secret", "wrong")];
    s.expect("a wrong one", send(&wrong, None), denied).await;
    let posted = s.expect("in the body", send(&in_body, None), denied).await;
    assert!(posted.header("www-authenticate").is_none(), "{posted:?}");
    let good = basic(&k.id, &secret);
    for header in [
        &basic(&k.id, "wrong"),
        &basic("unknown", &secret),
        &basic(&k.id, ""),
        "Basic ***",
        "Basic",
        "Basic eHg=",
        "Basic JXp6OiV6eg==",
        "Basic /w==",
        "Bearer x",
    ] {
        let answer = s.expect(header, send(&[], Some(header)), denied).await;
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Basic"), "{header}: {answer:?}");
    }
    let both = send(&in_body, Some(&good));
    s.expect("both", both, E(400, "invalid_request")).await;
    let odd = good.replace("Basic", "bAsIc");
    Status(200).of(
        "an odd spelling, and nothing was burnt",
        &send(&[], Some(&odd)).await,
    );
}

async fn public_clients(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    for secret in ["x", "a secret of somebody else"] {
        s.expect(
            secret,
            c.redeem_with(&attempt, &code, &[("client_secret", secret)]),
            E(401, "invalid_client"),
        )
        .await;
    }
    let header = basic(&c.id, "x");
    let headers = [("content-type", FORM), ("authorization", header.as_str())];
    let body = encode(&[("grant_type", "authorization_code"), ("code", &code)]);
    s.expect(
        "a header",
        s.send("POST", "/oauth/token", &headers, body),
        E(401, "invalid_client"),
    )
    .await;
    Status(200).of("without", &c.redeem(&attempt, &code).await);
}

async fn two_ids(setup: Setup) {
    let s = setup.start().await;
    let (c, k) = (s.c().await, s.k().await);
    let (attempt, code) = k.code().await;
    s.expect(
        "two",
        k.redeem_with(&attempt, &code, &[("client_id", &c.id)]),
        E(400, "invalid_request"),
    )
    .await;
    let same = k
        .redeem_with(&attempt, &code, &[("client_id", &k.id)])
        .await;
    Status(200).of("the same", &same);
}

async fn resources(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    for resource in ["https://other.test/mcp", "https://s.test/mcp/x", "mcp"] {
        s.expect(
            resource,
            c.redeem_with(&attempt, &code, &[("resource", resource)]),
            E(400, "invalid_target"),
        )
        .await;
    }
    let right = c
        .redeem_with(&attempt, &code, &[("resource", crate::setup::MCP)])
        .await;
    let tokens = Tokens::read(&right);
    let form = [("resource", "https://other.test/mcp")];
    s.expect(
        "a refresh",
        c.refresh_with(&tokens.refresh, &form),
        E(400, "invalid_target"),
    )
    .await;
    Status(200).of("nothing was spent", &c.refresh(&tokens.refresh).await);
}

async fn scopes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let attempt = c.az(&[("scope", "openid")]);
    let code = c.code_in(&s.browser(), &attempt).await;
    let asked = [("scope", "openid notes:write admin")];
    let tokens = Tokens::read(&c.redeem_with(&attempt, &code, &asked).await);
    assert_eq!(tokens.scope, "openid");
}

async fn lost_clients(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    s.home.store.lose("client").await;
    let lost = c.redeem(&attempt, &code);
    s.expect("lost", lost, E(401, "invalid_client")).await;
}
