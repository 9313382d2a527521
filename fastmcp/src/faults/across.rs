//! An item against its server, in words.
//!
//! Each check comes twice: `…_fault` gives the text, for a server that checks at start what its
//! build could not see, and a `const fn` that panics with it, for the build.

use super::report;
use super::text::{Text, contains, nearest};

/// What a server declares, for checks of its items.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// `false` for the stand-in, which accepts everything.
    pub known: bool,
    /// Name of the struct.
    pub server: &'static str,
    /// Whether it has `auth`.
    pub auth: bool,
    /// Its roles.
    pub roles: &'static [&'static str],
    /// Its scopes; none means any.
    pub scopes: &'static [&'static str],
}

/// A struct with `#[server]`.
pub trait Declared {
    /// What was declared.
    const DECLARED: Declaration;
}

/// An item, in words with its kind, that asks for a signed-in user needs a server with `auth`.
#[track_caller]
pub const fn server_has_auth(item: &str, server: &Declaration) {
    report(server_fault(item, server).as_ref());
}

/// See [`server_has_auth`].
pub(crate) const fn server_fault(item: &str, server: &Declaration) -> Option<Text> {
    if !server.known || server.auth {
        return None;
    }
    let fault = Text::new(item)
        .push(" asks for a signed-in user, but server `")
        .push(server.server)
        .push("` has no `auth` [FM0601]");
    Some(fault.push(
        "\nhelp: write `#[server(auth = google)]` (or `github`, `azure`, `custom(…)`, `oidc(…)`; \
         `dev` for local work)",
    ))
}

/// A rule names only roles that the server declares.
#[track_caller]
pub const fn role_is_declared(role: &str, server: &Declaration) {
    report(role_fault(role, server).as_ref());
}

/// See [`role_is_declared`]. Silent about a server without `auth`, which is an error of its own.
pub(crate) const fn role_fault(role: &str, server: &Declaration) -> Option<Text> {
    if !server.known || !server.auth || contains(server.roles, role) {
        return None;
    }
    if contains(server.scopes, role) {
        return Some(other_kind("role", role, "a scope", "scope", server.server));
    }
    Some(undeclared(
        ["role", "roles", "FM0602"],
        role,
        server.roles,
        server.server,
    ))
}

/// A rule names only scopes that the server declares, if it declares any.
#[track_caller]
pub const fn scope_is_declared(scope: &str, server: &Declaration) {
    report(scope_fault(scope, server).as_ref());
}

/// See [`scope_is_declared`].
pub(crate) const fn scope_fault(scope: &str, server: &Declaration) -> Option<Text> {
    let any = server.scopes.is_empty();
    if !server.known || !server.auth || any || contains(server.scopes, scope) {
        return None;
    }
    if contains(server.roles, scope) {
        return Some(other_kind("scope", scope, "a role", "role", server.server));
    }
    Some(undeclared(
        ["scope", "scopes", "FM0603"],
        scope,
        server.scopes,
        server.server,
    ))
}

/// A word that is declared, but as the other kind.
const fn other_kind(noun: &str, word: &str, is: &str, kind: &str, server: &str) -> Text {
    let text = Text::new("`")
        .push(word)
        .push("` is ")
        .push(is)
        .push(" of server `")
        .push(server)
        .push("`, not a ");
    let text = text.push(noun).push(" [FM0604]\nhelp: write `");
    let text = text
        .push(kind)
        .push("s = [\"")
        .push(word)
        .push("\"]`, or `");
    text.push(kind)
        .push("(\"")
        .push(word)
        .push("\")` in `access`")
}

const fn undeclared(
    [noun, option, code]: [&str; 3],
    word: &str,
    declared: &[&str],
    server: &str,
) -> Text {
    let text = Text::new(noun)
        .push(" `")
        .push(word)
        .push("` is not declared on server `")
        .push(server)
        .push("` [")
        .push(code)
        .push("]\nhelp: ");
    if declared.is_empty() {
        return text
            .push("write `#[server(…, ")
            .push(option)
            .push(" = [\"")
            .push(word)
            .push("\"])]`");
    }
    let near = nearest(word, declared);
    let text = match near {
        Some(near) => text.push("did you mean `").push(near).push("`? "),
        None => text,
    };
    let text = text.push("declared ").push(option).push(": ");
    let text = text.push_list(declared);
    if near.is_some() {
        return text;
    }
    let text = text.push("; if it is meant, add `\"").push(word);
    text.push("\"` to `").push(option).push("` of `#[server]`")
}
