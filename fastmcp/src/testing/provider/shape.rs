//! What makes a provider look like Google, GitHub or Entra, and the server's own value for it.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::provider::{EmailTrust, Kind, Provider, SubjectRule, TENANT_PLACEHOLDER};

/// The tenant of everybody who signs in at a fake Entra.
const TENANT: &str = "7e57ab1e-0000-4000-8000-000000000000";

/// How a provider tells who somebody is.
pub(super) struct Shape {
    subject: SubjectRule,
    trust: EmailTrust,
    issuer: String,
    pub(super) has_id_tokens: bool,
}

impl Shape {
    /// A provider of plain `OpenID` Connect.
    pub(super) fn plain(url: &str) -> Self {
        Self {
            subject: SubjectRule::SubOrId,
            trust: EmailTrust::Claim,
            issuer: url.to_owned(),
            has_id_tokens: true,
        }
    }

    /// One that `provider`, which leads to it, can read.
    pub(super) fn of(provider: &Provider, url: &str) -> Self {
        Self {
            subject: provider.subject,
            trust: provider.email_trust,
            issuer: provider.issuer.clone().unwrap_or_else(|| url.to_owned()),
            has_id_tokens: provider.verifies_id_tokens(),
        }
    }

    /// The claims that say who it is.
    pub(super) fn who(&self, user: &str) -> Map<String, Value> {
        let claims = match self.subject {
            SubjectRule::NumericId => json!({ "id": number(user), "login": user }),
            SubjectRule::TenantAndObject => {
                json!({ "sub": user, "tid": TENANT, "oid": object(user) })
            }
            SubjectRule::Sub | SubjectRule::SubOrId => json!({ "sub": user }),
        };
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    /// Says of a verified address that it is, in the provider's own way.
    pub(super) fn vouch(&self, claims: &mut Map<String, Value>) {
        if self.trust == EmailTrust::DomainOwner {
            let verified = claims.remove("email_verified").unwrap_or(json!(false));
            claims.entry("xms_edov").or_insert(verified);
        }
    }

    /// The `iss` of an ID token with these claims.
    pub(super) fn issuer(&self, claims: &Map<String, Value>) -> String {
        let tenant = claims.get("tid").and_then(Value::as_str);
        self.issuer
            .replace(TENANT_PLACEHOLDER, tenant.unwrap_or_default())
    }
}

/// The same provider, at `url`.
pub(super) fn at(mut provider: Provider, url: &str) -> Provider {
    let is_discovered = provider.is_discovered();
    if provider.kind == Kind::Development {
        provider.kind = Kind::Remote;
    }
    if is_discovered {
        provider.issuer = Some(url.to_owned());
        return provider;
    }
    let at = |path: &str| format!("{url}{path}");
    provider.authorization_endpoint = at("/authorize");
    provider.token_endpoint = at("/token");
    let moved = |field: &mut Option<String>, path: &str| *field = field.take().map(|_| at(path));
    moved(&mut provider.emails_endpoint, "/emails");
    moved(&mut provider.jwks_uri, "/jwks");
    moved(&mut provider.revocation_endpoint, "/revoke");
    if let Some(issuer) = &mut provider.issuer {
        let by_tenant = issuer.contains(TENANT_PLACEHOLDER);
        *issuer = if by_tenant {
            at(&format!("/{TENANT_PLACEHOLDER}/v2.0"))
        } else {
            url.to_owned()
        };
    }
    // Somebody has to be told apart, whatever the real one would tell.
    if provider.userinfo_endpoint.is_some() || !provider.verifies_id_tokens() {
        provider.userinfo_endpoint = Some(at("/userinfo"));
    }
    provider
}

/// GitHub's number of a user: the name itself, or one made of it.
fn number(user: &str) -> u64 {
    user.parse().unwrap_or_else(|_| {
        let hash = Sha256::digest(user.as_bytes());
        u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]))
    })
}

/// Entra's object id of a user.
fn object(user: &str) -> String {
    let hash = Sha256::digest(user.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    let hex = format!("{:032x}", u128::from_be_bytes(half));
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}
