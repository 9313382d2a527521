//! What `#[server]` declares, as data.

use crate::provider::{Admission, Identity, Provider};

/// The declaration that `#[server]` emits: what is known at build time and cannot be set later.
#[derive(Clone, Copy, Debug)]
pub struct ServerDeclaration {
    /// The struct's name, or `name = "…"`.
    pub name: &'static str,
    /// Title for people.
    pub title: Option<&'static str>,
    /// Version of the user's crate.
    pub version: &'static str,
    /// The doc comment, sent to clients as `instructions`.
    pub instructions: &'static str,
    /// The `auth` option.
    pub auth: Option<AuthDeclaration>,
    /// Roles that rules may name.
    pub roles: &'static [&'static str],
    /// Scopes that rules may name; empty when none were declared, which allows any.
    pub scopes: &'static [&'static str],
    /// Who has which of the declared roles.
    pub roles_from: Option<fn(&Identity) -> Vec<String>>,
    /// Who may log in.
    pub admits: Option<fn() -> Admission>,
    /// Items without a rule are open to callers who are not signed in.
    pub anonymous: bool,
}

/// The `auth` option of `#[server]`.
#[derive(Clone, Copy, Debug)]
pub enum AuthDeclaration {
    /// A provider that the declaration describes, by name, endpoints or issuer.
    Provider(fn() -> Provider),
    /// `auth = custom`: endpoints come from the environment.
    CustomFromEnvironment,
}
