//! Registered clients (RFC 7591): registered → used → expired.
//!
//! A registration that no login ever used ends after [`Lifetimes::unused_client`]; each use moves
//! the end of a used one to [`Lifetimes::idle_client`] from then. The client's secret is kept as
//! its SHA-256: it has 256 random bits, so a slow hash would add nothing.
//!
//! A client whose id is a URL did not register: what it publishes is noted when a user approves it,
//! in a record of the same kind and life, so that the token endpoint knows the id on every node and
//! need not ask the network. The note is only ever the latest; what a login was approved with
//! travels in its [`CodeBinding`](super::CodeBinding) and in the grant.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::later::Later;
use super::{Error, Ledger, Lifetimes, seconds};
use crate::parts::UnixSeconds;
use crate::secret::Secret;
use crate::spec::{ClientIdUrl, RedirectUri, Scopes};
use crate::store::{Expected, Live, Put};

pub(super) const KIND: &str = "client";

/// How a client proves itself at the token endpoint (`token_endpoint_auth_method`, RFC 7591
/// section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// A public client: PKCE alone.
    None,
    /// HTTP Basic with the client's secret.
    ClientSecretBasic,
    /// The secret in the request's body.
    ClientSecretPost,
    /// A JWT signed with a key of the client's own (RFC 7523).
    PrivateKeyJwt,
}

/// Where the public keys of a client are (RFC 7591 section 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// Here, as it registered or published them: `jwks`.
    Jwks(Value),
    /// There: `jwks_uri`.
    JwksUri(String),
}

/// What a client asked for, checked by the registration endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewClient {
    /// Shown on the consent page, as the client's own claim.
    pub name: Option<String>,
    /// Home page of the client.
    pub uri: Option<String>,
    /// Where codes may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// How it proves itself.
    pub auth: ClientAuth,
    /// Whether it named its method; one that did not may use either form of the secret.
    pub auth_was_named: bool,
    /// Whether it may use refresh tokens.
    pub may_refresh: bool,
    /// The most it may ask for, if it limited itself.
    pub scopes: Option<Scopes>,
    /// Its keys, if it proves itself with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<ClientKeys>,
}

/// A client that registered, or that is known by what it publishes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    id: String,
    secret_hash: Option<[u8; 32]>,
    created_at: u64,
    used: bool,
    #[serde(flatten)]
    metadata: NewClient,
    #[serde(flatten)]
    later: Later,
}

impl Client {
    /// The client whose id is the URL `id`, where it publishes `metadata`.
    pub fn published(id: &ClientIdUrl, metadata: NewClient, now: UnixSeconds) -> Self {
        Self {
            id: id.as_str().to_owned(),
            secret_hash: None,
            created_at: now,
            used: false,
            metadata,
            later: Later::default(),
        }
    }

    /// A client of the operator's own, which is in no record.
    pub fn configured(id: &str, secret: Option<&Secret>, metadata: NewClient) -> Self {
        Self {
            id: id.to_owned(),
            secret_hash: secret.map(hash),
            created_at: 0,
            used: true,
            metadata,
            later: Later::default(),
        }
    }

    /// Whether its id is a URL; those that registered have ids of ours, without a colon.
    pub fn is_published(&self) -> bool {
        self.id.contains(':')
    }

    /// `client_id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was registered, in Unix seconds.
    pub fn created_at(&self) -> u64 {
        self.created_at
    }

    /// Whether a login has used it.
    pub(super) fn is_used(&self) -> bool {
        self.used
    }

    /// What it registered.
    pub fn metadata(&self) -> &NewClient {
        &self.metadata
    }

    /// Whether `secret` is the client's; compared in constant time.
    pub fn has_secret(&self, secret: &Secret) -> bool {
        self.secret_hash
            .is_some_and(|kept| kept.ct_eq(&hash(secret)).into())
    }
}

fn hash(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret.expose().as_bytes()).into()
}

impl Ledger {
    /// Registers a client under a fresh id, with a fresh secret unless it is public.
    pub async fn register(&self, metadata: NewClient) -> Result<(Client, Option<Secret>), Error> {
        let now = self.now();
        let has_secret = matches!(
            metadata.auth,
            ClientAuth::ClientSecretBasic | ClientAuth::ClientSecretPost
        );
        let secret = has_secret.then(|| Secret::from(self.parts().random.token()));
        let client = Client {
            id: URL_SAFE_NO_PAD.encode(self.parts().random.bytes::<16>()),
            secret_hash: secret.as_ref().map(hash),
            created_at: now,
            used: false,
            metadata,
            later: Later::default(),
        };
        let ends = now + seconds(self.lifetimes().unused_client);
        match self
            .create(KIND, client.id.as_bytes(), &client, ends)
            .await?
        {
            Put::Done(_) => {
                self.bound_unused(&client.id, ends).await;
                Ok((client, secret))
            }
            Put::Conflict => Err(Error::unavailable("a fresh client id is taken")),
        }
    }

    /// Notes what the client whose id is a URL publishes, so that it is known when it comes for its
    /// tokens.
    pub async fn note_published(&self, id: &str, metadata: &NewClient) -> Result<(), Error> {
        let old = self.read::<Client>(KIND, id.as_bytes()).await?;
        let ends = self.now() + seconds(self.lifetimes().unused_client);
        // A login that begins now must find it to the end.
        let half = seconds(self.lifetimes().unused_client) / 2;
        let is_known =
            |live: &Live<Client>| live.value.metadata == *metadata && live.expires_at + half > ends;
        if old.as_ref().is_some_and(is_known) {
            return Ok(());
        }
        let (expected, ends) = match &old {
            Some(live) => (Expected::Version(live.version), live.expires_at.max(ends)),
            None => (Expected::Absent, ends),
        };
        let client = Client {
            id: id.to_owned(),
            secret_hash: None,
            created_at: old
                .as_ref()
                .map_or_else(|| self.now(), |live| live.value.created_at),
            used: old.as_ref().is_some_and(|live| live.value.used),
            metadata: metadata.clone(),
            later: old.map(|live| live.value.later).unwrap_or_default(),
        };
        // A conflict means that somebody else has just noted it.
        self.sealed()
            .put(KIND, id.as_bytes(), &client, ends, expected)
            .await?;
        if !client.used {
            self.bound_unused(id, ends).await;
        }
        Ok(())
    }

    /// The client of this id, if it is registered and has not expired.
    pub async fn client(&self, id: &str) -> Result<Option<Client>, Error> {
        let live = self.read::<Client>(KIND, id.as_bytes()).await?;
        Ok(live.map(|live| live.value))
    }

    /// Notes that `client` completed a login or refresh, which extends its registration; written
    /// at most once a day.
    pub async fn client_used(&self, client: &Client) -> Result<(), Error> {
        self.unused().forget(&client.id);
        loop {
            let Some(live) = self.read::<Client>(KIND, client.id.as_bytes()).await? else {
                return Ok(());
            };
            let ends = self.now() + seconds(self.lifetimes().idle_client);
            if live.value.used && live.expires_at + Lifetimes::DAY > ends {
                return Ok(());
            }
            let used = Client {
                used: true,
                ..live.value
            };
            let (id, expected) = (used.id.as_bytes(), Expected::Version(live.version));
            // A conflict means that somebody else has noted the same, or sealed the record anew.
            if let Put::Done(_) = self.sealed().put(KIND, id, &used, ends, expected).await? {
                return Ok(());
            }
        }
    }
}
