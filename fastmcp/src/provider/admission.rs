//! Who may log in: a rule about a verified identity, as data.
//!
//! One [`Admission`] is read by the callback, by every later look at the person, by the checks at
//! start, and by what the provider is asked for: the scopes and memberships that it needs follow
//! from it.

use std::collections::BTreeSet;
use std::fmt;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Fact, Identity};

/// Who may log in, of those whom the provider signs in.
///
/// Each leaf is one fact that the provider vouches for; what it does not tell, nobody has. In
/// `#[server(admits = …)]` the same words are joined by `||` and `&&`.
///
/// ```
/// use fastmcp::provider::Admission;
///
/// let staff = Admission::email_domain("example.com");
/// let rule = staff.or(Admission::check(|person| person.subject == "1099"));
/// assert!(matches!(rule, Admission::Any(rules) if rules.len() == 2));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Admission {
    /// A verified e-mail address in exactly this domain; `sub.example.com` is another one.
    EmailDomain(String),
    /// A Google Workspace account of this domain: `hd` of the verified ID token.
    HostedDomain(String),
    /// An account of this Microsoft Entra tenant: `tid` of the verified ID token.
    Tenant(String),
    /// The claim `groups` names this group; Entra names it by its id.
    Group(String),
    /// An active member of this GitHub organisation.
    Organization(String),
    /// An active member of this team of a GitHub organisation, or of a team below it.
    Team {
        /// The organisation.
        organization: String,
        /// The team's slug, as in its address.
        team: String,
    },
    /// At least one of these holds. An empty list admits nobody.
    Any(Vec<Admission>),
    /// Every one of these holds.
    All(Vec<Admission>),
    /// A function of your own says yes.
    Check(AdmissionCheck),
}

/// A function of your own that decides about a verified identity.
#[derive(Clone)]
pub struct AdmissionCheck(Arc<Decide>);

type Decide = dyn for<'a> Fn(&'a Identity) -> BoxFuture<'a, bool> + Send + Sync;

impl fmt::Debug for AdmissionCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdmissionCheck")
    }
}

/// Why somebody is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TurnedAway {
    /// The rule does not hold.
    NotAdmitted,
    /// The rule names groups, and the provider lists none for somebody in so many.
    GroupsNotListed,
}

impl Admission {
    /// See [`Admission::EmailDomain`].
    pub fn email_domain(domain: impl Into<String>) -> Self {
        Self::EmailDomain(domain.into())
    }

    /// See [`Admission::HostedDomain`].
    pub fn hosted_domain(domain: impl Into<String>) -> Self {
        Self::HostedDomain(domain.into())
    }

    /// See [`Admission::Tenant`].
    pub fn tenant(id: impl Into<String>) -> Self {
        Self::Tenant(id.into())
    }

    /// See [`Admission::Group`].
    pub fn group(group: impl Into<String>) -> Self {
        Self::Group(group.into())
    }

    /// See [`Admission::Organization`].
    pub fn organization(login: impl Into<String>) -> Self {
        Self::Organization(login.into())
    }

    /// See [`Admission::Team`]; written `organization/team`.
    pub fn team(path: &str) -> Self {
        let (organization, team) = path.split_once('/').unwrap_or((path, ""));
        Self::Team {
            organization: organization.to_owned(),
            team: team.to_owned(),
        }
    }

    /// A function that decides at once.
    pub fn check(decide: impl Fn(&Identity) -> bool + Send + Sync + 'static) -> Self {
        Self::ask(move |person| Box::pin(ready(decide(person))))
    }

