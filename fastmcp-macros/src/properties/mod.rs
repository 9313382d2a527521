//! Ten thousand declarations that are almost right, through the whole pipeline: it never panics,
//! takes no nonsense, and underlines nothing but words of the attribute or the signature.
//!
//! Every declaration is valid until one thing is dropped, doubled, misspelt or given a value of
//! another kind. What must be refused is known from the change alone; what may pass must expand to
//! Rust that parses, with every setting in it.

mod declarations;

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use self::declarations::{
    BAD_PARAMETERS, BAD_URIS, PROMPT_OPTIONS, RESOURCE_OPTIONS, SERVER_OPTIONS, TOOL_OPTIONS,
    Takes, VALUES, Written,
};
use crate::diagnose::Diagnostics;
use crate::kind::Kind;
use crate::options::SERVER;
use crate::parse::{ItemOptions, ResourceOptions, ToolOptions};
use crate::{check, expand, parse};

/// What is declared: a server, or an item of some kind.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Subject {
    Server,
    Item(Kind),
}

impl Subject {
    const ALL: [Self; 4] = [
        Self::Server,
        Self::Item(Kind::Tool),
        Self::Item(Kind::Resource),
        Self::Item(Kind::Prompt),
    ];

    fn table(self) -> &'static [Written] {
        match self {
            Self::Server => SERVER_OPTIONS,
            Self::Item(Kind::Tool) => TOOL_OPTIONS,
            Self::Item(Kind::Resource) => RESOURCE_OPTIONS,
            Self::Item(Kind::Prompt) => PROMPT_OPTIONS,
        }
    }

    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Server => SERVER.names(),
            Self::Item(kind) => kind.options().names(),
        }
    }

    /// Whether a declaration cannot do without the option.
    fn needs(self, name: &str) -> bool {
        self == Self::Item(Kind::Resource) && name == "uri"
    }
}

/// What happens to a declaration.
#[derive(Clone, Debug)]
enum Change {
    Drop,
    Double,
    Misspell(Misspelling, Index),
    Revalue(&'static str, &'static [Takes]),
    AddParameter(&'static str),
}

#[derive(Clone, Copy, Debug)]
enum Misspelling {
    Omit,
    Repeat,
    Swap,
    Underline,
}

fn change() -> impl Strategy<Value = Change> {
    let misspelling = select(vec![
        Misspelling::Omit,
        Misspelling::Repeat,
        Misspelling::Swap,
        Misspelling::Underline,
    ]);
    prop_oneof![
        2 => Just(Change::Drop),
        2 => Just(Change::Double),
        4 => (misspelling, any::<Index>()).prop_map(|(how, at)| Change::Misspell(how, at)),
        6 => select(VALUES).prop_map(|(value, fits)| Change::Revalue(value, fits)),
        1 => select(BAD_PARAMETERS).prop_map(Change::AddParameter),
    ]
}

fn misspelt(word: &str, how: Misspelling, at: Index) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = at.index(letters.len());
    match how {
        Misspelling::Omit => drop(letters.remove(at)),
        Misspelling::Repeat => letters.insert(at, letters[at]),
        Misspelling::Swap => letters.swap(at, (at + 1) % word.len()),
        Misspelling::Underline => letters.insert(at, '_'),
    }
    let word: String = letters.into_iter().collect();
    // Nothing is left of a word of one letter, and `_` alone is no word.
    if word.trim_matches('_').is_empty() {
        "nothing".to_owned()
    } else {
        word
    }
}

/// A declaration in one text, so that each span is a place in it.
struct Source {
    attribute: TokenStream,
    item: TokenStream,
    /// Where errors may point: into the attribute, or from the item's first token to its body.
    places: [Range<usize>; 2],
}

/// Parses the text; `None` where it is no list of tokens, which no macro ever sees.
fn source(text: &str) -> Option<Source> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut tokens = tokens.into_iter();
    let group = tokens.find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    })?;
    let item: Vec<TokenTree> = tokens.collect();
    let first = item.first()?.span().byte_range().start;
    let body = item.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            Some(group.span_open().byte_range().start)
        }
        _ => None,
    });
    Some(Source {
        attribute: group.stream(),
        places: [
            group.span_open().byte_range().start..group.span_close().byte_range().end,
            first..body.unwrap_or(text.len()),
        ],
        item: item.into_iter().collect(),
    })
}

