//! The tools against their server, for what the build could not see: a server that is not at the
//! crate's root, tools of a library, two tools of one name.

use std::any::Any;

use super::ServerDeclaration;
use crate::error::Problem;
use crate::item::{Registry, ToolEntry};

/// The tools of the program, or every reason why they do not fit the server.
pub(super) fn tools(
    declaration: &ServerDeclaration,
    app: &(dyn Any + Send + Sync),
) -> Result<Registry, Vec<Problem>> {
    let registry = Registry::collect().map_err(|error| {
        vec![Problem::new(
            error.to_string(),
            "give one of them another name: `#[tool(name = \"…\")]`",
        )]
    })?;
    let mut problems = Vec::new();
    if registry.tools().is_empty() {
        problems.push(Problem::new(
            format!("server `{}` has no tools", declaration.name),
            "write `#[tool]` on a function; if your tools are in another crate, mention it with \
             `use that_crate as _;` so that it is linked",
        ));
    }
    for tool in registry.tools() {
        check(tool, declaration, app, &mut problems);
    }
    if problems.is_empty() {
        Ok(registry)
    } else {
        Err(problems)
    }
}

fn check(
    tool: &ToolEntry,
    server: &ServerDeclaration,
    app: &(dyn Any + Send + Sync),
    problems: &mut Vec<Problem>,
) {
    let (name, place) = (tool.name, tool.location);
    if !(tool.accepts_app)(app) {
        problems.push(Problem::new(
            format!("tool `{name}` ({place}) borrows the state of another server"),
            format!(
                "borrow `&{}`, or move the tool to its own program",
                server.name
            ),
        ));
    }
    if server.auth.is_none() && tool.rule.needs_caller() {
        problems.push(Problem::new(
            format!(
                "tool `{name}` ({place}) asks for a signed-in user, but server `{}` has no `auth`",
                server.name
            ),
            "write `#[server(auth = google)]` (or `github`, `azure`, `custom(…)`; `dev` for local \
             work)",
        ));
    }
    for role in tool.rule.roles() {
        if !server.roles.contains(&role) {
            problems.push(undeclared("role", role, server.roles, tool, server));
        }
    }
    for scope in tool.rule.scopes() {
        if !server.scopes.is_empty() && !server.scopes.contains(&scope) {
            problems.push(undeclared("scope", scope, server.scopes, tool, server));
        }
    }
}

fn undeclared(
    kind: &str,
    word: &str,
    declared: &[&str],
    tool: &ToolEntry,
    server: &ServerDeclaration,
) -> Problem {
    let declared = match declared {
        [] => "none".to_owned(),
        words => format!("`{}`", words.join("`, `")),
    };
    Problem::new(
        format!(
            "{kind} `{word}` of tool `{}` ({}) is not declared on server `{}`",
            tool.name, tool.location, server.name
        ),
        format!("add it to `{kind}s = [..]`; declared {kind}s: {declared}"),
    )
}
