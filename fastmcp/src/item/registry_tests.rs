//! Claims that collide, and URIs that find their entry.

use super::*;
use crate::auth::Rule;
use crate::item::{ReadOutcome, Variable};

const fn variable(name: &'static str) -> Variable {
    Variable {
        name,
        description: "",
        required: || true,
        made_of_parts: || None,
        complete: None,
    }
}

const A: Variable = variable("a");
const B: Variable = variable("b");

fn resource(
    uri: &'static str,
    variables: &'static [Variable],
    location: &'static str,
) -> &'static ResourceEntry {
    Box::leak(Box::new(ResourceEntry {
        uri,
        name: "r",
        title: None,
        description: "",
        mime_type: None,
        size: None,
        icons: &[],
        variables,
        rule: Rule::Public,
        timeout: None,
        plain: true,
        location,
        module: "tests",
        accepts_app: |_| true,
        read: |_| Box::pin(async { ReadOutcome::NotFound }),
    }))
}

fn registry(entries: Vec<&'static ResourceEntry>) -> Result<Registry, String> {
    let registry = Registry::default().with_resources(entries);
    registry.map_err(|error| error.to_string())
}

#[test]
fn a_uri_has_one_owner() {
    let same = registry(vec![
        resource("n://a", &[], "x.rs:1"),
        resource("n://a", &[], "x.rs:2"),
    ]);
    assert_eq!(
        same.unwrap_err(),
        "two resources have the URI `n://a`: x.rs:1 and x.rs:2"
    );
    let same = registry(vec![
        resource("n://{a}", &[A], "x.rs:1"),
        resource("n://{b}", &[B], "x.rs:2"),
    ]);
    assert_eq!(
        same.unwrap_err(),
        "two resources match the URIs of `n://{a}`: x.rs:1 and x.rs:2"
    );
}

#[test]
fn a_template_and_its_function_agree() {
    for variables in [&[B][..], &[A, B], &[A, A]] {
        let error = registry(vec![resource("n://{a}", variables, "x.rs:1")]).unwrap_err();
        assert!(
            error.contains("are not those of its function (x.rs:1)"),
            "{error}"
        );
    }
    let error = registry(vec![resource("n://{a}{b}", &[A, B], "x.rs:1")]).unwrap_err();
    assert!(
        error.contains("nothing stands between `a` and `b`"),
        "{error}"
    );
}

#[test]
fn the_most_special_entry_answers() {
    let registry = registry(vec![
        resource("n://{+a}", &[A], "wide"),
        resource("n://{a}/{b}", &[A, B], "two"),
        resource("n://x/{b}", &[B], "special"),
        resource("n://x/y", &[], "exact"),
    ]);
    let registry = registry.unwrap();
    let found = |uri| {
        let (entry, variables) = registry.resource(uri).unwrap();
        (entry.location, variables.unwrap_or_default())
    };
    assert_eq!(found("n://x/y"), ("exact", String::new()));
    assert_eq!(found("n://x/z"), ("special", r#"{"b":"z"}"#.to_owned()));
    assert_eq!(
        found("n://q/%22"),
        ("two", r#"{"a":"q","b":"\""}"#.to_owned())
    );
    assert_eq!(found("n://q/r/s"), ("wide", r#"{"a":"q/r/s"}"#.to_owned()));
    assert!(registry.resource("m://q").is_none());
}

#[test]
fn what_is_off_hands_its_uris_to_no_other_entry() {
    let registry = registry(vec![
        resource("n://{a}", &[A], "wide"),
        resource("n://admin", &[], "exact"),
        resource("n://x/{b}", &[B], "special"),
        resource("n://{a}/{b}", &[A, B], "two"),
    ]);
    let registry = registry.unwrap();
    let found = |uri| registry.resource(uri).map(|(entry, _)| entry.location);
    for (uri, off) in [("n://admin", "n://admin"), ("n://x/y", "n://x/{b}")] {
        let switched = registry.control().disable_resource(off);
        assert_eq!((switched.is_ok(), found(uri)), (true, None), "{uri}");
    }
    assert_eq!(found("n://other"), Some("wide"));
    assert_eq!(found("n://q/y"), Some("two"));
}
