//! The tools against their server, for what the build could not see: a server that is not at the
//! crate's root, tools of a library, two tools of one name.

use std::any::Any;

use serde_json::Value;

use super::ServerDeclaration;
use crate::error::Problem;
use crate::faults::{Declaration, Text, header_fault, role_fault, scope_fault, server_fault};
use crate::item::{Registry, Schema, ToolEntry};
use crate::settings::places;

/// The tools of the program, or every reason why they do not fit the server.
pub(super) fn tools(
    declaration: &ServerDeclaration,
    app: &(dyn Any + Send + Sync),
) -> Result<Registry, Vec<Problem>> {
    let registry = Registry::collect().map_err(|error| {
        vec![Problem::new(
            "FM0902",
            error.to_string(),
            "give one of them another name: `#[tool(name = \"…\")]`",
        )]
    })?;
    let problems = check_all(&registry, declaration, app);
    if problems.is_empty() {
        Ok(registry)
    } else {
        Err(problems)
    }
}

/// Every reason why the tools do not fit the server.
fn check_all(
    registry: &Registry,
    declaration: &ServerDeclaration,
    app: &(dyn Any + Send + Sync),
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if registry.tools().is_empty() {
        problems.push(Problem::new(
            "FM0901",
            format!("server `{}` has no tools", declaration.name),
            "write `#[tool]` on a function; if your tools are in another crate, mention it with \
             `use that_crate as _;` so that it is linked",
        ));
    }
    for tool in registry.tools() {
        check(tool, declaration, app, &mut problems);
    }
    let mut tools = registry.tools().iter();
    let is_closed = !registry.tools().is_empty() && tools.all(|tool| tool.rule.needs_caller());
    // Without `auth` it is idle for another reason.
    if declaration.anonymous && declaration.auth.is_some() && is_closed {
        let problem = Problem::new(
            "FM0904",
            format!(
                "`anonymous` opens nothing: every tool of server `{}` asks for a signed-in user",
                declaration.name
            ),
            "remove `anonymous`, or the access options of the tools that should be open",
        );
        problems.push(problem.at(places("anonymous")));
    }
    problems
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
            "FM0903",
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
    let auth = needs_caller.then(|| server_fault(&format!("tool `{name}`"), &declared));
    let (roles, scopes) = (tool.rule.roles(), tool.rule.scopes());
    let roles = roles.iter().map(|role| role_fault(role, &declared));
    let scopes = scopes.iter().map(|scope| scope_fault(scope, &declared));
    for text in auth.into_iter().chain(roles).chain(scopes).flatten() {
        problems.push(told(&text, tool));
    }
    let schema = (tool.input_schema)();
    for (argument, shape) in compound_headers(&schema) {
        problems.push(told(&header_fault(argument, shape), tool));
    }
}

/// Arguments that a header repeats, with the shape of their schema where that is a list or an
/// object.
fn compound_headers(schema: &Schema) -> Vec<(&str, &str)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let marked = properties
        .into_iter()
        .flatten()
        .filter(|(_, part)| part.get("x-mcp-header").is_some());
    marked
        .filter_map(|(name, part)| {
            let shape = compound_shape(resolved(part, schema))?;
            Some((name.as_str(), shape))
        })
        .collect()
}

/// The part itself, or the definition that it refers to.
fn resolved<'a>(part: &'a Value, schema: &'a Schema) -> &'a Value {
    let named = part.get("$ref").and_then(Value::as_str);
    let name = named.and_then(|name| name.strip_prefix("#/$defs/"));
    let definition = name.and_then(|name| schema.get("$defs")?.get(name));
    definition.unwrap_or(part)
}

/// The type in the schema that no header can carry, if it has one.
fn compound_shape(part: &Value) -> Option<&str> {
    let shapes = match part.get("type")? {
        Value::Array(shapes) => shapes.iter().filter_map(Value::as_str).collect(),
        shape => shape.as_str().into_iter().collect::<Vec<_>>(),
    };
    let plain = ["string", "integer", "number", "boolean", "null"];
    shapes.into_iter().find(|shape| !plain.contains(shape))
}

/// A text of the build as a problem of the start; the build shows the place by itself.
fn told(text: &Text, tool: &ToolEntry) -> Problem {
    let (fault, code, help) = text.parts();
    let (name, place) = (tool.name, tool.location);
    Problem::new(
        code.to_owned(),
        format!("{fault} (tool `{name}`, {place})"),
        help,
    )
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;
