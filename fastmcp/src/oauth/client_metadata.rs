//! What a client says about itself when it registers, checked member by member (RFC 7591
//! section 2).
//!
//! A member that is known must be right; one that is not known is ignored. Of `grant_types` and
//! `scope` the part that this server has is kept, since clients list what other servers have too.

use serde_json::{Map, Value};

use super::error::{Code, Error};
use super::settings::Settings;
use crate::ledger::{ClientAuth, ClientKeys, NewClient};
use crate::spec::{RedirectUri, Scopes};
use crate::token::{ALGORITHMS, KeySet};

/// The most redirect URIs of one client.
const MAX_REDIRECT_URIS: usize = 10;
/// The longest name, in characters.
const MAX_NAME: usize = 128;
/// The longest URL of a client's own pages, in bytes.
const MAX_URL: usize = 2048;
/// The most keys of one client.
const MAX_KEYS: usize = 10;

/// A checked registration.
pub(super) struct Registration {
    pub(super) client: NewClient,
    pub(super) is_native: bool,
}

type Object = Map<String, Value>;

fn wrong(words: &'static str) -> Error {
    Error::new(Code::InvalidClientMetadata, words)
}

/// Checks the members of a registration.
pub(super) fn check(object: &Object, settings: &Settings) -> Result<Registration, Error> {
    let (auth, auth_was_named) = auth_method(object)?;
    let may_refresh = grant_types(object)?;
    response_types(object)?;
    urls(object)?;
    let keys = keys(object, auth, settings)?;
    let name = name(object)?;
    let scopes = scopes(object, settings)?;
    let is_native = is_native(object)?;
    let redirect_uris = redirect_uris(object, settings, is_native)?;
    let client = NewClient {
        name,
        uri: text(object, "client_uri")?.map(str::to_owned),
        redirect_uris,
        auth,
        auth_was_named,
        may_refresh,
        scopes,
        keys,
    };
    Ok(Registration { client, is_native })
}

/// The text of `name`; `null` counts as absent.
fn text<'a>(object: &'a Object, name: &str) -> Result<Option<&'a str>, Error> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong("a member that must be a string is none")),
    }
}

/// The texts of the list `name`.
fn texts<'a>(object: &'a Object, name: &str) -> Result<Option<Vec<&'a str>>, Error> {
    let list = match object.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong("a member that must be a list of strings is none")),
    };
    let texts = list.iter().map(Value::as_str).collect::<Option<_>>();
    texts
        .map(Some)
        .ok_or_else(|| wrong("a member that must be a list of strings is none"))
}

fn redirect_uris(
    object: &Object,
    settings: &Settings,
    is_native: bool,
) -> Result<Vec<RedirectUri>, Error> {
    let texts = texts(object, "redirect_uris")?
        .filter(|uris| (1..=MAX_REDIRECT_URIS).contains(&uris.len()))
        .ok_or_else(|| wrong("redirect_uris must be a list of 1 to 10 URIs"))?;
    texts
        .into_iter()
        .map(|text| redirect_uri(text, settings, is_native))
        .collect()
}

fn redirect_uri(text: &str, settings: &Settings, is_native: bool) -> Result<RedirectUri, Error> {
    let wrong = |words| Error::new(Code::InvalidRedirectUri, words);
    let uri = RedirectUri::parse(text)
        .map_err(|_| wrong("a redirect URI is not an absolute URI in canonical form"))?;
    if !settings.patterns.allows(&uri) {
        return Err(wrong(
            "this server does not send codes to one of the redirect URIs; \
             its operator can allow it",
        ));
    }
    let is_site = uri.scheme() == "https" && uri.host() != Some("localhost");
    if !is_native && !is_site {
        return Err(wrong("a web application needs https redirect URIs"));
    }
    Ok(uri)
}

fn is_native(object: &Object) -> Result<bool, Error> {
    match text(object, "application_type")? {
        None | Some("native") => Ok(true),
        Some("web") => Ok(false),
        Some(_) => Err(wrong("application_type must be native or web")),
    }
}

fn auth_method(object: &Object) -> Result<(ClientAuth, bool), Error> {
    let method = match text(object, "token_endpoint_auth_method")? {
        None => return Ok((ClientAuth::ClientSecretBasic, false)),
        Some("none") => ClientAuth::None,
        Some("client_secret_basic") => ClientAuth::ClientSecretBasic,
        Some("client_secret_post") => ClientAuth::ClientSecretPost,
        Some("private_key_jwt") => ClientAuth::PrivateKeyJwt,
        Some(_) => {
            return Err(wrong(
                "token_endpoint_auth_method must be none, client_secret_basic, \
                 client_secret_post or private_key_jwt",
            ));
        }
    };
    Ok((method, true))
}

