//! Who may use an item: `requires_auth`, `roles`, `scopes`, `access` and `public` become one rule.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::LitStr;

use super::expression::{expression, same};
use super::words::{roles, scopes};
use super::{flag, take};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::kind::Kind;
use crate::model::{Access, Rule};
use crate::parse::ItemOptions;

/// Takes the access options out of `options`.
pub(super) fn access(kind: Kind, options: &mut ItemOptions, errors: &mut Diagnostics) -> Access {
    let asks = asking(options);
    let key = |given: Option<&syn::Path>| given.map(ToTokens::to_token_stream);
    let public_key = key(options.public.as_ref().map(|given| &given.key));
    let signed_in_key = key(options.requires_auth.as_ref().map(|given| &given.key));
    let access_key = key(options.access.as_ref().map(|given| &given.key));
    let roles_key = key(options.roles.as_ref().map(|given| &given.key));
    let signed_in = flag(options.requires_auth.take(), errors);
    let public = flag(options.public.take(), errors).unwrap_or(false);
    let roles = roles(
        options.roles.take(),
        (kind.verb(), &format!("this {kind}")),
        errors,
    );
    let scopes = scopes(options.scopes.take(), errors);
    let written = take(options.access.take(), errors);
    let written = written.and_then(|written| expression::<Rule>(&written, errors));

    let mut all = Vec::new();
    all.extend(group(roles.clone(), Rule::Role, Rule::Any));
    all.extend(group(scopes, Rule::Scope, Rule::All));
    if let Some(rule) = written {
        let parts = match &rule {
            Rule::All(parts) => parts.as_slice(),
            rule => std::slice::from_ref(rule),
        };
        let said = |part: &Rule| all.iter().flat_map(parts_of).any(|other| same(part, other));
        if parts.iter().any(said) {
            errors.error(
                codes::CHANGES_NOTHING,
                access_key,
                "`access` repeats what `roles` or `scopes` already ask for",
                "say it once: leave it out of `access`, or write everything in `access`",
            );
        } else if let Some(asked) = all.first().filter(|_| !roles.is_empty()) {
            if parts.iter().any(|part| implies(asked, part)) {
                errors.error(
                    codes::CHANGES_NOTHING,
                    access_key,
                    "a part of `access` changes nothing: `roles` asks for it already",
                    "both must hold: remove that part, or remove `roles` and write everything in \
                     `access`",
                );
            } else if parts.iter().any(|part| implies(part, asked)) {
                errors.error(
                    codes::CHANGES_NOTHING,
                    roles_key,
                    "`roles` changes nothing: `access` asks for more already",
                    "both must hold: remove `roles`, or write everything in `access`",
                );
            }
        }
        all.push(rule);
    }
    if public && asks.is_some() {
        errors.error(
            codes::PUBLIC_AND_NOT,
            public_key,
            format_args!("`public` admits everyone, but the {kind} also asks for a signed-in user"),
            "remove `public`, or remove the other access options",
        );
    }
    if signed_in == Some(false) && asks.is_some() {
        errors.error(
            codes::AUTH_DENIED,
            signed_in_key,
            format_args!("`requires_auth = false` on a {kind} that asks for a signed-in user"),
            "remove `requires_auth = false`, or remove the other access options",
        );
    }
    let rule = match (all.len(), signed_in == Some(true), public) {
        (0, _, true) => Rule::Public,
        (0, true, _) => Rule::SignedIn,
        (0, false, _) => Rule::Default,
        (1, ..) => all.remove(0),
        _ => Rule::All(all),
    };
    let mut found = Access {
        rule: rule.clone(),
        asks,
        roles: Vec::new(),
        scopes: Vec::new(),
        predicates: Vec::new(),
    };
    found.name(&rule);
    found
}

/// The first word that asks for a signed-in user.
fn asking(options: &ItemOptions) -> Option<TokenStream> {
    let mut silent = Diagnostics::default();
    let required = options
        .requires_auth
        .clone()
        .filter(|given| flag(Some(given.clone()), &mut silent) == Some(true))
        .map(|given| given.key);
    required
        .or_else(|| options.roles.as_ref().map(|given| given.key.clone()))
        .or_else(|| options.scopes.as_ref().map(|given| given.key.clone()))
        .or_else(|| options.access.as_ref().map(|given| given.key.clone()))
        .map(ToTokens::into_token_stream)
}

impl Access {
    /// Collects what the rule names.
    fn name(&mut self, rule: &Rule) {
        match rule {
            Rule::Role(name) => self.roles.push(name.clone()),
            Rule::Scope(name) => self.scopes.push(name.clone()),
            Rule::Any(rules) | Rule::All(rules) => rules.iter().for_each(|rule| self.name(rule)),
            Rule::Check(path) => self.predicates.push(path.clone()),
            Rule::Default | Rule::Public | Rule::SignedIn => {}
        }
    }
}

/// Whether `b` holds wherever `a` does, as each alternative of `a` is one of `b`.
fn implies(a: &Rule, b: &Rule) -> bool {
    fn alternatives(rule: &Rule) -> &[Rule] {
        match rule {
            Rule::Any(rules) => rules,
            rule => std::slice::from_ref(rule),
        }
    }
    let among = |one: &Rule| alternatives(b).iter().any(|other| same(one, other));
    alternatives(a).iter().all(among)
}

/// What must hold for `rule` to hold.
fn parts_of(rule: &Rule) -> &[Rule] {
    match rule {
        Rule::All(parts) => parts,
        rule => std::slice::from_ref(rule),
    }
}

fn group(words: Vec<LitStr>, one: fn(LitStr) -> Rule, many: fn(Vec<Rule>) -> Rule) -> Option<Rule> {
    let mut rules: Vec<Rule> = words.into_iter().map(one).collect();
    match rules.len() {
        0 => None,
        1 => rules.pop(),
        _ => Some(many(rules)),
    }
}
