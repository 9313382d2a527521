//! `POST /oauth/revoke` (RFC 7009): a client that no longer needs a token ends its whole grant.
//!
//! Any genuine refresh token of the grant and any live access token of it name it; which kind comes
//! is seen from the token itself, so `token_type_hint` decides nothing and an unknown one is fine.
//! The end is one transition in the ledger, durable before the answer; only then are the provider's
//! tokens given back, in the background.
//!
//! Every other token gets the same 200 and changes nothing (RFC 7009 section 2.2): one that is
//! unknown, of another server or another client, already ended, or an access token that has expired,
//! which is as invalid here as everywhere. So a stale token ends nobody's login, and the answer tells
//! nobody whether a token that he found is alive; section 2.1 would have another client's token
//! refused in words of its own, which tells just that.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::Inner;
use super::audit::{self, About, Event};
use super::bearer::verified;
use super::client_auth::authenticate;
use super::client_request::read;
use super::ended::ended;
use super::error::{Error, private};
use crate::ledger::{self, Client, Grant, GrantId, Standing};

/// Answers a revocation request.
pub(super) async fn revoke(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    match answer(&inner, request).await {
        Ok(()) => private(StatusCode::OK.into_response()),
        Err(error) => error.into_response(),
    }
}

async fn answer(inner: &Arc<Inner>, request: Request) -> Result<(), Error> {
    let (headers, form) = read(request).await?;
    let token = form
        .get("token")
        .ok_or(Error::request("`token` is missing"))?;
    let client = authenticate(inner, &headers, &form).await?;
    let about = About::client(client.id());
    let Some(grant) = named(inner, token).await? else {
        audit::record(Event::RevocationIgnored, about, "unknown_token");
        return Ok(());
    };
    if grant.binding().client_id != client.id() {
        audit::record(Event::RevocationIgnored, about, "token_of_another_client");
        return Ok(());
    }
    // In a task of its own: a client that hangs up right away still ends all of it.
    let ending = end(Arc::clone(inner), client, grant.id());
    Ok(tokio::spawn(ending).await.map_err(Error::internal)??)
}

/// The live grant of this server that `token` belongs to.
async fn named(inner: &Inner, token: &str) -> Result<Option<Grant>, ledger::Error> {
    let grant = match inner.ledger.standing(token).await? {
        Standing::Good(grant) | Standing::Reused(grant) => Some(*grant),
        Standing::Dead => match verified(inner, token).await? {
            Some(token) => inner.ledger.grant(token.grant).await?,
            None => None,
        },
    };
    Ok(grant.filter(|grant| inner.owns(grant)))
}

async fn end(inner: Arc<Inner>, client: Client, grant: GrantId) -> Result<(), ledger::Error> {
    let grant = inner.ledger.revoke(grant).await?;
    let (event, reason) = if grant.is_some() {
        (Event::Revoked, "by_client")
    } else {
        (Event::RevocationIgnored, "already_ended")
    };
    ended(&inner, event, client.id(), grant.as_deref(), reason);
    Ok(())
}
