use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> UriTemplate {
    UriTemplate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What the URI comes to, as `name=value` in one line.
fn read(template: &str, uri: &str) -> Option<String> {
    let template = parse(template);
    let found = template.matches(uri)?;
    let found = found.iter().map(|(name, value)| format!("{name}={value}"));
    Some(found.collect::<Vec<_>>().join(" "))
}

#[test]
fn a_uri_is_read_in_one_way_or_in_none() {
    for (template, uri, expected) in [
        ("n://{a}/{b}", "n://x/y", Some("a=x b=y")),
        ("n://{a}/{b}", "n://x/y/z", None),
        ("n://{a}/{b}", "n:///y", None),
        ("n://{a}/{b}", "n://x/", None),
        ("n://{a}/{b}", "N://x/y", None),
        ("n://{a}/{b}", "n://x/y?z=1", None),
        ("n://{a}/{b}", "n://x/y#z", None),
        ("n://{a}-{b}", "n://x-y-z", Some("a=x b=y-z")),
        ("n://{a}-{b}", "n://-x-y", Some("a=-x b=y")),
        ("n://{a}.md", "n://x.md.md", Some("a=x.md")),
        ("n://{a}.md", "n://.md", None),
        ("n://{a}{/b}", "n://x/y", Some("a=x b=y")),
        ("n://x{/a,b}", "n://x/1/2", Some("a=1 b=2")),
        ("n:///{+p}", "n:///a/b?c#d", Some("p=a/b?c#d")),
        ("n:///{+p}", "n:///", None),
        (
            "n://{d}/{+p}/{f}.md",
            "n://x/a/b/c.md",
            Some("d=x p=a/b f=c"),
        ),
        ("n://{d}/{+p}/{f}.md", "n://x/c.md", None),
        ("n://a{?x,y}", "n://a", Some("")),
        ("n://a{?x,y}", "n://a?y=2&x=1", Some("y=2 x=1")),
        ("n://a{?x,y}", "n://a?x=", Some("x=")),
        ("n://a{?x,y}", "n://a?x=1&x=2", None),
        ("n://a{?x,y}", "n://a?z=1", None),
        ("n://{+p}{?x}", "n://a/b?x=c%3Fd", Some("p=a/b x=c?d")),
        ("n://a?x={x}&y={y}", "n://a?x=1&y=2", Some("x=1 y=2")),
        ("n://a?x={x}", "n://a?x=1&z=2", None),
    ] {
        let found = read(template, uri);
        assert_eq!(found.as_deref(), expected, "{template} {uri}");
    }
}

#[test]
fn values_are_decoded_once_and_nothing_is_resolved() {
    assert_eq!(read("n://{a}", "n://%C3%A4%20b").as_deref(), Some("a=ä b"));
    assert_eq!(read("n://{a}", "n://%252F").as_deref(), Some("a=%2F"));
    assert_eq!(read("n://{a}", "n://..%2Fx").as_deref(), Some("a=../x"));
    assert_eq!(read("n://{a}/b", "n://x/../b"), None);
    assert_eq!(
        read("n://{a}/b", "n://%78/%62"),
        None,
        "literals are literal"
    );
    for broken in ["n://%", "n://%2", "n://%zz", "n://%FF", "n://%+1"] {
        assert_eq!(read("n://{a}", broken), None, "{broken}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_no_template() {
    use UriTemplateError as E;
    for (text, expected) in [
        ("notes/{x}", E::NoScheme),
        ("n://{x", E::UnbalancedBrace),
        ("n://x}", E::UnbalancedBrace),
        ("n://{a}{b}", E::Touching("a".into(), "b".into())),
        ("n://{a}{+b}", E::Touching("a".into(), "b".into())),
        ("n://{+a}/{+b}", E::SecondWide("b".into())),
        ("n://{a}/{a}", E::RepeatedName("a".into())),
        ("n://{a}{?a}", E::RepeatedName("a".into())),
        ("n://{}", E::UnsupportedExpression(String::new())),
        ("n://{a*}", E::UnsupportedExpression("a*".into())),
        ("n://{a:3}", E::UnsupportedExpression("a:3".into())),
        ("n://{#a}", E::UnsupportedExpression("#a".into())),
        ("n://{a,b}", E::UnsupportedExpression("a,b".into())),
        ("n://{a b}", E::InvalidName("a b".into())),
        ("n://a{?x}/b", E::QueryNotLast),
    ] {
        assert_eq!(UriTemplate::parse(text), Err(expected), "{text}");
    }
}

#[test]
fn the_more_special_template_comes_first() {
    let texts = [
        "n://{+p}",
        "n://{a}/{b}",
        "n://{a}/new",
        "n://{b}/{+p}",
        "n://x/{b}",
    ];
    let mut templates = texts.map(parse);
    templates.sort_by(|a, b| a.precedence().cmp(&b.precedence()));
    let texts = templates.each_ref().map(UriTemplate::as_str);
    assert_eq!(
        texts,
        [
            "n://{a}/new",
            "n://x/{b}",
            "n://{a}/{b}",
            "n://{b}/{+p}",
            "n://{+p}"
        ]
    );
    assert_eq!(parse("n://{a}/{b}").shape(), parse("n://{x}{/y}").shape());
    assert_ne!(parse("n://{a}").shape(), parse("n://{+a}").shape());
}

/// Percent-encodes everything but letters and digits, and slashes if those are kept.
fn encoded(value: &str, slashes: bool) -> String {
    let bytes = value.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        b'/' if slashes => "/".to_owned(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

proptest! {
    #[test]
    fn what_was_expanded_is_read_back(
        before in prop::collection::vec((".{1,8}", "[/!:~-]{1,3}"), 0..4),
        wide in prop::option::of("[a-z/ %ä]{1,12}"),
        after in prop::collection::vec(("[/!:~-]{1,3}", ".{1,8}"), 0..4),
        query in prop::collection::vec(prop::option::of(".{0,8}"), 0..3),
    ) {
        let (mut template, mut uri) = ("t:/".to_owned(), "t:/".to_owned());
        let mut values = Vec::new();
        let mut add = |operator: &str, value: &str, template: &mut String, uri: &mut String| {
            let name = format!("v{}", values.len());
            template.extend(["{", operator, &name, "}"]);
            *uri += &encoded(value, operator == "+");
            values.push((name, value.to_owned()));
        };
        for (value, literal) in &before {
            add("", value, &mut template, &mut uri);
            template += literal;
            uri += literal;
        }
        let wide = wide.unwrap_or_else(|| "w".to_owned());
        add("+", &wide, &mut template, &mut uri);
        for (literal, value) in &after {
            template += literal;
            uri += literal;
            add("", value, &mut template, &mut uri);
        }
        if !query.is_empty() {
            let names: Vec<_> = (0..query.len()).map(|at| format!("q{at}")).collect();
            template.extend(["{?", &names.join(","), "}"]);
            let mut mark = "?";
            for (name, value) in names.iter().zip(&query) {
                if let Some(value) = value {
                    uri.extend([mark, name, "=", &encoded(value, false)]);
                    values.push((name.clone(), value.clone()));
                    mark = "&";
                }
            }
        }
        let parsed = parse(&template);
        let found = parsed.matches(&uri);
        prop_assert!(found.is_some(), "{template} {uri}");
        let found: Vec<_> = found
            .unwrap()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into_owned()))
            .collect();
        prop_assert_eq!(found, values, "{} {}", template, uri);
    }

    #[test]
    fn no_text_is_too_strange(template in ".{0,24}", uri in ".{0,24}") {
        if let Ok(template) = UriTemplate::parse(&format!("t:{template}")) {
            let _ = template.matches(&format!("t:{uri}"));
        }
    }
}
