//! Scopes, resources, challenges, client URLs and base URLs: what is accepted is canonical.

use std::collections::BTreeSet;

use url::Url;

use super::super::{BaseUrl, ClientIdUrl, CodeChallenge, Resource, Scopes, UriTemplate};
use super::first_line;

/// Two texts, on a line each.
pub fn words(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (first, second) = first_line(text);
    scopes(first, second);
    resource(first, second);
    client_id_url(first);
    base_url(first);
    if let Ok(challenge) = CodeChallenge::parse(first) {
        assert_eq!((challenge.as_str(), first.len()), (first, 43));
    }
    let verifies = CodeChallenge::of(first).verifies(second);
    assert!(!verifies || (first == second && (43..=128).contains(&first.len())));
    if let Ok(template) = UriTemplate::parse(first) {
        let _ = template.matches(second);
    }
}

fn scopes(first: &str, second: &str) {
    let (Ok(a), Ok(b)) = (Scopes::parse(first), Scopes::parse(second)) else {
        return;
    };
    let set = |text: &str| -> BTreeSet<String> {
        let tokens = text.split(' ').filter(|token| !token.is_empty());
        tokens.map(str::to_owned).collect()
    };
    let (of_a, of_b) = (set(first), set(second));
    assert_eq!((a.as_set(), b.as_set()), (&of_a, &of_b));
    let both: BTreeSet<_> = of_a
        .iter()
        .filter(|it| of_b.contains(*it))
        .cloned()
        .collect();
    assert_eq!(a.intersection(&b).as_set(), &both);
    assert_eq!(a.is_subset(&b), both.len() == of_a.len());
    assert_eq!(Scopes::parse(&a.to_string()).as_ref(), Ok(&a));
}

fn resource(own: &str, requested: &str) {
    let (Ok(own), Ok(requested)) = (Resource::parse(own), Resource::parse(requested)) else {
        return;
    };
    assert_eq!(Resource::parse(own.as_str()).as_ref(), Ok(&own), "{own}");
    let (Ok(mut a), Ok(mut b)) = (Url::parse(own.as_str()), Url::parse(requested.as_str())) else {
        panic!("{own} {requested}");
    };
    assert!(a.username().is_empty() && a.password().is_none() && a.fragment().is_none());
    if own.covers(&requested) && !own.same(&requested) {
        // A query alone may be more than was registered, and a slash before it.
        assert!(
            a.query().is_none() && b.query().is_some(),
            "{own} {requested}"
        );
        b.set_query(None);
        for url in [&mut a, &mut b] {
            let path = url.path().trim_end_matches('/').to_owned();
            url.set_path(&path);
        }
        assert_eq!(a, b, "{own} {requested}");
    }
}

fn client_id_url(text: &str) {
    let Some(client) = ClientIdUrl::parse(text) else {
        return;
    };
    let Ok(url) = Url::parse(text) else {
        panic!("{text}");
    };
    assert_eq!(url.as_str(), text);
    assert_eq!((url.scheme(), url.domain()), ("https", Some(client.host())));
    assert_eq!(url.port_or_known_default(), Some(client.port()));
    assert!(client.host().contains('.') && url.path().len() > 1 && url.fragment().is_none());
    let whole = format!("https://{}{}", client.authority(), client.target());
    assert_eq!(whole, text);
}

fn base_url(text: &str) {
    if let Ok(base) = BaseUrl::parse(text) {
        let Ok(url) = Url::parse(base.as_str()) else {
            panic!("{text}");
        };
        assert_eq!(base.is_https(), url.scheme() == "https");
        assert!(url.query().is_none() && url.fragment().is_none() && url.username().is_empty());
        assert_eq!(base.origin(), url.origin().ascii_serialization());
        assert!(base.is_https() || base.is_loopback(), "{text}");
    }
}
