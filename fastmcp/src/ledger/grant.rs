//! A grant: one user's consent to one client, with the upstream tokens behind it.
//!
//! ```text
//!   live(generation 0) ── rotate ──▶ live(1) ── rotate ──▶ live(2) …
//!          │                            │
//!          └────────── revoke ──────────┴──▶ revoked ──▶ (expires)
//! ```
//!
//! Invariants:
//! - One record holds all; a refresh token is its id, a generation and a MAC under the grant's
//!   secret, so every generation's token can be computed again and none is stored.
//! - Rotation is one compare-and-set of the generation. A token of an earlier generation, inside
//!   the grace window from its own rotation, is answered with its successor: parallel and repeated
//!   requests all get the same one. After the window it revokes the grant.
//! - Rotation never moves the end of the grant.
//! - A revoked grant keeps nothing but the fact; its record stays until it would have expired.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::handle::{self, GrantId, RefreshHandle};
use super::later::Later;
use super::login::{AuthorizationRequest, CodeBinding};
use super::look::{Seen, Told};
use super::upstream::{Renewed, UpstreamTokens};
use super::{Error, Ledger, seconds};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::{Claims, Scopes};
use crate::store::{Expected, Live, Put};

pub(super) const KIND: &str = "grant";

/// A rotation remembered: this many inside one grace window are more than any client makes.
const ROTATIONS_KEPT: usize = 64;

/// What a sign-in established.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewGrant {
    /// Immutable id of the user at the provider.
    pub subject: String,
    /// What the token may do: asked for, shown, and given by the provider.
    pub scopes: Scopes,
    /// Roles from verified sources.
    pub roles: BTreeSet<String>,
    /// Claims that pass through into our tokens.
    pub claims: Claims,
    /// The provider's tokens.
    pub upstream: Option<UpstreamTokens>,
    /// Who told the rest; `None` in a record of an earlier version.
    #[serde(default)]
    pub told: Option<Told>,
}

/// A live grant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    id: GrantId,
    binding: CodeBinding,
    #[serde(flatten)]
    facts: NewGrant,
    #[serde(with = "super::exposed")]
    secret: Secret,
    generation: u32,
    rotations: Vec<(u32, UnixSeconds)>,
    created_at: UnixSeconds,
    expires_at: UnixSeconds,
    #[serde(default)]
    upstream_generation: u32,
    /// When the upstream tokens came.
    #[serde(default)]
    upstream_since: UnixSeconds,
    /// An ID token that came with them and that no look has read yet.
    #[serde(default, with = "super::exposed::option")]
    id_token: Option<Secret>,
    /// With which upstream tokens the user was looked at, and when.
    #[serde(default)]
    looked_generation: u32,
    #[serde(default)]
    looked_at: UnixSeconds,
    #[serde(flatten)]
    later: Later,
}

#[derive(Serialize, Deserialize)]
pub(super) enum Record {
    Live(Box<Grant>),
    Revoked { at: UnixSeconds },
}

/// How a refresh token stands, before anything is done with it.
#[derive(Debug)]
pub enum Standing {
    /// It can be rotated, or answered again.
    Good(Box<Grant>),
    /// It was rotated before, and its window has passed. Present it to [`Ledger::rotate`] to end
    /// the family.
    Reused(Box<Grant>),
    /// It names no live grant.
    Dead,
}

/// Answer to [`Ledger::rotate`].
#[derive(Debug)]
pub enum Refresh<E> {
    /// The successor, the same for everyone who asks inside the window.
    Rotated {
        /// The grant after rotation.
        grant: Box<Grant>,
        /// The next refresh token.
        refresh_token: Secret,
    },
    /// No live token.
    Invalid {
        /// It was reused after its window; the family is revoked.
        reused: bool,
        /// The grant, if this request ended it; see [`Ledger::revoke`].
        ended: Option<Box<Grant>>,
    },
    /// The caller's own check failed; nothing has changed.
    Refused(E),
}

