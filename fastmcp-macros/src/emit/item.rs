//! What every item is made of: an entry of data in a constant of its own, with the checks of its
//! types, and a function that decodes, lends, calls and answers in one expression.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::build_checks;
use super::probe;
use super::rule::rule;
use crate::check::shown;
use crate::model::{Argument, Complete, Fallback, Item, Loan, Parameter};
use crate::path::Krate;

/// The words of an item's kind in the runtime crate.
pub(super) struct Words {
    /// The type of its entry.
    pub(super) entry: &'static str,
    /// What comes of a call.
    pub(super) outcome: &'static str,
    /// The question to a type that decodes an argument.
    pub(super) argument: &'static str,
    /// The same, with a function that gives what was not sent.
    pub(super) argument_or: &'static str,
    /// The question to a type that makes the outcome of it.
    pub(super) answer: &'static str,
}

/// Everything that an attribute adds to its function.
pub(super) fn whole(
    item: &Item,
    words: &Words,
    twin: Option<&TokenStream>,
    entry: &TokenStream,
) -> TokenStream {
    let (door, private) = (item.krate.door(), Krate::private());
    let conditions = &item.conditions;
    let types = build_checks::types(item, &private);
    let across = build_checks::across_items(item, &private);
    let defaults = item
        .arguments()
        .enumerate()
        .filter_map(|(index, argument)| default(argument, index, item, &private));
    let run = run(item, words, &private);
    // A constant of its own, named where the function is: see `probe.rs`.
    let name = Ident::new("__ENTRY", item.function.span());
    let ty = word(words.entry);
    let suggests = item
        .arguments()
        .any(|argument| matches!(argument.complete, Some(Complete::Function(_))));
    let suggests = suggests.then(|| {
        quote! {
            use #private::{
                SuggestsLater as _, SuggestsNothing as _, SuggestsOrFails as _,
                SuggestsOrFailsLater as _,
            };
        }
    });
    let by_hand = item.input_schema.is_some().then(|| {
        quote! {
            use #private::{GivenAsData as _, GivenByFunction as _, GivenByNothing as _};
        }
    });
    quote! {
        #(#conditions)*
        #twin
        #(#conditions)*
        #[allow(dead_code, deprecated, unused_imports)]
        const _: () = {
            #door
            use #private::{Absent as _, DecidesLater as _, Stuck as _, Unfit as _};
            #suggests
            #by_hand
            #types
            #across
            #(#defaults)*
            #run
            const #name: #private::#ty = #entry;
            #private::inventory::submit! { #name }
        };
    }
}

/// A name that two items of one module cannot both have, so that the compiler refuses the second;
/// what this cannot see is refused at start.
pub(super) fn marker(name: &str, place: &LitStr) -> TokenStream {
    // All of it stands where the word does, which so is what the compiler underlines.
    let marker = Ident::new(name, place.span());
    quote_spanned! {place.span()=>
        #[doc(hidden)]
        #[allow(dead_code, non_upper_case_globals)]
        const #marker: () = ();
    }
}

/// Two items that were given one name. Two functions of one name are refused anyway.
pub(super) fn namesake(item: &Item) -> Option<TokenStream> {
    let name = item.given_name.as_ref()?;
    // `.` and `-` become words; a name that holds such a word already is left to the start.
    let text = name.value();
    if text.contains("_dot_") || text.contains("_dash_") {
        return None;
    }
    let text = text.replace('.', "_dot_").replace('-', "_dash_");
    let kind = item.kind;
    Some(marker(
        &format!("__FM0606_two_{kind}s_are_named_{text}"),
        name,
    ))
}

