//! Tokens that nobody here needs any more, given back to the provider in the background.
//!
//! What they belonged to has ended on our side before, durably, so nobody waits for the provider
//! and no failure of it is anybody's error: it is logged, and the tokens end by themselves. So do
//! those beyond [`PLACES`], and those that still wait when the process stops.
//!
//! A refresh token is given back rather than the access token beside it: the provider then ends
//! both (RFC 7009 section 2.1).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::CONTENT_TYPE;
use reqwest::RequestBuilder;
use tokio::sync::Semaphore;

use super::Upstream;
use super::endpoints::Source;
use super::exchange::basic;
use crate::ledger::UpstreamTokens;
use crate::provider::Revocation;
use crate::secret::Secret;

/// Calls to the provider at a time.
const TURNS: usize = 8;
/// Grants whose tokens may wait for such a call.
const PLACES: usize = 10_000;

/// The queue of one provider.
pub(super) struct Queue {
    places: Arc<Semaphore>,
    turns: Semaphore,
    /// Whether it was said that it is full.
    told: AtomicBool,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            turns: Semaphore::new(TURNS),
            told: AtomicBool::new(false),
        }
    }
}

impl Upstream {
    /// Gives `tokens` back, as far as the provider takes them; returns at once.
    pub(crate) fn give_back(&self, tokens: UpstreamTokens) {
        let has_none =
            matches!(&self.0.endpoints, Source::Named(named) if named.revocation.is_none());
        if has_none || self.0.provider.revocation == Revocation::Never {
            return;
        }
        let queue = &self.0.giving_back;
        let Ok(place) = Arc::clone(&queue.places).try_acquire_owned() else {
            if !queue.told.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    provider = %self.0.provider.name,
                    "too many tokens wait to be given back; more are left to end by themselves"
                );
            }
            return;
        };
        queue.told.store(false, Ordering::Relaxed);
        let upstream = self.clone();
        tokio::spawn(async move {
            if let Ok(_turn) = upstream.0.giving_back.turns.acquire().await {
                upstream.revoke(&tokens).await;
            }
            drop(place);
        });
    }

    /// One call; what goes wrong is logged, since nothing can be done about it here.
    pub(super) async fn revoke(&self, tokens: &UpstreamTokens) {
        let provider = &self.0.provider;
        let endpoints = match self.endpoints().await {
            Ok(endpoints) => endpoints,
            Err(error) => {
                let provider = &provider.name;
                tracing::warn!(%provider, %error, "tokens were not given back to the provider");
                return;
            }
        };
        let Some(endpoint) = &endpoints.revocation else {
            return;
        };
        let request = match provider.revocation {
            Revocation::Never => return,
            Revocation::GitHub => self.github_revocation(endpoint, &tokens.access_token),
            Revocation::Rfc7009 => {
                let (token, kind) = match &tokens.refresh_token {
                    Some(token) => (token, "refresh_token"),
                    None => (&tokens.access_token, "access_token"),
                };
                let params = [("token", token.expose()), ("token_type_hint", kind)];
                self.post(&endpoints, endpoint, &params)
            }
        };
        // A failed request has been logged by `send`.
        if let Ok(answer) = self.send("revocation", request).await
            && !answer.status.is_success()
        {
            tracing::warn!(
                provider = %provider.name,
                status = answer.status.as_u16(),
                "the identity provider did not take a token back"
            );
        }
    }

    fn github_revocation(&self, endpoint: &str, token: &Secret) -> RequestBuilder {
        let endpoint = endpoint.replace("{client_id}", &self.0.client_id);
        let body = serde_json::json!({ "access_token": token.expose() });
        let request = self
            .0
            .parts
            .http
            .delete(endpoint)
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string());
        match &self.0.client_secret {
            Some(secret) => basic(request, &self.0.client_id, secret),
            None => request,
        }
    }
}
