//! Names, roles, scopes and lists of them, in words.

use super::Fault;
use crate::spec::Scopes;

/// A name that says nothing.
pub(crate) fn name(name: &str) -> Option<Fault> {
    name.trim().is_empty().then(|| {
        Fault::new(
            "FM0804",
            "an empty name",
            "write a name, or leave it out to use that of the struct",
        )
    })
}

/// Everything that is wrong with a list of scopes of RFC 6749 section 3.3.
pub(crate) fn scopes(scopes: &[String]) -> Vec<Fault> {
    let odd = scopes.iter().filter(|scope| !Scopes::is_token(scope));
    odd.map(|scope| odd_scope(scope))
        .chain(twice(scopes))
        .collect()
}

/// A list of scopes that was given and asks for nothing.
pub(crate) fn no_scopes() -> Fault {
    Fault::new(
        "FM0501",
        "`scopes` is empty, so it asks for nothing",
        "name at least one scope, or leave it out for the provider's own",
    )
}

/// Scopes without the one that brings an ID token, where that alone tells who signs in.
pub(crate) fn without_openid() -> Fault {
    Fault::new(
        "FM0214",
        "`scopes` without `openid`, so the provider does not say who signs in",
        "add `openid`",
    )
}

fn odd_scope(scope: &str) -> Fault {
    if scope.contains(' ') && !scope.trim().is_empty() {
        let split: Vec<_> = scope
            .split_whitespace()
            .map(|it| format!("{it:?}"))
            .collect();
        let help = format!("write each scope by itself: `{}`", split.join(", "));
        return Fault::new("FM0503", "a scope has no spaces", help);
    }
    Fault::new(
        "FM0503",
        "a scope that OAuth cannot carry",
        format!(
            "write printable ASCII without spaces, quotes and backslashes, such as `notes:write`, \
             in place of {scope:?}"
        ),
    )
}

/// Everything that is wrong with a list of roles.
pub(crate) fn roles(roles: &[String]) -> Vec<Fault> {
    let possible =
        |role: &str| !role.is_empty() && role.trim() == role && !role.contains(char::is_control);
    let odd = roles.iter().filter(|role| !possible(role)).map(|role| {
        let help = "write its name without spaces around it, such as `admin`, in place of";
        Fault::new(
            "FM0502",
            "a role that no identity can have",
            format!("{help} {role:?}"),
        )
    });
    odd.chain(twice(roles)).collect()
}

/// What is in a list more than once.
pub(crate) fn twice(words: &[String]) -> impl Iterator<Item = Fault> {
    let again = |at: &usize| words[..*at].contains(&words[*at]);
    (0..words.len()).filter(again).map(|at| {
        let fault = format!("`{}` is in the list twice", super::url::masked(&words[at]));
        Fault::new("FM0505", fault, "remove one of the two")
    })
}
