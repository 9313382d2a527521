//! A tool: an item that says what a call of it does, and may say by hand what it takes.

use syn::{Expr, ExprLit, Lit};

use super::hints::annotations;
use super::item::item;
use super::take;
use super::task::task;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::Tool;
use crate::options;
use crate::parse::{Given, RawItem, RawParameter, ToolOptions, bare};

/// What a tool means; `None` if it cannot mean anything.
pub(crate) fn tool(raw: RawItem<ToolOptions>, errors: &mut Diagnostics) -> Option<Tool> {
    let before = errors.count();
    let ToolOptions {
        item: options,
        read_only,
        destructive,
        idempotent,
        open_world,
        task: as_task,
        input_schema,
    } = raw.options;
    if input_schema.is_some() {
        describes_once(&raw.function.parameters, errors);
    }
    let input_schema = written_schema(input_schema, errors);
    let mut item = item(options, raw.function, errors);
    item.input_schema = input_schema;
    let annotations = annotations([read_only, destructive, idempotent, open_world], errors);
    let task = task(as_task, &item, errors);
    (errors.count() == before).then_some(Tool {
        item,
        annotations,
        task,
    })
}

/// A schema that is written by hand: any value but a literal that cannot be one. What the value is,
/// its type tells.
fn written_schema(given: Option<Given<Expr>>, errors: &mut Diagnostics) -> Option<Expr> {
    let schema = take(given, errors)?;
    if let Expr::Lit(ExprLit { lit, .. }) = bare(&schema)
        && !matches!(lit, Lit::Str(_))
    {
        errors.error(
            codes::WRONG_VALUE,
            &schema,
            "`input_schema` needs a JSON Schema",
            format_args!(
                "write `{}`",
                options::example("input_schema").unwrap_or_default()
            ),
        );
    }
    Some(schema)
}

/// Nobody would read what an argument says of itself beside the schema.
fn describes_once(parameters: &[RawParameter], errors: &mut Diagnostics) {
    let described = parameters
        .iter()
        .filter_map(|parameter| parameter.options.description.as_ref());
    for given in described {
        errors.error(
            codes::DESCRIBED_ELSEWHERE,
            &given.key,
            "`input_schema` describes the arguments, so this description is not sent",
            "write it into the schema: `\"description\": \"…\"`",
        );
    }
}
