//! From declaration, choices and environment to an OAuth proxy.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::choices::{Choices, Published};
use super::environment::{self, variable};
use super::named::{named, places_of};
use super::storage::Storage;
use super::{AuthDeclaration, ServerDeclaration, admission};
use crate::auth::Rule;
use crate::error::Problem;
use crate::ledger::Ledger;
use crate::oauth::{ClientIdMetadata, OAuthProxy, ProxyOptions, RolesFrom};
use crate::parts::Parts;
use crate::provider::{self, OIDC_SCOPES, Provider};
use crate::secret::Secret;
use crate::settings::places;
use crate::spec::BaseUrl;
use crate::token::JwtIssuer;

/// What bare `auth = custom` cannot do without: variable and option.
const REQUIRED: [(&str, &str); 2] = [
    ("OAUTH_AUTHORIZATION_ENDPOINT", "authorization_endpoint"),
    ("OAUTH_TOKEN_ENDPOINT", "token_endpoint"),
];

/// What a proxy is made of, before its store is open.
pub(super) struct ProxySettings {
    pub(super) provider: Provider,
    pub(super) options: ProxyOptions,
    issuer: Option<JwtIssuer>,
}

/// What the settings of a proxy are judged with.
pub(super) struct Around<'a> {
    /// Of everything that is guarded.
    pub(super) rules: Vec<Rule>,
    pub(super) base_url: Option<&'a BaseUrl>,
    pub(super) server_name: &'a str,
    pub(super) parts: Option<&'a Parts>,
}

/// The settings of the proxy, or none where the server has no `auth` or was handed its proxy.
///
/// # Errors
/// Every one that cannot work, so that nothing is opened for a proxy that cannot be.
pub(super) fn settings(
    declaration: &ServerDeclaration,
    choices: &Choices,
    around: &Around<'_>,
) -> Result<Option<ProxySettings>, Vec<Problem>> {
    if choices.proxy.is_some() {
        return Ok(None);
    }
    let (provider, mut problems) = chosen_provider(declaration, choices);
    let Some(provider) = provider else {
        return Ok(None);
    };
    let provider = with_endpoints(provider, choices);
    let prefix = &provider.env_prefix;
    let id = choices.upstream.client_id.clone();
    let id = id.or_else(|| variable(&format!("{prefix}_CLIENT_ID")));
    let secret = match &choices.upstream.client_secret {
        Some(secret) => Ok(Some(secret.clone())),
        None => environment::secret(&format!("{prefix}_CLIENT_SECRET")),
    };
    let secret = secret.unwrap_or_else(|problem| {
        problems.push(problem);
        // In its place, so that it is not told as missing too.
        Some(Secret::from("unread"))
    });
    let defaults = ProxyOptions::default();
    let mut options = ProxyOptions {
        // A base URL that cannot be one is a problem of its own, and no reason to hide others.
        base_url: around
            .base_url
            .map_or("http://localhost", BaseUrl::as_str)
            .to_owned(),
        server_name: around.server_name.to_owned(),
        upstream_client_id: id.unwrap_or_default(),
        upstream_client_secret: secret,
        scopes: choices.upstream.scopes.clone(),
        declared_scopes: scopes_of(declaration, &around.rules),
        roles: declaration.roles.iter().map(ToString::to_string).collect(),
        roles_from: declaration
            .roles_from
            .map(|roles_from| Arc::new(roles_from) as RolesFrom),
        ..with_choices(defaults, choices)
    };
    problems.extend(choices.clients.apply(&mut options));
    let rule = admission::chosen(declaration, choices);
    options.admits = rule.unwrap_or_else(|faults| {
        problems.extend(faults);
        None
    });
    let found = OAuthProxy::check(&options, &provider);
    let prefix = provider.env_prefix.clone();
    problems.extend(found.into_iter().map(|problem| named(problem, &prefix)));
    let issuer = chosen_issuer(choices, &options.base_url, around.parts);
    match (issuer, problems.is_empty()) {
        (Ok(issuer), true) => Ok(Some(ProxySettings {
            provider,
            options,
            issuer,
        })),
        (issuer, _) => {
            problems.extend(issuer.err());
            Err(problems)
        }
    }
}

/// What clients can ask for: scopes of the declaration and of every rule.
pub(super) fn scopes_of(declaration: &ServerDeclaration, rules: &[Rule]) -> Vec<String> {
    let of_rules = rules.iter().flat_map(Rule::scopes);
    let all: BTreeSet<_> = declaration.scopes.iter().copied().chain(of_rules).collect();
    all.into_iter().map(str::to_owned).collect()
}

