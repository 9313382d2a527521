//! What the authorization server remembers, and the legal ways for it to change.
//!
//! Typed records over a sealed store; every transition is one compare-and-set, on one node and on
//! many. Nothing above this module writes a record, and nothing in it knows HTTP, so races run as
//! plain function calls over any store.
//!
//! | record | life | file |
//! |---|---|---|
//! | client | registered, or noted as published → used → expired | `client.rs` |
//! | login | approved → claimed → returned → redeemed | `login.rs`, `code.rs` |
//! | grant | live(n) → live(n+1) → revoked | `grant.rs`, `upstream.rs`, `look.rs`, `revoke.rs` |
//! | lease | held → released or expired | `lease.rs` |
//! | access token | revoked → expired | `access.rs` |
//! | conversation | running → gone, or spent → expired | `conversation.rs` |
//! | assertion | used → expired | `assertion.rs` |
//! | task | working ⇄ waiting for answers → over → expired | `task.rs` |
//!
//! `survey.rs` looks at all of them: lists grants, checks that records open, seals them anew.
//!
//! A record that cannot be opened counts as absent: it is logged by the sealed store and left in
//! place, and what depends on it ends as if it had never been (RFC 6749 `invalid_grant`). A store
//! out of reach is an [`Error`], which the rim answers with 503.

mod access;
mod assertion;
mod client;
mod code;
mod conversation;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod grant;
mod handle;
mod later;
mod lease;
mod login;
mod look;
mod passthrough;
mod revoke;
mod survey;
mod task;
#[cfg(test)]
mod tests;
mod unsaved;
mod unused;
mod upstream;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::client::{Client, ClientAuth, ClientKeys, NewClient};
pub use self::code::{Deferred, Redemption};
pub use self::grant::{Grant, NewGrant, Refresh, Standing};
pub use self::handle::{GrantId, keys_of_state};
pub use self::login::{
    Approval, AuthorizationRequest, Browser, Claim, CodeBinding, Login, Payload,
};
pub use self::look::{Looked, Seen, Told, ToldByIdToken};
pub use self::passthrough::Passed;
pub use self::survey::{Ended, Grants, Party, Survey};
pub use self::upstream::{Fresh, Renewed, UpstreamTokens};
use crate::keys::Keys;
use crate::parts::{Parts, UnixSeconds};
pub use crate::store::Cursor;
use crate::store::{self, Expected, Live, Put, Sealed};

/// Typed records over a sealed store. Cheap to clone.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    sealed: Sealed,
    keys: Keys,
    parts: Parts,
    lifetimes: Lifetimes,
    refreshing: lease::Local,
    unsaved: unsaved::Unsaved,
    unused: unused::Unused,
    changes: AtomicU64,
}

/// How long things live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// From the consent page to the decision, and from there to the callback.
    pub transaction: Duration,
    /// From the callback to the redemption of the code.
    pub authorization_code: Duration,
    /// The usual life of an access token: after an exchange of keys, the previous ones stay good for
    /// so long at least.
    pub access_token: Duration,
    /// The whole life of a grant; rotation does not extend it.
    pub refresh_token: Duration,
    /// How long a rotated refresh token is answered with its successor; zero for never.
    pub refresh_grace: Duration,
    /// How long one refresh of an upstream token may take; a node that died in one is succeeded
    /// after that.
    pub upstream_refresh: Duration,
    /// A registration that no login used.
    pub unused_client: Duration,
    /// A registration since its last use.
    pub idle_client: Duration,
    /// How many registrations that no login used are kept, the oldest making room; `None` for any
    /// number.
    pub most_unused_clients: Option<usize>,
}

impl Lifetimes {
    pub(crate) const DAY: UnixSeconds = 86_400;
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            transaction: Duration::from_mins(10),
            authorization_code: Duration::from_mins(5),
            access_token: Duration::from_hours(1),
            refresh_token: Duration::from_secs(30 * Self::DAY),
            refresh_grace: Duration::from_mins(2),
            upstream_refresh: Duration::from_secs(15),
            unused_client: Duration::from_secs(Self::DAY),
            idle_client: Duration::from_secs(90 * Self::DAY),
            most_unused_clients: Some(10_000),
        }
    }
}

