//! Whose documents this server reads: the operator's choice of domains and ports.

use crate::spec::ClientIdUrl;

/// Which URLs may be clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Policy {
    /// Domains that are welcome with all below them; `None` for all.
    pub(in super::super) allowed: Option<Vec<String>>,
    /// Domains that are not, with all below them; they win.
    pub(in super::super) denied: Vec<String>,
    /// Ports that may be asked.
    pub(in super::super) ports: Vec<u16>,
}

impl Policy {
    /// Whether `url` may be asked for a document.
    pub(in super::super) fn admits(&self, url: &ClientIdUrl) -> bool {
        let covers = |domain: &String| is_within(url.host(), domain);
        self.ports.contains(&url.port())
            && !self.denied.iter().any(covers)
            && self
                .allowed
                .as_ref()
                .is_none_or(|allowed| allowed.iter().any(covers))
    }
}

/// Whether `host` is `domain` or below it.
fn is_within(host: &str, domain: &str) -> bool {
    let above = host.strip_suffix(domain);
    above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(policy: &Policy, url: &str) -> bool {
        policy.admits(&ClientIdUrl::parse(url).unwrap())
    }

    fn policy(allowed: Option<&[&str]>, denied: &[&str]) -> Policy {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Policy {
            allowed: allowed.map(owned),
            denied: owned(denied),
            ports: vec![443],
        }
    }

    #[test]
    fn a_domain_covers_what_is_below_it_and_nothing_beside_it() {
        let policy = policy(Some(&["good.test", "x.other.test"]), &["bad.good.test"]);
        for (url, is_admitted) in [
            ("https://good.test/c", true),
            ("https://a.b.good.test/c", true),
            ("https://notgood.test/c", false),
            ("https://good.test.evil.test/c", false),
            ("https://other.test/c", false),
            ("https://x.other.test/c", true),
            ("https://bad.good.test/c", false),
            ("https://a.bad.good.test/c", false),
        ] {
            assert_eq!(admits(&policy, url), is_admitted, "{url}");
        }
    }

    #[test]
    fn ports_are_named_one_by_one() {
        let mut policy = policy(None, &[]);
        assert!(admits(&policy, "https://any.test/c"));
        assert!(!admits(&policy, "https://any.test:8443/c"));
        policy.ports = vec![8443];
        assert!(!admits(&policy, "https://any.test/c"));
        assert!(admits(&policy, "https://any.test:8443/c"));
    }
}
