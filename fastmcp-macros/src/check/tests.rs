//! The stages without a compiler: tokens in, texts or tokens out.

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnose::{Diagnostics, nearest};
use crate::kind::Kind;
use crate::{check, emit, expand, parse};

fn tool_errors(attr: TokenStream, item: &TokenStream) -> Vec<String> {
    let mut errors = Diagnostics::default();
    let raw = parse::item(Kind::Tool, attr, item, &mut errors);
    let _ = raw.and_then(|raw| check::tool(raw, &mut errors));
    errors.texts()
}

pub(super) fn resource_errors(attr: TokenStream, item: &TokenStream) -> Vec<String> {
    let mut errors = Diagnostics::default();
    let raw = parse::item(Kind::Resource, attr, item, &mut errors);
    let _ = raw.and_then(|raw| check::resource(raw, &mut errors));
    errors.texts()
}

fn server_errors(attr: TokenStream) -> Vec<String> {
    let mut errors = Diagnostics::default();
    let raw = parse::server(
        attr,
        &quote!(
            struct Notes;
        ),
        &mut errors,
    );
    let _ = raw.and_then(|raw| check::server(raw, &mut errors));
    errors.texts()
}

/// First lines alone.
fn faults(errors: &[String]) -> Vec<&str> {
    errors
        .iter()
        .filter_map(|text| text.lines().next())
        .collect()
}

fn emitted(attr: TokenStream, item: TokenStream) -> String {
    expand::tool(attr, item).to_string().replace(' ', "")
}

