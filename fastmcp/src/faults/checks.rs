//! What the build knows to be wrong, in words.
//!
//! Each check comes twice: `…_fault` gives the text, for a server that checks at start what its
//! build could not see, and a `const fn` that panics with it, for the build. A text has two lines:
//! the fault in the user's words, and after `help:` what to type.

use super::text::{Text, contains, nearest, same};

/// What a server declares, for checks of its tools.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// `false` for the stand-in, which accepts everything.
    pub known: bool,
    /// Name of the struct.
    pub server: &'static str,
    /// Whether it has `auth`.
    pub auth: bool,
    /// Its roles.
    pub roles: &'static [&'static str],
    /// Its scopes; none means any.
    pub scopes: &'static [&'static str],
}

/// A struct with `#[server]`.
pub trait Declared {
    /// What was declared.
    const DECLARED: Declaration;
}

/// Panics with the text, if there is one.
#[track_caller]
const fn report(fault: Option<&Text>) {
    if let Some(text) = fault {
        panic!("{}", text.as_str());
    }
}

/// A tool that asks for a signed-in user needs a server with `auth`.
#[track_caller]
pub const fn server_has_auth(tool: &str, server: &Declaration) {
    report(server_fault(tool, server).as_ref());
}

/// See [`server_has_auth`].
pub(crate) const fn server_fault(tool: &str, server: &Declaration) -> Option<Text> {
    if !server.known || server.auth {
        return None;
    }
    let fault = Text::new("tool `")
        .push(tool)
        .push("` asks for a signed-in user, but server `")
        .push(server.server)
        .push("` has no `auth`");
    Some(fault.push(
        "\nhelp: write `#[server(auth = google)]` (or `github`, `azure`, `custom(…)`; `dev` for \
         local work)",
    ))
}

/// A rule names only roles that the server declares.
#[track_caller]
pub const fn role_is_declared(role: &str, server: &Declaration) {
    report(role_fault(role, server).as_ref());
}

/// See [`role_is_declared`]. Silent about a server without `auth`, which is an error of its own.
pub(crate) const fn role_fault(role: &str, server: &Declaration) -> Option<Text> {
    if !server.known || !server.auth || contains(server.roles, role) {
        return None;
    }
    Some(undeclared(
        "role",
        "roles",
        role,
        server.roles,
        server.server,
    ))
}

/// A rule names only scopes that the server declares, if it declares any.
#[track_caller]
pub const fn scope_is_declared(scope: &str, server: &Declaration) {
    report(scope_fault(scope, server).as_ref());
}

/// See [`scope_is_declared`].
pub(crate) const fn scope_fault(scope: &str, server: &Declaration) -> Option<Text> {
    let any = server.scopes.is_empty();
    if !server.known || !server.auth || any || contains(server.scopes, scope) {
        return None;
    }
    Some(undeclared(
        "scope",
        "scopes",
        scope,
        server.scopes,
        server.server,
    ))
}

const fn undeclared(noun: &str, option: &str, word: &str, declared: &[&str], server: &str) -> Text {
    let text = Text::new(noun)
        .push(" `")
        .push(word)
        .push("` is not declared on server `")
        .push(server)
        .push("`\nhelp: ");
    if declared.is_empty() {
        return text
            .push("write `#[server(…, ")
            .push(option)
            .push(" = [\"")
            .push(word)
            .push("\"])]`");
    }
    let text = match nearest(word, declared) {
        Some(near) => text.push("did you mean `").push(near).push("`? "),
        None => text,
    };
    text.push("declared ")
        .push(option)
        .push(": ")
        .push_list(declared)
}

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
        let text = text.push(tool).push("`, not given away\nhelp: write `&");
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
    let text = text.push("`\nhelp: add `#[derive(");
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
            .push("`\nhelp: write a value of `")
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
        let text = text.push(tool).push("`\nhelp: ");
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
            .push("` but does not require auth, so there may be no caller")
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
            let text = text.push(tool).push("`\nhelp: add `#[derive(");
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
            "` returns an error that has no text\nhelp: implement `Display` for the error, or \
             return `Result<…, ToolError>`",
        )));
    }
    let text = text
        .push("` cannot return `")
        .push(name)
        .push("`\nhelp: return `Json<");
    let text = text
        .push(name)
        .push(">` for data; `String`, numbers, `Content` and ");
    report(Some(&text.push(
        "`Vec<Content>` work as they are, and a `Result` of each",
    )));
}
