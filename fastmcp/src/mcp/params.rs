//! The parameters of a message: what this server reads is kept raw, the rest is only checked for
//! repeated keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::unique::{KeySet, Text, Unique, once};

/// The parameters that this server reads, raw.
#[derive(Debug, Default)]
pub(crate) struct Params<'a> {
    pub(crate) name: Option<&'a RawValue>,
    pub(crate) uri: Option<&'a RawValue>,
    pub(crate) reference: Option<&'a RawValue>,
    pub(crate) argument: Option<&'a RawValue>,
    pub(crate) context: Option<&'a RawValue>,
    pub(crate) arguments: Option<&'a RawValue>,
    pub(crate) cursor: Option<&'a RawValue>,
    pub(crate) request_id: Option<&'a RawValue>,
    pub(crate) level: Option<&'a RawValue>,
    pub(crate) notifications: Option<&'a RawValue>,
    pub(crate) input_responses: Option<&'a RawValue>,
    pub(crate) request_state: Option<&'a RawValue>,
    pub(crate) task_id: Option<&'a RawValue>,
    pub(crate) meta: Meta<'a>,
}

/// The metadata that this server reads, raw.
#[derive(Debug, Default)]
pub(crate) struct Meta<'a> {
    pub(crate) protocol_version: Option<&'a RawValue>,
    pub(crate) client_capabilities: Option<&'a RawValue>,
    pub(crate) progress_token: Option<&'a RawValue>,
    pub(crate) log_level: Option<&'a RawValue>,
    pub(crate) traceparent: Option<&'a RawValue>,
    pub(crate) tracestate: Option<&'a RawValue>,
}

/// What stands at `params`.
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the usual one, and is taken apart at once"
)]
pub(crate) enum ParamsOrNot<'a> {
    Object(Params<'a>),
    SomethingElse,
}

impl<'de> Deserialize<'de> for ParamsOrNot<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeeParams)
    }
}

struct SeeParams;

impl<'de> Visitor<'de> for SeeParams {
    type Value = ParamsOrNot<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Params::default();
        let mut meta = None;
        let mut keys = KeySet::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key.0 {
                "name" => once(&mut found.name, map.next_value()?),
                "arguments" => once(&mut found.arguments, unique(&mut map)?),
                "uri" => once(&mut found.uri, map.next_value()?),
                "ref" => once(&mut found.reference, unique(&mut map)?),
                "argument" => once(&mut found.argument, unique(&mut map)?),
                "context" => once(&mut found.context, unique(&mut map)?),
                "cursor" => once(&mut found.cursor, map.next_value()?),
                "requestId" => once(&mut found.request_id, map.next_value()?),
                "level" => once(&mut found.level, map.next_value()?),
                "notifications" => once(&mut found.notifications, unique(&mut map)?),
                "inputResponses" => once(&mut found.input_responses, unique(&mut map)?),
                "requestState" => once(&mut found.request_state, map.next_value()?),
                "taskId" => once(&mut found.task_id, map.next_value()?),
                "_meta" => once(&mut meta, map.next_value()?),
                _ => {
                    map.next_value::<Unique>()?;
                    keys.insert(key)
                }
            }
            .map_err(A::Error::custom)?;
        }
        found.meta = meta.unwrap_or_default();
        Ok(ParamsOrNot::Object(found))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<Unique>()?.is_some() {}
        Ok(ParamsOrNot::SomethingElse)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ParamsOrNot::SomethingElse)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(ParamsOrNot::SomethingElse)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(ParamsOrNot::SomethingElse)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(ParamsOrNot::SomethingElse)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(ParamsOrNot::SomethingElse)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(ParamsOrNot::SomethingElse)
    }
}

/// A raw value in which no key stands twice.
pub(super) fn unique<'de, A: MapAccess<'de>>(map: &mut A) -> Result<&'de RawValue, A::Error> {
    let raw: &'de RawValue = map.next_value()?;
    serde_json::from_str::<Unique>(raw.get()).map_err(A::Error::custom)?;
    Ok(raw)
}

impl<'de> Deserialize<'de> for Meta<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct See;
        impl<'de> Visitor<'de> for See {
            type Value = Meta<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`_meta` as an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Meta::default();
                let mut keys = KeySet::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key.0 {
                        "io.modelcontextprotocol/protocolVersion" => {
                            once(&mut found.protocol_version, map.next_value()?)
                        }
                        "io.modelcontextprotocol/clientCapabilities" => {
                            once(&mut found.client_capabilities, unique(&mut map)?)
                        }
                        "io.modelcontextprotocol/logLevel" => {
                            once(&mut found.log_level, map.next_value()?)
                        }
                        "progressToken" => once(&mut found.progress_token, map.next_value()?),
                        "traceparent" => once(&mut found.traceparent, map.next_value()?),
                        "tracestate" => once(&mut found.tracestate, map.next_value()?),
                        _ => {
                            map.next_value::<Unique>()?;
                            keys.insert(key)
                        }
                    }
                    .map_err(A::Error::custom)?;
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(See)
    }
}
