//! From a verified sign-in to the facts of a grant: may they, as whom, with which scopes, roles
//! and claims.

use super::settings::Settings;
use super::upstream::SignedIn;
use crate::ledger::NewGrant;
use crate::spec::Scopes;

/// The facts of a grant for `asked` scopes; `None` if this user may not sign in.
pub(super) fn facts(settings: &Settings, asked: &Scopes, signed_in: SignedIn) -> Option<NewGrant> {
    let identity = &signed_in.identity;
    if !settings.admits(identity) {
        return None;
    }
    let claims = settings.passthrough.apply(
        signed_in.access_token_claims.as_ref(),
        signed_in.id_token_claims.as_ref(),
    );
    Some(NewGrant {
        subject: identity.subject.clone(),
        scopes: granted(asked, &settings.upstream_scopes, signed_in.granted.as_ref()),
        roles: settings.roles(identity),
        claims,
        upstream: Some(signed_in.tokens),
    })
}

/// What the user gave: of the scopes that the provider was asked for those it says it granted, and
/// our own ones as approved on the consent page.
fn granted(asked: &Scopes, upstream: &Scopes, answered: Option<&Scopes>) -> Scopes {
    let Some(answered) = answered else {
        return asked.clone();
    };
    asked
        .iter()
        .filter(|scope| !upstream.contains(scope) || answered.contains(scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some_of(all: &'static [&'static str]) -> impl Strategy<Value = Scopes> {
        prop::sample::subsequence(all, 0..=all.len()).prop_map(|some| some.into_iter().collect())
    }

    proptest! {
        /// A grant is never wider than what was asked for, and of what the provider was asked for
        /// it has what the provider gave.
        #[test]
        fn a_grant_only_narrows(
            asked in some_of(&["a", "b", "c", "d", "e"]),
            upstream in some_of(&["a", "b", "c", "x"]),
            answered in prop::option::of(some_of(&["a", "b", "d", "x", "y"])),
        ) {
            let given = granted(&asked, &upstream, answered.as_ref());
            prop_assert!(given.is_subset(&asked));
            let Some(answered) = answered else {
                prop_assert_eq!(given, asked);
                return Ok(());
            };
            for scope in asked.iter() {
                let is_kept = !upstream.contains(scope) || answered.contains(scope);
                prop_assert_eq!(given.contains(scope), is_kept, "{}", scope);
            }
        }
    }

    #[test]
    fn a_scope_unticked_at_the_provider_is_not_granted() {
        let scopes = |text| Scopes::parse(text).unwrap();
        let asked = scopes("mail.read notes:write openid");
        let upstream = scopes("mail.read openid profile");
        let some = scopes("openid");
        let given = granted(&asked, &upstream, Some(&some));
        assert_eq!(given.to_string(), "notes:write openid");
        assert_eq!(granted(&asked, &upstream, None), asked);
    }
}
