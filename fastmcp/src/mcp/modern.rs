//! What a request of the modern era must say about itself, in its body and again in its headers.
//!
//! Intermediaries route by headers and the server acts on the body, so every mirrored value must
//! be there and be equal, or one of the two was fooled (2026-07-28, transports/streamable-http
//! section 6).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};

use super::answer::RpcError;
use super::frame::text;
use super::params::Params;
use super::revision::MODERN;

pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// Checks metadata and headers of a request, all but its name.
pub(crate) fn check(
    headers: &HeaderMap,
    method: &str,
    params: &Params<'_>,
) -> Result<(), RpcError> {
    let meta = &params.meta;
    let Some(version) = meta.protocol_version.and_then(text) else {
        return Err(RpcError::invalid_meta(
            "`_meta` needs io.modelcontextprotocol/protocolVersion",
        ));
    };
    if !meta
        .client_capabilities
        .is_some_and(|value| value.get().starts_with('{'))
    {
        return Err(RpcError::invalid_meta(
            "`_meta` needs io.modelcontextprotocol/clientCapabilities",
        ));
    }
    match single(headers, &VERSION)? {
        None => {
            return Err(RpcError::header_mismatch(
                "the MCP-Protocol-Version header is missing",
            ));
        }
        Some(header) if header != version => {
            return Err(RpcError::header_mismatch(
                "MCP-Protocol-Version and `_meta` differ",
            ));
        }
        Some(_) => {}
    }
    if version != MODERN {
        return Err(RpcError::unsupported_version(&version));
    }
    match single(headers, &METHOD)? {
        None => Err(RpcError::header_mismatch(
            "the Mcp-Method header is missing",
        )),
        Some(header) if header != method => {
            Err(RpcError::header_mismatch("Mcp-Method and `method` differ"))
        }
        Some(_) => Ok(()),
    }
}

/// Checks that `Mcp-Name` says what the body says.
pub(crate) fn check_name(headers: &HeaderMap, name: &str) -> Result<(), RpcError> {
    let Some(header) = single(headers, &NAME)? else {
        return Err(RpcError::header_mismatch("the Mcp-Name header is missing"));
    };
    if decode(header)? != name {
        return Err(RpcError::header_mismatch(
            "Mcp-Name and the name in the body differ",
        ));
    }
    Ok(())
}

/// The value of a header that must not stand twice.
pub(crate) fn single<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(RpcError::header_mismatch("an MCP header stands twice"));
    }
    let value = value
        .to_str()
        .map_err(|_| RpcError::header_mismatch("an MCP header has invalid characters"))?;
    Ok(Some(value.trim_ascii()))
}

/// A value as it was before it became a header: plain, or `=?base64?…?=`.
pub(super) fn decode(value: &str) -> Result<Cow<'_, str>, RpcError> {
    let coded = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    let Some(coded) = coded else {
        return Ok(Cow::Borrowed(value));
    };
    let bytes = STANDARD.decode(coded).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cow::Owned)
        .ok_or_else(|| RpcError::header_mismatch("an MCP header is not valid base64"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::frame::{Frame, parse_one};

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn code(list: &[(&'static str, &str)], meta: &str) -> i32 {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{"_meta":{{{meta}}}}}}}"#
        );
        let Ok(Frame::Request { method, params, .. }) = parse_one(&body) else {
            panic!("{body}")
        };
        check(&headers(list), &method, &params).map_or_else(|error| error.code, |()| 0)
    }

    #[test]
    fn headers_and_metadata_must_be_there_and_agree() {
        const META: &str = r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"#;
        const OLD: &str = r#""io.modelcontextprotocol/protocolVersion":"v999.0.0","io.modelcontextprotocol/clientCapabilities":{}"#;
        let good = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/list"),
        ];
        assert_eq!(code(&good, META), 0);
        assert_eq!(code(&good, ""), -32602);
        assert_eq!(
            code(
                &good,
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#
            ),
            -32602
        );
        assert_eq!(code(&good[1..], META), -32020);
        assert_eq!(code(&good[..1], META), -32020);
        assert_eq!(code(&good, OLD), -32020);
        assert_eq!(code(&[("mcp-protocol-version", "v999.0.0")], OLD), -32022);
        let other = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "Tools/list"),
        ];
        assert_eq!(code(&other, META), -32020);
        let twice = [good[0], good[1], good[1]];
        assert_eq!(code(&twice, META), -32020);
    }

    #[test]
    fn a_name_may_be_base64() {
        let check =
            |header: &str, name: &str| check_name(&headers(&[("mcp-name", header)]), name).is_ok();
        assert!(check("add", "add") && !check("Add", "add") && !check("sub", "add"));
        assert!(check("=?base64?YWRk?=", "add"));
        assert!(check("=?base64?SGVsbG8sIOS4lueVjA==?=", "Hello, 世界"));
        assert!(!check("=?base64?YWR?=", "ad") && !check("=?base64?####?=", "add"));
        assert!(!check("=?BASE64?YWRk?=", "add"));
        assert!(check_name(&HeaderMap::new(), "add").is_err());
    }
}
