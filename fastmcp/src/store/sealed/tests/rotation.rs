//! An exchange of the storage key, seen by the servers that share a store.

use super::*;

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
    let done = sealed.seal_anew(&["login"], |_| pages += 1).await.unwrap();
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
    let done = sealed.seal_anew(&["login"], |_| {}).await.unwrap();
    assert_eq!((done.sealed, done.left, done.damaged), (0, 0, 1));
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
    let mut found = Vec::new();
    let mut next = None;
    loop {
        let step = sealed.walk(next.as_ref()).await.unwrap();
        found.extend(step.found);
        next = step.next;
        if next.is_none() {
            break;
        }
    }
    let newer = sealed.put("grant", b"alice", &"new", 2000, Expected::Version(version));
    assert!(matches!(newer.await, Ok(Put::Done(_))));
    let mut sum = Progress::default();
    for found in found {
        sealed
            .seal_one_anew(&ring, &[], found, &mut sum)
            .await
            .unwrap();
    }
    assert_eq!((sum.sealed, sum.left), (0, 1));
    assert_eq!(get(&sealed, "alice").await, Ok(Some("new".to_owned())));
}

#[tokio::test]
async fn a_node_that_was_left_behind_says_so_and_takes_no_record_for_damaged() {
    let world = world().await;
    world.put("grant", "alice", "secret").await;
    let new = world.open(&keys(2).with_previous(&keys(1))).await.unwrap();
    new.seal_anew(&[], |_| {}).await.unwrap();
    let (sealed_with, given) = (keys(2).id().to_owned(), keys(1).id().to_owned());
    let left_behind = Error::WrongKey { sealed_with, given };
    assert_eq!(world.get("grant", "alice").await, Err(left_behind));
    assert!(world.sealed.wants_sealing_anew().await.is_err());
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
    assert!(second.wants_sealing_anew().await.unwrap());
    second.seal_anew(&[], |_| {}).await.unwrap();
    let put = first.put("grant", b"late", &"secret", 2000, Expected::Absent);
    assert!(matches!(put.await, Ok(Put::Done(_))));
    assert!(!first.wants_sealing_anew().await.unwrap());
    assert!(
        world.open(&keys(2)).await.is_err(),
        "the first key is noted again"
    );
    assert!(second.wants_sealing_anew().await.unwrap());
    assert_eq!(second.seal_anew(&[], |_| {}).await.unwrap().sealed, 1);
    let alone = world.open(&keys(2)).await.unwrap();
    assert_eq!(get(&alone, "late").await, Ok(Some("secret".to_owned())));
}
