//! `grant_type=authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

use super::Inner;
use super::ended::ended;
use super::error::Error;
use super::facts::{Refusal, facts};
use super::form::Form;
use super::granted::{Granted, check_resource, grant_tokens, passed};
use super::upstream::UpstreamError;
use crate::audit::{AuditEvent, AuditId, Ended};
use crate::ledger::{Client, CodeBinding, Deferred, Grant, Redemption};
use crate::provider::TurnedAway;

/// Redeems a code: once, by its client, with its verifier.
pub(super) async fn redeem(inner: &Inner, client: &Client, form: &Form) -> Result<Granted, Error> {
    let code = form
        .get("code")
        .ok_or(Error::request("`code` is missing"))?;
    let verifier = form
        .get("code_verifier")
        .ok_or(Error::request("`code_verifier` is missing"))?;
    check_resource(inner, form)?;
    let redirect_uri = form.get("redirect_uri");
    let check = |binding: &CodeBinding| {
        if binding.client_id != client.id() {
            return Err("the code was given to another client");
        }
        // A server beside this one may share store and keys; what its users approved is its own.
        if binding.resource != inner.settings.resource.as_str() {
            return Err("the code is for another resource");
        }
        if redirect_uri.is_some_and(|uri| uri != binding.redirect_uri.as_str()) {
            return Err("`redirect_uri` is not the one that the code was sent to");
        }
        if !binding.code_challenge.verifies(verifier) {
            return Err("`code_verifier` does not fit the challenge");
        }
        Ok(())
    };
    let by = AuditId::of(client.id());
    let note = |grant: &Grant| passed(inner, grant, &grant.facts().scopes);
    let grant = match inner.ledger.redeem_passing(code, check, note).await? {
        Redemption::Done(grant) => *grant,
        Redemption::Deferred(deferred) => exchange(inner, *deferred, verifier).await?,
        Redemption::Refused(words) => {
            inner.parts.tell(AuditEvent::TokenRefused {
                client: by,
                reason: "binding",
            });
            return Err(Error::grant(words));
        }
        Redemption::Invalid {
            replayed,
            ended: grant,
        } => {
            inner.parts.tell(if replayed {
                let grant = grant
                    .as_ref()
                    .map(|grant| AuditId::of(&grant.id().to_text()));
                AuditEvent::CodeReplayed { client: by, grant }
            } else {
                let reason = "invalid_code";
                AuditEvent::TokenRefused { client: by, reason }
            });
            if let Some(grant) = grant {
                ended(inner, &grant, Ended::CodeReplayed);
            }
            return Err(spent());
        }
    };
    inner.parts.tell(AuditEvent::CodeRedeemed {
        client: by,
        subject: AuditId::of(&grant.facts().subject),
        grant: AuditId::of(&grant.id().to_text()),
    });
    let scope = grant.facts().scopes.clone();
    grant_tokens(inner, client, &grant, scope, grant.refresh_token())
}

fn spent() -> Error {
    Error::grant("the code is unknown, has expired, or was already used")
}

/// The provider's code is exchanged only now, with the client's own verifier (`forward_pkce`).
async fn exchange(inner: &Inner, deferred: Deferred, verifier: &str) -> Result<Grant, Error> {
    let exchanged = inner.upstream.exchange(
        &deferred.upstream_code,
        deferred.state.expose(),
        Some(verifier),
    );
    let signed_in = match exchanged.await {
        Ok(signed_in) => signed_in,
        Err(UpstreamError::Refused) => {
            return Err(Error::grant("the identity provider refused the login"));
        }
        Err(UpstreamError::AnotherTenant) => {
            let refusal = Refusal::TurnedAway(TurnedAway::NotAdmitted);
            return Err(turned_away(inner, &deferred, refusal));
        }
        Err(error @ UpstreamError::BadAnswer) => return Err(Error::internal(error)),
        Err(error @ UpstreamError::Unavailable { retry_after }) => {
            // We ask the client to try again, so its code must still be good when it does.
            inner.ledger.put_back(deferred).await?;
            let words = "the identity provider is out of reach; the code is still good";
            return Err(Error::unavailable(words, retry_after, error));
        }
    };
    let asked = &deferred.request.scopes;
    let facts = match facts(&inner.settings, asked, signed_in).await {
        Ok(facts) => facts,
        Err((refusal, tokens)) => {
            inner.upstream.give_back(*tokens);
            return Err(turned_away(inner, &deferred, refusal));
        }
    };
    let begun = inner.ledger.begin(deferred, facts).await?;
    let grant = begun.ok_or_else(spent)?;
    let passed = passed(inner, &grant, &grant.facts().scopes);
    inner.ledger.pass_on(&grant, passed.as_ref()).await?;
    Ok(grant)
}

fn turned_away(inner: &Inner, deferred: &Deferred, refusal: Refusal) -> Error {
    inner.parts.tell(AuditEvent::LoginRefused {
        client: AuditId::of(&deferred.request.binding.client_id),
        reason: refusal.reason(),
    });
    Error::grant(refusal.words())
}
