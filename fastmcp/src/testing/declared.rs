//! Whether a caller can have what a test gives it.

use super::Caller;
use crate::server::inside::Facts;

/// Panics where no login could end in such a session.
#[track_caller]
pub(super) fn check(facts: &Facts, caller: &Caller) {
    let name = &facts.name;
    for role in &caller.roles {
        let known = facts.roles;
        assert!(
            known.contains(&&**role),
            "role `{role}` is not declared on server `{name}`; declared roles: {known:?}"
        );
    }
    for scope in &caller.scopes {
        let known = facts.scopes;
        assert!(
            known.is_empty() || known.contains(&&**scope),
            "scope `{scope}` is not declared on server `{name}`; declared scopes: {known:?}"
        );
    }
}
