//! What can be wrong with the options of the proxy: each check names the option and the remedy.

use std::time::Duration;

use super::options::{Problem, ProxyOptions};
use super::settings::{LONGEST_ACCESS, USUAL_ACCESS};
use crate::provider::Provider;
use crate::secret::Secret;
use crate::spec::{BaseUrl, RedirectPatterns, Resource, Scopes};

/// Path of the MCP endpoint below the base URL: the resource that tokens are for.
const RESOURCE_PATH: &str = "/mcp";

/// Paths that the callback must leave alone.
pub(crate) const TAKEN: [&str; 9] = [
    "/mcp",
    "/health",
    "/ready",
    "/oauth/authorize",
    "/oauth/consent",
    "/oauth/jwks",
    "/oauth/register",
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

    fn add(
        &mut self,
        code: &'static str,
        setting: &'static str,
        fault: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.0.push(Problem {
            code,
            setting,
            fault: fault.into(),
            help: help.into(),
        });
    }

    pub(super) fn base_url(&mut self, text: &str) -> Option<(BaseUrl, Resource)> {
        let help = "set it to the address under which clients reach this server, \
                    such as `https://notes.example.com`";
        let url = match BaseUrl::parse(text) {
            Ok(url) => url,
            Err(error) => {
                self.add(
                    "FM0910",
                    "base_url",
                    format!("cannot be {text:?}"),
                    error.to_string(),
                );
                return None;
            }
        };
        match Resource::parse(&url.join(RESOURCE_PATH)) {
            Ok(resource) => Some((url, resource)),
            Err(error) => {
                self.add("FM0910", "base_url", error.to_string(), help);
                None
            }
        }
    }

    pub(super) fn patterns(&mut self, patterns: Option<&[String]>) -> Option<RedirectPatterns> {
        let Some(patterns) = patterns else {
            return Some(RedirectPatterns::loopback_only());
        };
        match RedirectPatterns::parse(patterns) {
            Ok(patterns) => Some(patterns),
            Err(error) => {
                let help = "write for example `https://yourdomain.com/app/*` or \
                            `http://localhost:*`";
                self.add(
                    "FM0912",
                    "allowed_redirect_uri_patterns",
                    error.to_string(),
                    help,
                );
                None
            }
        }
    }

    pub(super) fn scopes(&mut self, setting: &'static str, scopes: &[String]) -> Scopes {
        for scope in scopes.iter().filter(|scope| !Scopes::is_token(scope)) {
            let fault = format!("has {scope:?}, which is not one scope");
            self.add("FM0503", setting, fault, "write one scope an entry");
        }
        scopes.iter().map(String::as_str).collect()
    }

    pub(super) fn lifetimes(&mut self, options: &ProxyOptions) {
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
                self.add(
                    "FM0404",
                    setting,
                    format!("is {} seconds", value.as_secs()),
                    help,
                );
            }
        }
        let login = options.refresh_token_ttl;
        if let Some(access) = options.access_token_ttl.filter(|access| *access > login) {
            let fault = format!(
                "is {} seconds, longer than `refresh_token_ttl`, which ends the whole login",
                access.as_secs()
            );
            let help = format!("write at most {} seconds", login.as_secs());
            self.add("FM0405", "access_token_ttl", fault, help);
        }
        if options.refresh_grace > hours(1) {
            let fault = "is longer than an hour, in which a stolen token would go unnoticed";
            self.add(
                "FM0404",
                "refresh_grace",
                fault,
                "write from 0 to 3600 seconds",
            );
        }
    }

    pub(super) fn redirect_path(&mut self, path: &str) {
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
                "FM0911",
                "redirect_path",
                fault,
                "write a path such as `/oauth/callback`",
            );
        }
    }

    pub(super) fn provider(
        &mut self,
        options: &ProxyOptions,
        provider: &Provider,
        base: Option<&BaseUrl>,
    ) {
        for fault in provider.validate().err().unwrap_or_default() {
            self.add(
                "FM0920",
                "provider",
                fault.to_string(),
                format!("correct `{}`", provider.name),
            );
        }
        if provider.is_development() {
            if base.is_some_and(|base| !base.is_loopback()) {
                let help = "use a real provider, or a base URL on `localhost`";
                let fault = "is `dev`, which asks nobody for a password, on a public address";
                self.add("FM0207", "auth", fault, help);
            }
            if !options.enable_token_swap {
                let fault = "is false, but `dev` has no tokens that could be passed through";
                self.add("FM0213", "enable_token_swap", fault, "leave it on");
            }
            return;
        }
        let scopes = options.scopes.as_ref().unwrap_or(&provider.scopes);
        if provider.is_discovered() && !scopes.iter().any(|scope| scope == "openid") {
            let fault = "lacks `openid`, without which the provider does not say who signs in";
            self.add("FM0214", "scopes", fault, "add `openid`");
        }
        let prefix = &provider.env_prefix;
        if options.upstream_client_id.is_empty() {
            let help = format!("set `{prefix}_CLIENT_ID`");
            self.add("FM0921", "upstream_client_id", "is not set", help);
        }
        if options
            .upstream_client_secret
            .as_ref()
            .is_none_or(Secret::is_empty)
        {
            let help = format!("set `{prefix}_CLIENT_SECRET`");
            self.add("FM0922", "upstream_client_secret", "is not set", help);
        }
    }
}
