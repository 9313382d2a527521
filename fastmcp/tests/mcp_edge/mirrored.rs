//! Arguments that are repeated in headers.

use serde_json::json;

use crate::fixture::{Auth, server};

#[tokio::test]
async fn a_header_that_says_something_else_is_refused_before_the_tool_runs() {
    let server = server(Auth::Off);
    let call = async |arguments, headers: &[(&str, &str)]| {
        let params = json!({ "name": "routed", "arguments": arguments });
        let answer = server.modern("tools/call", params, headers).await;
        let code = (answer.status != 200).then(|| answer.code());
        (answer.status.as_u16(), code)
    };
    let region = json!({ "region": "eu" });
    let refused = (400, Some(-32020));
    assert_eq!(
        call(region.clone(), &[("mcp-param-region", "eu")]).await,
        (200, None)
    );
    assert_eq!(
        call(region.clone(), &[("Mcp-Param-Region", " eu ")]).await,
        (200, None)
    );
    assert_eq!(call(json!({}), &[]).await, (200, None));
    assert_eq!(
        call(region.clone(), &[("mcp-param-region", "us")]).await,
        refused
    );
    assert_eq!(call(region, &[]).await, refused, "it is missing");
    assert_eq!(
        call(json!({}), &[("mcp-param-region", "eu")]).await,
        refused
    );
}

#[tokio::test]
async fn an_older_revision_has_no_such_headers() {
    let server = server(Auth::Off);
    let answer = server.call("routed", json!({ "region": "eu" }), None).await;
    assert_eq!(answer.said(), r#"{"region":"eu"}"#);
}

#[tokio::test]
async fn a_browser_may_send_them() {
    let headers = [("origin", "http://localhost")];
    let preflight = server(Auth::Off).send("OPTIONS", &headers, "").await;
    let accepted = preflight.header("access-control-allow-headers").to_owned();
    assert!(accepted.ends_with(", mcp-param-region"), "{accepted}");
}
