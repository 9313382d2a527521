//! Who may use an item: `requires_auth`, `roles`, `scopes`, `access` and `public` become one rule.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{BinOp, Expr, ExprCall, ExprLit, Lit, LitStr};

use super::{flag, take};
use crate::diagnose::{Diagnostics, choices};
use crate::model::{Access, Rule};
use crate::parse::{Given, Texts, ToolOptions};

/// Takes the access options out of `options`.
pub(super) fn access(options: &mut ToolOptions, errors: &mut Diagnostics) -> Access {
    let asks = asking(options);
    let public_key = options.public.as_ref().map(|given| given.key.clone());
    let signed_in = flag(options.requires_auth.take(), errors).unwrap_or(false);
    let public = flag(options.public.take(), errors).unwrap_or(false);
    let roles = roles(options.roles.take(), "this tool", errors);
    let scopes = scopes(options.scopes.take(), errors);
    let expression = take(options.access.take(), errors);
    let expression = expression.and_then(|expression| rule(&expression, errors));

    let mut all = Vec::new();
    all.extend(group(roles, Rule::Role, Rule::Any));
    all.extend(group(scopes, Rule::Scope, Rule::All));
    all.extend(expression);
    if public && (signed_in || asks.is_some()) {
        errors.error(
            public_key,
            "`public` admits everyone, but the tool also asks for a signed-in user",
            "remove `public`, or remove the other access options",
        );
    }
    let rule = match (all.len(), signed_in, public) {
        (0, _, true) => Rule::Public,
        (0, true, _) => Rule::SignedIn,
        (0, false, _) => Rule::Default,
        (1, ..) => all.remove(0),
        _ => Rule::All(all),
    };
    let mut found = Access {
        rule: rule.clone(),
        asks,
        roles: Vec::new(),
        scopes: Vec::new(),
    };
    found.name(&rule);
    found
}

/// The first word that asks for a signed-in user.
fn asking(options: &ToolOptions) -> Option<TokenStream> {
    let mut silent = Diagnostics::default();
    let required = options
        .requires_auth
        .clone()
        .filter(|given| flag(Some(given.clone()), &mut silent) == Some(true))
        .map(|given| given.key);
    required
        .or_else(|| options.roles.as_ref().map(|given| given.key.clone()))
        .or_else(|| options.scopes.as_ref().map(|given| given.key.clone()))
        .or_else(|| options.access.as_ref().map(|given| given.key.clone()))
        .map(ToTokens::into_token_stream)
}

impl Access {
    /// Collects the roles and scopes that the rule names.
    fn name(&mut self, rule: &Rule) {
        match rule {
            Rule::Role(name) => self.roles.push(name.clone()),
            Rule::Scope(name) => self.scopes.push(name.clone()),
            Rule::Any(rules) | Rule::All(rules) => rules.iter().for_each(|rule| self.name(rule)),
            Rule::Default | Rule::Public | Rule::SignedIn | Rule::Check(_) => {}
        }
    }
}

fn group(words: Vec<LitStr>, one: fn(LitStr) -> Rule, many: fn(Vec<Rule>) -> Rule) -> Option<Rule> {
    let mut rules: Vec<Rule> = words.into_iter().map(one).collect();
    match rules.len() {
        0 => None,
        1 => rules.pop(),
        _ => Some(many(rules)),
    }
}

/// A list of roles, none of them empty; `whom` is what nobody could use without one.
pub(super) fn roles(
    given: Option<Given<Texts>>,
    whom: &str,
    errors: &mut Diagnostics,
) -> Vec<LitStr> {
    let Some(list) = take(given, errors) else {
        return Vec::new();
    };
    if list.items.is_empty() {
        errors.error(
            &list.tokens,
            format_args!("`roles` is empty, so nobody could call {whom}"),
            "name at least one role, or remove `roles` to admit every signed-in user",
        );
    }
    list.items
        .into_iter()
        .filter(|role| is_role(role, errors))
        .collect()
}

fn is_role(role: &LitStr, errors: &mut Diagnostics) -> bool {
    let text = role.value();
    let good = !text.is_empty() && text.trim() == text;
    if !good {
        errors.error(
            role,
            "a role that no identity can have",
            "write its name without spaces around it, such as `\"admin\"`",
        );
    }
    good
}

