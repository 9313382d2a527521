//! Settings against one another, and against the provider: what each allows by itself and both
//! together do not.

use quote::ToTokens;
use syn::{LitStr, Path};

use super::duration::shown;
use super::url::Url;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::{Auth, Setting, SettingValue, Written};

/// How long Google's access tokens live, in seconds.
const GOOGLES_ACCESS: u64 = 3_600;

/// Settings that a server without `auth` uses too.
const WITHOUT_AUTH: &[&str] = &["base_url"];

/// What is asked of a provider over the network, which `dev` is not.
const OVER_THE_NETWORK: &[&str] = &[
    "upstream_token_endpoint_auth_method",
    "upstream_request_timeout",
    "extra_authorization_params",
    "forward_pkce",
    "custom_claims_passthrough",
];

/// The settings of one server, by name.
struct Chosen<'a>(&'a [Setting]);

impl<'a> Chosen<'a> {
    fn value(&self, method: &str) -> Option<&'a SettingValue> {
        let found = self.0.iter().find(|setting| setting.method == method);
        found.map(|setting| &setting.value)
    }

    fn text(&self, method: &str) -> Option<&'a LitStr> {
        match self.value(method)? {
            SettingValue::Text(text) => Some(text),
            _ => None,
        }
    }

    fn duration(&self, method: &str) -> Option<&'a Written> {
        match self.value(method)? {
            SettingValue::Duration(duration) => Some(duration),
            _ => None,
        }
    }

    fn is(&self, method: &str, wanted: bool) -> bool {
        matches!(self.value(method), Some(SettingValue::Bool(value)) if *value == wanted)
    }
}

/// Reports settings that do not go together.
pub(super) fn check(settings: &[Setting], auth: Option<&Auth>, errors: &mut Diagnostics) {
    let chosen = Chosen(settings);
    lifetimes(&chosen, auth, errors);
    storage(&chosen, errors);
    paths(&chosen, errors);
    if let Some(Auth::Dev { .. }) = auth {
        development(&chosen, errors);
    }
}

/// Reports settings of a login on a server where nobody logs in.
pub(super) fn without_auth(settings: &[Setting], others: &[&Path], errors: &mut Diagnostics) {
    let login = settings
        .iter()
        .filter(|setting| !WITHOUT_AUTH.contains(&setting.method));
    let keys = login.map(|setting| &setting.key);
    for key in others.iter().copied().chain(keys) {
        let name = key.to_token_stream();
        errors.error(
            codes::NEEDS_AUTH,
            key,
            format_args!("`{name}` without `auth`: nobody signs in, so it changes nothing"),
            format_args!("add `auth = google`, or remove `{name}`"),
        );
    }
}

fn lifetimes(chosen: &Chosen<'_>, auth: Option<&Auth>, errors: &mut Diagnostics) {
    let access = chosen.duration("access_token_ttl");
    let refresh = chosen.duration("refresh_token_ttl");
    if let (Some(access), Some(refresh)) = (access, refresh)
        && access.value > refresh.value
    {
        errors.error(
            codes::ACCESS_OUTLIVES_LOGIN,
            &access.tokens,
            "`access_token_ttl` is longer than `refresh_token_ttl`, which ends the whole login",
            format_args!(
                "write at most `access_token_ttl = \"{}\"`",
                shown(refresh.value)
            ),
        );
    }
    let grace = chosen.duration("refresh_grace");
    if let (Some(grace), Some(refresh)) = (grace, refresh)
        && grace.value > refresh.value
    {
        errors.error(
            codes::GRACE_OUTLIVES_LOGIN,
            &grace.tokens,
            "`refresh_grace` is longer than `refresh_token_ttl`, which ends the whole login",
            format_args!(
                "write at most `refresh_grace = \"{}\"`, or leave it out",
                shown(refresh.value)
            ),
        );
    }
    let passes_through = chosen.is("enable_token_swap", false);
    if let (Some(access), Some(Auth::Google { .. }), true) = (access, auth, passes_through)
        && access.value.as_secs() > GOOGLES_ACCESS
    {
        errors.error(
            codes::PROVIDERS_LIFETIME,
            &access.tokens,
            "with `enable_token_swap = false` clients hold Google's own token, which lives an hour",
            "write at most `access_token_ttl = \"1h\"`, or remove `enable_token_swap = false`",
        );
    }
}

fn storage(chosen: &Chosen<'_>, errors: &mut Diagnostics) {
    let store = chosen.text("store");
    let lasting = store.filter(|store| store.value() != "memory");
    if let (Some(store), true) = (lasting, chosen.is("unencrypted_for_development", true)) {
        errors.error(
            codes::UNENCRYPTED_DISK,
            store,
            "this store outlives the process, and `unencrypted_for_development` would leave \
             tokens in it in the clear",
            "remove `unencrypted_for_development`, or write `store = \"memory\"`",
        );
    }
}

fn paths(chosen: &Chosen<'_>, errors: &mut Diagnostics) {
    let (Some(base), Some(path)) = (chosen.text("base_url"), chosen.text("redirect_path")) else {
        return;
    };
    let (base, text) = (base.value(), path.value());
    let mounted = Url::parse(&base).map_or("", |url| url.rest);
    let mounted = mounted.trim_end_matches('/');
    let below = text.strip_prefix(mounted).filter(|_| !mounted.is_empty());
    if let Some(below) = below.filter(|below| below.starts_with('/')) {
        errors.error(
            codes::PATH_REPEATS_BASE,
            path,
            format_args!(
                "`redirect_path` is below the base URL already, so `{mounted}` comes twice"
            ),
            format_args!("write `redirect_path = \"{below}\"`"),
        );
    }
}

/// `dev` lets anybody be anybody, asks nobody over the network, and has no tokens to give.
fn development(chosen: &Chosen<'_>, errors: &mut Diagnostics) {
    let url = chosen.text("base_url");
    let is_public = |url: &&LitStr| {
        Url::parse(&url.value()).is_some_and(|url| url.scheme == "https" && !url.is_loopback())
    };
    if let Some(url) = url.filter(is_public) {
        errors.error(
            codes::DEV_IN_PUBLIC,
            url,
            "`auth = dev` with a public base URL would let anybody sign in as anybody",
            "use a real provider, or remove `base_url` to serve on `localhost`",
        );
    }
    for setting in chosen.0 {
        let passes = setting.method == "enable_token_swap"
            && matches!(setting.value, SettingValue::Bool(false));
        if passes {
            errors.error(
                codes::NO_EFFECT_ON_DEV,
                &setting.key,
                "`dev` has no tokens that could be passed through",
                "remove `enable_token_swap = false`, or use a real provider",
            );
        } else if OVER_THE_NETWORK.contains(&setting.method) {
            let name = setting.method;
            errors.error(
                codes::NO_EFFECT_ON_DEV,
                &setting.key,
                format_args!("`{name}` changes nothing: `dev` asks nobody over the network"),
                format_args!("remove `{name}`, or use a real provider"),
            );
        }
    }
}
