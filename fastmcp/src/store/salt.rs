//! The salt beside the data, for keys derived from a secret.

use sha2::{Digest as _, Sha256};

use super::sealed::sealed_by;
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
    let key = place();
    // Read first: who seals a new store has put the salt there before.
    let sealed_with = sealed_by(store).await?;
    // Whoever loses the race reads what the winner wrote: two rounds are enough.
    for _ in 0..3 {
        if let Some(record) = store.get(&key).await? {
            return record
                .value
                .as_slice()
                .try_into()
                .map_err(|_| Error::Corrupt);
        }
        let at_hand = |by: &&String| previous.is_some_and(|keys| keys.ids().any(|id| id == *by));
        if let Some(sealed_with) = sealed_with.as_ref().filter(|by| !at_hand(by)) {
            return Err(Error::WrongKey {
                sealed_with: sealed_with.clone(),
                given: "derived from a secret".to_owned(),
            });
        }
        let salt = random.bytes::<16>();
        if let Put::Done(_) = store
            .put(&key, salt.to_vec(), NEVER, Expected::Absent)
            .await?
        {
            return Ok(salt);
        }
    }
    Err(Error::unavailable("the salt changes under our hands"))
}

/// Where the salt lies.
pub(super) fn place() -> Key {
    Key::new("salt", Sha256::digest(b"fastmcp/1 salt").into())
}
