//! A prompt: an entry with its arguments.

use proc_macro2::TokenStream;
use quote::quote;

use super::item::{Words, about, call, namesake, whole};
use super::text::variables;
use crate::model::Prompt;
use crate::path::Krate;

const WORDS: Words = Words {
    entry: "PromptEntry",
    outcome: "PromptOutcome",
    argument: "text",
    argument_or: "text_or",
    answer: "prompted",
};

pub(crate) fn prompt(prompt: &Prompt) -> TokenStream {
    let item = &prompt.item;
    let private = Krate::private();
    let about = about(item, &private);
    let arguments = variables(item, &private);
    let call = call(item, &WORDS, &private);
    let entry = quote! {
        #private::PromptEntry {
            #about
            arguments: &[#(#arguments),*],
            get: #call,
        }
    };
    whole(item, &WORDS, namesake(item).as_ref(), &entry)
}
