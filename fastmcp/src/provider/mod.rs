//! (being built)
/// Stub.
#[derive(Clone, Debug)]
pub struct Provider {}
/// Stub.
#[derive(Clone, Debug)]
pub struct Identity {}
