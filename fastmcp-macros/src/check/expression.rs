//! `access = role("a") && (scope("b") || predicate)`: what it means, and whether each part of it
//! changes anything.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprCall, ExprLit, ExprUnary, Lit, Path, UnOp};

use super::words::{is_role, is_scope};
use crate::codes;
use crate::diagnose::{Diagnostics, choices};
use crate::model::Rule;
use crate::parse::bare;

/// How operands are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    Or,
    And,
}

impl Join {
    fn of(operator: &BinOp) -> Option<Self> {
        match operator {
            BinOp::Or(_) => Some(Self::Or),
            BinOp::And(_) => Some(Self::And),
            _ => None,
        }
    }

    fn rule(self, rules: Vec<Rule>) -> Rule {
        match self {
            Self::Or => Rule::Any(rules),
            Self::And => Rule::All(rules),
        }
    }

    /// The operands of `rule`, if it is joined the other way.
    fn other_parts(self, rule: &Rule) -> &[Rule] {
        match (self, rule) {
            (Self::Or, Rule::All(parts)) | (Self::And, Rule::Any(parts)) => parts,
            _ => &[],
        }
    }
}

/// The rule that `written` means; `None` after a mistake.
pub(super) fn expression(written: &Expr, errors: &mut Diagnostics) -> Option<Rule> {
    match written {
        Expr::Paren(inner) => expression(&inner.expr, errors),
        Expr::Group(inner) => expression(&inner.expr, errors),
        Expr::Binary(binary) => {
            if let Some(join) = Join::of(&binary.op) {
                return joined(written, join, errors);
            }
            not_a_rule(binary.op, errors);
            None
        }
        Expr::Call(call) => named(call, errors),
        Expr::Path(path) if path.qself.is_none() => predicate(&path.path, errors),
        Expr::Unary(ExprUnary {
            op: UnOp::Not(_), ..
        }) => {
            errors.error(
                codes::NOT_A_RULE,
                written,
                "`access` has no `!`: everybody lacks most roles",
                "name a function that decides: `fn allowed(user: &AuthSession) -> bool { \
                 !user.has_role(\"guest\") }`",
            );
            None
        }
        other => {
            not_a_rule(other, errors);
            None
        }
    }
}

/// `a || b || c` as one list, every operand of which must change something.
fn joined(written: &Expr, join: Join, errors: &mut Diagnostics) -> Option<Rule> {
    let mut operands = Vec::new();
    collect(written, join, &mut operands);
    let mut rules: Vec<Rule> = Vec::new();
    let mut is_whole = true;
    for operand in operands {
        let Some(rule) = expression(operand, errors) else {
            is_whole = false;
            continue;
        };
        if let Some(fault) = rules.iter().find_map(|before| idle(before, &rule, join)) {
            errors.error(
                codes::CHANGES_NOTHING,
                operand,
                fault,
                "remove it, or name what was meant instead",
            );
        }
        rules.push(rule);
    }
    is_whole.then(|| join.rule(rules))
}

fn collect<'a>(written: &'a Expr, join: Join, found: &mut Vec<&'a Expr>) {
    match written {
        Expr::Paren(inner) => collect(&inner.expr, join, found),
        Expr::Group(inner) => collect(&inner.expr, join, found),
        Expr::Binary(binary) if Join::of(&binary.op) == Some(join) => {
            collect(&binary.left, join, found);
            collect(&binary.right, join, found);
        }
        operand => found.push(operand),
    }
}

/// Why `rule` changes nothing beside `before`: the same again, or one of the two is enough.
fn idle(before: &Rule, rule: &Rule, join: Join) -> Option<&'static str> {
    if same(before, rule) {
        return Some("this part of `access` is there twice");
    }
    let inside = |part: &Rule, whole: &Rule| {
        let parts = join.other_parts(whole);
        parts.iter().any(|other| same(part, other))
    };
    (inside(before, rule) || inside(rule, before))
        .then_some("this part of `access` changes nothing: another part decides it already")
}

/// Whether two rules are the same, whatever the order of their parts.
pub(super) fn same(a: &Rule, b: &Rule) -> bool {
    match (a, b) {
        (Rule::Role(a), Rule::Role(b)) | (Rule::Scope(a), Rule::Scope(b)) => a.value() == b.value(),
        (Rule::Check(a), Rule::Check(b)) => {
            a.to_token_stream().to_string() == b.to_token_stream().to_string()
        }
        (Rule::Any(a), Rule::Any(b)) | (Rule::All(a), Rule::All(b)) => {
            let within = |a: &[Rule], b: &[Rule]| a.iter().all(|a| b.iter().any(|b| same(a, b)));
            within(a, b) && within(b, a)
        }
        _ => false,
    }
}

/// `role("admin")` or `scope("notes:write")`.
fn named(call: &ExprCall, errors: &mut Diagnostics) -> Option<Rule> {
    let word = call.func.to_token_stream().to_string();
    if word != "role" && word != "scope" {
        errors.error(
            codes::UNKNOWN_WORD,
            &call.func,
            format_args!("`access` does not know `{word}(…)`"),
            format_args!(
                "{}; a function of your own is named without parentheses",
                choices(&word, "words", &["role", "scope"])
            ),
        );
        return None;
    }
    let arguments: Vec<&Expr> = call.args.iter().map(bare).collect();
    let [
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }),
    ] = arguments[..]
    else {
        without_text(call, &word, errors);
        return None;
    };
    match word.as_str() {
        "role" => is_role(text, errors).then(|| Rule::Role(text.clone())),
        _ => is_scope(text, errors).then(|| Rule::Scope(text.clone())),
    }
}

/// A function of the user's own.
fn predicate(path: &Path, errors: &mut Diagnostics) -> Option<Rule> {
    if path.is_ident("role") || path.is_ident("scope") {
        without_text(path, &path.to_token_stream().to_string(), errors);
        return None;
    }
    if path.is_ident("requires_auth") || path.is_ident("public") {
        errors.error(
            codes::NOT_A_RULE,
            path,
            "this word is an option of its own and no part of `access`",
            "remove it: `access` asks for a signed-in user anyway",
        );
        return None;
    }
    Some(Rule::Check(path.clone()))
}

fn without_text(tokens: impl ToTokens, word: &str, errors: &mut Diagnostics) {
    let example = if word == "role" {
        "admin"
    } else {
        "notes:write"
    };
    errors.error(
        codes::WORD_WITHOUT_TEXT,
        tokens,
        format_args!("`{word}` needs one text in quotes"),
        format_args!("write `{word}(\"{example}\")`, and join several by `||` or `&&`"),
    );
}

fn not_a_rule(tokens: impl ToTokens, errors: &mut Diagnostics) {
    errors.error(
        codes::NOT_A_RULE,
        tokens,
        "`access` cannot be decided by this",
        "use `role(\"…\")`, `scope(\"…\")`, `&&`, `||`, parentheses, or the name of a function \
         that takes `&AuthSession`",
    );
}
