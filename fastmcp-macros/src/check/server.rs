//! A server: what it is called, who signs in where, and its settings.

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{ItemStruct, LitStr, Path, Type};

use super::admission::{admits, against};
use super::provider::auth;
use super::settings::settings;
use super::words::{roles, scopes};
use super::{flag, take, together};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::{Field, Server};
use crate::parse::{RawServer, ServerOptions, Words};
use crate::path::Krate;

/// What a server means; `None` if it cannot mean anything.
pub(crate) fn server(raw: RawServer, errors: &mut Diagnostics) -> Option<Server> {
    let mut options = raw.options?;
    let before = errors.count();
    // An option that could not be read may have been the one that others lack.
    let is_read = before == 0;
    is_concrete(&raw.item, errors);
    let has_auth = options.auth.is_some();
    let login_keys = login_keys(&options);
    let anonymous_key = options.anonymous.as_ref().map(|given| given.key.clone());
    let auth = take(options.auth.take(), errors).and_then(|value| auth(&value, errors));
    let anonymous = flag(options.anonymous.take(), errors).unwrap_or(false);
    if anonymous && !has_auth && is_read {
        errors.error(
            codes::NOTHING_TO_OPEN,
            anonymous_key,
            "`anonymous` without `auth` changes nothing: everybody is anonymous",
            "remove `anonymous`, or add `auth = google`",
        );
    }
    let settings = settings(&mut options, errors);
    if has_auth {
        together::check(&settings, auth.as_ref(), errors);
    } else if is_read {
        let keys: Vec<&Path> = login_keys.iter().collect();
        together::without_auth(&settings, &keys, errors);
    }
    let admits = admits(options.admits.take(), errors);
    if let (Some(rule), Some(auth)) = (&admits, &auth) {
        against(rule, auth, errors);
    }
    let title = take(options.title.take(), errors);
    let instructions = take(options.instructions.take(), errors);
    let roles_from = options.roles_from.take();
    let roles_from_key = roles_from.as_ref().map(|given| given.key.clone());
    let has_roles = options.roles.is_some();
    if has_auth
        && !has_roles
        && is_read
        && let Some(key) = roles_from_key
    {
        errors.error(
            codes::NEEDS_AUTH,
            key,
            "`roles_from` gives roles, but the server declares none that tools could ask for",
            "add `roles = [\"admin\"]` with every role that it may give, or remove `roles_from`",
        );
    }
    let server = Server {
        conditions: raw.conditions,
        krate: Krate::new(take(options.krate.take(), errors)),
        name: name(take(options.name.take(), errors), &raw.item, errors),
        fields: fields(&raw.item),
        ident: raw.item.ident,
        visibility: raw.item.vis,
        title,
        instructions: instructions.map_or(raw.docs, |text| Words::Written(text.value())),
        auth,
        roles: roles(options.roles.take(), ("call", "a tool by its role"), errors),
        scopes: scopes(options.scopes.take(), errors),
        roles_from: take(roles_from, errors),
        admits,
        anonymous,
        settings,
    };
    (errors.count() == before).then_some(server)
}

/// The words of a login that are not settings.
fn login_keys(options: &ServerOptions) -> Vec<Path> {
    [
        options.roles.as_ref().map(|given| given.key.clone()),
        options.scopes.as_ref().map(|given| given.key.clone()),
        options.roles_from.as_ref().map(|given| given.key.clone()),
        options.admits.as_ref().map(|given| given.key.clone()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the server holds. A type that says `Self` means another one elsewhere, and a field under a
/// condition may not be there; both are judged with the whole.
fn fields(item: &ItemStruct) -> Vec<Field> {
    let says_self = |ty: &Type| {
        let mut tokens = ty.to_token_stream().into_iter();
        tokens.any(|token| contains(&token, "Self"))
    };
    item.fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !field.attrs.iter().any(|it| it.path().is_ident("cfg")))
        .filter(|(_, field)| !says_self(&field.ty))
        .map(|(index, field)| Field {
            name: field
                .ident
                .as_ref()
                .map_or_else(|| index.to_string(), ToString::to_string),
            ty: field.ty.clone(),
        })
        .collect()
}

fn contains(token: &TokenTree, word: &str) -> bool {
    match token {
        TokenTree::Group(group) => group
            .stream()
            .into_iter()
            .any(|token| contains(&token, word)),
        TokenTree::Ident(ident) => ident == word,
        _ => false,
    }
}

fn is_concrete(item: &ItemStruct, errors: &mut Diagnostics) {
    if !item.generics.params.is_empty() {
        errors.error(
            codes::GENERIC,
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
            codes::EMPTY_TEXT,
            name.to_token_stream(),
            "an empty name",
            "write a name, or remove `name` to use that of the struct",
        );
    }
    name.value()
}
