//! The client and what it gives.

use std::fmt;
use std::sync::Arc;

use super::endpoints::Source;
use super::give_back::Queue;
use super::options::UpstreamOptions;
use crate::auth::Claims;
use crate::keys::Keys;
use crate::ledger::{Told, UpstreamTokens};
use crate::parts::{Parts, UnixSeconds};
use crate::provider::dev::Tickets;
use crate::provider::{Identity, Provider};
use crate::secret::Secret;
use crate::spec::Scopes;

/// The one client of one identity provider; cheap to clone.
#[derive(Clone)]
pub(crate) struct Upstream(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) provider: Provider,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    pub(super) options: UpstreamOptions,
    pub(super) parts: Parts,
    pub(super) keys: Keys,
    pub(super) endpoints: Source,
    /// The development provider's other half.
    pub(super) tickets: Tickets,
    pub(super) giving_back: Queue,
}

/// A user who has just signed in at the provider.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) tokens: UpstreamTokens,
    /// From verified sources; the only thing of this that may decide about access.
    pub(crate) identity: Identity,
    /// For passing through to clients: verified only if a `token_verifier` is set.
    pub(crate) access_token_claims: Option<Claims>,
    /// For passing through to clients: verified only if issuer and keys are known.
    pub(crate) id_token_claims: Option<Claims>,
    /// Which source told what.
    pub(crate) told: Told,
    /// What the provider says it granted, under the names it was asked for; the caller
    /// intersects it with what was asked. `None`: all of it.
    pub(crate) granted: Option<Scopes>,
}

impl Upstream {
    /// A client for `provider`, which must have passed [`Provider::validate`].
    pub(crate) fn new(
        provider: Provider,
        client_id: String,
        client_secret: Option<Secret>,
        options: UpstreamOptions,
        parts: Parts,
        keys: Keys,
    ) -> Self {
        let endpoints = Source::of(&provider, &options.base_url, &parts);
        let tickets = Tickets::new(keys.clone(), parts.clone());
        Self(Arc::new(Inner {
            provider,
            client_id,
            client_secret,
            options,
            parts,
            keys,
            endpoints,
            tickets,
            giving_back: Queue::new(),
        }))
    }

    /// The time by the server's clock.
    pub(crate) fn now(&self) -> UnixSeconds {
        self.0.parts.clock.now()
    }

    /// The provider, for its name and title.
    pub(crate) fn provider(&self) -> &Provider {
        &self.0.provider
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("provider", &self.0.provider.name)
            .finish_non_exhaustive()
    }
}
