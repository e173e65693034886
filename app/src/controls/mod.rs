//! Parts that know no store: buttons, fields, notes, pages of a list, icons.

mod button;
mod field;
mod form;
mod icon;
mod note;
mod pagination;

pub(crate) use button::{Button, Kind, LinkButton};
pub(crate) use field::{Field, FieldProblemText, Hidden};
pub(crate) use form::PostForm;
pub use form::{FORM_TOKEN, FormToken};
pub(crate) use icon::{Icon, Shape};
pub(crate) use note::{Note, Tone};
pub(crate) use pagination::Pagination;
