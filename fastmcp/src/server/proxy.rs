//! From declaration, choices and environment to an OAuth proxy.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::choices::Choices;
use super::environment::variable;
use super::storage::Storage;
use super::{AuthDeclaration, ServerDeclaration};
use crate::error::Problem;
use crate::item::Registry;
use crate::ledger::Ledger;
use crate::oauth::{OAuthProxy, ProxyOptions, RolesFrom};
use crate::parts::Parts;
use crate::provider::{self, OIDC_SCOPES, Provider};
use crate::secret::Secret;
use crate::spec::BaseUrl;
use crate::token::JwtIssuer;

/// What a proxy is made of, before its store is open.
pub(super) struct ProxySettings {
    provider: Provider,
    options: ProxyOptions,
    key_pair: Option<Secret>,
}

/// The settings of the proxy, or none where the server has no `auth` or was handed its proxy.
pub(super) fn settings(
    declaration: &ServerDeclaration,
    choices: &Choices,
    registry: Option<&Registry>,
) -> Result<Option<ProxySettings>, Vec<Problem>> {
    if choices.proxy.is_some() {
        return Ok(None);
    }
    let Some(provider) = chosen_provider(declaration, choices).map_err(|found| vec![found])? else {
        return Ok(None);
    };
    let provider = with_endpoints(provider, choices);
    let credential = |chosen: Option<String>, name: &str| {
        let prefix = &provider.env_prefix;
        chosen.or_else(|| variable(&format!("{prefix}_{name}")))
    };
    let id = credential(choices.upstream.client_id.clone(), "CLIENT_ID");
    let secret = choices.upstream.client_secret.clone();
    let secret = secret.or_else(|| credential(None, "CLIENT_SECRET").map(Secret::from));
    let defaults = ProxyOptions::default();
    let options = ProxyOptions {
        server_name: declaration.title.unwrap_or(declaration.name).to_owned(),
        upstream_client_id: id.unwrap_or_default(),
        upstream_client_secret: secret,
        scopes: choices.upstream.scopes.clone(),
        declared_scopes: scopes_of(declaration, registry),
        roles: declaration.roles.iter().map(ToString::to_string).collect(),
        roles_from: declaration
            .roles_from
            .map(|roles_from| Arc::new(roles_from) as RolesFrom),
        ..with_choices(defaults, choices)
    };
    let key_pair = choices.jwt_key_pair.clone();
    Ok(Some(ProxySettings {
        provider,
        options,
        key_pair,
    }))
}

/// What clients can ask for on behalf of the tools: scopes of the declaration and of every rule.
fn scopes_of(declaration: &ServerDeclaration, registry: Option<&Registry>) -> Vec<String> {
    let tools = registry.map(Registry::tools).unwrap_or_default();
    let ruled = tools.iter().flat_map(|tool| tool.rule.scopes());
    let all: BTreeSet<_> = declaration.scopes.iter().copied().chain(ruled).collect();
    all.into_iter().map(str::to_owned).collect()
}

fn with_choices(defaults: ProxyOptions, choices: &Choices) -> ProxyOptions {
    let (upstream, login, tokens) = (&choices.upstream, &choices.login, &choices.tokens);
    ProxyOptions {
        upstream_token_endpoint_auth_method: upstream
            .auth_method
            .unwrap_or(defaults.upstream_token_endpoint_auth_method),
        upstream_request_timeout: upstream
            .timeout
            .unwrap_or(defaults.upstream_request_timeout),
        extra_authorization_params: upstream.extra_params.clone(),
        token_verifier: upstream.verifier.clone(),
        redirect_path: login
            .redirect_path
            .clone()
            .unwrap_or(defaults.redirect_path),
        forward_pkce: login.forward_pkce.unwrap_or(defaults.forward_pkce),
        consent_required: login.consent_required.unwrap_or(defaults.consent_required),
        allowed_redirect_uri_patterns: login.redirect_patterns.clone(),
        transaction_ttl: login.transaction_ttl.unwrap_or(defaults.transaction_ttl),
        authorization_code_ttl: login.code_ttl.unwrap_or(defaults.authorization_code_ttl),
        enable_token_swap: tokens.swap.unwrap_or(defaults.enable_token_swap),
        custom_claims_passthrough: tokens.passthrough.clone().unwrap_or_default(),
        access_token_ttl: tokens.access_ttl,
        refresh_token_ttl: tokens.refresh_ttl.unwrap_or(defaults.refresh_token_ttl),
        refresh_grace: tokens.refresh_grace.unwrap_or(defaults.refresh_grace),
        ..ProxyOptions::default()
    }
}

