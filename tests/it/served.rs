//! A program that is asked what it would serve, and one that is told wrongly how.

use tests::idp::Idp;
use tests::process::{Process, run};

#[tokio::test]
async fn a_program_describes_its_server_instead_of_starting_it() {
    let idp = Idp::start().await;
    let mut environment = idp.environment();
    environment.push(("FASTMCP_SECRET".into(), "a canary that nobody sees".into()));
    environment.push(("FASTMCP_MANIFEST".into(), "json".into()));
    let output = run("example-custom-provider", &environment, &[]).await;
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(!text.contains("canary"), "{text}");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON and nothing else");
    assert!(manifest["tools"][0]["listed"]["inputSchema"].is_object());
    assert!(
        manifest["url"]
            .as_str()
            .is_some_and(|url| url.ends_with("/mcp"))
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("listening on"), "{told}");
    environment.push(("FASTMCP_MANIFEST".into(), "yaml".into()));
    let output = run("example-custom-provider", &environment, &[]).await;
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("FM0956"));
}

#[tokio::test]
async fn what_is_wrong_with_tls_or_the_time_to_stop_is_named_at_start() {
    let idp = Idp::start().await;
    let nowhere = "/nowhere/certificate.pem";
    let cases: [(&[(&str, &str)], &str); 4] = [
        (
            &[("FASTMCP_TLS_KEY", "/nowhere/key.pem")],
            "FASTMCP_TLS_CERTIFICATE",
        ),
        (
            &[
                ("FASTMCP_TLS_CERTIFICATE", nowhere),
                ("FASTMCP_TLS_KEY", "/nowhere/key.pem"),
            ],
            nowhere,
        ),
        (
            &[("FASTMCP_DRAIN_TIMEOUT", "soon")],
            "FASTMCP_DRAIN_TIMEOUT",
        ),
        (
            &[("FASTMCP_DRAIN_TIMEOUT", "0s")],
            "`drain_timeout` is zero",
        ),
    ];
    for (changes, told) in cases {
        let mut environment = idp.environment();
        environment.push(("FASTMCP_BIND".into(), "127.0.0.1:0".into()));
        for (name, value) in changes {
            environment.push(((*name).into(), (*value).into()));
        }
        match Process::try_start("example-custom-provider", &environment).await {
            Ok(process) => panic!("it started:\n{}", process.output()),
            Err(output) => {
                assert!(output.contains(told), "{told}:\n{output}");
                assert!(output.contains("exit code: 78"), "{output}");
            }
        }
    }
}
