//! A rule for who may log in that admits nobody: by what it names, or by what the provider tells.

use super::Problems;
use crate::faults::Fault;
use crate::faults::admission::{self, another_tenant, not_told};
use crate::provider::{Admission, Provider, TENANT_PLACEHOLDER};

impl Problems {
    pub(in super::super) fn admission(&mut self, rule: Option<&Admission>, provider: &Provider) {
        for leaf in rule.map(Admission::leaves).unwrap_or_default() {
            self.add("admits", fault(leaf, provider));
        }
    }
}

fn fault(leaf: &Admission, provider: &Provider) -> Option<Fault> {
    let (word, odd) = match leaf {
        Admission::EmailDomain(domain) => {
            let word = "email_domain";
            (word, admission::domain(domain, word))
        }
        Admission::HostedDomain(domain) => {
            let word = "hosted_domain";
            (word, admission::domain(domain, word))
        }
        Admission::Tenant(id) => ("tenant", admission::tenant(id)),
        Admission::Group(group) => ("group", admission::group(group)),
        Admission::Organization(login) => ("organization", admission::organization(login)),
        Admission::Team { organization, team } => ("team", admission::team(organization, team)),
        // A stand-in has an empty `All` where it is not asked.
        Admission::All(_) if provider.is_development() => return None,
        Admission::Any(_) | Admission::All(_) => return Some(admission::empty()),
        Admission::Check(_) => return None,
    };
    let cannot_tell = || {
        let fact = leaf.fact()?;
        (!provider.can_tell(fact)).then(|| not_told(word, &provider.name))
    };
    odd.or_else(cannot_tell).or_else(|| match leaf {
        Admission::Tenant(id) => another_tenant_signs_in(id, provider),
        _ => None,
    })
}

/// Whether the provider is one tenant of Entra, and not this one.
fn another_tenant_signs_in(id: &str, provider: &Provider) -> Option<Fault> {
    let (before, after) = provider
        .issuer_of_any_tenant
        .as_deref()?
        .split_once(TENANT_PLACEHOLDER)?;
    let issuer = provider.issuer.as_deref()?;
    let own = issuer.strip_prefix(before)?.strip_suffix(after)?;
    let is_open = own == TENANT_PLACEHOLDER || own.eq_ignore_ascii_case(id);
    (!is_open).then(|| another_tenant(id))
}
