//! What a Redis server is set to, and what of it endangers logins.
//!
//! `INFO` is permitted nearly everywhere, `CONFIG` seldom with a hosted Redis; what cannot be read
//! is passed over.

use ::redis::cmd;

use super::super::Error;
use super::line::Line;

/// Looks at the settings of each server and warns.
///
/// # Errors
/// The server is one of several, and was taken for a single one.
pub(super) async fn look(line: &Line) -> Result<(), Error> {
    let mut get = cmd("CONFIG");
    get.arg("GET").arg("appendfsync");
    for place in line.places().await.unwrap_or_default() {
        let Ok(info) = line.send_to::<String>(&place, &cmd("INFO")).await else {
            continue;
        };
        // Redis and Valkey call it differently.
        let mode = field(&info, "redis_mode").or_else(|| field(&info, "server_mode"));
        if mode == Some("cluster") && !line.is_cluster() {
            return Err(Error::unavailable(
                "Redis: the server is a node of a cluster; write `redis+cluster://…`",
            ));
        }
        let config: Vec<String> = line.send_to(&place, &get).await.unwrap_or_default();
        for warning in warnings(&info, config.get(1).map(String::as_str)) {
            tracing::warn!(event = "store_settings", "{warning}");
        }
    }
    Ok(())
}

/// The value behind `name` in the text of `INFO`.
pub(super) fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = info.lines().filter_map(|line| line.split_once(':'));
    let found = pairs.find(|(known, _)| *known == name);
    found.map(|(_, value)| value.trim())
}

/// What to put right, from the text of `INFO` and the value of `appendfsync`.
fn warnings(info: &str, appendfsync: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(policy) = field(info, "maxmemory_policy").filter(|policy| *policy != "noeviction") {
        found.push(format!(
            "Redis may throw logins away when its memory is full (maxmemory-policy is \
             `{policy}`); set it to `noeviction`"
        ));
    }
    match (field(info, "aof_enabled"), appendfsync) {
        (Some("0"), _) => found.push(
            "Redis keeps no log on disk: when it restarts, logins since its last snapshot are \
             lost and spent codes may be good again; set `appendonly yes` and `appendfsync always`"
                .to_owned(),
        ),
        (Some("1"), Some(policy)) if policy != "always" => found.push(format!(
            "Redis acknowledges writes before they are on disk (appendfsync is `{policy}`); if it \
             crashes, the last of them are lost; set `appendfsync always`"
        )),
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::warnings;

    #[test]
    fn what_may_lose_logins_is_named_with_its_remedy() {
        let good = "# Memory\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";
        assert!(warnings(good, Some("always")).is_empty());
        assert!(warnings(good, None).is_empty(), "unknown is no fault");
        assert!(warnings("", None).is_empty());
        let text = warnings(good, Some("everysec")).join("\n");
        assert!(text.contains("appendfsync always"), "{text}");
        for policy in ["allkeys-lru", "volatile-ttl"] {
            let bad = format!("maxmemory_policy:{policy}\r\naof_enabled:0\r\n");
            let text = warnings(&bad, None).join("\n");
            assert!(
                text.contains(policy) && text.contains("noeviction"),
                "{text}"
            );
            assert!(text.contains("appendonly yes"), "{text}");
        }
    }
}
