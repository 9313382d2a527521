//! `auth = …`: where users sign in.

use darling::FromMeta;
use quote::ToTokens;
use syn::{Expr, ExprCall, ExprLit, Lit, LitStr, Path};

use super::found_by::{found_by, github};
use super::url::{self, Kind};
use super::words::scopes;
use super::{flag, take};
use crate::codes;
use crate::diagnose::{Diagnostics, choices, nearest};
use crate::model::{Auth, Custom};
use crate::options::{
    AZURE, CUSTOM, DEV, GOOGLE, NOBODY, OIDC, Options, PROVIDERS, known, provider_for,
};
use crate::parse::{
    AzureOptions, CustomOptions, DevOptions, Given, KnownOptions, NamedOptions, OidcOptions, Text,
    written,
};

/// The provider that `value` names.
pub(super) fn auth(value: &Expr, errors: &mut Diagnostics) -> Option<Auth> {
    match value {
        Expr::Group(inner) => auth(&inner.expr, errors),
        Expr::Path(path) if path.qself.is_none() => bare(&path.path, errors),
        Expr::Call(call) => with_options(call, errors),
        Expr::Lit(ExprLit {
            lit: Lit::Bool(no), ..
        }) if !no.value => {
            nobody(value, errors);
            None
        }
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => {
            let word = text.value();
            if NOBODY.contains(&word.to_lowercase().as_str()) {
                nobody(value, errors);
                return None;
            }
            let near = provider_for(&word).or_else(|| nearest(&word, PROVIDERS));
            let near = near.unwrap_or("google");
            let near = known(near).map_or(near, |known| known.written);
            errors.error(
                codes::PROVIDER_AS_TEXT,
                value,
                "a provider is a word, not a text",
                format_args!("write `auth = {near}`"),
            );
            None
        }
        other => {
            not_a_provider(other, errors);
            None
        }
    }
}

fn bare(path: &Path, errors: &mut Diagnostics) -> Option<Auth> {
    let Some(word) = path.get_ident().map(ToString::to_string) else {
        return Some(Auth::Own(path.clone()));
    };
    match word.as_str() {
        "google" => Some(Auth::Google { scopes: Vec::new() }),
        "github" => Some(Auth::GitHub {
            host: None,
            scopes: Vec::new(),
        }),
        "azure" => Some(Auth::Azure {
            tenant: "common".to_owned(),
            scopes: Vec::new(),
        }),
        "custom" => Some(Auth::CustomFromEnvironment),
        "oidc" => {
            without_issuer(path, errors);
            None
        }
        "dev" => Some(Auth::Dev {
            word: path.clone(),
            allow_release: false,
        }),
        word if let Some(row) = known(word) => {
            found_by(row, (path, false), KnownOptions::default(), errors)
        }
        nothing if NOBODY.contains(&nothing.to_lowercase().as_str()) => {
            nobody(path, errors);
            None
        }
        own if own.starts_with(char::is_uppercase)
            && !PROVIDERS.contains(&own.to_lowercase().as_str()) =>
        {
            Some(Auth::Own(path.clone()))
        }
        unknown => {
            unknown_provider(path, unknown, errors);
            None
        }
    }
}

fn with_options(call: &ExprCall, errors: &mut Diagnostics) -> Option<Auth> {
    let word = call.func.to_token_stream().to_string().replace(' ', "");
    match word.as_str() {
        "google" => named(call, &GOOGLE, errors).map(|scopes| Auth::Google { scopes }),
        "github" => github(call, errors),
        "azure" => azure(call, errors),
        "custom" => custom(call, errors),
        "oidc" => oidc(call, errors),
        "dev" => dev(call, errors),
        word if let Some(row) = known(word) => {
            let before = errors.count();
            let options: KnownOptions = read(call, &row.options, errors)?;
            let misread = errors.count() > before;
            found_by(row, (&call.func, misread), options, errors)
        }
        path if path.contains("::") || path.starts_with(char::is_uppercase) => {
            errors.error(
                codes::PROVIDER_OPTIONS,
                call,
                "a provider of your own is named without parentheses",
                format_args!("write `auth = {path}`"),
            );
            None
        }
        unknown => {
            unknown_provider(&call.func, unknown, errors);
            None
        }
    }
}

pub(super) fn read<T: FromMeta>(
    call: &ExprCall,
    known: &Options,
    errors: &mut Diagnostics,
) -> Option<T> {
    written(&call.args, known, errors)
}

fn named(call: &ExprCall, known: &Options, errors: &mut Diagnostics) -> Option<Vec<LitStr>> {
    let options: NamedOptions = read(call, known, errors)?;
    Some(scopes(options.scopes, errors))
}

fn azure(call: &ExprCall, errors: &mut Diagnostics) -> Option<Auth> {
    let options: AzureOptions = read(call, &AZURE, errors)?;
    let tenant: Option<LitStr> = take(options.tenant, errors);
    if let Some(tenant) = tenant.as_ref().filter(|tenant| !is_tenant(&tenant.value())) {
        errors.error(
            codes::TENANT,
            tenant,
            format_args!("`{}` is not a tenant", tenant.value()),
            "write `common`, `organizations`, `consumers`, a tenant id, or a domain such as \
             `example.onmicrosoft.com`",
        );
    }
    let list = options.scopes.as_ref().map(|given| given.key.clone());
    let scopes = scopes(options.scopes, errors);
    names_openid(list.as_ref(), &scopes, errors);
    Some(Auth::Azure {
        tenant: tenant.map_or_else(|| "common".to_owned(), |tenant| tenant.value()),
        scopes,
    })
}

