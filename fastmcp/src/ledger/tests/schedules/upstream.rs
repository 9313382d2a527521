//! Upstream tokens: one call, and the newest refresh token is kept.

use std::sync::Mutex;

use super::*;

pub(super) const MARGIN: Duration = Duration::from_mins(1);

/// The `n`-th tokens of a provider that rotates.
pub(super) fn tokens(n: u32, ends: Option<u64>) -> UpstreamTokens {
    UpstreamTokens {
        access_token: Secret::from(format!("access {n}")),
        refresh_token: Some(refresh_token(n)),
        expires_at: ends,
        scopes: None,
        refresh_expires_at: None,
    }
}

fn refresh_token(n: u32) -> Secret {
    Secret::from(format!("refresh {n}"))
}

pub(super) fn facts_until(ends: u64) -> NewGrant {
    NewGrant {
        upstream: Some(tokens(1, Some(ends))),
        ..facts()
    }
}

/// A provider that honours each refresh token once.
#[derive(Default)]
struct Provider(Mutex<Calls>);

#[derive(Default)]
struct Calls {
    honoured: u32,
    refused: u32,
}

impl Provider {
    /// The only refresh token that it would honour.
    fn newest(&self) -> u32 {
        self.0.lock().unwrap().honoured + 1
    }

    fn refused(&self) -> u32 {
        self.0.lock().unwrap().refused
    }

    fn refresh(&self, token: &Secret, ends: u64) -> Result<UpstreamTokens, ()> {
        let mut calls = self.0.lock().unwrap();
        if *token == refresh_token(calls.honoured + 1) {
            calls.honoured += 1;
            Ok(tokens(calls.honoured + 1, Some(ends)))
        } else {
            calls.refused += 1;
            Err(())
        }
    }
}

/// A caller who needs a token that is good for a while; a refusal of the provider ends the grant,
/// as it does above the ledger.
async fn need(
    ledger: Ledger,
    id: GrantId,
    provider: Arc<Provider>,
    pause: Pause,
) -> Result<Option<Grant>, Error> {
    let ends = ledger.now() + 3600;
    let refresh = |token: Secret| async move {
        pause.before("the provider hears").await;
        let answer = provider.refresh(&token, ends);
        pause.before("the provider's answer arrives").await;
        answer
    };
    match ledger.fresh_upstream(id, MARGIN, refresh).await? {
        Fresh::Token(grant) => Ok(Some(*grant)),
        Fresh::Failed(()) => {
            ledger.revoke(id).await?;
            Ok(None)
        }
        Fresh::Gone | Fresh::Late(_) => Ok(None),
        other => panic!("{other:?}"),
    }
}

type Needed = Answer<Result<Option<Grant>, Error>>;

/// A grant whose upstream token has ended, and those who need it.
struct Scene {
    id: GrantId,
    grant: Grant,
    provider: Arc<Provider>,
    needed: Vec<Needed>,
}

impl Scene {
    async fn new(run: &Run, nodes: &[usize]) -> Self {
        let facts = facts_until(run.fixture.ledger.now());
        let grant = run.fixture.grant("t", facts).await;
        let (id, provider) = (grant.id(), Arc::<Provider>::default());
        let needed = nodes.iter().map(|node| {
            let task = need(run.node(*node), id, Arc::clone(&provider), run.pause());
            run.spawn(*node, "needs a token", task)
        });
        Self {
            id,
            needed: needed.collect(),
            grant,
            provider,
        }
    }

    /// The newest refresh token of the provider is in the grant, and the next who need one get
    /// theirs with no call that the provider refuses.
    async fn keeps_the_newest(&self, run: &Run) {
        let refused = self.provider.refused();
        // What leases were left behind have ended.
        run.fixture.wait(60);
        for ledger in run.alive() {
            let task = need(ledger, self.id, Arc::clone(&self.provider), run.pause());
            let grant = task.await.unwrap().expect("the login was lost");
            let kept = grant.facts().upstream.clone().unwrap();
            assert_eq!(
                kept.refresh_token,
                Some(refresh_token(self.provider.newest()))
            );
        }
        assert_eq!(self.provider.refused(), refused, "an old token was used");
    }
}

