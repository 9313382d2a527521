//! A client's own word, signed with its own key (RFC 7523 section 3): `private_key_jwt`.
//!
//! Whom it is from, whom it is for and how long it lasts is checked before any key is looked for,
//! so that what would be refused anyway costs neither a fetch nor a signature. That it is used once
//! is for the ledger to see.

use serde_json::Value;

use super::Claims;
use super::jws::{self, Compact, SKEW};
use super::key_set::KeySet;
use crate::parts::UnixSeconds;

/// The longest assertion, in bytes.
const MAX_LENGTH: usize = 8 * 1024;
/// The longest `kid` and `jti`, in bytes.
const MAX_ID: usize = 256;
/// How long an assertion may last.
const LONGEST: UnixSeconds = 300;

/// Algorithms that a client may sign with.
pub(crate) const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// An assertion that was taken apart; nothing of it is proven.
pub(crate) struct Assertion<'a> {
    jws: Compact<'a>,
    alg: &'static str,
    kid: Option<String>,
    claims: Claims,
}

impl<'a> Assertion<'a> {
    /// Takes `text` apart; `None` if it is no JWS of a kind that clients may send.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let jws = Compact::parse(text, MAX_LENGTH)?;
        let header = jws::decode(jws.header)?;
        let alg = jws::text(&header, "alg")?;
        let alg = ALGORITHMS.into_iter().find(|known| *known == alg)?;
        let is_strange = header.contains_key("crit") || header.contains_key("b64");
        // An access token or a logout token must not pass for an assertion (RFC 8725 section 3.11).
        let is_typed = match header.get("typ") {
            None => true,
            Some(typ) => typ.as_str().is_some_and(|typ| {
                let typ = typ.to_ascii_lowercase();
                typ == "jwt"
                    || typ.trim_start_matches("application/") == "client-authentication+jwt"
            }),
        };
        let kid = match header.get("kid") {
            None => None,
            Some(kid) => Some(short(kid)?.to_owned()),
        };
        let claims = jws::decode(jws.payload)?;
        (!is_strange && is_typed).then_some(Self {
            jws,
            alg,
            kid,
            claims,
        })
    }

    /// The client that it says it is from: `iss` and `sub`, which must be one (section 3).
    pub(crate) fn client(&self) -> Option<&str> {
        let issuer = jws::text(&self.claims, "iss")?;
        (jws::text(&self.claims, "sub") == Some(issuer)).then_some(issuer)
    }

    /// Its id and its end, if it is for one of `audiences` alone, and is good `now`.
    pub(crate) fn standing(
        &self,
        audiences: &[&str],
        now: UnixSeconds,
    ) -> Option<(&str, UnixSeconds)> {
        let claims = &self.claims;
        let audience = match claims.get("aud")? {
            Value::String(audience) => audience.as_str(),
            Value::Array(all) if all.len() == 1 => all[0].as_str()?,
            _ => return None,
        };
        let ends = claims.get("exp").and_then(jws::numeric_date)?;
        let is_live = ends > now
            && ends <= now.saturating_add(LONGEST)
            && jws::not_after(claims, "nbf", now.saturating_add(SKEW))
            && jws::not_after(claims, "iat", now.saturating_add(SKEW));
        let id = short(claims.get("jti")?)?;
        (is_live && audiences.contains(&audience)).then_some((id, ends))
    }

    /// The key that it says it was signed with.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether one of `keys` signed it.
    pub(crate) fn is_signed_by(&self, keys: &KeySet) -> bool {
        keys.verifies(self.jws, self.key_id(), self.alg)
    }
}

fn short(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    (1..=MAX_ID).contains(&text.len()).then_some(text)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    const NOW: UnixSeconds = 1_800_000_000;
    const ISSUER: &str = "https://s.test";

    fn text(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(header), part(claims))
    }

    fn header(alg: &str) -> Value {
        json!({"alg": alg, "kid": "k"})
    }

    fn claims() -> Value {
        json!({"iss": "c", "sub": "c", "aud": ISSUER, "exp": NOW + 60, "jti": "1"})
    }

    #[test]
    fn only_what_clients_may_sign_with_is_read() {
        for alg in ALGORITHMS {
            assert!(Assertion::read(&text(&header(alg), &claims())).is_some());
        }
        for alg in ["none", "HS256", "RS384", "ES384", "rs256", ""] {
            assert!(
                Assertion::read(&text(&header(alg), &claims())).is_none(),
                "{alg}"
            );
        }
        for (name, value, is_read) in [
            ("typ", json!("JWT"), true),
            ("typ", json!("client-authentication+jwt"), true),
            ("typ", json!("at+jwt"), false),
            ("typ", json!("logout+jwt"), false),
            ("typ", json!(1), false),
            ("crit", json!(["x"]), false),
            ("b64", json!(false), false),
            ("kid", json!(""), false),
            ("kid", json!("k".repeat(257)), false),
            ("kid", json!(7), false),
            ("jku", json!("https://x.test/jwks"), true),
        ] {
            let mut header = header("ES256");
            header[name] = value.clone();
            let read = Assertion::read(&text(&header, &claims())).is_some();
            assert_eq!(read, is_read, "{name} {value}");
        }
        let long = json!({"iss": "c".repeat(MAX_LENGTH)});
        assert!(Assertion::read(&text(&header("ES256"), &long)).is_none());
    }

    #[test]
    fn it_must_be_from_one_client_for_this_server_and_short() {
        for (name, value, is_good) in [
            ("aud", json!(ISSUER), true),
            ("aud", json!([ISSUER]), true),
            ("aud", json!("https://s.test/oauth/token"), true),
            ("aud", json!([ISSUER, "https://x.test"]), false),
            ("aud", json!("https://s.test/"), false),
            ("aud", json!(null), false),
            ("exp", json!(NOW), false),
            ("exp", json!(NOW + 300), true),
            ("exp", json!(NOW + 301), false),
            ("exp", json!("soon"), false),
            ("exp", json!(-1), false),
            ("iat", json!(NOW + 59), true),
            ("iat", json!(NOW + 61), false),
            ("nbf", json!(NOW + 61), false),
            ("jti", json!(""), false),
            ("jti", json!(5), false),
            ("jti", json!("x".repeat(257)), false),
            ("sub", json!("d"), false),
        ] {
            let mut claims = claims();
            claims[name] = value.clone();
            let text = text(&header("ES256"), &claims);
            let assertion = Assertion::read(&text).unwrap();
            let standing = assertion.standing(&[ISSUER, "https://s.test/oauth/token"], NOW);
            let good = assertion.client() == Some("c") && standing.is_some();
            assert_eq!(good, is_good, "{name} {value}");
        }
        for name in ["aud", "exp", "jti", "iss", "sub"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            let text = text(&header("ES256"), &claims);
            let assertion = Assertion::read(&text).unwrap();
            let good = assertion.client().is_some() && assertion.standing(&[ISSUER], NOW).is_some();
            assert!(!good, "without {name}");
        }
    }
}
