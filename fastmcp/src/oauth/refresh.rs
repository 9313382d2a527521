//! `grant_type=refresh_token` (RFC 6749 section 6, OAuth 2.1 section 4.3).
//!
//! In this order: the token's standing and all that the request says (spends nothing), the
//! provider's token if it is about to end (a fault of the provider spends nothing either), then
//! the rotation.

use super::Inner;
use super::ended::ended;
use super::error::{Code, Error};
use super::form::Form;
use super::fresh::{For, Stale, fresh};
use super::granted::{Granted, check_resource, grant_tokens, passed};
use crate::audit::{AuditEvent, AuditId, Ended};
use crate::ledger::{Client, Grant, Refresh, Standing};
use crate::spec::Scopes;

/// Rotates a refresh token.
pub(super) async fn refresh(inner: &Inner, client: &Client, form: &Form) -> Result<Granted, Error> {
    let token = form
        .get("refresh_token")
        .ok_or(Error::request("`refresh_token` is missing"))?;
    // One that publishes may have changed since the login; it has a token only if it might then.
    if !client.is_published() && !client.metadata().may_refresh {
        return Err(Error::new(
            Code::UnauthorizedClient,
            "the client did not register for `refresh_token`",
        ));
    }
    check_resource(inner, form)?;
    let asked = form.get("scope").map(Scopes::parse).transpose();
    let asked = asked.map_err(|_| scope("`scope` is not a list of scopes"))?;
    let belongs = |grant: &Grant| {
        if inner.owns(grant) && grant.binding().client_id == client.id() {
            Ok(())
        } else {
            Err(dead())
        }
    };
    if let Standing::Good(grant) = inner.ledger.standing(token).await? {
        belongs(&grant)?;
        if asked
            .as_ref()
            .is_some_and(|asked| !asked.is_subset(&grant.facts().scopes))
        {
            return Err(scope("`scope` goes beyond what was granted"));
        }
        fresh(inner, grant.id(), For::Refresh)
            .await
            .map_err(unfresh)?;
    }
    let by = AuditId::of(client.id());
    match inner.ledger.rotate(token, belongs).await? {
        Refresh::Rotated {
            grant,
            refresh_token,
        } => {
            inner.parts.tell(AuditEvent::RefreshRotated {
                client: by,
                subject: AuditId::of(&grant.facts().subject),
                grant: AuditId::of(&grant.id().to_text()),
            });
            let scope = asked.unwrap_or_else(|| grant.facts().scopes.clone());
            // Should this fail, the same refresh token is answered alike within its window.
            let passed = passed(inner, &grant, &scope);
            inner.ledger.pass_on(&grant, passed.as_ref()).await?;
            grant_tokens(inner, client, &grant, scope, refresh_token)
        }
        Refresh::Refused(error) => Err(error),
        Refresh::Invalid {
            reused,
            ended: grant,
        } => {
            inner.parts.tell(if reused {
                let grant = grant
                    .as_ref()
                    .map(|grant| AuditId::of(&grant.id().to_text()));
                AuditEvent::RefreshReused { client: by, grant }
            } else {
                let reason = "invalid_refresh_token";
                AuditEvent::TokenRefused { client: by, reason }
            });
            if let Some(grant) = grant {
                ended(inner, &grant, Ended::RefreshReused);
            }
            Err(dead())
        }
    }
}

/// One answer for every token that is no good, whatever the reason.
fn dead() -> Error {
    Error::grant("the refresh token is not valid; sign in again")
}

fn scope(words: &'static str) -> Error {
    Error::new(Code::InvalidScope, words)
}

fn unfresh(stale: Stale) -> Error {
    match stale {
        Stale::SignInAgain => dead(),
        Stale::Store(error) => error.into(),
        Stale::Provider(error) => {
            let retry_after = error.retry_after();
            Error::unavailable(
                "the identity provider is out of reach; the refresh token is still good",
                retry_after,
                error,
            )
        }
    }
}
