//! What a sign-in at the provider comes to: the facts that a grant is made of.

use super::settings::Settings;
use super::upstream::SignedIn;
use crate::ledger::NewGrant;
use crate::spec::Scopes;

/// The facts of `signed_in` for a request that asked for `asked`; `None` if the server's login
/// rule does not admit the user.
///
/// Scopes are those that were asked for, shown to the user, and given by the provider. Roles come
/// from the verified identity; claims that pass through are for the tools to read and decide
/// nothing.
pub(super) fn facts(settings: &Settings, asked: &Scopes, signed_in: SignedIn) -> Option<NewGrant> {
    let identity = &signed_in.identity;
    if !settings.admits(identity) {
        return None;
    }
    let claims = settings.passthrough.as_ref().map(|passthrough| {
        passthrough.apply(
            signed_in.access_token_claims.as_ref(),
            signed_in.id_token_claims.as_ref(),
        )
    });
    Some(NewGrant {
        subject: identity.subject.clone(),
        scopes: match &signed_in.granted {
            Some(granted) => asked.intersection(granted),
            None => asked.clone(),
        },
        roles: settings.roles(identity),
        claims: claims.unwrap_or_default(),
        upstream: Some(signed_in.tokens),
    })
}
