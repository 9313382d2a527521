//! The salt beside the data, for keys derived from a secret, and the rounds of that derivation.
//!
//! The value is the salt (16 bytes) and then PBKDF2 iteration counts (4 bytes each, big-endian),
//! newest first; a value without any was written with [`DEFAULT_ITERATIONS`] of its time. They are
//! kept so that a store opens with its secret alone, whatever the default becomes. Other rounds
//! make another key: those before stay in the list, and with them the way to data of that time.

use sha2::{Digest as _, Sha256};

use super::sealed::{all_at_hand, sealed_by};
use super::{Error, Expected, Key, NEVER, Put, Store};
use crate::keys::Keys;
use crate::parts::Random;

/// The rounds of a salt that was kept without.
const FIRST_ROUNDS: u32 = 600_000;
/// Rounds change seldom; more than this many are no list of rounds.
const MOST_ROUNDS: usize = 8;

/// The salt of a store's keys, and how often PBKDF2 goes round with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salt {
    /// The salt.
    pub bytes: [u8; 16],
    /// PBKDF2 iterations: those of the current key, then those of earlier ones.
    pub rounds: Vec<u32>,
}

impl Salt {
    /// The salt with `rounds` as those of the current key; `None` leaves what is there.
    #[must_use]
    pub fn with_rounds(mut self, rounds: Option<u32>) -> Self {
        if let Some(rounds) = rounds {
            self.rounds.retain(|earlier| *earlier != rounds);
            self.rounds.insert(0, rounds);
            self.rounds.truncate(MOST_ROUNDS);
        }
        self
    }

    fn read(value: &[u8]) -> Option<Self> {
        let (bytes, rounds) = value.split_first_chunk()?;
        let (rounds, rest) = rounds.as_chunks();
        let mut rounds: Vec<_> = rounds.iter().map(|it| u32::from_be_bytes(*it)).collect();
        if rounds.is_empty() {
            rounds.push(FIRST_ROUNDS);
        }
        (rest.is_empty() && rounds.len() <= MOST_ROUNDS).then_some(Self {
            bytes: *bytes,
            rounds,
        })
    }

    fn write(&self) -> Vec<u8> {
        let rounds = self.rounds.iter().flat_map(|rounds| rounds.to_be_bytes());
        self.bytes.into_iter().chain(rounds).collect()
    }
}

/// The salt of this store's keys, made on first use, with `rounds` for a new one.
///
/// It lies in clear, for it is needed before there is a key; of several nodes that start together
/// all use the one that was first. A store that was sealed without a salt was sealed with a key
/// that no secret gives: it is left as it is, unless `previous` has that key.
///
/// # Errors
/// The store is unavailable, holds something else in its place, or is sealed with another key.
pub async fn salt(
    store: &dyn Store,
    rounds: u32,
    previous: Option<&Keys>,
    random: &Random,
) -> Result<Salt, Error> {
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
        let salt = Salt {
            bytes: random.bytes(),
            rounds: vec![rounds],
        };
        if let Put::Done(_) = put(store, &place(), &salt, Expected::Absent).await? {
            put(store, &second_place(), &salt, Expected::Absent).await?;
            return Ok(salt);
        }
    }
    Err(Error::unavailable("the salt changes under our hands"))
}

/// Keeps other rounds with the salt that is there. Only for who has opened the store with the keys
/// that they make.
///
/// # Errors
/// The store is unavailable, or has another salt.
pub async fn keep_rounds(store: &dyn Store, salt: &Salt) -> Result<(), Error> {
    for place in [place(), second_place()] {
        let there = store.get(&place).await?;
        let known = there.as_ref().map(|record| Salt::read(&record.value));
        match known {
            Some(Some(known)) if known == *salt => continue,
            Some(Some(known)) if known.bytes != salt.bytes => return Err(Error::Corrupt),
            _ => {}
        }
        let expected = there.map_or(Expected::Absent, |it| Expected::Version(it.version));
        // Another node that writes meanwhile keeps rounds of its own: the next start meets them.
        put(store, &place, salt, expected).await?;
    }
    Ok(())
}

/// The salt, or its second copy: without it no secret opens the store again.
async fn read(store: &dyn Store) -> Result<Option<Salt>, Error> {
    let first = store.get(&place()).await?;
    let second = store.get(&second_place()).await?;
    let is_there = first.is_some() || second.is_some();
    let mut salts = [first, second].into_iter().flatten();
    match salts.find_map(|it| Salt::read(&it.value)) {
        None if is_there => Err(Error::Corrupt),
        salt => Ok(salt),
    }
}

async fn put(
    store: &dyn Store,
    place: &Key,
    salt: &Salt,
    expected: Expected,
) -> Result<Put, Error> {
    store.put(place, salt.write(), NEVER, expected).await
}

/// Where the salt lies.
pub(super) fn place() -> Key {
    Key::new("salt", Sha256::digest(b"fastmcp/1 salt").into())
}

/// Where its second copy lies.
pub(super) fn second_place() -> Key {
    Key::new("salt", Sha256::digest(b"fastmcp/1 salt, again").into())
}
