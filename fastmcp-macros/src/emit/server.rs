//! A server: its declaration, the loan of its state, and the methods that start it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::tool::{duration, option, texts};
use crate::model::{Auth, Claims, Custom, Server, Setting, SettingValue};
use crate::parse::Outline;
use crate::path::Krate;

pub(crate) fn server(server: &Server) -> TokenStream {
    let private = server.krate.private();
    let ident = &server.ident;
    let declaration = declaration(server, &private);
    let has_auth = server.auth.is_some();
    let (name, roles, scopes) = (ident.to_string(), &server.roles, &server.scopes);
    let settings = server
        .settings
        .iter()
        .map(|setting| self::setting(setting, &server.krate));
    let state = state(ident, &private);
    let methods = methods(&server.visibility, &server.krate, &quote!(#(#settings)*));
    quote! {
        #[doc(hidden)]
        #[allow(unused_imports)]
        use #ident as __one_fastmcp_server_per_crate_root;
        const _: () = {
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

/// A server whose attribute has a mistake: its tools and its `main` must not fail as well.
pub(crate) fn server_outline(outline: &Outline) -> TokenStream {
    let private = outline.krate.private();
    let ident = &outline.ident;
    let state = state(ident, &private);
    let methods = methods(&outline.visibility, &outline.krate, &TokenStream::new());
    quote! {
        const _: () = {
            #state
            #[allow(dead_code, unreachable_pub)]
            impl #ident {
                const __FASTMCP: #private::ServerDeclaration = #private::ServerDeclaration {
                    name: "",
                    title: #private::None,
                    version: "",
                    instructions: "",
                    auth: #private::None,
                    roles: &[],
                    scopes: &[],
                    roles_from: #private::None,
                    anonymous: false,
                };
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

fn methods(visibility: &syn::Visibility, krate: &Krate, settings: &TokenStream) -> TokenStream {
    let root = krate.root();
    let private = krate.private();
    quote! {
        /// The server with everything that was declared, before it starts: one method for each
        /// setting.
        #[must_use]
        #visibility fn into_server(self) -> #root::server::Server {
            #private::server(self, Self::__FASTMCP) #settings
        }

        /// Serves over HTTP until the process is told to stop. What was not declared comes from
        /// the environment.
        ///
        /// # Errors
        /// Every problem that keeps the server from starting, at once.
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

        /// Serves one client over standard input and output.
        ///
        /// # Errors
        /// Every problem that keeps the server from starting, at once.
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
        .map(|path| quote!(|identity: &#private::Identity| #private::roles(#path(identity))));
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

fn auth(auth: &Auth, private: &TokenStream) -> TokenStream {
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
        Auth::GitHub { scopes } => {
            let scopes = requested(scopes);
            quote!(#private::provider::github() #scopes)
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
        Auth::Dev => quote!(#private::provider::dev()),
        Auth::Own(path) => quote!(#private::provider::IdentityProvider::provider(&#path)),
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

fn setting(setting: &Setting, krate: &Krate) -> TokenStream {
    let (root, private) = (krate.root(), krate.private());
    let method = Ident::new(setting.method, proc_macro2::Span::call_site());
    let value = match &setting.value {
        SettingValue::Text(text) => quote!(#text),
        SettingValue::Texts(list) if list.is_empty() => quote!(::core::iter::empty::<&str>()),
        SettingValue::Texts(list) => texts(list),
        SettingValue::Pairs(pairs) => {
            let pairs = pairs.iter().map(|(name, value)| quote!((#name, #value)));
            quote!([#(#pairs),*])
        }
        SettingValue::Bool(value) => quote!(#value),
        SettingValue::Duration(value) => duration(*value, &private),
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
