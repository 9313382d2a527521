//! The types of a signature, in words: what a client can send, what a server lends, what becomes
//! an answer.

use super::report;
use super::text::{Text, same};

/// Types of an argument, innermost first and the whole last: name, `Deserialize`,
/// `JsonSchema`, and whether the server lends such a thing.
#[track_caller]
pub const fn argument_fits(types: &[(&str, bool, bool, bool)], tool: &str) {
    let last = types.len() - 1;
    let (_, deserialize, schema, _) = types[last];
    if deserialize && schema {
        return;
    }
    let mut culprit = last;
    let mut index = last;
    while index > 0 {
        index -= 1;
        let (_, deserialize, schema, _) = types[index];
        if !(deserialize && schema) {
            culprit = index;
        }
    }
    let (name, deserialize, schema, lent) = types[culprit];
    if lent {
        let text = Text::new("`").push(name).push("` is lent to tool `");
        let text = text
            .push(tool)
            .push("`, not given away [FM0709]\nhelp: write `&");
        let text = text.push(name).push("`");
        let text = if culprit == last {
            text
        } else {
            // A session wrapped in an `Option`: no derive could help, borrowing does.
            text.push(", or `Option<&")
                .push(name)
                .push(">` where there may be none")
        };
        report(Some(&text));
    }
    let text = Text::new("`")
        .push(name)
        .push("` cannot be sent to tool `")
        .push(tool);
    let text = text.push("` [FM0710]\nhelp: add `#[derive(");
    let text = text.push(match (deserialize, schema) {
        (false, false) => "Deserialize, JsonSchema",
        (false, true) => "Deserialize",
        _ => "JsonSchema",
    });
    let text = text
        .push(")]` to `")
        .push(name)
        .push("`; what the server lends is borrowed: `&AuthSession`, `&Context`, `&YourServer`");
    report(Some(&text));
}

/// A default in quotes, and whether the argument's type can be made of a text.
#[track_caller]
pub const fn default_fits(argument: &str, ty: &str, of_text: bool) {
    if !of_text {
        let text = Text::new("the default of `").push(argument);
        let text = text.push("` is a text, but `").push(argument);
        let text = text.push("` is of type `").push(ty);
        let text = text
            .push("` [FM0711]\nhelp: write a value of `")
            .push(ty)
            .push("`; numbers, `true`, `false` and paths go without quotes");
        report(Some(&text));
    }
}

/// A borrowed parameter: whether the server lends such a thing, and whether it may be missing.
#[track_caller]
pub const fn loan_fits(name: &str, tool: &str, lent: bool, lacks_caller: bool) {
    if !lent {
        let text = Text::new("the server has no `")
            .push(name)
            .push("` to lend to tool `");
        let text = text.push(tool).push("` [FM0707]\nhelp: ");
        let text = if same(name, "str") {
            text.push("take `String`: what the client sends is owned")
        } else {
            text.push("take `").push(name).push(
                "` without `&` if the client sends it; lent are `&AuthSession`, `&Context` and \
                 the struct with `#[server]`",
            )
        };
        report(Some(&text));
    }
    if lacks_caller {
        let text = Text::new("tool `")
            .push(tool)
            .push("` borrows `")
            .push(name)
            .push("` but does not require auth, so there may be no caller [FM0708]")
            .push("\nhelp: add `requires_auth` to `#[tool]`, or take `Option<&AuthSession>`");
        report(Some(&text));
    }
}

/// What a tool returns: the type (of an `Ok`, if it is a `Result`), whether the whole and that
/// type are answers, and what `Json` is made of, innermost first: name, `Serialize`, `JsonSchema`.
#[track_caller]
pub const fn answer_fits(
    tool: &str,
    name: &str,
    whole: bool,
    answer: bool,
    data: &[(&str, bool, bool)],
) {
    if whole {
        return;
    }
    let mut index = 0;
    while index < data.len() {
        let (name, serialize, schema) = data[index];
        if !(serialize && schema) {
            let text = Text::new("`")
                .push(name)
                .push("` cannot be returned by tool `");
            let text = text.push(tool).push("` [FM0713]\nhelp: add `#[derive(");
            let text = text.push(match (serialize, schema) {
                (false, false) => "Serialize, JsonSchema",
                (false, true) => "Serialize",
                _ => "JsonSchema",
            });
            report(Some(&text.push(")]` to `").push(name).push("`")));
        }
        index += 1;
    }
    let text = Text::new("tool `").push(tool);
    if answer {
        report(Some(&text.push(
            "` returns an error that has no text [FM0714]\nhelp: implement `Display` for the error, or \
             return `Result<…, ToolError>`",
        )));
    }
    let text = text
        .push("` cannot return `")
        .push(name)
        .push("` [FM0712]\nhelp: return `Json<");
    let text = text
        .push(name)
        .push(">` for data; `String`, numbers, `Content` and ");
    report(Some(&text.push(
        "`Vec<Content>` work as they are, and a `Result` of each",
    )));
}

/// An argument that a header repeats, and whether its type is a list or an object, which no header
/// can carry.
#[track_caller]
pub const fn header_fits(argument: &str, ty: &str, is_compound: bool) {
    if is_compound {
        report(Some(&header_fault(argument, ty)));
    }
}

/// See [`header_fits`].
pub(crate) const fn header_fault(argument: &str, ty: &str) -> Text {
    let text = Text::new("argument `").push(argument);
    let text = text.push("` is of type `").push(ty);
    text.push(
        "`, which no header can carry [FM0717]\nhelp: remove `header`, or take a text, a number or \
         a `bool`",
    )
}
