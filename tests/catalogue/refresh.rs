//! Refreshing: one successor, a window, and a family that dies of reuse.

use serde_json::json;
use tests::client::Tokens;
use tests::idp::{Fault, Knobs};

use crate::case::cases;
use crate::log;
use crate::outcome::{B401, E, Status};
use crate::party::Party;
use crate::setup::{BASE, S, Setup};

cases! {
    "REF-01" Each rotation,
    "REF-02" Each parallel,
    "REF-03" Each lost_answers,
    "REF-05" Each reuse,
    "REF-06" Each distant_ancestors,
    "REF-07" Each for_good,
    "REF-09" Each foreign_tokens,
    "REF-10" Each other_kinds,
    "REF-11" Each scopes,
    "REF-18" Each no_longer_than_the_login,
    "REF-19" Each dead_tokens,
    "REF-21" Each beside_a_revocation,
    "REF-22" Two skewed_clocks,
}

pub(crate) async fn renewed(c: &Party, tokens: &Tokens) -> Tokens {
    Tokens::read(&c.refresh(&tokens.refresh).await)
}

async fn rotation(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let first = c.login().await;
    let second = renewed(&c, &first).await;
    assert_ne!(first.refresh, second.refresh);
    assert_ne!(first.access, second.access);
    s.heard("the old one lives on", &first.access).await;
    s.heard("the new one", &second.access).await;
    s.wait(301);
    s.unheard("to its end", &first.access).await;
}

async fn parallel(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let first = c.login().await;
    s.wait(3700); // the provider's token is over
    let racers = (0..64).map(|number| {
        let (c, refresh) = (c.only(number % s.ports.len()), first.refresh.clone());
        tokio::spawn(async move { c.refresh(&refresh).await })
    });
    let mut successors = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        successors.push(Tokens::read(&racer.await.expect("a racer")));
    }
    assert_eq!(successors.len(), 64);
    let same = |tokens: &Tokens| tokens.refresh == successors[0].refresh;
    assert!(successors.iter().all(same), "successors differ");
    assert_eq!(s.idp.count("refresh").await, 1, "calls upstream");
    renewed(&c, &successors[0]).await;
}

async fn lost_answers(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let first = c.login().await;
    let second = renewed(&c, &first).await;
    for wait in [1, 118] {
        s.wait(wait);
        assert_eq!(
            renewed(&c, &first).await.refresh,
            second.refresh,
            "after {wait} s more"
        );
    }
    renewed(&c, &second).await;
}

async fn reuse(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let first = c.login().await;
    let second = renewed(&c, &first).await;
    s.wait(121);
    let from = log::length();
    E(400, "invalid_grant").of("reuse", &c.refresh(&first.refresh).await);
    assert!(log::since(from).contains("refresh_reuse"), "no audit event");
    s.dead("the family", &c, &[&first, &second]).await;
}

async fn distant_ancestors(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let mut all = vec![c.login().await];
    for _ in 0..5 {
        let next = renewed(&c, &all[all.len() - 1]).await;
        all.push(next);
    }
    s.wait(121);
    E(400, "invalid_grant").of("reuse", &c.refresh(&all[0].refresh).await);
    s.dead("the family", &c, &all.iter().collect::<Vec<_>>())
        .await;
}

async fn for_good(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let first = c.login().await;
    let second = renewed(&c, &first).await;
    s.wait(121);
    E(400, "invalid_grant").of("reuse", &c.only(0).refresh(&first.refresh).await);
    s.dead("before the restart", &c, &[&first, &second]).await;
    setup.forget(&s);
    let again = setup.start_at(s.home.clone(), BASE, |server| server).await;
    again.wait(130);
    let c = c.at(&again);
    again
        .dead("after the restart", &c, &[&first, &second])
        .await;
}

async fn foreign_tokens(setup: Setup) {
    let s = setup.start().await;
    let (c, x, k) = (s.c().await, s.x().await, s.k().await);
    let tokens = c.login().await;
    for thief in [&x, &k] {
        let theft = thief.refresh(&tokens.refresh);
        s.expect("a thief", theft, E(400, "invalid_grant")).await;
    }
    let own = k.login().await;
    let without_secret = k.with_secret(None);
    let bare = without_secret.refresh(&own.refresh);
    s.expect("without its secret", bare, E(401, "invalid_client"))
        .await;
    let next = renewed(&c, &tokens).await;
    s.heard("alive", &next.access).await;
    renewed(&k, &own).await;
}

async fn other_kinds(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let (attempt, code) = c.code().await;
    s.expect("a code", c.refresh(&code), E(400, "invalid_grant"))
        .await;
    let tokens = Tokens::read(&c.redeem(&attempt, &code).await);
    s.expect(
        "an access token",
        c.refresh(&tokens.access),
        E(400, "invalid_grant"),
    )
    .await;
    for token in [&tokens.refresh, &code] {
        let mcp = s.mcp(token);
        let heard = mcp.request("tools/list", json!({}));
        s.expect("as a bearer", heard, B401("invalid_token")).await;
    }
    for token in [&tokens.refresh, &tokens.access] {
        let as_code = c.redeem(&attempt, token);
        s.expect("as a code", as_code, E(400, "invalid_grant"))
            .await;
    }
    renewed(&c, &tokens).await;
}

