//! `POST /oauth/register`: dynamic client registration (RFC 7591).
//!
//! Anyone may register, so a registration gives nothing but an id: redirect URIs are limited by
//! the server's patterns, the name is shown as the client's own claim, and all that the server
//! does not enforce is neither kept nor echoed. The answer states what is enforced, which may be
//! less than what was sent.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Inner;
use super::client_metadata::{self, Registration};
use super::error::{self, Code, Error};
use super::form::{BodyError, has_type, read_body};
use super::registration::{Registration as Open, RegistrationRequest};
use super::settings::Settings;
use crate::audit::{self, AuditEvent, AuditId};
use crate::ledger::{Client, ClientAuth, ClientKeys, NewClient};
use crate::limits::Counted;
use crate::secret::Secret;
use crate::token::json::parse_object;

/// The longest registration that is read.
const BODY_LIMIT: usize = 64 * 1024;

pub(super) async fn register(State(proxy): State<Arc<Inner>>, request: Request) -> Response {
    let registered = async {
        let registration = read(&proxy, request).await?;
        let native = registration.is_native;
        check_policy(&proxy, &registration.client)?;
        // Counted when it would be written: a mistake costs nothing and can be put right at once.
        let counted = proxy.count(Counted::Registration);
        counted.map_err(|exceeded| Error::too_many(exceeded.wait))?;
        let (client, secret) = proxy.ledger.register(registration.client).await?;
        Ok::<_, Error>((client, secret, native))
    };
    match registered.await {
        Ok((client, secret, native)) => {
            let id = AuditId::of(client.id());
            proxy.parts.tell(AuditEvent::Registered { client: id });
            answer(&client, secret.as_ref(), native, &proxy.settings)
        }
        Err(error) => {
            let reason = error.code().as_str();
            proxy.parts.tell(AuditEvent::RegistrationRefused { reason });
            error.into_response()
        }
    }
}

/// Whether `headers` hold the token that strangers register with (RFC 7591 section 3).
fn check_initial_token(proxy: &Inner, headers: &HeaderMap) -> Result<(), Error> {
    if proxy.settings.registration != Open::Limited {
        return Ok(());
    }
    match (&proxy.settings.initial_access_token, bearer(headers)) {
        (Some(wanted), Some(sent)) if *wanted == sent => Ok(()),
        _ => Err(Error::bearer(
            "registration needs the initial access token of this server",
        )),
    }
}

/// The token in the one `Authorization` header, if there is one.
fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Secret::from(token))
}

/// Whether the operator's own rule lets this client in.
fn check_policy(proxy: &Inner, client: &NewClient) -> Result<(), Error> {
    let Some(policy) = &proxy.settings.registration_policy else {
        return Ok(());
    };
    let asked = RegistrationRequest {
        name: client.name.as_deref(),
        redirect_uris: &client.redirect_uris,
        is_public: client.auth == ClientAuth::None,
        address: audit::caller(),
    };
    if policy(&asked) {
        return Ok(());
    }
    let words = "this server does not register this client";
    Err(Error::new(Code::AccessDenied, words).with_status(StatusCode::FORBIDDEN))
}

async fn read(proxy: &Inner, request: Request) -> Result<Registration, Error> {
    let metadata = |words| Error::new(Code::InvalidClientMetadata, words);
    check_initial_token(proxy, request.headers())?;
    if !has_type(request.headers(), "application/json") {
        return Err(metadata("Content-Type must be application/json"));
    }
    let (head, body) = request.into_parts();
    let body = read_body(&head.headers, body, BODY_LIMIT)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => Error::too_large(Code::InvalidClientMetadata),
            BodyError::Broken => metadata("the request body broke off"),
            BodyError::Late => Error::late(Code::InvalidClientMetadata),
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
    let (jwks, jwks_uri) = match &metadata.keys {
        Some(ClientKeys::Jwks(jwks)) => (Some(jwks.clone()), None),
        Some(ClientKeys::JwksUri(uri)) => (None, Some(Value::from(uri.as_str()))),
        None => (None, None),
    };
    let optional = [
        ("jwks", jwks),
        ("jwks_uri", jwks_uri),
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
        ClientAuth::PrivateKeyJwt => "private_key_jwt",
    }
}
