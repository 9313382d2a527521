//! What was written, before anybody has judged it.

use darling::FromMeta;
use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Generics, Ident, ItemStruct, Path, Signature, Type, Visibility};

use super::doc::Words;
use super::value::{Flag, Given, Number, Pairs, Suggestions, Text, Texts, Word};
use crate::kind::Kind;
use crate::path::Krate;

/// An attribute on a function, with its options `O`.
pub(crate) struct RawItem<O> {
    pub(crate) options: O,
    pub(crate) function: RawFunction,
}

/// The function.
pub(crate) struct RawFunction {
    pub(crate) kind: Kind,
    pub(crate) docs: Words,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) parameters: Vec<RawParameter>,
    pub(crate) signature: Signature,
}

/// One parameter of an item.
pub(crate) struct RawParameter {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) docs: Words,
    pub(crate) options: ArgumentOptions,
}

/// Options of every attribute on a function.
#[derive(FromMeta)]
pub(crate) struct ItemOptions {
    pub(crate) requires_auth: Option<Given<Flag>>,
    pub(crate) roles: Option<Given<Texts>>,
    pub(crate) scopes: Option<Given<Texts>>,
    pub(crate) access: Option<Given<Expr>>,
    pub(crate) public: Option<Given<Flag>>,
    pub(crate) name: Option<Given<Text>>,
    pub(crate) title: Option<Given<Text>>,
    pub(crate) description: Option<Given<Text>>,
    pub(crate) icons: Option<Given<Texts>>,
    pub(crate) timeout: Option<Given<Expr>>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Given<Path>>,
}

/// Options of `#[tool]`.
#[derive(FromMeta)]
pub(crate) struct ToolOptions {
    #[darling(flatten)]
    pub(crate) item: ItemOptions,
    pub(crate) read_only: Option<Given<Flag>>,
    pub(crate) destructive: Option<Given<Flag>>,
    pub(crate) idempotent: Option<Given<Flag>>,
    pub(crate) open_world: Option<Given<Flag>>,
    pub(crate) task: Option<Given<Word>>,
    pub(crate) input_schema: Option<Given<Expr>>,
}

/// Options of `#[resource]`.
#[derive(FromMeta)]
pub(crate) struct ResourceOptions {
    #[darling(flatten)]
    pub(crate) item: ItemOptions,
    pub(crate) uri: Option<Given<Text>>,
    pub(crate) mime_type: Option<Given<Text>>,
    pub(crate) size: Option<Given<Number>>,
}

/// Options of `#[arg]` on a parameter.
#[derive(FromMeta, Default)]
pub(crate) struct ArgumentOptions {
    pub(crate) description: Option<Given<Text>>,
    pub(crate) default: Option<Given<Option<Expr>>>,
    pub(crate) name: Option<Given<Text>>,
    pub(crate) header: Option<Given<Text>>,
    pub(crate) complete: Option<Given<Suggestions>>,
}

/// `#[server(…)]` and its struct. `options` is missing if they could not be read at all.
pub(crate) struct RawServer {
    pub(crate) options: Option<ServerOptions>,
    pub(crate) docs: Words,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) item: ItemStruct,
}

/// What is left of a server whose attribute has a mistake: enough that nothing else fails.
pub(crate) struct Outline {
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    pub(crate) krate: Krate,
}

impl RawServer {
    /// The outline.
    pub(crate) fn outline(&self) -> Outline {
        let renamed = self.options.as_ref().and_then(|options| {
            let krate = options.krate.clone()?;
            krate.take(&mut crate::diagnose::Diagnostics::default())
        });
        Outline {
            conditions: self.conditions.clone(),
            ident: self.item.ident.clone(),
            visibility: self.item.vis.clone(),
            generics: self.item.generics.clone(),
            krate: Krate::new(renamed),
        }
    }
}

