//! The types of a signature, in words: what a client can send, what a server lends, what becomes
//! an answer. An item comes in words itself, kind first: `` tool `add` ``.

use super::report;
use super::text::{Text, after_path, begins, first_word, has, same};
use super::threads;

/// Types of an argument, innermost first and the whole last: name, `Deserialize`,
/// `JsonSchema`, and whether the server lends such a thing. Of the whole: whether it is another
/// name for a loan, and whether it must stay on one thread though the tool may change threads.
#[track_caller]
pub const fn argument_fits(
    types: &[(&str, bool, bool, bool)],
    item: &str,
    is_loan: bool,
    stays: bool,
) {
    let last = types.len() - 1;
    let (name, deserialize, schema, _) = types[last];
    if deserialize && schema {
        if stays {
            report(Some(&threads::argument_fault(item, name)));
        }
        return;
    }
    if is_loan {
        let text = Text::new("`").push(name);
        report(Some(&text.push(
            "` hides the `&` of a loan [FM0709]\nhelp: write it out, such as `&AuthSession`: what \
             is lent is told by its `&`",
        )));
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
        report(Some(&kept(name, item, culprit == last)));
    }
    let text = Text::new("`").push(name).push("` cannot be sent to ");
    let text = text.push(item).push(" [FM0710]\nhelp: ");
    if !has_a_definition(name) && !same(first_word(item), "tool") {
        report(Some(&text.push(
            "take what one text can be: `String`, a number, `bool`, or an enum with \
             `#[derive(Deserialize)]`",
        )));
    }
    if !has_a_definition(name) {
        report(Some(&text.push(
            "take data: `String`, numbers, `Vec<…>`, or a struct with `#[derive(Deserialize, \
             JsonSchema)]`",
        )));
    }
    let text = text.push("add `#[derive(");
    let text = text.push(match (deserialize, schema) {
        (false, false) => "Deserialize, JsonSchema",
        (false, true) => "Deserialize",
        _ => "JsonSchema",
    });
    let text = text.push(")]` to `").push(name).push("`");
    let text = match feature_of(name) {
        Some(feature) if deserialize => text
            .push("; if it is another crate's, write `schemars = { version = \"1\", features = [\"")
            .push(feature)
            .push("\"] }` in `Cargo.toml`"),
        _ => text
            .push(", or take a type that has it, if it is another crate's; ")
            .push("what the server lends is borrowed: `&AuthSession`, `&Context`, `&YourServer`"),
    };
    report(Some(&text));
}

/// What the server lends, taken for keeps.
const fn kept(name: &str, item: &str, is_whole: bool) -> Text {
    let text = Text::new("`").push(name).push("` is lent to ");
    let text = text
        .push(item)
        .push(", not given away [FM0709]\nhelp: write `&");
    let text = text.push(name).push("`");
    if is_whole {
        return text;
    }
    // A session wrapped in an `Option`: no derive could help, borrowing does.
    text.push(", or `Option<&")
        .push(name)
        .push(">` where there may be none")
}

/// Whether a derive could stand anywhere.
const fn has_a_definition(name: &str) -> bool {
    !(begins(name, "fn(")
        || begins(name, "dyn ")
        || begins(name, "*")
        || begins(name, "(")
        || begins(name, "[")
        || begins(name, "!"))
}

/// The feature of `schemars` for a type that is mostly another crate's.
const fn feature_of(name: &str) -> Option<&'static str> {
    let known = [
        ("DateTime<", "chrono04"),
        ("NaiveDate", "chrono04"),
        ("NaiveTime", "chrono04"),
        ("Uuid", "uuid1"),
        ("Url", "url2"),
        ("Decimal", "rust_decimal1"),
        ("IndexMap<", "indexmap2"),
        ("Version", "semver1"),
    ];
    let name = after_path(name);
    let mut index = 0;
    while index < known.len() {
        if begins(name, known[index].0) {
            return Some(known[index].1);
        }
        index += 1;
    }
    None
}

/// A default in quotes: what it stands for, its argument, that one's type, and whether the type,
/// or the one inside an `Option`, can be made of a text.
#[track_caller]
pub const fn default_fits(text: &str, argument: &str, ty: &str, of_text: bool, inside: bool) {
    if of_text {
        return;
    }
    let fault = Text::new("the default of `").push(argument);
    let fault = fault.push("` is a text, but `").push(argument);
    let fault = fault.push("` is of type `").push(ty);
    let fault = fault.push("` [FM0711]\nhelp: write ");
    if inside {
        let fault = fault.push("`default = Some(").push(text);
        report(Some(&fault.push(".into())`")));
    }
    let fault = fault.push("a value of `").push(ty);
    report(Some(&fault.push(
        "`; numbers, `true`, `false` and paths go without quotes",
    )));
}

