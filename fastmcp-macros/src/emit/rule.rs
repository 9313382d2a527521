//! An access rule as a constant of `fastmcp::auth::Rule`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::model::Rule;

pub(super) fn rule(written: &Rule, private: &TokenStream) -> TokenStream {
    let list = |rules: &[Rule]| -> Vec<TokenStream> {
        rules.iter().map(|part| rule(part, private)).collect()
    };
    match written {
        Rule::Default => quote!(#private::Rule::Default),
        Rule::Public => quote!(#private::Rule::Public),
        Rule::SignedIn => quote!(#private::Rule::SignedIn),
        Rule::Role(name) => quote!(#private::Rule::Role(#name)),
        Rule::Scope(name) => quote!(#private::Rule::Scope(#name)),
        Rule::Any(rules) => {
            let rules = list(rules);
            quote!(#private::Rule::Any(&[#(#rules),*]))
        }
        Rule::All(rules) => {
            let rules = list(rules);
            quote!(#private::Rule::All(&[#(#rules),*]))
        }
        Rule::Check(path) => {
            let predicate = predicate(path, private);
            quote!(#private::Rule::Check(&#predicate))
        }
    }
}

/// The user's function, called in tokens of its own span, so that a misfit underlines its name.
fn predicate(path: &Path, private: &TokenStream) -> TokenStream {
    let name = path.to_token_stream().to_string().replace(' ', "");
    let answer = quote_spanned! {path.span()=>
        let answer: bool = Answer(#path(__session)).when_known().await;
    };
    quote! {
        #private::Predicate {
            name: #name,
            call: |__session| #private::Box::pin(async move {
                use #private::Answer;
                #answer
                answer
            }),
        }
    }
}
