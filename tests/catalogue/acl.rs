//! Who may see and call what.

use fastmcp::provider::{self, Provider};
use serde_json::{Value, json};
use tests::client::{Tokens, quoted};
use tests::http::Answer;
use tests::idp::Knobs;
use tests::mcp::{Era, Mcp, message};

use crate::case::cases;
use crate::outcome::{B401, Status};
use crate::party::Party;
use crate::setup::{MCP, S, Setup, upstream, without_id_token};

cases! {
    "ACL-01" Once without_a_rule,
    "ACL-02" Each lists,
    "ACL-03" Each missing_scopes,
    "ACL-05" Once before_the_arguments,
    "ACL-07" Once lookalikes,
    "ACL-09" Once role_claims,
    "ACL-10" Once rights_of_ones_own,
    "ACL-11" Once unverified_claims,
}

/// A login as somebody with these roles.
pub(crate) async fn login_as(s: &S, c: &Party, roles: &Value) -> Tokens {
    s.person("ada", json!({ "roles": roles })).await;
    c.login_with(&[("scope", "openid")]).await
}

/// Whether the admins' tool runs for this token.
pub(crate) async fn may_admin(s: &S, access: &str) -> bool {
    let before = s.touched.count();
    let answer = s.mcp(access).call("admin_tool", json!({"days": 1})).await;
    let ran = s.touched.count() > before;
    assert_eq!(answer.status, if ran { 200 } else { 403 }, "{answer:?}");
    ran
}

async fn without_a_rule(setup: Setup) {
    let s = setup.start().await;
    let stranger = Mcp::connect_by(&s.http, MCP, Era::Modern, None).await;
    for tool in ["undeclared", "echo", "whoami", "admin_tool"] {
        let call = stranger.call(tool, json!({"text": "x", "days": 1}));
        s.expect(tool, call, B401("")).await;
    }
    assert_eq!(stranger.text("open_hours", json!({})).await, "nine to five");
    let c = s.c().await;
    let tokens = c.login().await;
    assert_eq!(
        s.mcp(&tokens.access).text("undeclared", json!({})).await,
        "done"
    );
}

async fn lists(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let open = [
        "careless",
        "echo",
        "open_hours",
        "panics",
        "undeclared",
        "upstream_hint",
        "whoami",
    ];
    let plain = login_as(&s, &c, &json!([])).await;
    let admin = login_as(&s, &c, &json!(["admin"])).await;
    s.person("ada", json!({})).await;
    let writer = c
        .login_with(&[("scope", "openid notes:write notes:share")])
        .await;
    for _ in 0..2 {
        assert_eq!(s.mcp(&plain.access).tools().await, open);
        let tools = s.mcp(&admin.access).tools().await;
        assert!(tools.contains(&"admin_tool".into()) && !tools.contains(&"share_note".into()));
        let tools = s.mcp(&writer.access).tools().await;
        assert!(tools.contains(&"share_note".into()) && !tools.contains(&"admin_tool".into()));
    }
    let stranger = Mcp::connect_by(&s.http, MCP, Era::Modern, None).await;
    let answer = stranger.request("tools/list", json!({})).await;
    if answer.status == 200 {
        assert_eq!(stranger.tools().await, ["open_hours"]);
    } else {
        B401("").of("a stranger", &answer);
    }
}

pub(crate) fn insufficient(answer: &Answer) -> String {
    assert_eq!(answer.status, 403, "{answer:?}");
    let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges.len(), 1, "{answer:?}");
    let challenge = challenges[0].to_str().unwrap();
    assert_eq!(
        quoted(challenge, "error").as_deref(),
        Some("insufficient_scope"),
        "{challenge}"
    );
    assert!(
        quoted(challenge, "resource_metadata").is_some(),
        "{challenge}"
    );
    let mut scopes = quoted(challenge, "scope").unwrap_or_default();
    scopes = {
        let mut words: Vec<_> = scopes.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    scopes
}

async fn missing_scopes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for scope in ["openid", "openid notes:write"] {
        let tokens = c.login_with(&[("scope", scope)]).await;
        let mcp = s.mcp(&tokens.access);
        let call = mcp.call("share_note", json!({"text": "x"}));
        let answer = s.expect(scope, call, Status(403)).await;
        let named = insufficient(&answer);
        for needed in ["notes:share", "notes:write"] {
            assert!(named.contains(needed), "{needed} is not in `{named}`");
        }
    }
    let tokens = c
        .login_with(&[("scope", "notes:write notes:share openid")])
        .await;
    let said = s
        .mcp(&tokens.access)
        .text("share_note", json!({"text": "x"}))
        .await;
    assert_eq!(said, "x");
}

async fn before_the_arguments(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let tokens = login_as(&s, &c, &json!([])).await;
    let mcp = s.mcp(&tokens.access);
    let mut bodies = Vec::new();
    for arguments in [
        json!({"days": 1}),
        json!({"days": "x"}),
        json!({}),
        json!([1]),
        json!({"other": 1}),
    ] {
        let call = mcp.call("admin_tool", arguments);
        let answer = s.expect("no rights", call, Status(403)).await;
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "the arguments decide: {bodies:?}");
}

