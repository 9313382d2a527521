//! Other issuers' tokens, verified by the keys they publish.
//!
//! The key set is fetched when first needed and kept. States of the cache:
//!
//! | state | a known key id | an unknown key id |
//! |---|---|---|
//! | fresh (an hour) | verified at once | one fetch per minute, then refused |
//! | old | fetched first; if that fails, the old set serves for a day | fetched |
//! | none | fetched | fetched |
//!
//! Fetches are coalesced: who waits for one uses its result. A failed fetch is not repeated for a
//! few seconds. "The keys are out of reach" is never the same answer as "this token is not
//! genuine": the first is [`VerifyError::Unavailable`].

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::Value;

use super::jws::{self, Compact, SKEW};
use super::key_set::{self, KeySet};
use super::{Claims, install_crypto_provider};
use crate::parts::{Parts, UnixSeconds};

const MAX_TOKEN: usize = 32 * 1024;
const MAX_KEY_ID: usize = 256;
const MAX_DOCUMENT: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);
/// A set younger than this is used as it is.
const FRESH: UnixSeconds = 3600;
/// A set older than this is not used even when no newer one can be had.
const USABLE: UnixSeconds = 24 * 3600;
/// How often an unknown key id may cause a fetch.
const REFETCH: UnixSeconds = 60;
/// How long a failed fetch is not repeated.
const RETRY: UnixSeconds = 5;

/// Verifies tokens by a remote JWK set. Cheap to clone.
#[derive(Clone)]
pub struct JwksVerifier(Arc<Inner>);

struct Inner {
    /// What the log calls the key set.
    name: String,
    url: String,
    parts: Parts,
    cache: RwLock<Cache>,
    /// Held by the one who fetches.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Cache {
    keys: Option<Arc<KeySet>>,
    fetched_at: UnixSeconds,
    failed_at: Option<UnixSeconds>,
}

/// What a token must say beyond a valid signature and unexpired dates. `None` checks nothing, so
/// leave out only what you check yourself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expect<'a> {
    /// The exact `iss`.
    pub issuer: Option<&'a str>,
    /// A value that must be among `aud`; with several of them, `azp` must name it too.
    pub audience: Option<&'a str>,
    /// The exact `nonce`.
    pub nonce: Option<&'a str>,
}

/// Why a token was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// It is not genuine, not live, or not what was expected.
    Invalid,
    /// The keys could not be fetched, so nothing is known about it.
    Unavailable,
}

impl JwksVerifier {
    /// A verifier by the key set at `url`, which is fetched when first needed.
    pub fn new(url: impl Into<String>, parts: Parts) -> Self {
        let url = url.into();
        Self::called(url.clone(), url, parts)
    }

    /// The same, called `name` in the log: an address that somebody else has written stays out of
    /// it.
    pub(crate) fn called(name: String, url: String, parts: Parts) -> Self {
        install_crypto_provider();
        let (cache, fetching) = (RwLock::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Inner {
            name,
            url,
            parts,
            cache,
            fetching,
        }))
    }

    /// The claims of `jwt` if it is genuine, live and as expected.
    ///
    /// # Errors
    /// [`VerifyError`] tells a bad token from keys that are out of reach.
    pub async fn verify(&self, jwt: &str, expect: &Expect<'_>) -> Result<Claims, VerifyError> {
        let jws = Compact::parse(jwt, MAX_TOKEN).ok_or(VerifyError::Invalid)?;
        let header = jws::decode(jws.header).ok_or(VerifyError::Invalid)?;
        let alg = usable_algorithm(&header).ok_or(VerifyError::Invalid)?;
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= MAX_KEY_ID => Some(kid.as_str()),
            Some(_) => return Err(VerifyError::Invalid),
        };
        // Refuse what would be refused anyway before going to the network for it.
        let claims = jws::decode(jws.payload).ok_or(VerifyError::Invalid)?;
        let now = self.0.parts.clock.now();
        if !is_live(&claims, now) || !is_expected(&claims, expect) {
            return Err(VerifyError::Invalid);
        }
        let keys = self.0.keys(kid).await?;
        keys.verifies(jws, kid, alg)
            .then_some(claims)
            .ok_or(VerifyError::Invalid)
    }
}

