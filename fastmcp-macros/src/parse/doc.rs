//! Doc comments become descriptions.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// A text that was written, or one that a macro of the user's makes.
#[derive(Clone, Debug)]
pub(crate) enum Words {
    Written(String),
    /// Parts of a `concat!`, such as `include_str!("usage.md")`.
    Made(Vec<TokenStream>),
}

impl Words {
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, Self::Written(text) if text.trim().is_empty())
    }
}

impl ToTokens for Words {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Written(text) => text.to_tokens(tokens),
            Self::Made(parts) => tokens.extend(quote!(::core::concat!(#(#parts),*))),
        }
    }
}

/// The words of a doc comment: lines joined, the margin taken off, empty if there is none.
pub(crate) fn words(attributes: &[Attribute]) -> Words {
    let lines: Vec<&Expr> = attributes.iter().filter_map(line).collect();
    let texts: Option<Vec<String>> = lines.iter().copied().map(literal).collect();
    match texts {
        Some(texts) => Words::Written(joined(&texts)),
        None => Words::Made(lines.into_iter().flat_map(part).collect()),
    }
}

fn joined(lines: &[String]) -> String {
    let lines: Vec<&str> = lines.iter().flat_map(|line| line.split('\n')).collect();
    let margin = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.get(margin..).unwrap_or("").trim_end())
        .collect();
    lines.join("\n").trim().to_owned()
}

/// One line among lines that are made: its text, or its expression, and the line's end.
fn part(line: &Expr) -> [TokenStream; 2] {
    let text = match literal(line) {
        Some(text) => text.trim().to_token_stream(),
        None => line.to_token_stream(),
    };
    [text, quote!("\n")]
}

fn line(attribute: &Attribute) -> Option<&Expr> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => Some(&meta.value),
        _ => None,
    }
}

fn literal(line: &Expr) -> Option<String> {
    match line {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}
