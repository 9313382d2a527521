//! From the page to the code.

use super::*;

#[tokio::test]
async fn approving_twice_gives_the_same_state_and_denying_after_it_nothing() {
    let fixture = Fixture::new().await;
    let request = fixture.request("t");
    let first = fixture.ledger.approve(&request, &browser()).await.unwrap();
    let second = fixture.ledger.approve(&request, &browser()).await.unwrap();
    match (first, second) {
        (Approval::Go(first), Approval::Go(second)) => assert_eq!(first, second),
        other => panic!("both clicks lead on: {other:?}"),
    }
    assert!(!fixture.ledger.deny(&request, &browser()).await.unwrap());
}

#[tokio::test]
async fn a_denied_page_stays_denied() {
    let fixture = Fixture::new().await;
    let request = fixture.request("t");
    assert!(fixture.ledger.deny(&request, &browser()).await.unwrap());
    let approval = fixture.ledger.approve(&request, &browser()).await.unwrap();
    assert!(matches!(approval, Approval::Spent));
}

#[tokio::test]
async fn a_page_can_be_decided_until_it_expires() {
    let fixture = Fixture::new().await;
    let (early, late) = (fixture.request("early"), fixture.request("late"));
    fixture.wait(599);
    let approval = fixture.ledger.approve(&early, &browser()).await.unwrap();
    assert!(matches!(approval, Approval::Go(_)));
    fixture.wait(1);
    let approval = fixture.ledger.approve(&late, &browser()).await.unwrap();
    assert!(matches!(approval, Approval::Spent));
}

