//! The options of the proxy, checked: a [`Settings`] cannot be wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use super::options::{LoginRule, Problem, ProxyOptions, RolesFrom};
use super::upstream::UpstreamOptions;
use crate::ledger::Lifetimes;
use crate::provider::{Identity, Provider};
use crate::spec::{BaseUrl, RedirectPatterns, Resource, Scopes};
use crate::token::claims::Passthrough;

/// Path of the MCP endpoint below the base URL: the resource that tokens are for.
const RESOURCE_PATH: &str = "/mcp";

/// Longest life of an access token, whoever asks for more.
const LONGEST_ACCESS: Duration = Duration::from_hours(24);
/// Life of an access token where nobody says anything.
const USUAL_ACCESS: Duration = Duration::from_hours(1);

/// A scope that is honoured but never offered: MCP keeps it out of metadata and challenges.
const NEVER_OFFERED: &str = "offline_access";

/// Paths that the callback must leave alone.
const TAKEN: [&str; 8] = [
    "/mcp",
    "/health",
    "/ready",
    "/oauth/authorize",
    "/oauth/consent",
    "/oauth/register",
    "/oauth/token",
    "/oauth/dev",
];

/// Validated options.
pub(super) struct Settings {
    pub(super) base_url: BaseUrl,
    pub(super) resource: Resource,
    pub(super) server_name: String,
    pub(super) redirect_path: String,
    pub(super) patterns: RedirectPatterns,
    pub(super) forward_pkce: bool,
    pub(super) consent_required: bool,
    pub(super) enable_token_swap: bool,
    pub(super) passthrough: Passthrough,
    pub(super) lifetimes: Lifetimes,
    pub(super) upstream_scopes: Scopes,
    supported: Scopes,
    access_token_ttl: Option<Duration>,
    roles: BTreeSet<String>,
    roles_from: Option<RolesFrom>,
    login_rule: Option<LoginRule>,
}

impl Settings {
    /// Checks `options` for `provider` and splits off what the upstream client needs.
    ///
    /// # Errors
    /// Every problem there is.
    pub(super) fn check(
        options: ProxyOptions,
        provider: &Provider,
    ) -> Result<(Self, UpstreamOptions), Vec<Problem>> {
        let mut problems = Problems(Vec::new());
        let base = problems.base_url(&options.base_url);
        let patterns = problems.patterns(options.allowed_redirect_uri_patterns.as_deref());
        let asked = options.scopes.as_ref().unwrap_or(&provider.scopes);
        let upstream_scopes = problems.scopes("scopes", asked);
        let declared = problems.scopes("declared_scopes", &options.declared_scopes);
        problems.lifetimes(&options);
        problems.redirect_path(&options.redirect_path);
        problems.provider(&options, provider, base.as_ref().map(|(url, _)| url));
        let (Some((base_url, resource)), Some(patterns), true) =
            (base, patterns, problems.0.is_empty())
        else {
            return Err(problems.0);
        };
        let upstream = UpstreamOptions {
            authentication: options.upstream_token_endpoint_auth_method,
            timeout: options.upstream_request_timeout,
            extra_authorization_params: options.extra_authorization_params,
            redirect_uri: base_url.join(&options.redirect_path),
            base_url: base_url.clone(),
            scopes: upstream_scopes.clone(),
            token_verifier: options.token_verifier,
        };
        let settings = Self {
            base_url,
            resource,
            server_name: options.server_name,
            redirect_path: options.redirect_path,
            patterns,
            forward_pkce: options.forward_pkce,
            consent_required: options.consent_required,
            enable_token_swap: options.enable_token_swap,
            passthrough: options.custom_claims_passthrough,
            lifetimes: Lifetimes {
                transaction: options.transaction_ttl,
                authorization_code: options.authorization_code_ttl,
                refresh_token: options.refresh_token_ttl,
                refresh_grace: options.refresh_grace,
                ..Lifetimes::default()
            },
            supported: upstream_scopes.union(&declared),
            upstream_scopes,
            access_token_ttl: options.access_token_ttl,
            roles: options.roles.into_iter().collect(),
            roles_from: options.roles_from,
            login_rule: options.login_rule,
        };
        Ok((settings, upstream))
    }

    /// Every scope that a client may ask for.
    pub(super) fn supported(&self) -> &Scopes {
        &self.supported
    }

    /// The scopes that metadata shows, and that a request without `scope` asks for: a client that
    /// names none cannot step up later, and the user sees them all before approving.
    pub(super) fn offered(&self) -> Scopes {
        self.supported
            .iter()
            .filter(|scope| *scope != NEVER_OFFERED)
            .collect()
    }

