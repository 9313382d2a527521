//! A rule for who may log in as a `fastmcp::provider::Admission`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Admission, Fact};

pub(super) fn admission(written: &Admission, private: &TokenStream) -> TokenStream {
    let list = |rules: &[Admission]| -> Vec<TokenStream> {
        let rules = rules.iter();
        rules.map(|part| admission(part, private)).collect()
    };
    match written {
        Admission::Told { fact, text, .. } => match fact {
            Fact::EmailDomain => quote!(#private::Admission::email_domain(#text)),
            Fact::HostedDomain => quote!(#private::Admission::hosted_domain(#text)),
            Fact::Tenant => quote!(#private::Admission::tenant(#text)),
            Fact::Group => quote!(#private::Admission::group(#text)),
            Fact::Organization => quote!(#private::Admission::organization(#text)),
            Fact::Team => quote!(#private::Admission::team(#text)),
        },
        Admission::Any(rules) => {
            let rules = list(rules);
            quote!(#private::Admission::Any(#private::Vec::from([#(#rules),*])))
        }
        Admission::All(rules) => {
            let rules = list(rules);
            quote!(#private::Admission::All(#private::Vec::from([#(#rules),*])))
        }
        Admission::Check(path) => quote!(#private::Admits(#path).rule()),
    }
}
