//! From the page to the code: one decision, one callback, one code.

use super::*;

#[test]
fn a_page_is_decided_once() {
    let scope = Scope::orders(3).one_of(FAILURES);
    explore("two clicks and a denial", scope, async |run| {
        let request = run.fixture.request("t");
        let approvals = NODES.map(|node| {
            let (ledger, request) = (run.node(node), request.clone());
            run.spawn(node, "approves", async move {
                ledger.approve(&request, &browser()).await
            })
        });
        let denial = {
            let (ledger, request) = (run.node(0), request.clone());
            run.spawn(0, "denies", async move {
                ledger.deny(&request, &browser()).await
            })
        };
        run.finish().await;
        let states: Vec<_> = approvals
            .iter()
            .filter_map(|approval| match approval.get() {
                Some(Ok(Approval::Go(state))) => Some(state),
                _ => None,
            })
            .collect();
        let denied = matches!(denial.get(), Some(Ok(true)));
        assert!(states.is_empty() || !denied, "approved and denied");
        if run.is_faultless() {
            assert!(denied || states.len() == 2, "a click was lost");
        }
        let mut logins = 0;
        for state in states {
            for ledger in run.alive() {
                let claim = ledger
                    .claim(state.expose(), Some(&browser()))
                    .await
                    .unwrap();
                logins += usize::from(matches!(claim, Claim::Login(_)));
            }
        }
        assert_eq!(
            logins == 1,
            approvals
                .iter()
                .any(|approval| matches!(approval.get(), Some(Ok(Approval::Go(_)))))
        );
    });
}

/// The provider's answer comes back: claims, and issues a code.
async fn call_back(ledger: Ledger, state: Secret) -> Result<Option<Secret>, Error> {
    match ledger.claim(state.expose(), Some(&browser())).await? {
        Claim::Login(login) => {
            let payload = Payload::SignedIn(Box::new(facts()));
            let (_, code) = ledger.issue_code(*login, payload).await?;
            Ok(Some(code))
        }
        Claim::Unknown => Ok(None),
        Claim::OtherBrowser => panic!("it is the browser that approved"),
    }
}

async fn approved(run: &Run) -> Secret {
    let request = run.fixture.request("t");
    match run
        .fixture
        .ledger
        .approve(&request, &browser())
        .await
        .unwrap()
    {
        Approval::Go(state) => state,
        Approval::Spent => panic!("a fresh page can be approved"),
    }
}

#[test]
fn a_callback_succeeds_once() {
    for scope in [
        Scope::orders(3).one_of(FAILURES),
        Scope::orders(3).one_of(DEATHS),
    ] {
        explore("three callbacks", scope, async |run| {
            let state = approved(run).await;
            let callbacks = [0, 1, 1].map(|node| {
                run.spawn(node, "calls back", call_back(run.node(node), state.clone()))
            });
            run.finish().await;
            let codes: Vec<_> = callbacks
                .iter()
                .filter_map(|answer| match answer.get() {
                    Some(Ok(Some(code))) => Some(code),
                    _ => None,
                })
                .collect();
            assert!(codes.len() <= 1, "two callbacks succeeded");
            assert!(codes.len() == 1 || !run.is_faultless(), "none did");
            for code in codes {
                assert!(matches!(
                    run.fixture.redeem(code).await,
                    Redemption::Done(_)
                ));
            }
        });
    }
}

#[test]
fn a_fault_never_makes_a_login_unknown() {
    explore(
        "one callback",
        Scope::orders(0).one_of(FAILURES),
        async |run| {
            let state = approved(run).await;
            let answer = run.spawn(0, "calls back", call_back(run.node(0), state));
            run.finish().await;
            match answer.get() {
                Some(Ok(Some(_))) => assert!(run.is_faultless()),
                Some(Err(_)) => assert!(!run.is_faultless()),
                _ => panic!("a login that waits is known"),
            }
        },
    );
}
