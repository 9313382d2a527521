//! All records at a glance, and what an exchange of keys waits for.

use serde_json::json;

use super::client::metadata;
use super::*;
use crate::store::{Key, Store as _};

/// A store that several servers share, and its time.
struct Shared {
    store: Arc<MemoryStore>,
    time: Arc<AtomicU64>,
}

impl Shared {
    fn new() -> Self {
        Self {
            store: Arc::new(MemoryStore::new()),
            time: Arc::new(AtomicU64::new(START)),
        }
    }

    async fn server(&self, keys: &Keys, lifetimes: Lifetimes) -> Fixture {
        let parts = Base::new().parts(&self.time);
        let sealed = Sealed::open(self.store.clone(), keys, parts.clone());
        let ledger = Ledger::new(sealed.await.unwrap(), keys.clone(), parts);
        Fixture {
            ledger: ledger.with_lifetimes(lifetimes),
            time: Arc::clone(&self.time),
        }
    }

    /// What nobody has sealed, where a record of that kind might be.
    async fn litter(&self, kind: &'static str, place: u8) {
        let key = Key::new(kind, [place; 32]);
        let ends = START + 1_000_000;
        let put = self.store.put(&key, vec![1, 2, 3], ends, Expected::Absent);
        assert!(matches!(put.await.unwrap(), Put::Done(_)));
    }
}

/// A server beside one with a newer key, over a store in which there is one of everything.
async fn one_of_everything(old: &Keys, new: &Keys) -> Fixture {
    let shared = Shared::new();
    let server = shared.server(old, Lifetimes::default()).await;
    let register = async |of: &Fixture| of.ledger.register(metadata(ClientAuth::None)).await;
    register(&server).await.unwrap();
    server.wait(86_400);
    register(&server).await.unwrap();
    server.grant("redeemed", facts()).await;
    server.code("waiting", facts()).await;
    let later = json!({"Suspended": {"until": 9}});
    let ends = server.ledger.now() + 1000;
    let sealed = server.ledger.sealed();
    let put = sealed.put("grant", b"later", &later, ends, Expected::Absent);
    assert!(matches!(put.await.unwrap(), Put::Done(_)));
    shared.litter("grant", 9).await;
    shared.litter("client", 8).await;
    let ring = new.clone().with_previous(old);
    let newer = shared.server(&ring, Lifetimes::default()).await;
    register(&newer).await.unwrap();
    server
}

#[tokio::test]
async fn every_record_is_counted_once_under_what_is_wrong_with_it() {
    let (old, new) = (Keys::from_master([1; 32]), Keys::from_master([2; 32]));
    let server = one_of_everything(&old, &new).await;
    let mut told = Vec::new();
    let survey = server.ledger.survey(|seen, _| told.push(seen)).await;
    let mut survey = survey.unwrap();
    survey.damaged.sort();
    let counts = |all: &[(&str, u64)]| all.iter().map(|(of, n)| ((*of).to_owned(), *n)).collect();
    let expected = Survey {
        live: counts(&[("client", 1), ("grant", 1), ("login", 2)]),
        sealed_with: counts(&[(old.id(), 4)]),
        expired: 1,
        damaged: ["client 08080808", "grant 09090909"]
            .map(str::to_owned)
            .to_vec(),
        other_keys: counts(&[(new.id(), 1)]),
        newer: 1,
    };
    assert_eq!(survey, expected);
    assert_eq!(survey.seen(), 9);
    assert_eq!(told.last(), Some(&9));
}

#[test]
fn any_record_that_cannot_be_read_makes_a_store_unsound() {
    let sound = Survey {
        expired: 3,
        ..Survey::default()
    };
    assert!(sound.is_sound());
    for unsound in [
        Survey {
            damaged: vec!["grant 09090909".to_owned()],
            ..Survey::default()
        },
        Survey {
            other_keys: [("k".to_owned(), 1)].into(),
            ..Survey::default()
        },
        Survey {
            newer: 1,
            ..Survey::default()
        },
    ] {
        assert!(!unsound.is_sound(), "{unsound:?}");
    }
}

#[tokio::test]
async fn who_ends_everything_is_told_of_grants_that_nobody_can_read() {
    let (old, new) = (Keys::from_master([1; 32]), Keys::from_master([2; 32]));
    let server = one_of_everything(&old, &new).await;
    let mut subjects = Vec::new();
    let done = server.ledger.revoke_all(
        |_| true,
        |grant| subjects.push(grant.facts().subject.clone()),
    );
    let done = done.await.unwrap();
    assert_eq!((done.ended, done.unreadable), (2, 2), "a grant, and a code");
    assert_eq!(subjects, ["alice"]);
    let again = server.ledger.revoke_all(|_| false, |_| panic!("nobody"));
    assert_eq!(again.await.unwrap().ended, 0);
}

#[tokio::test]
async fn a_previous_key_is_kept_while_a_page_or_a_token_of_it_may_live() {
    let lives = |access_token| Lifetimes {
        access_token: Duration::from_secs(access_token),
        ..Lifetimes::default()
    };
    // Two transactions of 600 seconds and a code of 300; or an access token.
    for (access_token, hold) in [(60, 1500), (3600, 3600)] {
        let shared = Shared::new();
        let (old, new) = (Keys::from_master([1; 32]), Keys::from_master([2; 32]));
        shared.server(&old, lives(access_token)).await;
        let ring = new.with_previous(&old);
        let server = shared.server(&ring, lives(access_token)).await;
        server.wait(hold - 1);
        let done = server.ledger.seal_anew(|_| ()).await.unwrap();
        assert!(!done.settled, "{access_token}");
        server.wait(1);
        let done = server.ledger.seal_anew(|_| ()).await.unwrap();
        assert!(done.settled, "{access_token}");
    }
}
