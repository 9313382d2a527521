//! Every setting with the value that it has, for the manifest. Of what is or may hold a secret, it
//! is told that it is set.

use std::time::Duration;

use super::Server;
use super::choices::{Choices, StoreChoice};
use super::environment::{self, variable};
use crate::faults;
use crate::manifest;
use crate::oauth::{ClientAuthentication, ProxyOptions, Registration};
use crate::settings::{Places, SETTINGS, Setting};

/// All that can be set elsewhere than in the attribute, whose own are told by the manifest itself;
/// of a login those with its `options`.
pub(super) fn settings(server: &Server, options: Option<&ProxyOptions>) -> Vec<manifest::Setting> {
    let all = SETTINGS.iter();
    let all = all.filter(|setting| setting.places != Places::Attribute);
    let all = all.filter(|setting| options.is_some() || !setting.is_of_login());
    let all = all.map(|setting| {
        let name = setting.name;
        let chosen = of_server(name, &server.choices)
            .or_else(|| of_login(name, options?, &server.choices))
            .or_else(|| is_set(setting, &server.choices).then(|| "set".to_owned()));
        manifest::Setting {
            name,
            default: chosen.is_none(),
            value: chosen.unwrap_or_else(|| setting.default.replace('`', "")),
        }
    });
    all.collect()
}

/// Whether it was chosen, in whichever way.
fn is_set(setting: &Setting, choices: &Choices) -> bool {
    let names = setting.variable.into_iter();
    let mut names = names.flat_map(|names| names.split("`, `"));
    let variables = |name: &str| [name.to_owned(), format!("{name}_FILE")];
    let is_there = |name: &str| variables(name).iter().any(|name| variable(name).is_some());
    let made = match setting.name {
        "secret" => choices.secret.is_some(),
        "keys" => choices.keys.is_some(),
        name => choices.of_login().any(|made| made == name),
    };
    made || names.any(is_there)
}

/// The value of a setting of the server itself, unless it is the default or not for eyes.
fn of_server(name: &str, choices: &Choices) -> Option<String> {
    let listed = |list: &[String]| (!list.is_empty()).then(|| list.join(", "));
    match name {
        "name" => choices.name.clone(),
        "base_url" => environment::written_base_url(choices),
        "bind" => choices.bind.clone().or_else(|| variable("FASTMCP_BIND")),
        "allowed_origins" => listed(&choices.allowed_origins),
        "max_body" => choices.max_body.map(|bytes| format!("{bytes} bytes")),
        "max_connections" => choices.max_connections.map(|number| number.to_string()),
        "tls" => {
            let files = environment::tls_files(choices).ok()??;
            let (certificate, key) = (files.certificate.display(), files.key.display());
            Some(format!("{certificate}, {key}"))
        }
        "drain_timeout" => {
            let timeout = environment::drain_timeout(choices).ok()?;
            unless(
                timeout,
                &environment::DRAIN_TIMEOUT,
                faults::duration::shown,
            )
        }
        "self_check" => choices.self_check.map(|on| on.to_string()),
        "secret_iterations" => choices.secret_iterations.map(|rounds| rounds.to_string()),
        "store" => match &choices.store {
            Some(StoreChoice::Open(_)) => Some("a store of the program's own".to_owned()),
            Some(StoreChoice::Address(address)) => Some(without_password(address)),
            None => variable("FASTMCP_STORE").map(|address| without_password(&address)),
        },
        _ => None,
    }
}

/// The value of a setting of the login.
fn of_login(name: &str, options: &ProxyOptions, choices: &Choices) -> Option<String> {
    let defaults = ProxyOptions::default();
    let time =
        |value: Duration, default: Duration| unless(value, &default, faults::duration::shown);
    let flag = |value: bool, default: bool| unless(value, &default, |value| value.to_string());
    let list = |list: &Option<Vec<String>>| {
        let list = list.as_ref()?;
        Some(if list.is_empty() {
            "[]".to_owned()
        } else {
            list.join(", ")
        })
    };
    let metadata = &options.client_id_metadata;
    match name {
        "upstream_client_id" => Some(options.upstream_client_id.clone()),
        "upstream_token_endpoint_auth_method" => {
            let chosen = options.upstream_token_endpoint_auth_method?;
            Some(match chosen {
                ClientAuthentication::Basic => "client_secret_basic".to_owned(),
                ClientAuthentication::Post => "client_secret_post".to_owned(),
            })
        }
        "upstream_request_timeout" => time(
            options.upstream_request_timeout,
            defaults.upstream_request_timeout,
        ),
        "upstream_scopes" => list(&options.scopes),
        "redirect_path" => unless(
            options.redirect_path.clone(),
            &defaults.redirect_path,
            |path| path,
        ),
        "forward_pkce" => flag(options.forward_pkce, defaults.forward_pkce),
        "consent_required" => flag(options.consent_required, defaults.consent_required),
        "allowed_redirect_uri_patterns" => list(&options.allowed_redirect_uri_patterns),
        "client_id_metadata_documents" => flag(metadata.enabled, true),
        "client_id_metadata_allowed_domains" => list(&metadata.allowed_domains),
        "registration" => unless(options.registration, &Registration::Open, |way| {
            format!("{way:?}").to_lowercase()
        }),
        "clients" => {
            let number = options.clients.len();
            (number > 0).then(|| format!("{number} clients"))
        }
        "trusted_proxies" => {
            let proxies = &options.trusted_proxies;
            (!proxies.is_empty()).then(|| proxies.join(", "))
        }
        "enable_token_swap" => flag(options.enable_token_swap, defaults.enable_token_swap),
        "transaction_ttl" => time(options.transaction_ttl, defaults.transaction_ttl),
        "authorization_code_ttl" => time(
            options.authorization_code_ttl,
            defaults.authorization_code_ttl,
        ),
        "access_token_ttl" => options.access_token_ttl.map(faults::duration::shown),
        "refresh_token_ttl" => time(options.refresh_token_ttl, defaults.refresh_token_ttl),
        "refresh_grace" => time(options.refresh_grace, defaults.refresh_grace),
        "unencrypted_for_development" => {
            choices.unencrypted_for_development.then(|| "on".to_owned())
        }
        _ => None,
    }
}

/// A value in words, unless it is the default.
fn unless<T: PartialEq>(value: T, default: &T, show: impl Fn(T) -> String) -> Option<String> {
    (value != *default).then(|| show(value))
}

/// Of an address that may hold a password, the scheme.
fn without_password(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://…"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_what_may_be_a_password() {
        for (address, told) in [
            ("memory", "memory"),
            ("disk:/var/lib/notes", "disk:/var/lib/notes"),
            ("redis://:canary@cache:6379", "redis://…"),
            ("redis+cluster://u:canary@a,b", "redis+cluster://…"),
        ] {
            assert_eq!(without_password(address), told);
        }
    }
}