fn chosen_provider(
    declaration: &ServerDeclaration,
    choices: &Choices,
) -> Result<Option<Provider>, Problem> {
    if let Some(provider) = &choices.provider {
        return Ok(Some(provider.clone()));
    }
    match declaration.auth {
        None => Ok(None),
        Some(AuthDeclaration::Provider(provider)) => Ok(Some(with_environment(provider()))),
        Some(AuthDeclaration::CustomFromEnvironment) => provider::custom_from_env(&variable)
            .map(Some)
            .map_err(|missing| {
                Problem::new(
                    format!("`auth = custom` has no `{}`", missing.0),
                    format!(
                        "set `{}`, or write `custom(authorization_endpoint = \"https://…\", \
                         token_endpoint = \"https://…\")`",
                        missing.0
                    ),
                )
            }),
    }
}

/// What the declaration left open and the environment says.
fn with_environment(mut provider: Provider) -> Provider {
    if provider.name == "azure"
        && provider.token_endpoint.contains("/common/")
        && let Some(tenant) = variable("AZURE_TENANT_ID")
    {
        return provider::azure(&tenant).scopes(provider.scopes);
    }
    if provider.env_prefix == "OAUTH" {
        let undecided = provider.scopes.is_empty()
            || (provider.is_discovered() && provider.scopes == OIDC_SCOPES);
        if undecided && let Some(scopes) = variable("OAUTH_SCOPES") {
            provider = provider.scopes(scopes.split_whitespace());
        }
        let fill =
            |field: &mut Option<String>, name| *field = field.take().or_else(|| variable(name));
        fill(&mut provider.issuer, "OAUTH_ISSUER");
        fill(&mut provider.jwks_uri, "OAUTH_JWKS_URI");
        fill(&mut provider.userinfo_endpoint, "OAUTH_USERINFO_ENDPOINT");
        fill(
            &mut provider.revocation_endpoint,
            "OAUTH_REVOCATION_ENDPOINT",
        );
    }
    provider
}

fn with_endpoints(mut provider: Provider, choices: &Choices) -> Provider {
    if let Some(url) = &choices.upstream.authorization_endpoint {
        provider = provider.authorization_endpoint(url);
    }
    if let Some(url) = &choices.upstream.token_endpoint {
        provider = provider.token_endpoint(url);
    }
    provider
}

/// The proxy over an opened store.
pub(super) fn build(
    settings: ProxySettings,
    storage: Storage,
    base_url: &BaseUrl,
    server_name: &str,
    parts: &Parts,
) -> Result<OAuthProxy, Vec<Problem>> {
    let ProxySettings {
        provider,
        options,
        key_pair,
    } = settings;
    let issuer = key_pair
        .map(|pem| JwtIssuer::es256(&pem, base_url.as_str(), parts))
        .transpose()
        .map_err(|_| vec![no_key_pair()])?;
    let options = ProxyOptions {
        base_url: base_url.as_str().to_owned(),
        server_name: server_name.to_owned(),
        ..options
    };
    let ledger = Ledger::new(storage.sealed, storage.keys, parts.clone());
    OAuthProxy::new(options, provider, &ledger, issuer)
        .map_err(|problems| problems.into_iter().map(named).collect())
}

fn no_key_pair() -> Problem {
    Problem::new(
        "`jwt_key_pair` is no P-256 private key in PKCS #8",
        "make one: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`",
    )
}

fn named(problem: crate::oauth::Problem) -> Problem {
    Problem::new(
        format!("`{}` {}", problem.setting, problem.fault),
        problem.help,
    )
}
