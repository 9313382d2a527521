//! Templates of URIs (RFC 6570), as far as a server can tell from a URI what the variables were:
//! `{x}` up to the next slash, `{+x}` with slashes, `{/x}` with the slash before it, and at the end
//! `{?a,b}`, which may be left out. Each variable is a parameter, and each argument a variable.

use syn::LitStr;

use super::shown;
use crate::codes;
use crate::diagnose::{Diagnostics, nearest};
use crate::model::{Argument, Item};

/// Code, fault, help.
type Broken = (&'static str, String, String);

/// The variables in their order, or what is wrong with the template.
pub(super) fn variables(text: &str) -> Result<Vec<String>, Broken> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut before: Option<&str> = None;
    let mut wide: Option<&str> = None;
    while let Some(at) = rest.find(['{', '}']) {
        let (literal, from) = rest.split_at(at);
        let (expression, after) = expression(from)?;
        if let Some(before) = before {
            follows(before, literal, expression)?;
        }
        names(expression, &mut found)?;
        if expression.starts_with('+')
            && let Some(first) = wide.replace(expression)
        {
            return Err(broken(
                format!(
                    "nothing says where `{{{first}}}` ends, since `{{{expression}}}` may have slashes too"
                ),
                format!("write `{{{}}}`", &expression[1..]),
            ));
        }
        before = Some(expression);
        rest = after;
    }
    match before {
        Some(query) if query.starts_with('?') && !rest.is_empty() => Err(after_the_query(query)),
        _ => Ok(found),
    }
}

fn broken(fault: String, help: impl Into<String>) -> Broken {
    (codes::NOT_A_TEMPLATE, fault, help.into())
}

/// What stands between the braces at the start, and what follows them.
fn expression(text: &str) -> Result<(&str, &str), Broken> {
    let Some(inside) = text.strip_prefix('{') else {
        return Err(broken(
            "`}` without a `{` before it".to_owned(),
            "write a variable as `{id}`; a brace that is meant is `%7D`",
        ));
    };
    match inside.split_once('}') {
        Some((expression, after)) if !expression.contains('{') => Ok((expression, after)),
        _ => Err(broken(
            "`{` without a `}` after it".to_owned(),
            "write a variable as `{id}`; a brace that is meant is `%7B`",
        )),
    }
}

/// Whether two expressions with `literal` between them can be told apart.
fn follows(before: &str, literal: &str, expression: &str) -> Result<(), Broken> {
    if before.starts_with('?') {
        return Err(after_the_query(before));
    }
    if literal.is_empty() && !expression.starts_with(['/', '?']) {
        return Err(broken(
            format!("nothing between `{{{before}}}` and `{{{expression}}}` says where one ends"),
            format!("write `{{{before}}}/{{{expression}}}`"),
        ));
    }
    Ok(())
}

fn after_the_query(query: &str) -> Broken {
    broken(
        format!("`{{{query}}}` is a query, and a URI ends with its query"),
        format!("move `{{{query}}}` to the end; several variables share it: `{{?a,b}}`"),
    )
}

/// Adds the variables of one expression.
fn names(expression: &str, found: &mut Vec<String>) -> Result<(), Broken> {
    let list = expression
        .strip_prefix(['+', '/', '?'])
        .unwrap_or(expression);
    if let Some(operator) = list.chars().next().filter(|c| "#.;&=,!@|+/?".contains(*c)) {
        return Err(broken(
            format!(
                "`{{{expression}}}` has the operator `{operator}`, which a server cannot read back"
            ),
            "write `{x}`, `{+x}` for one with slashes, `{/x}`, or `{?x}` at the end",
        ));
    }
    let several: Vec<&str> = list.split(',').collect();
    let takes_several = expression.starts_with(['?', '/']);
    if let ([first, second, ..], false) = (several.as_slice(), takes_several) {
        return Err(broken(
            format!("`{{{expression}}}` holds several variables with nothing to tell them apart"),
            format!("write `{{{first}}}/{{{second}}}`"),
        ));
    }
    for name in several {
        if let Some((plain, _)) = name.split_once([':', '*']) {
            return Err(broken(
                format!("`{{{expression}}}` has a modifier, which a server cannot read back"),
                format!("write `{{{plain}}}`"),
            ));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(allowed) {
            return Err(broken(
                match name {
                    "" => format!("`{{{expression}}}` lacks the name of a variable"),
                    name => format!("`{name}` cannot be the name of a variable"),
                },
                "write the name of a parameter, such as `{id}`",
            ));
        }
        if found.iter().any(|known| known == name) {
            return Err((
                codes::DOUBLED_VARIABLE,
                format!("variable `{name}` is in the template twice"),
                format!("give one of them another name: `{{{name}_2}}`"),
            ));
        }
        found.push(name.to_owned());
    }
    Ok(())
}

/// Reports each variable without its parameter, and each argument without its variable; where both
/// lack one another, once.
pub(super) fn variables_are_parameters(
    uri: &LitStr,
    variables: &[String],
    item: &Item,
    errors: &mut Diagnostics,
) {
    let is_variable = |argument: &&Argument| !variables.contains(&argument.name);
    let mut idle: Vec<&Argument> = item.arguments().filter(is_variable).collect();
    let has_parameter = |name: &&String| !item.arguments().any(|it| it.name == **name);
    for name in variables.iter().filter(has_parameter) {
        if let Some(loan) = item.loans().find(|loan| loan.name == *name) {
            errors.error(
                codes::BORROWED_INSIDE,
                &loan.ty,
                format_args!("`{name}` is a variable of `uri`, and what the client sends is owned"),
                "write `String` for `&str`, `T` for `&T`",
            );
            continue;
        }
        let others: Vec<&str> = idle.iter().map(|argument| argument.name.as_str()).collect();
        let near = nearest(name, &others).map(str::to_owned);
        let help = match (&near, idle.first()) {
            (Some(near), _) => {
                idle.retain(|argument| argument.name != *near);
                format!("did you mean `{{{near}}}`?")
            }
            (None, Some(_)) => {
                let other = idle.remove(0);
                let (word, ty) = (&other.name, shown(&other.ty));
                format!("write `{{{word}}}`, or name the parameter so: `{name}: {ty}`")
            }
            (None, None) => format!("add the parameter `{name}: String` to `{}`", item.function),
        };
        errors.error(
            codes::WITHOUT_PARAMETER,
            uri,
            format_args!("variable `{name}` has no parameter"),
            help,
        );
    }
    for argument in idle {
        let name = &argument.name;
        errors.error(
            codes::WITHOUT_VARIABLE,
            &argument.word,
            format_args!("parameter `{name}` is not in `uri`, so nobody could send it"),
            format_args!(
                "write `{{{name}}}` in `uri`, or `{{?{name}}}` at its end; what the server lends is \
                 borrowed: `&AuthSession`, `&Context`, `&YourServer`"
            ),
        );
    }
}
