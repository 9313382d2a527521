//! A server: its declaration, the loan of its state, and the methods that start it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::admission::admission;
use super::build_checks::Checks;
use super::item::{duration, option, texts};
use super::probe::{self, asked};
use super::provider::auth;
use crate::model::{Admission, Auth, Claims, Field, Registration, Server, Setting, SettingValue};
use crate::parse::Outline;
use crate::path::Krate;

pub(crate) fn server(server: &Server) -> TokenStream {
    let (door, private) = (server.krate.door(), Krate::private());
    let ident = &server.ident;
    let conditions = &server.conditions;
    let declaration = declaration(server, &private);
    let has_auth = server.auth.is_some();
    let (name, roles, scopes) = (ident.to_string(), &server.roles, &server.scopes);
    let settings = server
        .settings
        .iter()
        .map(|setting| self::setting(setting, &private));
    let checks = checks(server, &private);
    let state = state(ident, &private);
    let whole = quote!(#private::Probe::<Self>::server(self, Self::__FASTMCP) #(#settings)*);
    let methods = methods(&server.visibility, &private, &whole);
    let reach = reach(&server.visibility);
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(deprecated, unused_imports)]
        #reach use #ident as __FM0605_one_server_per_module;
        #(#conditions)*
        #[allow(dead_code, deprecated, unused_imports)]
        const _: () = {
            #door
            use #private::{Absent as _, AdmitsLater as _, AdmitsNobody as _, Unfit as _};
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
            impl #private::From<#ident> for #private::Server {
                fn from(server: #ident) -> Self {
                    server.into_server()
                }
            }
        };
    }
}

/// How far the name for checks reaches: as far as the struct, within the crate. So a server in a
/// module is found at the root where that says `use the_module::*`.
fn reach(visibility: &syn::Visibility) -> TokenStream {
    match visibility {
        syn::Visibility::Public(_) => quote!(pub(crate)),
        less => less.to_token_stream(),
    }
}

/// What the runtime crate knows better than the macro: its routes, its claims, the build's profile.
fn checks(server: &Server, private: &TokenStream) -> TokenStream {
    let mut checks = Checks::new(private, &server.ident);
    state_fits(server, &mut checks, private);
    if let Some(path) = &server.roles_from {
        let name = path.to_token_stream().to_string().replace(' ', "");
        let facts = quote!(#name, #private::holds(|| #private::Names(#path).verdict()));
        checks.add("ROLES_FROM_FITS", "roles_from_fits", facts, path);
    }
    for leaf in server.admits.iter().flat_map(Admission::leaves) {
        let Admission::Check(path) = leaf else {
            continue;
        };
        let name = path.to_token_stream().to_string().replace(' ', "");
        let facts = quote!(#name, #private::holds(|| #private::Admits(#path).verdict()));
        checks.add("ADMISSION_FITS", "admission_fits", facts, path);
    }
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

/// Whether threads can share the state: field by field, and the whole for what no field tells.
fn state_fits(server: &Server, checks: &mut Checks<'_>, private: &TokenStream) {
    let name = server.ident.to_string();
    for Field { name: field, ty } in &server.fields {
        let facts =
            asked(ty, private).map(|(shown, probe)| quote!((#shown, #probe::SEND, #probe::SYNC)));
        let facts = quote!(#name, #field, &[#(#facts),*]);
        checks.add("FIELD_FITS", "field_fits", facts, ty);
    }
    let ident = &server.ident;
    let fields = server.fields.iter().map(|field| {
        let probe = probe::whole(&field.ty, private);
        quote!(!(#probe::SEND && #probe::SYNC))
    });
    let probe = quote!(#private::Probe::<#ident>);
    let facts = quote!(#name, (#probe::SEND && #probe::SYNC) #(|| #fields)*);
    checks.add("STATE_FITS", "state_fits", facts, ident);
}

/// A server whose attribute has a mistake: its tools and its `main` must not fail as well.
pub(crate) fn server_outline(outline: &Outline) -> TokenStream {
    let (door, private) = (outline.krate.door(), Krate::private());
    let (ident, conditions) = (&outline.ident, &outline.conditions);
    let (parameters, arguments, bounds) = outline.generics.split_for_impl();
    let state = outline
        .generics
        .params
        .is_empty()
        .then(|| state(ident, &private));
    let unbuilt = quote!(#private::unbuilt(self));
    let methods = methods(&outline.visibility, &private, &unbuilt);
    quote! {
        #(#conditions)*
        const _: () = {
            #door
            #state
            #[allow(dead_code, unreachable_pub)]
            impl #parameters #ident #arguments #bounds {
                #methods
            }
            impl #parameters #private::From<#ident #arguments> for #private::Server #bounds {
                fn from(server: #ident #arguments) -> Self {
                    server.into_server()
                }
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

fn methods(
    visibility: &syn::Visibility,
    private: &TokenStream,
    whole: &TokenStream,
) -> TokenStream {
    quote! {
        /// The server with everything that was declared, before it starts: one method for each
        /// setting.
        #[must_use]
        #visibility fn into_server(self) -> #private::Server {
            #whole
        }

        /// Serves over HTTP until the process is told to stop. What was not declared comes from
        /// the environment. A server that cannot start says why and ends the process with 78.
        ///
        /// # Errors
        /// The listening socket failed later on.
        #visibility async fn serve(self) -> #private::start::Result<()> {
            self.into_server().serve().await
        }

        /// The server as a router to mount beside other routes.
        ///
        /// # Errors
        /// Every problem that keeps the server from starting, at once.
        #visibility async fn router(self) -> #private::start::Result<#private::Router> {
            self.into_server().router().await
        }

        /// Serves one client over standard input and output. A server that cannot start says why
        /// and ends the process with 78.
        ///
        /// # Errors
        /// The client went away in the middle of the first exchange.
        #visibility async fn stdio(self) -> #private::start::Result<()> {
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
    let admits = server.admits.as_ref().map(|rule| {
        let rule = admission(rule, private);
        quote!(|| #rule)
    });
    let admits = option(admits, private);
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
            admits: #admits,
            anonymous: #anonymous,
        }
    }
}

/// The user's function; that it fits is a check's question.
fn roles_from(path: &syn::Path, private: &TokenStream) -> TokenStream {
    quote!(|__identity: &#private::Identity| #private::Names(#path).of(__identity))
}

fn setting(setting: &Setting, private: &TokenStream) -> TokenStream {
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
        SettingValue::Duration(written) => duration(written.value, private),
        SettingValue::Number(number) => quote!(#number),
        SettingValue::ClientSecretPost(true) => {
            quote!(#private::ClientAuthentication::Post)
        }
        SettingValue::ClientSecretPost(false) => {
            quote!(#private::ClientAuthentication::Basic)
        }
        SettingValue::Registration(way) => match way {
            Registration::Open => quote!(#private::Registration::Open),
            Registration::Limited => quote!(#private::Registration::Limited),
            Registration::Off => quote!(#private::Registration::Off),
        },
        SettingValue::Claims(claims) => self::claims(claims, private),
    };
    quote!(.#method(#value))
}

/// `Passthrough` with what was said, and its defaults for the rest.
fn claims(claims: &Claims, private: &TokenStream) -> TokenStream {
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
    quote!(#private::Passthrough { #(#fields,)* ..#private::Default::default() })
}
