//! What JSON says, whatever order its keys are in.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// 32 hexadecimal digits: half a SHA-256, enough against second preimages.
pub(super) fn digest(method: &str, params: &Value) -> String {
    let mut hash = Sha256::new();
    put(&mut hash, b'm', method.as_bytes());
    walk(&mut hash, params);
    crate::keys::hex(&hash.finalize()[..16])
}

fn walk(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null => put(hash, b'n', b""),
        Value::Bool(value) => put(hash, b'b', &[u8::from(*value)]),
        Value::Number(number) => put(hash, b'd', number.to_string().as_bytes()),
        Value::String(text) => put(hash, b's', text.as_bytes()),
        Value::Array(items) => {
            put(hash, b'a', &items.len().to_be_bytes());
            for item in items {
                walk(hash, item);
            }
        }
        Value::Object(object) => {
            put(hash, b'o', &object.len().to_be_bytes());
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            for (key, value) in entries {
                put(hash, b'k', key.as_bytes());
                walk(hash, value);
            }
        }
    }
}

/// A part with its kind and length, so that no two lists of parts look alike.
fn put(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_of_keys_is_no_difference_and_everything_else_is() {
        let one = digest("m", &json!({ "a": 1, "b": [true, "x"] }));
        assert_eq!(one, digest("m", &json!({ "b": [true, "x"], "a": 1 })));
        for other in [
            json!({ "a": 1, "b": ["x", true] }),
            json!({ "a": "1", "b": [true, "x"] }),
            json!({ "a": 1, "b": [true, "x"], "c": null }),
            json!({ "a": 1, "b": [true], "x": 1 }),
        ] {
            assert_ne!(one, digest("m", &other));
        }
        assert_ne!(one, digest("n", &json!({ "a": 1, "b": [true, "x"] })));
    }
}
