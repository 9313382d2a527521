//! Identity providers as data.
//!
//! | provider | what |
//! |---|---|
//! | [`google()`], [`github()`], [`azure()`] | by name |
//! | [`github_enterprise()`] | GitHub at a host of its own |
//! | [`okta()`], [`auth0()`], [`gitlab()`], [`keycloak()`], [`cognito()`], [`workos()`] | OpenID Connect, by a domain, a realm or a pool |
//! | [`slack()`], [`discord()`], [`atlassian()`] | by name, each in its own way |
//! | [`oidc()`] | any OpenID Connect provider, by its issuer |
//! | [`custom()`] | any OAuth 2.0 provider, by its endpoints |
//! | [`dev()`] | a sign-in page for local work |
//!
//! A [`Provider`] is a value: endpoints, default scopes, where the immutable subject is read and
//! which quirks to expect. One reader, the upstream client, acts on it, so a new provider is a
//! new value and not new code. A type of your own can implement [`IdentityProvider`] and give the
//! same value.
//!
//! What a provider says about a person becomes an [`Identity`], made only from verified sources:
//! an ID token whose signature was checked, userinfo fetched over TLS, or a verified JWT access
//! token. Access rules see nothing else.

mod admission;
mod atlassian;
mod azure;
mod custom;
pub(crate) mod dev;
mod discord;
mod fault;
mod github;
mod google;
mod identity;
mod issuers;
mod oidc;
mod part;
#[cfg(test)]
mod presets_tests;
mod quirks;
mod scope;
mod slack;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use self::admission::TurnedAway;
pub use self::admission::{Admission, AdmissionCheck};
pub use self::atlassian::atlassian;
pub use self::azure::azure;
pub use self::custom::{MissingVariable, custom, custom_from_env};
pub use self::dev::dev;
pub use self::discord::discord;
pub(crate) use self::fault::endpoint_fault;
pub use self::fault::{EndpointFault, ProviderFault};
pub use self::github::{github, github_enterprise};
pub use self::google::google;
pub use self::identity::Identity;
pub(crate) use self::identity::{IdentityFault, Sources};
pub use self::issuers::{auth0, cognito, gitlab, keycloak, okta, workos};
pub(crate) use self::oidc::OIDC_SCOPES;
pub use self::oidc::oidc;
pub use self::quirks::{
    ClientAuthentication, EmailTrust, Fact, Kind, Revocation, SubjectRule, Userinfo,
};
pub use self::scope::scope_meaning;
pub use self::slack::slack;
pub(crate) use self::value::TENANT_PLACEHOLDER;
pub use self::value::{IdentityProvider, Provider};
