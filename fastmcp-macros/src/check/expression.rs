//! `a("x") && (b("y") || predicate)`: what a rule in an attribute means, and whether each part of it
//! changes anything. What the words are is the rule's own matter.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprCall, ExprUnary, Path, UnOp};

use crate::codes;
use crate::diagnose::Diagnostics;

/// How operands are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
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

    fn other(self) -> Self {
        match self {
            Self::Or => Self::And,
            Self::And => Self::Or,
        }
    }
}

/// A rule that is written in such an expression.
pub(super) trait Rules: Sized {
    /// The option that it is written in.
    const OPTION: &'static str;

    fn joined(join: Join, rules: Vec<Self>) -> Self;

    /// The operands, if they are joined so.
    fn parts(&self, join: Join) -> Option<&[Self]>;

    /// Whether two rules that are no operands of others are the same.
    fn is_same_leaf(&self, other: &Self) -> bool;

    /// `word("text")`.
    fn named(call: &ExprCall, errors: &mut Diagnostics) -> Option<Self>;

    /// A function of the user's own.
    fn predicate(path: &Path, errors: &mut Diagnostics) -> Option<Self>;

    /// Reports a `!`.
    fn negated(written: &Expr, errors: &mut Diagnostics);

    /// Reports what cannot decide.
    fn misfit(tokens: impl ToTokens, errors: &mut Diagnostics);
}

/// The rule that `written` means; `None` after a mistake.
pub(super) fn expression<R: Rules>(written: &Expr, errors: &mut Diagnostics) -> Option<R> {
    match written {
        Expr::Paren(inner) => expression(&inner.expr, errors),
        Expr::Group(inner) => expression(&inner.expr, errors),
        Expr::Binary(binary) => {
            if let Some(join) = Join::of(&binary.op) {
                return joined(written, join, errors);
            }
            R::misfit(binary.op, errors);
            None
        }
        Expr::Call(call) => R::named(call, errors),
        Expr::Path(path) if path.qself.is_none() => R::predicate(&path.path, errors),
        Expr::Unary(ExprUnary {
            op: UnOp::Not(_), ..
        }) => {
            R::negated(written, errors);
            None
        }
        other => {
            R::misfit(other, errors);
            None
        }
    }
}

/// `a || b || c` as one list, every operand of which must change something.
fn joined<R: Rules>(written: &Expr, join: Join, errors: &mut Diagnostics) -> Option<R> {
    let mut operands = Vec::new();
    collect(written, join, &mut operands);
    let mut rules: Vec<R> = Vec::new();
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
    is_whole.then(|| R::joined(join, rules))
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
fn idle<R: Rules>(before: &R, rule: &R, join: Join) -> Option<String> {
    let option = R::OPTION;
    if same(before, rule) {
        return Some(format!("this part of `{option}` is there twice"));
    }
    let inside = |part: &R, whole: &R| {
        let parts = whole.parts(join.other()).unwrap_or_default();
        parts.iter().any(|other| same(part, other))
    };
    (inside(before, rule) || inside(rule, before)).then(|| {
        format!("this part of `{option}` changes nothing: another part decides it already")
    })
}

/// Whether two rules are the same, whatever the order of their parts.
pub(super) fn same<R: Rules>(a: &R, b: &R) -> bool {
    let within = |a: &[R], b: &[R]| a.iter().all(|a| b.iter().any(|b| same(a, b)));
    for join in [Join::Or, Join::And] {
        match (a.parts(join), b.parts(join)) {
            (Some(a), Some(b)) => return within(a, b) && within(b, a),
            (None, None) => {}
            _ => return false,
        }
    }
    a.is_same_leaf(b)
}

/// Whether two paths are written alike.
pub(super) fn same_path(a: &Path, b: &Path) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}
