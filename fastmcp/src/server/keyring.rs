//! The keys that a store is opened with, from what was chosen and what the environment says.
//!
//! | keys | secret | store | then the current keys are |
//! |---|---|---|---|
//! | given | – | any | those |
//! | – | given | any | derived from it, with the salt that lies in the store |
//! | – | – | `disk:` | generated once and kept in its directory |
//! | – | – | ends with the process | generated, and end with it |
//! | – | – | Redis, PostgreSQL, your own | refused: keys that end with the process would lose the data |
//!
//! A key given for one purpose takes that one's place. Previous keys are those of previous
//! secrets; that of `fastmcp.key.previous` in the directory of a `disk:` store; and the current ones
//! before a key for one purpose took its place.

use super::choices::Choices;
use super::environment;
use crate::error::Problem;
use crate::keys::{self, DEFAULT_ITERATIONS, KeyError, KeyMaterial, Keys, MIN_ITERATIONS};
use crate::parts::Parts;
use crate::secret::Secret;
use crate::settings::places;
use crate::store::{self, Salt, Store};

/// What the keys are made of, checked without making one.
pub(super) struct Keyring {
    secret: Option<Secret>,
    previous: Vec<Secret>,
    overrides: Vec<(Override, KeyMaterial)>,
    /// Of single keys, those before.
    overridden: Vec<(Override, KeyMaterial)>,
    /// Those that were asked for; otherwise the store knows.
    rounds: Option<u32>,
}

/// The keys of a store, and the salt of those that a secret gave.
pub(super) struct Forged {
    pub(super) keys: Keys,
    pub(super) salt: Option<Salt>,
}

/// Puts one key in another's place.
type Override = fn(Keys, KeyMaterial) -> Keys;

