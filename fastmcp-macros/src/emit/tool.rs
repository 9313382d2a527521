//! A tool: an entry with schemas and hints.

use proc_macro2::TokenStream;
use quote::quote;

use super::item::{Words, about, call, fallback, namesake, option, whole};
use super::probe;
use crate::model::{Annotations, Argument, Fallback, Item, TaskSupport, Tool};
use crate::path::Krate;

const WORDS: Words = Words {
    entry: "ToolEntry",
    outcome: "Outcome",
    argument: "argument",
    argument_or: "argument_or",
    answer: "outcome",
};

pub(crate) fn tool(tool: &Tool) -> TokenStream {
    let entry = entry(tool, &Krate::private());
    whole(&tool.item, &WORDS, namesake(&tool.item).as_ref(), &entry)
}

fn entry(tool: &Tool, private: &TokenStream) -> TokenStream {
    let item = &tool.item;
    let about = about(item, private);
    let annotations = annotations(tool.annotations, private);
    let returns = probe::whole(&item.returns, private);
    let schema = schema(item, private);
    let mirrored = item.arguments().filter_map(|argument| {
        let (name, header) = (&argument.name, argument.header.as_ref()?);
        Some(quote!((#name, #header)))
    });
    let task = option(tool.task.map(|support| task(support, private)), private);
    let call = call(item, &WORDS, private);
    quote! {
        #private::ToolEntry {
            #about
            annotations: #annotations,
            task: #task,
            #schema
            mirrored: &[#(#mirrored),*],
            output_schema: || #returns::output_schema(),
            call: #call,
        }
    }
}

fn task(support: TaskSupport, private: &TokenStream) -> TokenStream {
    match support {
        TaskSupport::Optional => quote!(#private::TaskSupport::Optional),
        TaskSupport::Required => quote!(#private::TaskSupport::Required),
        TaskSupport::OnDemand => quote!(#private::TaskSupport::OnDemand),
    }
}

/// What may be sent: made of the types, or written by hand.
fn schema(item: &Item, private: &TokenStream) -> TokenStream {
    let Some(schema) = &item.input_schema else {
        let arguments = item.arguments().enumerate();
        let arguments =
            arguments.map(|(index, argument)| described(argument, index, item, private));
        return quote! {
            input_schema: || #private::InputSchema::of(&[#(#arguments),*]),
            written: #private::None,
        };
    };
    let parameters = item.arguments().map(|argument| {
        let Argument { name, ty, .. } = argument;
        let header = option(argument.header.as_ref(), private);
        let probe = probe::whole(ty, private);
        let must_be_sent = match argument.default {
            Fallback::None => quote!(|| #probe::must_be_sent()),
            Fallback::OfType | Fallback::Value(_) => quote!(|| false),
        };
        quote! {
            #private::Parameter { name: #name, header: #header, must_be_sent: #must_be_sent }
        }
    });
    quote! {
        input_schema: || #private::InputSchema::read(&#private::ByHand(#schema).text()),
        written: #private::Some(#private::WrittenSchema {
            text: || #private::ByHand(#schema).text(),
            parameters: &[#(#parameters),*],
        }),
    }
}

fn annotations(annotations: Annotations, private: &TokenStream) -> TokenStream {
    let read_only = option(annotations.read_only, private);
    let destructive = option(annotations.destructive, private);
    let idempotent = option(annotations.idempotent, private);
    let open_world = option(annotations.open_world, private);
    quote! {
        #private::Annotations {
            read_only: #read_only,
            destructive: #destructive,
            idempotent: #idempotent,
            open_world: #open_world,
        }
    }
}

/// An argument as data, for the schema.
fn described(argument: &Argument, index: usize, item: &Item, private: &TokenStream) -> TokenStream {
    let Argument {
        name,
        ty,
        description,
        ..
    } = argument;
    let header = option(argument.header.as_ref(), private);
    let probe = probe::whole(ty, private);
    let default =
        fallback(argument, index, item).map(|value| quote!(|| #probe::as_json(&#value())));
    let default = option(default, private);
    quote! {
        #private::Argument {
            name: #name,
            description: #description,
            header: #header,
            schema: |whole| #probe::schema(whole),
            must_be_sent: || #probe::must_be_sent(),
            default: #default,
        }
    }
}
