//! What was written in an attribute is the rule that is asked.

use fastmcp::auth::{Principal, Rule, Verdict};

use crate::declared::*;

#[test]
fn a_rule_is_what_was_written() {
    assert!(matches!(tool("add").rule, Rule::Default));
    assert!(matches!(tool("whoami").rule, Rule::Public));
    assert!(matches!(tool("lent").rule, Rule::SignedIn));
    let expected = "All([Any([Role(\"admin\"), Role(\"editor\")]), All([Scope(\"a\"), \
                    Scope(\"b\")]), All([Role(\"owner\"), Any([Scope(\"c\"), Check(is_ann), \
                    Check(is_bob)])])])";
    assert_eq!(format!("{:?}", tool("ruled").rule), expected);
}

#[tokio::test]
async fn predicates_are_asked() {
    let with = |subject: &str, scopes: &[&str]| {
        session(Principal {
            subject: subject.to_owned(),
            roles: ["owner", "editor"].map(str::to_owned).into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..Principal::default()
        })
    };
    for (session, expected) in [
        (with("ann", &["a", "b"]), Verdict::Allowed),
        (with("bob", &["a", "b"]), Verdict::Allowed),
        (with("eve", &["a", "b", "c"]), Verdict::Allowed),
    ] {
        assert_eq!(tool("ruled").rule.judge(Some(&session)).await, expected);
    }
    let lacking = tool("ruled").rule.judge(Some(&with("eve", &["a"]))).await;
    assert!(matches!(lacking, Verdict::MissingScopes(_)), "{lacking:?}");
}
