//! `POST /oauth/register`: dynamic client registration (RFC 7591).
//!
//! Anyone may register, so a registration gives nothing but an id: redirect URIs are limited by
//! the server's patterns, the name is shown as the client's own claim, and all that the server
//! does not enforce is neither kept nor echoed. The answer states what is enforced, which may be
//! less than what was sent.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::Inner;
use super::audit::{self, About, Event};
use super::client_metadata::{self, Registration};
use super::error::{self, Code, Error};
use super::form::{BodyError, has_type, read_body};
use super::settings::Settings;
use crate::ledger::{Client, ClientAuth};
use crate::secret::Secret;
use crate::token::json::parse_object;

/// The longest registration that is read.
const BODY_LIMIT: usize = 64 * 1024;

pub(super) async fn register(State(proxy): State<Arc<Inner>>, request: Request) -> Response {
    let registered = async {
        let registration = read(&proxy, request).await?;
        let native = registration.is_native;
        let (client, secret) = proxy.ledger.register(registration.client).await?;
        Ok::<_, Error>((client, secret, native))
    };
    match registered.await {
        Ok((client, secret, native)) => {
            audit::record(Event::Registered, About::client(client.id()), "ok");
            answer(&client, secret.as_ref(), native, &proxy.settings)
        }
        Err(error) => {
            let code = error.code().as_str();
            audit::record(Event::RegistrationRefused, About::default(), code);
            error.into_response()
        }
    }
}

async fn read(proxy: &Inner, request: Request) -> Result<Registration, Error> {
    let metadata = |words| Error::new(Code::InvalidClientMetadata, words);
    if !has_type(request.headers(), "application/json") {
        return Err(metadata("Content-Type must be application/json"));
    }
    let (head, body) = request.into_parts();
    let body = read_body(&head.headers, body, BODY_LIMIT)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => Error::too_large(Code::InvalidClientMetadata),
            BodyError::Broken => metadata("the request body broke off"),
        })?;
    let object = parse_object(&body)
        .ok_or_else(|| metadata("the body must be one JSON object without repeated keys"))?;
    client_metadata::check(&object, &proxy.settings)
}

/// The client information response (RFC 7591 section 3.2.1).
fn answer(client: &Client, secret: Option<&Secret>, native: bool, settings: &Settings) -> Response {
    let metadata = client.metadata();
    let mut grant_types = vec!["authorization_code"];
    if metadata.may_refresh {
        grant_types.push("refresh_token");
    }
    let scopes = metadata.scopes.clone();
    let scopes = scopes.unwrap_or_else(|| settings.offered());
    let mut body = json!({
        "scope": scopes.to_string(),
        "client_id": client.id(),
        "client_id_issued_at": client.created_at(),
        "redirect_uris": metadata.redirect_uris,
        "token_endpoint_auth_method": method(metadata.auth),
        "grant_types": grant_types,
        "response_types": ["code"],
        "application_type": if native { "native" } else { "web" },
    });
    let optional = [
        ("client_name", metadata.name.clone().map(Value::from)),
        ("client_uri", metadata.uri.clone().map(Value::from)),
        ("client_secret", secret.map(|secret| secret.expose().into())),
        ("client_secret_expires_at", secret.map(|_| 0.into())),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    error::json(StatusCode::CREATED, &body)
}

fn method(auth: ClientAuth) -> &'static str {
    match auth {
        ClientAuth::None => "none",
        ClientAuth::ClientSecretBasic => "client_secret_basic",
        ClientAuth::ClientSecretPost => "client_secret_post",
    }
}
