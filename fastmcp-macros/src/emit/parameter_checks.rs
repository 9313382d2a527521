//! Questions about the parameters: whether a client can send them, or the server lend them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Lit, LitStr, Path};

use super::build_checks::Checks;
use super::item::option;
use super::probe::{self, asked, first_argument};
use crate::check::shown;
use crate::kind::Kind;
use crate::model::{Argument, Complete, Fallback, Item, Loan};

/// Whether an owned parameter is what its attribute says.
pub(super) fn sent_fits(argument: &Argument, item: &Item, checks: &mut Checks<'_>) {
    argument_fits(argument, item, checks);
    default_fits(argument, checks);
    if let Some(header) = &argument.header {
        header_fits(argument, header, checks);
    }
    if item.kind != Kind::Tool {
        text_fits(argument, item, checks);
    }
    if let Some(Complete::Function(path)) = &argument.complete {
        suggestions_fit(argument, path, checks);
    }
}

fn argument_fits(argument: &Argument, item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let whole = probe::whole(&argument.ty, private);
    let schema = |probe: &TokenStream| {
        if item.is_described_by_types() {
            quote!(#probe::SCHEMA)
        } else {
            quote!(true)
        }
    };
    let facts = asked(&argument.ty, private).map(|(shown, probe)| {
        let schema = schema(&probe);
        quote!((#shown, #probe::DESERIALIZE, #schema, #probe::LENT))
    });
    let called = item.called();
    let waits = item.is_async;
    let stays = quote!(#waits && !#whole::SEND);
    let facts = quote!(&[#(#facts),*], #called, #whole::ALIAS, #stays);
    checks.add("ARGUMENT_FITS", "argument_fits", facts, &argument.ty);
}

/// Whether a default in quotes can become the type of its argument.
fn default_fits(argument: &Argument, checks: &mut Checks<'_>) {
    let Fallback::Value(text) = &argument.default else {
        return;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(_), ..
    }) = text
    else {
        return;
    };
    let private = checks.private;
    let (ty, name) = (&argument.ty, &argument.name);
    let (shown, probe) = (shown(ty), probe::whole(ty, private));
    let inside = first_argument(ty, "Option")
        .map(|ty| probe::inner(ty, private))
        .map_or_else(|| quote!(false), |probe| quote!(#probe::OF_TEXT));
    let written = text.to_token_stream().to_string();
    let facts = quote!(#written, #name, #shown, #probe::OF_TEXT, #inside);
    checks.add("DEFAULT_FITS", "default_fits", facts, text);
}

/// Whether one text can be the argument.
fn text_fits(argument: &Argument, item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let (ty, name) = (&argument.ty, &argument.name);
    let (shown, probe) = (shown(ty), probe::whole(ty, private));
    let called = item.called();
    // One that cannot be sent at all is another check's.
    let facts = quote!(#called, #name, #shown, #probe::DESERIALIZE && #probe::COMPOUND);
    checks.add("TEXT_FITS", "text_fits", facts, ty);
}

/// Whether a function can suggest values.
fn suggestions_fit(argument: &Argument, path: &Path, checks: &mut Checks<'_>) {
    let private = checks.private;
    let (name, argument) = (
        path.to_token_stream().to_string().replace(' ', ""),
        &argument.name,
    );
    let verdict = quote!(#private::holds(|| #private::Suggests(#path).verdict()));
    let facts = quote!(#name, #argument, #verdict);
    checks.add("SUGGESTIONS_FIT", "suggestions_fit", facts, path);
}

/// Whether a header can carry the argument.
fn header_fits(argument: &Argument, header: &LitStr, checks: &mut Checks<'_>) {
    let private = checks.private;
    let (ty, name) = (&argument.ty, &argument.name);
    let (shown, probe) = (shown(ty), probe::whole(ty, private));
    let facts = quote!(#name, #shown, #probe::COMPOUND);
    checks.add("HEADER_FITS", "header_fits", facts, header);
}

pub(super) fn loan_fits(loan: &Loan, item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let ty = &loan.ty;
    let (shown, probe) = (shown(ty), probe::of_loan(loan, private));
    let called = item.called();
    let has_caller = loan.optional || item.access.asks.is_some();
    let pointed = ["Arc", "Box", "Rc", "Option"];
    let pointed = pointed.iter().find_map(|name| first_argument(ty, name));
    let pointed = pointed.map(|ty| {
        let (shown, probe) = (self::shown(ty), probe::inner(ty, private));
        quote!((#shown, #probe::LENT))
    });
    let pointed = option(pointed, private);
    let facts = quote! {
        #shown, #called, #probe::LENT, #pointed, #probe::NEEDS_CALLER && !#has_caller
    };
    checks.add("LOAN_FITS", "loan_fits", facts, ty);
}
