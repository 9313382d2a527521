//! Rules by name, for those who write them by hand: behind a [`Guard`](crate::guard::Guard), or
//! nested in one another.

use super::Rule;

/// Any signed-in user.
pub const fn require_auth() -> Rule {
    Rule::SignedIn
}

/// A user with `role`.
pub const fn require_role(role: &'static str) -> Rule {
    Rule::Role(role)
}

/// A user with at least one of `roles`; nobody, if there is none.
pub const fn require_roles(roles: &'static [&'static str]) -> Rule {
    Rule::AnyRole(roles)
}

/// A token with all of `scopes`.
pub const fn require_scopes(scopes: &'static [&'static str]) -> Rule {
    Rule::AllScopes(scopes)
}

/// Every one of `rules`.
///
/// ```
/// use fastmcp::auth::{Rule, require_all, require_any, require_role, require_scopes};
///
/// const EDITORS: Rule = require_any(&[
///     require_role("admin"),
///     require_all(&[require_role("editor"), require_scopes(&["notes:write"])]),
/// ]);
/// assert!(EDITORS.scopes().contains("notes:write"));
/// ```
pub const fn require_all(rules: &'static [Rule]) -> Rule {
    Rule::All(rules)
}

/// At least one of `rules`; nobody, if there is none.
pub const fn require_any(rules: &'static [Rule]) -> Rule {
    Rule::Any(rules)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::auth::{AuthSession, Predicate, Principal, Verdict};

    fn session(roles: &[&str], scopes: &[&str]) -> AuthSession {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let principal = Principal {
            roles: owned(roles),
            scopes: owned(scopes),
            ..Principal::default()
        };
        AuthSession::new(principal, None)
    }

    const RULE: Rule = require_any(&[
        require_roles(&["admin", "root"]),
        require_all(&[require_role("editor"), require_scopes(&["read", "write"])]),
    ]);

    #[tokio::test]
    async fn rules_nest_and_name_every_scope_that_would_help() {
        for (roles, scopes, allowed) in [
            (&["root"][..], &[][..], true),
            (&["editor"], &["read", "write"], true),
            (&["reader"], &["read", "write"], false),
        ] {
            let verdict = RULE.judge(Some(&session(roles, scopes))).await;
            assert_eq!(verdict == Verdict::Allowed, allowed, "{roles:?}");
        }
        let all = BTreeSet::from(["read".to_owned(), "write".to_owned()]);
        let verdict = RULE.judge(Some(&session(&["editor"], &["read"]))).await;
        assert_eq!(verdict, Verdict::MissingScopes(all));
        assert_eq!(RULE.judge(None).await, Verdict::SignIn);
        assert_eq!(RULE.roles(), BTreeSet::from(["admin", "editor", "root"]));
        assert_eq!(RULE.scopes(), BTreeSet::from(["read", "write"]));
        assert_eq!(Rule::Scope("mail").scopes(), BTreeSet::from(["mail"]));
    }

    #[tokio::test]
    async fn of_a_choice_the_first_branch_that_scopes_alone_can_open_is_named() {
        const CHOICE: Rule = require_any(&[
            require_all(&[require_role("admin"), Rule::Scope("all")]),
            Rule::Scope("mail"),
            require_scopes(&["notes"]),
        ]);
        for (roles, scopes) in [(&["reader"], ["mail"]), (&["admin"], ["all"])] {
            let verdict = CHOICE.judge(Some(&session(roles, &[]))).await;
            let missing = scopes.map(str::to_owned).into();
            assert_eq!(verdict, Verdict::MissingScopes(missing), "{roles:?}");
        }
    }

    #[tokio::test]
    async fn every_function_is_asked_and_each_answers_for_itself() {
        const YES: Rule = Rule::Check(&Predicate {
            name: "yes",
            call: |_| Box::pin(async { true }),
        });
        const NO: Rule = Rule::Check(&Predicate {
            name: "no",
            call: |_| Box::pin(async { false }),
        });
        let somebody = session(&[], &[]);
        for (rule, verdict) in [
            (YES, Verdict::Allowed),
            (NO, Verdict::Forbidden),
            (require_any(&[NO, YES]), Verdict::Allowed),
            (require_all(&[NO, YES]), Verdict::Forbidden),
        ] {
            assert_eq!(rule.judge(Some(&somebody)).await, verdict, "{rule}");
        }
    }

    #[tokio::test]
    async fn an_empty_choice_admits_nobody() {
        let somebody = session(&["admin"], &["read"]);
        for rule in [require_any(&[]), require_roles(&[])] {
            assert_eq!(rule.judge(Some(&somebody)).await, Verdict::Forbidden);
        }
        for rule in [require_auth(), require_all(&[]), require_scopes(&[])] {
            assert_eq!(rule.judge(Some(&somebody)).await, Verdict::Allowed);
            assert_eq!(rule.judge(None).await, Verdict::SignIn);
        }
    }
}