/// The keys of a client that proves itself with one: here, or at an address that this server may
/// ask; those of another client are not kept.
fn keys(
    object: &Object,
    auth: ClientAuth,
    settings: &Settings,
) -> Result<Option<ClientKeys>, Error> {
    if auth != ClientAuth::PrivateKeyJwt {
        return Ok(None);
    }
    let signs_otherwise = text(object, "token_endpoint_auth_signing_alg")?
        .is_some_and(|alg| !ALGORITHMS.contains(&alg));
    if signs_otherwise {
        return Err(wrong(
            "token_endpoint_auth_signing_alg must be RS256, PS256, ES256 or EdDSA",
        ));
    }
    let jwks = object.get("jwks").filter(|jwks| !jwks.is_null());
    match (jwks, text(object, "jwks_uri")?) {
        (Some(jwks), None) if is_key_set(jwks) => Ok(Some(ClientKeys::Jwks(jwks.clone()))),
        (Some(_), None) => Err(wrong(
            "jwks must be a set of 1 to 10 public keys for signing, and nothing private",
        )),
        (None, Some(uri)) if settings.may_fetch(uri) => {
            Ok(Some(ClientKeys::JwksUri(uri.to_owned())))
        }
        (None, Some(_)) => Err(wrong(
            "this server does not fetch keys from jwks_uri; send them as jwks",
        )),
        (None, None) => Err(wrong("private_key_jwt needs jwks or jwks_uri")),
        (Some(_), Some(_)) => Err(wrong("jwks and jwks_uri exclude one another")),
    }
}

fn is_key_set(jwks: &Value) -> bool {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let is_bounded = keys.is_some_and(|keys| (1..=MAX_KEYS).contains(&keys.len()));
    let is_usable = || KeySet::of(jwks.clone()).is_some_and(|keys| !keys.is_empty());
    is_bounded && !holds_private_key(jwks) && is_usable()
}

/// Whether a key that must stay with its owner is in `jwks` (RFC 7518 section 6).
pub(super) fn holds_private_key(jwks: &Value) -> bool {
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let keys = jwks.get("keys").and_then(Value::as_array);
    let mut keys = keys.into_iter().flatten();
    keys.any(|key| PRIVATE.iter().any(|member| key.get(member).is_some()))
}

/// Whether refresh tokens are among the grants; a client that names none gets all that there is.
fn grant_types(object: &Object) -> Result<bool, Error> {
    let Some(types) = texts(object, "grant_types")? else {
        return Ok(true);
    };
    if !types.contains(&"authorization_code") {
        return Err(wrong("grant_types must include authorization_code"));
    }
    Ok(types.contains(&"refresh_token"))
}

fn response_types(object: &Object) -> Result<(), Error> {
    match texts(object, "response_types")? {
        Some(types) if !types.contains(&"code") => Err(wrong("response_types must include code")),
        _ => Ok(()),
    }
}

/// The limit that the client sets itself. One that names all there is sets none: clients register
/// with whatever the server offers that day, and must be able to ask for what it offers later.
fn scopes(object: &Object, settings: &Settings) -> Result<Option<Scopes>, Error> {
    let Some(text) = text(object, "scope")? else {
        return Ok(None);
    };
    let asked = Scopes::parse(text).map_err(|_| wrong("scope is not a list of scopes"))?;
    let kept = asked.intersection(settings.supported());
    let is_limit = !kept.is_empty() && !settings.offered().is_subset(&kept);
    Ok(Some(kept).filter(|_| is_limit))
}

/// The name, which a person will read: no control or direction marks, not blank.
fn name(object: &Object) -> Result<Option<String>, Error> {
    for (key, value) in object {
        if key == "client_name" || key.starts_with("client_name#") {
            let readable = match value {
                Value::Null => true,
                Value::String(name) => is_readable(name),
                _ => false,
            };
            if !readable {
                return Err(wrong(
                    "client_name must be 1 to 128 visible characters without direction marks",
                ));
            }
        }
    }
    Ok(text(object, "client_name")?.map(str::to_owned))
}

fn is_readable(name: &str) -> bool {
    // Direction marks, line ends, and what is drawn as nothing: with these a name can look like
    // another's, or like none.
    let misleads = |letter: char| {
        letter.is_control()
            || matches!(
                letter,
                '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
                    | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
                    | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
                    | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            )
    };
    name.chars().count() <= MAX_NAME && !name.trim().is_empty() && !name.chars().any(misleads)
}

/// Every URL a client may name, in any language: http(s) or nothing.
fn urls(object: &Object) -> Result<(), Error> {
    const NAMES: [&str; 5] = [
        "client_uri",
        "logo_uri",
        "tos_uri",
        "policy_uri",
        "jwks_uri",
    ];
    for (key, value) in object {
        let name = key.split('#').next().unwrap_or_default();
        if !NAMES.contains(&name) || value.is_null() {
            continue;
        }
        let url = value.as_str().filter(|text| text.len() <= MAX_URL);
        let is_web = url
            .and_then(|text| url::Url::parse(text).ok())
            .is_some_and(|url| matches!(url.scheme(), "https" | "http"));
        if !is_web {
            return Err(wrong(
                "a URL of the client's own pages is not an http(s) URL",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "client_metadata_tests.rs"]
mod tests;
