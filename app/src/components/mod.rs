//! Parts that know the store and no page.

mod add_form;
mod breadcrumb;
mod document;
mod frame;
mod group_tile;
mod header;
pub(crate) mod in_frame;
mod listing;
mod order_lines;
mod picture;
mod price;
mod product_card;
mod sign_in_form;

pub(crate) use add_form::{AddForm, on_request, quick_add};
pub(crate) use breadcrumb::Breadcrumb;
pub(crate) use document::{Document, structured};
pub(crate) use frame::{TROUBLE, framed, later};
pub(crate) use group_tile::GroupTiles;
pub(crate) use listing::{ProductGrid, SortForm};
pub(crate) use order_lines::{OrderLines, Totals};
pub(crate) use picture::{Picture, Role};
pub(crate) use price::{PriceBreaks, PriceTag};
pub(crate) use product_card::{ProductCard, stock};
pub(crate) use sign_in_form::SignInForm;
