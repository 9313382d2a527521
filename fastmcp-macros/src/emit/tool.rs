//! A tool: its entry, and the shim that decodes, lends, calls and answers.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::build_checks;
use super::rule;
use crate::check::shown;
use crate::model::{Annotations, Argument, Fallback, Loan, Parameter, Tool};

pub(crate) fn tool(tool: &Tool) -> TokenStream {
    let private = tool.krate.private();
    let types = build_checks::types(tool, &private);
    let across = build_checks::across_items(tool, &private);
    let rule = rule::rule(&tool.access.rule, &private);
    let (rule, statics) = (rule.expression, rule.statics);
    let call = call(tool, &private);
    let input = input_schema(tool, &private);
    let entry = entry(tool, &rule, &private);
    let defaults = arguments(tool)
        .enumerate()
        .filter_map(|(index, argument)| default(argument, index, &private));
    quote! {
        #types
        #[allow(dead_code, deprecated)]
        const _: () = {
            #[allow(unused_imports)]
            use #private::{Absent as _, Ask as _};
            #across
            #(#statics)*
            #(#defaults)*
            #input
            #call
            #private::inventory::submit! { #entry }
        };
    }
}

fn entry(tool: &Tool, rule: &TokenStream, private: &TokenStream) -> TokenStream {
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
    let lent: Vec<_> = loans(tool).map(|loan| &loan.ty).collect();
    quote! {
        #private::ToolEntry {
            name: #name,
            title: #title,
            description: #description,
            icons: &[#(#icons),*],
            annotations: #annotations,
            input_schema: __fastmcp_input_schema,
            output_schema: || #private::Probe::<#returns>::output_schema(),
            rule: #rule,
            timeout: #timeout,
            plain: !(false #(|| #private::Probe::<#lent>::LIVE)*),
            location: ::core::concat!(::core::file!(), ":", ::core::line!()),
            accepts_app: |_app| true #(&& #private::Probe::<#lent>::accepts(_app))*,
            call: __fastmcp_call,
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

fn call(tool: &Tool, private: &TokenStream) -> TokenStream {
    let names: Vec<&str> = arguments(tool)
        .map(|argument| argument.name.as_str())
        .collect();
    let count = names.len();
    let mut index = 0_usize;
    let mut locals = Vec::new();
    let mut steps = Vec::new();
    for parameter in &tool.parameters {
        let local = format_ident!("__parameter_{}", locals.len());
        steps.push(match parameter {
            Parameter::Sent(argument) => {
                index += 1;
                decode(argument, index - 1, &local, private)
            }
            Parameter::Lent(loan) => lend(loan, &tool.name, &local, private),
        });
        locals.push(local);
    }
    let function = &tool.function;
    let wait = tool.is_async.then(|| quote!(.await));
    let returns = &tool.returns;
    quote! {
        fn __fastmcp_call<'a>(call: #private::Call<'a>) -> #private::BoxFuture<'a, #private::Outcome> {
            #private::Box::pin(async move {
                #[allow(unused_variables)]
                let slots = match #private::Slots::<#count>::read(call.arguments, &[#(#names),*]) {
                    #private::Ok(slots) => slots,
                    #private::Err(fault) => return #private::Outcome::Invalid(fault),
                };
                #(#steps)*
                #private::Probe::<#returns>::outcome(#function(#(#locals),*)#wait)
            })
        }
    }
}

fn decode(argument: &Argument, index: usize, local: &Ident, private: &TokenStream) -> TokenStream {
    let ty = &argument.ty;
    let decoded = quote! {
        match #private::Probe::<#ty>::argument(&slots, #index) {
            #private::Ok(value) => value,
            #private::Err(fault) => return #private::Outcome::Invalid(fault),
        }
    };
    match fallback(argument, index) {
        None => quote!(let #local: #ty = #decoded;),
        Some(fallback) => quote! {
            let #local: #ty = if slots.is_missing(#index) { #fallback() } else { #decoded };
        },
    }
}

/// The function that gives the value of an argument that was not sent.
fn fallback(argument: &Argument, index: usize) -> Option<Ident> {
    let has_one = !matches!(argument.default, Fallback::None);
    has_one.then(|| format_ident!("__fastmcp_default_{index}"))
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

fn lend(loan: &Loan, tool: &str, local: &Ident, private: &TokenStream) -> TokenStream {
    let ty = &loan.ty;
    let borrowed = quote!(#private::Probe::<#ty>::borrow(&call));
    if loan.optional {
        return quote!(let #local = #borrowed;);
    }
    let shown = shown(ty);
    quote! {
        let #local = match #borrowed {
            #private::Some(lent) => lent,
            #private::None => return #private::not_lent(#tool, #shown),
        };
    }
}

fn input_schema(tool: &Tool, private: &TokenStream) -> TokenStream {
    let arguments = arguments(tool).enumerate().map(|(index, argument)| {
        let Argument {
            name,
            ty,
            description,
            ..
        } = argument;
        let fallback = fallback(argument, index);
        let (required, default) = if let Some(value) = fallback {
            let value = quote!({
                let value: #ty = #value();
                #private::Probe::<#ty>::as_json(&value)
            });
            (quote!(false), value)
        } else {
            let required = quote!(#private::Probe::<#ty>::must_be_sent());
            (required, quote!(#private::None))
        };
        quote! {
            let part = #private::Probe::<#ty>::schema(&mut schema);
            schema.argument(#name, #description, part, #required, #default);
        }
    });
    quote! {
        fn __fastmcp_input_schema() -> #private::Schema {
            #[allow(unused_mut)]
            let mut schema = #private::InputSchema::new();
            #(#arguments)*
            schema.finish()
        }
    }
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
