//! The address to which the browser is sent, and what is derived from `state` for the way back.
//!
//! PKCE verifier and nonce are MACs of `state` under the key that made it: any node can compute them
//! again, nothing has to be stored, and neither can be told from the `state` that the browser sees.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::Upstream;
use super::endpoints::Endpoints;
use crate::keys::Purpose;
use crate::ledger::keys_of_state;
use crate::spec::{CodeChallenge, Scopes};

/// Parameters that the proxy owns; an extra parameter of such a name is refused at start, and one
/// in the query of an endpoint dropped.
pub(crate) const OWNED: [&str; 15] = [
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

impl Upstream {
    /// Where to send the browser for `state`, given the endpoints in force.
    ///
    /// Asks for `scopes`, or for the default ones if it is empty, and always for those that tell
    /// who the user is. The challenge is the client's own if it is forwarded, otherwise ours.
    pub(crate) fn authorization_url(
        &self,
        endpoints: &Endpoints,
        state: &str,
        scopes: &Scopes,
        forwarded_challenge: Option<&CodeChallenge>,
    ) -> String {
        let inner = &self.0;
        let challenge = forwarded_challenge
            .cloned()
            .unwrap_or_else(|| CodeChallenge::of(&self.verifier(state)));
        let scopes = self.asked_for(scopes).to_string();
        let mut params = vec![
            ("response_type", "code".to_owned()),
            ("client_id", inner.client_id.clone()),
            ("redirect_uri", inner.options.redirect_uri.clone()),
            ("state", state.to_owned()),
            ("code_challenge", challenge.as_str().to_owned()),
            ("code_challenge_method", "S256".to_owned()),
        ];
        if !scopes.is_empty() {
            params.push(("scope", scopes));
        }
        if endpoints.id_tokens.is_some() {
            params.push(("nonce", self.nonce(state)));
        }
        let extras = self.extras();
        let extras = extras
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let all = params
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain(extras);
        with_query(&endpoints.authorization, all)
    }

    /// What the provider is asked for when a client asks for `scopes`.
    fn asked_for(&self, scopes: &Scopes) -> Scopes {
        let defaults = &self.0.options.scopes;
        if scopes.is_empty() {
            return defaults.clone();
        }
        let identity = &self.0.provider.identity_scopes;
        defaults
            .intersection(&identity.iter().cloned().collect())
            .union(scopes)
    }

    /// Our PKCE verifier for `state`.
    pub(super) fn verifier(&self, state: &str) -> String {
        self.derived("upstream-verifier", state)
    }

    /// The nonce that an ID token must carry for `state`.
    pub(super) fn nonce(&self, state: &str) -> String {
        self.derived("upstream-nonce", state)
    }

    fn derived(&self, what: &str, state: &str) -> String {
        let parts = [what.as_bytes(), state.as_bytes()];
        let maker = keys_of_state(state, &self.0.keys);
        let keys = maker.as_ref().unwrap_or(&self.0.keys);
        URL_SAFE_NO_PAD.encode(keys.mac(Purpose::Handles, &parts))
    }

    /// The provider's extra parameters and the operator's, which count more.
    fn extras(&self) -> Vec<(String, String)> {
        let own = &self.0.options.extra_authorization_params;
        let is_own = |name: &String| own.iter().any(|(known, _)| known == name);
        let provided = &self.0.provider.extra_authorization_params;
        provided
            .iter()
            .filter(|(name, _)| !is_own(name))
            .chain(own)
            .filter(|(name, _)| !OWNED.contains(&name.as_str()))
            .cloned()
            .collect()
    }
}

/// `endpoint` with `params` in its query, in place of what it had under the same names.
fn with_query<'a>(endpoint: &str, params: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let Ok(mut url) = Url::parse(endpoint) else {
        // Validated before the server started; a browser sent to a wrong address says so.
        return endpoint.to_owned();
    };
    let params: Vec<_> = params.collect();
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !OWNED.contains(&&**name))
        .filter(|(name, _)| !params.iter().any(|(set, _)| set == name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .extend_pairs(params);
    url.into()
}
