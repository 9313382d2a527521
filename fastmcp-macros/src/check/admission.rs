//! `admits = …`: who may log in, against who signs people in.

use syn::Expr;

use super::admission_words::is_tenant_id;
use super::expression::expression;
use super::take;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::{Admission, Auth, Fact};
use crate::parse::Given;

/// The rule, as far as it is one.
pub(super) fn admits(given: Option<Given<Expr>>, errors: &mut Diagnostics) -> Option<Admission> {
    let written = take(given, errors)?;
    expression(&written, errors)
}

/// Reports parts of the rule that hold for nobody whom `auth` signs in, or for everybody.
pub(super) fn against(rule: &Admission, auth: &Auth, errors: &mut Diagnostics) {
    together(rule, errors);
    for leaf in rule.leaves() {
        let Admission::Told { word, fact, text } = leaf else {
            continue;
        };
        if let Some((name, told)) = told_by(auth)
            && !told.contains(fact)
        {
            errors.error(
                codes::NOT_TOLD,
                word,
                format_args!("`{word}` holds for nobody: `{name}` does not tell it"),
                format_args!("remove it, or use {}", who_tells(*fact)),
            );
        }
        let (Fact::Tenant, Auth::Azure { tenant, .. }) = (fact, auth) else {
            continue;
        };
        if tenant.eq_ignore_ascii_case(&text.value()) {
            errors.error(
                codes::CHANGES_NOTHING,
                text,
                "this part of `admits` changes nothing: `azure` signs in this tenant alone",
                "remove it",
            );
        } else if is_tenant_id(tenant) {
            errors.error(
                codes::NOBODY_AT_ALL,
                text,
                format_args!(
                    "`tenant({:?})` holds for nobody: `azure` signs in another tenant alone",
                    text.value()
                ),
                "write the same tenant in both places, or `azure(tenant = \"organizations\")`",
            );
        }
    }
}

/// What a provider tells, by its name; `None` of a type of the user's own, which says it at start.
fn told_by(auth: &Auth) -> Option<(&'static str, &'static [Fact])> {
    Some(match auth {
        Auth::Google { .. } => ("google", &[Fact::EmailDomain, Fact::HostedDomain]),
        Auth::GitHub { .. } => (
            "github",
            &[Fact::EmailDomain, Fact::Organization, Fact::Team],
        ),
        Auth::Azure { .. } => ("azure", &[Fact::EmailDomain, Fact::Tenant, Fact::Group]),
        Auth::Known { word, .. } => (
            word,
            match *word {
                "slack" | "discord" => &[Fact::EmailDomain],
                "atlassian" => &[],
                _ => &[Fact::EmailDomain, Fact::Group],
            },
        ),
        Auth::Custom(_) | Auth::CustomFromEnvironment => {
            ("custom", &[Fact::EmailDomain, Fact::Group])
        }
        Auth::Oidc { .. } => ("oidc", &[Fact::EmailDomain, Fact::Group]),
        Auth::Dev { .. } => ("dev", &[Fact::EmailDomain]),
        Auth::Own(_) => return None,
    })
}

fn who_tells(fact: Fact) -> &'static str {
    match fact {
        Fact::EmailDomain => "a provider that tells e-mail addresses",
        Fact::HostedDomain => "`auth = google`",
        Fact::Tenant => "`auth = azure`",
        Fact::Group => "a provider with a `groups` claim, such as `azure` or `oidc`",
        Fact::Organization | Fact::Team => "`auth = github`",
    }
}

/// Reports two facts of which nobody has both.
fn together(rule: &Admission, errors: &mut Diagnostics) {
    let (Admission::All(parts) | Admission::Any(parts)) = rule else {
        return;
    };
    for part in parts {
        together(part, errors);
    }
    if let Admission::Any(_) = rule {
        return;
    }
    let single = [Fact::EmailDomain, Fact::HostedDomain, Fact::Tenant];
    for (at, part) in parts.iter().enumerate() {
        let Admission::Told { fact, text, .. } = part else {
            continue;
        };
        let other = parts[..at].iter().any(|before| {
            matches!(before, Admission::Told { fact: f, text: t, .. }
                if f == fact && !t.value().eq_ignore_ascii_case(&text.value()))
        });
        if other && single.contains(fact) {
            errors.error(
                codes::NOBODY_AT_ALL,
                text,
                "nobody could log in: an account has one of these and never two",
                "join them by `||`",
            );
        }
    }
}
