//! What follows from the rule for who may log in, before anybody does: what the provider is asked
//! for, and what a provider that stands in for it need not tell.

use super::options::ProxyOptions;
use super::upstream::Memberships;
use crate::provider::{Admission, Fact, Provider};

/// Options and provider as the rule needs them.
pub(super) fn asked_for(
    mut options: ProxyOptions,
    mut provider: Provider,
) -> (ProxyOptions, Provider) {
    let Some(rule) = options.admits.take() else {
        return (options, provider);
    };
    if provider.is_development() {
        let told = |fact| provider.can_tell(fact);
        if rule.facts().into_iter().any(|fact| !told(fact)) {
            tracing::warn!(
                "`admits` asks for what `dev` does not tell; here it holds for everybody"
            );
        }
        options.admits = Some(rule.narrowed_to(&told));
        return (options, provider);
    }
    for fact in rule.facts() {
        let told = provider.tells.iter().find(|(known, _)| *known == fact);
        let Some(scope) = told.and_then(|(_, scope)| scope.clone()) else {
            continue;
        };
        add(&mut provider.identity_scopes, &scope);
        add(&mut provider.scopes, &scope);
        if let Some(chosen) = options.scopes.as_mut().filter(|it| !it.is_empty()) {
            add(chosen, &scope);
        }
    }
    if let Admission::HostedDomain(domain) = &rule {
        hint(&options, &mut provider, domain);
    }
    options.admits = Some(rule);
    (options, provider)
}

fn add(scopes: &mut Vec<String>, scope: &str) {
    if !scopes.iter().any(|known| known == scope) {
        scopes.push(scope.to_owned());
    }
}

/// Google then offers the accounts of that domain first. What comes back decides.
fn hint(options: &ProxyOptions, provider: &mut Provider, domain: &str) {
    let is_hint = |(name, _): &(String, String)| name == "hd";
    let chosen = &options.extra_authorization_params;
    let is_set =
        chosen.iter().any(is_hint) || provider.extra_authorization_params.iter().any(is_hint);
    if !is_set && provider.can_tell(Fact::HostedDomain) {
        let hint = ("hd".to_owned(), domain.to_owned());
        provider.extra_authorization_params.push(hint);
    }
}

/// The memberships that the rule names.
pub(super) fn memberships(rule: Option<&Admission>) -> Memberships {
    let mut found = Memberships::default();
    for leaf in rule.map(Admission::leaves).unwrap_or_default() {
        match leaf {
            Admission::Organization(login) => found.organizations.push(login.to_ascii_lowercase()),
            Admission::Team { organization, team } => {
                let team = team.to_ascii_lowercase();
                found.teams.push((organization.to_ascii_lowercase(), team));
            }
            _ => {}
        }
    }
    found.organizations.sort_unstable();
    found.organizations.dedup();
    found.teams.sort_unstable();
    found.teams.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{dev, github, google};

    fn with(rule: Admission, scopes: Option<&str>) -> ProxyOptions {
        ProxyOptions {
            admits: Some(rule),
            scopes: scopes.map(|scope| vec![scope.to_owned()]),
            ..ProxyOptions::default()
        }
    }

    #[test]
    fn scopes_follow_from_the_rule() {
        let rule = || Admission::team("acme/ops").or(Admission::organization("Acme"));
        let (options, provider) = asked_for(with(rule(), Some("read:user")), github());
        assert!(provider.scopes.contains(&"read:org".to_owned()));
        assert!(provider.identity_scopes.contains(&"read:org".to_owned()));
        assert_eq!(options.scopes.unwrap(), ["read:user", "read:org"]);
        let (options, provider) = asked_for(with(rule(), None), github());
        assert_eq!(options.scopes, None);
        assert_eq!(provider.scopes.last().unwrap(), "read:org");
        let asked = memberships(options.admits.as_ref());
        assert_eq!(asked.organizations, ["acme"]);
        assert_eq!(asked.teams, [("acme".to_owned(), "ops".to_owned())]);
    }

    #[test]
    fn a_rule_of_one_domain_is_a_hint_for_google() {
        let hint = ("hd".to_owned(), "example.com".to_owned());
        let rule = Admission::hosted_domain("example.com");
        let (_, provider) = asked_for(with(rule.clone(), None), google());
        assert!(provider.extra_authorization_params.contains(&hint));
        let either = rule.or(Admission::email_domain("example.org"));
        let (_, provider) = asked_for(with(either, None), google());
        assert!(!provider.extra_authorization_params.contains(&hint));
    }

    #[tokio::test]
    async fn a_stand_in_is_not_asked_for_what_it_does_not_tell() {
        let rule = Admission::tenant("7").and(Admission::check(|who| who.subject == "alice"));
        let (options, _) = asked_for(with(rule, None), dev());
        let rule = options.admits.unwrap();
        let judged = async |who: &str| rule.judge(&crate::provider::Identity::new(who)).await;
        assert!(judged("alice").await.is_ok() && judged("bob").await.is_err());
    }
}
