mod rotation;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::parts::Clock;
use crate::store::MemoryStore;
use crate::store::Record;

struct World {
    store: Arc<MemoryStore>,
    now: Arc<AtomicU64>,
    sealed: Sealed,
}

fn parts(now: &Arc<AtomicU64>) -> Parts {
    let now = now.clone();
    let mut parts = Parts::system(Duration::from_secs(1)).unwrap();
    parts.clock = Clock::new(move || UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst)));
    parts
}

fn keys(byte: u8) -> Keys {
    Keys::from_master([byte; 32])
}

async fn world() -> World {
    let (store, now) = (Arc::new(MemoryStore::new()), Arc::new(AtomicU64::new(1000)));
    let sealed = Sealed::open(store.clone(), &keys(1), parts(&now))
        .await
        .unwrap();
    World { store, now, sealed }
}

impl World {
    async fn put(&self, kind: &'static str, id: &str, value: &str) -> Version {
        let value = value.to_owned();
        match self
            .sealed
            .put(kind, id.as_bytes(), &value, 2000, Expected::Absent)
            .await
        {
            Ok(Put::Done(version)) => version,
            other => panic!("{other:?}"),
        }
    }

    async fn get(&self, kind: &'static str, id: &str) -> Result<Option<String>, Error> {
        let live = self.sealed.get::<String>(kind, id.as_bytes()).await?;
        Ok(live.map(|live| live.value))
    }

    async fn raw(&self, kind: &'static str, id: &str) -> Record {
        let key = self.sealed.place(kind, id.as_bytes());
        self.store.get(&key).await.unwrap().unwrap()
    }

    async fn overwrite(&self, kind: &'static str, id: &str, value: Vec<u8>, expires_at: u64) {
        let key = self.sealed.place(kind, id.as_bytes());
        let expected = match self.store.get(&key).await.unwrap() {
            Some(record) => Expected::Version(record.version),
            None => Expected::Absent,
        };
        let put = self
            .store
            .put(&key, value, expires_at, expected)
            .await
            .unwrap();
        assert!(matches!(put, Put::Done(_)));
    }
}

#[tokio::test]
async fn what_goes_in_comes_out_and_nothing_shows() {
    let world = world().await;
    let version = world.put("grant", "alice", "canary-secret").await;
    let live = world
        .sealed
        .get::<String>("grant", b"alice")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        live,
        Live {
            value: "canary-secret".to_owned(),
            version,
            expires_at: 2000
        }
    );
    let raw = world.raw("grant", "alice").await.value;
    assert!(!raw.windows(6).any(|window| window == b"canary"));
    let key = world.sealed.place("grant", b"alice");
    assert!(!key.as_bytes().windows(5).any(|window| window == b"alice"));
    assert!(
        world
            .sealed
            .delete("grant", b"alice", version)
            .await
            .unwrap()
    );
    assert_eq!(world.get("grant", "alice").await, Ok(None));
}

#[tokio::test]
async fn equal_plaintexts_look_different() {
    let world = world().await;
    world.put("grant", "a", "same").await;
    world.put("grant", "b", "same").await;
    assert_ne!(
        world.raw("grant", "a").await.value,
        world.raw("grant", "b").await.value
    );
}

#[tokio::test]
async fn every_flipped_byte_is_noticed() {
    let world = world().await;
    world.put("grant", "alice", "secret").await;
    world.put("grant", "bob", "other").await;
    let raw = world.raw("grant", "alice").await.value;
    for index in 0..raw.len() {
        let mut value = raw.clone();
        value[index] ^= 0x40;
        world.overwrite("grant", "alice", value, 2000).await;
        assert_eq!(
            world.get("grant", "alice").await,
            Err(Error::Corrupt),
            "byte {index}"
        );
    }
    for length in [0, 1, raw.len() / 2, raw.len() - 1] {
        world
            .overwrite("grant", "alice", raw[..length].to_vec(), 2000)
            .await;
        assert_eq!(
            world.get("grant", "alice").await,
            Err(Error::Corrupt),
            "{length} bytes"
        );
    }
    world
        .overwrite("grant", "alice", b"\0\"plain\"".to_vec(), 2000)
        .await;
    assert_eq!(
        world.get("grant", "alice").await,
        Err(Error::Corrupt),
        "downgraded to plain"
    );
    assert_eq!(
        world.get("grant", "bob").await,
        Ok(Some("other".to_owned()))
    );
    world.overwrite("grant", "alice", raw, 2000).await;
    assert_eq!(
        world.get("grant", "alice").await,
        Ok(Some("secret".to_owned()))
    );
}

#[tokio::test]
async fn records_open_only_where_they_were_put() {
    let world = world().await;
    world.put("grant", "alice", "token of alice").await;
    world.put("grant", "bob", "token of bob").await;
    world.put("code", "alice", "code").await;
    let alice = world.raw("grant", "alice").await.value;
    world.overwrite("grant", "bob", alice.clone(), 2000).await;
    assert_eq!(
        world.get("grant", "bob").await,
        Err(Error::Corrupt),
        "another id"
    );
    world.overwrite("code", "alice", alice.clone(), 2000).await;
    assert_eq!(
        world.get("code", "alice").await,
        Err(Error::Corrupt),
        "another kind"
    );
    world.overwrite("grant", "new", alice.clone(), 2000).await;
    assert_eq!(
        world.get("grant", "new").await,
        Err(Error::Corrupt),
        "renamed"
    );
    world.overwrite("grant", "alice", alice, 3000).await;
    assert_eq!(
        world.get("grant", "alice").await,
        Err(Error::Corrupt),
        "given more time"
    );
}

