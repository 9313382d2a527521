//! Commas that are missing. Two words, texts or lists side by side mean nothing in any option, so
//! a comma was meant; with it in its place the rest is read as if it had been there.

use proc_macro2::{Group, Punct, Spacing, TokenStream, TokenTree};

use crate::codes;
use crate::diagnose::Diagnostics;

/// Puts a comma wherever one is missing, and reports each; `None` where none is.
pub(super) fn put(tokens: TokenStream, errors: &mut Diagnostics) -> Option<TokenStream> {
    let before = errors.count();
    let apart = apart(tokens, errors);
    (errors.count() > before).then_some(apart)
}

fn apart(tokens: TokenStream, errors: &mut Diagnostics) -> TokenStream {
    let mut found: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if let Some(last) = found.last()
            && is_value(last)
            && begins(&token)
        {
            errors.error(
                codes::UNREADABLE,
                &token,
                format_args!("a comma is missing before `{token}`"),
                format_args!("write `{}, {token}`", end_of(last)),
            );
            found.push(Punct::new(',', Spacing::Alone).into());
        }
        found.push(match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), apart(group.stream(), errors));
                inner.set_span(group.span());
                inner.into()
            }
            token => token,
        });
    }
    found.into_iter().collect()
}

fn is_value(token: &TokenTree) -> bool {
    !matches!(token, TokenTree::Punct(_))
}

fn begins(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_))
}

/// The last of what stands before the comma.
fn end_of(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => {
            let text = group.to_string();
            format!("…{}", text.chars().next_back().unwrap_or(' '))
        }
        token => token.to_string(),
    }
}
