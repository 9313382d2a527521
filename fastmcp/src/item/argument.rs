//! Owned parameters: schema and decoding.

/// The arguments did not fit the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArguments(pub String);

/// The raw arguments of a call, one slot a parameter.
#[derive(Debug)]
pub struct Slots;

/// One owned parameter.
#[derive(Debug)]
pub struct Argument;
