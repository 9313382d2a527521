//! Every path that generated code may write: `::fastmcp`, or the crate under its other name.

use proc_macro2::TokenStream;
use quote::quote;

/// The crate as the user's `Cargo.toml` calls it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Krate(Option<syn::Path>);

impl Krate {
    pub(crate) fn new(renamed: Option<syn::Path>) -> Self {
        Self(renamed)
    }

    /// The crate itself.
    pub(crate) fn root(&self) -> TokenStream {
        self.0
            .as_ref()
            .map_or_else(|| quote!(::fastmcp), |path| quote!(#path))
    }

    /// The one marked door for generated code, by the name that [`Self::door`] gives it.
    pub(crate) fn private() -> TokenStream {
        quote!(__fastmcp)
    }

    /// Opens it. The one path that fails where the crate has another name: what hangs off an
    /// import that failed is not reported.
    pub(crate) fn door(&self) -> TokenStream {
        let root = self.root();
        quote!(use #root::__private as __fastmcp;)
    }
}
