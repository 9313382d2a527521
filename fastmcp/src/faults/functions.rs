//! Functions of the user's own, in words.

use super::report;
use super::text::{Text, after_path};

/// A function that `access` names.
#[track_caller]
pub const fn predicate_fits(name: &str, fits: bool) {
    if !fits {
        let text = Text::new("`").push(name);
        let text = text.push("` cannot decide about a session [FM0513]\nhelp: write `fn ");
        let text = text
            .push(after_path(name))
            .push("(user: &AuthSession) -> bool`");
        report(Some(
            &text.push("; it may be `async`, if its future is `Send`"),
        ));
    }
}

/// A function that `complete` names, and the argument that it is for.
#[track_caller]
pub const fn suggestions_fit(name: &str, argument: &str, fits: bool) {
    if !fits {
        let text = Text::new("`").push(name);
        let text = text.push("` cannot suggest values of `").push(argument);
        let text = text.push("` [FM0724]\nhelp: write `fn ");
        report(Some(&text.push(after_path(name)).push(
            "(typing: &Completing<'_>) -> Vec<String>`, or a `Result` of it; it may be `async`, if \
             its future is `Send`",
        )));
    }
}

/// What `input_schema` says of a tool.
#[track_caller]
pub const fn input_schema_fits(tool: &str, fits: bool) {
    if !fits {
        let text = Text::new("this is no schema of the arguments of ").push(tool);
        report(Some(&text.push(
            " [FM0725]\nhelp: give it as text, such as `include_str!(\"search.schema.json\")`, as \
             `json!({ … })`, or name a function `fn() -> serde_json::Value`",
        )));
    }
}

/// The function that `roles_from` names.
#[track_caller]
pub const fn roles_from_fits(name: &str, fits: bool) {
    if !fits {
        let text = Text::new("`").push(name);
        let text = text.push("` cannot name the roles of somebody [FM0514]\nhelp: write `fn ");
        let text = text.push(after_path(name));
        report(Some(&text.push(
            "(person: &fastmcp::provider::Identity) -> Vec<&'static str>`",
        )));
    }
}

/// A function that `admits` names.
#[track_caller]
pub const fn admission_fits(name: &str, fits: bool) {
    if !fits {
        let text = Text::new("`").push(name);
        let text = text.push("` cannot decide who may log in [FM0519]\nhelp: write `fn ");
        let text = text.push(after_path(name));
        report(Some(&text.push(
            "(person: &fastmcp::provider::Identity) -> bool`; it may be `async`, if its future is \
             `Send`",
        )));
    }
}
