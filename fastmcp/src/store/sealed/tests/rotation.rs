//! An exchange of the storage key, seen by the servers that share a store.

use super::*;

const HOLD: Duration = Duration::from_secs(400);

impl World {
    async fn open(&self, keys: &Keys) -> Result<Sealed, Error> {
        Sealed::open(self.store.clone(), keys, parts(&self.now)).await
    }
}

async fn get(sealed: &Sealed, id: &str) -> Result<Option<String>, Error> {
    let live = sealed.get::<String>("grant", id.as_bytes()).await?;
    Ok(live.map(|live| live.value))
}

#[tokio::test]
async fn a_previous_key_opens_until_everything_is_sealed_anew() {
    let world = world().await;
    for number in 0..600 {
        world.put("grant", &number.to_string(), "secret").await;
    }
    world.put("login", "held", "secret").await;
    world.put("grant", "damaged", "secret").await;
    world
        .overwrite("grant", "damaged", vec![1, 2, 3], 2000)
        .await;
    let ring = keys(2).with_previous(&keys(1));
    let sealed = world.open(&ring).await.unwrap();
    assert_eq!(get(&sealed, "7").await, Ok(Some("secret".to_owned())));
    let refused = world.open(&keys(2)).await.unwrap_err();
    assert!(matches!(&refused, Error::WrongKey { sealed_with, .. } if sealed_with == keys(1).id()));

    assert!(sealed.wants_sealing_anew().await.unwrap());
    let mut pages = 0;
    let done = sealed
        .seal_anew(&["login"], HOLD, |_| pages += 1)
        .await
        .unwrap();
    assert_eq!((done.sealed, done.left, done.damaged), (600, 1, 1));
    assert!(pages > 1 && done.seen == 602, "{pages} {done:?}");
    assert!(world.open(&keys(2)).await.is_err(), "a login is left");

    world.now.store(1999, Ordering::SeqCst);
    let login = world
        .sealed
        .get::<String>("login", b"held")
        .await
        .unwrap()
        .unwrap();
    world
        .sealed
        .delete("login", b"held", login.version)
        .await
        .unwrap();
    let done = sealed.seal_anew(&["login"], HOLD, |_| {}).await.unwrap();
    assert_eq!((done.sealed, done.left, done.damaged), (0, 0, 1));
    assert!(done.settled);
    assert!(!sealed.wants_sealing_anew().await.unwrap());
    let alone = world.open(&keys(2)).await.unwrap();
    for number in 0..600 {
        let value = get(&alone, &number.to_string()).await;
        assert_eq!(value, Ok(Some("secret".to_owned())), "{number}");
    }
    assert_eq!(get(&alone, "damaged").await, Err(Error::Corrupt));
    assert!(world.open(&keys(1)).await.is_err());
}

#[tokio::test]
async fn a_writer_who_comes_first_keeps_what_it_wrote() {
    let world = world().await;
    let version = world.put("grant", "alice", "old").await;
    let ring = keys(2).with_previous(&keys(1));
    let sealed = world.open(&ring).await.unwrap();
    let records = all(&world).await;
    let newer = sealed.put("grant", b"alice", &"new", 2000, Expected::Version(version));
    assert!(matches!(newer.await, Ok(Put::Done(_))));
    let mut sum = Progress::default();
    let page = sealed.seal_page_anew(&ring, &[], records, &mut sum);
    page.await.unwrap();
    assert_eq!((sum.sealed, sum.left), (0, 1));
    assert_eq!(get(&sealed, "alice").await, Ok(Some("new".to_owned())));
}

#[tokio::test]
async fn a_node_that_was_left_behind_says_so_and_writes_no_more() {
    let world = world().await;
    let version = world.put("grant", "alice", "secret").await;
    let new = world.open(&keys(2).with_previous(&keys(1))).await.unwrap();
    new.seal_anew(&[], HOLD, |_| {}).await.unwrap();
    let (sealed_with, given) = (keys(2).id().to_owned(), keys(1).id().to_owned());
    let left_behind = Error::WrongKey { sealed_with, given };
    assert_eq!(world.get("grant", "alice").await, Err(left_behind));
    assert!(!world.sealed.is_left_behind());
    assert!(world.sealed.wants_sealing_anew().await.is_err());
    assert!(world.sealed.is_left_behind());
    for expected in [Expected::Absent, Expected::Version(version)] {
        let put = world.sealed.put("grant", b"bob", &"x", 2000, expected);
        assert!(matches!(put.await, Err(Error::Unavailable(_))));
    }
}

