//! The words of `access`: `role("admin")`, `scope("notes:write")`, and functions that take a
//! session.

use quote::ToTokens;
use syn::{Expr, ExprCall, ExprLit, Lit, Path};

use super::expression::{Join, Rules, same_path};
use super::words::{is_role, is_scope};
use crate::codes;
use crate::diagnose::{Diagnostics, choices};
use crate::model::Rule;
use crate::parse::bare;

impl Rules for Rule {
    const OPTION: &'static str = "access";

    fn joined(join: Join, rules: Vec<Self>) -> Self {
        match join {
            Join::Or => Self::Any(rules),
            Join::And => Self::All(rules),
        }
    }

    fn parts(&self, join: Join) -> Option<&[Self]> {
        match (join, self) {
            (Join::Or, Self::Any(parts)) | (Join::And, Self::All(parts)) => Some(parts),
            _ => None,
        }
    }

    fn is_same_leaf(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Role(a), Self::Role(b)) | (Self::Scope(a), Self::Scope(b)) => {
                a.value() == b.value()
            }
            (Self::Check(a), Self::Check(b)) => same_path(a, b),
            _ => false,
        }
    }

    fn named(call: &ExprCall, errors: &mut Diagnostics) -> Option<Self> {
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
            "role" => is_role(text, errors).then(|| Self::Role(text.clone())),
            _ => is_scope(text, errors).then(|| Self::Scope(text.clone())),
        }
    }

    fn predicate(path: &Path, errors: &mut Diagnostics) -> Option<Self> {
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
        Some(Self::Check(path.clone()))
    }

    fn negated(written: &Expr, errors: &mut Diagnostics) {
        errors.error(
            codes::NOT_A_RULE,
            written,
            "`access` has no `!`: everybody lacks most roles",
            "name a function that decides: `fn allowed(user: &AuthSession) -> bool { \
             !user.has_role(\"guest\") }`",
        );
    }

    fn misfit(tokens: impl ToTokens, errors: &mut Diagnostics) {
        errors.error(
            codes::NOT_A_RULE,
            tokens,
            "`access` cannot be decided by this",
            "use `role(\"…\")`, `scope(\"…\")`, `&&`, `||`, parentheses, or the name of a function \
             that takes `&AuthSession`",
        );
    }
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
