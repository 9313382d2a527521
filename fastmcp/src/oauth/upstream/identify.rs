//! Who signed in: ID token, userinfo and e-mail list become one verified identity.
//!
//! A source that is configured and lies is fatal, never skipped: an ID token that does not verify
//! ends the login even where userinfo would have answered.

use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Upstream;
use super::again::told;
use super::answer::TokenAnswer;
use super::endpoints::Endpoints;
use super::error::UpstreamError;
use crate::auth::Claims;
use crate::ledger::Told;
use crate::provider::{Identity, Sources, TENANT_PLACEHOLDER, Userinfo};
use crate::secret::Secret;
use crate::token::{self, Expect, JwksVerifier, VerifyError};

/// `ok` of a refusal.
const NO: serde_json::Value = serde_json::Value::Bool(false);
/// Slack's words for a token that opens nothing any more.
const TOKEN_IS_OVER: [&str; 5] = [
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
];

/// An identity, and the claims that may be passed through.
pub(super) struct Found {
    pub(super) identity: Identity,
    pub(super) access_token_claims: Option<Claims>,
    pub(super) id_token_claims: Option<Claims>,
    pub(super) told: Told,
}

/// An entry of GitHub's e-mail list.
#[derive(Deserialize)]
struct ListedEmail {
    email: String,
    primary: bool,
    verified: bool,
}

impl Upstream {
    /// Reads who signed in with `answer`, asking the provider where it must be asked.
    pub(super) async fn identify(
        &self,
        endpoints: &Endpoints,
        answer: &TokenAnswer,
        state: &str,
    ) -> Result<Found, UpstreamError> {
        let token = &answer.access_token;
        let access_token = self.verify_access_token(token).await?;
        let nonce = self.nonce(state);
        let id_token = match (&endpoints.id_tokens, &answer.id_token) {
            (Some(keys), Some(id_token)) => {
                let claims = self.verify_id_token(keys, id_token, Some(&nonce));
                Some(claims.await?)
            }
            _ => self.without_id_token()?,
        };
        let userinfo = self.userinfo(endpoints, token, id_token.is_some()).await?;
        let told = told(id_token.as_ref(), userinfo.as_ref());
        let sources = self
            .with_lists(endpoints, token, id_token.clone(), userinfo)
            .await?;
        let sources = Sources {
            access_token: access_token.clone(),
            ..sources
        };
        let provider = &self.0.provider;
        let identity =
            Identity::read(provider, sources, &self.0.parts.random).map_err(|fault| {
                tracing::warn!(provider = %provider.name, ?fault, "no identity in the answer");
                UpstreamError::BadAnswer
            })?;
        let unverified = |token: &Secret| token::unverified_claims(token.expose());
        let is_verified = id_token.is_some();
        let id_token_claims = id_token.or_else(|| answer.id_token.as_ref().and_then(unverified));
        Ok(Found {
            identity,
            access_token_claims: access_token.or_else(|| unverified(token)),
            told: Told {
                unverified: id_token_claims.is_some() && !is_verified,
                ..told
            },
            id_token_claims,
        })
    }

    /// Both, with what else the provider lists about the user.
    pub(super) async fn with_lists(
        &self,
        endpoints: &Endpoints,
        token: &Secret,
        id_token: Option<Claims>,
        userinfo: Option<Claims>,
    ) -> Result<Sources, UpstreamError> {
        let login = userinfo.as_ref().and_then(|it| it.get("login"));
        let login = login.and_then(serde_json::Value::as_str);
        let (organizations, teams) = self.memberships(endpoints, token, login).await?;
        Ok(Sources {
            id_token,
            userinfo,
            access_token: None,
            listed_email: self.listed_email(endpoints, token).await?,
            organizations,
            teams,
        })
    }

    /// The claims of an access token that the configured verifier accepts; `None` without one.
    pub(super) async fn verify_access_token(
        &self,
        token: &Secret,
    ) -> Result<Option<Claims>, UpstreamError> {
        let Some(verifier) = &self.0.options.token_verifier else {
            return Ok(None);
        };
        let expect = Expect {
            issuer: verifier.issuer.as_deref(),
            audience: verifier.audience.as_deref(),
            nonce: None,
        };
        let checked = verifier.keys.verify(token.expose(), &expect).await;
        checked
            .map(Some)
            .map_err(|error| self.unverified("access token", error))
    }

    /// The claims of the ID token: signature, issuer, audience and times checked, and the nonce of
    /// a login. That of a refresh has none (OpenID Connect Core §12.2).
    pub(super) async fn verify_id_token(
        &self,
        keys: &JwksVerifier,
        id_token: &Secret,
        nonce: Option<&str>,
    ) -> Result<Claims, UpstreamError> {
        let provider = &self.0.provider;
        let issuer = provider.issuer.as_deref();
        let any_tenant = provider.issuer_of_any_tenant.as_deref();
        let per_tenant = issuer.is_some_and(|issuer| issuer.contains(TENANT_PLACEHOLDER));
        let expect = Expect {
            issuer: issuer.filter(|_| !per_tenant && any_tenant.is_none()),
            audience: Some(&self.0.client_id),
            nonce,
        };
        let claims = keys
            .verify(id_token.expose(), &expect)
            .await
            .map_err(|error| self.unverified("ID token", error))?;
        let named = claims.get("iss").and_then(serde_json::Value::as_str);
        let is_own = expect.issuer.is_some()
            || (per_tenant && issuer.is_some_and(|it| issued_by_own_tenant(it, &claims)))
            || (!per_tenant && named.is_some() && named == issuer);
        let tenant = claims.get("tid").and_then(serde_json::Value::as_str);
        let is_refused = |tenant: &str| {
            let mut refused = provider.refused_tenants.iter();
            refused.any(|known| known.eq_ignore_ascii_case(tenant))
        };
        if is_own && tenant.is_some_and(is_refused) {
            return Err(UpstreamError::AnotherTenant);
        }
        if is_own {
            return Ok(claims);
        }
        match any_tenant.filter(|_| !per_tenant) {
            Some(any) if issued_by_own_tenant(any, &claims) => Err(UpstreamError::AnotherTenant),
            _ => Err(self.unverified("ID token", VerifyError::Invalid)),
        }
    }

