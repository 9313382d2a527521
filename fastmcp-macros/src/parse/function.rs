//! A function as far as an item needs it: everything but the body, which stays as it was written.
//! An unfinished body is the compiler's business, and an editor's that completes inside it.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Signature, Visibility};

use super::outer::without_ours;

/// A function whose body has not been read.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    pub(crate) signature: Signature,
    body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl Function {
    /// A `Self` that only an `impl` block gives a meaning to.
    pub(crate) fn says_self(&self) -> Option<TokenTree> {
        let find = |tokens: TokenStream, word: &str| flat(tokens).find(|token| is(token, word));
        if let Some(found) = find(self.signature.to_token_stream(), "Self") {
            return Some(found);
        }
        let is_own = |word| find(self.body.clone(), word).is_none();
        let elsewhere = ["impl", "trait", "struct", "enum", "union"];
        let found = find(self.body.clone(), "Self")?;
        elsewhere.into_iter().all(is_own).then_some(found)
    }

    /// Takes off what only the macro understands: `#[arg]`, and doc comments on parameters.
    pub(crate) fn without_helpers(mut self) -> Self {
        without_ours(&mut self.attributes);
        for input in &mut self.signature.inputs {
            if let FnArg::Typed(parameter) = input {
                parameter
                    .attrs
                    .retain(|attr| !attr.path().is_ident("doc") && !attr.path().is_ident("arg"));
            }
        }
        self
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// Every token, those inside groups as well.
fn flat(tokens: TokenStream) -> Box<dyn Iterator<Item = TokenTree>> {
    Box::new(tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => flat(group.stream()),
        token => Box::new(std::iter::once(token)),
    }))
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attributes,
            visibility,
            signature,
            body,
        } = self;
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}
