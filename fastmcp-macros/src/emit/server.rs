//! A server: its declaration, the loan of its state, and the methods that start it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::build_checks::Checks;
use super::provider::auth;
use super::tool::{duration, option, texts};
use crate::model::{Auth, Claims, Server, Setting, SettingValue};
use crate::parse::Outline;
use crate::path::Krate;

pub(crate) fn server(server: &Server) -> TokenStream {
    let private = server.krate.private();
    let ident = &server.ident;
    let conditions = &server.conditions;
    let declaration = declaration(server, &private);
    let has_auth = server.auth.is_some();
    let (name, roles, scopes) = (ident.to_string(), &server.roles, &server.scopes);
    let settings = server
        .settings
        .iter()
        .map(|setting| self::setting(setting, &server.krate));
    let checks = checks(server, &private);
    let state = state(ident, &private);
    let whole = quote!(#private::server(self, Self::__FASTMCP) #(#settings)*);
    let methods = methods(&server.visibility, &server.krate, &whole);
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(deprecated, unused_imports)]
        use #ident as __FM0605_one_server_per_crate_root;
        #(#conditions)*
        #[allow(dead_code, deprecated)]
        const _: () = {
            #checks
            impl #private::Declared for #ident {
                const DECLARED: #private::Declaration = #private::Declaration {
                    known: true,
                    server: #name,
                    auth: #has_auth,
                    roles: &[#(#roles),*],
                    scopes: &[#(#scopes),*],
                };
            }
            #state
            #[allow(dead_code, unreachable_pub)]
            impl #ident {
                const __FASTMCP: #private::ServerDeclaration = #declaration;
                #methods
            }
        };
    }
}

/// What the runtime crate knows better than the macro: its routes, its claims, the build's profile.
fn checks(server: &Server, private: &TokenStream) -> TokenStream {
    let mut checks = Checks::new(private);
    if let Some(Auth::Dev {
        word,
        allow_release: false,
    }) = &server.auth
    {
        let facts = quote!(::core::cfg!(debug_assertions));
        checks.add("DEV_STAYS_AT_HOME", "dev_stays_at_home", facts, word);
    }
    for setting in &server.settings {
        match &setting.value {
            SettingValue::Text(path) if setting.method == "redirect_path" => {
                checks.add("PATH_IS_FREE", "path_is_free", quote!(#path), path);
            }
            SettingValue::Claims(claims) => {
                for claim in claims.allowed_claims.iter().flatten() {
                    checks.add("CLAIM_MAY_PASS", "claim_may_pass", quote!(#claim), claim);
                }
            }
            _ => {}
        }
    }
    checks.finish()
}

/// A server whose attribute has a mistake: its tools and its `main` must not fail as well.
pub(crate) fn server_outline(outline: &Outline) -> TokenStream {
    let private = outline.krate.private();
    let (ident, conditions) = (&outline.ident, &outline.conditions);
    let (parameters, arguments, bounds) = outline.generics.split_for_impl();
    let state = outline
        .generics
        .params
        .is_empty()
        .then(|| state(ident, &private));
    let unbuilt = quote!(#private::unbuilt(self));
    let methods = methods(&outline.visibility, &outline.krate, &unbuilt);
    quote! {
        #(#conditions)*
        const _: () = {
            #state
            #[allow(dead_code, unreachable_pub)]
            impl #parameters #ident #arguments #bounds {
                #methods
            }
        };
    }
}

/// The state is lent to tools as `&Server`.
fn state(ident: &Ident, private: &TokenStream) -> TokenStream {
    quote! {
        impl #private::Borrowed for #ident {
            const NEEDS_CALLER: bool = false;

            fn borrow<'a>(call: &#private::Call<'a>) -> #private::Option<&'a Self> {
                call.app.downcast_ref::<Self>()
            }

            fn accepts(app: &(dyn #private::Any + #private::Send + #private::Sync)) -> bool {
                app.is::<Self>()
            }
        }
    }
}

fn methods(visibility: &syn::Visibility, krate: &Krate, whole: &TokenStream) -> TokenStream {
    let root = krate.root();
    let private = krate.private();
    quote! {
        /// The server with everything that was declared, before it starts: one method for each
        /// setting.
        #[must_use]
        #visibility fn into_server(self) -> #root::server::Server {
            #whole
        }

        /// Serves over HTTP until the process is told to stop. What was not declared comes from
        /// the environment. A server that cannot start says why and ends the process with 78.
        ///
        /// # Errors
        /// The listening socket failed later on.
        #visibility async fn serve(self) -> #root::Result<()> {
            self.into_server().serve().await
        }

        /// The server as a router to mount beside other routes.
        ///
        /// # Errors
        /// Every problem that keeps the server from starting, at once.
        #visibility async fn router(self) -> #root::Result<#private::Router> {
            self.into_server().router().await
        }

        /// Serves one client over standard input and output. A server that cannot start says why
        /// and ends the process with 78.
        ///
        /// # Errors
        /// The client went away in the middle of the first exchange.
        #visibility async fn stdio(self) -> #root::Result<()> {
            self.into_server().stdio().await
        }
    }
}

