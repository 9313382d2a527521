//! Refresh tokens: rotation, grace, reuse.

use super::*;

fn successor(answer: Refresh<()>) -> Secret {
    match answer {
        Refresh::Rotated { refresh_token, .. } => refresh_token,
        other => panic!("a good token is rotated: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_refreshes_all_get_the_same_successor() {
    let fixture = Fixture::new().await;
    let token = fixture.grant("t", facts()).await.refresh_token();
    let answers = at_once(|| {
        let (ledger, token) = (fixture.ledger.clone(), token.clone());
        async move {
            ledger
                .rotate(token.expose(), |_| Ok::<_, ()>(()))
                .await
                .unwrap()
        }
    })
    .await;
    let successors: Vec<_> = answers.into_iter().map(successor).collect();
    assert!(successors.iter().all(|next| *next == successors[0]));
    assert_ne!(successors[0], token);
    successor(fixture.rotate(&successors[0]).await);
}

#[tokio::test]
async fn a_lost_answer_is_answered_again_inside_the_window() {
    let fixture = Fixture::new().await;
    let token = fixture.grant("t", facts()).await.refresh_token();
    let first = successor(fixture.rotate(&token).await);
    fixture.wait(120);
    assert_eq!(successor(fixture.rotate(&token).await), first);
}

#[tokio::test]
async fn a_later_rotation_shortens_no_window() {
    let fixture = Fixture::new().await;
    let token = fixture.grant("t", facts()).await.refresh_token();
    let first = successor(fixture.rotate(&token).await);
    fixture.wait(120);
    successor(fixture.rotate(&first).await);
    assert_eq!(successor(fixture.rotate(&token).await), first);
}

#[tokio::test]
async fn reuse_after_the_window_ends_the_family() {
    for generations in [1, 5] {
        let fixture = Fixture::new().await;
        let grant = fixture.grant("t", facts()).await;
        let first = grant.refresh_token();
        let mut newest = first.clone();
        for _ in 0..generations {
            newest = successor(fixture.rotate(&newest).await);
        }
        fixture.wait(121);
        let standing = fixture.ledger.standing(first.expose()).await.unwrap();
        assert!(matches!(standing, Standing::Reused(_)));
        assert!(matches!(
            fixture.rotate(&first).await,
            Refresh::Invalid { reused: true, .. }
        ));
        assert!(matches!(
            fixture.rotate(&newest).await,
            Refresh::Invalid { reused: false, .. }
        ));
        assert!(fixture.ledger.grant(grant.id()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn without_a_window_the_second_use_ends_the_family() {
    let fixture = Fixture::with(Lifetimes {
        refresh_grace: Duration::ZERO,
        ..Lifetimes::default()
    })
    .await;
    let token = fixture.grant("t", facts()).await.refresh_token();
    successor(fixture.rotate(&token).await);
    assert!(matches!(
        fixture.rotate(&token).await,
        Refresh::Invalid { reused: true, .. }
    ));
}

#[tokio::test]
async fn a_refused_check_spends_nothing() {
    let fixture = Fixture::new().await;
    let token = fixture.grant("t", facts()).await.refresh_token();
    let refused = fixture.ledger.rotate(token.expose(), |_| Err("not yours"));
    assert!(matches!(
        refused.await.unwrap(),
        Refresh::Refused("not yours")
    ));
    fixture.wait(3600);
    successor(fixture.rotate(&token).await);
}

#[tokio::test]
async fn rotation_never_extends_the_grant() {
    let fixture = Fixture::new().await;
    let mut token = fixture.grant("t", facts()).await.refresh_token();
    for _ in 0..29 {
        fixture.wait(86_400);
        token = successor(fixture.rotate(&token).await);
    }
    fixture.wait(86_400);
    assert!(matches!(
        fixture.rotate(&token).await,
        Refresh::Invalid { reused: false, .. }
    ));
}

#[tokio::test]
async fn tokens_of_one_grant_are_no_good_for_another() {
    let fixture = Fixture::new().await;
    let one = fixture.grant("one", facts()).await.refresh_token();
    let two = fixture.grant("two", facts()).await.refresh_token();
    // The id of the first grant with the proof of the second.
    let spliced = format!("{}{}", &one.expose()[..28], &two.expose()[28..]);
    assert!(matches!(
        fixture.rotate(&Secret::from(spliced)).await,
        Refresh::Invalid { reused: false, .. }
    ));
    successor(fixture.rotate(&one).await);
}

#[tokio::test]
async fn revoking_twice_is_harmless_and_final() {
    let fixture = Fixture::new().await;
    let grant = fixture.grant("t", facts()).await;
    let ended = fixture.ledger.revoke(grant.id()).await.unwrap();
    assert_eq!(ended.map(|grant| grant.id()), Some(grant.id()));
    assert!(fixture.ledger.revoke(grant.id()).await.unwrap().is_none());
    assert!(matches!(
        fixture.rotate(&grant.refresh_token()).await,
        Refresh::Invalid { reused: false, .. }
    ));
}
