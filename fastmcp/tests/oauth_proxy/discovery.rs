//! Metadata at every form, and only what works.

use http::Method;

use crate::support::*;

#[tokio::test]
async fn the_document_says_what_is_done() {
    let server = server().await;
    let url = "/.well-known/oauth-authorization-server";
    let answer = server.call(Method::GET, url).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(
        !answer
            .headers
            .contains_key("access-control-allow-credentials")
    );
    let document = answer.json();
    assert_eq!(&document, server.proxy.metadata());
    assert_eq!(document["issuer"], BASE);
    assert_eq!(document["code_challenge_methods_supported"][0], "S256");
    assert_eq!(
        document["code_challenge_methods_supported"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        document["authorization_response_iss_parameter_supported"],
        true
    );
    assert!(document.get("jwks_uri").is_none());
    assert_eq!(
        document["revocation_endpoint"],
        "https://s.test/oauth/revoke"
    );
    let methods = &document["revocation_endpoint_auth_methods_supported"];
    assert_eq!(methods, &document["token_endpoint_auth_methods_supported"]);
    assert_eq!(methods.as_array().unwrap().len(), 4);
    let openid = server
        .call(Method::GET, "/.well-known/openid-configuration")
        .await;
    assert_eq!(openid.json(), document);
    for path in ["", "/mcp"] {
        let url = format!("/.well-known/oauth-protected-resource{path}");
        let resource = server.call(Method::GET, &url).await.json();
        assert_eq!(resource["resource"], "https://s.test/mcp");
        assert_eq!(resource["authorization_servers"][0], BASE);
        assert_eq!(resource["scopes_supported"].as_array().unwrap().len(), 3);
    }
    let wrong = server
        .call(Method::GET, "/.well-known/oauth-authorization-server/t1")
        .await;
    assert_eq!(wrong.status, 404);
}

#[tokio::test]
async fn a_path_in_the_base_url_is_inserted_and_appended() {
    let server = server_with(|options| options.base_url = "https://s.test/t1".to_owned()).await;
    for url in [
        "/.well-known/oauth-authorization-server/t1",
        "/.well-known/openid-configuration/t1",
        "/t1/.well-known/oauth-authorization-server",
        "/t1/.well-known/openid-configuration",
    ] {
        let document = server.call(Method::GET, url).await.json();
        assert_eq!(document["issuer"], "https://s.test/t1", "{url}");
        assert_eq!(document["token_endpoint"], "https://s.test/t1/oauth/token");
        let revocation = &document["revocation_endpoint"];
        assert_eq!(revocation, "https://s.test/t1/oauth/revoke");
    }
    for url in [
        "/.well-known/oauth-protected-resource/t1/mcp",
        "/.well-known/oauth-protected-resource/t1",
        "/t1/.well-known/oauth-protected-resource/mcp",
    ] {
        let document = server.call(Method::GET, url).await.json();
        assert_eq!(document["resource"], "https://s.test/t1/mcp", "{url}");
    }
    let root = server
        .call(Method::GET, "/.well-known/oauth-authorization-server")
        .await;
    assert_eq!(root.status, 404);
    let register = server.call(Method::GET, "/t1/oauth/register").await;
    assert_eq!(register.status, 405);
}

#[tokio::test]
async fn every_origin_may_ask_beforehand() {
    let server = server().await;
    for path in [
        "/.well-known/oauth-authorization-server",
        "/oauth/register",
        "/oauth/token",
        "/oauth/revoke",
    ] {
        let answer = server.call(Method::OPTIONS, path).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert!(answer.headers.contains_key("access-control-allow-methods"));
    }
    let page = server.call(Method::OPTIONS, "/oauth/authorize").await;
    assert_eq!(page.status, 405);
    assert!(!page.headers.contains_key("access-control-allow-origin"));
}