fn declaration(server: &Server, private: &TokenStream) -> TokenStream {
    let Server {
        name,
        instructions,
        roles,
        scopes,
        anonymous,
        ..
    } = server;
    let title = option(server.title.as_ref(), private);
    let auth = option(server.auth.as_ref().map(|it| auth(it, private)), private);
    let roles_from = server
        .roles_from
        .as_ref()
        .map(|path| roles_from(path, private));
    let roles_from = option(roles_from, private);
    quote! {
        #private::ServerDeclaration {
            name: #name,
            title: #title,
            version: ::core::env!("CARGO_PKG_VERSION"),
            instructions: #instructions,
            auth: #auth,
            roles: &[#(#roles),*],
            scopes: &[#(#scopes),*],
            roles_from: #roles_from,
            anonymous: #anonymous,
        }
    }
}

/// The user's function, called in tokens of its own span, so that a misfit underlines its name.
fn roles_from(path: &syn::Path, private: &TokenStream) -> TokenStream {
    let roles = quote_spanned! {path.span()=>
        let roles: Vec<String> = Named(#path(__identity)).all();
    };
    quote! {
        |__identity: &#private::Identity| {
            use #private::{Named, Names as _, String, Vec};
            #roles
            roles
        }
    }
}

fn setting(setting: &Setting, krate: &Krate) -> TokenStream {
    let (root, private) = (krate.root(), krate.private());
    let method = Ident::new(setting.method, proc_macro2::Span::call_site());
    if let SettingValue::Bool(up) = &setting.value
        && setting.method == "unencrypted_for_development"
    {
        return up
            .then(|| quote!(.unencrypted_for_development()))
            .unwrap_or_default();
    }
    let value = match &setting.value {
        SettingValue::Text(text) => quote!(#text),
        SettingValue::Texts(list) if list.is_empty() => quote!(::core::iter::empty::<&str>()),
        SettingValue::Texts(list) => texts(list),
        SettingValue::Pairs(pairs) if pairs.is_empty() => {
            quote!(::core::iter::empty::<(&str, &str)>())
        }
        SettingValue::Pairs(pairs) => {
            let pairs = pairs.iter().map(|(name, value)| quote!((#name, #value)));
            quote!([#(#pairs),*])
        }
        SettingValue::Bool(value) => quote!(#value),
        SettingValue::Duration(written) => duration(written.value, &private),
        SettingValue::Number(number) => quote!(#number),
        SettingValue::ClientSecretPost(true) => {
            quote!(#root::oauth::ClientAuthentication::Post)
        }
        SettingValue::ClientSecretPost(false) => {
            quote!(#root::oauth::ClientAuthentication::Basic)
        }
        SettingValue::Claims(claims) => self::claims(claims, krate),
    };
    quote!(.#method(#value))
}

/// `Passthrough` with what was said, and its defaults for the rest.
fn claims(claims: &Claims, krate: &Krate) -> TokenStream {
    let (root, private) = (krate.root(), krate.private());
    let list = |list: &Vec<syn::LitStr>| {
        let list = list.iter();
        quote!(#private::Vec::from([#(#private::String::from(#list)),*]))
    };
    let fields = [
        claims
            .from_access_token
            .map(|value| quote!(from_access_token: #value)),
        claims
            .from_id_token
            .map(|value| quote!(from_id_token: #value)),
        claims
            .claim_prefix
            .as_ref()
            .map(|value| quote!(claim_prefix: #private::Some(#private::String::from(#value)))),
        claims.allowed_claims.as_ref().map(|value| {
            let value = list(value);
            quote!(allowed_claims: #private::Some(#value))
        }),
        claims.blocked_claims.as_ref().map(|value| {
            let value = list(value);
            quote!(blocked_claims: #value)
        }),
        claims
            .max_claim_value_size
            .map(|value| quote!(max_claim_value_size: #value)),
        claims
            .allow_complex_claims
            .map(|value| quote!(allow_complex_claims: #value)),
    ];
    let fields = fields.into_iter().flatten();
    quote!(#root::token::claims::Passthrough { #(#fields,)* ..#private::Default::default() })
}
