//! `POST /oauth/revoke` (RFC 7009): a client that no longer needs a token ends it.
//!
//! | token | what ends |
//! |---|---|
//! | any genuine refresh token of a grant | the whole grant |
//! | an access token of ours | that token; the login goes on (section 2.1) |
//! | the provider's access token, where clients hold it | the whole grant: it has no other token to give |
//!
//! Which kind comes is seen from the token itself, so `token_type_hint` decides nothing and an
//! unknown one is fine. The end is one transition in the ledger, durable before the answer; only
//! then are the provider's tokens of a grant given back, in the background.
//!
//! Every other token gets the same 200 and changes nothing (RFC 7009 section 2.2): one that is
//! unknown, of another server or another client, already ended, or an access token that has expired,
//! which is as invalid here as everywhere. So a stale token ends nobody's login, and the answer tells
//! nobody whether a token that he found is alive; section 2.1 would have another client's token
//! refused in words of its own, which tells just that.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::Inner;
use super::bearer::{Token, verified};
use super::client_auth::authenticate;
use super::client_request::guarded;
use super::ended::ended;
use super::error::{Error, private};
use super::form::Form;
use crate::audit::{self, AuditEvent, AuditId, Ended};
use crate::ledger::{self, Client, Grant, GrantId, Standing};

/// Answers a revocation request.
pub(super) async fn revoke(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    match guarded(&inner, request, answer).await {
        Ok(()) => private(StatusCode::OK.into_response()),
        Err(error) => error.into_response(),
    }
}

async fn answer(inner: &Arc<Inner>, headers: &HeaderMap, form: &Form) -> Result<(), Error> {
    let token = form
        .get("token")
        .ok_or(Error::request("`token` is missing"))?;
    let client = authenticate(inner, headers, form).await?;
    let by = AuditId::of(client.id());
    let ignored = |reason| {
        let event = AuditEvent::RevocationIgnored { client: by, reason };
        inner.parts.tell(event);
    };
    let Some((grant, access)) = named(inner, token).await? else {
        ignored("unknown_token");
        return Ok(());
    };
    if grant.binding().client_id != client.id() {
        ignored("token_of_another_client");
        return Ok(());
    }
    if let Some(Token {
        jti: Some(jti),
        expires_at,
        ..
    }) = access
    {
        inner.ledger.revoke_access_token(&jti, expires_at).await?;
        inner
            .parts
            .tell(AuditEvent::AccessTokenRevoked { client: by });
        return Ok(());
    }
    // In a task of its own: a client that hangs up right away still ends all of it.
    let ending = end(Arc::clone(inner), client, grant.id());
    let ending = audit::continued(ending);
    Ok(tokio::spawn(ending).await.map_err(Error::internal)??)
}

/// The live grant of this server that `token` belongs to, and what an access token says.
async fn named(
    inner: &Inner,
    token: &str,
) -> Result<Option<(Grant, Option<Token>)>, ledger::Error> {
    let (grant, access) = match inner.ledger.standing(token).await? {
        Standing::Good(grant) | Standing::Reused(grant) => (Some(*grant), None),
        Standing::Dead => match verified(inner, token).await? {
            Some(token) => (inner.ledger.grant(token.grant).await?, Some(token)),
            None => (None, None),
        },
    };
    let grant = grant.filter(|grant| inner.owns(grant));
    Ok(grant.map(|grant| (grant, access)))
}

async fn end(inner: Arc<Inner>, client: Client, grant: GrantId) -> Result<(), ledger::Error> {
    let grant = inner.ledger.revoke(grant).await?;
    match grant {
        Some(grant) => ended(&inner, &grant, Ended::ByClient),
        None => inner.parts.tell(AuditEvent::RevocationIgnored {
            client: AuditId::of(client.id()),
            reason: "already_ended",
        }),
    }
    Ok(())
}
