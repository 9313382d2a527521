//! An access rule as a constant of `fastmcp::auth::Rule`.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::model::Rule;

/// The rule, and the statics that it refers to.
pub(super) struct Written {
    pub(super) expression: TokenStream,
    pub(super) statics: Vec<TokenStream>,
}

pub(super) fn rule(rule: &Rule, private: &TokenStream) -> Written {
    let mut statics = Vec::new();
    let expression = write(rule, private, &mut statics);
    Written {
        expression,
        statics,
    }
}

fn write(rule: &Rule, private: &TokenStream, statics: &mut Vec<TokenStream>) -> TokenStream {
    let mut list = |rules: &[Rule]| -> Vec<TokenStream> {
        rules
            .iter()
            .map(|rule| write(rule, private, statics))
            .collect()
    };
    match rule {
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
            let name = path.to_token_stream().to_string().replace(' ', "");
            let holder = format_ident!("__FASTMCP_PREDICATE_{}", statics.len());
            statics.push(quote! {
                static #holder: #private::Predicate = #private::Predicate {
                    name: #name,
                    call: |session| #private::Box::pin(async move {
                        #private::Answer(#path(session)).ask().await
                    }),
                };
            });
            quote!(#private::Rule::Check(&#holder))
        }
    }
}
