//! Providers that are known by a domain, a realm or the like, or by their word alone: each is a row
//! here, and a function of the same name in `fastmcp::provider`.

use super::{Options, Row, row};

/// One of them.
pub(crate) struct Known {
    pub(crate) word: &'static str,
    /// What its variables begin with.
    pub(crate) prefix: &'static str,
    pub(crate) options: Options,
    /// What the function of `fastmcp::provider` takes, in order.
    pub(crate) parts: &'static [Part],
    /// Nobody knows who signs in without the scope `openid`.
    pub(crate) needs_openid: bool,
    /// As it is written, with nothing that could be left out.
    pub(crate) written: &'static str,
}

/// What a provider is found by.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) kind: PartKind,
    /// The value where none is given.
    pub(crate) usual: Option<&'static str>,
}

/// What it must be; the server asks the same of what a builder says (`provider/part.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    Domain,
    Host,
    Server,
    Realm,
    AuthorizationServer,
    UserPool,
}

const fn required(name: &'static str, kind: PartKind) -> Part {
    let usual = None;
    Part { name, kind, usual }
}

const fn usually(name: &'static str, kind: PartKind, usual: &'static str) -> Part {
    let usual = Some(usual);
    Part { name, kind, usual }
}

const OIDC_SCOPES: Row = row("scopes", "scopes = [\"openid\", \"email\"]");

const OTHER_ADDRESSES: Option<&str> = Some(
    "for a provider at other addresses write `oidc(issuer = \"https://…\")`, or \
     `custom(authorization_endpoint = \"https://…\", token_endpoint = \"https://…\")`",
);

pub(crate) const KNOWN: &[Known] = &[
    Known {
        word: "okta",
        prefix: "OKTA",
        options: Options {
            owner: "`okta`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[
                row("domain", "domain = \"acme.okta.com\""),
                row("authorization_server", "authorization_server = \"default\""),
                OIDC_SCOPES,
            ]],
            foreign: &[(
                "issuer",
                "write `domain = \"acme.okta.com\"`, and `authorization_server = \"…\"` for another \
                 one than `default`",
            )],
        },
        parts: &[
            required("domain", PartKind::Domain),
            usually(
                "authorization_server",
                PartKind::AuthorizationServer,
                "default",
            ),
        ],
        needs_openid: true,
        written: "okta(domain = \"acme.okta.com\")",
    },
    Known {
        word: "auth0",
        prefix: "AUTH0",
        options: Options {
            owner: "`auth0`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[row("domain", "domain = \"acme.eu.auth0.com\""), OIDC_SCOPES]],
            foreign: &[("issuer", "write `domain = \"acme.eu.auth0.com\"`")],
        },
        parts: &[required("domain", PartKind::Domain)],
        needs_openid: true,
        written: "auth0(domain = \"acme.eu.auth0.com\")",
    },
    Known {
        word: "gitlab",
        prefix: "GITLAB",
        options: Options {
            owner: "`gitlab`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[row("host", "host = \"gitlab.example.com\""), OIDC_SCOPES]],
            foreign: &[("issuer", "write `host = \"gitlab.example.com\"`")],
        },
        parts: &[usually("host", PartKind::Host, "gitlab.com")],
        needs_openid: true,
        written: "gitlab",
    },
    Known {
        word: "keycloak",
        prefix: "KEYCLOAK",
        options: Options {
            owner: "`keycloak`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[
                row("url", "url = \"https://id.example.com\""),
                row("realm", "realm = \"staff\""),
                OIDC_SCOPES,
            ]],
            foreign: &[(
                "issuer",
                "write `url = \"https://id.example.com\", realm = \"staff\"`",
            )],
        },
        parts: &[
            required("url", PartKind::Server),
            required("realm", PartKind::Realm),
        ],
        needs_openid: true,
        written: "keycloak(url = \"https://id.example.com\", realm = \"staff\")",
    },
    Known {
        word: "cognito",
        prefix: "COGNITO",
        options: Options {
            owner: "`cognito`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[
                row("user_pool", "user_pool = \"eu-west-1_AbCdEfGhI\""),
                OIDC_SCOPES,
            ]],
            foreign: &[
                ("region", "remove it: `user_pool` begins with the region"),
                ("domain", "remove it: the pool itself names its domain"),
                ("issuer", "write `user_pool = \"eu-west-1_AbCdEfGhI\"`"),
            ],
        },
        parts: &[required("user_pool", PartKind::UserPool)],
        needs_openid: true,
        written: "cognito(user_pool = \"eu-west-1_AbCdEfGhI\")",
    },
    Known {
        word: "workos",
        prefix: "WORKOS",
        options: Options {
            owner: "`workos`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[row("domain", "domain = \"acme.authkit.app\""), OIDC_SCOPES]],
            foreign: &[("issuer", "write `domain = \"acme.authkit.app\"`")],
        },
        parts: &[required("domain", PartKind::Domain)],
        needs_openid: true,
        written: "workos(domain = \"acme.authkit.app\")",
    },
    Known {
        word: "slack",
        prefix: "SLACK",
        options: Options {
            owner: "`slack`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[OIDC_SCOPES]],
            foreign: &[],
        },
        parts: &[],
        needs_openid: true,
        written: "slack",
    },
    Known {
        word: "discord",
        prefix: "DISCORD",
        options: Options {
            owner: "`discord`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[row("scopes", "scopes = [\"identify\", \"email\"]")]],
            foreign: &[],
        },
        parts: &[],
        needs_openid: false,
        written: "discord",
    },
    Known {
        word: "atlassian",
        prefix: "ATLASSIAN",
        options: Options {
            owner: "`atlassian`",
            endpoints_of: OTHER_ADDRESSES,
            rows: &[&[row("scopes", "scopes = [\"read:me\", \"offline_access\"]")]],
            foreign: &[],
        },
        parts: &[],
        needs_openid: false,
        written: "atlassian",
    },
];

/// The row of this word.
pub(crate) fn known(word: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.word == word)
}