/// Options of `#[server]`.
#[derive(FromMeta)]
pub(crate) struct ServerOptions {
    pub(crate) auth: Option<Given<Expr>>,
    pub(crate) roles: Option<Given<Texts>>,
    pub(crate) scopes: Option<Given<Texts>>,
    pub(crate) roles_from: Option<Given<Path>>,
    pub(crate) admits: Option<Given<Expr>>,
    pub(crate) anonymous: Option<Given<Flag>>,
    pub(crate) name: Option<Given<Text>>,
    pub(crate) title: Option<Given<Text>>,
    pub(crate) instructions: Option<Given<Text>>,
    pub(crate) base_url: Option<Given<Text>>,
    pub(crate) store: Option<Given<Text>>,
    pub(crate) unencrypted_for_development: Option<Given<Flag>>,
    pub(crate) secret_iterations: Option<Given<Number>>,
    pub(crate) redirect_path: Option<Given<Text>>,
    pub(crate) consent_required: Option<Given<Flag>>,
    pub(crate) enable_token_swap: Option<Given<Flag>>,
    pub(crate) forward_pkce: Option<Given<Flag>>,
    pub(crate) upstream_token_endpoint_auth_method: Option<Given<Text>>,
    pub(crate) upstream_request_timeout: Option<Given<Expr>>,
    pub(crate) extra_authorization_params: Option<Given<Pairs>>,
    pub(crate) allowed_redirect_uri_patterns: Option<Given<Texts>>,
    pub(crate) registration: Option<Given<Text>>,
    pub(crate) trusted_proxies: Option<Given<Texts>>,
    pub(crate) transaction_ttl: Option<Given<Expr>>,
    pub(crate) authorization_code_ttl: Option<Given<Expr>>,
    pub(crate) access_token_ttl: Option<Given<Expr>>,
    pub(crate) refresh_token_ttl: Option<Given<Expr>>,
    pub(crate) refresh_grace: Option<Given<Expr>>,
    pub(crate) custom_claims_passthrough: Option<Given<TokenStream>>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Given<Path>>,
}

/// Options of `google(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct NamedOptions {
    pub(crate) scopes: Option<Given<Texts>>,
}

/// Options of every provider that is a row of `options/known.rs`, and of `github(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct KnownOptions {
    pub(crate) domain: Option<Given<Text>>,
    pub(crate) authorization_server: Option<Given<Text>>,
    pub(crate) host: Option<Given<Text>>,
    pub(crate) url: Option<Given<Text>>,
    pub(crate) realm: Option<Given<Text>>,
    pub(crate) user_pool: Option<Given<Text>>,
    pub(crate) scopes: Option<Given<Texts>>,
}

impl KnownOptions {
    /// The part of this name, as it was given.
    pub(crate) fn part(&mut self, name: &str) -> Option<Given<Text>> {
        match name {
            "domain" => self.domain.take(),
            "authorization_server" => self.authorization_server.take(),
            "host" => self.host.take(),
            "url" => self.url.take(),
            "realm" => self.realm.take(),
            "user_pool" => self.user_pool.take(),
            _ => None,
        }
    }
}

/// Options of `azure(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct AzureOptions {
    pub(crate) tenant: Option<Given<Text>>,
    pub(crate) scopes: Option<Given<Texts>>,
}

/// Options of `custom(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct CustomOptions {
    pub(crate) authorization_endpoint: Option<Given<Text>>,
    pub(crate) token_endpoint: Option<Given<Text>>,
    pub(crate) userinfo_endpoint: Option<Given<Text>>,
    pub(crate) jwks_uri: Option<Given<Text>>,
    pub(crate) issuer: Option<Given<Text>>,
    pub(crate) revocation_endpoint: Option<Given<Text>>,
    pub(crate) scopes: Option<Given<Texts>>,
}

/// Options of `oidc(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct OidcOptions {
    pub(crate) issuer: Option<Given<Text>>,
    pub(crate) scopes: Option<Given<Texts>>,
}

/// Options of `dev(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct DevOptions {
    pub(crate) allow_release: Option<Given<Flag>>,
}

/// Options of `custom_claims_passthrough(…)`.
#[derive(FromMeta, Default)]
pub(crate) struct ClaimsOptions {
    pub(crate) from_access_token: Option<Given<Flag>>,
    pub(crate) from_id_token: Option<Given<Flag>>,
    pub(crate) claim_prefix: Option<Given<Text>>,
    pub(crate) allowed_claims: Option<Given<Texts>>,
    pub(crate) blocked_claims: Option<Given<Texts>>,
    pub(crate) max_claim_value_size: Option<Given<Number>>,
    pub(crate) allow_complex_claims: Option<Given<Flag>>,
}
