//! What is sent as text: arguments of prompts and variables of templates, with who suggests values.

use proc_macro2::TokenStream;
use quote::quote;

use super::probe;
use crate::model::{Argument, Complete, Fallback, Item};

/// The arguments as data.
pub(super) fn variables<'a>(
    item: &'a Item,
    private: &'a TokenStream,
) -> impl Iterator<Item = TokenStream> + 'a {
    item.arguments().map(move |argument| {
        let Argument {
            name, description, ..
        } = argument;
        let probe = probe::whole(&argument.ty, private);
        let required = match argument.default {
            Fallback::None => quote!(|| #probe::must_be_sent()),
            Fallback::OfType | Fallback::Value(_) => quote!(|| false),
        };
        let complete = complete(argument, private);
        quote! {
            #private::Variable {
                name: #name,
                description: #description,
                required: #required,
                made_of_parts: || #probe::made_of_parts(),
                complete: #private::Some(#private::Completer::#complete),
            }
        }
    })
}

fn complete(argument: &Argument, private: &TokenStream) -> TokenStream {
    match &argument.complete {
        Some(Complete::Values(values)) => quote!(Values(&[#(#values),*])),
        // That it fits is a check's question.
        Some(Complete::Function(path)) => {
            quote!(Function(|__typing| #private::Suggests(#path).of(__typing)))
        }
        None => {
            let probe = probe::whole(&argument.ty, private);
            quote!(OfType(|| #probe::listed_values()))
        }
    }
}
