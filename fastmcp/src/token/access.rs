//! What an access token of this server says (RFC 9068 section 2.2).

use serde_json::Value;

use super::{Claims, claims, jws};
use crate::parts::UnixSeconds;
use crate::spec::Scopes;

/// The claims of one access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Issuer: this server's base URL.
    pub iss: String,
    /// Audience: the protected resource, and nothing else.
    pub aud: String,
    /// Immutable id of the user at the identity provider.
    pub sub: String,
    /// The client that the token was given to.
    pub client_id: String,
    /// What the token allows.
    pub scope: Scopes,
    /// Id of this very token.
    pub jti: String,
    /// When it was made.
    pub iat: UnixSeconds,
    /// From this second on it is void.
    pub exp: UnixSeconds,
    /// Id of the grant that it belongs to.
    pub grant: String,
    /// Claims passed through from upstream. They can never take the place of one of the above.
    pub extra: Claims,
}

/// Name of the claim that holds [`AccessClaims::grant`].
pub(super) const GRANT: &str = "grant";

impl AccessClaims {
    /// The claims as one object, without the extra ones.
    pub(super) fn own(&self) -> Claims {
        let mut object = Claims::new();
        let texts = [
            ("iss", &self.iss),
            ("aud", &self.aud),
            ("sub", &self.sub),
            ("client_id", &self.client_id),
            ("jti", &self.jti),
            (GRANT, &self.grant),
        ];
        for (name, text) in texts {
            object.insert(name.to_owned(), Value::from(text.as_str()));
        }
        object.insert("scope".to_owned(), Value::from(self.scope.to_string()));
        object.insert("iat".to_owned(), Value::from(self.iat));
        object.insert("exp".to_owned(), Value::from(self.exp));
        object
    }

    /// The claims of an object whose signature has been checked; `None` if one is missing or of
    /// another type.
    pub(super) fn from_object(mut object: Claims) -> Option<Self> {
        let text = |name| jws::text(&object, name).map(str::to_owned);
        let date = |name| object.get(name).and_then(jws::numeric_date);
        let mut access = Self {
            iss: text("iss")?,
            aud: text("aud")?,
            sub: text("sub")?,
            client_id: text("client_id")?,
            scope: serde_json::from_value(object.get("scope")?.clone()).ok()?,
            jti: text("jti")?,
            iat: date("iat")?,
            exp: date("exp")?,
            grant: text(GRANT)?,
            extra: Claims::new(),
        };
        object.retain(|name, _| !claims::is_protected(name));
        access.extra = object;
        Some(access)
    }
}
