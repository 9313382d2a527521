//! An access rule as a constant of `fastmcp::auth::Rule`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

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

/// The user's function; that it fits is a check's question.
fn predicate(path: &Path, private: &TokenStream) -> TokenStream {
    let name = path.to_token_stream().to_string().replace(' ', "");
    quote! {
        #private::Predicate {
            name: #name,
            call: |__session| #private::Decides(#path).about(__session),
        }
    }
}