/// What the pipeline says and makes of a declaration.
fn run(subject: Subject, source: &Source) -> (Diagnostics, String) {
    let (attribute, item) = (source.attribute.clone(), source.item.clone());
    let mut errors = Diagnostics::default();
    let code = match subject {
        Subject::Server => {
            let raw = parse::server(attribute.clone(), &item, &mut errors);
            let _ = raw.and_then(|raw| check::server(raw, &mut errors));
            expand::server(attribute, &item)
        }
        Subject::Item(kind @ Kind::Tool) => {
            let raw = parse::item::<ToolOptions>(kind, attribute.clone(), &item, &mut errors);
            let _ = raw.and_then(|raw| check::tool(raw, &mut errors));
            expand::tool(attribute, item)
        }
        Subject::Item(kind @ Kind::Resource) => {
            let raw = parse::item::<ResourceOptions>(kind, attribute.clone(), &item, &mut errors);
            let _ = raw.and_then(|raw| check::resource(raw, &mut errors));
            expand::resource(attribute, item)
        }
        Subject::Item(kind @ Kind::Prompt) => {
            let raw = parse::item::<ItemOptions>(kind, attribute.clone(), &item, &mut errors);
            let _ = raw.and_then(|raw| check::prompt(raw, &mut errors));
            expand::prompt(attribute, item)
        }
    };
    (errors, code.to_string())
}

/// The text of a declaration with these options.
fn text(subject: Subject, options: &[String], parameter: &str) -> String {
    let options = options.join(", ");
    match subject {
        Subject::Server => format!("server({options}) pub struct Notes {{ db: Db }}"),
        Subject::Item(Kind::Tool) => format!(
            "tool({options}) #[doc = \"Deletes.\"] pub async fn purge({parameter}app: &Notes, \
             #[arg(default = 7)] days: u32, note: Option<&AuthSession>) -> \
             Result<String> {{ Ok(days) }}"
        ),
        Subject::Item(kind) => format!(
            "{kind}({options}) #[doc = \"Some.\"] async fn notes({parameter}app: &Notes, \
             #[arg(complete = [\"a\", \"b\"])] note: String, #[arg(default = 7)] days: u32, \
             #[arg(name = \"kind\", complete = own::kinds)] sort: Option<Kind>, part: u8, \
             user: Option<&AuthSession>) -> Result<String> {{ Ok(note) }}"
        ),
    }
}

