//! How a type is asked. A type that does not exist should be one error, and the compiler shows two
//! that read alike once. What it offers as a cure depends on where the type stands, so it is asked
//! where it stands in the user's signature: between `<` and `>`, or not.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, PathArguments, Type};

use crate::check::shown;
use crate::model::Loan;

/// The probe of a type that stands by itself.
pub(super) fn whole(ty: &Type, private: &TokenStream) -> TokenStream {
    quote!(<<#ty as #private::Asked>::Probe>)
}

/// The probe of a type inside another one.
pub(super) fn inner(ty: &Type, private: &TokenStream) -> TokenStream {
    quote!(#private::Probe::<#ty>)
}

/// The probe of a loan, `&T` or `Option<&T>`.
pub(super) fn of_loan(loan: &Loan, private: &TokenStream) -> TokenStream {
    if loan.optional {
        inner(&loan.ty, private)
    } else {
        whole(&loan.ty, private)
    }
}

/// The types inside `ty`, innermost first, and `ty` itself last: how each is shown, and its probe.
pub(super) fn asked(
    ty: &Type,
    private: &TokenStream,
) -> impl Iterator<Item = (String, TokenStream)> {
    let last = (shown(ty), whole(ty, private));
    let mut types = inside(ty);
    types.pop();
    let inside = types.into_iter().map(|ty| (shown(ty), inner(ty, private)));
    inside.chain([last]).collect::<Vec<_>>().into_iter()
}

/// The types inside `ty`, innermost first, and `ty` itself last.
pub(super) fn inside(ty: &Type) -> Vec<&Type> {
    let mut found = Vec::new();
    collect(ty, &mut found);
    found
}

fn collect<'a>(ty: &'a Type, found: &mut Vec<&'a Type>) {
    match ty {
        Type::Path(path) => {
            for segment in &path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            collect(ty, found);
                        }
                    }
                }
            }
        }
        Type::Array(array) => collect(&array.elem, found),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| collect(ty, found)),
        Type::Group(group) => return collect(&group.elem, found),
        Type::Paren(paren) => return collect(&paren.elem, found),
        _ => {}
    }
    found.push(ty);
}

/// `T` of `name<T, …>`.
pub(super) fn first_argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    nth_argument(ty, name, 0)
}

pub(super) fn nth_argument<'a>(ty: &'a Type, name: &str, index: usize) -> Option<&'a Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == name => {
            match arguments.args.iter().nth(index)? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}
