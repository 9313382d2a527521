//! Microsoft Entra ID (Azure).

use super::Provider;
use super::quirks::{EmailTrust, Fact, SubjectRule, Userinfo};
use super::value::TENANT_PLACEHOLDER;

/// The tenant that all personal Microsoft accounts share.
const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Microsoft Entra ID, version 2.0 endpoints, for a tenant id or domain, or for `common`,
/// `organizations` or `consumers`.
///
/// With a tenant id the issuer is that tenant's, and a token of any other is refused here. Otherwise
/// the token's own `tid` must agree with its issuer, and with `organizations` it is not that of
/// personal accounts; which of the tenants may log in is for
/// [`Admission::tenant`](super::Admission::tenant) to say. A code of another tenant than that of a
/// domain is refused by Entra (AADSTS700005 of
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>). The subject is made of `tid` and `oid`, since `sub` differs from app to app and
/// `email` may be whatever an administrator typed; only `xms_edov` makes an address verified.
pub fn azure(tenant: &str) -> Provider {
    let base = format!("https://login.microsoftonline.com/{tenant}");
    let issuing = match tenant {
        "consumers" => PERSONAL_TENANT,
        id if is_guid(id) => id,
        _ => TENANT_PLACEHOLDER,
    };
    let mut provider = Provider::plain(
        "azure",
        "Microsoft",
        format!("{base}/oauth2/v2.0/authorize"),
        format!("{base}/oauth2/v2.0/token"),
    )
    .userinfo_endpoint("https://graph.microsoft.com/oidc/userinfo")
    .userinfo(Userinfo::WithoutIdToken)
    .jwks_uri(format!("{base}/discovery/v2.0/keys"))
    .issuer(format!(
        "https://login.microsoftonline.com/{}/v2.0",
        issuing.to_ascii_lowercase()
    ))
    .scopes(["openid", "profile", "email", "offline_access", "User.Read"])
    .env_prefix("AZURE")
    .subject(SubjectRule::TenantAndObject)
    .role_claims(["roles"]);
    provider.email_trust = EmailTrust::DomainOwner;
    provider.tells = vec![
        (Fact::Email, Some("email".to_owned())),
        (Fact::Tenant, None),
        (Fact::Groups, None),
    ];
    provider.issuer_of_any_tenant = Some(format!(
        "https://login.microsoftonline.com/{TENANT_PLACEHOLDER}/v2.0"
    ));
    if tenant == "organizations" {
        provider.refused_tenants = vec![PERSONAL_TENANT.to_owned()];
    }
    provider.scope_aliases = vec![(
        "https://graph.microsoft.com/User.Read".to_owned(),
        "User.Read".to_owned(),
    )];
    provider
}

/// Whether `text` has the form of a tenant id.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
