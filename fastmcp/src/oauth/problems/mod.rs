//! What can be wrong with the options of the proxy.
//!
//! The rules and their words are in [`faults`](crate::faults), shared with the build; here each
//! finds the option that it is about. All are asked, so that all problems are told at once.

mod admission;
mod claims;
mod lifetimes;
mod provider;

use super::options::{ClientIdMetadata, Problem, ProxyOptions};
use super::published::Policy;
use super::upstream::OWNED;
use crate::faults::{self, Fault};
use crate::limits::{RateLimits, TrustedProxies};
use crate::provider::Provider;
use crate::spec::{BaseUrl, RedirectPatterns, Resource, Scopes};

/// Path of the MCP endpoint below the base URL: the resource that tokens are for.
const RESOURCE_PATH: &str = "/mcp";

/// Paths that the callback must leave alone.
pub(crate) const TAKEN: [&str; 10] = [
    "/mcp",
    "/health",
    "/ready",
    "/oauth/authorize",
    "/oauth/consent",
    "/oauth/jwks",
    "/oauth/register",
    "/oauth/revoke",
    "/oauth/token",
    "/oauth/dev",
];

/// What was found so far.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_list(self) -> Vec<Problem> {
        self.0
    }

    pub(super) fn add(&mut self, setting: &'static str, faults: impl IntoIterator<Item = Fault>) {
        let told = |fault: Fault| Problem {
            code: fault.code,
            setting,
            fault: fault.words,
            help: fault.help,
        };
        self.0.extend(faults.into_iter().map(told));
    }

    pub(super) fn base_url(&mut self, text: &str) -> Option<(BaseUrl, Resource)> {
        let found = faults::url::base_url(text).and_then(|url| {
            let resource = Resource::parse(&url.join(RESOURCE_PATH)).map_err(|error| {
                let fault = format!("base URL that names no resource: {error}");
                let help = "write the address under which clients reach this server, such as \
                            `https://notes.example.com`";
                Fault::new("FM0910", fault, help)
            })?;
            Ok((url, resource))
        });
        found.map_err(|fault| self.add("base_url", [fault])).ok()
    }

    pub(super) fn patterns(&mut self, patterns: Option<&[String]>) -> Option<RedirectPatterns> {
        let setting = "allowed_redirect_uri_patterns";
        let Some(patterns) = patterns else {
            return Some(RedirectPatterns::loopback_only());
        };
        let odd = patterns.iter();
        self.add(
            setting,
            odd.filter_map(|pattern| faults::redirect::pattern(pattern)),
        );
        self.add(setting, faults::words::twice(patterns));
        RedirectPatterns::parse(patterns).ok()
    }

    /// Which URLs may be clients; `None` for none.
    pub(super) fn published(&mut self, chosen: &ClientIdMetadata) -> Option<Policy> {
        let allowed = chosen.allowed_domains.as_deref().unwrap_or_default();
        for (setting, domains) in [
            ("client_id_metadata_allowed_domains", allowed),
            ("client_id_metadata_denied_domains", &chosen.denied_domains),
        ] {
            let odd = domains.iter();
            self.add(
                setting,
                odd.filter_map(|domain| faults::url::domain(domain)),
            );
            self.add(setting, faults::words::twice(domains));
        }
        let ports = faults::url::ports(&chosen.ports);
        self.add("client_id_metadata_ports", ports);
        chosen.enabled.then(|| Policy {
            allowed: chosen.allowed_domains.clone(),
            denied: chosen.denied_domains.clone(),
            ports: chosen.ports.clone(),
        })
    }

    /// A limit that nobody keeps.
    pub(super) fn rate_limits(&mut self, limits: &RateLimits) {
        let empty = limits.impossible().map(faults::limits::no_quota);
        self.add("rate_limits", empty);
    }

    /// Networks; what is none is told.
    pub(super) fn trusted_proxies(&mut self, networks: &[String]) -> TrustedProxies {
        let odd = networks.iter().filter_map(|text| {
            let bad = TrustedProxies::parse([text]).err()?;
            Some(faults::limits::no_network(&bad.0))
        });
        self.add("trusted_proxies", odd);
        self.add("trusted_proxies", faults::words::twice(networks));
        TrustedProxies::parse(networks).unwrap_or_default()
    }

    /// Scopes that are requested upstream: those chosen, or the provider's own.
    pub(super) fn scopes(&mut self, chosen: Option<&[String]>, provider: &Provider) -> Scopes {
        if chosen.is_some_and(<[String]>::is_empty) {
            self.add("scopes", [faults::words::no_scopes()]);
        }
        let scopes = chosen.unwrap_or(&provider.scopes);
        self.add("scopes", faults::words::scopes(scopes));
        scopes.iter().map(String::as_str).collect()
    }

    /// Scopes and roles that the server's own rules name.
    pub(super) fn declared(&mut self, options: &ProxyOptions) -> Scopes {
        self.add("roles", faults::words::roles(&options.roles));
        let scopes = &options.declared_scopes;
        self.add("declared_scopes", faults::words::scopes(scopes));
        scopes.iter().map(String::as_str).collect()
    }

    pub(super) fn redirect_path(&mut self, path: &str, base: Option<&BaseUrl>) {
        self.add("redirect_path", faults::redirect::path(path, base, &TAKEN));
    }

    /// More parameters of the authorization request, the operator's and the provider's.
    pub(super) fn parameters(&mut self, options: &ProxyOptions, provider: &Provider) {
        let setting = "extra_authorization_params";
        let variable = format!("{}_CLIENT_SECRET", provider.env_prefix);
        let is_owned = |name: &str| OWNED.contains(&name);
        // A provider may want its own `resource`; the operator's would be the proxy's.
        let is_refused = |name: &str| is_owned(name) || name == "resource";
        let chosen = &options.extra_authorization_params;
        let built_in = &provider.extra_authorization_params;
        let found = faults::login::parameters(chosen, is_refused, &variable);
        self.add(setting, found);
        let found = faults::login::parameters(built_in, is_owned, &variable);
        self.add(setting, found);
    }
}
