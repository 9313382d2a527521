//! What a client says about itself when it registers, checked member by member (RFC 7591
//! section 2).
//!
//! A member that is known must be right; one that is not known is ignored. Of `grant_types` and
//! `scope` the part that this server has is kept, since clients list what other servers have too.

use serde_json::{Map, Value};

use super::error::{Code, Error};
use super::settings::Settings;
use crate::ledger::{ClientAuth, NewClient};
use crate::spec::{RedirectUri, Scopes};

/// The most redirect URIs of one client.
const MAX_REDIRECT_URIS: usize = 10;
/// The longest name, in characters.
const MAX_NAME: usize = 128;
/// The longest URL of a client's own pages, in bytes.
const MAX_URL: usize = 2048;

/// A checked registration.
pub(super) struct Registration {
    pub(super) client: NewClient,
    pub(super) is_native: bool,
}

type Object = Map<String, Value>;

fn wrong(words: &'static str) -> Error {
    Error::new(Code::InvalidClientMetadata, words)
}

/// Checks the members of a registration.
pub(super) fn check(object: &Object, settings: &Settings) -> Result<Registration, Error> {
    let (auth, auth_was_named) = auth_method(object)?;
    let may_refresh = grant_types(object)?;
    response_types(object)?;
    urls(object)?;
    let name = name(object)?;
    let scopes = scopes(object, settings)?;
    let is_native = is_native(object)?;
    let redirect_uris = redirect_uris(object, settings, is_native)?;
    let client = NewClient {
        name,
        uri: text(object, "client_uri")?.map(str::to_owned),
        redirect_uris,
        auth,
        auth_was_named,
        may_refresh,
        scopes,
    };
    Ok(Registration { client, is_native })
}

/// The text of `name`; `null` counts as absent.
fn text<'a>(object: &'a Object, name: &str) -> Result<Option<&'a str>, Error> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong("a member that must be a string is none")),
    }
}

/// The texts of the list `name`.
fn texts<'a>(object: &'a Object, name: &str) -> Result<Option<Vec<&'a str>>, Error> {
    let list = match object.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong("a member that must be a list of strings is none")),
    };
    let texts = list.iter().map(Value::as_str).collect::<Option<_>>();
    texts
        .map(Some)
        .ok_or_else(|| wrong("a member that must be a list of strings is none"))
}

fn redirect_uris(
    object: &Object,
    settings: &Settings,
    is_native: bool,
) -> Result<Vec<RedirectUri>, Error> {
    let texts = texts(object, "redirect_uris")?
        .filter(|uris| (1..=MAX_REDIRECT_URIS).contains(&uris.len()))
        .ok_or_else(|| wrong("redirect_uris must be a list of 1 to 10 URIs"))?;
    texts
        .into_iter()
        .map(|text| redirect_uri(text, settings, is_native))
        .collect()
}

fn redirect_uri(text: &str, settings: &Settings, is_native: bool) -> Result<RedirectUri, Error> {
    let wrong = |words| Error::new(Code::InvalidRedirectUri, words);
    let uri = RedirectUri::parse(text)
        .map_err(|_| wrong("a redirect URI is not an absolute URI in canonical form"))?;
    if !settings.patterns.allows(&uri) {
        return Err(wrong(
            "this server does not send codes to one of the redirect URIs; \
             its operator can allow it",
        ));
    }
    let is_site = uri.scheme() == "https" && uri.host() != Some("localhost");
    if !is_native && !is_site {
        return Err(wrong("a web application needs https redirect URIs"));
    }
    Ok(uri)
}

fn is_native(object: &Object) -> Result<bool, Error> {
    match text(object, "application_type")? {
        None | Some("native") => Ok(true),
        Some("web") => Ok(false),
        Some(_) => Err(wrong("application_type must be native or web")),
    }
}

