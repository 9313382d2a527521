//! Who is asking at the token or the revocation endpoint (RFC 6749 section 2.3, RFC 7591 section 2).
//!
//! A client proves itself by the method it registered, and by that one alone: a public client that
//! sends a secret, or a secret in another place than agreed, is not the client we know. One
//! leniency: a client that named no method was registered as `client_secret_basic` by default
//! (RFC 7591), and many of those send the secret in the body, so both places are open to them.
//!
//! Nothing is spent before this check has passed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Inner;
use super::audit::{self, About, Event};
use super::error::Error;
use super::form::{self, Form};
use crate::ledger::{Client, ClientAuth};
use crate::secret::Secret;

/// What a request presents.
struct Presented {
    id: String,
    secret: Option<Secret>,
    by_header: bool,
}

/// The client that the request proves to come from.
pub(super) async fn authenticate(
    inner: &Inner,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Client, Error> {
    let presented = read(headers, form)?;
    let Some(client) = inner.ledger.client(&presented.id).await? else {
        audit::record(Event::ClientRefused, About::default(), "unknown_client");
        return Err(Error::client(
            "this client is not registered here; register again",
            presented.by_header,
        ));
    };
    if is_proven(&client, &presented) {
        return Ok(client);
    }
    audit::record(
        Event::ClientRefused,
        About::client(client.id()),
        "wrong_credentials",
    );
    Err(Error::client(
        "the client did not prove itself by the method and secret it was registered with",
        presented.by_header,
    ))
}

fn is_proven(client: &Client, presented: &Presented) -> bool {
    let metadata = client.metadata();
    let place_fits = match metadata.auth {
        ClientAuth::None => return presented.secret.is_none(),
        ClientAuth::ClientSecretBasic => presented.by_header || !metadata.auth_was_named,
        ClientAuth::ClientSecretPost => !presented.by_header,
    };
    let secret_fits = presented
        .secret
        .as_ref()
        .is_some_and(|secret| client.has_secret(secret));
    place_fits && secret_fits
}

fn read(headers: &HeaderMap, form: &Form) -> Result<Presented, Error> {
    let in_body = form.get("client_id");
    let secret = form.get("client_secret").map(Secret::from);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = match (values.next(), values.next()) {
        (Some(_), Some(_)) => return Err(Error::request("more than one Authorization header")),
        (header, _) => header,
    };
    let Some(header) = header else {
        return match in_body {
            Some(id) => Ok(Presented {
                id: id.to_owned(),
                secret,
                by_header: false,
            }),
            None => Err(Error::client("the request names no client", false)),
        };
    };
    let (id, by_basic) = basic(header.as_bytes()).ok_or_else(|| {
        Error::client("the Authorization header holds no Basic credentials", true)
    })?;
    if secret.is_some() {
        return Err(Error::request(
            "the client sent credentials twice: in the Authorization header and in the body",
        ));
    }
    if in_body.is_some_and(|named| named != id) {
        return Err(Error::request(
            "`client_id` in the body is not the client of the Authorization header",
        ));
    }
    Ok(Presented {
        id,
        secret: Some(by_basic),
        by_header: true,
    })
}

/// The two halves of `Basic` credentials, each form-encoded (RFC 6749 section 2.3.1).
fn basic(header: &[u8]) -> Option<(String, Secret)> {
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
