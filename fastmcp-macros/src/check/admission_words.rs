//! The words of `admits`: `email_domain("example.com")`, `team("acme/ops")`, …, and functions that
//! take an identity.

use quote::ToTokens;
use syn::{Expr, ExprCall, ExprLit, Lit, LitStr, Path};

use super::expression::{Join, Rules, same_path};
use crate::codes;
use crate::diagnose::{Diagnostics, choices, list};
use crate::model::{Admission, Fact};
use crate::parse::bare;

/// Every word, what it is about, and an example.
const WORDS: [(&str, Fact, &str); 6] = [
    ("email_domain", Fact::EmailDomain, "example.com"),
    ("hosted_domain", Fact::HostedDomain, "example.com"),
    (
        "tenant",
        Fact::Tenant,
        "72f988bf-86f1-41af-91ab-2d7cd011db47",
    ),
    ("group", Fact::Group, "staff"),
    ("organization", Fact::Organization, "acme"),
    ("team", Fact::Team, "acme/ops"),
];

/// Words that people try first.
const OTHERS: [(&str, &str); 9] = [
    ("domain", "email_domain"),
    ("domains", "email_domain"),
    ("email", "email_domain"),
    ("mail", "email_domain"),
    ("hd", "hosted_domain"),
    ("org", "organization"),
    ("organisation", "organization"),
    ("groups", "group"),
    ("tid", "tenant"),
];

fn known(word: &str) -> Option<(Fact, &'static str)> {
    let found = WORDS.iter().find(|(known, ..)| *known == word);
    found.map(|(_, fact, example)| (*fact, *example))
}

impl Rules for Admission {
    const OPTION: &'static str = "admits";

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
            (
                Self::Told { fact, text, .. },
                Self::Told {
                    fact: a, text: b, ..
                },
            ) => fact == a && text.value().eq_ignore_ascii_case(&b.value()),
            (Self::Check(a), Self::Check(b)) => same_path(a, b),
            _ => false,
        }
    }

    fn named(call: &ExprCall, errors: &mut Diagnostics) -> Option<Self> {
        let word = call.func.to_token_stream().to_string();
        let Some((fact, example)) = known(&word) else {
            let meant = OTHERS.iter().find(|(other, _)| *other == word);
            let words = WORDS.map(|(word, ..)| word);
            let help = match meant {
                Some((_, meant)) => {
                    format!("did you mean `{meant}`? known words: {}", list(&words))
                }
                None => choices(&word, "words", &words),
            };
            errors.error(
                codes::UNKNOWN_FACT,
                &call.func,
                format_args!("`admits` does not know `{word}(…)`"),
                format_args!("{help}; a function of your own is named without parentheses"),
            );
            return None;
        };
        let arguments: Vec<&Expr> = call.args.iter().map(bare).collect();
        let [
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }),
        ] = arguments[..]
        else {
            without_text(call, &word, example, errors);
            return None;
        };
        fits(&word, fact, text, errors).then(|| Self::Told {
            word: call.func.to_token_stream(),
            fact,
            text: text.clone(),
        })
    }

    fn predicate(path: &Path, errors: &mut Diagnostics) -> Option<Self> {
        let word = path.to_token_stream().to_string();
        if let Some((_, example)) = known(&word) {
            without_text(path, &word, example, errors);
            return None;
        }
        Some(Self::Check(path.clone()))
    }

    fn negated(written: &Expr, errors: &mut Diagnostics) {
        errors.error(
            codes::NOT_AN_ADMISSION,
            written,
            "`admits` has no `!`: it would admit whoever the provider says nothing about",
            "name a function that decides: `fn admitted(person: &fastmcp::provider::Identity) -> \
             bool`",
        );
    }

    fn misfit(tokens: impl ToTokens, errors: &mut Diagnostics) {
        errors.error(
            codes::NOT_AN_ADMISSION,
            tokens,
            "this does not say who may log in",
            "use words such as `email_domain(\"example.com\")`, `&&`, `||`, parentheses, or the \
             name of a function that takes `&Identity`",
        );
    }
}

fn without_text(tokens: impl ToTokens, word: &str, example: &str, errors: &mut Diagnostics) {
    errors.error(
        codes::WORD_WITHOUT_TEXT,
        tokens,
        format_args!("`{word}` needs one text in quotes"),
        format_args!("write `{word}(\"{example}\")`, and join several by `||` or `&&`"),
    );
}

/// Reports a text that nobody can have.
fn fits(word: &str, fact: Fact, written: &LitStr, errors: &mut Diagnostics) -> bool {
    let text = written.value();
    let misfit = match fact {
        Fact::EmailDomain | Fact::HostedDomain => domain(word, &text),
        Fact::Tenant => tenant(&text),
        Fact::Group => group(&text),
        Fact::Organization => organization(&text),
        Fact::Team => team(&text),
    };
    let Some((fault, help)) = misfit else {
        return true;
    };
    errors.error(
        codes::NOBODY,
        written,
        format_args!("{text:?} {fault}"),
        help,
    );
    false
}

type Misfit = Option<(&'static str, String)>;

fn domain(word: &str, text: &str) -> Misfit {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if text.contains('.') && text.len() <= 253 && text.split('.').all(is_label) {
        return None;
    }
    let (_, domain) = text.rsplit_once('@').unwrap_or(("", text));
    let help = if text.contains('@') && domain.contains('.') {
        format!("write `{word}(\"{domain}\")`; for single people name a function of your own")
    } else {
        format!(
            "write `{word}(\"example.com\")`; a domain stands for itself alone, so join several by \
             `||`"
        )
    };
    Some(("is not a domain, so nobody has an address in it", help))
}

fn tenant(text: &str) -> Misfit {
    (!is_tenant_id(text)).then(|| {
        (
            "is not the id of a tenant, so nobody belongs to it",
            "write the tenant id that Entra shows, such as \
             `tenant(\"72f988bf-86f1-41af-91ab-2d7cd011db47\")`"
                .to_owned(),
        )
    })
}

/// Whether this is an id, rather than a domain or a word for many.
pub(super) fn is_tenant_id(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    let hexadecimal = text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    groups == [8, 4, 4, 4, 12] && hexadecimal
}

fn group(text: &str) -> Misfit {
    let is_name = !text.is_empty() && text.trim() == text && !text.contains(char::is_control);
    (!is_name).then(|| {
        (
            "is not a group, so nobody is in it",
            "write it as the provider does: Entra's id of the group, or its name elsewhere"
                .to_owned(),
        )
    })
}

fn organization(text: &str) -> Misfit {
    (!is_login(text)).then(|| {
        let help = if text.contains('/') {
            format!("write `team(\"{}\")`", text.trim_matches('/'))
        } else {
            "write it as in its address: `organization(\"acme\")` for `https://github.com/acme`"
                .to_owned()
        };
        ("is not an organization, so nobody is a member of it", help)
    })
}

fn team(text: &str) -> Misfit {
    let is_slug = |slug: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !slug.is_empty() && slug.len() <= 255 && slug.chars().all(good)
    };
    let parts = text.split_once('/');
    let is_team = parts.is_some_and(|(login, slug)| is_login(login) && is_slug(slug));
    (!is_team).then(|| {
        (
            "is not a team, so nobody is a member of it",
            "write organization and team as in its address: `team(\"acme/ops\")` for \
             `https://github.com/orgs/acme/teams/ops`"
                .to_owned(),
        )
    })
}

fn is_login(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text.is_empty() && text.len() <= 39 && text.chars().all(good)
}