#[tokio::test]
async fn ids_never_collide() {
    let world = world().await;
    let long = "x".repeat(10_000);
    let ids = [
        "a:b",
        "a_b",
        "A:b",
        "a",
        "",
        "\u{e9}",
        "e\u{301}",
        "a:b\0",
        &long,
        &long[1..],
    ];
    for id in ids {
        world.put("kind", id, id).await;
    }
    for id in ids {
        assert_eq!(world.get("kind", id).await, Ok(Some(id.to_owned())));
    }
    let (one, two) = (
        world.sealed.place("ab", b"c"),
        world.sealed.place("a", b"bc"),
    );
    assert_ne!(one.as_bytes(), two.as_bytes());
}

#[tokio::test]
async fn an_expired_record_is_gone_and_in_nobodys_way() {
    let world = world().await;
    let old = world.put("grant", "alice", "old").await;
    world.now.store(1999, Ordering::SeqCst);
    assert!(world.get("grant", "alice").await.unwrap().is_some());
    let again = world
        .sealed
        .put("grant", b"alice", &"x", 3000, Expected::Absent)
        .await;
    assert_eq!(again, Ok(Put::Conflict));
    world.now.store(2000, Ordering::SeqCst);
    assert_eq!(world.get("grant", "alice").await, Ok(None));
    let new = world
        .sealed
        .put("grant", b"alice", &"new", 3000, Expected::Absent)
        .await;
    assert!(matches!(new, Ok(Put::Done(version)) if version != old));
    assert_eq!(world.sealed.sweep(10).await, Ok(0));
    assert_eq!(
        world.get("grant", "alice").await,
        Ok(Some("new".to_owned()))
    );
    world.now.store(3000, Ordering::SeqCst);
    assert_eq!(world.sealed.sweep(10).await, Ok(1));
}

#[tokio::test]
async fn a_wrong_key_is_told_and_changes_nothing() {
    let world = world().await;
    world.put("grant", "alice", "secret").await;
    let before = world.store.len();
    let error = Sealed::open(world.store.clone(), &keys(2), parts(&world.now))
        .await
        .unwrap_err();
    let (sealed_with, given) = (keys(1).id().to_owned(), keys(2).id().to_owned());
    assert_eq!(error, Error::WrongKey { sealed_with, given });
    assert!(error.to_string().contains("key fingerprint mismatch"));
    let error = Sealed::plain(world.store.clone(), parts(&world.now))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::WrongKey { .. }));
    assert_eq!(world.store.len(), before);
    Sealed::open(world.store.clone(), &keys(1), parts(&world.now))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_plain_store_works_and_is_not_taken_for_a_sealed_one() {
    let (store, now) = (Arc::new(MemoryStore::new()), Arc::new(AtomicU64::new(1)));
    let plain = Sealed::plain(store.clone(), parts(&now)).await.unwrap();
    plain
        .put("kind", b"id", &"value", 10, Expected::Absent)
        .await
        .unwrap();
    let live = plain.get::<String>("kind", b"id").await.unwrap().unwrap();
    assert_eq!(live.value, "value");
    let error = Sealed::open(store, &keys(1), parts(&now))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::WrongKey { .. }));
}

#[tokio::test]
async fn the_salt_is_made_once_and_remembers_its_rounds() {
    use crate::store::{keep_rounds, salt};
    let (store, random) = (MemoryStore::new(), crate::parts::Random::system());
    let first = salt(&store, 100_000, None, &random).await.unwrap();
    assert_eq!(first.rounds, [100_000]);
    let again = salt(&store, 900_000, None, &random).await.unwrap();
    assert_eq!(first, again, "another default changes nothing");
    let other = salt(&MemoryStore::new(), 100_000, None, &random).await;
    assert_ne!(first, other.unwrap());

    let more = first.clone().with_rounds(Some(200_000));
    assert_eq!(more.rounds, [200_000, 100_000]);
    keep_rounds(&store, &more).await.unwrap();
    assert_eq!(salt(&store, 1, None, &random).await.unwrap(), more);
    let back = more.clone().with_rounds(Some(100_000)).with_rounds(None);
    assert_eq!(back.rounds, [100_000, 200_000]);
    let foreign = salt(&MemoryStore::new(), 1, None, &random).await.unwrap();
    let refused = keep_rounds(&store, &foreign).await;
    assert!(matches!(refused, Err(Error::Corrupt)));
    assert_eq!(salt(&store, 1, None, &random).await.unwrap(), more);
}

#[tokio::test]
async fn a_salt_without_rounds_is_one_of_the_first_default() {
    use crate::store::{NEVER, salt};
    let (store, random) = (MemoryStore::new(), crate::parts::Random::system());
    let place = crate::store::salt::place();
    let put = store.put(&place, vec![7; 16], NEVER, Expected::Absent);
    put.await.unwrap();
    let found = salt(&store, 1_000_000, None, &random).await.unwrap();
    assert_eq!((found.bytes, found.rounds), ([7; 16], vec![600_000]));
}
