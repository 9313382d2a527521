//! A server: what it is called, who signs in where, and its settings.

use quote::ToTokens;
use syn::{ItemStruct, LitStr};

use super::access::{roles, scopes};
use super::provider::auth;
use super::settings::settings;
use super::url::Url;
use super::{flag, take};
use crate::diagnose::Diagnostics;
use crate::model::{Auth, Server, Setting, SettingValue};
use crate::parse::RawServer;
use crate::path::Krate;

/// What a server means; `None` if it cannot mean anything.
pub(crate) fn server(raw: RawServer, errors: &mut Diagnostics) -> Option<Server> {
    let mut options = raw.options?;
    let before = errors.count();
    is_concrete(&raw.item, errors);
    let auth_key = options.auth.as_ref().map(|given| given.key.clone());
    let anonymous_key = options.anonymous.as_ref().map(|given| given.key.clone());
    let roles_from_key = options.roles_from.as_ref().map(|given| given.key.clone());
    let auth = take(options.auth.take(), errors).and_then(|value| auth(&value, errors));
    let anonymous = flag(options.anonymous.take(), errors).unwrap_or(false);
    if anonymous && auth_key.is_none() {
        errors.error(
            anonymous_key,
            "`anonymous` without `auth` changes nothing: everybody is anonymous",
            "remove `anonymous`, or add `auth = google`",
        );
    }
    if auth_key.is_none() && roles_from_key.is_some() {
        errors.error(
            roles_from_key,
            "`roles_from` without `auth`: nobody signs in, so nobody has a role",
            "add `auth = google`, or remove `roles_from`",
        );
    }
    let settings = settings(&mut options, errors);
    if matches!(auth, Some(Auth::Dev)) {
        stays_at_home(&settings, errors);
    }
    let title = take(options.title.take(), errors);
    let instructions = take(options.instructions.take(), errors).map(|text| text.value());
    let server = Server {
        krate: Krate::new(take(options.krate.take(), errors)),
        name: name(take(options.name.take(), errors), &raw.item, errors),
        ident: raw.item.ident,
        visibility: raw.item.vis,
        title,
        instructions: instructions.unwrap_or(raw.docs),
        auth,
        roles: roles(options.roles.take(), "a tool by its role", errors),
        scopes: scopes(options.scopes.take(), errors),
        roles_from: take(options.roles_from.take(), errors),
        anonymous,
        settings,
    };
    (errors.count() == before).then_some(server)
}

fn is_concrete(item: &ItemStruct, errors: &mut Diagnostics) {
    if !item.generics.params.is_empty() {
        errors.error(
            &item.generics.params,
            "a server is not generic: its tools borrow one type",
            "write the types themselves in the struct's fields",
        );
    }
}

fn name(given: Option<LitStr>, item: &ItemStruct, errors: &mut Diagnostics) -> String {
    let Some(name) = given else {
        return item.ident.to_string();
    };
    if name.value().trim().is_empty() {
        errors.error(
            name.to_token_stream(),
            "an empty name",
            "write a name, or remove `name` to use that of the struct",
        );
    }
    name.value()
}

/// `dev` lets anybody be anybody, so it must not be reachable from elsewhere.
fn stays_at_home(settings: &[Setting], errors: &mut Diagnostics) {
    let url = settings.iter().find_map(|setting| match &setting.value {
        SettingValue::Text(url) if setting.method == "base_url" => Some(url),
        _ => None,
    });
    let Some(url) = url else {
        return;
    };
    let text = url.value();
    if Url::parse(&text).is_some_and(|url| url.scheme == "https" && !url.is_loopback()) {
        errors.error(
            url,
            "`auth = dev` with a public base URL would let anybody sign in as anybody",
            "use a real provider, or remove `base_url` to serve on `localhost`",
        );
    }
}
