//! Registrations that no login used: how many there may be, and which of them go.

use super::client::metadata;
use super::*;

async fn at_most(most: usize) -> Fixture {
    Fixture::with(Lifetimes {
        most_unused_clients: Some(most),
        ..Lifetimes::default()
    })
    .await
}

/// What runs beside the tests has its turns.
async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn of_too_many_unused_registrations_the_oldest_makes_room_and_used_ones_stay() {
    let fixture = at_most(3).await;
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

#[tokio::test]
async fn the_use_of_a_registration_makes_room_at_once() {
    let fixture = at_most(3).await;
    let ledger = &fixture.ledger;
    let mut all = Vec::new();
    for _ in 0..3 {
        let registered = ledger.register(metadata(ClientAuth::None)).await;
        all.push(registered.unwrap().0);
    }
    // The newest one: were it still counted, the oldest would go for the next.
    ledger.client_used(&all[2]).await.unwrap();
    let registered = ledger.register(metadata(ClientAuth::None)).await;
    all.push(registered.unwrap().0);
    settle().await;
    for client in &all {
        assert!(ledger.client(client.id()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_clients_publish_is_bounded_too() {
    let fixture = at_most(3).await;
    let ledger = &fixture.ledger;
    let id = |n: u32| format!("https://app-{n}.test/client.json");
    for n in 0..5 {
        let published = metadata(ClientAuth::None);
        ledger.note_published(&id(n), &published).await.unwrap();
        fixture.wait(1);
        if n == 0 {
            let first = ledger.client(&id(0)).await.unwrap().unwrap();
            ledger.client_used(&first).await.unwrap();
        }
    }
    settle().await;
    for (n, stays) in [(0, true), (1, false), (2, true), (3, true), (4, true)] {
        let known = ledger.client(&id(n)).await.unwrap();
        assert_eq!(known.is_some(), stays, "{n}");
    }
}

#[tokio::test]
async fn a_server_looks_once_for_what_others_left_when_it_has_a_tenth_itself() {
    let fixture = at_most(10).await;
    let others = fixture.ledger.with_lifetimes(Lifetimes {
        most_unused_clients: None,
        ..Lifetimes::default()
    });
    let register = async |ledger: &Ledger| {
        let registered = ledger.register(metadata(ClientAuth::None)).await;
        settle().await;
        registered.unwrap().0
    };
    let there = async |clients: &[Client]| {
        let mut count = 0;
        for client in clients {
            count += usize::from(others.client(client.id()).await.unwrap().is_some());
        }
        count
    };
    let mut left = Vec::new();
    for _ in 0..10 {
        left.push(register(&others).await);
    }
    fixture.wait(1);
    register(&fixture.ledger).await;
    assert_eq!(there(&left).await, 10, "one is no more than a tenth");
    register(&fixture.ledger).await;
    assert_eq!(there(&left).await, 8, "two are, and twelve are too many");
    for _ in 0..5 {
        left.push(register(&others).await);
    }
    register(&fixture.ledger).await;
    assert_eq!(there(&left[..10]).await, 7, "the oldest one makes room");
    assert_eq!(there(&left[10..]).await, 5, "nobody looked again");
}
