//! What the development provider hands out instead of storing: sealed, short-lived texts.
//!
//! | text | travels | bound to | holds |
//! |---|---|---|---|
//! | form | hidden in the page | – | state, PKCE challenge, scopes |
//! | code | redirect to the callback | `state` | the user, challenge, scopes |
//! | refresh token | kept by the server | – | the user, scopes |
//!
//! A form or code ends after [`LIFETIME`]; none opens as another, since each is sealed under its
//! own name.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::DevUser;
use crate::keys::{Keys, Purpose};
use crate::parts::{Parts, UnixSeconds};
use crate::secret::Secret;
use crate::spec::{CodeChallenge, Scopes};

/// How long the page may stay open, and how long a code is good, in seconds.
const LIFETIME: UnixSeconds = 600;

const FORM: &str = "dev-form";
const CODE: &str = "dev-code";
const REFRESH: &str = "dev-refresh";

/// Seals and opens what the development provider hands out.
#[derive(Clone, Debug)]
pub(crate) struct Tickets {
    keys: Keys,
    parts: Parts,
}

/// A browser's visit to the sign-in page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Visit {
    /// Goes back to the callback untouched.
    pub(crate) state: String,
    /// Must be met at the exchange.
    pub(crate) challenge: CodeChallenge,
    /// What was asked for.
    pub(crate) scopes: Scopes,
}

/// A user and what was asked for in their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrival {
    pub(crate) user: DevUser,
    pub(crate) scopes: Scopes,
}

#[derive(Serialize, Deserialize)]
struct Timed<T> {
    value: T,
    ends: UnixSeconds,
}

impl Tickets {
    pub(crate) fn new(keys: Keys, parts: Parts) -> Self {
        Self { keys, parts }
    }

    pub(super) fn form(&self, visit: &Visit) -> Option<String> {
        self.seal(FORM, "", visit, self.soon())
    }

    pub(super) fn open_form(&self, form: &str) -> Option<Visit> {
        self.open(FORM, "", form)
    }

    /// A code for `user`, of use only with the state and challenge of `visit`.
    pub(crate) fn code(&self, visit: &Visit, user: DevUser) -> Option<String> {
        let arrival = Arrival {
            user,
            scopes: visit.scopes.clone(),
        };
        self.seal(
            CODE,
            &visit.state,
            &(&visit.challenge, arrival),
            self.soon(),
        )
    }

    /// Who arrived with `code`, if state and verifier are those of the visit.
    pub(crate) fn redeem(&self, code: &Secret, state: &str, verifier: &str) -> Option<Arrival> {
        let (challenge, arrival): (CodeChallenge, Arrival) =
            self.open(CODE, state, code.expose())?;
        challenge.verifies(verifier).then_some(arrival)
    }

    /// A refresh token; how long it is used is up to the server that keeps it.
    pub(crate) fn refresh_token(&self, arrival: &Arrival) -> Option<Secret> {
        self.seal(REFRESH, "", arrival, UnixSeconds::MAX)
            .map(Secret::from)
    }

    /// For whom `refresh_token` was made.
    pub(crate) fn refresh(&self, refresh_token: &Secret) -> Option<Arrival> {
        self.open(REFRESH, "", refresh_token.expose())
    }

    /// An access token: it opens nothing, it only has to be there.
    pub(crate) fn access_token(&self) -> Secret {
        Secret::from(format!("dev-{}", self.parts.random.token()))
    }

    fn soon(&self) -> UnixSeconds {
        self.parts.clock.now().saturating_add(LIFETIME)
    }

    fn seal<T: Serialize>(
        &self,
        name: &str,
        bound_to: &str,
        value: T,
        ends: UnixSeconds,
    ) -> Option<String> {
        let plain = serde_json::to_vec(&Timed { value, ends }).ok()?;
        let random = &self.parts.random;
        Some(
            self.keys
                .seal(Purpose::Consent, &aad(name, bound_to), &plain, random),
        )
    }

    fn open<T: DeserializeOwned>(&self, name: &str, bound_to: &str, sealed: &str) -> Option<T> {
        let plain = self
            .keys
            .open(Purpose::Consent, &aad(name, bound_to), sealed)?;
        let timed: Timed<T> = serde_json::from_slice(&plain).ok()?;
        (self.parts.clock.now() < timed.ends).then_some(timed.value)
    }
}

/// Name and binding; the name has no zero byte, so the two cannot be confused.
fn aad(name: &str, bound_to: &str) -> Vec<u8> {
    [name.as_bytes(), b"\0", bound_to.as_bytes()].concat()
}