    /// How long an access token lives whose upstream token lives for another `upstream`.
    pub(super) fn access_life(&self, upstream: Option<Duration>) -> Duration {
        self.access_token_ttl
            .or(upstream)
            .unwrap_or(USUAL_ACCESS)
            .clamp(Duration::from_secs(1), LONGEST_ACCESS)
    }

    /// Roles that rules may name.
    pub(super) fn declared_roles(&self) -> Vec<String> {
        self.roles.iter().cloned().collect()
    }

    /// Whether `identity` may sign in.
    pub(super) fn admits(&self, identity: &Identity) -> bool {
        self.login_rule.as_ref().is_none_or(|rule| rule(identity))
    }

    /// The roles of `identity`, none beyond the declared ones.
    pub(super) fn roles(&self, identity: &Identity) -> BTreeSet<String> {
        let named = match &self.roles_from {
            Some(roles_from) => roles_from(identity).into_iter().collect(),
            None => identity.roles().clone(),
        };
        if self.roles.is_empty() {
            return named;
        }
        let undeclared = named.difference(&self.roles).count();
        if undeclared > 0 {
            tracing::debug!(
                undeclared,
                "roles were dropped that the server does not declare"
            );
        }
        named.intersection(&self.roles).cloned().collect()
    }
}

/// What was found so far.
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, setting: &'static str, fault: impl ToString, help: impl ToString) {
        self.0.push(Problem {
            setting,
            fault: fault.to_string(),
            help: help.to_string(),
        });
    }

    fn base_url(&mut self, text: &str) -> Option<(BaseUrl, Resource)> {
        let help = "set it to the address under which clients reach this server, \
                    such as `https://notes.example.com`";
        let url = match BaseUrl::parse(text) {
            Ok(url) => url,
            Err(error) => {
                self.add("base_url", format!("cannot be {text:?}"), error);
                return None;
            }
        };
        match Resource::parse(&url.join(RESOURCE_PATH)) {
            Ok(resource) => Some((url, resource)),
            Err(error) => {
                self.add("base_url", error, help);
                None
            }
        }
    }

    fn patterns(&mut self, patterns: Option<&[String]>) -> Option<RedirectPatterns> {
        let Some(patterns) = patterns else {
            return Some(RedirectPatterns::loopback_only());
        };
        match RedirectPatterns::parse(patterns) {
            Ok(patterns) => Some(patterns),
            Err(error) => {
                let help = "write for example `https://yourdomain.com/app/*` or \
                            `http://localhost:*`";
                self.add("allowed_redirect_uri_patterns", error, help);
                None
            }
        }
    }

    fn scopes(&mut self, setting: &'static str, scopes: &[String]) -> Scopes {
        for scope in scopes.iter().filter(|scope| !Scopes::is_token(scope)) {
            let fault = format!("has {scope:?}, which is not one scope");
            self.add(setting, fault, "write one scope an entry");
        }
        scopes.iter().map(String::as_str).collect()
    }

    fn lifetimes(&mut self, options: &ProxyOptions) {
        let hours = Duration::from_hours;
        let access = options.access_token_ttl.unwrap_or(USUAL_ACCESS);
        for (setting, value, most) in [
            ("transaction_ttl", options.transaction_ttl, hours(1)),
            (
                "authorization_code_ttl",
                options.authorization_code_ttl,
                Duration::from_mins(10),
            ),
            ("access_token_ttl", access, LONGEST_ACCESS),
            (
                "refresh_token_ttl",
                options.refresh_token_ttl,
                hours(24 * 366),
            ),
            (
                "upstream_request_timeout",
                options.upstream_request_timeout,
                Duration::from_mins(1),
            ),
        ] {
            if value < Duration::from_secs(1) || value > most {
                let help = format!("write from 1 to {} seconds", most.as_secs());
                self.add(setting, format!("is {} seconds", value.as_secs()), help);
            }
        }
        if options.refresh_grace > hours(1) {
            let fault = "is longer than an hour, in which a stolen token would go unnoticed";
            self.add("refresh_grace", fault, "write from 0 to 3600 seconds");
        }
    }

    fn redirect_path(&mut self, path: &str) {
        let plain = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        };
        let is_plain = path
            .strip_prefix('/')
            .is_some_and(|rest| rest.split('/').all(plain));
        let taken = TAKEN.contains(&path) || path.starts_with("/.well-known");
        if !is_plain || taken {
            let fault = format!("cannot be {path:?}");
            self.add(
                "redirect_path",
                fault,
                "write a path such as `/oauth/callback`",
            );
        }
    }

    fn provider(&mut self, options: &ProxyOptions, provider: &Provider, base: Option<&BaseUrl>) {
        for fault in provider.validate().err().unwrap_or_default() {
            self.add("provider", fault, format!("correct `{}`", provider.name));
        }
        if provider.is_development() {
            if base.is_some_and(|base| !base.is_loopback()) {
                let help = "use a real provider, or a base URL on `localhost`";
                let fault = "is `dev`, which asks nobody for a password, on a public address";
                self.add("auth", fault, help);
            }
            return;
        }
        let prefix = &provider.env_prefix;
        if options.upstream_client_id.is_empty() {
            let help = format!("set `{prefix}_CLIENT_ID`");
            self.add("upstream_client_id", "is not set", help);
        }
        if options
            .upstream_client_secret
            .as_ref()
            .is_none_or(|secret| secret.is_empty())
        {
            let help = format!("set `{prefix}_CLIENT_SECRET`");
            self.add("upstream_client_secret", "is not set", help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;
    use crate::secret::Secret;

    fn options() -> ProxyOptions {
        ProxyOptions {
            base_url: "https://s.test".to_owned(),
            upstream_client_id: "id".to_owned(),
            upstream_client_secret: Some(Secret::from("secret")),
            ..ProxyOptions::default()
        }
    }

    fn faulty(options: ProxyOptions) -> Vec<&'static str> {
        let problems = Settings::check(options, &provider::google()).err();
        problems
            .unwrap()
            .iter()
            .map(|problem| problem.setting)
            .collect()
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let (settings, upstream) = Settings::check(options(), &provider::google()).unwrap();
        assert_eq!(settings.resource.as_str(), "https://s.test/mcp");
        assert_eq!(upstream.redirect_uri, "https://s.test/oauth/callback");
        assert_eq!(settings.lifetimes.transaction.as_secs(), 600);
        assert_eq!(settings.lifetimes.authorization_code.as_secs(), 300);
        assert_eq!(settings.lifetimes.refresh_token.as_secs(), 2_592_000);
        assert_eq!(settings.lifetimes.refresh_grace.as_secs(), 120);
        assert_eq!(settings.access_life(None).as_secs(), 3600);
        assert_eq!(
            settings
                .access_life(Some(Duration::from_secs(90)))
                .as_secs(),
            90
        );
        assert_eq!(upstream.timeout.as_secs(), 10);
    }

    #[test]
    fn all_problems_come_at_once_and_by_name() {
        let bad = ProxyOptions {
            base_url: "http://s.test".to_owned(),
            upstream_client_secret: None,
            allowed_redirect_uri_patterns: Some(vec!["https://*".to_owned()]),
            redirect_path: "/oauth/token".to_owned(),
            declared_scopes: vec!["a b".to_owned()],
            authorization_code_ttl: Duration::from_secs(601),
            ..options()
        };
        let names = faulty(bad);
        for name in [
            "base_url",
            "upstream_client_secret",
            "allowed_redirect_uri_patterns",
            "redirect_path",
            "declared_scopes",
            "authorization_code_ttl",
        ] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        assert_eq!(names.len(), 6);
    }

    #[test]
    fn dev_stays_at_home() {
        let public = ProxyOptions {
            base_url: "https://s.test".to_owned(),
            ..ProxyOptions::default()
        };
        let problems = Settings::check(public, &provider::dev()).err().unwrap();
        assert_eq!(problems[0].setting, "auth");
        let local = ProxyOptions {
            base_url: "http://localhost:8000".to_owned(),
            ..ProxyOptions::default()
        };
        assert!(Settings::check(local, &provider::dev()).is_ok());
    }

    #[test]
    fn offline_access_is_honoured_and_not_offered() {
        let declared = ProxyOptions {
            declared_scopes: vec!["notes:write".to_owned()],
            scopes: Some(vec!["openid".to_owned(), "offline_access".to_owned()]),
            ..options()
        };
        let (settings, _) = Settings::check(declared, &provider::google()).unwrap();
        assert_eq!(settings.offered().to_string(), "notes:write openid");
        assert!(settings.supported().contains("offline_access"));
    }

    #[test]
    fn roles_beyond_the_declared_ones_are_dropped() {
        let declared = ProxyOptions {
            roles: vec!["admin".to_owned()],
            roles_from: Some(std::sync::Arc::new(|_| {
                vec!["admin".to_owned(), "root".to_owned()]
            })),
            ..options()
        };
        let (settings, _) = Settings::check(declared, &provider::google()).unwrap();
        let roles = settings.roles(&Identity::new("u"));
        assert_eq!(roles, BTreeSet::from(["admin".to_owned()]));
    }
}
