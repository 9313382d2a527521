//! A tool: one entry of data, whose `call` decodes, lends, calls and answers in one expression.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::build_checks;
use super::rule::rule;
use crate::check::shown;
use crate::model::{Annotations, Argument, Fallback, Loan, Parameter, Tool};

pub(crate) fn tool(tool: &Tool) -> TokenStream {
    let private = tool.krate.private();
    let conditions = &tool.conditions;
    let types = build_checks::types(tool, &private);
    let across = build_checks::across_items(tool, &private);
    let twin = twin(tool);
    let entry = entry(tool, &private);
    let defaults = arguments(tool)
        .enumerate()
        .filter_map(|(index, argument)| default(argument, index, &private));
    quote! {
        #(#conditions)*
        #twin
        #(#conditions)*
        #[allow(dead_code, deprecated, unused_imports)]
        const _: () = {
            use #private::{Absent as _, Known as _};
            #types
            #across
            #(#defaults)*
            #private::inventory::submit! { #entry }
        };
    }
}

/// A name that two tools of one module cannot both have, so that the compiler refuses the second.
/// Only where a name was given: two functions of one name are refused anyway, and what this cannot
/// see is refused at start.
fn twin(tool: &Tool) -> Option<TokenStream> {
    let name = tool.given_name.as_ref()?;
    // `.` and `-` become words; a name that holds such a word already is left to the start.
    let text = name.value();
    if text.contains("_dot_") || text.contains("_dash_") {
        return None;
    }
    let text = text.replace('.', "_dot_").replace('-', "_dash_");
    let marker = Ident::new(&format!("__FM0606_two_tools_are_named_{text}"), name.span());
    Some(quote! {
        #[doc(hidden)]
        #[allow(dead_code, non_upper_case_globals)]
        const #marker: () = ();
    })
}

fn entry(tool: &Tool, private: &TokenStream) -> TokenStream {
    let Tool {
        name,
        description,
        icons,
        returns,
        ..
    } = tool;
    let title = option(tool.title.as_ref(), private);
    let timeout = option(tool.timeout.map(|it| duration(it, private)), private);
    let annotations = annotations(tool.annotations, private);
    let rule = rule(&tool.access.rule, private);
    let lent: Vec<_> = loans(tool).map(|loan| &loan.ty).collect();
    let arguments = arguments(tool)
        .enumerate()
        .map(|(index, argument)| described(argument, index, private));
    let mirrored = self::arguments(tool).filter_map(|argument| {
        let (name, header) = (&argument.name, argument.header.as_ref()?);
        Some(quote!((#name, #header)))
    });
    let call = call(tool, private);
    quote! {
        #private::ToolEntry {
            name: #name,
            title: #title,
            description: #description,
            icons: &[#(#icons),*],
            annotations: #annotations,
            input_schema: || #private::InputSchema::of(&[#(#arguments),*]),
            mirrored: &[#(#mirrored),*],
            output_schema: || #private::Probe::<#returns>::output_schema(),
            rule: #rule,
            timeout: #timeout,
            plain: !(false #(|| #private::Probe::<#lent>::LIVE)*),
            location: ::core::concat!(::core::file!(), ":", ::core::line!()),
            accepts_app: |_app| true #(&& #private::Probe::<#lent>::accepts(_app))*,
            call: #call,
        }
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
fn described(argument: &Argument, index: usize, private: &TokenStream) -> TokenStream {
    let Argument {
        name,
        ty,
        description,
        ..
    } = argument;
    let header = option(argument.header.as_ref(), private);
    let default = fallback(argument, index)
        .map(|value| quote!(|| #private::Probe::<#ty>::as_json(&#value())));
    let default = option(default, private);
    quote! {
        #private::Argument {
            name: #name,
            description: #description,
            header: #header,
            schema: |whole| #private::Probe::<#ty>::schema(whole),
            must_be_sent: || #private::Probe::<#ty>::must_be_sent(),
            default: #default,
        }
    }
}

fn call(tool: &Tool, private: &TokenStream) -> TokenStream {
    let names = arguments(tool).map(|argument| argument.name.as_str());
    let mut index = 0_usize;
    let given: Vec<TokenStream> = tool
        .parameters
        .iter()
        .map(|parameter| match parameter {
            Parameter::Sent(argument) => {
                index += 1;
                decoded(argument, index - 1, private)
            }
            Parameter::Lent(loan) => lent(loan, &tool.name, private),
        })
        .collect();
    let function = &tool.function;
    let wait = tool.is_async.then(|| quote!(.await));
    let returns = &tool.returns;
    quote! {
        |__call| #private::run(async move {
            let __slots = #private::Slots::read(__call.arguments, &[#(#names),*])?;
            #private::Ok(#private::Probe::<#returns>::outcome(#function(#(#given),*)#wait))
        })
    }
}

fn decoded(argument: &Argument, index: usize, private: &TokenStream) -> TokenStream {
    let ty = &argument.ty;
    match fallback(argument, index) {
        None => quote!(#private::Probe::<#ty>::argument(&__slots, #index)?),
        Some(fallback) => {
            quote!(#private::Probe::<#ty>::argument_or(&__slots, #index, #fallback)?)
        }
    }
}

/// The function that gives the value of an argument that was not sent.
fn fallback(argument: &Argument, index: usize) -> Option<Ident> {
    let has_one = !matches!(argument.default, Fallback::None);
    has_one.then(|| format_ident!("__default_{index}"))
}

/// That function: one for schema and call, so that a value which does not fit is one error.
fn default(argument: &Argument, index: usize, private: &TokenStream) -> Option<TokenStream> {
    let name = fallback(argument, index)?;
    let ty = &argument.ty;
    let value = match &argument.default {
        Fallback::None => return None,
        Fallback::OfType => quote_spanned! {ty.span()=>
            <#ty as #private::Default>::default()
        },
        Fallback::Value(
            text @ Expr::Lit(ExprLit {
                lit: Lit::Str(_), ..
            }),
        ) => quote!(#private::Probe::<#ty>::of_text(#text)),
        Fallback::Value(value) => quote!(#value),
    };
    Some(quote!(fn #name() -> #ty { #value }))
}

fn lent(loan: &Loan, tool: &str, private: &TokenStream) -> TokenStream {
    let ty = &loan.ty;
    let borrowed = quote!(#private::Probe::<#ty>::borrow(&__call));
    if loan.optional {
        return borrowed;
    }
    let shown = shown(ty);
    quote!(#private::lent(#borrowed, #tool, #shown)?)
}

fn arguments(tool: &Tool) -> impl Iterator<Item = &Argument> {
    tool.parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Sent(argument) => Some(argument),
            Parameter::Lent(_) => None,
        })
}

fn loans(tool: &Tool) -> impl Iterator<Item = &Loan> {
    tool.parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Sent(_) => None,
            Parameter::Lent(loan) => Some(loan),
        })
}

pub(super) fn option(value: Option<impl quote::ToTokens>, private: &TokenStream) -> TokenStream {
    value.map_or_else(
        || quote!(#private::None),
        |value| quote!(#private::Some(#value)),
    )
}

pub(super) fn duration(duration: Duration, private: &TokenStream) -> TokenStream {
    let seconds = duration.as_secs();
    let nanos = duration.subsec_nanos();
    quote!(#private::Duration::new(#seconds, #nanos))
}

/// A list of texts as a constant.
pub(super) fn texts(texts: &[LitStr]) -> TokenStream {
    quote!([#(#texts),*])
}
