//! Who may connect and how often: what was chosen, and what the environment says of the rest.

use super::environment::{self, variable};
use crate::error::Problem;
use crate::faults::{self, Fault};
use crate::limits::RateLimits;
use crate::oauth::{ConfiguredClient, ProxyOptions, Registration, RegistrationPolicy};
use crate::secret::Secret;
use crate::settings::places;

/// Choices made in the attribute or by a builder method.
#[derive(Default)]
pub(super) struct Clients {
    pub(super) registration: Option<Registration>,
    pub(super) initial_access_token: Option<Secret>,
    pub(super) policy: Option<RegistrationPolicy>,
    pub(super) configured: Option<Vec<ConfiguredClient>>,
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) trusted_proxies: Option<Vec<String>>,
}

impl Clients {
    /// Those that were made, by name.
    pub(super) fn made(&self) -> [(&'static str, bool); 6] {
        [
            ("registration", self.registration.is_some()),
            ("initial_access_token", self.initial_access_token.is_some()),
            ("registration_policy", self.policy.is_some()),
            ("clients", self.configured.is_some()),
            ("rate_limits", self.rate_limits.is_some()),
            ("trusted_proxies", self.trusted_proxies.is_some()),
        ]
    }

    /// Puts them, or what the environment says, into `options`; what cannot be read is told.
    pub(super) fn apply(&self, options: &mut ProxyOptions) -> Vec<Problem> {
        let mut read = Read::default();
        options.registration_policy.clone_from(&self.policy);
        options.registration = self.registration.unwrap_or_else(|| {
            let fault = |text: &str| faults::limits::no_registration(text);
            read.text("registration", "FASTMCP_REGISTRATION", fault)
        });
        options.rate_limits = self.rate_limits.unwrap_or_else(|| {
            let fault = |text: &str| match text.parse::<RateLimits>() {
                Err(bad) => faults::limits::no_limits(&bad.0),
                Ok(_) => faults::limits::no_limits(text),
            };
            read.text("rate_limits", "FASTMCP_RATE_LIMITS", fault)
        });
        let token = self.initial_access_token.clone();
        options.initial_access_token =
            token.or_else(|| read.secret("FASTMCP_INITIAL_ACCESS_TOKEN"));
        options.trusted_proxies = self.trusted_proxies.clone().unwrap_or_else(|| {
            let networks = variable("FASTMCP_TRUSTED_PROXIES").unwrap_or_default();
            let between = |c: char| c.is_whitespace() || c == ',';
            let networks = networks
                .split(between)
                .filter(|network| !network.is_empty());
            networks.map(str::to_owned).collect()
        });
        let configured = self.configured.clone();
        options.clients = configured.unwrap_or_else(|| read.clients());
        read.0
    }
}

/// Problems with what the environment says.
#[derive(Default)]
struct Read(Vec<Problem>);

impl Read {
    fn tell(&mut self, setting: &str, fault: Fault) {
        let problem = Problem::new(fault.code, fault.words, fault.help);
        self.0.push(problem.at(places(setting)));
    }

    fn text<T: std::str::FromStr + Default>(
        &mut self,
        setting: &str,
        name: &str,
        fault: impl FnOnce(&str) -> Fault,
    ) -> T {
        let Some(text) = variable(name) else {
            return T::default();
        };
        text.parse().unwrap_or_else(|_| {
            self.tell(setting, fault(&text));
            T::default()
        })
    }

    fn secret(&mut self, name: &str) -> Option<Secret> {
        environment::secret(name).unwrap_or_else(|problem| {
            self.0.push(problem);
            None
        })
    }

    fn clients(&mut self) -> Vec<ConfiguredClient> {
        let Some(text) = self.secret("FASTMCP_CLIENTS") else {
            return Vec::new();
        };
        serde_json::from_str(text.expose()).unwrap_or_else(|error| {
            // Where it is wrong, and not what is there: it may be a secret.
            let (line, column) = (error.line(), error.column());
            let fault = faults::limits::clients_unread(line, column);
            self.tell("clients", fault);
            Vec::new()
        })
    }
}
