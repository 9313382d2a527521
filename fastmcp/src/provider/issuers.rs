//! OpenID Connect providers that are known by a domain, a realm or a pool: the issuer follows from
//! it, and [`oidc`] does the rest.
//!
//! | provider | issuer | beside `openid email profile` | client secret |
//! |---|---|---|---|
//! | Okta | `https://{domain}/oauth2/{authorization_server}`, or `https://{domain}` | `offline_access` | basic |
//! | Auth0 | `https://{domain}/` | `offline_access` | basic |
//! | GitLab | `https://{host}` | | basic |
//! | Keycloak | `{url}/realms/{realm}` | `offline_access` | basic |
//! | Cognito | `https://cognito-idp.{region}.amazonaws.com/{user_pool}` | | basic |
//! | WorkOS | `https://{domain}` | `offline_access` | post |

use super::part::{Part, PartKind};
use super::quirks::{ClientAuthentication, Fact, Revocation};
use super::{OIDC_SCOPES, Provider, oidc};

/// A provider by its names: in an attribute, for people, and at the start of its variables.
type Names = (&'static str, &'static str, &'static str);

/// One part, by its setting and what it must be, with an example.
type Named<'a> = (&'static str, PartKind, &'a str, &'static str);

fn known((name, title, prefix): Names, issuer: String, parts: &[Named<'_>]) -> Provider {
    let mut provider = oidc(issuer).name(name).title(title).env_prefix(prefix);
    let part = |&(setting, kind, text, example): &Named<'_>| Part {
        setting,
        kind,
        text: text.to_owned(),
        example,
    };
    provider.parts = parts.iter().map(part).collect();
    provider
}

/// With a refresh token, which this provider gives for a scope (OpenID Connect Core §11).
fn offline(provider: Provider) -> Provider {
    let scopes = OIDC_SCOPES.iter().copied().chain(["offline_access"]);
    provider.scopes(scopes)
}

/// Okta, by the domain of the organization (not that of its admin console) and the id of an
/// authorization server: `default`, one of your own, or `org` for the organization's own, which
/// every plan has (<https://developer.okta.com/docs/concepts/auth-servers/>).
///
/// - **Refresh**: the application needs the grant type *Refresh Token*; whether tokens rotate is
///   its setting, and both work
///   (<https://developer.okta.com/docs/guides/refresh-tokens/main/>).
/// - **Groups**: in the claim `groups`, which `org` tells for the scope `groups`, asked for by
///   itself; at other authorization servers add the claim.
/// - The variables `OKTA_CLIENT_ID` and `OKTA_CLIENT_SECRET` hold our credentials.
///
/// ```
/// use fastmcp::provider::okta;
///
/// let issuer = okta("acme.okta.com", "default").issuer.unwrap();
/// assert_eq!(issuer, "https://acme.okta.com/oauth2/default");
/// let issuer = okta("acme.okta.com", "org").issuer.unwrap();
/// assert_eq!(issuer, "https://acme.okta.com");
/// ```
pub fn okta(domain: &str, authorization_server: &str) -> Provider {
    let is_org = authorization_server == "org";
    let host = domain.to_ascii_lowercase();
    let issuer = if is_org {
        format!("https://{host}")
    } else {
        format!("https://{host}/oauth2/{authorization_server}")
    };
    let (server, kind) = ("authorization_server", PartKind::AuthorizationServer);
    let parts = [
        ("domain", PartKind::Domain, domain, "acme.okta.com"),
        (server, kind, authorization_server, "default"),
    ];
    let provider = known(("okta", "Okta", "OKTA"), issuer, &parts);
    offline(provider).tells(Fact::Groups, is_org.then_some("groups"))
}

/// Auth0, by the domain of the tenant or one of your own; the issuer ends in a slash
/// (<https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery>).
///
/// - **Refresh**: the application needs the grant *Refresh Token*; rotation is its setting, and
///   both work (<https://auth0.com/docs/secure/tokens/refresh-tokens>).
/// - **Access tokens** are opaque unless an `audience` is asked for
///   (`extra_authorization_params`); nothing here depends on it.
/// - **Roles and groups**: the claims `roles`, `role` and `groups`, which an Action has to add.
/// - The variables `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET` hold our credentials.
pub fn auth0(domain: &str) -> Provider {
    let issuer = format!("https://{}/", domain.to_ascii_lowercase());
    let parts = [("domain", PartKind::Domain, domain, "acme.eu.auth0.com")];
    offline(known(("auth0", "Auth0", "AUTH0"), issuer, &parts))
}

