//! Endpoints that a provider names itself: asked for when first needed, and kept.
//!
//! | state of the copy | what a caller gets |
//! |---|---|
//! | fresh (an hour) | the copy |
//! | old | one caller asks anew, the others get the old copy; so does he if nothing comes of it |
//! | none, or older than a day | all wait for the one who asks; if nothing comes of it, `Unavailable` |
//!
//! After a failure nobody asks for a few seconds, so a provider that is down costs one request at a
//! time, and the first caller after that finds out whether it is back. A document that is refused
//! is a failure like silence: what was known keeps working, and nothing is spent by waiting until
//! the provider or the configuration is mended. The log tells the two apart.

use std::sync::{Arc, PoisonError, RwLock};

use super::Upstream;
use super::document::{Document, address_of};
use super::endpoints::Endpoints;
use super::error::UpstreamError;
use crate::parts::UnixSeconds;
use crate::provider::Revocation;
use crate::token::JwksVerifier;

/// A copy younger than this is used as it is.
const FRESH: UnixSeconds = 3600;
/// A copy older than this is not used even when no newer one can be had: as long as its keys.
const USABLE: UnixSeconds = 24 * 3600;
/// How long nobody asks after a failure.
const RETRY: UnixSeconds = 5;

/// The endpoints of one issuer.
pub(super) struct Discovery {
    issuer: String,
    known: RwLock<Known>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    copy: Option<Arc<Kept>>,
    failure: Option<(UnixSeconds, UpstreamError)>,
}

struct Kept {
    endpoints: Arc<Endpoints>,
    jwks_uri: String,
    since: UnixSeconds,
}

type Answer = Result<Arc<Endpoints>, UpstreamError>;

impl Discovery {
    pub(super) fn new(issuer: String) -> Self {
        Self {
            issuer,
            known: RwLock::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// The endpoints in force for `upstream`, whose issuer this is.
    pub(super) async fn endpoints(&self, upstream: &Upstream) -> Answer {
        let now = || upstream.0.parts.clock.now();
        let known = self.known();
        if let Some(answer) = known.answer(now()) {
            return answer;
        }
        let _asking = match known.usable(now()) {
            Some(old) => match self.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok(old),
            },
            None => self.asking.lock().await,
        };
        // Somebody may have asked while we waited.
        if let Some(answer) = self.known().answer(now()) {
            return answer;
        }
        match self.ask(upstream).await {
            Ok(document) => Ok(self.keep(document, upstream, now())),
            Err(error) => {
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                known.failure = Some((now(), error));
                known.usable(now()).ok_or(error)
            }
        }
    }

    async fn ask(&self, upstream: &Upstream) -> Result<Document, UpstreamError> {
        let retry_after = None;
        let request = upstream.0.parts.http.get(address_of(&self.issuer));
        let answer = upstream.send("discovery", request).await;
        let answer = answer.map_err(|error| match error {
            UpstreamError::Unavailable { .. } => error,
            // Too long to be one. Not final either: it may be mended over there.
            _ => UpstreamError::Unavailable { retry_after },
        })?;
        Document::read(&answer, &self.issuer).map_err(|unfit| {
            tracing::error!(
                issuer = self.issuer,
                %unfit,
                "the identity provider's discovery document cannot be used"
            );
            UpstreamError::Unavailable { retry_after }
        })
    }

    fn keep(&self, document: Document, upstream: &Upstream, since: UnixSeconds) -> Arc<Endpoints> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let same_keys = known.copy.as_ref().and_then(|copy| {
            let same = copy.jwks_uri == document.jwks_uri;
            copy.endpoints.id_tokens.clone().filter(|_| same)
        });
        let keys = same_keys.unwrap_or_else(|| {
            let (parts, name) = (upstream.0.parts.clone(), self.issuer.clone());
            JwksVerifier::called(name, document.jwks_uri.clone(), parts)
        });
        if known.copy.is_none() || known.failure.is_some() {
            tracing::info!(
                issuer = self.issuer,
                "the identity provider's endpoints are known"
            );
        }
        let gives_back = upstream.0.provider.revocation != Revocation::Never;
        let endpoints = Arc::new(Endpoints {
            authorization: document.authorization_endpoint,
            token: document.token_endpoint,
            userinfo: document.userinfo_endpoint,
            emails: None,
            membership_api: None,
            revocation: document.revocation_endpoint.filter(|_| gives_back),
            takes_post_alone: document.takes_post_alone,
            id_tokens: Some(keys),
        });
        *known = Known {
            copy: Some(Arc::new(Kept {
                endpoints: Arc::clone(&endpoints),
                jwks_uri: document.jwks_uri,
                since,
            })),
            failure: None,
        };
        endpoints
    }

    fn known(&self) -> Known {
        let known = self.known.read();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Known {
    /// The answer that needs nobody to ask, if there is one.
    fn answer(&self, now: UnixSeconds) -> Option<Answer> {
        let copy = self.copy.as_ref();
        if let Some(fresh) = copy.filter(|copy| copy.is_within(FRESH, now)) {
            return Some(Ok(Arc::clone(&fresh.endpoints)));
        }
        // A clock that is set back must not make a failure last.
        let (_, error) = self.failure.filter(|(at, _)| now.abs_diff(*at) < RETRY)?;
        Some(self.usable(now).ok_or(error))
    }

    /// A copy that will do where there is no newer one.
    fn usable(&self, now: UnixSeconds) -> Option<Arc<Endpoints>> {
        let copy = self.copy.as_ref();
        let usable = copy.filter(|copy| copy.is_within(USABLE, now))?;
        Some(Arc::clone(&usable.endpoints))
    }
}

impl Kept {
    fn is_within(&self, age: UnixSeconds, now: UnixSeconds) -> bool {
        now.abs_diff(self.since) < age
    }
}