    /// A function that has to wait for its answer: for no longer than
    /// `upstream_request_timeout`, after which the login is to be tried again.
    pub fn ask(
        decide: impl for<'a> Fn(&'a Identity) -> BoxFuture<'a, bool> + Send + Sync + 'static,
    ) -> Self {
        Self::Check(AdmissionCheck(Arc::new(decide)))
    }

    /// This rule or `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Any(mut rules) => {
                rules.push(other);
                Self::Any(rules)
            }
            first => Self::Any(vec![first, other]),
        }
    }

    /// This rule and `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut rules) => {
                rules.push(other);
                Self::All(rules)
            }
            first => Self::All(vec![first, other]),
        }
    }

    /// Whether `person` may log in. A function of the user's that panics has not said yes.
    pub(crate) async fn judge(&self, person: &Identity) -> Result<(), TurnedAway> {
        let asked = AssertUnwindSafe(self.holds(person)).catch_unwind().await;
        match asked {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(_) => tracing::error!("a function that `admits` names failed; nobody is admitted"),
        }
        let names_groups = self.facts().contains(&Fact::Groups);
        if names_groups && person.groups_not_listed {
            tracing::warn!("somebody is in more groups than the identity provider lists");
            return Err(TurnedAway::GroupsNotListed);
        }
        Err(TurnedAway::NotAdmitted)
    }

    fn holds<'a>(&'a self, person: &'a Identity) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let same = |told: &Option<String>, wanted: &str| {
                told.as_deref()
                    .is_some_and(|told| told.eq_ignore_ascii_case(wanted))
            };
            match self {
                Self::EmailDomain(domain) => {
                    let domain_of = |mail: &str| mail.rsplit_once('@').map(|(_, it)| it.to_owned());
                    same(&person.verified_email().and_then(domain_of), domain)
                }
                Self::HostedDomain(domain) => same(&person.hosted_domain, domain),
                Self::Tenant(id) => same(&person.tenant, id),
                Self::Group(group) => {
                    person.groups.contains(group) || {
                        // Ids are written in either case; names are compared to the letter.
                        let is_same = |known: &String| known.eq_ignore_ascii_case(group);
                        super::azure::is_guid(group) && person.groups.iter().any(is_same)
                    }
                }
                Self::Organization(login) => {
                    person.organizations.contains(&login.to_ascii_lowercase())
                }
                Self::Team { organization, team } => {
                    let team = format!("{organization}/{team}").to_ascii_lowercase();
                    person.teams.contains(&team)
                }
                Self::Any(rules) => {
                    for rule in rules {
                        if rule.holds(person).await {
                            return true;
                        }
                    }
                    false
                }
                Self::All(rules) => {
                    for rule in rules {
                        if !rule.holds(person).await {
                            return false;
                        }
                    }
                    true
                }
                Self::Check(check) => (check.0)(person).await,
            }
        })
    }

    /// What the provider must tell.
    pub(crate) fn facts(&self) -> BTreeSet<Fact> {
        self.leaves().into_iter().filter_map(Self::fact).collect()
    }

    /// What the provider must tell for this leaf.
    pub(crate) fn fact(&self) -> Option<Fact> {
        match self {
            Self::EmailDomain(_) => Some(Fact::Email),
            Self::HostedDomain(_) => Some(Fact::HostedDomain),
            Self::Tenant(_) => Some(Fact::Tenant),
            Self::Group(_) => Some(Fact::Groups),
            Self::Organization(_) | Self::Team { .. } => Some(Fact::Memberships),
            Self::Any(_) | Self::All(_) | Self::Check(_) => None,
        }
    }

    /// Everything that it is made of, lists that are empty too.
    pub(crate) fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::Any(rules) | Self::All(rules) if !rules.is_empty() => {
                rules.iter().flat_map(Self::leaves).collect()
            }
            leaf => vec![leaf],
        }
    }

    /// The same, but that whatever needs none of `told` holds for everyone: for a provider that
    /// stands in for the real one on the developer's machine.
    #[must_use]
    pub(crate) fn narrowed_to(self, told: &dyn Fn(Fact) -> bool) -> Self {
        let each = |rules: Vec<Self>| {
            rules
                .into_iter()
                .map(|rule| rule.narrowed_to(told))
                .collect()
        };
        match self {
            Self::Any(rules) => Self::Any(each(rules)),
            Self::All(rules) => Self::All(each(rules)),
            leaf if leaf.fact().is_some_and(|fact| !told(fact)) => Self::All(Vec::new()),
            leaf => leaf,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Identity {
        let mut ada = Identity::new("1099");
        ada.email = Some("ada@Example.com".to_owned());
        ada.email_verified = true;
        ada.hosted_domain = Some("example.com".to_owned());
        ada.groups.insert("Staff".to_owned());
        ada.organizations.insert("acme".to_owned());
        ada.teams.insert("acme/ops".to_owned());
        ada
    }

    #[tokio::test]
    async fn each_fact_is_compared_as_its_provider_means_it() {
        for (rule, holds) in [
            (Admission::email_domain("example.com"), true),
            (Admission::email_domain("ample.com"), false),
            (Admission::email_domain("sub.example.com"), false),
            (Admission::hosted_domain("EXAMPLE.com"), true),
            (Admission::hosted_domain("example.org"), false),
            (Admission::tenant("example.com"), false),
            (Admission::group("Staff"), true),
            (Admission::group("staff"), false),
            (Admission::organization("ACME"), true),
            (Admission::organization("acm"), false),
            (Admission::team("Acme/Ops"), true),
            (Admission::team("acme/op"), false),
            (Admission::check(|person| person.subject == "1099"), true),
            (Admission::ask(|_| Box::pin(ready(false))), false),
            (Admission::Any(Vec::new()), false),
        ] {
            assert_eq!(rule.judge(&ada()).await.is_ok(), holds, "{rule:?}");
        }
    }

    #[tokio::test]
    async fn an_address_that_nobody_vouches_for_admits_nobody() {
        let mut ada = ada();
        ada.email_verified = false;
        let rule = Admission::email_domain("example.com");
        assert_eq!(rule.judge(&ada).await, Err(TurnedAway::NotAdmitted));
        let either = rule.or(Admission::group("Staff"));
        assert_eq!(either.judge(&ada).await, Ok(()));
        let both = Admission::email_domain("example.com").and(Admission::group("Staff"));
        assert_eq!(both.judge(&ada).await, Err(TurnedAway::NotAdmitted));
    }

    #[tokio::test]
    async fn groups_that_are_not_listed_are_told_apart() {
        let mut many = Identity::new("1099");
        many.groups_not_listed = true;
        let rule = Admission::group("Staff").or(Admission::check(|_| false));
        assert_eq!(rule.judge(&many).await, Err(TurnedAway::GroupsNotListed));
        let rule = Admission::email_domain("example.com");
        assert_eq!(rule.judge(&many).await, Err(TurnedAway::NotAdmitted));
    }

    #[tokio::test]
    async fn a_function_that_panics_has_not_said_yes() {
        let rule = Admission::check(|_| panic!("no"));
        assert_eq!(rule.judge(&ada()).await, Err(TurnedAway::NotAdmitted));
    }

    #[tokio::test]
    async fn a_stand_in_admits_by_what_it_tells() {
        let only_mail = |fact| fact == Fact::Email;
        let rule = Admission::tenant("x").and(Admission::email_domain("example.com"));
        let rule = rule.narrowed_to(&only_mail);
        assert_eq!(rule.judge(&ada()).await, Ok(()));
        let rule = Admission::tenant("x").and(Admission::email_domain("example.org"));
        let rule = rule.narrowed_to(&only_mail);
        assert!(rule.judge(&ada()).await.is_err());
    }
}
