//! Which texts are templates, and that variables and parameters find one another.

use quote::quote;

use super::tests::resource_errors;

/// The first lines of what is wrong with a resource of this URI, whose function takes these.
fn faults(uri: &str, parameters: &proc_macro2::TokenStream) -> Vec<String> {
    let item = quote! {
        /// Notes.
        fn notes(#parameters) -> String { String::new() }
    };
    let errors = resource_errors(quote!(uri = #uri), &item);
    let first = errors.iter().filter_map(|text| text.lines().next());
    first.map(str::to_owned).collect()
}

#[test]
fn what_a_server_can_read_back_is_a_template() {
    for uri in [
        "notes://all",
        "urn:isbn:0451450523",
        "https://notes.example.com/all?sort=new",
        "notes://%20/%C3%BC",
    ] {
        assert_eq!(faults(uri, &quote!()), [""; 0], "{uri}");
    }
    for uri in [
        "notes://{a}/{b}",
        "notes://{a}{/b}",
        "notes://{a}{?b}",
        "notes://x{?a,b}",
        "notes://{+a}/by/{b}",
        "notes://{a}-{b}.txt",
        "notes://x{/a,b}",
        "notes://{+a}/by/{+b}",
        "notes://{a.x}/{b}",
        "notes://x{?a, b}",
        "{+a}://{b}",
    ] {
        let fine = !["{+a}:", "+b}", "a.x", ", "]
            .iter()
            .any(|odd| uri.contains(odd));
        let found = faults(uri, &quote!(a: String, b: u32));
        assert_eq!(found.is_empty(), fine, "{uri}: {found:?}");
    }
}

#[test]
fn names_that_miss_one_another_are_one_error() {
    let found = faults("notes://{ownr}/{id}", &quote!(id: u32, owner: String));
    assert_eq!(found, ["variable `ownr` has no parameter [FM0721]"]);
    let found = faults("notes://{id}", &quote!(number: u32));
    assert_eq!(found, ["variable `id` has no parameter [FM0721]"]);
    let found = faults("notes://{id}", &quote!(id: u32, page: u32, cx: &Context));
    assert_eq!(
        found,
        ["parameter `page` is not in `uri`, so nobody could send it [FM0722]"]
    );
    let found = faults("notes://{id}", &quote!(id: &str));
    assert_eq!(
        found,
        ["`id` is a variable of `uri`, and what the client sends is owned [FM0718]"]
    );
    let named = quote!(#[arg(name = "id")] number: u32);
    assert_eq!(faults("notes://{id}", &named), [""; 0]);
}

#[test]
fn a_plain_resource_may_say_its_size_and_media_type() {
    let item = quote! {
        /// A picture.
        fn logo() -> Vec<u8> { Vec::new() }
    };
    for (mime_type, fine) in [
        ("image/png", true),
        ("image/svg+xml", true),
        ("text/plain; charset=utf-8", true),
        ("text/plain;", false),
        ("image", false),
        ("image/", false),
        ("image/png/x", false),
        ("", false),
    ] {
        let attr = quote!(uri = "logo://own", size = 70, mime_type = #mime_type);
        let errors = resource_errors(attr, &item);
        assert_eq!(errors.is_empty(), fine, "{mime_type}: {errors:?}");
    }
}

#[test]
fn a_missing_uri_is_told_unless_it_may_be_what_is_misspelt() {
    let item = quote! {
        /// Notes.
        fn notes() -> String { String::new() }
    };
    let errors = resource_errors(quote!(), &item);
    assert!(
        errors.len() == 1 && errors[0].contains("FM0314"),
        "{errors:?}"
    );
    let errors = resource_errors(quote!(url = "notes://all"), &item);
    assert!(
        errors.len() == 1 && errors[0].contains("`uri`"),
        "{errors:?}"
    );
}
