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
async fn of_too_many_unused_registrations_the_oldest_makes_room_and_used_ones_stay() {
    let fixture = Fixture::with(Lifetimes {
        most_unused_clients: Some(3),
        ..Lifetimes::default()
    })
    .await;
    let ledger = &fixture.ledger;
    let register = async || {
        let registered = ledger.register(metadata(ClientAuth::None)).await;
        registered.unwrap().0
    };
    let is_there = async |client: &Client| ledger.client(client.id()).await.unwrap().is_some();
    let used = register().await;
    ledger.client_used(&used).await.unwrap();
    let mut unused = Vec::new();
    for _ in 0..3 {
        unused.push(register().await);
    }
    for client in unused.iter().chain([&used]) {
        assert!(is_there(client).await, "there is room for three");
    }
    // Another node, or this one after a restart: what it did not register counts as well.
    let restarted = ledger.with_lifetimes(*ledger.lifetimes());
    assert!(is_there(&unused[0]).await);
    restarted
        .register(metadata(ClientAuth::None))
        .await
        .unwrap();
    // Found in the background.
    let mut turns = 0..1000;
    while is_there(&unused[0]).await && turns.next().is_some() {
        tokio::task::yield_now().await;
    }
    assert!(!is_there(&unused[0]).await, "the oldest one");
    assert!(is_there(&unused[1]).await && is_there(&unused[2]).await && is_there(&used).await);
    // One that is used on another node is found out to be before it is removed.
    restarted.client_used(&unused[1]).await.unwrap();
    for _ in 0..5 {
        register().await;
    }
    assert!(is_there(&unused[1]).await && is_there(&used).await);
    assert!(!is_there(&unused[2]).await);
}