/// What every entry says, field by field.
pub(super) fn about(item: &Item, private: &TokenStream) -> TokenStream {
    let Item {
        name,
        description,
        icons,
        ..
    } = item;
    let title = option(item.title.as_ref(), private);
    let timeout = option(item.timeout.map(|it| duration(it, private)), private);
    let rule = rule(&item.access.rule, private);
    let lent: Vec<_> = item
        .loans()
        .map(|loan| probe::of_loan(loan, private))
        .collect();
    quote! {
        name: #name,
        title: #title,
        description: #description,
        icons: &[#(#icons),*],
        rule: #rule,
        timeout: #timeout,
        plain: !(false #(|| #lent::LIVE)*),
        location: ::core::concat!(::core::file!(), ":", ::core::line!()),
        module: ::core::module_path!(),
        accepts_app: |_app| true #(&& #lent::accepts(_app))*,
    }
}

/// How a server calls the item.
pub(super) fn call(item: &Item, words: &Words, private: &TokenStream) -> TokenStream {
    if item.is_async {
        return quote!(|__call| #private::Running(__run(__call)).boxed());
    }
    let body = body(item, words, private);
    quote!(|__call| #private::run(async move { #body }))
}

/// The call of a function that waits, as a function: a future of its own, so that its type can be
/// asked whether it is `Send`.
fn run(item: &Item, words: &Words, private: &TokenStream) -> Option<TokenStream> {
    let body = item.is_async.then(|| body(item, words, private))?;
    let name = Ident::new("__run", item.function.span());
    let outcome = word(words.outcome);
    Some(quote! {
        async fn #name(
            __call: #private::Call<'_>,
        ) -> #private::Result<#private::#outcome, #private::#outcome> {
            #body
        }
    })
}

/// Decodes, lends, calls, answers.
fn body(item: &Item, words: &Words, private: &TokenStream) -> TokenStream {
    let names = item.arguments().map(|argument| argument.name.as_str());
    let called = item.called();
    let mut index = 0_usize;
    let given: Vec<TokenStream> = item
        .parameters
        .iter()
        .map(|parameter| match parameter {
            Parameter::Sent(argument) => {
                index += 1;
                decoded(argument, index - 1, item, words, private)
            }
            Parameter::Lent(loan) => lent(loan, &called, private),
        })
        .collect();
    let function = &item.function;
    let wait = item.is_async.then(|| quote!(.await));
    let returns = probe::whole(&item.returns, private);
    let answer = word(words.answer);
    quote! {
        let __slots = #private::Slots::read(__call.arguments, &[#(#names),*])?;
        #private::Ok(#returns::#answer(#function(#(#given),*)#wait))
    }
}

fn decoded(
    argument: &Argument,
    index: usize,
    item: &Item,
    words: &Words,
    private: &TokenStream,
) -> TokenStream {
    let probe = probe::whole(&argument.ty, private);
    let Some(fallback) = fallback(argument, index, item) else {
        let decode = word(words.argument);
        return quote!(#probe::#decode(&__slots, #index)?);
    };
    let decode = word(words.argument_or);
    quote!(#probe::#decode(&__slots, #index, #fallback)?)
}

/// The function that gives the value of an argument that was not sent.
pub(super) fn fallback(argument: &Argument, index: usize, item: &Item) -> Option<Ident> {
    let has_one = !matches!(argument.default, Fallback::None);
    has_one.then(|| format_ident!("__default_{index}", span = item.function.span()))
}

/// That function: one for schema and call, so that a value which does not fit is one error.
fn default(
    argument: &Argument,
    index: usize,
    item: &Item,
    private: &TokenStream,
) -> Option<TokenStream> {
    let name = fallback(argument, index, item)?;
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

fn lent(loan: &Loan, item: &str, private: &TokenStream) -> TokenStream {
    let ty = &loan.ty;
    let probe = probe::of_loan(loan, private);
    let borrowed = quote!(#probe::borrow(&__call));
    if loan.optional {
        return borrowed;
    }
    let shown = shown(ty);
    quote!(#private::lent(#borrowed, #item, #shown)?)
}

fn word(text: &str) -> Ident {
    Ident::new(text, proc_macro2::Span::call_site())
}

pub(super) fn option(value: Option<impl ToTokens>, private: &TokenStream) -> TokenStream {
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