fn with_choices(defaults: ProxyOptions, choices: &Choices) -> ProxyOptions {
    let (upstream, login, tokens) = (&choices.upstream, &choices.login, &choices.tokens);
    ProxyOptions {
        upstream_token_endpoint_auth_method: upstream.auth_method,
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
        client_id_metadata: published(defaults.client_id_metadata, &login.published),
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

fn published(defaults: ClientIdMetadata, chosen: &Published) -> ClientIdMetadata {
    ClientIdMetadata {
        enabled: chosen.enabled.unwrap_or(defaults.enabled),
        allowed_domains: chosen.allowed_domains.clone(),
        denied_domains: chosen.denied_domains.clone().unwrap_or_default(),
        ports: chosen.ports.clone().unwrap_or(defaults.ports),
    }
}

/// The provider, and what it lacks: with something in its place, so that nothing else is hidden.
fn chosen_provider(
    declaration: &ServerDeclaration,
    choices: &Choices,
) -> (Option<Provider>, Vec<Problem>) {
    let given = choices.provider.clone();
    let declared = || match declaration.auth? {
        AuthDeclaration::Provider(provider) => Some(with_environment(provider())),
        AuthDeclaration::CustomFromEnvironment => None,
    };
    if let Some(provider) = given.or_else(declared) {
        return (Some(provider), Vec::new());
    }
    if declaration.auth.is_none() {
        return (None, Vec::new());
    }
    let given = [
        &choices.upstream.authorization_endpoint,
        &choices.upstream.token_endpoint,
    ];
    let missing = REQUIRED
        .into_iter()
        .zip(given)
        .filter(|((name, _), given)| given.is_none() && variable(name).is_none());
    let problems = missing.map(|((name, option), _)| {
        let fault = format!("`auth = custom` has no `{name}`");
        let help = format!("set `{name}`, or write `custom({option} = \"https://…\", …)`");
        Problem::new("FM0923", fault, help).at(places_of(option, "OAUTH"))
    });
    let or_stand_in = |name: &str| {
        let is_required = REQUIRED.iter().any(|(required, _)| *required == name);
        let stand_in = || is_required.then(|| "https://missing.invalid".to_owned());
        variable(name).or_else(stand_in)
    };
    (
        provider::custom_from_env(&or_stand_in).ok(),
        problems.collect(),
    )
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
            let between = |c: char| c.is_whitespace() || c == ',';
            let scopes = scopes.split(between).filter(|scope| !scope.is_empty());
            provider = provider.scopes(scopes);
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
    parts: &Parts,
) -> Result<OAuthProxy, Vec<Problem>> {
    let ProxySettings {
        provider,
        options,
        issuer,
    } = settings;
    if let Some(advice) = about_roles(&provider, &options) {
        tracing::warn!("{advice}");
    }
    let prefix = provider.env_prefix.clone();
    let ledger = Ledger::new(storage.sealed, storage.keys, parts.clone());
    OAuthProxy::new(options, provider, &ledger, issuer).map_err(|problems| {
        let named = |problem| named(problem, &prefix);
        problems.into_iter().map(named).collect()
    })
}

/// Who signs with the chosen key pair, and still accepts the one before it.
fn chosen_issuer(
    choices: &Choices,
    base_url: &str,
    parts: Option<&Parts>,
) -> Result<Option<JwtIssuer>, Problem> {
    let of = |pair: &Option<Secret>, name| {
        let chosen = pair.as_ref().zip(parts);
        let issuer = chosen.map(|(pem, parts)| JwtIssuer::es256(pem, base_url, parts));
        issuer.transpose().map_err(|_| no_key_pair(name))
    };
    let current = of(&choices.jwt_key_pair, "jwt_key_pair")?;
    let previous = of(&choices.jwt_key_pair_previous, "jwt_key_pair_previous")?;
    match (current, previous) {
        (Some(current), Some(previous)) => Ok(Some(current.also_accepting(&previous))),
        (None, Some(_)) => Err(Problem::new(
            "FM0935",
            "`jwt_key_pair_previous` is set without `jwt_key_pair`",
            "give the pair that signs now as `.jwt_key_pair(…)`",
        )
        .at(places("jwt_key_pair_previous"))),
        (current, None) => Ok(current),
    }
}

fn no_key_pair(name: &str) -> Problem {
    Problem::new(
        "FM0935",
        format!("`{name}` is no P-256 private key in PKCS #8"),
        "make one: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`",
    )
    .at(places(name))
}

/// What to write where roles are declared and nobody can have one.
fn about_roles(provider: &Provider, options: &ProxyOptions) -> Option<String> {
    let nobody = provider.role_claims.is_empty() && options.roles_from.is_none();
    let first = options.roles.first().filter(|_| nobody)?;
    let listed = |quote: &str| {
        let quoted = options.roles.iter().map(|it| format!("{quote}{it}{quote}"));
        quoted.collect::<Vec<_>>().join(", ")
    };
    let (title, roles) = (&provider.title, listed("`"));
    let (name, declared) = (&provider.name, listed("\""));
    Some(format!(
        "{title} tells no roles, so nobody has any of {roles} and tools that ask for one refuse \
         everybody; write who has which: `#[server(auth = {name}, roles = [{declared}], roles_from \
         = roles_of)]` and `fn roles_of(user: &fastmcp::provider::Identity) -> Vec<&'static str> {{ match \
         user.verified_email() {{ Some(\"you@example.com\") => vec![\"{first}\"], _ => vec![] }} }}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_declares_roles_that_nobody_tells_is_told_what_to_write() {
        let options = ProxyOptions {
            roles: vec!["admin".to_owned(), "member".to_owned()],
            ..ProxyOptions::default()
        };
        let advice = about_roles(&provider::google(), &options).unwrap();
        let attribute =
            "`#[server(auth = google, roles = [\"admin\", \"member\"], roles_from = roles_of)]`";
        assert!(advice.starts_with("Google tells no roles"), "{advice}");
        assert!(advice.contains(attribute), "{advice}");
        assert!(advice.contains("vec![\"admin\"]"), "{advice}");
        assert_eq!(about_roles(&provider::dev(), &options), None);
        let told = ProxyOptions {
            roles_from: Some(Arc::new(|_| Vec::new())),
            ..options
        };
        assert_eq!(about_roles(&provider::google(), &told), None);
    }
}