/// Reports scopes that bring no ID token, where that alone tells who signs in.
pub(super) fn names_openid(key: Option<&Path>, scopes: &[LitStr], errors: &mut Diagnostics) {
    if !scopes.is_empty() && !scopes.iter().any(|scope| scope.value() == "openid") {
        errors.error(
            codes::WITHOUT_OPENID,
            key,
            "`scopes` without `openid`, so the provider does not say who signs in",
            "add `\"openid\"` to the list",
        );
    }
}

/// A well-known word, a UUID, or a domain name.
fn is_tenant(text: &str) -> bool {
    if matches!(text, "common" | "organizations" | "consumers") {
        return true;
    }
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    let hexadecimal = text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if groups == [8, 4, 4, 4, 12] && hexadecimal {
        return true;
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.contains('.') && text.split('.').all(label)
}

fn custom(call: &ExprCall, errors: &mut Diagnostics) -> Option<Auth> {
    let options: CustomOptions = read(call, &CUSTOM, errors)?;
    let missing_authorization = options.authorization_endpoint.is_none();
    let missing_token = options.token_endpoint.is_none();
    for (missing, name) in [
        (missing_authorization, "authorization_endpoint"),
        (missing_token, "token_endpoint"),
    ] {
        if missing {
            errors.error(
                codes::MISSING_ENDPOINT,
                &call.func,
                format_args!("`custom` needs `{name}`"),
                format_args!(
                    "write `custom({name} = \"https://…\", …)`, or `oidc(issuer = \"https://…\")` \
                     to discover it, or bare `custom` to read everything from the environment"
                ),
            );
        }
    }
    half_of_id_tokens(&options, errors);
    let mut endpoint = |given: Option<Given<Text>>, name: &str| {
        let url = take(given, errors)?;
        url::check(&url, &format!("`{name}`"), Kind::Endpoint, errors);
        Some(url)
    };
    let authorization = endpoint(options.authorization_endpoint, "authorization_endpoint");
    let token = endpoint(options.token_endpoint, "token_endpoint");
    let userinfo = endpoint(options.userinfo_endpoint, "userinfo_endpoint");
    let jwks = endpoint(options.jwks_uri, "jwks_uri");
    let issuer = endpoint(options.issuer, "issuer");
    let revocation = endpoint(options.revocation_endpoint, "revocation_endpoint");
    let scopes = scopes(options.scopes, errors);
    Some(Auth::Custom(Box::new(Custom {
        authorization_endpoint: authorization?,
        token_endpoint: token?,
        userinfo_endpoint: userinfo,
        jwks_uri: jwks,
        issuer,
        revocation_endpoint: revocation,
        scopes,
    })))
}

/// ID tokens are verified with issuer and keys; one without the other verifies nothing.
fn half_of_id_tokens(options: &CustomOptions, errors: &mut Diagnostics) {
    let (given, has, lacks) = match (&options.issuer, &options.jwks_uri) {
        (Some(given), None) => (given, "issuer", "jwks_uri"),
        (None, Some(given)) => (given, "jwks_uri", "issuer"),
        _ => return,
    };
    errors.error(
        codes::HALF_OF_ID_TOKENS,
        &given.key,
        format_args!("`{has}` without `{lacks}`, so no ID token can be verified"),
        format_args!("add `{lacks} = \"https://…\"`, or remove `{has}`"),
    );
}

fn oidc(call: &ExprCall, errors: &mut Diagnostics) -> Option<Auth> {
    let options: OidcOptions = read(call, &OIDC, errors)?;
    if options.issuer.is_none() {
        without_issuer(&call.func, errors);
    }
    let issuer = take(options.issuer, errors);
    let list = options.scopes.as_ref().map(|given| given.key.clone());
    let scopes = scopes(options.scopes, errors);
    names_openid(list.as_ref(), &scopes, errors);
    let issuer = issuer?;
    url::check(&issuer, "`issuer`", Kind::Base, errors).then_some(Auth::Oidc { issuer, scopes })
}

fn without_issuer(tokens: impl ToTokens, errors: &mut Diagnostics) {
    errors.error(
        codes::MISSING_ENDPOINT,
        tokens,
        "`oidc` needs `issuer`",
        "write `oidc(issuer = \"https://login.example.com\")`; everything else is discovered there",
    );
}

fn dev(call: &ExprCall, errors: &mut Diagnostics) -> Option<Auth> {
    let options: DevOptions = read(call, &DEV, errors)?;
    let Expr::Path(word) = &*call.func else {
        return None;
    };
    Some(Auth::Dev {
        word: word.path.clone(),
        allow_release: flag(options.allow_release, errors).unwrap_or(false),
    })
}

fn unknown_provider(tokens: impl ToTokens, word: &str, errors: &mut Diagnostics) {
    let help = match provider_for(word) {
        Some(written) => format!("write `auth = {written}`"),
        None => choices(word, "providers", PROVIDERS),
    };
    errors.error(
        codes::UNKNOWN_PROVIDER,
        tokens,
        format_args!("unknown provider `{word}`"),
        help,
    );
}

fn nobody(tokens: impl ToTokens, errors: &mut Diagnostics) {
    errors.error(
        codes::UNKNOWN_PROVIDER,
        tokens,
        "a server without sign-in has no `auth`",
        "remove `auth`",
    );
}

fn not_a_provider(tokens: impl ToTokens, errors: &mut Diagnostics) {
    errors.error(
        codes::UNKNOWN_PROVIDER,
        tokens,
        "this is not a provider",
        choices("", "providers", PROVIDERS),
    );
}