impl Keyring {
    /// # Errors
    /// Every secret or key that cannot be one.
    pub(super) fn plan(choices: &Choices) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut chosen = |chosen: Option<&Secret>, name: &str| match chosen {
            Some(secret) => Some(secret.clone()),
            None => environment::secret(name)
                .map_err(|problem| problems.push(problem))
                .ok()
                .flatten(),
        };
        let secret = chosen(choices.secret.as_ref(), "FASTMCP_SECRET");
        let previous = match chosen(choices.secret_previous.first(), "FASTMCP_SECRET_PREVIOUS") {
            Some(_) if !choices.secret_previous.is_empty() => choices.secret_previous.clone(),
            previous => previous.into_iter().collect(),
        };
        let rounds = choices.secret_iterations;
        let tried = rounds.map_or(MIN_ITERATIONS, |rounds| rounds.max(MIN_ITERATIONS));
        let current = secret.iter().filter(|_| choices.keys.is_none());
        let named = current
            .map(|secret| (secret, "secret"))
            .chain(previous.iter().map(|secret| (secret, "secret_previous")));
        for (secret, setting) in named {
            // Too few rounds are a problem of their own setting.
            if let Err(error) = keys::check_secret(secret, tried) {
                problems.push(no_keys(&error).at(places(setting)));
            }
        }
        let mut single = |given: [Single<'_>; 3]| {
            single_keys(given).unwrap_or_else(|found| {
                problems.extend(found);
                Vec::new()
            })
        };
        let overrides = single([
            (
                "jwt_signing_key",
                &choices.jwt_signing_key,
                Keys::with_jwt_key,
            ),
            (
                "encryption_key",
                &choices.encryption_key,
                Keys::with_storage_key,
            ),
            (
                "consent_signing_key",
                &choices.consent_signing_key,
                Keys::with_consent_key,
            ),
        ]);
        let before = &choices.single_keys_previous;
        let overridden = single([
            ("jwt_signing_key_previous", &before.jwt, Keys::with_jwt_key),
            (
                "encryption_key_previous",
                &before.storage,
                Keys::with_storage_key,
            ),
            (
                "consent_signing_key_previous",
                &before.consent,
                Keys::with_consent_key,
            ),
        ]);
        if problems.is_empty() {
            Ok(Self {
                secret,
                previous,
                overrides,
                overridden,
                rounds,
            })
        } else {
            Err(problems)
        }
    }

    /// The operator's secret by itself, and how often it is hashed.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn secret_alone(choices: &Choices) -> Result<Option<(Secret, u32)>, Problem> {
        let secret = match &choices.secret {
            Some(secret) => Some(secret.clone()),
            None => environment::secret("FASTMCP_SECRET")?,
        };
        let iterations = choices.secret_iterations.unwrap_or(DEFAULT_ITERATIONS);
        Ok(secret.map(|secret| (secret, iterations)))
    }

    /// Whether there are keys besides those that a store may keep.
    pub(super) fn has_keys(&self, choices: &Choices) -> bool {
        choices.keys.is_some() || self.secret.is_some()
    }

    /// The ring for `store`; `kept` are the keys that lie beside it.
    pub(super) async fn forge(
        self,
        choices: &Choices,
        store: &dyn Store,
        kept: Option<Keys>,
        parts: &Parts,
    ) -> Result<Forged, Problem> {
        let at_hand = choices.keys.as_ref().or(kept.as_ref());
        let secret = self.secret.as_ref().filter(|_| choices.keys.is_none());
        let salt = if secret.is_none() && self.previous.is_empty() {
            None
        } else {
            Some(self.salt(store, at_hand, parts).await?)
        };
        let mut earlier = Vec::new();
        for secret in secret.iter().copied().chain(&self.previous) {
            earlier.extend(derived(secret, salt.as_ref()).await?);
        }
        let mut earlier = earlier.into_iter();
        let current = match (&choices.keys, secret, &kept) {
            (Some(keys), ..) => keys.clone(),
            (None, Some(_), _) => earlier.next().ok_or_else(keys_would_end)?,
            (None, None, Some(kept)) => kept.clone(),
            (None, None, None) if !store.outlives_process() => Keys::ephemeral(&parts.random),
            (None, None, None) => return Err(keys_would_end()),
        };
        let mut ring = current.clone();
        for (replace, key) in &self.overrides {
            ring = replace(ring, key.clone());
        }
        if !self.overrides.is_empty() {
            ring = ring.with_previous(&current);
        }
        for (replace, key) in &self.overridden {
            ring = ring.with_previous(&replace(current.clone(), key.clone()));
        }
        for previous in earlier {
            ring = ring.with_previous(&previous);
        }
        if let Some(kept) = kept.filter(|kept| kept.id() != current.id()) {
            ring = ring.with_previous(&kept);
        }
        Ok(Forged { keys: ring, salt })
    }

    async fn salt(
        &self,
        store: &dyn Store,
        at_hand: Option<&Keys>,
        parts: &Parts,
    ) -> Result<Salt, Problem> {
        let rounds = self.rounds.unwrap_or(DEFAULT_ITERATIONS);
        let salt = store::salt(store, rounds, at_hand, &parts.random).await;
        let salt = salt.map_err(|error| super::storage::unopened(&error))?;
        Ok(salt.with_rounds(self.rounds))
    }
}

/// The keys of a secret, one for each of the salt's rounds. That takes tens of milliseconds, so it
/// stays off the threads that answer requests.
async fn derived(secret: &Secret, salt: Option<&Salt>) -> Result<Vec<Keys>, Problem> {
    let Some(Salt { bytes, rounds }) = salt.cloned() else {
        return Ok(Vec::new());
    };
    let secret = secret.clone();
    let derive = move |rounds| Keys::derive(&secret, &bytes, rounds);
    let derived = tokio::task::spawn_blocking(move || rounds.into_iter().map(derive).collect());
    match derived.await {
        Ok(keys) => Result::map_err(keys, |error| no_keys(&error)),
        Err(_) => Err(Problem::new(
            "FM0933",
            "key derivation was interrupted",
            "start the server again",
        )),
    }
}

/// A key for one purpose: its setting, what was given, and where it goes.
type Single<'a> = (&'a str, &'a Option<Secret>, Override);

