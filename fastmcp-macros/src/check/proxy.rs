//! Single settings of the proxy, its store and its keys.

use syn::LitStr;

use super::settings::is_plain_segment;
use super::take;
use super::url::Url;
use crate::codes;
use crate::diagnose::{Diagnostics, choices};
use crate::model::SettingValue;
use crate::options::is_secret;
use crate::parse::{Given, Number, Pairs, Text};

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

/// Ways to name a store; after a colon comes where it is.
const STORES: &[&str] = &[
    "memory",
    "disk",
    "redis",
    "rediss",
    "postgres",
    "postgresql",
];

/// Fewest rounds of key derivation that are accepted.
const FEWEST_ITERATIONS: usize = 100_000;

pub(super) fn redirect_path(
    given: Option<Given<Text>>,
    errors: &mut Diagnostics,
) -> Option<SettingValue> {
    let path: LitStr = take(given, errors)?;
    let text = path.value();
    let is_path = text
        .strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(is_plain_segment));
    if !is_path {
        errors.error(
            codes::NOT_A_PATH,
            &path,
            "`redirect_path` is not a path of this server",
            "write it from the root, without query or fragment: \
             `redirect_path = \"/oauth/callback\"`",
        );
        return None;
    }
    if text.starts_with("/.well-known/") {
        errors.error(
            codes::PATH_TAKEN,
            &path,
            "`redirect_path` is below `/.well-known`, where metadata is found",
            "write another path, or leave it out for `/oauth/callback`",
        );
        return None;
    }
    Some(SettingValue::Text(path))
}

pub(super) fn auth_method(
    given: Option<Given<Text>>,
    errors: &mut Diagnostics,
) -> Option<SettingValue> {
    let method: LitStr = take(given, errors)?;
    match method.value().as_str() {
        "client_secret_basic" => Some(SettingValue::ClientSecretPost(false)),
        "client_secret_post" => Some(SettingValue::ClientSecretPost(true)),
        other => {
            errors.error(
                codes::AUTH_METHOD,
                &method,
                format_args!("unknown way to authenticate `{other}`"),
                choices(other, "ways", AUTH_METHODS),
            );
            None
        }
    }
}

pub(super) fn extra_params(
    given: Option<Given<Pairs>>,
    errors: &mut Diagnostics,
) -> Option<SettingValue> {
    let Pairs(pairs) = take(given, errors)?;
    for (index, (name, value)) in pairs.iter().enumerate() {
        let text = name.value();
        if is_secret(&text) {
            errors.error(
                codes::LITERAL_SECRET,
                value,
                "a secret written in source code",
                "remove it and set the provider's environment variable, such as \
                 `OAUTH_CLIENT_SECRET`",
            );
        } else if OWNED.contains(&text.as_str()) {
            errors.error(
                codes::OWNED_PARAMETER,
                name,
                format_args!("parameter `{text}` belongs to the proxy"),
                "remove it; the proxy sets it in every authorization request",
            );
        } else if pairs[..index]
            .iter()
            .any(|(other, _)| other.value() == text)
        {
            errors.error(
                codes::DOUBLED_OPTION,
                name,
                format_args!("parameter `{text}` is given twice"),
                "remove one of the two",
            );
        }
    }
    Some(SettingValue::Pairs(pairs))
}

/// `memory`, or an address that begins with the kind of store.
pub(super) fn store(given: Option<Given<Text>>, errors: &mut Diagnostics) -> Option<SettingValue> {
    let store: LitStr = take(given, errors)?;
    let text = store.value();
    let (kind, place) = text.split_once(':').unwrap_or((text.as_str(), ""));
    // `redis+cluster` and `redis+sentinel` are Redis too.
    let kind = match kind.split_once('+') {
        Some((redis @ ("redis" | "rediss"), "cluster" | "sentinel")) => redis,
        _ => kind,
    };
    let has_a_secret = Url::parse(&text).is_some_and(|url| url.has_a_secret());
    if has_a_secret || text.contains("password=") {
        errors.error(
            codes::LITERAL_SECRET,
            &store,
            "a secret written in source code",
            "remove `store` and set the environment variable `FASTMCP_STORE`",
        );
        return None;
    }
    let is_known = match kind {
        "memory" => text == "memory",
        "disk" => !place.is_empty() && !place.starts_with("//"),
        kind => STORES.contains(&kind) && place.strip_prefix("//").is_some_and(|it| !it.is_empty()),
    };
    if !is_known && STORES.contains(&kind) {
        errors.error(
            codes::UNKNOWN_STORE,
            &store,
            "`store` does not say where the store is",
            "write `memory`, `disk:<directory>`, `redis://<host>` or `postgres://<host>/<database>`",
        );
        return None;
    }
    if !is_known {
        let near = choices(kind, "kinds of store", STORES);
        errors.error(
            codes::UNKNOWN_STORE,
            &store,
            format_args!("`store` names no store: `{kind}`"),
            format_args!("{near}; write `memory`, `disk:<directory>` or `redis://<host>`"),
        );
        return None;
    }
    Some(SettingValue::Text(store))
}

pub(super) fn iterations(
    given: Option<Given<Number>>,
    errors: &mut Diagnostics,
) -> Option<SettingValue> {
    let Number { value, tokens } = take(given, errors)?;
    if value < FEWEST_ITERATIONS {
        errors.error(
            codes::FEW_ITERATIONS,
            &tokens,
            format_args!("{value} rounds of key derivation are guessed through too soon"),
            "write at least `secret_iterations = 100_000`; the default is 600,000",
        );
    } else if u32::try_from(value).is_err() {
        errors.error(
            codes::TOO_LONG,
            &tokens,
            "so many rounds of key derivation never end",
            "leave `secret_iterations` out for 600,000",
        );
    }
    Some(SettingValue::Number(tokens))
}
