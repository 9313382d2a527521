//! Who somebody is whose login began earlier: the ID token of a refresh, userinfo, and what else
//! the provider lists, become an identity as at the login.
//!
//! Not every source speaks again. Few providers leave the ID token out of a refresh, and then what
//! it alone had told stays; what userinfo had told as well is as userinfo tells it now, or gone. A
//! provider that tells nothing changes nothing.

use http::StatusCode;

use super::Upstream;
use super::development;
use super::endpoints::Endpoints;
use super::error::UpstreamError;
use crate::auth::Claims;
use crate::ledger::{Grant, Told, ToldByIdToken};
use crate::provider::{Identity, Sources, Userinfo};
use crate::secret::Secret;
use crate::token;
use crate::token::claims::PROTECTED;

/// Somebody who was looked at again.
#[derive(Clone, Debug)]
pub(crate) struct Again {
    pub(crate) identity: Identity,
    /// As in [`SignedIn`](super::SignedIn).
    pub(crate) access_token_claims: Option<Claims>,
    /// The same; as far as is known where no ID token came.
    pub(crate) id_token_claims: Option<Claims>,
    pub(crate) told: Told,
}

/// Why nobody was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// The provider is at fault, or out of reach: nothing is known.
    Fault(UpstreamError),
    /// It does not honour its own token any more: the login is over there.
    Over,
    /// It speaks of somebody else than before.
    AnotherPerson,
}

impl From<UpstreamError> for Unseen {
    fn from(error: UpstreamError) -> Self {
        match error {
            UpstreamError::AnotherTenant => Self::AnotherPerson,
            error => Self::Fault(error),
        }
    }
}

impl Upstream {
    /// Whether the provider may have something to say about somebody who signed in before.
    pub(crate) fn can_look_again(&self) -> bool {
        let provider = &self.0.provider;
        provider.is_development()
            || provider.userinfo_endpoint.is_some()
            || provider.verifies_id_tokens()
            || self.0.options.token_verifier.is_some()
    }

    /// Who the user of `grant` is now; `None` if the provider tells nothing.
    ///
    /// # Errors
    /// [`Unseen`]; only `Over` and `AnotherPerson` say something about the login.
    pub(crate) async fn look_again(&self, grant: &Grant) -> Result<Option<Again>, Unseen> {
        let Some(tokens) = &grant.facts().upstream else {
            return Ok(None);
        };
        if self.0.provider.is_development() {
            let refresh_token = tokens.refresh_token.as_ref();
            return Ok(refresh_token.and_then(|token| development::look_again(self, token)));
        }
        let endpoints = self.endpoints().await?;
        let before = grant.facts().told.as_ref();
        let token = &tokens.access_token;
        let access_token = self.verify_access_token(token).await?;
        let id_token = self.id_token_again(&endpoints, grant.id_token()).await?;
        let userinfo = self.userinfo_again(&endpoints, token, before).await?;
        if id_token.is_none() && userinfo.is_none() && access_token.is_none() {
            return Ok(None);
        }
        let earlier = before.and_then(|told| told.id_token.as_ref());
        if id_token.is_none() && before.is_none() && endpoints.id_tokens.is_some() {
            // A record of an earlier version: what the ID token had told is not known.
            return Ok(None);
        }
        let known = match (id_token, earlier) {
            (Some(new), _) => Some(new),
            (None, Some(earlier)) => Some(earlier.as_of_now(userinfo.as_ref())),
            (None, None) => None,
        };
        let told = told(known.as_ref(), userinfo.as_ref());
        let sources = self.with_lists(&endpoints, token, known.clone(), userinfo);
        let sources = Sources {
            access_token: access_token.clone(),
            ..sources.await?
        };
        self.same_person(grant, sources).map(|identity| {
            let unverified = |token: &Secret| token::unverified_claims(token.expose());
            let id_token_claims = known.or_else(|| grant.id_token().and_then(unverified));
            Some(Again {
                identity: identity?,
                access_token_claims: access_token.or_else(|| unverified(token)),
                id_token_claims,
                told: Told {
                    unverified: before.is_some_and(|told| told.unverified),
                    ..told
                },
            })
        })
    }

