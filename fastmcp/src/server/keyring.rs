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
use crate::store::{self, Store};

/// What the keys are made of, checked without making one.
pub(super) struct Keyring {
    secret: Option<Secret>,
    previous: Vec<Secret>,
    overrides: Vec<(Override, KeyMaterial)>,
    rounds: u32,
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
        let rounds = choices.secret_iterations.unwrap_or(DEFAULT_ITERATIONS);
        let current = secret.iter().filter(|_| choices.keys.is_none());
        let named = current
            .map(|secret| (secret, "secret"))
            .chain(previous.iter().map(|secret| (secret, "secret_previous")));
        for (secret, setting) in named {
            // Too few rounds are a problem of their own setting.
            if let Err(error) = keys::check_secret(secret, rounds.max(MIN_ITERATIONS)) {
                problems.push(no_keys(&error).at(places(setting)));
            }
        }
        let overrides = overrides(choices).map_err(|found| problems.extend(found));
        match (overrides, problems.is_empty()) {
            (Ok(overrides), true) => Ok(Self {
                secret,
                previous,
                overrides,
                rounds,
            }),
            _ => Err(problems),
        }
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
    ) -> Result<Keys, Problem> {
        let at_hand = choices.keys.as_ref().or(kept.as_ref());
        let current = match (&choices.keys, &self.secret, &kept) {
            (Some(keys), ..) => keys.clone(),
            (None, Some(secret), _) => self.derived(secret, store, at_hand, parts).await?,
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
        for secret in &self.previous {
            let previous = self.derived(secret, store, at_hand, parts).await?;
            ring = ring.with_previous(&previous);
        }
        if let Some(kept) = kept.filter(|kept| kept.id() != current.id()) {
            ring = ring.with_previous(&kept);
        }
        Ok(ring)
    }

    /// Derivation takes tens of milliseconds, so it stays off the threads that answer requests.
    async fn derived(
        &self,
        secret: &Secret,
        store: &dyn Store,
        at_hand: Option<&Keys>,
        parts: &Parts,
    ) -> Result<Keys, Problem> {
        let salt = store::salt(store, at_hand, &parts.random)
            .await
            .map_err(|error| super::storage::unopened(&error))?;
        let (secret, rounds) = (secret.clone(), self.rounds);
        let derived = tokio::task::spawn_blocking(move || Keys::derive(&secret, &salt, rounds));
        match derived.await {
            Ok(keys) => keys.map_err(|error| no_keys(&error)),
            Err(_) => Err(Problem::new(
                "FM0933",
                "key derivation was interrupted",
                "start the server again",
            )),
        }
    }
}

/// Keys that were given one by one.
fn overrides(choices: &Choices) -> Result<Vec<(Override, KeyMaterial)>, Vec<Problem>> {
    let given: [(&str, &Option<Secret>, Override); 3] = [
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
    ];
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
