//! One login, one record from consent to code.
//!
//! ```text
//!   (sealed page)  ── approve ──▶ Approved ── claim ──▶ Claimed ── issue_code ──▶ Returned
//!        │                                                │                          │
//!        └── deny ──▶ Denied                              └── fail ──▶ Failed        └── redeem ──▶ Redeemed
//! ```
//!
//! Invariants:
//! - Nothing is written before the user decides; the request travels sealed in the page.
//! - The record outlives the page that made it, so a decided page cannot be decided again.
//! - Every arrow is one compare-and-set; of many at once, one wins. `approve` is answered alike
//!   while the login waits for the provider, so a double click is harmless.
//! - Only the browser that approved can claim; another one changes nothing.
//! - The grant is written before the code is spent, so a fault between the two loses nothing: the
//!   code can be redeemed again and meets the same grant.
//! - A write that spends the code and seems to fail is looked for: what was spent is not a replay.
//! - A spent code that comes again with its right verifier revokes the grant; with a wrong one, or
//!   from another client, it changes nothing.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::client::NewClient;
use super::grant::NewGrant;
use super::handle::GrantId;
use super::survey::Party;
use super::{Error, Ledger, seconds};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::{CodeChallenge, RedirectUri, Scopes};
use crate::store::{Expected, Put, Version};

pub(super) const KIND: &str = "login";

/// A checked authorization request, as it travels sealed in the consent page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Fresh for every rendered page.
    pub transaction: String,
    /// What the code will be bound to.
    pub binding: CodeBinding,
    /// The client's name when the page was shown.
    pub client_name: Option<String>,
    /// The client's `state`, returned byte for byte.
    pub state: Option<String>,
    /// What was asked for and shown.
    pub scopes: Scopes,
    /// When the page can no longer be decided.
    pub expires_at: UnixSeconds,
}

/// What a code is bound to (RFC 6749 section 4.1.3, RFC 7636, RFC 8707).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeBinding {
    /// The client that may redeem it.
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: RedirectUri,
    /// What the verifier must hash to.
    pub code_challenge: CodeChallenge,
    /// The resource the token will be for, in canonical form.
    pub resource: String,
    /// What the client published when it asked, if its id is a URL: later steps go by this, whatever
    /// has become of it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<NewClient>,
}

/// The browser that decides, by the random value of its cookie.
#[derive(Clone, Debug)]
pub struct Browser([u8; 32]);

impl Browser {
    /// The browser whose cookie holds `value`.
    pub fn of_cookie(value: &Secret) -> Self {
        Self(Sha256::digest(value.expose().as_bytes()).into())
    }

    fn is(&self, other: &[u8; 32]) -> bool {
        self.0.ct_eq(other).into()
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) request: AuthorizationRequest,
    pub(super) browser: [u8; 32],
    pub(super) stage: Stage,
}

