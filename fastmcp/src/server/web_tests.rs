//! Routes that cannot be, and all others.

use axum::routing::get;

use super::*;
use crate::server::AuthDeclaration;

const SERVER: ServerDeclaration = ServerDeclaration {
    name: "Notes",
    title: None,
    version: "1",
    instructions: "",
    auth: Some(AuthDeclaration::Provider(crate::provider::google)),
    roles: &["admin"],
    scopes: &["notes:read"],
    roles_from: None,
    admits: None,
    anonymous: false,
};

fn codes(routes: &[(&str, Rule, bool)]) -> Vec<String> {
    let mut web = Web::default();
    for (path, rule, nests) in routes {
        let what = if *nests {
            What::Nested(Router::new())
        } else {
            What::Route(Box::new(get(|| async {})))
        };
        web.routes.push(Own {
            path: (*path).to_owned(),
            rule: *rule,
            what,
        });
    }
    let problems = web.problems(&SERVER, Some("/back"));
    if problems.is_empty() {
        // What is let through, axum takes.
        let _ = web.router(|_| None);
    }
    let codes = problems.iter().map(|problem| problem.code().to_owned());
    codes.collect()
}

#[test]
fn a_route_that_cannot_be_is_told_and_every_other_is_taken() {
    let open = |path, nests| (path, Rule::Public, nests);
    for good in [
        &[open("/", false), open("/", true)][..],
        &[open("/users/{id}", false), open("/users/me", false)],
        &[open("/files", true), open("/files-of-mine", false)],
        &[open("/files/{owner}", true), open("/oauth", true)],
        &[open("/.well-known/security.txt", false)],
        &[open("/{*rest}", false)],
    ] {
        assert_eq!(codes(good), [""; 0], "{good:?}");
    }
    for odd in ["", "export", "/:id", "/*rest", "/{", "/{a}{b}", "/x/{*a}/y"] {
        assert_eq!(codes(&[open(odd, false)]), ["FM0953"], "{odd}");
    }
    for odd in ["", "files", "/files/", "/{*rest}", "/x/{*a}"] {
        assert_eq!(codes(&[open(odd, true)]), ["FM0953"], "{odd}");
    }
    for taken in ["/mcp", "/health", "/oauth/token", "/back", METADATA[1]] {
        assert_eq!(codes(&[open(taken, false)]), ["FM0954"], "{taken}");
    }
    for two in [
        [open("/a", false), open("/a", false)],
        [open("/{a}", false), open("/{b}", false)],
        [open("/a", true), open("/a", false)],
        [open("/a", true), open("/a/{*b}", false)],
        [open("/", true), open("/", true)],
    ] {
        assert_eq!(codes(&two), ["FM0954"], "{two:?}");
    }
}

#[test]
fn a_rule_that_nobody_satisfies_is_told_like_that_of_an_item() {
    let rules = [
        Rule::Role("admn"),
        Rule::Scope("notes:reed"),
        Rule::Role("admin"),
    ];
    let paths = ["/a", "/b", "/c"];
    let routes: Vec<_> = std::iter::zip(paths, rules)
        .map(|(path, rule)| (path, rule, false))
        .collect();
    assert_eq!(codes(&routes), ["FM0602", "FM0603"]);
}