impl Grant {
    /// Its id, the `grant` claim of its access tokens.
    pub fn id(&self) -> GrantId {
        self.id
    }

    /// Client, redirect URI, challenge and resource of the login.
    pub fn binding(&self) -> &CodeBinding {
        &self.binding
    }

    /// What the sign-in established.
    pub fn facts(&self) -> &NewGrant {
        &self.facts
    }

    /// When the grant ends.
    pub fn expires_at(&self) -> UnixSeconds {
        self.expires_at
    }

    /// When the grant began.
    pub fn created_at(&self) -> UnixSeconds {
        self.created_at
    }

    /// The newest refresh token.
    pub fn refresh_token(&self) -> Secret {
        self.token_of(self.generation)
    }

    pub(super) fn upstream_generation(&self) -> u32 {
        self.upstream_generation
    }

    pub(super) fn upstream_since(&self) -> UnixSeconds {
        self.upstream_since
    }

    /// An ID token that no look has read yet.
    pub fn id_token(&self) -> Option<&Secret> {
        self.id_token.as_ref()
    }

    /// Whether the upstream tokens are newer than the last look at the user.
    pub fn is_behind(&self) -> bool {
        self.looked_generation != self.upstream_generation
    }

    /// When the user was last looked at: at the login, or later.
    pub fn looked_at(&self) -> UnixSeconds {
        self.looked_at
    }

    pub(super) fn set_upstream(&mut self, renewed: Renewed, now: UnixSeconds) {
        self.facts.upstream = Some(renewed.tokens);
        self.id_token = renewed.id_token;
        self.upstream_since = now;
        self.upstream_generation = self.upstream_generation.wrapping_add(1);
    }

    /// Takes over what a look has seen; tells whether that changes what the user may do.
    pub(super) fn set_seen(&mut self, seen: Option<Seen>, now: UnixSeconds) -> bool {
        self.id_token = None;
        self.looked_generation = self.upstream_generation;
        self.looked_at = now;
        let Some(seen) = seen else {
            return false;
        };
        let claims = seen.claims.unwrap_or_else(|| self.facts.claims.clone());
        let has_changed = self.facts.roles != seen.roles || self.facts.claims != claims;
        self.facts.roles = seen.roles;
        self.facts.claims = claims;
        self.facts.told = Some(seen.told);
        has_changed
    }

    fn token_of(&self, generation: u32) -> Secret {
        handle::refresh_token(self.secret.expose().as_bytes(), self.id, generation)
    }

    fn made(&self, handle: &RefreshHandle) -> bool {
        handle.generation <= self.generation && handle.proven_by(self.secret.expose().as_bytes())
    }

    /// Whether a token of `generation` may be answered: the current one, or one inside its window.
    /// A clock behind the one that rotated counts as inside.
    fn answers(&self, generation: u32, now: UnixSeconds, grace: UnixSeconds) -> bool {
        generation == self.generation
            || self.rotations.iter().any(|(rotated, at)| {
                *rotated == generation && grace > 0 && now.saturating_sub(*at) <= grace
            })
    }

    fn rotated(mut self, now: UnixSeconds, grace: UnixSeconds) -> Self {
        self.rotations
            .retain(|(_, at)| now.saturating_sub(*at) <= grace);
        if self.rotations.len() == ROTATIONS_KEPT {
            self.rotations.remove(0);
        }
        self.rotations.push((self.generation, now));
        self.generation += 1;
        self
    }
}

