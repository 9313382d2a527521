//! Options of `#[server]` that are settings: each becomes one call of the builder method of the
//! same name.

use proc_macro2::TokenStream;
use syn::{Expr, LitStr};

use super::duration::{Zero, duration};
use super::url::{self, Kind};
use super::{flag, redirect, take};
use crate::diagnose::{Diagnostics, choices};
use crate::model::{Claims, Setting, SettingValue};
use crate::options::CLAIMS;
use crate::parse::{ClaimsOptions, Given, Pairs, ServerOptions, Text, options};

/// Parameters of an authorization request that belong to the proxy.
const OWNED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "request",
    "request_uri",
];

const AUTH_METHODS: &[&str] = &["client_secret_basic", "client_secret_post"];

/// Takes the settings out of `options`.
pub(super) fn settings(options: &mut ServerOptions, errors: &mut Diagnostics) -> Vec<Setting> {
    let mut found = Settings::default();
    found.add("base_url", base_url(options.base_url.take(), errors));
    found.add(
        "redirect_path",
        redirect_path(options.redirect_path.take(), errors),
    );
    for (name, given) in [
        ("consent_required", options.consent_required.take()),
        ("enable_token_swap", options.enable_token_swap.take()),
        ("forward_pkce", options.forward_pkce.take()),
    ] {
        found.add(name, flag(given, errors).map(SettingValue::Bool));
    }
    let method = auth_method(options.upstream_token_endpoint_auth_method.take(), errors);
    found.add("upstream_token_endpoint_auth_method", method);
    durations(options, &mut found, errors);
    let extra = extra_params(options.extra_authorization_params.take(), errors);
    found.add("extra_authorization_params", extra);
    let patterns = take(options.allowed_redirect_uri_patterns.take(), errors);
    let patterns = patterns.map(|list| {
        list.items
            .iter()
            .for_each(|pattern| redirect::pattern(pattern, errors));
        SettingValue::Texts(list.items)
    });
    found.add("allowed_redirect_uri_patterns", patterns);
    let claims = claims(options.custom_claims_passthrough.take(), errors);
    found.add(
        "custom_claims_passthrough",
        claims.map(SettingValue::Claims),
    );
    found.0
}

#[derive(Default)]
struct Settings(Vec<Setting>);

impl Settings {
    fn add(&mut self, method: &'static str, value: Option<SettingValue>) {
        self.0.extend(value.map(|value| Setting { method, value }));
    }
}

fn durations(options: &mut ServerOptions, found: &mut Settings, errors: &mut Diagnostics) {
    let all: [(&'static str, Option<Given<Expr>>, Zero); 6] = [
        (
            "upstream_request_timeout",
            options.upstream_request_timeout.take(),
            Zero::Refused,
        ),
        (
            "transaction_ttl",
            options.transaction_ttl.take(),
            Zero::Refused,
        ),
        (
            "authorization_code_ttl",
            options.authorization_code_ttl.take(),
            Zero::Refused,
        ),
        (
            "access_token_ttl",
            options.access_token_ttl.take(),
            Zero::Refused,
        ),
        (
            "refresh_token_ttl",
            options.refresh_token_ttl.take(),
            Zero::Refused,
        ),
        ("refresh_grace", options.refresh_grace.take(), Zero::Allowed),
    ];
    for (method, given, zero) in all {
        let value = duration(given, zero, errors);
        found.add(method, value.map(SettingValue::Duration));
    }
}

fn base_url(given: Option<Given<Text>>, errors: &mut Diagnostics) -> Option<SettingValue> {
    let url: LitStr = take(given, errors)?;
    url::check(&url, "base URL", Kind::Base, errors);
    Some(SettingValue::Text(url))
}

fn redirect_path(given: Option<Given<Text>>, errors: &mut Diagnostics) -> Option<SettingValue> {
    let path: LitStr = take(given, errors)?;
    let text = path.value();
    let odd = |c: char| c.is_whitespace() || matches!(c, '?' | '#' | '*' | '{' | '}');
    if !text.starts_with('/') || text.starts_with("//") || text.contains(odd) || text == "/" {
        errors.error(
            &path,
            "`redirect_path` is not a path of this server",
            "write it from the root, without query or fragment: \
             `redirect_path = \"/oauth/callback\"`",
        );
    }
    Some(SettingValue::Text(path))
}

fn auth_method(given: Option<Given<Text>>, errors: &mut Diagnostics) -> Option<SettingValue> {
    let method: LitStr = take(given, errors)?;
    match method.value().as_str() {
        "client_secret_basic" => Some(SettingValue::ClientSecretPost(false)),
        "client_secret_post" => Some(SettingValue::ClientSecretPost(true)),
        other => {
            errors.error(
                &method,
                format_args!("unknown way to authenticate `{other}`"),
                choices(other, "ways", AUTH_METHODS),
            );
            None
        }
    }
}

fn extra_params(given: Option<Given<Pairs>>, errors: &mut Diagnostics) -> Option<SettingValue> {
    let Pairs(pairs) = take(given, errors)?;
    for (name, value) in &pairs {
        let text = name.value();
        if text == "client_secret" {
            errors.error(
                value,
                "a secret written in source code",
                "remove it and set the provider's environment variable, such as \
                 `OAUTH_CLIENT_SECRET`",
            );
        } else if OWNED.contains(&text.as_str()) {
            errors.error(
                name,
                format_args!("parameter `{text}` belongs to the proxy"),
                "remove it; the proxy sets it in every authorization request",
            );
        }
    }
    Some(SettingValue::Pairs(pairs))
}

fn claims(given: Option<Given<TokenStream>>, errors: &mut Diagnostics) -> Option<Claims> {
    let tokens = take(given, errors)?;
    let options: ClaimsOptions = options(tokens, &CLAIMS, errors)?;
    let number = take(options.max_claim_value_size, errors);
    Some(Claims {
        from_access_token: flag(options.from_access_token, errors),
        from_id_token: flag(options.from_id_token, errors),
        claim_prefix: take(options.claim_prefix, errors),
        allowed_claims: take(options.allowed_claims, errors).map(|list| list.items),
        blocked_claims: take(options.blocked_claims, errors).map(|list| list.items),
        max_claim_value_size: number.map(|number| number.0),
        allow_complex_claims: flag(options.allow_complex_claims, errors),
    })
}
