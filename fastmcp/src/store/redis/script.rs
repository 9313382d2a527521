//! The two changes that must be atomic, as scripts that Redis runs with nothing in between.

use ::redis::{Cmd, ErrorKind, RedisError, Script, ServerErrorKind, cmd};

use super::line::Line;

/// How long Redis keeps a record after its end, in seconds. Whether a record is alive is told by
/// the servers' clocks and not by Redis's, so this must exceed what the two may differ by.
pub(super) const GRACE: u64 = 300;

/// KEYS: the record. ARGV: expected version (empty: no record), the new string, its end (empty:
/// never), the grace.
const PUT: &str = r"
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
if ARGV[1] == '' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if ARGV[3] == '' then
    redis.call('SET', KEYS[1], ARGV[2])
else
    local left = tonumber(ARGV[3]) - tonumber(redis.call('TIME')[1])
    if left < 0 then left = 0 end
    redis.call('SET', KEYS[1], ARGV[2], 'EX', string.format('%.0f', left + tonumber(ARGV[4])))
end
return 1
";

/// KEYS: the record. ARGV: its version.
const DELETE: &str = r"
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
";

/// A script and the hash by which a server that has run it knows it.
pub(super) struct Change {
    body: &'static str,
    hash: String,
}

impl Change {
    pub(super) fn put() -> Self {
        Self::new(PUT)
    }

    pub(super) fn delete() -> Self {
        Self::new(DELETE)
    }

    fn new(body: &'static str) -> Self {
        let hash = Script::new(body).get_hash().to_owned();
        Self { body, hash }
    }

    /// Runs it; tells whether it changed something.
    ///
    /// A server that was restarted does not know the hash. Its refusal is certain to have changed
    /// nothing, so the same is then sent in full, which also teaches the server.
    pub(super) async fn run(
        &self,
        line: &Line,
        name: &str,
        arguments: &[&[u8]],
    ) -> Result<bool, RedisError> {
        let by_hash = command("EVALSHA", &self.hash, name, arguments);
        match line.send(&by_hash).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                let in_full = command("EVAL", self.body, name, arguments);
                line.send(&in_full).await
            }
            done => done,
        }
    }
}

fn command(verb: &str, script: &str, name: &str, arguments: &[&[u8]]) -> Cmd {
    let mut command = cmd(verb);
    command.arg(script).arg(1).arg(name);
    for argument in arguments {
        command.arg(*argument);
    }
    command
}
