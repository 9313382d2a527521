//! Questions to a type, without a bound that could fail.
//!
//! An item of an inherent `impl` exists only where its bound holds, and then wins over the item of
//! [`Absent`], which exists always. So `Probe::<T>::SCHEMA` is `true` or `false` for any `T`, and
//! code that uses a type which does not fit still compiles: the one error is that of the check.

use std::any::Any;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::item::{
    Borrowed, Call, InputSchema, IntoContent, IntoPrompt, IntoResource, InvalidArguments, Outcome,
    PromptOutcome, ReadOutcome, Schema, Slots, ToolOutput, listed_values, made_of_parts,
    must_be_sent,
};
use crate::server::{Server, ServerDeclaration};

/// Asks `T`.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// The way to the probe of a type that does not stand between `<` and `>`. A type that does not
/// exist is reported once only if every mention of it reads alike to the compiler, which offers
/// other cures in there.
pub trait Asked {
    /// Its probe.
    type Probe;
}

impl<T: ?Sized> Asked for T {
    type Probe = Probe<T>;
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Send + ?Sized> Probe<T> {
    pub const SEND: bool = true;
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Sync + ?Sized> Probe<T> {
    pub const SYNC: bool = true;
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Borrowed + ?Sized> Probe<&T> {
    pub const ALIAS: bool = true;
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Any + Send + Sync> Probe<T> {
    pub fn server(app: T, declaration: ServerDeclaration) -> Server {
        Server::new(app, declaration)
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: DeserializeOwned> Probe<T> {
    pub const DESERIALIZE: bool = true;

    pub fn argument<const N: usize>(
        slots: &Slots<'_, N>,
        index: usize,
    ) -> Result<T, InvalidArguments> {
        slots.decode(index)
    }

    pub fn argument_or<const N: usize>(
        slots: &Slots<'_, N>,
        index: usize,
        default: fn() -> T,
    ) -> Result<T, InvalidArguments> {
        if slots.is_missing(index) {
            return Ok(default());
        }
        slots.decode(index)
    }

    pub fn text<const N: usize>(slots: &Slots<'_, N>, index: usize) -> Result<T, InvalidArguments> {
        slots.decode_text(index)
    }

    pub fn text_or<const N: usize>(
        slots: &Slots<'_, N>,
        index: usize,
        default: fn() -> T,
    ) -> Result<T, InvalidArguments> {
        if slots.is_missing(index) {
            return Ok(default());
        }
        slots.decode_text(index)
    }

    pub fn must_be_sent() -> bool {
        must_be_sent::<T>()
    }

    pub fn made_of_parts() -> Option<String> {
        made_of_parts::<T>()
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Compound> Probe<T> {
    pub const COMPOUND: bool = true;
}

/// A type whose values are lists or objects, as far as that is known without its schema.
pub trait Compound {}

impl<T> Compound for Vec<T> {}
impl<T, const N: usize> Compound for [T; N] {}
impl<K, V, S> Compound for std::collections::HashMap<K, V, S> {}
impl<K, V> Compound for std::collections::BTreeMap<K, V> {}
impl<T, S> Compound for std::collections::HashSet<T, S> {}
impl<T> Compound for std::collections::BTreeSet<T> {}
impl<T> Compound for std::collections::VecDeque<T> {}
impl<A> Compound for (A,) {}
impl<A, B> Compound for (A, B) {}
impl<A, B, C> Compound for (A, B, C) {}
impl<T: Compound> Compound for Option<T> {}
impl<T: Compound> Compound for Box<T> {}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: JsonSchema> Probe<T> {
    pub const SCHEMA: bool = true;

    pub fn schema(whole: &mut InputSchema) -> Value {
        whole.part::<T>()
    }

    pub fn listed_values() -> Vec<String> {
        listed_values::<T>()
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Serialize> Probe<T> {
    pub const SERIALIZE: bool = true;

    pub fn as_json(value: &T) -> Option<Value> {
        serde_json::to_value(value).ok()
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: From<&'static str>> Probe<T> {
    pub const OF_TEXT: bool = true;

    pub fn of_text(text: &'static str) -> T {
        T::from(text)
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: IntoContent> Probe<T> {
    pub const CONTENT: bool = true;

    pub fn outcome(value: T) -> Outcome {
        value.into_content()
    }

    pub fn output_schema() -> Option<Schema> {
        T::output_schema()
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: IntoResource> Probe<T> {
    pub const RESOURCE: bool = true;

    pub fn read(value: T) -> ReadOutcome {
        value.into_resource()
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: IntoPrompt> Probe<T> {
    pub const PROMPT: bool = true;

    pub fn prompted(value: T) -> PromptOutcome {
        value.into_prompt()
    }
}

#[expect(missing_docs, reason = "for generated code; each name is its question")]
impl<T: Borrowed + ?Sized> Probe<T> {
    pub const LENT: bool = true;
    pub const NEEDS_CALLER: bool = T::NEEDS_CALLER;
    pub const LIVE: bool = T::LIVE;

    pub fn borrow<'a>(call: &Call<'a>) -> Option<&'a T> {
        T::borrow(call)
    }

    pub fn accepts(app: &(dyn Any + Send + Sync)) -> bool {
        T::accepts(app)
    }
}

/// What [`Probe`] says where the bound does not hold. None of the functions is ever called: a
/// program in which one is reached did not compile.
#[expect(missing_docs, reason = "for generated code; each name is its question")]
pub trait Absent {
    type Asked: ?Sized;

    const SEND: bool = false;
    const SYNC: bool = false;
    const ALIAS: bool = false;
    const DESERIALIZE: bool = false;
    const SCHEMA: bool = false;
    const SERIALIZE: bool = false;
    const OF_TEXT: bool = false;
    const COMPOUND: bool = false;
    const CONTENT: bool = false;
    const RESOURCE: bool = false;
    const PROMPT: bool = false;
    const LENT: bool = false;
    const NEEDS_CALLER: bool = false;
    const LIVE: bool = false;

    fn argument<const N: usize>(
        _slots: &Slots<'_, N>,
        _index: usize,
    ) -> Result<Self::Asked, InvalidArguments>
    where
        Self::Asked: Sized,
    {
        Err(InvalidArguments(String::new()))
    }

    fn argument_or<const N: usize>(
        _slots: &Slots<'_, N>,
        _index: usize,
        _default: fn() -> Self::Asked,
    ) -> Result<Self::Asked, InvalidArguments>
    where
        Self::Asked: Sized,
    {
        Err(InvalidArguments(String::new()))
    }

    fn text<const N: usize>(
        _slots: &Slots<'_, N>,
        _index: usize,
    ) -> Result<Self::Asked, InvalidArguments>
    where
        Self::Asked: Sized,
    {
        Err(InvalidArguments(String::new()))
    }

    fn text_or<const N: usize>(
        _slots: &Slots<'_, N>,
        _index: usize,
        _default: fn() -> Self::Asked,
    ) -> Result<Self::Asked, InvalidArguments>
    where
        Self::Asked: Sized,
    {
        Err(InvalidArguments(String::new()))
    }

    fn made_of_parts() -> Option<String> {
        None
    }

    fn listed_values() -> Vec<String> {
        Vec::new()
    }

    fn read(_value: Self::Asked) -> ReadOutcome
    where
        Self::Asked: Sized,
    {
        ReadOutcome::NotFound
    }

    fn prompted(_value: Self::Asked) -> PromptOutcome
    where
        Self::Asked: Sized,
    {
        PromptOutcome::Done(Vec::new())
    }

    fn server(_app: Self::Asked, _declaration: ServerDeclaration) -> Server
    where
        Self::Asked: Sized,
    {
        std::process::abort()
    }

    fn must_be_sent() -> bool {
        true
    }

    fn schema(_whole: &mut InputSchema) -> Value {
        Value::Null
    }

    fn as_json(_value: &Self::Asked) -> Option<Value> {
        None
    }

    fn of_text(_text: &'static str) -> Self::Asked
    where
        Self::Asked: Sized,
    {
        // There is no value to give, and the program that asks for one did not compile.
        std::process::abort()
    }

    fn outcome(_value: Self::Asked) -> Outcome
    where
        Self::Asked: Sized,
    {
        Outcome::Done(ToolOutput::default())
    }

    fn output_schema() -> Option<Schema> {
        None
    }

    fn borrow<'a>(_call: &Call<'a>) -> Option<&'a Self::Asked> {
        None
    }

    fn accepts(_app: &(dyn Any + Send + Sync)) -> bool {
        true
    }
}

impl<T: ?Sized> Absent for Probe<T> {
    type Asked = T;
}
