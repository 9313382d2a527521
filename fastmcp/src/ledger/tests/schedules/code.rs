//! From the code to the grant: honoured once, and a replay ends what came of it.

use super::*;

type Redeemed = Result<Redemption<&'static str>, Error>;

fn redeeming(run: &Run, node: usize, code: &Secret) -> Answer<Redeemed> {
    let (ledger, code) = (run.node(node), code.clone());
    run.spawn(node, "redeems", async move {
        ledger.redeem(code.expose(), verified_by(VERIFIER)).await
    })
}

fn grants(answers: &[Answer<Redeemed>]) -> Vec<&Grant> {
    let honoured = answers.iter().filter_map(|answer| match answer.get() {
        Some(Ok(Redemption::Done(grant))) => Some(&**grant),
        _ => None,
    });
    honoured.collect()
}

fn replays(answers: &[Answer<Redeemed>]) -> usize {
    let replayed = |answer: &&Answer<Redeemed>| {
        matches!(
            answer.get(),
            Some(Ok(Redemption::Invalid { replayed: true, .. }))
        )
    };
    answers.iter().filter(replayed).count()
}

fn unknown(answers: &[Answer<Redeemed>]) -> bool {
    answers.iter().any(|answer| {
        matches!(
            answer.get(),
            Some(Ok(Redemption::Invalid {
                replayed: false,
                ..
            } | Redemption::Refused(_)))
        )
    })
}

#[test]
fn a_code_is_honoured_once_and_a_replay_ends_the_grant() {
    for (nodes, scope) in [
        (vec![0, 1], Scope::orders(usize::MAX)),
        (vec![0, 1], Scope::orders(3).one_of(FAILURES)),
        (vec![0, 1], Scope::orders(3).one_of(DEATHS)),
        (vec![0, 1, 1], Scope::orders(2)),
    ] {
        explore(
            &format!("{} redemptions", nodes.len()),
            scope,
            async |run| {
                let code = run.fixture.code("t", facts()).await;
                let answers: Vec<_> = nodes
                    .iter()
                    .map(|node| redeeming(run, *node, &code))
                    .collect();
                run.finish().await;
                let grants = grants(&answers);
                assert!(grants.len() <= 1, "honoured twice");
                assert!(!unknown(&answers), "a live code was unknown");
                if run.is_faultless() {
                    assert_eq!((grants.len(), replays(&answers)), (1, nodes.len() - 1));
                }
                if let Some(grant) = grants.first()
                    && replays(&answers) > 0
                {
                    run.is_over(grant, &[grant.refresh_token()]).await;
                }
                // Whatever happened, nobody gets it again, and who tries ends it.
                for ledger in run.alive() {
                    let again = ledger
                        .redeem(code.expose(), verified_by(VERIFIER))
                        .await
                        .unwrap();
                    match again {
                        Redemption::Done(_) => assert!(grants.is_empty(), "honoured twice"),
                        other => {
                            assert!(matches!(other, Redemption::Invalid { replayed: true, .. }));
                        }
                    }
                }
                if let Some(grant) = grants.first() {
                    run.is_over(grant, &[grant.refresh_token()]).await;
                }
            },
        );
    }
}

#[test]
fn a_replay_is_stronger_than_rotations_beside_it() {
    let scope = Scope::orders(3).one_of(FAILURES);
    explore("a replay and a refresh", scope, async |run| {
        let code = run.fixture.code("t", facts()).await;
        let Redemption::Done(grant) = run.fixture.redeem(&code).await else {
            panic!("a fresh code can be redeemed");
        };
        let replay = redeeming(run, 0, &code);
        let (ledger, token) = (run.node(1), grant.refresh_token());
        let rotated = run.spawn(1, "rotates", async move { rotate(&ledger, &token).await });
        run.finish().await;
        let mut tokens = vec![grant.refresh_token()];
        if let Some(Ok(Refresh::Rotated { refresh_token, .. })) = rotated.get() {
            tokens.push(refresh_token.clone());
        }
        match replay.get() {
            Some(Ok(Redemption::Invalid { replayed: true, .. })) => {
                run.is_over(&grant, &tokens).await;
            }
            other => assert!(matches!(other, Some(Err(_)))),
        }
    });
}

