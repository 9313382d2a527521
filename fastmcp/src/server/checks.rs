//! Tools, resources and prompts against their server, for what the build could not see: a server
//! that is not at the crate's root, items of a library, two items of one name or URI.

use std::any::Any;

use serde_json::Value;

use super::{ServerDeclaration, input_schema};
use crate::auth::Rule;
use crate::error::Problem;
use crate::faults::{
    Declaration, Text, header_fault, role_fault, scope_fault, server_fault, text_fault,
};
use crate::item::{Composition, Entry, Registry, RegistryError, Schema, Variable};
use crate::settings::places;

/// What the server offers, or every reason why it does not fit the server.
pub(super) fn items(
    declaration: &ServerDeclaration,
    composition: &Composition,
    app: &(dyn Any + Send + Sync),
) -> Result<Registry, Vec<Problem>> {
    let registry = Registry::composed(composition).map_err(|error| vec![unfit(&error)])?;
    let problems = check_all(&registry, declaration, app);
    if problems.is_empty() {
        Ok(registry)
    } else {
        Err(problems)
    }
}

/// Entries that do not fit together.
fn unfit(error: &RegistryError) -> Problem {
    let help = match error {
        RegistryError::SameTool(_) => {
            "give one of them another name, `#[tool(name = \"…\")]`, or mount one under a prefix: \
             `.mount(\"…\", fastmcp::items!(…))`"
        }
        RegistryError::SamePrompt(_) => {
            "give one of them another name, `#[prompt(name = \"…\")]`, or mount one under a prefix: \
             `.mount(\"…\", fastmcp::items!(…))`"
        }
        RegistryError::SameResource(_)
        | RegistryError::SameTemplate(_)
        | RegistryError::Template { .. } => {
            "give it another URI: `#[resource(uri = \"notes://{owner}/{id}\")]`"
        }
        RegistryError::Variables { .. } => "name the parameters like the variables of the URI",
    };
    Problem::new("FM0902", error.to_string(), help)
}

/// Every reason why the items do not fit the server.
fn check_all(
    registry: &Registry,
    declaration: &ServerDeclaration,
    app: &(dyn Any + Send + Sync),
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (tools, prompts) = (registry.tools(), registry.prompts());
    let (resources, templates) = (registry.resources(), registry.templates());
    let is_empty = registry.rules().next().is_none();
    if is_empty {
        problems.push(Problem::new(
            "FM0901",
            format!(
                "server `{}` has no tools, resources or prompts",
                declaration.name
            ),
            "write `#[tool]` on a function; if your tools are in another crate, mention it with \
             `use that_crate as _;` so that it is linked",
        ));
    }
    for tool in tools {
        let app = registry.state(*tool).unwrap_or(app);
        check(*tool, declaration, app, &mut problems);
        if let Some(written) = &tool.written {
            let (name, place) = (tool.name, tool.location);
            for fault in input_schema::faults(written) {
                let words = format!("{} (tool `{name}`, {place})", fault.words);
                problems.push(Problem::new("FM0911", words, fault.help));
            }
        }
        let schema = (tool.input_schema)();
        for (argument, shape) in compound_headers(&schema) {
            problems.push(told(&header_fault(argument, shape), *tool));
        }
    }
    for resource in resources.iter().chain(templates) {
        let app = registry.state(*resource).unwrap_or(app);
        check(*resource, declaration, app, &mut problems);
        problems.extend(not_texts(*resource, resource.variables));
    }
    for prompt in prompts {
        let app = registry.state(*prompt).unwrap_or(app);
        check(*prompt, declaration, app, &mut problems);
        problems.extend(not_texts(*prompt, prompt.arguments));
    }
    let is_closed = !is_empty && registry.rules().all(|rule| rule.needs_caller());
    // Without `auth` it is idle for another reason.
    if declaration.anonymous && declaration.auth.is_some() && is_closed {
        let problem = Problem::new(
            "FM0904",
            format!(
                "`anonymous` opens nothing: everything on server `{}` asks for a signed-in user",
                declaration.name
            ),
            "remove `anonymous`, or the access options of what should be open",
        );
        problems.push(problem.at(places("anonymous")));
    }
    problems
}

fn check<E: Entry>(
    entry: &E,
    server: &ServerDeclaration,
    app: &(dyn Any + Send + Sync),
    problems: &mut Vec<Problem>,
) {
    let (kind, name, place) = (E::KIND, entry.id(), entry.location());
    if !entry.accepts(app) {
        problems.push(Problem::new(
            "FM0903",
            format!("{kind} `{name}` ({place}) borrows the state of another server"),
            format!(
                "borrow `&{}`, lend what it borrows, `fastmcp::items!(…).with(…)`, or leave the {kind} \
                 out: `.except(fastmcp::items!(…))`",
                server.name
            ),
        ));
    }
    for text in texts(&format!("{kind} `{name}`"), entry.rule(), server) {
        problems.push(told(&text, entry));
    }
}

/// Every reason why the rule of something that is no item does not fit the server.
pub(super) fn rule_faults(
    what: &str,
    rule: Rule,
    server: &ServerDeclaration,
) -> impl Iterator<Item = Problem> {
    let texts = texts(what, rule, server);
    texts.into_iter().map(move |text| {
        let (fault, code, help) = text.parts();
        Problem::new(code.to_owned(), format!("{fault} ({what})"), help)
    })
}

/// What is wrong with the rule of `what` on this server.
fn texts(what: &str, rule: Rule, server: &ServerDeclaration) -> Vec<Text> {
    let declared = Declaration {
        known: true,
        server: server.name,
        auth: server.auth.is_some(),
        roles: server.roles,
        scopes: server.scopes,
    };
    let auth = rule.needs_caller().then(|| server_fault(what, &declared));
    let (roles, scopes) = (rule.roles(), rule.scopes());
    let roles = roles.iter().map(|role| role_fault(role, &declared));
    let scopes = scopes.iter().map(|scope| scope_fault(scope, &declared));
    let all = auth.into_iter().chain(roles).chain(scopes);
    all.flatten().collect()
}

/// Arguments that are sent as text and whose types are made of parts: nobody could send them.
fn not_texts<E: Entry>(entry: &E, variables: &[Variable]) -> Vec<Problem> {
    let item = format!("{} `{}`", E::KIND, entry.id());
    let odd = variables.iter().filter_map(|variable| {
        let ty = (variable.made_of_parts)()?;
        Some(told(&text_fault(&item, variable.name, &ty), entry))
    });
    odd.collect()
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
fn told<E: Entry>(text: &Text, entry: &E) -> Problem {
    let (fault, code, help) = text.parts();
    let (kind, name, place) = (E::KIND, entry.id(), entry.location());
    Problem::new(
        code.to_owned(),
        format!("{fault} ({kind} `{name}`, {place})"),
        help,
    )
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;