/// Errors point into the declaration, and what is made of it is Rust.
fn holds_always(text: &str, source: &Source, errors: &Diagnostics, code: &str) {
    for (message, span) in errors.texts().iter().zip(errors.spans()) {
        let at = span.byte_range();
        let inside = |place: &Range<usize>| place.start <= at.start && at.end <= place.end;
        assert!(
            !at.is_empty() && source.places.iter().any(inside),
            "{message}\npoints to {at:?} of\n{text}"
        );
        let coded = message
            .lines()
            .next()
            .is_some_and(|line| line.ends_with(']'));
        assert!(coded && message.contains("\nhelp: "), "{message}");
    }
    let parsed = syn::parse_str::<syn::File>(code);
    // A body that is no Rust comes back as it was; everything else must parse.
    assert!(parsed.is_ok(), "{text}\nexpands to\n{code}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_mistake_is_refused_where_it_stands(
        subject in select(&Subject::ALL[..]),
        kept in proptest::collection::vec(any::<bool>(), SERVER_OPTIONS.len()),
        chosen: Index,
        change in change(),
    ) {
        let (table, known) = (subject.table(), subject.names());
        let is_server = subject == Subject::Server;
        // Some of the options, as far as they do without the others: all of a login needs `auth`.
        let mut written: Vec<Written> = table
            .iter()
            .zip(&kept)
            .filter(|((name, ..), kept)| **kept || matches!(*name, "auth" | "roles" | "uri"))
            .map(|(option, _)| *option)
            .collect();
        let target = chosen.index(written.len());
        let (name, kind, spelling) = written[target];
        let mut options: Vec<String> = written.iter().map(|it| it.2.to_owned()).collect();
        let mut parameter = String::new();
        let must_fail = match &change {
            Change::Drop => {
                written.remove(target);
                options.remove(target);
                subject.needs(name)
                    || is_server && (name == "auth" || name == "roles" && written.iter().any(|it| it.0 == "roles_from"))
            }
            Change::Double => {
                options.push(spelling.to_owned());
                true
            }
            Change::Misspell(how, at) => {
                let wrong = misspelt(name, *how, *at);
                options[target] = spelling.replacen(name, &wrong, 1);
                !known.contains(&wrong.as_str())
            }
            Change::Revalue(value, fits) => {
                options[target] = format!("{name} {value}");
                !fits.contains(&kind)
            }
            Change::AddParameter(_) if is_server => false,
            Change::AddParameter(wrong) => {
                parameter = format!("{wrong}, ");
                true
            }
        };
        let text = text(subject, &options, &parameter);
        let Some(source) = source(&text) else {
            return Ok(());
        };
        let (errors, code) = run(subject, &source);
        holds_always(&text, &source, &errors, &code);
        if must_fail {
            prop_assert!(errors.count() > 0, "accepted: {text}");
        }
        if errors.count() == 0 {
            prop_assert!(!code.contains("compile_error"), "{text}");
            prop_assert_eq!(code.contains("submit !"), !is_server, "{}", text);
        } else {
            prop_assert!(code.contains("compile_error") && !code.contains("submit !"), "{text}");
        }
    }

    #[test]
    fn several_mistakes_do_no_harm(
        subject in select(&Subject::ALL[..]),
        kept in proptest::collection::vec(any::<bool>(), SERVER_OPTIONS.len()),
        changes in proptest::collection::vec((any::<Index>(), change()), 2..6),
    ) {
        let table = subject.table();
        let chosen = table.iter().zip(&kept).filter(|(_, kept)| **kept);
        let mut options: Vec<(&str, String)> =
            chosen.map(|((name, _, text), _)| (*name, (*text).to_owned())).collect();
        let mut parameters = String::new();
        for (at, change) in &changes {
            if options.is_empty() {
                break;
            }
            let at = at.index(options.len());
            match change {
                Change::Drop => drop(options.remove(at)),
                Change::Double => options.push(options[at].clone()),
                Change::Misspell(how, letter) => {
                    let (name, text) = &options[at];
                    let text = text.replacen(*name, &misspelt(name, *how, *letter), 1);
                    options[at].1 = text;
                }
                Change::Revalue(value, _) => options[at].1 = format!("{} {value}", options[at].0),
                // `self` can only be the first.
                Change::AddParameter(wrong) => parameters = format!("{wrong}, "),
            }
        }
        let options: Vec<String> = options.into_iter().map(|(_, text)| text).collect();
        let text = text(subject, &options, &parameters);
        if let Some(source) = source(&text) {
            let (errors, code) = run(subject, &source);
            holds_always(&text, &source, &errors, &code);
        }
    }
}

#[test]
fn every_declaration_is_valid_as_it_stands() {
    for subject in Subject::ALL {
        let table = subject.table();
        let options: Vec<String> = table.iter().map(|it| it.2.to_owned()).collect();
        let text = text(subject, &options, "");
        let (errors, _) = run(subject, &source(&text).unwrap());
        assert_eq!(errors.texts(), [""; 0], "{text}");
        let known = subject.names();
        let exercised: Vec<_> = table.iter().map(|it| it.0).collect();
        let left: Vec<_> = known
            .iter()
            .filter(|name| !exercised.contains(name))
            .collect();
        // These contradict the rest, or take nearly anything.
        let apart = [
            "public",
            "unencrypted_for_development",
            "size",
            "input_schema",
        ];
        assert!(
            left.iter().all(|name| apart.contains(*name)),
            "never tried: {left:?}"
        );
    }
}

#[test]
fn an_impossible_uri_is_one_error_at_its_text() {
    for uri in BAD_URIS {
        let subject = Subject::Item(Kind::Resource);
        let text = text(subject, &[format!("uri = \"{uri}\"")], "");
        let source = source(&text).unwrap();
        let (errors, code) = run(subject, &source);
        holds_always(&text, &source, &errors, &code);
        let at = errors.spans().first().map(proc_macro2::Span::byte_range);
        let literal = format!("\"{uri}\"");
        let is_literal = at.is_some_and(|at| text[at] == literal);
        assert!(
            is_literal || uri.contains("{note}"),
            "{uri}: {:?}",
            errors.texts()
        );
        assert!(errors.count() >= 1, "{uri}");
    }
}