/// The algorithm that a header names, if it is one of ours and nothing else must be understood.
fn usable_algorithm(header: &Claims) -> Option<&str> {
    let strange = header.contains_key("crit") || header.contains_key("b64");
    let alg = jws::text(header, "alg")?;
    (!strange && key_set::algorithm(alg).is_some()).then_some(alg)
}

fn is_live(claims: &Claims, now: UnixSeconds) -> bool {
    let ends = claims.get("exp").and_then(jws::numeric_date);
    // Two organisations' clocks: the same tolerance at both ends.
    ends.is_some_and(|ends| ends.saturating_add(SKEW) > now)
        && jws::not_after(claims, "nbf", now.saturating_add(SKEW))
        && jws::not_after(claims, "iat", now.saturating_add(SKEW))
}

fn is_expected(claims: &Claims, expect: &Expect<'_>) -> bool {
    let exactly = |name: &str, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| jws::text(claims, name) == Some(wanted))
    };
    exactly("iss", expect.issuer)
        && exactly("nonce", expect.nonce)
        && expect.audience.is_none_or(|wanted| is_for(claims, wanted))
}

fn is_for(claims: &Claims, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(aud)) => aud == audience,
        Some(Value::Array(all)) => {
            all.iter().all(Value::is_string)
                && all.iter().any(|aud| aud == audience)
                && (all.len() == 1 || jws::text(claims, "azp") == Some(audience))
        }
        _ => false,
    }
}

impl Inner {
    /// A key set that has `kid`, or the newest there is.
    async fn keys(&self, kid: Option<&str>) -> Result<Arc<KeySet>, VerifyError> {
        if let Some(keys) = self.settled(kid) {
            return keys;
        }
        let _fetching = self.fetching.lock().await;
        // Somebody may have fetched while we waited.
        if let Some(keys) = self.settled(kid) {
            return keys;
        }
        let fetched = fetch(&self.parts.http, &self.url).await;
        let now = self.parts.clock.now();
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *cache = Cache {
                    keys: Some(keys.clone()),
                    fetched_at: now,
                    failed_at: None,
                };
                Ok(keys)
            }
            Err(cause) => {
                tracing::warn!(keys = self.name, cause, "key set could not be fetched");
                cache.failed_at = Some(now);
                usable(&cache, kid, now).ok_or(VerifyError::Unavailable)
            }
        }
    }

    /// The answer that needs no fetch, if there is one.
    fn settled(&self, kid: Option<&str>) -> Option<Result<Arc<KeySet>, VerifyError>> {
        let cache = self
            .cache
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let now = self.parts.clock.now();
        let age = now.saturating_sub(cache.fetched_at);
        if let Some(keys) = &cache.keys {
            let known = keys.has(kid);
            if (known && age < FRESH) || (!known && age < REFETCH) {
                return Some(Ok(keys.clone()));
            }
        }
        let failed_just_now = cache
            .failed_at
            .is_some_and(|at| now.saturating_sub(at) < RETRY);
        failed_just_now.then(|| usable(&cache, kid, now).ok_or(VerifyError::Unavailable))
    }
}

/// A set that is no longer fresh but has the key, for when there is no other.
fn usable(cache: &Cache, kid: Option<&str>, now: UnixSeconds) -> Option<Arc<KeySet>> {
    let keys = cache.keys.as_ref().filter(|keys| keys.has(kid))?;
    (now.saturating_sub(cache.fetched_at) < USABLE).then(|| keys.clone())
}

async fn fetch(http: &reqwest::Client, url: &str) -> Result<KeySet, &'static str> {
    let request = http
        .get(url)
        .header("accept", "application/json")
        .timeout(TIMEOUT);
    let mut response = request.send().await.map_err(|_| "no answer")?;
    if response.status() != reqwest::StatusCode::OK {
        return Err("answer other than 200");
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| "answer cut short")? {
        if body.len() + chunk.len() > MAX_DOCUMENT {
            return Err("key set longer than 64 KiB");
        }
        body.extend_from_slice(&chunk);
    }
    KeySet::parse(&body).ok_or("answer is no key set")
}

impl fmt::Debug for JwksVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksVerifier")
            .field("keys", &self.0.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "token is not valid",
            Self::Unavailable => "the issuer's keys are out of reach",
        })
    }
}

impl std::error::Error for VerifyError {}

#[cfg(test)]
#[path = "jwks_tests.rs"]
mod tests;
