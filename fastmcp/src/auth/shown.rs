//! A rule for people, in the words of the `access` option.

use std::fmt;

use super::Rule;

/// `role("admin") || (role("editor") && scope("notes:write"))`; `everyone`, `signed in`, `nobody`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("as the server decides"),
            Self::Public => f.write_str("everyone"),
            Self::SignedIn | Self::All([]) | Self::AllScopes([]) => f.write_str("signed in"),
            Self::Any([]) | Self::AnyRole([]) => f.write_str("nobody"),
            Self::Role(role) => write!(f, "role({role:?})"),
            Self::Scope(scope) => write!(f, "scope({scope:?})"),
            Self::AnyRole(roles) => joined(f, roles, " || ", |f, role| write!(f, "role({role:?})")),
            Self::AllScopes(scopes) => {
                joined(f, scopes, " && ", |f, scope| write!(f, "scope({scope:?})"))
            }
            Self::Any(rules) => joined(f, rules, " || ", inner),
            Self::All(rules) => joined(f, rules, " && ", inner),
            Self::Check(predicate) => f.write_str(predicate.name),
        }
    }
}

/// A rule inside another one, in parentheses if it has parts.
fn inner(f: &mut fmt::Formatter<'_>, rule: &Rule) -> fmt::Result {
    let parts = match rule {
        Rule::AnyRole(words) | Rule::AllScopes(words) => words.len(),
        Rule::Any(rules) | Rule::All(rules) => rules.len(),
        _ => 1,
    };
    if parts > 1 {
        write!(f, "({rule})")
    } else {
        write!(f, "{rule}")
    }
}

fn joined<T>(
    f: &mut fmt::Formatter<'_>,
    parts: &[T],
    between: &str,
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        show(f, part)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_as_it_is_written() {
        const BOTH: Rule = Rule::All(&[Rule::Role("editor"), Rule::Scope("notes:write")]);
        for (rule, shown) in [
            (Rule::Public, "everyone"),
            (Rule::Role("admin"), "role(\"admin\")"),
            (
                Rule::Any(&[Rule::Role("admin"), BOTH]),
                "role(\"admin\") || (role(\"editor\") && scope(\"notes:write\"))",
            ),
            (
                Rule::All(&[Rule::AnyRole(&["a", "b"]), Rule::AllScopes(&["x"])]),
                "(role(\"a\") || role(\"b\")) && scope(\"x\")",
            ),
            (Rule::AllScopes(&["x", "y"]), "scope(\"x\") && scope(\"y\")"),
            (Rule::Any(&[]), "nobody"),
            (Rule::All(&[]), "signed in"),
        ] {
            assert_eq!(rule.to_string(), shown);
        }
    }
}
