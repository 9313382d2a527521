//! What a client publishes about itself, checked (Client ID Metadata Document, section 4).
//!
//! The document is public, so whatever it holds proves nothing: a secret in it is a mistake that is
//! refused, not a secret. Beyond that its members are those of a registration (RFC 7591) and are
//! checked as there, with one difference: a client that registers learns at once that this server
//! does not send codes to one of its addresses, while one document is for all servers. Of its
//! addresses those are taken that this server's patterns allow, and there must be one.

use serde_json::{Map, Value};

use super::super::client_metadata;
use super::super::settings::Settings;
use crate::ledger::NewClient;
use crate::spec::{ClientIdUrl, RedirectUri};
use crate::token::json::parse_object;

/// The most redirect URIs of one client.
const MAX_REDIRECT_URIS: usize = 10;

/// Why a document describes no client of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Not one JSON object in which every name occurs once.
    NoObject,
    /// `client_id` is not the URL it was read from, to the byte.
    OtherId,
    /// There is a secret in it: `client_secret…`, or a private key.
    Secret,
    /// It would prove itself by a secret, or by a method that this server does not have.
    Method,
    /// No `client_name`.
    NoName,
    /// `redirect_uris` is no list of 1 to 10 URIs, each https or loopback.
    RedirectUris,
    /// This server's patterns allow none of its redirect URIs.
    NoneAllowed,
    /// Another member that a registration would be refused for.
    Metadata,
}

impl Unfit {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::NoObject => "no_object",
            Self::OtherId => "other_client_id",
            Self::Secret => "secret",
            Self::Method => "auth_method",
            Self::NoName => "no_name",
            Self::RedirectUris => "redirect_uris",
            Self::NoneAllowed => "redirect_uris_not_allowed",
            Self::Metadata => "metadata",
        }
    }
}

type Object = Map<String, Value>;

/// Reads the document found at `url`.
pub(super) fn read(
    bytes: &[u8],
    url: &ClientIdUrl,
    settings: &Settings,
) -> Result<NewClient, Unfit> {
    let mut object = parse_object(bytes).ok_or(Unfit::NoObject)?;
    if object.get("client_id").and_then(Value::as_str) != Some(url.as_str()) {
        return Err(Unfit::OtherId);
    }
    if holds_secret(&object) {
        return Err(Unfit::Secret);
    }
    let method = match object.get("token_endpoint_auth_method") {
        // Unlike a registration, a document that names no method means none.
        None | Some(Value::Null) => "none",
        Some(Value::String(method)) if method == "none" => "none",
        Some(Value::String(method)) if method == "private_key_jwt" => "private_key_jwt",
        Some(_) => return Err(Unfit::Method),
    };
    if !object.get("client_name").is_some_and(Value::is_string) {
        return Err(Unfit::NoName);
    }
    let allowed = allowed(object.get("redirect_uris"), settings)?;
    object.insert("redirect_uris".to_owned(), allowed);
    object.insert("token_endpoint_auth_method".to_owned(), method.into());
    let checked = client_metadata::check(&object, settings).map_err(|_| Unfit::Metadata)?;
    Ok(checked.client)
}

fn holds_secret(object: &Object) -> bool {
    object.keys().any(|name| name.starts_with("client_secret"))
        || object
            .get("jwks")
            .is_some_and(client_metadata::holds_private_key)
}

/// Those of the redirect URIs that this server sends codes to.
fn allowed(uris: Option<&Value>, settings: &Settings) -> Result<Value, Unfit> {
    let uris = uris.and_then(Value::as_array).ok_or(Unfit::RedirectUris)?;
    if !(1..=MAX_REDIRECT_URIS).contains(&uris.len()) {
        return Err(Unfit::RedirectUris);
    }
    let uris = uris.iter().map(|uri| parse(uri).ok_or(Unfit::RedirectUris));
    let uris: Vec<_> = uris.collect::<Result<_, _>>()?;
    let allowed = uris.iter().filter(|uri| settings.patterns.allows(uri));
    let allowed: Vec<_> = allowed.map(|uri| Value::from(uri.as_str())).collect();
    if allowed.is_empty() {
        return Err(Unfit::NoneAllowed);
    }
    Ok(Value::Array(allowed))
}

/// A site, or a program on the user's own machine: any program there can claim another scheme.
fn parse(uri: &Value) -> Option<RedirectUri> {
    let uri = RedirectUri::parse(uri.as_str()?).ok()?;
    matches!(uri.scheme(), "https" | "http").then_some(uri)
}
