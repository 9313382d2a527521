//! The parameters of a message: what this server reads is kept raw, the rest is only checked for
//! repeated keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::unique::{KeySet, Text, Unique};

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
#[derive(Default)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the usual one, and is taken apart at once"
)]
pub(crate) enum ParamsOrNot<'a> {
    #[default]
    Absent,
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
        let mut keys = KeySet::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key.0 {
                "name" => found.name = Some(map.next_value()?),
                "arguments" => found.arguments = Some(unique(&mut map)?),
                "uri" => found.uri = Some(map.next_value()?),
                "ref" => found.reference = Some(unique(&mut map)?),
                "argument" => found.argument = Some(unique(&mut map)?),
                "context" => found.context = Some(unique(&mut map)?),
                "cursor" => found.cursor = Some(map.next_value()?),
                "requestId" => found.request_id = Some(map.next_value()?),
                "level" => found.level = Some(map.next_value()?),
                "notifications" => found.notifications = Some(unique(&mut map)?),
                "inputResponses" => found.input_responses = Some(unique(&mut map)?),
                "requestState" => found.request_state = Some(map.next_value()?),
                "taskId" => found.task_id = Some(map.next_value()?),
                "_meta" => found.meta = map.next_value()?,
                _ => {
                    map.next_value::<Unique>()?;
                }
            }
            keys.insert(key).map_err(A::Error::custom)?;
        }
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
                            found.protocol_version = Some(map.next_value()?);
                        }
                        "io.modelcontextprotocol/clientCapabilities" => {
                            found.client_capabilities = Some(unique(&mut map)?);
                        }
                        "io.modelcontextprotocol/logLevel" => {
                            found.log_level = Some(map.next_value()?);
                        }
                        "progressToken" => found.progress_token = Some(map.next_value()?),
                        "traceparent" => found.traceparent = Some(map.next_value()?),
                        "tracestate" => found.tracestate = Some(map.next_value()?),
                        _ => {
                            map.next_value::<Unique>()?;
                        }
                    }
                    keys.insert(key).map_err(A::Error::custom)?;
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(See)
    }
}