    /// Plain OAuth 2.0 has no ID tokens; a provider that is known by its issuer owes one
    /// (OpenID Connect Core §3.1.3.3).
    fn without_id_token(&self) -> Result<Option<Claims>, UpstreamError> {
        if !self.0.provider.is_discovered() {
            return Ok(None);
        }
        tracing::warn!(provider = %self.0.provider.name, "no ID token in the token answer");
        Err(UpstreamError::BadAnswer)
    }

    async fn userinfo(
        &self,
        endpoints: &Endpoints,
        token: &Secret,
        has_id_token: bool,
    ) -> Result<Option<Claims>, UpstreamError> {
        let provider = &self.0.provider;
        let needed = provider.userinfo == Userinfo::Always || !has_id_token;
        match &endpoints.userinfo {
            Some(endpoint) if needed => {
                let (_, claims) = self.told_by_userinfo(endpoint, token).await?;
                let unusable = || {
                    tracing::warn!(provider = %provider.name, "the userinfo answer cannot be used");
                    UpstreamError::BadAnswer
                };
                claims.ok_or_else(unusable).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What userinfo tells, and the status under which it did, or would have: Slack's refusals have
    /// 200.
    pub(super) async fn told_by_userinfo(
        &self,
        endpoint: &str,
        token: &Secret,
    ) -> Result<(StatusCode, Option<Claims>), UpstreamError> {
        let answer = self.get_with_status("userinfo", endpoint, token);
        let (status, claims): (_, Option<Claims>) = answer.await?;
        let Some(mut claims) = claims else {
            return Ok((status, None));
        };
        if !self.0.provider.refuses_with_ok || claims.remove("ok") != Some(NO) {
            return Ok((status, Some(claims)));
        }
        match claims.get("error").and_then(serde_json::Value::as_str) {
            Some(error) if TOKEN_IS_OVER.contains(&error) => Ok((StatusCode::UNAUTHORIZED, None)),
            Some("ratelimited") => Err(UpstreamError::Unavailable { retry_after: None }),
            _ => Ok((StatusCode::BAD_REQUEST, None)),
        }
    }

    /// The primary verified address of GitHub's list. A user who did not grant the scope has none
    /// to show, which is no fault.
    async fn listed_email(
        &self,
        endpoints: &Endpoints,
        token: &Secret,
    ) -> Result<Option<String>, UpstreamError> {
        let Some(endpoint) = &endpoints.emails else {
            return Ok(None);
        };
        let listed: Option<Vec<ListedEmail>> = self.get("emails", endpoint, token).await?;
        let mut listed = listed.unwrap_or_default().into_iter();
        Ok(listed
            .find(|entry| entry.primary && entry.verified)
            .map(|entry| entry.email))
    }

    /// A JSON document that the access token opens; `None` if there is no such document.
    async fn get<T: DeserializeOwned>(
        &self,
        step: &'static str,
        endpoint: &str,
        token: &Secret,
    ) -> Result<Option<T>, UpstreamError> {
        let (_, document) = self.get_with_status(step, endpoint, token).await?;
        Ok(document)
    }

    /// The same, and the status under which it came.
    pub(super) async fn get_with_status<T: DeserializeOwned>(
        &self,
        step: &'static str,
        endpoint: &str,
        token: &Secret,
    ) -> Result<(StatusCode, Option<T>), UpstreamError> {
        let request = self.0.parts.http.get(endpoint).bearer_auth(token.expose());
        let answer = self.send(step, request).await?;
        let document = answer.status.is_success().then_some(&answer.body);
        let document = document.and_then(|body| serde_json::from_slice(body).ok());
        Ok((answer.status, document))
    }

    fn unverified(&self, what: &str, error: VerifyError) -> UpstreamError {
        tracing::warn!(provider = %self.0.provider.name, what, ?error, "a token does not verify");
        match error {
            VerifyError::Invalid => UpstreamError::BadAnswer,
            VerifyError::Unavailable => UpstreamError::Unavailable { retry_after: None },
        }
    }
}

/// Whether `iss` is `issuer` with the token's own `tid` in the tenant's place.
fn issued_by_own_tenant(issuer: &str, claims: &Claims) -> bool {
    let text = |name| claims.get(name).and_then(serde_json::Value::as_str);
    match (text("tid"), text("iss")) {
        (Some(tenant), Some(found)) => {
            !tenant.is_empty() && issuer.replace(TENANT_PLACEHOLDER, tenant) == found
        }
        _ => false,
    }
}
