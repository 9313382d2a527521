//! What `items!` was given: paths of modules, with commas between them.
//!
//! `items!` itself is no procedural macro, so that it finds its crate whatever that is called; it
//! hands its tokens here to be checked. Whether a path leads somewhere, the compiler says.

use std::fmt::Write as _;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::codes;
use crate::diagnose::{Diagnostics, Fault};

/// The errors in them, or nothing.
pub(crate) fn check(tokens: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let mut known: Vec<Path> = Vec::new();
    for part in parts(tokens) {
        match Path::parse(&part) {
            Ok(path) => {
                if let Some(fault) = known.iter().find_map(|other| path.beside(other)) {
                    errors.push(fault);
                }
                known.push(path);
            }
            Err(fault) => errors.push(fault),
        }
    }
    quote!(#errors)
}

/// What stands between the commas.
fn parts(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => parts.push(Vec::new()),
            (_, Some(part)) => part.push(token),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The path of a module.
struct Path(Vec<Ident>);

impl Path {
    fn parse(part: &[TokenTree]) -> Result<Self, Fault> {
        let mut words = Vec::new();
        let mut rest = part.iter();
        loop {
            match rest.next() {
                Some(TokenTree::Ident(word)) => words.push(word.clone()),
                Some(token) => return Err(no_word(token, &words, part)),
                None => {
                    return Err(no_path(
                        &part[part.len() - 1],
                        "the path ends early",
                        &words,
                    ));
                }
            }
            match (rest.next(), rest.next()) {
                (None, _) => return Ok(Self(words)),
                (Some(TokenTree::Punct(one)), Some(TokenTree::Punct(two)))
                    if one.as_char() == ':' && two.as_char() == ':' => {}
                (Some(TokenTree::Ident(next)), _) => {
                    let help = format!("write `{}, {next}…`", text(&words));
                    let fault = format!("a comma is missing before `{next}`");
                    return Err(Fault::new(codes::UNREADABLE, next, fault, help));
                }
                (Some(token), _) => {
                    let fault = format!("`{token}` is no part of a module's path");
                    return Err(no_path(token, &fault, &words));
                }
            }
        }
    }

    /// What is wrong with this one where the other one is there.
    fn beside(&self, other: &Self) -> Option<Fault> {
        let (this, that) = (text(&self.0), text(&other.0));
        if self.0 == other.0 {
            let fault = format!("`{this}` is there twice");
            let help = "remove one of the two";
            return Some(Fault::new(codes::DOUBLED_OPTION, self, fault, help));
        }
        let (inner, outer) = if self.0.starts_with(&other.0) {
            (this, that)
        } else if other.0.starts_with(&self.0) {
            (that, this)
        } else {
            return None;
        };
        let fault = format!("`{inner}` is below `{outer}`, which is there too");
        let help =
            format!("remove `{inner}` for all items below `{outer}`, or `{outer}` for fewer");
        Some(Fault::new(codes::PLACE_INSIDE, self, fault, help))
    }
}

impl ToTokens for Path {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let words = &self.0;
        tokens.extend(quote!(#(#words)::*));
    }
}

fn text(words: &[Ident]) -> String {
    let words: Vec<_> = words.iter().map(ToString::to_string).collect();
    words.join("::")
}

/// Where a word of a path should be.
fn no_word(token: &TokenTree, before: &[Ident], part: &[TokenTree]) -> Fault {
    match token {
        TokenTree::Literal(literal) => {
            let written = literal.to_string();
            let inside = written.trim_matches('"').replace('.', "::");
            let help = match syn::parse_str::<syn::Path>(&inside) {
                Ok(_) => format!("write the path without quotes: `items!({inside})`"),
                Err(_) => "write the path of a module: `items!(crate::notes)`".to_owned(),
            };
            let fault = format!("{written} is no path of a module");
            Fault::new(codes::NOT_A_PLACE, literal, fault, help)
        }
        TokenTree::Punct(punct) if punct.as_char() == '*' && !before.is_empty() => {
            let before = text(before);
            let fault = format!("`{before}::*` asks for what is meant anyway");
            let help = format!("write `{before}`: modules below it are meant too");
            Fault::new(codes::NOT_A_PLACE, punct, fault, help)
        }
        TokenTree::Punct(punct) if punct.as_char() == ':' && before.is_empty() => {
            let rest = part
                .iter()
                .skip_while(|it| matches!(it, TokenTree::Punct(_)));
            let rest: TokenStream = rest.cloned().collect();
            let rest = rest.to_string().replace(' ', "");
            let help = format!("write `{rest}`");
            no_colons(part, &help)
        }
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let before = text(before);
            let each = parts(group.stream()).into_iter();
            let each = each.map(|part| {
                let part: TokenStream = part.into_iter().collect();
                format!("{before}::{}", part.to_string().replace(' ', ""))
            });
            let mut list = String::new();
            for path in each {
                let comma = if list.is_empty() { "" } else { ", " };
                let _ = write!(list, "{comma}{path}");
            }
            let help = format!("write `{list}`");
            let fault = "paths in braces cannot be read here";
            Fault::new(codes::NOT_A_PLACE, group, fault, help)
        }
        token => no_path(token, &format!("`{token}` is no path of a module"), before),
    }
}

fn no_colons(part: &[TokenTree], help: &str) -> Fault {
    let colons: TokenStream = part.iter().take(2).cloned().collect();
    let fault = "a path does not begin with `::` here";
    Fault::new(codes::NOT_A_PLACE, colons, fault, help)
}

fn no_path(token: &TokenTree, fault: &str, before: &[Ident]) -> Fault {
    let help = if before.is_empty() {
        "write the path of a module: `items!(crate::notes)`".to_owned()
    } else {
        format!("write `{}`", text(before))
    };
    Fault::new(codes::NOT_A_PLACE, token, fault, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tokens: &str) -> String {
        let tokens: TokenStream = tokens.parse().expect("tokens");
        check(tokens).to_string()
    }

    #[test]
    fn paths_of_modules_are_good() {
        for good in [
            "crate",
            "crate::a, crate::b::c,",
            "self::a, super::a, a",
            "r#mod::a",
        ] {
            assert_eq!(told(good), "", "{good}");
        }
    }

    #[test]
    fn what_is_no_path_is_told_with_what_to_write() {
        for (wrong, help) in [
            ("\"crate::a\"", "items!(crate::a)"),
            ("\"a b\"", "items!(crate::notes)"),
            ("7", "items!(crate::notes)"),
            ("crate::a crate::b", "a comma is missing"),
            ("crate::a::*", "write `crate::a`"),
            ("crate::{a, b::c}", "write `crate::a, crate::b::c`"),
            ("::a::b", "write `a::b`"),
            ("crate::a::<u8>", "write `crate::a`"),
            ("crate.a", "write `crate`"),
            ("crate::", "ends early"),
            ("crate, a, crate", "`crate` is there twice"),
            ("crate::a, crate", "remove `crate::a` for all"),
            ("crate::a, crate::a::b", "remove `crate::a::b` for all"),
        ] {
            let told = told(wrong);
            assert!(told.contains(help), "{wrong}: {told}");
            assert_eq!(told.matches("compile_error").count(), 1, "{wrong}: {told}");
        }
    }
}