/// A list of scopes, each one token of RFC 6749 section 3.3.
pub(super) fn scopes(given: Option<Given<Texts>>, errors: &mut Diagnostics) -> Vec<LitStr> {
    let Some(list) = take(given, errors) else {
        return Vec::new();
    };
    if list.items.is_empty() {
        errors.error(
            &list.tokens,
            "`scopes` is empty, so it asks for nothing",
            "name at least one scope, or remove `scopes`",
        );
    }
    list.items
        .into_iter()
        .filter(|scope| is_scope(scope, errors))
        .collect()
}

fn is_scope(scope: &LitStr, errors: &mut Diagnostics) -> bool {
    let text = scope.value();
    if text.contains(' ') && !text.trim().is_empty() {
        let split: Vec<String> = text
            .split_whitespace()
            .map(|one| format!("\"{one}\""))
            .collect();
        errors.error(
            scope,
            "a scope has no spaces",
            format_args!("write each scope by itself: `{}`", split.join(", ")),
        );
        return false;
    }
    let allowed = |c: char| ('!'..='~').contains(&c) && c != '"' && c != '\\';
    let good = !text.is_empty() && text.chars().all(allowed);
    if !good {
        errors.error(
            scope,
            "a scope that OAuth cannot carry",
            "write printable ASCII without spaces, quotes and backslashes, such as \
             `\"notes:write\"`",
        );
    }
    good
}

/// `role("a") && (scope("b") || predicate)`.
fn rule(expression: &Expr, errors: &mut Diagnostics) -> Option<Rule> {
    match expression {
        Expr::Paren(inner) => rule(&inner.expr, errors),
        Expr::Group(inner) => rule(&inner.expr, errors),
        Expr::Binary(binary) => {
            let many: fn(Vec<Rule>) -> Rule = match binary.op {
                BinOp::Or(_) => Rule::Any,
                BinOp::And(_) => Rule::All,
                operator => {
                    not_a_rule(operator, errors);
                    return None;
                }
            };
            let left = rule(&binary.left, errors);
            let right = rule(&binary.right, errors);
            Some(joined(many(vec![left?, right?])))
        }
        Expr::Call(call) => named(call, errors),
        Expr::Path(path) if path.qself.is_none() => Some(Rule::Check(path.path.clone())),
        other => {
            not_a_rule(other, errors);
            None
        }
    }
}

/// `a || b || c` as one list.
fn joined(rule: Rule) -> Rule {
    match rule {
        Rule::Any(rules) => Rule::Any(
            rules
                .into_iter()
                .flat_map(|rule| match rule {
                    Rule::Any(inner) => inner,
                    rule => vec![rule],
                })
                .collect(),
        ),
        Rule::All(rules) => Rule::All(
            rules
                .into_iter()
                .flat_map(|rule| match rule {
                    Rule::All(inner) => inner,
                    rule => vec![rule],
                })
                .collect(),
        ),
        rule => rule,
    }
}

/// `role("admin")` or `scope("notes:write")`.
fn named(call: &ExprCall, errors: &mut Diagnostics) -> Option<Rule> {
    let word = call.func.to_token_stream().to_string();
    if word != "role" && word != "scope" {
        errors.error(
            &call.func,
            format_args!("`access` does not know `{word}(…)`"),
            format_args!(
                "{}; a function of your own is named without parentheses",
                choices(&word, "words", &["role", "scope"])
            ),
        );
        return None;
    }
    let arguments: Vec<&Expr> = call.args.iter().collect();
    let [
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }),
    ] = arguments[..]
    else {
        errors.error(
            call,
            format_args!("`{word}` needs one text in quotes"),
            format_args!("write `{word}(\"admin\")`, and join several by `||` or `&&`"),
        );
        return None;
    };
    match word.as_str() {
        "role" => is_role(text, errors).then(|| Rule::Role(text.clone())),
        _ => is_scope(text, errors).then(|| Rule::Scope(text.clone())),
    }
}

fn not_a_rule(tokens: impl ToTokens, errors: &mut Diagnostics) {
    errors.error(
        tokens,
        "`access` cannot be decided by this",
        "use `role(\"…\")`, `scope(\"…\")`, `&&`, `||`, parentheses, or the name of a function \
         that takes `&AuthSession`",
    );
}
