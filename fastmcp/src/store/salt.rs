//! The salt beside the data, for keys derived from a secret.

use sha2::{Digest as _, Sha256};

use super::sealed::{all_at_hand, sealed_by};
use super::{Error, Expected, Key, NEVER, Put, Store};
use crate::keys::Keys;
use crate::parts::Random;

/// The salt of this store's keys, made on first use.
///
/// It lies in clear, for it is needed before there is a key; of several nodes that start together
/// all use the one that was first. A store that was sealed without a salt was sealed with a key
/// that no secret gives: it is left as it is, unless `previous` has that key.
///
/// # Errors
/// The store is unavailable, holds something else in its place, or is sealed with another key.
pub async fn salt(
    store: &dyn Store,
    previous: Option<&Keys>,
    random: &Random,
) -> Result<[u8; 16], Error> {
    // Read first: who seals a new store has put the salt there before.
    let sealed_with = sealed_by(store).await?;
    // Whoever loses the race reads what the winner wrote: two rounds are enough.
    for _ in 0..3 {
        if let Some(salt) = read(store).await? {
            return Ok(salt);
        }
        match (&sealed_with, previous) {
            (None, _) => {}
            (Some(_), Some(previous)) => all_at_hand(store, previous).await?,
            (Some(sealed_with), None) => {
                return Err(Error::WrongKey {
                    sealed_with: sealed_with.clone(),
                    given: "derived from a secret".to_owned(),
                });
            }
        }
        let salt = random.bytes::<16>();
        if let Put::Done(_) = put(store, &place(), salt).await? {
            put(store, &second_place(), salt).await?;
            return Ok(salt);
        }
    }
    Err(Error::unavailable("the salt changes under our hands"))
}

/// The salt, or its second copy: without it no secret opens the store again.
async fn read(store: &dyn Store) -> Result<Option<[u8; 16]>, Error> {
    let first = store.get(&place()).await?;
    let second = store.get(&second_place()).await?;
    let is_there = first.is_some() || second.is_some();
    let mut salts = [first, second].into_iter().flatten();
    let salt = salts.find_map(|it| it.value.as_slice().try_into().ok());
    match salt {
        None if is_there => Err(Error::Corrupt),
        salt => Ok(salt),
    }
}

async fn put(store: &dyn Store, place: &Key, salt: [u8; 16]) -> Result<Put, Error> {
    store
        .put(place, salt.to_vec(), NEVER, Expected::Absent)
        .await
}

/// Where the salt lies.
pub(super) fn place() -> Key {
    Key::new("salt", Sha256::digest(b"fastmcp/1 salt").into())
}

/// Where its second copy lies.
pub(super) fn second_place() -> Key {
    Key::new("salt", Sha256::digest(b"fastmcp/1 salt, again").into())
}