impl Ledger {
    /// Begins the grant of a login, or finds it begun; `None` if it has been revoked.
    pub(super) async fn begin_grant(
        &self,
        id: GrantId,
        request: &AuthorizationRequest,
        facts: NewGrant,
    ) -> Result<Option<Grant>, Error> {
        let now = self.now();
        let longest = now + seconds(self.lifetimes().refresh_token);
        let upstream_ends = facts.upstream.as_ref().and_then(|u| u.refresh_expires_at);
        let grant = Grant {
            id,
            binding: request.binding.clone(),
            facts,
            secret: Secret::from(self.parts().random.token()),
            generation: 0,
            rotations: Vec::new(),
            created_at: now,
            expires_at: upstream_ends.map_or(longest, |ends| ends.min(longest)),
            upstream_generation: 0,
            upstream_since: now,
            id_token: None,
            looked_generation: 0,
            looked_at: now,
            later: Later::default(),
        };
        let record = Record::Live(Box::new(grant.clone()));
        match self
            .create(KIND, id.as_bytes(), &record, grant.expires_at)
            .await?
        {
            Put::Done(_) => Ok(Some(grant)),
            Put::Conflict => self.grant(id).await,
        }
    }

    /// The grant of this id, if it is live.
    pub async fn grant(&self, id: GrantId) -> Result<Option<Grant>, Error> {
        let live = self.live_grant(id).await?;
        Ok(live.map(|(grant, _)| grant))
    }

    pub(super) async fn live_grant(&self, id: GrantId) -> Result<Option<(Grant, Expected)>, Error> {
        let record = self.read::<Record>(KIND, id.as_bytes()).await?;
        Ok(match record {
            Some(Live {
                value: Record::Live(grant),
                version,
                ..
            }) => Some((*grant, Expected::Version(version))),
            _ => None,
        })
    }

    /// Writes a changed grant over the version that was read.
    pub(super) async fn put_grant(&self, grant: &Grant, expected: Expected) -> Result<Put, Error> {
        let record = Record::Live(Box::new(grant.clone()));
        let put = self
            .sealed()
            .put(
                KIND,
                grant.id.as_bytes(),
                &record,
                grant.expires_at,
                expected,
            )
            .await?;
        Ok(put)
    }

    /// How `refresh_token` stands; changes nothing.
    pub async fn standing(&self, refresh_token: &str) -> Result<Standing, Error> {
        let Some(handle) = RefreshHandle::parse(refresh_token) else {
            return Ok(Standing::Dead);
        };
        let grant = self.grant(handle.grant).await?;
        let Some(grant) = grant.filter(|grant| grant.made(&handle)) else {
            return Ok(Standing::Dead);
        };
        let grace = seconds(self.lifetimes().refresh_grace);
        let good = grant.answers(handle.generation, self.now(), grace);
        let grant = Box::new(grant);
        Ok(if good {
            Standing::Good(grant)
        } else {
            Standing::Reused(grant)
        })
    }

    /// Rotates `refresh_token`, after `check` agreed to its grant.
    pub async fn rotate<E>(
        &self,
        refresh_token: &str,
        check: impl Fn(&Grant) -> Result<(), E>,
    ) -> Result<Refresh<E>, Error> {
        let dead = Refresh::Invalid {
            reused: false,
            ended: None,
        };
        let Some(handle) = RefreshHandle::parse(refresh_token) else {
            return Ok(dead);
        };
        // Every conflict means that another request moved the grant on, so the loop ends.
        loop {
            let Some((grant, expected)) = self.live_grant(handle.grant).await? else {
                return Ok(dead);
            };
            if !grant.made(&handle) {
                return Ok(dead);
            }
            if let Err(refusal) = check(&grant) {
                return Ok(Refresh::Refused(refusal));
            }
            let (now, grace) = (self.now(), seconds(self.lifetimes().refresh_grace));
            if !grant.answers(handle.generation, now, grace) {
                return Ok(Refresh::Invalid {
                    reused: true,
                    ended: self.revoke(grant.id).await?,
                });
            }
            let grant = if handle.generation == grant.generation {
                let rotated = grant.rotated(now, grace);
                match self.put_grant(&rotated, expected).await? {
                    Put::Done(_) => rotated,
                    Put::Conflict => continue,
                }
            } else {
                grant
            };
            return Ok(Refresh::Rotated {
                refresh_token: grant.token_of(handle.generation + 1),
                grant: Box::new(grant),
            });
        }
    }
}
