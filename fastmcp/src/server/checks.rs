//! The tools against their server, for what the build could not see: a server that is not at the
//! crate's root, tools of a library, two tools of one name.

use std::any::Any;

use super::ServerDeclaration;
use crate::error::Problem;
use crate::faults::{Declaration, Text, role_fault, scope_fault, server_fault};
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
    let declared = Declaration {
        known: true,
        server: server.name,
        auth: server.auth.is_some(),
        roles: server.roles,
        scopes: server.scopes,
    };
    let needs_caller = tool.rule.needs_caller();
    let auth = needs_caller.then(|| server_fault(name, &declared));
    let (roles, scopes) = (tool.rule.roles(), tool.rule.scopes());
    let roles = roles.iter().map(|role| role_fault(role, &declared));
    let scopes = scopes.iter().map(|scope| scope_fault(scope, &declared));
    for text in auth.into_iter().chain(roles).chain(scopes).flatten() {
        problems.push(told(&text, tool));
    }
}

/// A text of the build as a problem of the start; the build shows the place by itself.
fn told(text: &Text, tool: &ToolEntry) -> Problem {
    let (fault, help) = text
        .as_str()
        .split_once("\nhelp: ")
        .unwrap_or((text.as_str(), ""));
    let (name, place) = (tool.name, tool.location);
    Problem::new(format!("{fault} (tool `{name}`, {place})"), help)
}