/// Keys that were given one by one.
fn single_keys(given: [Single<'_>; 3]) -> Result<Vec<(Override, KeyMaterial)>, Vec<Problem>> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for (name, key, replace) in given {
        match key.as_ref().map(KeyMaterial::parse) {
            None => {}
            Some(Ok(key)) => found.push((replace, key)),
            Some(Err(error)) => problems.push(
                Problem::new(
                    "FM0934",
                    format!("`{name}` is no key: {error}"),
                    "give 32 random bytes in base64, or leave it out",
                )
                .at(places(name)),
            ),
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

pub(super) fn no_keys(error: &KeyError) -> Problem {
    Problem::new(
        "FM0933",
        format!("there are no keys: {error}"),
        "set `FASTMCP_SECRET` to at least 32 random characters, or call `.secret(…)`",
    )
    .at(places("secret"))
}

pub(super) fn keys_would_end() -> Problem {
    Problem::new(
        "FM0932",
        "the store outlives the process, but its keys would not",
        "set `FASTMCP_SECRET`, or call `.secret(…)` or `.keys(…)`",
    )
    .at(places("secret"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::keys::Purpose;
    use crate::server::storage;
    use crate::store::MemoryStore;

    async fn forge(choices: &Choices, store: &MemoryStore) -> Keys {
        let parts = Parts::system(Duration::from_secs(1)).unwrap();
        let keyring = Keyring::plan(choices).unwrap();
        keyring
            .forge(choices, store, None, &parts)
            .await
            .unwrap()
            .keys
    }

    fn key(number: u8) -> Secret {
        let digits = format!("{number:02x}");
        Secret::from(format!("{}ff", digits.repeat(31)))
    }

    #[tokio::test]
    async fn a_key_for_one_purpose_is_exchanged_as_a_secret_is() {
        let store = MemoryStore::new();
        let secret = Some(Secret::from("an excellent secret of the operator"));
        let with = |storage: Option<Secret>, before: Option<Secret>, consent| Choices {
            secret: secret.clone(),
            secret_iterations: Some(100_000),
            encryption_key: storage,
            consent_signing_key: consent,
            single_keys_previous: crate::server::choices::SingleKeys {
                storage: before,
                ..Default::default()
            },
            ..Choices::default()
        };
        let plain = forge(&with(None, None, None), &store).await;
        let first = forge(&with(Some(key(1)), None, Some(key(9))), &store).await;
        assert!(first.ids().any(|id| id == plain.id()), "from none to one");
        let sealed = plain.mac(Purpose::Consent, &[b"page"]);
        assert!(first.made(Purpose::Consent, &[b"page"], &sealed));
        let second = forge(&with(Some(key(2)), Some(key(1)), None), &store).await;
        assert_ne!(second.id(), first.id());
        assert!(
            second.ids().any(|id| id == first.id()),
            "from one to another"
        );
        let none = forge(&with(None, Some(key(2)), None), &store).await;
        assert_eq!(none.id(), plain.id());
        assert!(none.ids().any(|id| id == second.id()), "from one to none");
    }

    #[tokio::test]
    async fn other_rounds_are_another_key_that_opens_what_was_there() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let with = |rounds| Choices {
            secret: Some(Secret::from("an excellent secret of the operator")),
            secret_iterations: rounds,
            store: Some(Arc::clone(&store).into()),
            ..Choices::default()
        };
        let parts = Parts::system(Duration::from_secs(1)).unwrap();
        let open = async |rounds| {
            let choices = with(rounds);
            let plan = storage::plan(&choices).unwrap_or_else(|problems| panic!("{problems:?}"));
            let opened = storage::open(plan, &choices, &parts).await;
            opened.unwrap_or_else(|problem| panic!("{problem:?}")).keys
        };
        let first = open(Some(100_000)).await;
        assert_eq!(
            open(None).await.id(),
            first.id(),
            "the store knows its rounds"
        );
        let second = open(Some(120_000)).await;
        assert_ne!(second.id(), first.id());
        assert!(second.ids().any(|id| id == first.id()));
        let third = open(None).await;
        assert_eq!(third.id(), second.id());
        assert!(third.ids().any(|id| id == first.id()));
    }
}