/// The store is out of reach for the moment: nothing is known, nothing was changed, try again.
#[derive(Debug)]
pub struct Error {
    cause: String,
}

impl Error {
    fn unavailable(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store is out of reach: {}", self.cause)
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::unavailable(error)
    }
}

impl Ledger {
    /// A ledger over `sealed`, with the default lifetimes.
    pub fn new(sealed: Sealed, keys: Keys, parts: Parts) -> Self {
        Self::build(sealed, keys, parts, Lifetimes::default())
    }

    /// A ledger over the same records with these lifetimes.
    #[must_use]
    pub fn with_lifetimes(&self, lifetimes: Lifetimes) -> Self {
        let Inner {
            sealed,
            keys,
            parts,
            ..
        } = &*self.0;
        Self::build(sealed.clone(), keys.clone(), parts.clone(), lifetimes)
    }

    fn build(sealed: Sealed, keys: Keys, parts: Parts, lifetimes: Lifetimes) -> Self {
        Self(Arc::new(Inner {
            sealed,
            keys,
            parts,
            lifetimes,
            refreshing: lease::Local::default(),
            unsaved: unsaved::Unsaved::default(),
            unused: unused::Unused::default(),
            changes: AtomicU64::new(0),
        }))
    }

    /// Removes up to `limit` expired records; tells how many.
    pub async fn sweep(&self, limit: usize) -> Result<usize, Error> {
        Ok(self.sealed().sweep(limit).await?)
    }

    /// How often to sweep; `None` where the store forgets by itself.
    pub fn cleanup_interval(&self) -> Option<Duration> {
        self.sealed().store().cleanup_interval()
    }

    /// The lifetimes it was made with.
    pub fn lifetimes(&self) -> &Lifetimes {
        &self.0.lifetimes
    }

    /// How many grants this process has revoked, or of whose users it has learnt something new; who
    /// remembers a grant looks again when it moves.
    pub fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::SeqCst)
    }

    fn note_change(&self) {
        self.0.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether other servers have exchanged the keys and this one does not have the new ones: what
    /// it does not know may be good there.
    pub fn is_left_behind(&self) -> bool {
        self.sealed().is_left_behind()
    }

    /// What a handle that no key of this server made means: nothing, unless there are keys that it
    /// does not have.
    fn made_elsewhere(&self) -> Result<(), Error> {
        if self.is_left_behind() {
            return Err(Error::unavailable("this server lacks the current key"));
        }
        Ok(())
    }

    fn unused(&self) -> &unused::Unused {
        &self.0.unused
    }

    fn sealed(&self) -> &Sealed {
        &self.0.sealed
    }

    /// The keys of its handles.
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Its clock and randomness.
    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    fn now(&self) -> UnixSeconds {
        self.0.parts.clock.now()
    }

    /// Reads a live record; one that cannot be opened counts as absent.
    async fn read<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        id: &[u8],
    ) -> Result<Option<Live<T>>, Error> {
        match self.sealed().get(kind, id).await {
            Err(store::Error::Corrupt) => Ok(None),
            answer => Ok(answer?),
        }
    }

    async fn create<T: Serialize>(
        &self,
        kind: &'static str,
        id: &[u8],
        value: &T,
        expires_at: UnixSeconds,
    ) -> Result<Put, Error> {
        let put = self
            .sealed()
            .put(kind, id, value, expires_at, Expected::Absent)
            .await?;
        Ok(put)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger")
    }
}

fn seconds(duration: Duration) -> UnixSeconds {
    duration.as_secs()
}

/// Secrets inside records: [`Secret`](crate::Secret) itself cannot be serialized, and only a
/// record on its way into the sealed store may do so.
mod exposed {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        Secret::deserialize(from)
    }

    pub(super) mod option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use crate::secret::Secret;

        #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
        pub(in super::super) fn serialize<S: Serializer>(
            secret: &Option<Secret>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            secret.as_ref().map(Secret::expose).serialize(to)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Secret>, D::Error> {
            Option::deserialize(from)
        }
    }
}
