//! Who is asking at the token or the revocation endpoint (RFC 6749 section 2.3, RFC 7591 section 2).
//!
//! A client proves itself by the method it registered, and by that one alone: a public client that
//! sends a secret, or a secret in another place than agreed, is not the client we know. One
//! leniency: a client that named no method was registered as `client_secret_basic` by default
//! (RFC 7591), and many of those send the secret in the body, so both places are open to them.
//!
//! A client with a key of its own sends an assertion that it signed (`private_key_jwt`, RFC 7523),
//! for this server's issuer or token endpoint alone, good for five minutes at most and once.
//!
//! Nothing is spent before this check has passed, but the assertion itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::error::Error;
use super::form::{self, Form};
use super::{Inner, client_keys};
use crate::audit::{AuditEvent, AuditId};
use crate::ledger::{Client, ClientAuth};
use crate::secret::Secret;
use crate::token::Assertion;

/// RFC 7523 section 2.2.
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a request presents.
pub(super) struct Presented {
    pub(super) id: String,
    pub(super) proof: Proof,
}

/// How it proves that it comes from the client.
pub(super) enum Proof {
    Nothing,
    Header(Secret),
    Body(Secret),
    Assertion(String),
}

/// The client that the request proves to come from.
pub(super) async fn authenticate(
    inner: &Inner,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Client, Error> {
    let presented = read(headers, form)?;
    let by_header = matches!(presented.proof, Proof::Header(_));
    let Some(client) = inner.client(&presented.id).await? else {
        inner.parts.tell(AuditEvent::ClientRefused {
            client: None,
            reason: "unknown_client",
        });
        return Err(Error::client(
            "this client is not registered here; register again",
            by_header,
        ));
    };
    let is_proven = match &presented.proof {
        Proof::Assertion(assertion) => is_asserted(inner, &client, assertion).await?,
        proof => is_proven(&client, proof),
    };
    if is_proven {
        return Ok(client);
    }
    inner.parts.tell(AuditEvent::ClientRefused {
        client: Some(AuditId::of(client.id())),
        reason: "wrong_credentials",
    });
    Err(Error::client(
        "the client did not prove itself by the method and secret it was registered with",
        by_header,
    ))
}

/// Whether `client` signed `text` for this server, and for the first time.
async fn is_asserted(inner: &Inner, client: &Client, text: &str) -> Result<bool, Error> {
    let metadata = client.metadata();
    let (Some(keys), Some(assertion)) = (&metadata.keys, Assertion::read(text)) else {
        return Ok(false);
    };
    let base = &inner.settings.base_url;
    let audiences = [base.as_str(), &base.join("/oauth/token")];
    let now = inner.parts.clock.now();
    let Some((id, ends)) = assertion.standing(&audiences, now) else {
        return Ok(false);
    };
    if metadata.auth != ClientAuth::PrivateKeyJwt || assertion.client() != Some(client.id()) {
        return Ok(false);
    }
    let is_signed = client_keys::have_signed(inner, keys, &assertion).await?
        || is_signed_by_newest(inner, client, &assertion).await?;
    Ok(is_signed && inner.ledger.use_assertion(client.id(), id, ends).await?)
}

/// A client that publishes its keys may have exchanged them since a user approved it.
async fn is_signed_by_newest(
    inner: &Inner,
    client: &Client,
    assertion: &Assertion<'_>,
) -> Result<bool, Error> {
    let Some(published) = inner.published.as_ref().filter(|_| client.is_published()) else {
        return Ok(false);
    };
    let newest = published.newest(inner, client.id()).await?;
    let keys = newest.and_then(|newest| newest.keys);
    match keys.filter(|keys| Some(keys) != client.metadata().keys.as_ref()) {
        Some(keys) => client_keys::have_signed(inner, &keys, assertion).await,
        None => Ok(false),
    }
}

fn is_proven(client: &Client, proof: &Proof) -> bool {
    let metadata = client.metadata();
    match (metadata.auth, proof) {
        (ClientAuth::None, Proof::Nothing) => true,
        (ClientAuth::ClientSecretBasic, Proof::Header(secret))
        | (ClientAuth::ClientSecretPost, Proof::Body(secret)) => client.has_secret(secret),
        (ClientAuth::ClientSecretBasic, Proof::Body(secret)) => {
            !metadata.auth_was_named && client.has_secret(secret)
        }
        _ => false,
    }
}

/// The client that the request says it comes from, proven or not.
pub(super) fn named(headers: &HeaderMap, form: &Form) -> Option<String> {
    read(headers, form).ok().map(|presented| presented.id)
}

pub(super) fn read(headers: &HeaderMap, form: &Form) -> Result<Presented, Error> {
    let in_body = form.get("client_id");
    let secret = form.get("client_secret").map(Secret::from);
    let assertion = assertion(form)?;
    let is_double = |by_header: bool| {
        [by_header, secret.is_some(), assertion.is_some()]
            .into_iter()
            .filter(|is_there| *is_there)
            .count()
            > 1
    };
    if is_double(headers.contains_key(AUTHORIZATION)) {
        return Err(Error::request(
            "the client sent credentials in two ways; it must prove itself in one",
        ));
    }
    if let Some(assertion) = assertion {
        return by_assertion(assertion, in_body);
    }
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = match (values.next(), values.next()) {
        (Some(_), Some(_)) => return Err(Error::request("more than one Authorization header")),
        (header, _) => header,
    };
    let Some(header) = header else {
        return match in_body {
            Some(id) => Ok(Presented {
                id: id.to_owned(),
                proof: secret.map_or(Proof::Nothing, Proof::Body),
            }),
            None => Err(Error::client("the request names no client", false)),
        };
    };
    let (id, by_basic) = basic(header.as_bytes()).ok_or_else(|| {
        Error::client("the Authorization header holds no Basic credentials", true)
    })?;
    if in_body.is_some_and(|named| named != id) {
        return Err(Error::request(
            "`client_id` in the body is not the client of the Authorization header",
        ));
    }
    Ok(Presented {
        id,
        proof: Proof::Header(by_basic),
    })
}

/// The assertion in `form` (RFC 7521 section 4.2).
fn assertion(form: &Form) -> Result<Option<&str>, Error> {
    match (
        form.get("client_assertion_type"),
        form.get("client_assertion"),
    ) {
        (None, None) => Ok(None),
        (Some(ASSERTION), Some(assertion)) => Ok(Some(assertion)),
        _ => Err(Error::request(
            "`client_assertion` and `client_assertion_type` go together, and the type is \
             `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`",
        )),
    }
}

/// The client is who the assertion says; `client_id` may be left out.
fn by_assertion(assertion: &str, in_body: Option<&str>) -> Result<Presented, Error> {
    let read = Assertion::read(assertion);
    let named = read.as_ref().and_then(Assertion::client).or(in_body);
    let id = named.ok_or_else(|| Error::client("the assertion names no client", false))?;
    if in_body.is_some_and(|named| named != id) {
        return Err(Error::request(
            "`client_id` in the body is not the client of the assertion",
        ));
    }
    Ok(Presented {
        id: id.to_owned(),
        proof: Proof::Assertion(assertion.to_owned()),
    })
}

/// The two halves of `Basic` credentials, each form-encoded (RFC 6749 section 2.3.1).
pub(super) fn basic(header: &[u8]) -> Option<(String, Secret)> {
    let at = header.iter().position(|byte| *byte == b' ')?;
    let (scheme, rest) = header.split_at(at);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let pair = STANDARD.decode(rest.trim_ascii()).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    let id = form::decode(&pair[..colon]).ok()?;
    let secret = form::decode(&pair[colon + 1..]).ok()?;
    Some((id, Secret::from(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded_halves_under_any_case_of_the_scheme() {
        let encoded = STANDARD.encode("a%3Ab:s%2B+x");
        let header = format!("bAsIc {encoded}");
        let (id, secret) = basic(header.as_bytes()).unwrap();
        assert_eq!(id, "a:b");
        assert_eq!(secret.expose(), "s+ x");
    }

    #[test]
    fn what_is_no_basic_is_refused() {
        for header in [
            "Basic",
            "Basic !!!!",
            "Bearer YTpi",
            &format!("Basic {}", STANDARD.encode("no-colon")),
            &format!("Basic {}", STANDARD.encode("a:%zz")),
        ] {
            assert!(basic(header.as_bytes()).is_none(), "{header}");
        }
    }
}
