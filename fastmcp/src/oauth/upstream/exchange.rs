//! Code → tokens and identity; refresh token → tokens.

use form_urlencoded::Serializer;
use http::header::CONTENT_TYPE;
use reqwest::RequestBuilder;

use super::answer::TokenAnswer;
use super::client::SignedIn;
use super::endpoints::Endpoints;
use super::error::UpstreamError;
use super::options::ClientAuthentication;
use super::wire::measured;
use super::{Upstream, development};
use crate::ledger::{Renewed, UpstreamTokens};
use crate::secret::Secret;
use crate::spec::Scopes;

const FORM: &str = "application/x-www-form-urlencoded";

impl Upstream {
    /// Turns the code of `state` into tokens and the identity of the user.
    ///
    /// # Errors
    /// Whatever is not a complete, verified sign-in; nothing is kept of it.
    pub(crate) async fn exchange(
        &self,
        code: &Secret,
        state: &str,
        forwarded_verifier: Option<&str>,
    ) -> Result<SignedIn, UpstreamError> {
        let own_verifier;
        let verifier = if let Some(verifier) = forwarded_verifier {
            verifier
        } else {
            own_verifier = self.verifier(state);
            &own_verifier
        };
        if self.0.provider.is_development() {
            return development::exchange(self, code, state, verifier);
        }
        let endpoints = self.endpoints().await?;
        let params = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", &self.0.options.redirect_uri),
            ("code_verifier", verifier),
        ];
        let answer = self.ask_for_tokens("code", &endpoints, &params).await?;
        let tokens = self.tokens(&answer);
        let found = self.identify(&endpoints, &answer, state).await;
        let found = found.inspect_err(|error| {
            if *error == UpstreamError::AnotherTenant {
                self.give_back(tokens.clone());
            }
        })?;
        Ok(SignedIn {
            granted: tokens.scopes.clone(),
            tokens,
            identity: found.identity,
            access_token_claims: found.access_token_claims,
            id_token_claims: found.id_token_claims,
            told: found.told,
        })
    }

    /// Fresh tokens for `refresh_token`. What the provider left out (a refresh token that it
    /// keeps, unchanged scopes) is `None`, and stays as it was.
    ///
    /// # Errors
    /// `Refused` only where the provider says that the grant is over.
    pub(crate) async fn refresh(&self, refresh_token: &Secret) -> Result<Renewed, UpstreamError> {
        if self.0.provider.is_development() {
            return development::refresh(self, refresh_token);
        }
        let endpoints = self.endpoints().await?;
        let params = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
        ];
        let answer = self.ask_for_tokens("refresh", &endpoints, &params).await?;
        self.verify_access_token(&answer.access_token).await?;
        Ok(Renewed {
            tokens: self.tokens(&answer),
            // Kept for the next look, where there will be one.
            id_token: answer.id_token.filter(|_| self.can_look_again()),
        })
    }

    async fn ask_for_tokens(
        &self,
        step: &'static str,
        endpoints: &Endpoints,
        params: &[(&str, &str)],
    ) -> Result<TokenAnswer, UpstreamError> {
        let request = self.post(endpoints, &endpoints.token, params);
        let asking = async { TokenAnswer::read(&self.sent(step, request).await?) };
        measured(step, asking).await
    }

    /// A form post in which this server authenticates as configured.
    pub(super) fn post(
        &self,
        endpoints: &Endpoints,
        endpoint: &str,
        params: &[(&str, &str)],
    ) -> RequestBuilder {
        let inner = &self.0;
        let mut form = Serializer::new(String::new());
        form.extend_pairs(params);
        let request = inner.parts.http.post(endpoint).header(CONTENT_TYPE, FORM);
        let request = match (&inner.client_secret, self.authentication(endpoints)) {
            (Some(secret), ClientAuthentication::Basic) => basic(request, &inner.client_id, secret),
            (Some(secret), ClientAuthentication::Post) => {
                form.append_pair("client_id", &inner.client_id);
                form.append_pair("client_secret", secret.expose());
                request
            }
            (None, _) => {
                form.append_pair("client_id", &inner.client_id);
                request
            }
        };
        request.body(form.finish())
    }

    /// What the operator chose, otherwise what the provider takes.
    fn authentication(&self, endpoints: &Endpoints) -> ClientAuthentication {
        let own = self.0.options.authentication;
        own.unwrap_or(match self.0.provider.token_endpoint_auth_method {
            ClientAuthentication::Basic if endpoints.takes_post_alone => ClientAuthentication::Post,
            known => known,
        })
    }

    fn tokens(&self, answer: &TokenAnswer) -> UpstreamTokens {
        let now = self.0.parts.clock.now();
        let at = |seconds: u64| now.saturating_add(seconds);
        UpstreamTokens {
            access_token: answer.access_token.clone(),
            refresh_token: answer.refresh_token.clone(),
            expires_at: answer.expires_in.map(at),
            scopes: self.granted(answer),
            refresh_expires_at: answer.refresh_expires_in.map(at),
        }
    }

    /// The granted scopes by the names under which they were asked for. An empty or missing
    /// `scope` means: as asked.
    fn granted(&self, answer: &TokenAnswer) -> Option<Scopes> {
        let provider = &self.0.provider;
        let separator = |letter: char| {
            letter.is_ascii_whitespace() || (provider.scopes_with_commas && letter == ',')
        };
        let named = answer.scope.as_deref()?;
        let mut granted: Vec<&str> = named
            .split(separator)
            .filter(|scope| Scopes::is_token(scope))
            .collect();
        if granted.is_empty() {
            return None;
        }
        for (answered, asked) in &provider.scope_aliases {
            if granted.contains(&answered.as_str()) {
                granted.push(asked);
            }
        }
        if answer.refresh_token.is_some() {
            // Granted by giving the token; not every provider repeats the word.
            granted.push("offline_access");
        }
        Some(granted.into_iter().map(str::to_owned).collect())
    }
}

/// RFC 6749 §2.3.1: both form-encoded, then joined, then base64.
pub(super) fn basic(request: RequestBuilder, client_id: &str, secret: &Secret) -> RequestBuilder {
    let encode =
        |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    request.basic_auth(encode(client_id), Some(encode(secret.expose())))
}
