//! Refresh tokens: one successor, no step back, and no way back from a revocation.

use super::*;

type Refreshed = Result<Refresh<()>, Error>;

fn rotating(run: &Run, node: usize, token: &Secret) -> Answer<Refreshed> {
    let (ledger, token) = (run.node(node), token.clone());
    run.spawn(
        node,
        "rotates",
        async move { rotate(&ledger, &token).await },
    )
}

fn successor(answer: &Answer<Refreshed>) -> Option<&Secret> {
    match answer.get() {
        Some(Ok(Refresh::Rotated { refresh_token, .. })) => Some(refresh_token),
        _ => None,
    }
}

fn invalid(answer: &Answer<Refreshed>) -> bool {
    matches!(answer.get(), Some(Ok(Refresh::Invalid { .. })))
}

#[test]
fn all_refreshes_get_one_successor_and_the_generation_never_goes_back() {
    for scope in [
        Scope::orders(4),
        Scope::orders(2).one_of(FAILURES),
        Scope::orders(2).one_of(DEATHS),
    ] {
        explore("three refreshes, one goes on", scope, async |run| {
            let token = run.fixture.grant("t", facts()).await.refresh_token();
            let ours = [rotating(run, 0, &token), rotating(run, 1, &token)];
            let (ledger, first) = (run.node(1), token.clone());
            let goes_on = run.spawn(1, "goes on", async move {
                let Ok(Refresh::Rotated { refresh_token, .. }) = rotate(&ledger, &first).await
                else {
                    return Vec::new();
                };
                let next = match rotate(&ledger, &refresh_token).await {
                    Ok(Refresh::Rotated { refresh_token, .. }) => Some(refresh_token),
                    Ok(other) => panic!("a fresh token is good: {other:?}"),
                    Err(_) => None,
                };
                [Some(refresh_token), next].into_iter().flatten().collect()
            });
            run.finish().await;
            assert!(!ours.iter().any(invalid), "a live token was invalid");
            let chain = goes_on.get().cloned().unwrap_or_default();
            let successors: Vec<_> = ours
                .iter()
                .filter_map(successor)
                .chain(chain.first())
                .collect();
            assert!(successors.len() == 3 || !run.is_faultless());
            assert!(
                successors.windows(2).all(|pair| pair[0] == pair[1]),
                "two successors"
            );
            // Everything that was given out is still good, on each node, in its order.
            for ledger in run.alive() {
                for given in successors.iter().copied().chain(chain.get(1)) {
                    let answer = rotate(&ledger, given).await.unwrap();
                    assert!(
                        matches!(answer, Refresh::Rotated { .. }),
                        "the generation went back"
                    );
                }
            }
        });
    }
}

#[test]
fn reuse_after_the_window_ends_the_family() {
    for (moves, scope) in [
        (vec![121], Scope::orders(3)),
        (vec![121], Scope::orders(1).one_of(FAILURES)),
        (vec![60, 61], Scope::orders(2)),
    ] {
        explore("refreshes while time passes", scope, async |run| {
            let grant = run.fixture.grant("t", facts()).await;
            let token = grant.refresh_token();
            let answers = [0, 1, 1].map(|node| rotating(run, node, &token));
            for seconds in &moves {
                run.spawn_clock(*seconds);
            }
            run.finish().await;
            let successors: Vec<_> = answers.iter().filter_map(successor).collect();
            assert!(
                successors.windows(2).all(|pair| pair[0] == pair[1]),
                "two successors"
            );
            let mut tokens = vec![token.clone()];
            tokens.extend(successors.first().copied().cloned());
            if answers.iter().any(invalid) {
                assert!(
                    !successors.is_empty() || !run.is_faultless(),
                    "it was never used before"
                );
                run.is_over(&grant, &tokens).await;
            }
            // If it still lives, the next reuse ends it.
            run.fixture.wait(121);
            let rotated = rotate(&run.fixture.ledger, &token).await.unwrap();
            if !successors.is_empty() {
                assert!(
                    matches!(rotated, Refresh::Invalid { .. }),
                    "reuse went unseen"
                );
                run.is_over(&grant, &tokens).await;
            }
        });
    }
}

#[test]
fn a_revocation_is_never_undone() {
    for scope in [
        Scope::orders(3),
        Scope::orders(1).one_of(FAILURES),
        Scope::orders(1).one_of(DEATHS),
    ] {
        explore("a revocation among writers", scope, async |run| {
            let ends = run.fixture.ledger.now();
            let facts = upstream::facts_until(ends);
            let grant = run.fixture.grant("t", facts).await;
            let (id, token) = (grant.id(), grant.refresh_token());
            let rotated = rotating(run, 0, &token);
            let ledger = run.node(1);
            let revoked = run.spawn(1, "revokes", async move { ledger.revoke(id).await });
            let ledger = run.node(0);
            run.spawn(0, "refreshes upstream", async move {
                let new = upstream::tokens(2, Some(ends + 3600));
                let refresh = |_| async { Ok::<_, ()>(new) };
                ledger.fresh_upstream(id, upstream::MARGIN, refresh).await
            });
            run.finish().await;
            let mut tokens = vec![token];
            tokens.extend(successor(&rotated).cloned());
            if invalid(&rotated) || matches!(revoked.get(), Some(Ok(_))) {
                run.is_over(&grant, &tokens).await;
            } else {
                assert!(!run.is_faultless());
            }
        });
    }
}
