//! Registrations and how they end.

use super::*;

pub(super) fn metadata(auth: ClientAuth) -> NewClient {
    NewClient {
        name: Some("A client".to_owned()),
        uri: None,
        redirect_uris: vec![RedirectUri::parse("http://127.0.0.1/cb").unwrap()],
        auth,
        auth_was_named: true,
        may_refresh: true,
        scopes: None,
        keys: None,
    }
}

#[tokio::test]
async fn only_a_confidential_client_has_a_secret() {
    let fixture = Fixture::new().await;
    let (public, none) = fixture
        .ledger
        .register(metadata(ClientAuth::None))
        .await
        .unwrap();
    assert!(none.is_none());
    assert!(!public.has_secret(&Secret::from("")));
    let (confidential, secret) = fixture
        .ledger
        .register(metadata(ClientAuth::ClientSecretBasic))
        .await
        .unwrap();
    let read = fixture
        .ledger
        .client(confidential.id())
        .await
        .unwrap()
        .unwrap();
    assert!(read.has_secret(&secret.unwrap()));
    assert!(!read.has_secret(&Secret::from("another")));
    assert_ne!(public.id(), confidential.id());
}

#[tokio::test]
async fn an_unused_registration_ends_after_a_day_and_a_used_one_90_days_after_its_last_use() {
    let fixture = Fixture::new().await;
    let (unused, _) = fixture
        .ledger
        .register(metadata(ClientAuth::None))
        .await
        .unwrap();
    let (used, _) = fixture
        .ledger
        .register(metadata(ClientAuth::None))
        .await
        .unwrap();
    fixture.ledger.client_used(&used).await.unwrap();
    fixture.wait(86_400);
    assert!(fixture.ledger.client(unused.id()).await.unwrap().is_none());
    fixture.wait(88 * 86_400);
    let found = fixture.ledger.client(used.id()).await.unwrap().unwrap();
    fixture.ledger.client_used(&found).await.unwrap();
    fixture.wait(89 * 86_400);
    assert!(fixture.ledger.client(used.id()).await.unwrap().is_some());
    fixture.wait(2 * 86_400);
    assert!(fixture.ledger.client(used.id()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_client_publishes_is_noted_as_it_is_now_and_lives_like_a_registration() {
    let id = "https://app.client.test/client.json";
    let fixture = Fixture::new().await;
    let ledger = &fixture.ledger;
    let known = async || ledger.client(id).await.unwrap();
    let mut published = metadata(ClientAuth::None);
    ledger.note_published(id, &published).await.unwrap();
    let first = known().await.unwrap();
    assert!(first.is_published() && !first.has_secret(&Secret::from("")));
    fixture.wait(3600);
    published.may_refresh = false;
    ledger.note_published(id, &published).await.unwrap();
    let second = known().await.unwrap();
    assert_eq!(second.metadata(), &published);
    assert_eq!(second.created_at(), first.created_at());
    // Noted anew when half of its time is gone, so that a login that begins late can still end.
    fixture.wait(13 * 3600);
    ledger.note_published(id, &published).await.unwrap();
    fixture.wait(23 * 3600);
    ledger.client_used(&second).await.unwrap();
    fixture.wait(80 * 86_400);
    // A new login must not shorten what the use of it gave.
    ledger
        .note_published(id, &metadata(ClientAuth::None))
        .await
        .unwrap();
    fixture.wait(9 * 86_400);
    assert!(known().await.is_some());
    fixture.wait(2 * 86_400);
    assert!(known().await.is_none());
}

#[tokio::test]
async fn what_a_client_publishes_is_noted_anew_when_half_of_its_time_is_gone() {
    let (id, half) = ("https://app.client.test/client.json", 12 * 3600);
    for (after, moves) in [(half - 1, false), (half, true)] {
        let fixture = Fixture::new().await;
        let published = metadata(ClientAuth::None);
        let note = async || fixture.ledger.note_published(id, &published).await.unwrap();
        note().await;
        fixture.wait(after);
        note().await;
        fixture.wait(2 * half - after);
        let known = fixture.ledger.client(id).await.unwrap();
        assert_eq!(known.is_some(), moves, "{after}");
    }
}

#[tokio::test]
async fn the_end_of_a_used_registration_moves_once_a_day() {
    let day = 86_400;
    for (after, moves) in [(day - 1, false), (day, true)] {
        let fixture = Fixture::new().await;
        let registered = fixture.ledger.register(metadata(ClientAuth::None)).await;
        let client = registered.unwrap().0;
        fixture.ledger.client_used(&client).await.unwrap();
        fixture.wait(after);
        fixture.ledger.client_used(&client).await.unwrap();
        fixture.wait(90 * day - after);
        let known = fixture.ledger.client(client.id()).await.unwrap();
        assert_eq!(known.is_some(), moves, "{after}");
    }
}
