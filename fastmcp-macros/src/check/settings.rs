//! Options of `#[server]` that are settings: each becomes one call of the builder method of the
//! same name. What one says against another is `together.rs`.

use std::time::Duration;

use quote::ToTokens;
use syn::{Expr, LitStr, Path};

use super::claims::claims;
use super::clients::{registration, trusted_proxies};
use super::duration::{Bounds, duration};
use super::proxy::{auth_method, extra_params, iterations, redirect_path, store};
use super::url::{self, Kind, Url};
use super::words::once;
use super::{flag, redirect, take};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::{Setting, SettingValue};
use crate::parse::{Flag, Given, ServerOptions, Text};

/// Takes the settings out of `options`.
pub(super) fn settings(options: &mut ServerOptions, errors: &mut Diagnostics) -> Vec<Setting> {
    let mut found = Settings::default();
    let given = options.base_url.take();
    found.add("base_url", key(given.as_ref()), base_url(given, errors));
    let given = options.store.take();
    found.add("store", key(given.as_ref()), store(given, errors));
    let given = options.secret_iterations.take();
    let value = iterations(given.clone(), errors);
    found.add("secret_iterations", key(given.as_ref()), value);
    let given = options.redirect_path.take();
    let value = redirect_path(given.clone(), errors);
    found.add("redirect_path", key(given.as_ref()), value);
    flags(options, &mut found, errors);
    let given = options.upstream_token_endpoint_auth_method.take();
    let value = auth_method(given.clone(), errors);
    let name = "upstream_token_endpoint_auth_method";
    found.add(name, key(given.as_ref()), value);
    durations(options, &mut found, errors);
    let given = options.extra_authorization_params.take();
    let value = extra_params(given.clone(), errors);
    found.add("extra_authorization_params", key(given.as_ref()), value);
    let given = options.allowed_redirect_uri_patterns.take();
    let value = take(given.clone(), errors).map(|list| {
        let patterns = once(list.items, errors);
        for pattern in &patterns {
            redirect::pattern(pattern, errors);
        }
        SettingValue::Texts(patterns)
    });
    found.add("allowed_redirect_uri_patterns", key(given.as_ref()), value);
    let given = options.registration.take();
    found.add(
        "registration",
        key(given.as_ref()),
        registration(given, errors),
    );
    let given = options.trusted_proxies.take();
    let value = trusted_proxies(given.clone(), errors);
    found.add("trusted_proxies", key(given.as_ref()), value);
    let given = options.custom_claims_passthrough.take();
    let value = claims(given.clone(), errors).map(SettingValue::Claims);
    found.add("custom_claims_passthrough", key(given.as_ref()), value);
    found.0
}

#[derive(Default)]
struct Settings(Vec<Setting>);

impl Settings {
    fn add(&mut self, method: &'static str, key: Option<Path>, value: Option<SettingValue>) {
        let both = key.zip(value);
        self.0
            .extend(both.map(|(key, value)| Setting { method, key, value }));
    }
}

fn key<T>(given: Option<&Given<T>>) -> Option<Path> {
    given.map(|given| given.key.clone())
}

fn flags(options: &mut ServerOptions, found: &mut Settings, errors: &mut Diagnostics) {
    let all: [(&'static str, Option<Given<Flag>>); 4] = [
        (
            "unencrypted_for_development",
            options.unencrypted_for_development.take(),
        ),
        ("consent_required", options.consent_required.take()),
        ("enable_token_swap", options.enable_token_swap.take()),
        ("forward_pkce", options.forward_pkce.take()),
    ];
    for (name, given) in all {
        let key = key(given.as_ref());
        found.add(name, key, flag(given, errors).map(SettingValue::Bool));
    }
}

/// The lifetimes, with the bounds that the server has when it starts.
fn durations(options: &mut ServerOptions, found: &mut Settings, errors: &mut Diagnostics) {
    let up_to = Bounds::up_to;
    let grace = Bounds {
        least: Duration::ZERO,
        most: Duration::from_hours(1),
    };
    let all: [(&'static str, Option<Given<Expr>>, Bounds); 6] = [
        (
            "upstream_request_timeout",
            options.upstream_request_timeout.take(),
            up_to(Duration::from_mins(1)),
        ),
        (
            "transaction_ttl",
            options.transaction_ttl.take(),
            up_to(Duration::from_hours(1)),
        ),
        (
            "authorization_code_ttl",
            options.authorization_code_ttl.take(),
            up_to(Duration::from_mins(10)),
        ),
        (
            "access_token_ttl",
            options.access_token_ttl.take(),
            up_to(Duration::from_hours(24)),
        ),
        (
            "refresh_token_ttl",
            options.refresh_token_ttl.take(),
            up_to(Duration::from_hours(366 * 24)),
        ),
        ("refresh_grace", options.refresh_grace.take(), grace),
    ];
    for (method, given, bounds) in all {
        let key = key(given.as_ref());
        let value = duration(given, bounds, errors);
        found.add(method, key, value.map(SettingValue::Duration));
    }
}

fn base_url(given: Option<Given<Text>>, errors: &mut Diagnostics) -> Option<SettingValue> {
    let url: LitStr = take(given, errors)?;
    if !url::check(&url, "base URL", Kind::Base, errors) {
        return None;
    }
    let text = url.value();
    let path = Url::parse(&text).map_or("", |url| url.rest);
    let mut segments = path.trim_end_matches('/').split('/').skip(1);
    let (fault, help) = if path.trim_end_matches('/').ends_with("/mcp") {
        let without = text.trim_end_matches('/').trim_end_matches("/mcp");
        (
            "base URL ends in `/mcp`, which the server adds by itself",
            format!("write `{without}`"),
        )
    } else if path.contains("/.well-known") {
        (
            "base URL below `/.well-known`, where metadata is found",
            "write the address without it".to_owned(),
        )
    } else if !segments.all(is_plain_segment) {
        (
            "base URL with a path that clients would write in another way",
            "use letters, digits, `-`, `.`, `_` and `~` between single slashes".to_owned(),
        )
    } else {
        return Some(SettingValue::Text(url));
    };
    errors.error(codes::BASE_URL_PATH, url.to_token_stream(), fault, help);
    None
}

/// A segment that has one spelling only.
pub(super) fn is_plain_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}
