//! A provider that cannot work, credentials that are none, and `dev` where it must not be.

use super::super::options::ProxyOptions;
use super::Problems;
use crate::faults::url::{UrlFault, address, is_other_scheme, secret_in_query};
use crate::faults::{self, Fault};
use crate::provider::{EndpointFault, Provider, ProviderFault, SubjectRule, endpoint_fault};
use crate::spec::BaseUrl;

impl Problems {
    pub(in super::super) fn provider(
        &mut self,
        options: &ProxyOptions,
        provider: &Provider,
        base: Option<&BaseUrl>,
    ) {
        for fault in provider.validate().err().unwrap_or_default() {
            let (setting, fault) = told(&fault, provider);
            self.add(setting, fault);
        }
        if provider.is_development() {
            if base.is_some_and(|base| !base.is_loopback()) {
                self.add("base_url", [faults::login::dev_in_public()]);
            }
            if !options.enable_token_swap {
                let fault = faults::login::dev_has_no_tokens();
                self.add("enable_token_swap", [fault]);
            }
            return;
        }
        self.endpoints(provider);
        let scopes = options.scopes.as_ref().unwrap_or(&provider.scopes);
        // Whoever is known by an ID token alone.
        let needs_openid =
            provider.is_discovered() || provider.subject == SubjectRule::TenantAndObject;
        let lacks_openid = !scopes.iter().any(|scope| scope == "openid");
        if needs_openid && lacks_openid && !scopes.is_empty() {
            self.add("scopes", [faults::words::without_openid()]);
        }
        let id = Some(options.upstream_client_id.as_str());
        let secret = options.upstream_client_secret.as_ref();
        let secret = secret.map(crate::secret::Secret::expose);
        for (code, setting, name, value) in [
            ("FM0921", "upstream_client_id", "CLIENT_ID", id),
            ("FM0922", "upstream_client_secret", "CLIENT_SECRET", secret),
        ] {
            let variable = format!("{}_{name}", provider.env_prefix);
            self.add(setting, credential(code, setting, value, &variable));
        }
    }

    fn endpoints(&mut self, provider: &Provider) {
        let variable = format!("{}_CLIENT_SECRET", provider.env_prefix);
        for setting in ENDPOINTS {
            let noun = format!("`{setting}`");
            let text = endpoint(provider, setting);
            self.add(setting, secret_in_query(&noun, text, &variable));
        }
        // Of a discovered one it was judged as what everything is found through.
        let issuer = provider.issuer.as_deref();
        let issuer = issuer.filter(|_| !provider.is_discovered());
        let odd = issuer.and_then(|issuer| endpoint_fault(issuer, true));
        self.add("issuer", odd.map(|odd| of_address("issuer", odd, provider)));
        if let Some((has, lacks)) = half_of_id_tokens(provider) {
            let fault = format!("`{has}` without `{lacks}`, so no ID token can be verified");
            let help = format!("add `{lacks}`, or remove `{has}`");
            self.add(has, [Fault::new("FM0210", fault, help)]);
        }
        let tenant = provider.token_endpoint.strip_suffix("/oauth2/v2.0/token");
        let tenant = tenant.and_then(|it| it.strip_prefix("https://login.microsoftonline.com/"));
        if let Some(tenant) = tenant.filter(|_| provider.name == "azure") {
            self.add("tenant", faults::login::tenant(tenant));
        }
    }
}

const ENDPOINTS: [&str; 6] = [
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "issuer",
    "revocation_endpoint",
];

fn endpoint<'a>(provider: &'a Provider, setting: &str) -> &'a str {
    if let Some(part) = provider.part(setting) {
        return &part.text;
    }
    let optional = match setting {
        "authorization_endpoint" => return &provider.authorization_endpoint,
        "token_endpoint" => return &provider.token_endpoint,
        "userinfo_endpoint" => &provider.userinfo_endpoint,
        "emails_endpoint" => &provider.emails_endpoint,
        "membership_api" => &provider.membership_api,
        "jwks_uri" => &provider.jwks_uri,
        "issuer" => &provider.issuer,
        _ => &provider.revocation_endpoint,
    };
    optional.as_deref().unwrap_or_default()
}

/// A fault of a provider by the setting that it is about; none where another check tells it.
fn told(fault: &ProviderFault, provider: &Provider) -> (&'static str, Option<Fault>) {
    match fault {
        ProviderFault::Endpoint { setting, fault } => {
            (setting, Some(of_address(setting, *fault, provider)))
        }
        ProviderFault::Part {
            setting,
            noun,
            example,
        } => {
            let text = endpoint(provider, setting);
            let fault = faults::login::part(setting, text, noun, example);
            (setting, Some(fault))
        }
        ProviderFault::EndpointBesideIssuer { setting } => {
            let name = &provider.name;
            let help = format!(
                "remove `{setting}`, from the environment too; `{name}` finds every address \
                 through its issuer; for addresses of your own use `custom`"
            );
            let fault = format!("`{name}` has its own `{setting}`");
            (setting, Some(Fault::new("FM0205", fault, help)))
        }
        ProviderFault::NoSourceForSubject if half_of_id_tokens(provider).is_none() => {
            let help = "set `userinfo_endpoint`, or `issuer` and `jwks_uri`";
            let fault = format!("`{}` has no source for the user's id", provider.name);
            ("provider", Some(Fault::new("FM0920", fault, help)))
        }
        // Scopes are judged where they are chosen, and halves whatever userinfo could tell.
        ProviderFault::Scope(_)
        | ProviderFault::HalfOfIdTokens { .. }
        | ProviderFault::NoSourceForSubject => ("provider", None),
    }
}

fn of_address(setting: &str, fault: EndpointFault, provider: &Provider) -> Fault {
    let text = endpoint(provider, setting);
    let fault = match fault {
        EndpointFault::WithoutTls if is_other_scheme(text) => UrlFault::NotWeb,
        EndpointFault::WithoutTls => UrlFault::WithoutTls,
        EndpointFault::WithCredentials => UrlFault::WithUser,
        EndpointFault::WithFragment => UrlFault::WithFragment,
        EndpointFault::WithQuery => UrlFault::WithQuery,
        EndpointFault::NotAUrl => UrlFault::NotAUrl,
    };
    address(&format!("`{setting}`"), fault, text)
}

/// What is there and what is missing, where only both together verify something.
fn half_of_id_tokens(provider: &Provider) -> Option<(&'static str, &'static str)> {
    match (&provider.issuer, &provider.jwks_uri) {
        _ if provider.is_discovered() => None,
        (Some(_), None) => Some(("issuer", "jwks_uri")),
        (None, Some(_)) => Some(("jwks_uri", "issuer")),
        _ => None,
    }
}

/// A credential that the provider cannot know. It is never told, being a secret.
fn credential(
    code: &'static str,
    setting: &str,
    value: Option<&str>,
    variable: &str,
) -> Option<Fault> {
    let value = value.unwrap_or_default();
    let fault = if value.is_empty() {
        "is not set"
    } else if value.trim().is_empty() {
        "is blank"
    } else if value.trim() != value {
        "has white space around it, so the provider would not know it"
    } else {
        return None;
    };
    let help = format!("set `{variable}` to what the provider gave you");
    Some(Fault::new(code, format!("`{setting}` {fault}"), help))
}
