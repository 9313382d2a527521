//! What a provider at an address of its own is made of, in the words of who uses it: a domain, a
//! realm, a user pool. The macros ask the same of what an attribute says.

/// One of them, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) setting: &'static str,
    pub(crate) kind: PartKind,
    pub(crate) text: String,
    /// As it might be written.
    pub(crate) example: &'static str,
}

/// What it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    /// `acme.okta.com`
    Domain,
    /// `git.example.com`, `git:8443`
    Host,
    /// `https://id.example.com`; whether it is a URL at all is another question.
    Server,
    /// `staff`
    Realm,
    /// `default`
    AuthorizationServer,
    /// `eu-west-1_AbCdEfGhI`
    UserPool,
}

impl PartKind {
    /// What it is called.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Domain => "a domain",
            Self::Host => "a host",
            Self::Server => "the address of the server alone",
            Self::Realm => "the name of a realm",
            Self::AuthorizationServer => "the id of an authorization server",
            Self::UserPool => "the id of a user pool",
        }
    }

    pub(crate) fn fits(self, text: &str) -> bool {
        match self {
            Self::Domain => text.contains('.') && is_host(text),
            Self::Host => {
                let (host, port) = text.split_once(':').unwrap_or((text, "443"));
                is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0)
            }
            Self::Server => !text.contains("/realms/"),
            Self::Realm | Self::AuthorizationServer => is_segment(text),
            Self::UserPool => text.split_once('_').is_some_and(|(region, id)| {
                is_region(region) && !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric())
            }),
        }
    }

    /// The part of `text` that was meant, where one can tell.
    pub(crate) fn meant(self, text: &str) -> Option<&str> {
        let meant = match self {
            Self::Domain | Self::Host => {
                let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
                let authority = rest.split(['/', '?', '#']).next()?;
                authority.rsplit('@').next()?
            }
            Self::Server => text.split("/realms/").next()?,
            Self::Realm | Self::AuthorizationServer | Self::UserPool => {
                text.trim_end_matches('/').rsplit('/').next()?
            }
        };
        (meant != text && self.fits(meant)).then_some(meant)
    }
}

/// Names between dots, as in DNS.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// What stands in a path as it is.
fn is_segment(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(text, "" | "." | "..") && text.bytes().all(is_plain)
}

/// `eu-west-1`, `us-gov-west-1`
fn is_region(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.split('-').count() >= 3
        && text.split('-').all(|part| !part.is_empty())
        && text.ends_with(|last: char| last.is_ascii_digit())
        && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::PartKind::{AuthorizationServer, Domain, Host, Realm, Server, UserPool};

    #[test]
    fn what_fits_and_what_was_meant() {
        for (kind, good) in [
            (Domain, "acme.okta.com"),
            (Host, "git.example.com"),
            (Host, "git:8443"),
            (Server, "https://id.example.com/auth"),
            (Realm, "staff-1"),
            (AuthorizationServer, "aus9s3ami4MRoqQR90h7"),
            (UserPool, "eu-west-1_AbCdEfGhI"),
            (UserPool, "us-gov-west-1_a1"),
        ] {
            assert!(kind.fits(good), "{good}");
            assert_eq!(kind.meant(good), None);
        }
        for (kind, odd, meant) in [
            (Domain, "", None),
            (Domain, "acme", None),
            (Domain, "acme..okta.com", None),
            (Domain, "acme.okta.com:443", None),
            (Domain, "https://acme.okta.com", Some("acme.okta.com")),
            (Domain, "https://a:b@acme.okta.com/", Some("acme.okta.com")),
            (Host, "git.example.com/", Some("git.example.com")),
            (Host, "git:0", None),
            (
                Server,
                "https://id.example.com/realms/staff",
                Some("https://id.example.com"),
            ),
            (Realm, "", None),
            (Realm, "..", None),
            (Realm, "https://id.example.com/realms/staff/", Some("staff")),
            (AuthorizationServer, "oauth2/default", Some("default")),
            (UserPool, "AbCdEfGhI", None),
            (UserPool, "eu_west_1_AbC", None),
            (
                UserPool,
                "arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_AbC",
                Some("eu-west-1_AbC"),
            ),
        ] {
            assert!(!kind.fits(odd), "{odd}");
            assert_eq!(kind.meant(odd), meant, "{odd}");
        }
    }
}