async fn scopes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = c.login_with(&[("scope", "openid notes:write")]).await;
    for wrong in [
        "openid notes:write profile",
        "admin",
        "openid \"",
        "openid notes:share",
    ] {
        s.expect(
            wrong,
            c.refresh_with(&tokens.refresh, &[("scope", wrong)]),
            E(400, "invalid_scope"),
        )
        .await;
    }
    let narrow = c
        .refresh_with(&tokens.refresh, &[("scope", "openid")])
        .await;
    let narrow = Tokens::read(&narrow);
    assert_eq!(narrow.scope, "openid");
    assert_eq!(
        crate::tok_request::parts(&narrow.access).1["scope"],
        "openid"
    );
    let full = renewed(&c, &narrow).await;
    assert!(
        full.scope.contains("notes:write"),
        "the refresh token keeps its scope"
    );
}

async fn no_longer_than_the_login(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let day = 24 * 3600;
    let mut tokens = c.login().await;
    for _ in 0..29 {
        s.wait(day);
        tokens = renewed(&c, &tokens).await;
    }
    s.wait(day - 1);
    tokens = renewed(&c, &tokens).await;
    s.wait(1);
    E(400, "invalid_grant").of("after 30 days", &c.refresh(&tokens.refresh).await);
    s.wait(60 * day);
    E(400, "invalid_grant").of("after 90 days", &c.refresh(&tokens.refresh).await);
}

async fn dead_tokens(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let live = c.login().await;
    let revoked = c.login().await;
    Status(200).of("revoke", &c.revoke(&revoked.refresh).await);
    let half = live.refresh.len() / 2;
    let swapped = if &live.refresh[half..=half] == "A" {
        "B"
    } else {
        "A"
    };
    let flipped = format!(
        "{}{swapped}{}",
        &live.refresh[..half],
        &live.refresh[half + 1..]
    );
    let truncated = live.refresh[..half].to_owned();
    let mut bodies = Vec::new();
    for token in [
        "unknown".to_owned(),
        truncated,
        flipped,
        revoked.refresh.clone(),
    ] {
        let answer = c.refresh(&token).await;
        E(400, "invalid_grant").of(&token, &answer);
        bodies.push(answer.body);
    }
    s.wait(31 * 24 * 3600);
    let expired = c.refresh(&live.refresh).await;
    E(400, "invalid_grant").of("expired", &expired);
    bodies.push(expired.body);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "dead tokens are told apart: {bodies:?}");
}

async fn beside_a_revocation(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for round in 0..crate::case::rounds(8) {
        let first = c.login().await;
        let last = s.ports.len() - 1;
        let (one, other) = (c.only(round % s.ports.len()), c.only(last));
        let (refreshed, revoked) =
            tokio::join!(one.refresh(&first.refresh), other.revoke(&first.refresh));
        Status(200).of("the revocation", &revoked);
        let mut all = vec![first];
        if refreshed.status == 200 {
            all.push(Tokens::read(&refreshed));
        } else {
            E(400, "invalid_grant").of("the loser", &refreshed);
        }
        s.dead("after the revocation", &c, &all.iter().collect::<Vec<_>>())
            .await;
    }
}

async fn skewed_clocks(setup: Setup) {
    for skew in [90, -90] {
        let s = setup.start().await;
        s.clocks[1].by(skew);
        let c = s.c().await;
        let nodes = [c.only(0), c.only(1)];
        for (one, other) in [(0, 1), (1, 0)] {
            let attempt = c.az(&[]);
            let browser = s.browser().by_way_of(&s.nodes.only(one));
            let code = c.code_in(&browser, &attempt).await;
            let first = Tokens::read(&nodes[one].redeem(&attempt, &code).await);
            let second = renewed(&nodes[one], &first).await;
            let again = renewed(&nodes[other], &first).await;
            assert_eq!(again.refresh, second.refresh, "the window is open at both");
            let third = renewed(&nodes[other], &second).await;
            renewed(&nodes[one], &third).await;
        }
        // Otherwise the baseline meets a token of the future at the node behind.
        let behind = usize::from(skew < 0);
        s.clocks[behind].by(skew.abs());
    }
}

/// A provider whose refreshes fail like this.
pub(crate) fn failing(fault: Fault) -> Knobs {
    Knobs {
        faults: [("refresh".to_owned(), fault)].into(),
        ..Knobs::default()
    }
}

/// A login whose token at the provider has ended.
pub(crate) async fn stale(s: &S, c: &Party) -> Tokens {
    let tokens = c.login().await;
    s.wait(3700);
    tokens
}