/// A borrowed parameter of an item: whether the server lends such a thing, or what its pointer points to
/// (name and answer), and whether it may be missing.
#[track_caller]
pub const fn loan_fits(
    name: &str,
    item: &str,
    lent: bool,
    inside: Option<(&str, bool)>,
    lacks_caller: bool,
) {
    if !lent {
        let text = Text::new("the server has no `")
            .push(name)
            .push("` to lend to ");
        let text = text.push(item).push(" [FM0707]\nhelp: ");
        let text = if let Some((inside, true)) = inside {
            text.push("write `&")
                .push(inside)
                .push("`: the server lends what it holds, not the pointer")
        } else if same(name, "str") {
            text.push("take `String`: what the client sends is owned")
        } else if begins(name, "[") && !has(name, b';') {
            text.push("take `Vec<")
                .push(name.split_at(name.len() - 1).0.split_at(1).1)
                .push(">`: what the client sends is owned")
        } else {
            text.push("take `").push(name).push(
                "` without `&` if the client sends it; state is a field of the struct with \
                 `#[server]`, which is lent as a whole: `app: &YourServer`",
            )
        };
        report(Some(&text));
    }
    if lacks_caller {
        let text = Text::new(item).push(" borrows `").push(name);
        let text = text
            .push("` but does not require auth, so there may be no caller [FM0708]")
            .push("\nhelp: add `requires_auth` to `#[")
            .push(first_word(item));
        report(Some(&text.push("]`, or take `Option<&AuthSession>`")));
    }
}

/// What an item returns: the type (of an `Ok`, if it is a `Result`), whether the whole and that
/// type are answers, and what `Json` is made of, innermost first: name, `Serialize`, `JsonSchema`.
#[track_caller]
pub const fn answer_fits(
    item: &str,
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
            let text = Text::new("`").push(name).push("` cannot be returned by ");
            let text = text.push(item).push(" [FM0713]\nhelp: add `#[derive(");
            let text = text.push(match (serialize, schema) {
                (false, false) => "Serialize, JsonSchema",
                (false, true) => "Serialize",
                _ => "JsonSchema",
            });
            report(Some(&text.push(")]` to `").push(name).push("`")));
        }
        index += 1;
    }
    if answer {
        // The error is to blame, and `error_fits` says so where it can be seen.
        return;
    }
    let text = Text::new(item)
        .push(" cannot return `")
        .push(name)
        .push("` [FM0712]\nhelp: return ");
    let kind = first_word(item);
    if same(kind, "prompt") {
        report(Some(&text.push(
            "`String` for one message of the user, `Vec<PromptMessage>` for several; and a \
             `Result` of each",
        )));
    }
    if same(kind, "resource") && same(name, "()") {
        report(Some(&text.push(
            "what is read: `String`, `Vec<u8>`, `Json<…>`, or an `Option` or a `Result` of each",
        )));
    }
    let text = text.push("`Json<").push(name).push(">` for data; ");
    if same(kind, "resource") {
        report(Some(&text.push(
            "`String`, `Vec<u8>` and `ResourceContents` work as they are, and an `Option` or a \
             `Result` of each",
        )));
    }
    report(Some(&text.push(
        "`String`, numbers, `Content` and `Vec<Content>` work as they are, and a `Result` of each",
    )));
}

/// The error of an item that can fail: whether the whole and its `Ok` are answers.
#[track_caller]
pub const fn error_fits(item: &str, name: &str, whole: bool, answer: bool) {
    if !whole && answer {
        let text = Text::new(item).push(" returns an error that has no text [FM0714]");
        let text = text.push("\nhelp: implement `Display` for `").push(name);
        report(Some(&text.push("`, or return `Result<…, ToolError>`")));
    }
}

/// An argument of an item whose arguments are sent as text, and whether its type is a list or an
/// object.
#[track_caller]
pub const fn text_fits(item: &str, argument: &str, ty: &str, is_compound: bool) {
    if is_compound {
        report(Some(&text_fault(item, argument, ty)));
    }
}

/// See [`text_fits`].
pub(crate) const fn text_fault(item: &str, argument: &str, ty: &str) -> Text {
    let text = Text::new("argument `").push(argument);
    let text = text.push("` of ").push(item).push(" is one text, not `");
    text.push(ty).push(
        "` [FM0723]\nhelp: take `String` and take it apart in the function, or a number, `bool` or \
         an enum",
    )
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