impl Record {
    /// To whom a code was issued that is not redeemed yet; `id` is that of the record.
    pub(super) fn party(&self, id: &[u8]) -> Option<Party<'_>> {
        let Stage::Returned { payload, .. } = &self.stage else {
            return None;
        };
        let subject = match payload {
            Payload::SignedIn(facts) => Some(facts.subject.as_str()),
            Payload::Deferred { .. } => None,
        };
        Some(Party {
            grant: GrantId::from_bytes(id)?,
            subject,
            client_id: &self.request.binding.client_id,
            resource: &self.request.binding.resource,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum Stage {
    Approved,
    Denied,
    Claimed,
    Failed,
    Returned {
        payload: Payload,
        until: UnixSeconds,
    },
    Redeemed {
        /// Drawn for each attempt, so that who lost the answer to its write knows it again.
        by: String,
    },
}

/// What waits behind a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Payload {
    /// The user is known and the upstream tokens are here.
    SignedIn(Box<NewGrant>),
    /// The provider's code, to be exchanged with the client's own verifier (`forward_pkce`).
    Deferred {
        /// The provider's code.
        #[serde(with = "super::exposed")]
        upstream_code: Secret,
        /// The `state` that the provider was sent.
        #[serde(with = "super::exposed")]
        state: Secret,
    },
}

/// Answer to [`Ledger::approve`].
#[derive(Debug)]
pub enum Approval {
    /// Send the browser to the provider with this `state`.
    Go(Secret),
    /// The page was decided before, or it is too old.
    Spent,
}

/// Answer to [`Ledger::claim`].
#[derive(Debug)]
pub enum Claim {
    /// This login is now the caller's to finish.
    Login(Box<Login>),
    /// No such login is waiting: forged, expired, or claimed before.
    Unknown,
    /// It waits for another browser, and still does.
    OtherBrowser,
}

/// A claimed login.
#[derive(Debug)]
pub struct Login {
    id: GrantId,
    version: Version,
    browser: [u8; 32],
    request: AuthorizationRequest,
}

impl Login {
    /// What was asked for.
    pub fn request(&self) -> &AuthorizationRequest {
        &self.request
    }
}

impl Ledger {
    /// The user approved `request` in `browser`.
    pub async fn approve(
        &self,
        request: &AuthorizationRequest,
        browser: &Browser,
    ) -> Result<Approval, Error> {
        let now = self.now();
        if now >= request.expires_at {
            return Ok(Approval::Spent);
        }
        let id = GrantId::of_transaction(&request.transaction);
        let record = Record {
            request: request.clone(),
            browser: browser.0,
            stage: Stage::Approved,
        };
        let ends = now + seconds(self.lifetimes().transaction);
        if let Put::Done(_) = self.create(KIND, id.as_bytes(), &record, ends).await? {
            return Ok(Approval::Go(id.state(self.keys())));
        }
        let waiting = self.read::<Record>(KIND, id.as_bytes()).await?;
        Ok(match waiting {
            Some(live)
                if matches!(live.value.stage, Stage::Approved)
                    && browser.is(&live.value.browser) =>
            {
                Approval::Go(id.state(self.keys()))
            }
            _ => Approval::Spent,
        })
    }

    /// The user denied `request`; `false` if the page was decided before or is too old.
    pub async fn deny(
        &self,
        request: &AuthorizationRequest,
        browser: &Browser,
    ) -> Result<bool, Error> {
        if self.now() >= request.expires_at {
            return Ok(false);
        }
        let id = GrantId::of_transaction(&request.transaction);
        let record = Record {
            request: request.clone(),
            browser: browser.0,
            stage: Stage::Denied,
        };
        let put = self
            .create(KIND, id.as_bytes(), &record, request.expires_at)
            .await?;
        Ok(matches!(put, Put::Done(_)))
    }

    /// The provider sent `browser` back with `state`: approved → claimed, once.
    pub async fn claim(&self, state: &str, browser: Option<&Browser>) -> Result<Claim, Error> {
        let Some(id) = GrantId::from_state(state, self.keys()) else {
            self.made_elsewhere()?;
            return Ok(Claim::Unknown);
        };
        let Some(live) = self.read::<Record>(KIND, id.as_bytes()).await? else {
            return Ok(Claim::Unknown);
        };
        let Record {
            request,
            browser: bound,
            stage: Stage::Approved,
        } = live.value
        else {
            return Ok(Claim::Unknown);
        };
        if !browser.is_some_and(|browser| browser.is(&bound)) {
            return Ok(Claim::OtherBrowser);
        }
        let record = Record {
            request,
            browser: bound,
            stage: Stage::Claimed,
        };
        let expected = Expected::Version(live.version);
        let put = self
            .sealed()
            .put(KIND, id.as_bytes(), &record, live.expires_at, expected)
            .await?;
        Ok(match put {
            Put::Done(version) => Claim::Login(Box::new(Login {
                id,
                version,
                browser: bound,
                request: record.request,
            })),
            Put::Conflict => Claim::Unknown,
        })
    }

    /// The provider did not sign the user in: claimed → failed.
    pub async fn fail(&self, login: Login) -> Result<AuthorizationRequest, Error> {
        let ends = self.now() + seconds(self.lifetimes().transaction);
        self.settle(login, Stage::Failed, ends).await
    }

    /// The user is signed in: claimed → returned. Gives the request and the code for the client.
    pub async fn issue_code(
        &self,
        login: Login,
        payload: Payload,
    ) -> Result<(AuthorizationRequest, Secret), Error> {
        let id = login.id;
        let until = self.now() + seconds(self.lifetimes().authorization_code);
        // The record stays a little longer than the code, so that a replay is told from noise.
        let ends = until + seconds(self.lifetimes().transaction);
        let stage = Stage::Returned { payload, until };
        let request = self.settle(login, stage, ends).await?;
        Ok((request, id.code(self.keys())))
    }

    async fn settle(
        &self,
        login: Login,
        stage: Stage,
        ends: UnixSeconds,
    ) -> Result<AuthorizationRequest, Error> {
        let record = Record {
            request: login.request,
            browser: login.browser,
            stage,
        };
        let expected = Expected::Version(login.version);
        match self
            .sealed()
            .put(KIND, login.id.as_bytes(), &record, ends, expected)
            .await?
        {
            Put::Done(_) => Ok(record.request),
            Put::Conflict => Err(Error::unavailable("a claimed login was changed")),
        }
    }
}