async fn lookalikes(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    let admin = login_as(&s, &c, &json!(["admin"])).await;
    let mcp = s.mcp(&admin.access);
    assert!(may_admin(&s, &admin.access).await);
    let before = s.touched.count();
    for name in [
        "Admin_Tool",
        "ADMIN_TOOL",
        "admin_tool ",
        " admin_tool",
        "admin-tool",
        "%61dmin_tool",
        "admin_tool%00",
        "admin_tool/../echo",
        "",
    ] {
        let answer = mcp.call(name, json!({"days": 1})).await;
        assert_ne!(message(&answer)["error"], Value::Null, "{name}: {answer:?}");
    }
    // These cannot be repeated in a header; the body alone says them.
    let legacy = Mcp::connect_by(&s.http, MCP, Era::Legacy, Some(&admin.access)).await;
    for name in [
        "admin_tool\u{200b}",
        "admin_tool\0",
        "admin_to\u{301}ol",
        "\u{430}dmin_tool",
    ] {
        let answer = legacy.call(name, json!({"days": 1})).await;
        assert_ne!(message(&answer)["error"], Value::Null, "{name}: {answer:?}");
    }
    assert_eq!(s.touched.count(), before, "NOEXEC");
}

async fn role_claims(setup: Setup) {
    let s = setup.start().await;
    let c = s.c().await;
    for (roles, is_admin) in [
        (json!("admin"), true),
        (json!(["admin"]), true),
        (json!(["member", "admin"]), true),
        (json!("user,admin"), false),
        (json!("member admin"), false),
        (json!("administrator"), false),
        (json!("Admin"), false),
        (json!(" admin"), false),
        (json!({"admin": true}), false),
        (json!(true), false),
        (json!(1), false),
        (json!(null), false),
        (json!([["admin"]]), false),
        (json!([{"name": "admin"}]), false),
        (json!("*"), false),
    ] {
        let tokens = login_as(&s, &c, &roles).await;
        let case = roles.to_string();
        assert_eq!(
            may_admin(&s, &tokens.access).await,
            is_admin,
            "{}",
            &case[..case.len().min(60)]
        );
    }
}

async fn rights_of_ones_own(setup: Setup) {
    let others = json!({
        "scope": "notes:write notes:share", "scp": ["notes:share"], "groups": ["admin"],
        "permissions": ["admin"], "is_admin": true, "admin": true,
        "realm_access": {"roles": ["admin"]}, "https://s.test/roles": ["admin"],
    });
    let mut all = others.clone();
    (all["role"], all["roles"]) = (json!("admin"), json!(["admin"]));
    let mapped = |provider: Provider| provider.role_claims(["https://login.test/rights"]);
    let (by_id_token, by_userinfo) = (upstream(&setup.idp), without_id_token(&setup.idp));
    for (provider, claims) in [
        (by_id_token.clone(), &others),
        (by_userinfo.clone(), &others),
        (mapped(by_id_token), &all),
        (mapped(by_userinfo), &all),
    ] {
        let s = setup
            .start_with(|server| server.provider(provider.clone()))
            .await;
        let c = s.c().await;
        s.person("mallory", claims.clone()).await;
        let tokens = c.login_with(&[("scope", "openid")]).await;
        assert_eq!(tokens.scope, "openid");
        assert!(!may_admin(&s, &tokens.access).await);
        let call = s
            .mcp(&tokens.access)
            .call("share_note", json!({"text": "x"}))
            .await;
        insufficient(&call);
    }
    // Unless another claim is mapped, those of the proxied provider that say roles are taken: with
    // `custom` that is what the server is told to do, and scopes are still not.
    for provider in [upstream(&setup.idp), without_id_token(&setup.idp)] {
        let s = setup
            .start_with(|server| server.provider(provider.clone()))
            .await;
        let c = s.c().await;
        s.person("ada", all.clone()).await;
        let tokens = c.login_with(&[("scope", "openid")]).await;
        assert_eq!(tokens.scope, "openid");
        assert!(may_admin(&s, &tokens.access).await);
        let call = s.mcp(&tokens.access);
        insufficient(&call.call("share_note", json!({"text": "x"})).await);
    }
}

async fn unverified_claims(setup: Setup) {
    let url = setup.idp.url();
    let provider = provider::custom(format!("{url}/authorize"), format!("{url}/token"))
        .issuer(url)
        .jwks_uri(format!("{url}/jwks"))
        .scopes(["openid", "notes:write"]);
    let s = setup
        .start_with(|server| server.provider(provider.clone()))
        .await;
    let c = s.c().await;
    let header = tests::base64url(br#"{"alg":"none","typ":"JWT"}"#);
    let payload = tests::base64url(br#"{"sub":"root","roles":["admin"],"scope":"notes:share"}"#);
    let token_members = [(
        "access_token".to_owned(),
        json!(format!("{header}.{payload}.")),
    )];
    s.turn(Knobs {
        token_members: token_members.into_iter().collect(),
        ..Knobs::default()
    })
    .await;
    let tokens = c.login_with(&[("scope", "openid")]).await;
    assert!(!may_admin(&s, &tokens.access).await);
    let who = s.mcp(&tokens.access).text("whoami", json!({})).await;
    assert!(who.contains("alice") && !who.contains("root"), "{who}");
}