#[test]
fn one_calls_the_provider_and_no_fault_of_the_store_loses_what_it_gave() {
    for (nodes, scope) in [
        (vec![0, 1], Scope::orders(4)),
        (vec![0, 0, 1], Scope::orders(2)),
        (vec![0, 1], Scope::orders(2).one_of(FAILURES)),
        (vec![0, 0, 1], Scope::orders(1).one_of(FAILURES)),
    ] {
        explore("callers at once", scope, async |run| {
            let scene = Scene::new(run, &nodes).await;
            run.finish().await;
            assert_eq!(scene.provider.refused(), 0, "an old token was used");
            assert!(scene.provider.newest() <= 2, "a second call");
            for answer in &scene.needed {
                match answer.get() {
                    Some(Ok(Some(grant))) => {
                        let given = grant.facts().upstream.as_ref().unwrap();
                        assert_eq!(given.access_token.expose(), "access 2");
                    }
                    Some(Err(_)) => assert!(!run.is_faultless()),
                    _ => panic!("a live login was lost"),
                }
            }
            scene.keeps_the_newest(run).await;
        });
    }
}

#[test]
fn a_holder_that_lost_its_lease_loses_nothing() {
    explore("a slow holder", Scope::orders(3), async |run| {
        let scene = Scene::new(run, &[0, 1]).await;
        run.spawn_clock(15);
        run.finish().await;
        assert!(scene.provider.newest() <= 2, "a second call");
        for answer in &scene.needed {
            assert!(
                !matches!(answer.get(), None | Some(Ok(None))),
                "a live login was lost"
            );
        }
        scene.keeps_the_newest(run).await;
    });
}

#[test]
fn a_node_that_dies_takes_only_what_it_had_in_hand() {
    explore(
        "a dying holder",
        Scope::orders(1).one_of(DEATHS),
        async |run| {
            let scene = Scene::new(run, &[0, 1, 1]).await;
            run.finish().await;
            if scene.provider.refused() == 0 {
                scene.keeps_the_newest(run).await;
            } else {
                // The provider's answer died with who asked; there is nothing left to refresh with.
                assert!(!run.is_faultless() && scene.provider.newest() == 2);
                run.is_over(&scene.grant, &[scene.grant.refresh_token()])
                    .await;
            }
        },
    );
}

#[test]
fn a_rotation_beside_it_keeps_both() {
    let scope = Scope::orders(2).one_of(FAILURES);
    explore("a rotation beside it", scope, async |run| {
        let scene = Scene::new(run, &[0]).await;
        let (ledger, token) = (run.node(1), scene.grant.refresh_token());
        let rotated = run.spawn(1, "rotates", async move { rotate(&ledger, &token).await });
        run.finish().await;
        scene.keeps_the_newest(run).await;
        match rotated.get() {
            Some(Ok(Refresh::Rotated { refresh_token, .. })) => {
                for ledger in run.alive() {
                    let next = rotate(&ledger, refresh_token).await.unwrap();
                    assert!(
                        matches!(next, Refresh::Rotated { .. }),
                        "the rotation was lost"
                    );
                }
            }
            other => assert!(matches!(other, Some(Err(_))) && !run.is_faultless()),
        }
    });
}

#[test]
fn a_late_answer_replaces_nothing_that_was_given_out() {
    explore("a late answer", Scope::orders(3), async |run| {
        let ended = facts_until(run.fixture.ledger.now());
        let id = run.fixture.grant("t", ended).await.id();
        // A provider that is lenient: every call gives tokens of its own.
        let given = NODES.map(|node| {
            let (ledger, pause) = (run.node(node), run.pause());
            run.spawn(node, "needs a token", async move {
                let ends = ledger.now() + 3600;
                let refresh = |_| async move {
                    pause.before("the provider's answer arrives").await;
                    Ok::<_, ()>(tokens(u32::try_from(node).unwrap() + 2, Some(ends)))
                };
                ledger.fresh_upstream(id, MARGIN, refresh).await
            })
        });
        run.spawn_clock(15);
        run.finish().await;
        let kept = run.fixture.ledger.grant(id).await.unwrap().unwrap();
        let kept = kept.facts().upstream.clone().unwrap().access_token;
        for answer in given {
            let Some(Ok(Fresh::Token(grant))) = answer.get() else {
                panic!("a token was there: {answer:?}");
            };
            let given = &grant.facts().upstream.as_ref().unwrap().access_token;
            assert_eq!(*given, kept, "replaced");
        }
    });
}
