//! What makes a provider look like the one that it stands for, and the server's own value for it.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::provider::{
    ClientAuthentication, EmailTrust, Kind, Provider, SubjectRule, TENANT_PLACEHOLDER,
};

/// The tenant of everybody who signs in at a fake Entra that is open to many.
const TENANT: &str = "7e57ab1e-0000-4000-8000-000000000000";

/// How a provider tells who somebody is.
pub(super) struct Shape {
    subject: SubjectRule,
    trust: EmailTrust,
    issuer: String,
    tenant: String,
    pub(super) has_id_tokens: bool,
    /// Userinfo refuses with HTTP 200 and `ok: false`.
    pub(super) refuses_with_ok: bool,
    /// The client's secret comes in the body alone.
    pub(super) takes_post_alone: bool,
    /// Where the groups are that a test names `groups`.
    groups: String,
}

impl Shape {
    /// A provider of plain `OpenID` Connect.
    pub(super) fn plain(url: &str) -> Self {
        Self {
            subject: SubjectRule::SubOrId,
            trust: EmailTrust::Claim,
            issuer: url.to_owned(),
            tenant: TENANT.to_owned(),
            has_id_tokens: true,
            refuses_with_ok: false,
            takes_post_alone: false,
            groups: "groups".to_owned(),
        }
    }

    /// One that `provider`, which leads to it, can read.
    pub(super) fn of(provider: &Provider, url: &str) -> Self {
        Self {
            subject: provider.subject,
            trust: provider.email_trust,
            issuer: provider
                .issuer_of_any_tenant
                .as_ref()
                .or(provider.issuer.as_ref())
                .map_or_else(|| url.to_owned(), Clone::clone),
            tenant: only_tenant(provider).unwrap_or(TENANT).to_owned(),
            has_id_tokens: provider.verifies_id_tokens(),
            refuses_with_ok: provider.refuses_with_ok,
            takes_post_alone: provider.token_endpoint_auth_method == ClientAuthentication::Post,
            groups: provider.groups_claim.to_string(),
        }
    }

    /// The claims that say who it is.
    pub(super) fn who(&self, user: &str) -> Map<String, Value> {
        let claims = match self.subject {
            SubjectRule::NumericId => json!({ "id": number(user), "login": user }),
            SubjectRule::TenantAndObject => {
                json!({ "sub": user, "tid": self.tenant, "oid": object(user) })
            }
            SubjectRule::Named(name) => json!({ name: user }),
            SubjectRule::Sub | SubjectRule::SubOrId => json!({ "sub": user }),
        };
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    /// Says of a verified address that it is, in the provider's own way.
    pub(super) fn vouch(&self, claims: &mut Map<String, Value>) {
        let own = match self.trust {
            EmailTrust::DomainOwner => "xms_edov",
            EmailTrust::Named(own) => own,
            EmailTrust::Claim | EmailTrust::GitHubEmails => return,
        };
        let verified = claims.remove("email_verified").unwrap_or(json!(false));
        claims.entry(own).or_insert(verified);
    }

    /// Names the groups as the provider does.
    pub(super) fn group(&self, claims: &mut Map<String, Value>) {
        if let Some(groups) = claims.remove("groups") {
            claims.entry(&*self.groups).or_insert(groups);
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
    moved(&mut provider.membership_api, "");
    let of_tenant = |tenant: &str| at(&format!("/{tenant}/v2.0"));
    let only = only_tenant(&provider).map(of_tenant);
    if provider.issuer_of_any_tenant.is_some() {
        let any = of_tenant(TENANT_PLACEHOLDER);
        provider.issuer = Some(only.unwrap_or_else(|| any.clone()));
        provider.issuer_of_any_tenant = Some(any);
    } else if let Some(issuer) = &mut provider.issuer {
        url.clone_into(issuer);
    }
    // Somebody has to be told apart, whatever the real one would tell.
    if provider.userinfo_endpoint.is_some() || !provider.verifies_id_tokens() {
        provider.userinfo_endpoint = Some(at("/userinfo"));
    }
    provider
}

/// The tenant of a provider that signs in one alone.
fn only_tenant(provider: &Provider) -> Option<&str> {
    let any = provider.issuer_of_any_tenant.as_deref()?;
    let (before, after) = any.split_once(TENANT_PLACEHOLDER)?;
    let issuer = provider.issuer.as_deref()?;
    let tenant = issuer.strip_prefix(before)?.strip_suffix(after)?;
    (tenant != TENANT_PLACEHOLDER).then_some(tenant)
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