/// GitLab at `gitlab.com`, or at a host of its own
/// (<https://docs.gitlab.com/integration/openid_connect_provider/>).
///
/// - **Refresh**: a refresh token always comes, and a new one with each refresh; access tokens live
///   two hours (<https://docs.gitlab.com/api/oauth2/>).
/// - **Groups**: paths such as `acme/ops`, those of subgroups included, from userinfo.
/// - **Roles**: none; decide by `roles_from`.
/// - The variables `GITLAB_CLIENT_ID` and `GITLAB_CLIENT_SECRET` hold our credentials.
///
/// ```
/// let provider = fastmcp::provider::gitlab("gitlab.com");
/// assert_eq!(provider.issuer.as_deref(), Some("https://gitlab.com"));
/// ```
pub fn gitlab(host: &str) -> Provider {
    let issuer = format!("https://{}", host.to_ascii_lowercase());
    let parts = [("host", PartKind::Host, host, "gitlab.example.com")];
    let provider = known(("gitlab", "GitLab", "GITLAB"), issuer, &parts);
    provider.role_claims([""; 0])
}

/// A realm of Keycloak, by the address of the server (before version 17 it ends in `/auth`) and
/// the realm's name (<https://www.keycloak.org/securing-apps/oidc-layers>).
///
/// - **Refresh**: by an offline token, which outlives the browser's session; the client needs the
///   optional scope `offline_access`, and its users the role of that name, which both have unless
///   somebody took them away.
/// - **Revocation**: Keycloak ends *every* login of the user at this client when it is given one
///   refresh token back, so it never is: ended logins end there by their own timeouts.
/// - **Roles and groups**: the claims `roles`, `role` and `groups`, for which the client needs
///   mappers that write them into the ID token.
/// - The variables `KEYCLOAK_CLIENT_ID` and `KEYCLOAK_CLIENT_SECRET` hold our credentials.
///
/// ```
/// use fastmcp::provider::keycloak;
///
/// let issuer = keycloak("https://id.example.com", "staff").issuer.unwrap();
/// assert_eq!(issuer, "https://id.example.com/realms/staff");
/// ```
pub fn keycloak(url: &str, realm: &str) -> Provider {
    let issuer = format!("{}/realms/{realm}", url.trim_end_matches('/'));
    let parts = [
        ("url", PartKind::Server, url, "https://id.example.com"),
        ("realm", PartKind::Realm, realm, "staff"),
    ];
    let provider = known(("keycloak", "Keycloak", "KEYCLOAK"), issuer, &parts);
    offline(provider).revocation(Revocation::Never)
}

/// A user pool of Amazon Cognito, by its id, which begins with its region; the pool needs a domain,
/// which its own document names
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html>).
///
/// - **Refresh**: a refresh token always comes; with rotation switched on a new one each time. There
///   is no scope `offline_access`.
/// - **Groups and roles**: both are the pool's groups, in the claim `cognito:groups`
///   (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html>).
/// - The variables `COGNITO_CLIENT_ID` and `COGNITO_CLIENT_SECRET` hold our credentials.
///
/// ```
/// let issuer = fastmcp::provider::cognito("eu-west-1_AbCdEfGhI").issuer.unwrap();
/// assert_eq!(issuer, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI");
/// ```
pub fn cognito(user_pool: &str) -> Provider {
    let region = user_pool.split('_').next().unwrap_or_default();
    let china = if region.starts_with("cn-") { ".cn" } else { "" };
    let issuer = format!("https://cognito-idp.{region}.amazonaws.com{china}/{user_pool}");
    let (kind, example) = (PartKind::UserPool, "eu-west-1_AbCdEfGhI");
    let parts = [("user_pool", kind, user_pool, example)];
    known(("cognito", "Amazon Cognito", "COGNITO"), issuer, &parts)
        .groups_claim("cognito:groups")
        .role_claims(["cognito:groups"])
}

/// WorkOS, by the domain of its AuthKit, for an OAuth application of WorkOS Connect
/// (<https://workos.com/docs/reference/workos-connect/token>).
///
/// - **Client secret**: in the body, the only way that WorkOS documents.
/// - **Roles and groups**: the claims `roles`, `role` and `groups`, as far as the application is set
///   up to tell them.
/// - The variables `WORKOS_CLIENT_ID` and `WORKOS_CLIENT_SECRET` hold our credentials.
pub fn workos(domain: &str) -> Provider {
    let issuer = format!("https://{}", domain.to_ascii_lowercase());
    let parts = [("domain", PartKind::Domain, domain, "acme.authkit.app")];
    let provider = known(("workos", "WorkOS", "WORKOS"), issuer, &parts);
    offline(provider).token_endpoint_auth_method(ClientAuthentication::Post)
}