#[tokio::test]
async fn another_browser_cannot_claim_and_burns_nothing() {
    let fixture = Fixture::new().await;
    let request = fixture.request("t");
    let Approval::Go(state) = fixture.ledger.approve(&request, &browser()).await.unwrap() else {
        panic!("a fresh page can be approved");
    };
    let other = Browser::of_cookie(&Secret::from("another"));
    for stranger in [None, Some(&other)] {
        let claim = fixture.ledger.claim(state.expose(), stranger).await;
        assert!(matches!(claim.unwrap(), Claim::OtherBrowser));
    }
    let claim = fixture.ledger.claim(state.expose(), Some(&browser())).await;
    assert!(matches!(claim.unwrap(), Claim::Login(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_callbacks_one_claims() {
    let fixture = Fixture::new().await;
    let request = fixture.request("t");
    let Approval::Go(state) = fixture.ledger.approve(&request, &browser()).await.unwrap() else {
        panic!("a fresh page can be approved");
    };
    let claims = at_once(|| {
        let (ledger, state) = (fixture.ledger.clone(), state.clone());
        async move {
            ledger
                .claim(state.expose(), Some(&browser()))
                .await
                .unwrap()
        }
    })
    .await;
    let won = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Login(_)));
    assert_eq!(won.count(), 1);
}

#[tokio::test]
async fn a_forged_state_or_code_is_unknown() {
    let fixture = Fixture::new().await;
    let code = fixture.code("t", facts()).await;
    let mut altered = code.expose().to_owned().into_bytes();
    altered[3] = if altered[3] == b'A' { b'B' } else { b'A' };
    let altered = Secret::from(String::from_utf8(altered).unwrap());
    assert!(matches!(
        fixture.redeem(&altered).await,
        Redemption::Invalid {
            replayed: false,
            ..
        }
    ));
    let claim = fixture.ledger.claim(code.expose(), Some(&browser())).await;
    assert!(matches!(claim.unwrap(), Claim::Unknown));
}

#[tokio::test]
async fn a_wrong_verifier_burns_nothing() {
    let fixture = Fixture::new().await;
    let code = fixture.code("t", facts()).await;
    let refused = fixture
        .ledger
        .redeem(
            code.expose(),
            verified_by("another-verifier-that-is-long-enough-to-be-one"),
        )
        .await
        .unwrap();
    assert!(matches!(refused, Redemption::Refused("wrong verifier")));
    assert!(matches!(fixture.redeem(&code).await, Redemption::Done(_)));
}

#[tokio::test]
async fn a_code_lives_as_long_as_it_says() {
    let fixture = Fixture::new().await;
    let (early, late) = (
        fixture.code("early", facts()).await,
        fixture.code("late", facts()).await,
    );
    fixture.wait(299);
    assert!(matches!(fixture.redeem(&early).await, Redemption::Done(_)));
    fixture.wait(1);
    assert!(matches!(
        fixture.redeem(&late).await,
        Redemption::Invalid {
            replayed: false,
            ..
        }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_redemptions_one_succeeds_and_the_replays_end_the_grant() {
    let fixture = Fixture::new().await;
    let code = fixture.code("t", facts()).await;
    let answers = at_once(|| {
        let (ledger, code) = (fixture.ledger.clone(), code.clone());
        async move {
            ledger
                .redeem(code.expose(), verified_by(VERIFIER))
                .await
                .unwrap()
        }
    })
    .await;
    let grants: Vec<_> = answers
        .into_iter()
        .filter_map(|answer| match answer {
            Redemption::Done(grant) => Some(grant),
            _ => None,
        })
        .collect();
    assert_eq!(grants.len(), 1);
    assert!(
        fixture
            .ledger
            .grant(grants[0].id())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_replay_ends_the_grant_even_after_the_login_is_forgotten() {
    let fixture = Fixture::new().await;
    let code = fixture.code("t", facts()).await;
    let Redemption::Done(grant) = fixture.redeem(&code).await else {
        panic!("a fresh code can be redeemed");
    };
    fixture.wait(86_400);
    let wrong = fixture
        .ledger
        .redeem(
            code.expose(),
            verified_by("another-verifier-that-is-long-enough-to-be-one"),
        )
        .await
        .unwrap();
    assert!(matches!(wrong, Redemption::Refused(_)));
    assert!(fixture.ledger.grant(grant.id()).await.unwrap().is_some());
    assert!(matches!(
        fixture.redeem(&code).await,
        Redemption::Invalid { replayed: true, .. }
    ));
    assert!(fixture.ledger.grant(grant.id()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_deferred_exchange_begins_its_grant_unless_the_code_was_replayed() {
    let fixture = Fixture::new().await;
    for replayed in [false, true] {
        let request = fixture.request(if replayed { "replayed" } else { "once" });
        let Approval::Go(state) = fixture.ledger.approve(&request, &browser()).await.unwrap()
        else {
            panic!("a fresh page can be approved");
        };
        let claim = fixture.ledger.claim(state.expose(), Some(&browser())).await;
        let Claim::Login(login) = claim.unwrap() else {
            panic!("the approving browser can claim");
        };
        let payload = Payload::Deferred {
            upstream_code: Secret::from("upstream"),
            state,
        };
        let (_, code) = fixture.ledger.issue_code(*login, payload).await.unwrap();
        let Redemption::Deferred(deferred) = fixture.redeem(&code).await else {
            panic!("the exchange is still to be made");
        };
        if replayed {
            fixture.redeem(&code).await;
        }
        let begun = fixture.ledger.begin(*deferred, facts()).await.unwrap();
        assert_eq!(begun.is_none(), replayed);
    }
}

#[tokio::test]
async fn a_login_that_failed_cannot_be_begun_again() {
    let fixture = Fixture::new().await;
    let request = fixture.request("t");
    let Approval::Go(state) = fixture.ledger.approve(&request, &browser()).await.unwrap() else {
        panic!("a fresh page can be approved");
    };
    let claim = fixture.ledger.claim(state.expose(), Some(&browser())).await;
    let Claim::Login(login) = claim.unwrap() else {
        panic!("the approving browser can claim");
    };
    fixture.ledger.fail(*login).await.unwrap();
    fixture.wait(599);
    let approval = fixture.ledger.approve(&request, &browser()).await.unwrap();
    assert!(matches!(approval, Approval::Spent));
    let claim = fixture.ledger.claim(state.expose(), Some(&browser())).await;
    assert!(matches!(claim.unwrap(), Claim::Unknown));
}

#[tokio::test]
async fn a_login_is_remembered_for_as_long_as_it_matters_and_no_longer() {
    let logins = async |fixture: &Fixture| {
        let survey = fixture.ledger.survey(|_, _| ()).await.unwrap();
        survey.live.get("login").copied().unwrap_or_default()
    };
    let life = async |fixture: &Fixture, life: u64| {
        fixture.wait(life - 1);
        assert_eq!(logins(fixture).await, 1, "{life}");
        fixture.wait(1);
        assert_eq!(logins(fixture).await, 0, "{life}");
    };
    let fixture = Fixture::new().await;
    let (approved, denied) = (fixture.request("approved"), fixture.request("denied"));
    fixture.ledger.approve(&approved, &browser()).await.unwrap();
    life(&fixture, 600).await;
    let fixture = Fixture::new().await;
    assert!(fixture.ledger.deny(&denied, &browser()).await.unwrap());
    life(&fixture, 600).await;
    let fixture = Fixture::new().await;
    fixture.code("returned", facts()).await;
    life(&fixture, 900).await;
    let fixture = Fixture::new().await;
    let code = fixture.code("redeemed", facts()).await;
    fixture.redeem(&code).await;
    life(&fixture, 900).await;
    let fixture = Fixture::new().await;
    let request = fixture.request("failed");
    let approval = fixture.ledger.approve(&request, &browser()).await;
    let Approval::Go(state) = approval.unwrap() else {
        panic!("a fresh page can be approved");
    };
    let claim = fixture.ledger.claim(state.expose(), Some(&browser())).await;
    let Claim::Login(login) = claim.unwrap() else {
        panic!("the approving browser can claim");
    };
    fixture.wait(500);
    fixture.ledger.fail(*login).await.unwrap();
    life(&fixture, 600).await;
}