#[test]
fn a_sound_tool_has_no_errors() {
    let item = quote! {
        /// Adds.
        async fn add(a: f64, #[arg(default = 2)] b: f64, cx: &Context) -> f64 { a + b }
    };
    assert_eq!(
        tool_errors(quote!(read_only, timeout = "30s"), &item),
        [""; 0]
    );
}

#[test]
fn every_text_has_a_help_line() {
    let item = quote!(
        fn f<T>(self, (a, b): (u8, u8)) -> impl Sized {}
    );
    let attr = quote!(
        nmae = "x",
        roles = [],
        scopes = ["a b"],
        timeout = 5,
        read_only = "x"
    );
    for text in tool_errors(attr, &item) {
        let (fault, help) = text.split_once("\nhelp: ").unwrap();
        assert!(!fault.ends_with('.') && !help.is_empty(), "{text}");
    }
}

#[test]
fn all_mistakes_are_shown_at_once() {
    let item = quote!(
        fn purge() {}
    );
    let errors = tool_errors(quote!(requires_aut, roles = [], timeout = "5 min"), &item);
    assert_eq!(
        faults(&errors),
        [
            "unknown `#[tool]` option `requires_aut` [FM0101]",
            "`roles` is empty, so nobody could call this tool [FM0501]",
            "tool `purge` has no description, so no model knows when to call it [FM0802]",
            "`5 min` is not a duration [FM0402]",
        ]
    );
}

#[test]
fn the_item_comes_back_without_helpers_and_an_item_with_errors_is_not_registered() {
    let item = quote! {
        fn purge(#[doc = "Days."] #[arg(default = 1)] days: u32) {}
    };
    let code = emitted(quote!(bogus), item);
    assert!(code.starts_with("fnpurge(days:u32){}"), "{code}");
    assert!(!code.contains("submit!"), "{code}");
    assert!(code.contains("compile_error!"), "{code}");
}

#[test]
fn a_renamed_crate_is_named_everywhere() {
    let item = quote! {
        /// Adds.
        async fn add(a: Option<f64>, user: &AuthSession) -> Json<f64> { Json(1.0) }
    };
    let code = emitted(quote!(crate = renamed, access = role("a") && mine), item);
    let door = "userenamed::__privateas__fastmcp;";
    let without_names = |code: &str| code.replace("__fastmcp", "");
    assert!(code.contains(door), "{code}");
    assert!(!without_names(&code).contains("fastmcp"), "{code}");
    let server = expand::server(
        quote!(
            crate = renamed,
            auth = google,
            base_url = "https://a.example"
        ),
        &quote!(
            struct Notes;
        ),
    );
    let server = server.to_string().replace(' ', "");
    assert!(server.contains(door), "{server}");
    assert!(!without_names(&server).contains("fastmcp"), "{server}");
}

#[test]
fn durations_have_a_unit() {
    for (text, fine) in [
        ("30s", true),
        ("10m", true),
        ("24h", true),
        ("1d", true),
        ("25h", false),
        ("500ms", false),
        ("30", false),
        ("", false),
        ("s", false),
        ("-5s", false),
        ("1.5h", false),
        ("0s", false),
        ("99999999999999999999d", false),
        ("9999999d", false),
    ] {
        let errors = server_errors(quote!(auth = google, access_token_ttl = #text));
        assert_eq!(errors.is_empty(), fine, "{text}: {errors:?}");
    }
    assert!(server_errors(quote!(auth = google, refresh_grace = "0s")).is_empty());
}

#[test]
fn base_urls_are_https_or_loopback() {
    for (url, fine) in [
        ("https://notes.example.com", true),
        ("https://notes.example.com/t1/", true),
        ("https://notes.example.com:8443", true),
        ("http://localhost:8000", true),
        ("http://127.0.0.1", true),
        ("http://[::1]:8000", true),
        ("http://notes.example.com", false),
        ("http://localhost.example.com", false),
        ("http://127.0.0.1@evil.example", false),
        ("https://notes.example.com?x", false),
        ("https://notes.example.com#x", false),
        ("https://", false),
        ("https://:443", false),
        ("ftp://notes.example.com", false),
        ("notes.example.com", false),
        ("", false),
        ("https://notes example.com", false),
    ] {
        let errors = server_errors(quote!(auth = google, base_url = #url));
        assert_eq!(errors.is_empty(), fine, "{url}: {errors:?}");
    }
}

#[test]
fn redirect_patterns_are_narrow() {
    for (pattern, fine) in [
        ("https://app.example.com/callback", true),
        ("https://app.example.com/*", true),
        ("http://localhost:*", true),
        ("http://127.0.0.1:*/callback", true),
        ("cursor://anysphere.cursor-mcp/*", true),
        ("*", false),
        ("https://*", false),
        ("https://*/*", false),
        ("http://*:*", false),
        ("https://*.com/*", false),
        ("https://a*b.com/", false),
        ("//x", false),
        ("https://h/a*b", false),
        ("http://app.example.com/", false),
    ] {
        let errors =
            server_errors(quote!(auth = google, allowed_redirect_uri_patterns = [#pattern]));
        assert_eq!(errors.is_empty(), fine, "{pattern}: {errors:?}");
    }
    let nothing = server_errors(quote!(auth = google, allowed_redirect_uri_patterns = []));
    assert!(nothing.is_empty(), "{nothing:?}");
}

#[test]
fn tenants_are_words_ids_or_domains() {
    for (tenant, fine) in [
        ("common", true),
        ("organizations", true),
        ("contoso.onmicrosoft.com", true),
        ("72f988bf-86f1-41af-91ab-2d7cd011db47", true),
        ("72f988bf-86f1-41af-91ab-2d7cd011db4", false),
        ("comon", false),
        ("", false),
        ("a/b.c", false),
    ] {
        let errors = server_errors(quote!(auth = azure(tenant = #tenant)));
        assert_eq!(errors.is_empty(), fine, "{tenant}: {errors:?}");
    }
}

#[test]
fn a_secret_names_the_variable_of_its_provider() {
    let help = |attr| server_errors(attr).concat();
    assert!(help(quote!(auth = google, client_secret = "x")).contains("`GOOGLE_CLIENT_SECRET`"));
    assert!(help(quote!(client_secret = "x", auth = github)).contains("`GITHUB_CLIENT_SECRET`"));
    assert!(help(quote!(auth = azure(client_secret = "x"))).contains("`AZURE_CLIENT_SECRET`"));
    assert!(help(quote!(auth = google, jwt_signing_key = "x")).contains("`FASTMCP_SECRET`"));
    assert!(!help(quote!(auth = google, client_secret = "s3cr3t")).contains("s3cr3t"));
}

#[test]
fn a_type_of_ones_own_is_a_path_or_begins_with_a_capital() {
    assert!(server_errors(quote!(auth = Acme)).is_empty());
    assert!(server_errors(quote!(auth = my::acme)).is_empty());
    let unknown = server_errors(quote!(auth = acme));
    assert_eq!(faults(&unknown), ["unknown provider `acme` [FM0201]"]);
}

#[test]
fn a_server_with_a_mistake_keeps_its_methods() {
    let code = expand::server(
        quote!(auth = gogle),
        &quote!(
            struct Notes;
        ),
    )
    .to_string();
    assert!(
        code.contains("fn into_server") && code.contains("Borrowed for Notes"),
        "{code}"
    );
    assert!(!code.contains("__FM0605_one_server_per_module"), "{code}");
}

#[test]
fn the_nearest_word_must_be_near() {
    assert_eq!(nearest("gogle", &["google", "github"]), Some("google"));
    assert_eq!(nearest("okta", &["google", "github"]), None);
    assert_eq!(nearest("devel", &["google", "dev"]), Some("dev"));
    let two = ["upstream_token_endpoint", "upstream_request_timeout"];
    assert_eq!(nearest("upstream", &two[..1]), Some(two[0]));
    assert_eq!(nearest("upstream", &two), None);
}

#[test]
fn types_are_shown_as_written() {
    let shown = |tokens| check::shown(&syn::parse2(tokens).unwrap());
    assert_eq!(shown(quote!(Option<Vec<a::B>>)), "Option<Vec<a::B>>");
    assert_eq!(
        shown(quote!(HashMap<String, (u8, [u8; 4])>)),
        "HashMap<String, (u8, [u8; 4])>"
    );
    assert_eq!(shown(quote!(&'static str)), "&'static str");
}

#[test]
fn the_outline_needs_no_model() {
    let mut errors = Diagnostics::default();
    let raw = parse::server(
        quote!(auth =),
        &quote!(
            pub struct Notes;
        ),
        &mut errors,
    );
    let outline = raw.unwrap().outline();
    assert!(
        emit::server_outline(&outline)
            .to_string()
            .contains("pub fn into_server")
    );
}

#[test]
fn a_missing_comma_is_one_error_and_the_rest_is_read() {
    let errors = server_errors(quote!(auth = google roles = ["a" "b"], roles_from = of, bogus));
    assert_eq!(
        faults(&errors),
        [
            "a comma is missing before `roles` [FM0104]",
            "a comma is missing before `\"b\"` [FM0104]",
            "unknown `#[server]` option `bogus` [FM0101]",
        ]
    );
}

#[test]
fn no_message_repeats_a_secret() {
    for attribute in [
        quote!(auth = google, base_url = "http://a.example?token=s3cr3t"),
        quote!(auth = google, base_url = "https://ann:s3cr3t@a.example"),
        quote!(auth = google, store = "postgres://h/d?password=s3cr3t"),
        quote!(auth = google, store = "redis://:s3cr3t@h"),
        quote!(
            auth = custom(
                authorization_endpoint = "https://a.example/a",
                token_endpoint = "https://a.example/t?client_secret=s3cr3t#x",
            )
        ),
        quote!(
            auth = custom,
            extra_authorization_params = [("password", "s3cr3t")]
        ),
    ] {
        let errors = server_errors(attribute);
        let [text] = &errors[..] else {
            panic!("{errors:?}");
        };
        assert!(
            text.contains("[FM0108]") && !text.contains("s3cr3t"),
            "{text}"
        );
    }
}

#[test]
fn a_parameter_without_a_value_is_no_secret() {
    let plain = quote!(auth = google, store = "redis://h?token=&pass");
    assert!(server_errors(plain).is_empty());
}

#[test]
fn a_description_may_be_made_by_a_macro() {
    let code = emitted(
        quote!(),
        quote! {
            /// Says
            #[doc = include_str!("hello.md")]
            fn hello() {}
        },
    );
    let made = r#"description:::core::concat!("Says","\n",include_str!("hello.md"),"\n")"#;
    assert!(code.contains(made), "{code}");
}

#[test]
fn a_function_that_says_self_stands_in_an_impl() {
    let refused = |function| emitted(quote!(), function).contains("FM0701");
    assert!(refused(
        quote! { /** Limits. */ fn limit() -> u32 { Self::LIMIT } }
    ));
    assert!(refused(quote! { /** Makes. */ fn new() -> Self { Notes } }));
    assert!(!refused(quote! {
        /** Makes. */
        fn new() -> u8 { struct A; impl A { fn b() -> Self { A } } 1 }
    }));
}
