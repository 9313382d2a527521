//! The endpoints in force.
//!
//! The one place that knows where they come from: the provider value names them, or its issuer
//! does (`discovery`). Whoever calls the provider, or sends a browser
//! there, asks [`Upstream::endpoints`] first and hands the answer on, so one step of a login never
//! sees two versions of them.

use std::sync::Arc;

use super::Upstream;
use super::discovery::Discovery;
use super::error::UpstreamError;
use crate::parts::Parts;
use crate::provider::{Provider, dev};
use crate::spec::BaseUrl;
use crate::token::JwksVerifier;

/// Where a provider is reached, and by what its ID tokens are verified.
pub(crate) struct Endpoints {
    pub(super) authorization: String,
    pub(super) token: String,
    pub(super) userinfo: Option<String>,
    pub(super) emails: Option<String>,
    /// The root of GitHub's API.
    pub(super) membership_api: Option<String>,
    /// `{client_id}` in it stands for the client's id.
    pub(super) revocation: Option<String>,
    /// The issuer's document names `client_secret_post` and not `client_secret_basic`.
    pub(super) takes_post_alone: bool,
    /// Present where the provider's issuer and keys are known.
    pub(super) id_tokens: Option<JwksVerifier>,
}

impl Endpoints {
    /// Those that `provider` itself names; the development provider's page is below `base_url`.
    pub(super) fn named(provider: &Provider, base_url: &BaseUrl, parts: &Parts) -> Self {
        let authorization = if provider.is_development() {
            base_url.join(dev::PATH)
        } else {
            provider.authorization_endpoint.clone()
        };
        let id_tokens = match (&provider.issuer, &provider.jwks_uri) {
            (Some(_), Some(uri)) => Some(JwksVerifier::new(uri.clone(), parts.clone())),
            _ => None,
        };
        Self {
            authorization,
            token: provider.token_endpoint.clone(),
            userinfo: provider.userinfo_endpoint.clone(),
            emails: provider.emails_endpoint.clone(),
            membership_api: provider.membership_api.clone(),
            revocation: provider.revocation_endpoint.clone(),
            takes_post_alone: false,
            id_tokens,
        }
    }
}

/// Where the endpoints come from.
pub(super) enum Source {
    /// The provider value names them.
    Named(Arc<Endpoints>),
    /// The issuer names them.
    Discovered(Discovery),
}

impl Source {
    pub(super) fn of(provider: &Provider, base_url: &BaseUrl, parts: &Parts) -> Self {
        match &provider.issuer {
            Some(issuer) if provider.is_discovered() => {
                Self::Discovered(Discovery::new(issuer.clone()))
            }
            _ => Self::Named(Arc::new(Endpoints::named(provider, base_url, parts))),
        }
    }
}

impl Upstream {
    /// The endpoints in force. Those that the provider value names are at hand at once.
    ///
    /// # Errors
    /// `Unavailable` as long as the issuer's document was never had, or not for a day.
    pub(crate) async fn endpoints(&self) -> Result<Arc<Endpoints>, UpstreamError> {
        match &self.0.endpoints {
            Source::Named(endpoints) => Ok(Arc::clone(endpoints)),
            Source::Discovered(discovery) => discovery.endpoints(self).await,
        }
    }
}
