//! `auth = …` as the provider value that it names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::item::texts;
use crate::model::{Auth, Custom};

pub(super) fn auth(auth: &Auth, private: &TokenStream) -> TokenStream {
    let requested = |scopes: &[syn::LitStr]| {
        let list = texts(scopes);
        (!scopes.is_empty()).then(|| quote!(.scopes(#list)))
    };
    let provider = match auth {
        Auth::CustomFromEnvironment => {
            return quote!(#private::AuthDeclaration::CustomFromEnvironment);
        }
        Auth::Google { scopes } => {
            let scopes = requested(scopes);
            quote!(#private::provider::google() #scopes)
        }
        Auth::GitHub { host, scopes } => {
            let scopes = requested(scopes);
            if let Some(host) = host {
                quote!(#private::provider::github_enterprise(#host) #scopes)
            } else {
                quote!(#private::provider::github() #scopes)
            }
        }
        Auth::Known {
            word,
            parts,
            scopes,
        } => {
            let scopes = requested(scopes);
            let function = format_ident!("{word}");
            quote!(#private::provider::#function(#(#parts),*) #scopes)
        }
        Auth::Azure { tenant, scopes } => {
            let scopes = requested(scopes);
            quote!(#private::provider::azure(#tenant) #scopes)
        }
        Auth::Custom(custom) => {
            let scopes = requested(&custom.scopes);
            let custom = self::custom(custom, private);
            quote!(#custom #scopes)
        }
        Auth::Oidc { issuer, scopes } => {
            let scopes = requested(scopes);
            quote!(#private::provider::oidc(#issuer) #scopes)
        }
        Auth::Dev { .. } => quote!(#private::provider::dev()),
        Auth::Own(path) => {
            let own = quote_spanned!(path.span()=> (&#path));
            quote!(#private::provider::IdentityProvider::provider #own)
        }
    };
    quote!(#private::AuthDeclaration::Provider(|| #provider))
}

fn custom(custom: &Custom, private: &TokenStream) -> TokenStream {
    let Custom {
        authorization_endpoint,
        token_endpoint,
        ..
    } = custom;
    let userinfo = custom.userinfo_endpoint.iter();
    let jwks = custom.jwks_uri.iter();
    let issuer = custom.issuer.iter();
    let revocation = custom.revocation_endpoint.iter();
    quote! {
        #private::provider::custom(#authorization_endpoint, #token_endpoint)
            #(.userinfo_endpoint(#userinfo))*
            #(.jwks_uri(#jwks))*
            #(.issuer(#issuer))*
            #(.revocation_endpoint(#revocation))*
    }
}