/// What was given out can be used.
async fn is_good(run: &Run, grant: &Grant) {
    let rotated = run.fixture.rotate(&grant.refresh_token()).await;
    assert!(matches!(rotated, Refresh::Rotated { .. }), "{rotated:?}");
}

#[test]
fn no_fault_costs_the_code_of_who_redeems_it_alone() {
    explore(
        "a fault, and again",
        Scope::orders(0).one_of(FAILURES),
        async |run| {
            let code = run.fixture.code("t", facts()).await;
            let first = [redeeming(run, 0, &code)];
            run.finish().await;
            match first[0].get() {
                Some(Ok(Redemption::Done(grant))) => is_good(run, grant).await,
                Some(Err(_)) => {
                    let again = run.fixture.redeem(&code).await;
                    match again {
                        Redemption::Done(grant) => is_good(run, &grant).await,
                        // A second fault may hide that the first one spent it.
                        other => assert!(run.faults() > 1, "{other:?}"),
                    }
                }
                other => panic!("a live code is honoured: {other:?}"),
            }
        },
    );
}

/// Redeems a code whose exchange is deferred, and finishes it; `None` if it was spent.
async fn exchange(
    ledger: Ledger,
    code: Secret,
    reachable: bool,
    pause: Pause,
) -> Result<Option<Grant>, Error> {
    match ledger.redeem(code.expose(), verified_by(VERIFIER)).await? {
        Redemption::Deferred(deferred) => {
            pause.before("the provider answers").await;
            if reachable {
                return ledger.begin(*deferred, facts()).await;
            }
            ledger.put_back(*deferred).await?;
            Ok(None)
        }
        Redemption::Invalid { .. } => Ok(None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_deferred_exchange_is_made_once_and_ended_by_a_replay() {
    for scope in [
        Scope::orders(3),
        Scope::orders(1).one_of(FAILURES),
        Scope::orders(1).one_of(DEATHS),
    ] {
        explore("deferred exchanges", scope, async |run| {
            let code = run.deferred().await;
            // One finds the provider out of reach.
            let answers = [(0, true), (1, false), (1, true)].map(|(node, reachable)| {
                let task = exchange(run.node(node), code.clone(), reachable, run.pause());
                run.spawn(node, "exchanges", task)
            });
            run.finish().await;
            let begun = answers.iter().filter_map(|answer| match answer.get() {
                Some(Ok(Some(grant))) => Some(grant),
                _ => None,
            });
            let begun: Vec<_> = begun.collect();
            assert!(begun.len() <= 1, "honoured twice");
            if let Some(grant) = begun.first() {
                let again = run.fixture.redeem(&code).await;
                if let Redemption::Deferred(deferred) = again {
                    panic!("a code with a grant was put back: {:?}", deferred.request);
                }
                run.is_over(grant, &[grant.refresh_token()]).await;
            }
        });
    }
}

impl Run {
    /// A code whose exchange with the provider is still to be made.
    async fn deferred(&self) -> Secret {
        let (request, ledger) = (self.fixture.request("t"), &self.fixture.ledger);
        let Approval::Go(state) = ledger.approve(&request, &browser()).await.unwrap() else {
            panic!("a fresh page can be approved");
        };
        let claim = ledger.claim(state.expose(), Some(&browser())).await;
        let Claim::Login(login) = claim.unwrap() else {
            panic!("the approving browser can claim");
        };
        let payload = Payload::Deferred {
            upstream_code: Secret::from("upstream"),
            state,
        };
        ledger.issue_code(*login, payload).await.unwrap().1
    }
}