fn auth_method(object: &Object) -> Result<(ClientAuth, bool), Error> {
    let method = match text(object, "token_endpoint_auth_method")? {
        None => return Ok((ClientAuth::ClientSecretBasic, false)),
        Some("none") => ClientAuth::None,
        Some("client_secret_basic") => ClientAuth::ClientSecretBasic,
        Some("client_secret_post") => ClientAuth::ClientSecretPost,
        Some(_) => {
            return Err(wrong(
                "token_endpoint_auth_method must be none, client_secret_basic or \
                 client_secret_post",
            ));
        }
    };
    Ok((method, true))
}

/// Whether refresh tokens are among the grants; a client that names none gets all that there is.
fn grant_types(object: &Object) -> Result<bool, Error> {
    let Some(types) = texts(object, "grant_types")? else {
        return Ok(true);
    };
    if !types.contains(&"authorization_code") {
        return Err(wrong("grant_types must include authorization_code"));
    }
    Ok(types.contains(&"refresh_token"))
}

fn response_types(object: &Object) -> Result<(), Error> {
    match texts(object, "response_types")? {
        Some(types) if !types.contains(&"code") => Err(wrong("response_types must include code")),
        _ => Ok(()),
    }
}

fn scopes(object: &Object, settings: &Settings) -> Result<Option<Scopes>, Error> {
    let Some(text) = text(object, "scope")? else {
        return Ok(None);
    };
    let asked = Scopes::parse(text).map_err(|_| wrong("scope is not a list of scopes"))?;
    let kept = asked.intersection(settings.supported());
    Ok(Some(kept).filter(|kept| !kept.is_empty()))
}

/// The name, which a person will read: no control or direction marks, not blank.
fn name(object: &Object) -> Result<Option<String>, Error> {
    for (key, value) in object {
        if key == "client_name" || key.starts_with("client_name#") {
            let readable = match value {
                Value::Null => true,
                Value::String(name) => is_readable(name),
                _ => false,
            };
            if !readable {
                return Err(wrong(
                    "client_name must be 1 to 128 visible characters without direction marks",
                ));
            }
        }
    }
    Ok(text(object, "client_name")?.map(str::to_owned))
}

fn is_readable(name: &str) -> bool {
    let misleads = |letter: char| {
        letter.is_control()
            || matches!(
                letter,
                '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{feff}'
            )
    };
    name.chars().count() <= MAX_NAME && !name.trim().is_empty() && !name.chars().any(misleads)
}