#[tokio::test]
async fn a_key_that_is_still_written_with_is_not_forgotten() {
    let world = world().await;
    let first = world.open(&keys(1).with_previous(&keys(2))).await.unwrap();
    let second = world.open(&keys(2).with_previous(&keys(1))).await.unwrap();
    assert!(
        !first.wants_sealing_anew().await.unwrap(),
        "who starts last seals"
    );
    for now in [1000, 1250, 1500] {
        world.now.store(now, Ordering::SeqCst);
        assert!(!first.wants_sealing_anew().await.unwrap());
        assert!(second.wants_sealing_anew().await.unwrap());
        let done = second.seal_anew(&[], HOLD, |_| {}).await.unwrap();
        assert!(!done.settled, "at {now} the first one was there");
    }
    world.now.store(1900, Ordering::SeqCst);
    assert!(second.seal_anew(&[], HOLD, |_| {}).await.unwrap().settled);

    // It was only silent, and is started with the new key at last.
    let put = first.put("grant", b"late", &"secret", 3000, Expected::Absent);
    assert!(matches!(put.await, Ok(Put::Done(_))));
    let again = world.open(&keys(2).with_previous(&keys(1))).await.unwrap();
    assert!(world.open(&keys(2)).await.is_err(), "its key is noted");
    assert!(again.wants_sealing_anew().await.unwrap());
    let done = again.seal_anew(&[], HOLD, |_| {}).await.unwrap();
    assert_eq!((done.sealed, done.settled), (1, false));
    world.now.store(2300, Ordering::SeqCst);
    assert!(second.seal_anew(&[], HOLD, |_| {}).await.unwrap().settled);
    let alone = world.open(&keys(2)).await.unwrap();
    assert_eq!(get(&alone, "late").await, Ok(Some("secret".to_owned())));
}

#[tokio::test]
async fn a_key_that_came_during_the_walk_is_not_struck_off() {
    let world = world().await;
    let second = world.open(&keys(2).with_previous(&keys(1))).await.unwrap();
    world.now.store(1900, Ordering::SeqCst);
    let mut rolled_back = None;
    let begun = world.store.clone();
    let (now, keys_back) = (world.now.clone(), keys(1).with_previous(&keys(2)));
    let done = second.seal_anew(&[], HOLD, |_| {
        let opened = Sealed::open(begun.clone(), &keys_back, parts(&now));
        rolled_back = rolled_back.take().or_else(|| {
            Some(
                futures_util::FutureExt::now_or_never(opened)
                    .unwrap()
                    .unwrap(),
            )
        });
    });
    assert!(!done.await.unwrap().settled);
    let first = rolled_back.unwrap();
    assert!(first.wants_sealing_anew().await.unwrap(), "it came last");
    assert!(!second.wants_sealing_anew().await.unwrap());
    assert!(world.open(&keys(2)).await.is_err());
}

#[tokio::test]
async fn attaching_changes_nothing() {
    let world = world().await;
    world.put("grant", "alice", "secret").await;
    let before = all(&world).await;
    let attach = |keys: Keys| {
        let (store, parts) = (world.store.clone(), parts(&world.now));
        async move { Sealed::attach(store, &keys, parts).await }
    };
    let ring = keys(2).with_previous(&keys(1));
    let sealed = attach(ring).await.unwrap().unwrap();
    assert_eq!(get(&sealed, "alice").await, Ok(Some("secret".to_owned())));
    assert!(attach(keys(2)).await.is_err());
    assert_eq!(all(&world).await, before);
    let empty = Arc::new(MemoryStore::new());
    let none = Sealed::attach(empty.clone(), &keys(1), parts(&world.now)).await;
    assert!(none.unwrap().is_none() && empty.is_empty());
}

#[tokio::test]
async fn a_store_without_its_mark_is_not_taken_for_a_new_one() {
    let world = world().await;
    world.put("grant", "alice", "secret").await;
    let [first, second] = marker::places();
    let damage = async |place: &Key| {
        let record = world.store.get(place).await.unwrap().unwrap();
        let expected = Expected::Version(record.version);
        let put = world.store.put(place, vec![1; 80], u64::MAX, expected);
        assert!(matches!(put.await, Ok(Put::Done(_))));
    };
    let lose = async |place: &Key| {
        let record = world.store.get(place).await.unwrap().unwrap();
        assert!(world.store.delete(place, record.version).await.unwrap());
    };
    for keep_one in [&first, &second] {
        for how in ["damaged", "lost"] {
            match how {
                "damaged" => damage(keep_one).await,
                _ => lose(keep_one).await,
            }
            let sealed = world.open(&keys(1)).await.unwrap();
            assert_eq!(get(&sealed, "alice").await, Ok(Some("secret".to_owned())));
            assert!(world.open(&keys(2)).await.is_err());
        }
    }
    lose(&first).await;
    lose(&second).await;
    let before = all(&world).await;
    for keys in [keys(1), keys(2)] {
        assert_eq!(world.open(&keys).await.unwrap_err(), Error::Unmarked);
    }
    assert_eq!(all(&world).await, before);
    assert!(matches!(world.get("grant", "alice").await, Ok(Some(_))));
}

/// Every record as it lies there.
async fn all(world: &World) -> Vec<(Key, Record)> {
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.scan(after.as_ref(), 100).await.unwrap();
        records.extend(page.records);
        after = page.next;
        if after.is_none() {
            return records;
        }
    }
}