    /// The person of `grant`, if the sources say who that is.
    fn same_person(&self, grant: &Grant, sources: Sources) -> Result<Option<Identity>, Unseen> {
        use crate::provider::IdentityFault::{NoSubject, SubjectsDiffer};
        match Identity::read(&self.0.provider, sources, &self.0.parts.random) {
            Ok(identity) if identity.subject == grant.facts().subject => Ok(Some(identity)),
            Err(NoSubject) => Ok(None),
            Ok(_) | Err(SubjectsDiffer) => {
                tracing::warn!(
                    provider = %self.0.provider.name,
                    "the identity provider speaks of another user than at the login"
                );
                Err(Unseen::AnotherPerson)
            }
        }
    }

    /// The claims of an ID token that came with a refresh. One that has ended since is none.
    async fn id_token_again(
        &self,
        endpoints: &Endpoints,
        id_token: Option<&Secret>,
    ) -> Result<Option<Claims>, Unseen> {
        let (Some(keys), Some(id_token)) = (&endpoints.id_tokens, id_token) else {
            return Ok(None);
        };
        let ends = token::unverified_claims(id_token.expose());
        let ends = ends.and_then(|claims| claims.get("exp")?.as_u64());
        if ends.is_some_and(|ends| ends <= self.0.parts.clock.now()) {
            return Ok(None);
        }
        Ok(Some(self.verify_id_token(keys, id_token, None).await?))
    }

    /// Userinfo, where it speaks at every login or was what spoke at this one.
    async fn userinfo_again(
        &self,
        endpoints: &Endpoints,
        token: &Secret,
        before: Option<&Told>,
    ) -> Result<Option<Claims>, Unseen> {
        let spoke = before.is_some_and(|told| told.userinfo);
        let speaks = spoke || self.0.provider.userinfo == Userinfo::Always;
        let Some(endpoint) = endpoints.userinfo.as_ref().filter(|_| speaks) else {
            return Ok(None);
        };
        match self.told_by_userinfo(endpoint, token).await? {
            (_, Some(claims)) => Ok(Some(claims)),
            // It has honoured tokens of this login before (OpenID Connect Core §5.3.3).
            (StatusCode::UNAUTHORIZED, None) if spoke => Err(Unseen::Over),
            _ => Err(Unseen::Fault(UpstreamError::BadAnswer)),
        }
    }
}

/// Which of both told what.
pub(super) fn told(id_token: Option<&Claims>, userinfo: Option<&Claims>) -> Told {
    let says = |name: &str| userinfo.is_some_and(|claims| claims.contains_key(name));
    let of_id_token = |claims: &Claims| {
        // What the protocol says about the token itself is nobody's property.
        let lasting = |name: &str| name == "sub" || !PROTECTED.contains(&name);
        let all = claims.iter().filter(|(name, _)| lasting(name));
        let (shared, own): (Vec<_>, Vec<_>) = all.partition(|(name, _)| says(name));
        ToldByIdToken {
            own: own
                .into_iter()
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
            shared: shared.into_iter().map(|(name, _)| name.clone()).collect(),
        }
    };
    Told {
        id_token: id_token.map(of_id_token),
        unverified: false,
        userinfo: userinfo.is_some(),
    }
}

impl ToldByIdToken {
    /// What an ID token would tell now, as far as userinfo lets one know.
    fn as_of_now(&self, userinfo: Option<&Claims>) -> Claims {
        let mut claims = self.own.clone();
        let now = |name: &String| userinfo.and_then(|it| it.get(name)).cloned();
        let names: Vec<_> = self.shared.iter().chain(self.own.keys()).cloned().collect();
        for name in names {
            if let Some(value) = now(&name) {
                claims.insert(name, value);
            }
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: serde_json::Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_only_the_id_token_told_stays_and_what_both_told_follows_userinfo() {
        let id_token = claims(json!({ "iss": "i", "sub": "1", "exp": 1, "groups": ["a"],
            "roles": ["admin"], "dept": "x", "hd": "example.com" }));
        let userinfo = claims(json!({ "sub": "1", "roles": ["admin"], "dept": "x" }));
        let told = told(Some(&id_token), Some(&userinfo)).id_token.unwrap();
        assert_eq!(
            told.own,
            claims(json!({ "groups": ["a"], "hd": "example.com" }))
        );
        let later = claims(json!({ "sub": "1", "roles": [], "groups": ["b"] }));
        assert_eq!(
            told.as_of_now(Some(&later)),
            claims(json!({ "sub": "1", "roles": [], "groups": ["b"], "hd": "example.com" }))
        );
    }
}
