//! A tool: one entry of data, whose `call` decodes, lends, calls and answers in one expression.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::build_checks;
use super::probe;
use super::rule::rule;
use crate::check::shown;
use crate::model::{Annotations, Argument, Fallback, Loan, Parameter, Tool};
use crate::path::Krate;

pub(crate) fn tool(tool: &Tool) -> TokenStream {
    let (door, private) = (tool.krate.door(), Krate::private());
    let conditions = &tool.conditions;
    let types = build_checks::types(tool, &private);
    let across = build_checks::across_items(tool, &private);
    let twin = twin(tool);
    let entry = entry(tool, &private);
    let defaults = arguments(tool)
        .enumerate()
        .filter_map(|(index, argument)| default(argument, index, tool, &private));
    let run = run(tool, &private);
    // A constant of its own, named where the function is: see `probe.rs`.
    let name = Ident::new("__ENTRY", tool.function.span());
    quote! {
        #(#conditions)*
        #twin
        #(#conditions)*
        #[allow(dead_code, deprecated, unused_imports)]
        const _: () = {
            #door
            use #private::{Absent as _, DecidesLater as _, Stuck as _, Unfit as _};
            #types
            #across
            #(#defaults)*
            #run
            const #name: #private::ToolEntry = #entry;
            #private::inventory::submit! { #name }
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
    let lent: Vec<_> = loans(tool)
        .map(|loan| probe::of_loan(loan, private))
        .collect();
    let returns = probe::whole(returns, private);
    let arguments = arguments(tool)
        .enumerate()
        .map(|(index, argument)| described(argument, index, tool, private));
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
            output_schema: || #returns::output_schema(),
            rule: #rule,
            timeout: #timeout,
            plain: !(false #(|| #lent::LIVE)*),
            location: ::core::concat!(::core::file!(), ":", ::core::line!()),
            accepts_app: |_app| true #(&& #lent::accepts(_app))*,
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
fn described(argument: &Argument, index: usize, tool: &Tool, private: &TokenStream) -> TokenStream {
    let Argument {
        name,
        ty,
        description,
        ..
    } = argument;
    let header = option(argument.header.as_ref(), private);
    let probe = probe::whole(ty, private);
    let default =
        fallback(argument, index, tool).map(|value| quote!(|| #probe::as_json(&#value())));
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

/// How a server calls the tool.
fn call(tool: &Tool, private: &TokenStream) -> TokenStream {
    if tool.is_async {
        return quote!(|__call| #private::Running(__run(__call)).boxed());
    }
    let body = body(tool, private);
    quote!(|__call| #private::run(async move { #body }))
}

/// The call of a function that waits, as a function: a future of its own, so that its type can be
/// asked whether it is `Send`.
fn run(tool: &Tool, private: &TokenStream) -> Option<TokenStream> {
    let body = tool.is_async.then(|| body(tool, private))?;
    let name = Ident::new("__run", tool.function.span());
    Some(quote! {
        async fn #name(
            __call: #private::Call<'_>,
        ) -> #private::Result<#private::Outcome, #private::Outcome> {
            #body
        }
    })
}

/// Decodes, lends, calls, answers.
fn body(tool: &Tool, private: &TokenStream) -> TokenStream {
    let names = arguments(tool).map(|argument| argument.name.as_str());
    let mut index = 0_usize;
    let given: Vec<TokenStream> = tool
        .parameters
        .iter()
        .map(|parameter| match parameter {
            Parameter::Sent(argument) => {
                index += 1;
                decoded(argument, index - 1, tool, private)
            }
            Parameter::Lent(loan) => lent(loan, &tool.name, private),
        })
        .collect();
    let function = &tool.function;
    let wait = tool.is_async.then(|| quote!(.await));
    let returns = probe::whole(&tool.returns, private);
    quote! {
        let __slots = #private::Slots::read(__call.arguments, &[#(#names),*])?;
        #private::Ok(#returns::outcome(#function(#(#given),*)#wait))
    }
}

fn decoded(argument: &Argument, index: usize, tool: &Tool, private: &TokenStream) -> TokenStream {
    let probe = probe::whole(&argument.ty, private);
    match fallback(argument, index, tool) {
        None => quote!(#probe::argument(&__slots, #index)?),
        Some(fallback) => quote!(#probe::argument_or(&__slots, #index, #fallback)?),
    }
}

/// The function that gives the value of an argument that was not sent.
fn fallback(argument: &Argument, index: usize, tool: &Tool) -> Option<Ident> {
    let has_one = !matches!(argument.default, Fallback::None);
    has_one.then(|| format_ident!("__default_{index}", span = tool.function.span()))
}

/// That function: one for schema and call, so that a value which does not fit is one error.
fn default(
    argument: &Argument,
    index: usize,
    tool: &Tool,
    private: &TokenStream,
) -> Option<TokenStream> {
    let name = fallback(argument, index, tool)?;
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
        ) => {
            let probe = probe::whole(ty, private);
            quote!(#probe::of_text(#text))
        }
        Fallback::Value(value) => quote!(#value),
    };
    Some(quote!(fn #name() -> #ty { #value }))
}

fn lent(loan: &Loan, tool: &str, private: &TokenStream) -> TokenStream {
    let ty = &loan.ty;
    let probe = probe::of_loan(loan, private);
    let borrowed = quote!(#probe::borrow(&__call));
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
