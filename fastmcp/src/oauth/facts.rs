//! From a verified sign-in to the facts of a grant: may they, as whom, with which scopes, roles
//! and claims; and the same of somebody who is looked at again.

use super::settings::Settings;
use super::upstream::{Again, SignedIn};
use crate::ledger::{NewGrant, Seen, UpstreamTokens};
use crate::provider::{Identity, TurnedAway};
use crate::spec::Scopes;

/// Why somebody gets no grant, or keeps none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The rule says no.
    TurnedAway(TurnedAway),
    /// The rule did not answer in time: it may at the next try.
    Undecided,
}

impl Refusal {
    /// For the audit log.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::TurnedAway(TurnedAway::NotAdmitted) => "not_admitted",
            Self::TurnedAway(TurnedAway::GroupsNotListed) => "groups_not_listed",
            Self::Undecided => "admission_undecided",
        }
    }

    /// For the user, through the client: nothing of what the rule is.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::TurnedAway(TurnedAway::NotAdmitted) => {
                "this account may not sign in here; ask whoever runs this server for access"
            }
            Self::TurnedAway(TurnedAway::GroupsNotListed) => {
                "this account is in more groups than the identity provider lists, so this server \
                 cannot tell whether it may sign in; ask whoever runs it"
            }
            Self::Undecided => "this server could not decide in time who may sign in; try again",
        }
    }
}

/// The facts of a grant for `asked` scopes.
///
/// # Errors
/// Why this user may not sign in, with the tokens that are to be given back.
pub(super) async fn facts(
    settings: &Settings,
    asked: &Scopes,
    signed_in: SignedIn,
) -> Result<NewGrant, (Refusal, Box<UpstreamTokens>)> {
    let identity = &signed_in.identity;
    if let Err(refusal) = admitted(settings, identity).await {
        return Err((refusal, Box::new(signed_in.tokens)));
    }
    let claims = settings.passthrough.apply(
        signed_in.access_token_claims.as_ref(),
        signed_in.id_token_claims.as_ref(),
    );
    Ok(NewGrant {
        subject: identity.subject.clone(),
        scopes: granted(asked, &settings.upstream_scopes, signed_in.granted.as_ref()),
        roles: settings.roles(identity),
        claims,
        upstream: Some(signed_in.tokens),
        told: Some(signed_in.told),
    })
}

/// What a later look has seen of the user of a grant.
///
/// # Errors
/// The user may not be here any more.
pub(super) async fn seen(settings: &Settings, again: Again) -> Result<Seen, Refusal> {
    admitted(settings, &again.identity).await?;
    let Again {
        identity,
        access_token_claims,
        id_token_claims,
        told,
    } = again;
    // Those of an ID token that nobody could verify and that did not come again are not known.
    let is_known = id_token_claims.is_some() || !told.unverified;
    let claims = is_known.then(|| {
        let passthrough = &settings.passthrough;
        passthrough.apply(access_token_claims.as_ref(), id_token_claims.as_ref())
    });
    Ok(Seen {
        roles: settings.roles(&identity),
        claims,
        told,
    })
}

async fn admitted(settings: &Settings, identity: &Identity) -> Result<(), Refusal> {
    let Some(rule) = &settings.admits else {
        return Ok(());
    };
    let judged = tokio::time::timeout(settings.upstream_timeout, rule.judge(identity)).await;
    let Ok(judged) = judged else {
        tracing::error!("a function that `admits` names took too long");
        return Err(Refusal::Undecided);
    };
    judged.map_err(Refusal::TurnedAway)
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
