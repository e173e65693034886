//! The instance's dialect of OData v4: names of sets by version, queries from typed parts, pages and their links, the two shapes of errors.

pub(crate) mod fault;
pub(crate) mod link;
pub(crate) mod names;
pub(crate) mod query;
