//! Lists of roles and scopes: each word possible, none twice.

use syn::LitStr;

use super::take;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::parse::{Given, Texts};

/// A list of roles; `verb` and `what` are what nobody could do without one.
pub(super) fn roles(
    given: Option<Given<Texts>>,
    (verb, what): (&str, &str),
    errors: &mut Diagnostics,
) -> Vec<LitStr> {
    let empty = (
        format!("`roles` is empty, so nobody could {verb} {what}"),
        "name at least one role, or remove `roles` to admit every signed-in user",
    );
    words(given, empty, is_role, errors)
}

/// A list of scopes, each one token of RFC 6749 section 3.3.
pub(super) fn scopes(given: Option<Given<Texts>>, errors: &mut Diagnostics) -> Vec<LitStr> {
    let empty = (
        "`scopes` is empty, so it asks for nothing".to_owned(),
        "name at least one scope, or remove `scopes`",
    );
    words(given, empty, is_scope, errors)
}

/// A list of which each word is `good`; fault and help of an empty one.
fn words(
    given: Option<Given<Texts>>,
    (fault, help): (String, &str),
    good: fn(&LitStr, &mut Diagnostics) -> bool,
    errors: &mut Diagnostics,
) -> Vec<LitStr> {
    let Some(list) = take(given, errors) else {
        return Vec::new();
    };
    if list.items.is_empty() {
        errors.error(codes::EMPTY_LIST, &list.tokens, fault, help);
    }
    once(list.items, errors)
        .into_iter()
        .filter(|word| good(word, errors))
        .collect()
}

/// Reports a role that no identity can have.
pub(super) fn is_role(role: &LitStr, errors: &mut Diagnostics) -> bool {
    let text = role.value();
    let good = !text.is_empty() && text.trim() == text && !text.contains(char::is_control);
    if !good {
        errors.error(
            codes::IMPOSSIBLE_ROLE,
            role,
            "a role that no identity can have",
            "write its name without spaces around it, such as `\"admin\"`",
        );
    }
    good
}

/// Reports what is no scope.
pub(super) fn is_scope(scope: &LitStr, errors: &mut Diagnostics) -> bool {
    let text = scope.value();
    if text.contains(' ') && !text.trim().is_empty() {
        let split: Vec<String> = text
            .split_whitespace()
            .map(|one| format!("\"{one}\""))
            .collect();
        errors.error(
            codes::IMPOSSIBLE_SCOPE,
            scope,
            "a scope has no spaces",
            format_args!("write each scope by itself: `{}`", split.join(", ")),
        );
        return false;
    }
    let allowed = |c: char| ('!'..='~').contains(&c) && c != '"' && c != '\\';
    let good = !text.is_empty() && text.chars().all(allowed);
    if !good {
        errors.error(
            codes::IMPOSSIBLE_SCOPE,
            scope,
            "a scope that OAuth cannot carry",
            "write printable ASCII without spaces, quotes and backslashes, such as \
             `\"notes:write\"`",
        );
    }
    good
}

/// The words without those that were there before, which are reported.
pub(super) fn once(words: Vec<LitStr>, errors: &mut Diagnostics) -> Vec<LitStr> {
    let mut kept: Vec<LitStr> = Vec::new();
    for word in words {
        let text = word.value();
        if kept.iter().any(|known| known.value() == text) {
            errors.error(
                codes::CHANGES_NOTHING,
                &word,
                format_args!("`{text}` is in the list twice"),
                "remove one of the two",
            );
        } else {
            kept.push(word);
        }
    }
    kept
}