/// Every URL a client may name, in any language: http(s) or nothing.
fn urls(object: &Object) -> Result<(), Error> {
    const NAMES: [&str; 5] = [
        "client_uri",
        "logo_uri",
        "tos_uri",
        "policy_uri",
        "jwks_uri",
    ];
    for (key, value) in object {
        let name = key.split('#').next().unwrap_or_default();
        if !NAMES.contains(&name) || value.is_null() {
            continue;
        }
        let url = value.as_str().filter(|text| text.len() <= MAX_URL);
        let is_web = url
            .and_then(|text| url::Url::parse(text).ok())
            .is_some_and(|url| matches!(url.scheme(), "https" | "http"));
        if !is_web {
            return Err(wrong(
                "a URL of the client's own pages is not an http(s) URL",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oauth::options::ProxyOptions;
    use crate::provider;
    use crate::secret::Secret;

    fn registered(body: Value) -> Result<Registration, Code> {
        let options = ProxyOptions {
            base_url: "https://s.test".to_owned(),
            upstream_client_id: "id".to_owned(),
            upstream_client_secret: Some(Secret::from("secret")),
            scopes: Some(vec!["read".to_owned()]),
            allowed_redirect_uri_patterns: Some(
                [
                    "http://127.0.0.1:*",
                    "https://c.test/*",
                    "https://localhost/*",
                    "cursor://x/*",
                ]
                .map(str::to_owned)
                .to_vec(),
            ),
            ..ProxyOptions::default()
        };
        let (settings, _) = Settings::check(options, &provider::google()).unwrap();
        let Value::Object(object) = body else {
            panic!("not an object")
        };
        check(&object, &settings).map_err(|error| error.code())
    }

    fn with(name: &str, value: Value) -> Result<Registration, Code> {
        let mut body = json!({ "redirect_uris": ["http://127.0.0.1/cb"] });
        body[name] = value;
        registered(body)
    }

    #[test]
    fn what_is_left_out_gets_its_default() {
        let client = registered(json!({ "redirect_uris": ["https://c.test/cb"] })).unwrap();
        assert_eq!(client.client.auth, ClientAuth::ClientSecretBasic);
        assert!(!client.client.auth_was_named && client.client.may_refresh && client.is_native);
        assert!(client.client.scopes.is_none());
    }

    #[test]
    fn redirect_uris_are_a_short_list_of_welcome_uris() {
        for uris in [
            json!([]),
            json!("https://c.test/cb"),
            json!({}),
            json!([null]),
            json!([["x"]]),
            json!(vec!["https://c.test/cb"; 11]),
        ] {
            let code = with("redirect_uris", uris.clone()).err();
            assert_eq!(code, Some(Code::InvalidClientMetadata), "{uris}");
        }
        let both = json!(["https://c.test/cb", "https://evil.test/cb"]);
        let code = with("redirect_uris", both).err();
        assert_eq!(code, Some(Code::InvalidRedirectUri));
        assert_eq!(
            registered(json!({})).err(),
            Some(Code::InvalidClientMetadata)
        );
    }

    #[test]
    fn a_web_application_lives_on_a_site() {
        for uri in [
            "http://127.0.0.1/cb",
            "https://localhost/cb",
            "cursor://x/cb",
        ] {
            let mut body = json!({ "redirect_uris": [uri] });
            assert!(registered(body.clone()).is_ok(), "{uri}");
            body["application_type"] = json!("native");
            assert!(registered(body.clone()).is_ok(), "{uri}");
            body["application_type"] = json!("web");
            assert_eq!(
                registered(body).err(),
                Some(Code::InvalidRedirectUri),
                "{uri}"
            );
        }
    }

    #[test]
    fn members_that_cannot_be_right_are_named() {
        for (name, value) in [
            ("token_endpoint_auth_method", json!("client_secret_jwt")),
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            ("token_endpoint_auth_method", json!(1)),
            ("application_type", json!("service")),
            ("grant_types", json!(["password"])),
            ("response_types", json!(["token"])),
            ("scope", json!("a\"b")),
            ("logo_uri", json!("javascript:alert(1)")),
            ("client_uri", json!("data:text/html,x")),
            ("policy_uri", json!("file:///etc/passwd")),
            ("tos_uri#de", json!("javascript:x")),
            ("client_name", json!("x".repeat(129))),
            ("client_name", json!("a\u{202e}b")),
            ("client_name", json!("a\u{0}b")),
            ("client_name", json!("a\nb")),
            ("client_name", json!("   ")),
        ] {
            let code = with(name, value.clone()).err();
            assert_eq!(code, Some(Code::InvalidClientMetadata), "{name}: {value}");
        }
    }

    #[test]
    fn what_others_have_is_left_out_without_a_word() {
        let device = "urn:ietf:params:oauth:grant-type:device_code";
        let client = with("grant_types", json!(["authorization_code", device])).unwrap();
        assert!(!client.client.may_refresh);
        let client = with("scope", json!("read other")).unwrap();
        assert_eq!(client.client.scopes.unwrap().to_string(), "read");
        assert!(
            with("scope", json!("other"))
                .unwrap()
                .client
                .scopes
                .is_none()
        );
        assert!(with("software_statement", json!("x")).is_ok());
        let odd = with("client_name", json!("<b>\"'&")).unwrap();
        assert_eq!(odd.client.name.as_deref(), Some("<b>\"'&"));
    }
}
