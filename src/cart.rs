//! What a shopper has collected.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::{
        source::PartNumber,
        view::{Availability, PictureView, UnitView},
    },
    ids::{LineId, ProductId, UnitId, VariantId},
    money::Money,
    quantity::{Quantity, QuantityProblem},
};

/// The most lines a cart holds (reference/security.md §11).
pub const MOST_LINES: usize = 200;

/// What makes two wishes the same line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Item {
    /// The product.
    pub product: ProductId,
    /// Its variant, where it has any.
    pub variant: Option<VariantId>,
    /// The unit it is ordered in.
    pub unit: UnitId,
}

/// A line of a cart. It holds no price: prices are looked up whenever it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Names the line in forms.
    pub id: LineId,
    /// What is wished for.
    pub item: Item,
    /// How many of the item's unit.
    pub quantity: Quantity,
    /// The name when it was added, shown if the product has since been withdrawn.
    pub name: String,
}

/// A cart: lines in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The lines.
    pub lines: Vec<Line>,
}

/// Why a cart did not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CartProblem {
    /// The quantity is none.
    #[error("the quantity is {0}")]
    Quantity(QuantityProblem),
    /// The cart holds [`MOST_LINES`] lines.
    #[error("the cart is full")]
    Full,
}

impl Cart {
    /// Adds a quantity of an item: to its line if there is one, else as a new line with the given id.
    pub fn add(
        &mut self,
        id: LineId,
        item: Item,
        quantity: Quantity,
        name: &str,
    ) -> Result<LineId, CartProblem> {
        if let Some(line) = self.lines.iter_mut().find(|line| line.item == item) {
            line.quantity = line
                .quantity
                .plus(quantity)
                .map_err(CartProblem::Quantity)?;
            return Ok(line.id);
        }
        if self.lines.len() >= MOST_LINES {
            return Err(CartProblem::Full);
        }
        self.lines.push(Line {
            id,
            item,
            quantity,
            name: name.to_owned(),
        });
        Ok(id)
    }

    /// Sets the quantity of a line; a line that is gone stays gone.
    pub fn set(&mut self, id: LineId, quantity: Quantity) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.id == id) {
            line.quantity = quantity;
        }
    }

    /// Takes a line out.
    pub fn remove(&mut self, id: LineId) -> Option<Line> {
        let at = self.lines.iter().position(|line| line.id == id)?;
        Some(self.lines.remove(at))
    }

    /// A guest's cart joins a customer's: equal items add up, up to the most; what no longer fits is left out and counted.
    pub fn join(&mut self, guest: Self) -> usize {
        let mut left_out = 0;
        for line in guest.lines {
            match self.add(line.id, line.item, line.quantity, &line.name) {
                Ok(_) => {}
                // The larger wish stands when the sum is more than one may have.
                Err(CartProblem::Quantity(_)) => {
                    if let Some(own) = self.lines.iter_mut().find(|own| own.item == line.item) {
                        own.quantity = own.quantity.max(line.quantity);
                    }
                }
                Err(CartProblem::Full) => left_out += 1,
            }
        }
        left_out
    }
}

/// A cart as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartView {
    /// The lines.
    pub lines: Vec<LineView>,
    /// Sum of the lines with a known price, without VAT; none if the visitor sees no prices or none is known.
    pub subtotal: Option<Money>,
    /// Whether some line's price is not in the subtotal.
    pub incomplete: bool,
}

impl CartView {
    /// Whether everything in it can be ordered as it stands.
    pub fn orderable(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.problem.is_none())
    }
}

/// A line as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// Names the line in forms.
    pub id: LineId,
    /// Its name, with the variant's.
    pub name: String,
    /// The variant's name.
    pub variant: Option<String>,
    /// The product's address; none once it is withdrawn.
    pub part_number: Option<PartNumber>,
    /// A picture.
    pub picture: Option<PictureView>,
    /// How many.
    pub quantity: Quantity,
    /// Of which unit; none once that is unknown.
    pub unit: Option<UnitView>,
    /// What one costs; none if unknown or hidden.
    pub each: Option<Money>,
    /// What the line costs.
    pub amount: Option<Money>,
    /// Whether it can be had.
    pub availability: Availability,
    /// Why it cannot be ordered as it stands.
    pub problem: Option<LineProblem>,
}

/// Why a line cannot be ordered as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineProblem {
    /// The product is no longer sold.
    Withdrawn,
    /// The variant or unit is no longer offered.
    ChoiceGone,
    /// Less than the least one may order: this many of the line's unit.
    BelowMinimum(rust_decimal::Decimal),
    /// The unit is sold whole and the quantity is not.
    NotWhole,
    /// There is no price for this customer and quantity, whether the visitor may see prices or not (D7).
    NoPrice,
}

/// What a cart's badge tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartBadge {
    /// Lines in the cart.
    pub lines: u32,
    /// The subtotal as text, if it may be shown.
    pub subtotal: Option<String>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn item(n: u128) -> Item {
        Item {
            product: ProductId(Uuid::from_u128(n)),
            variant: None,
            unit: UnitId(Uuid::from_u128(1)),
        }
    }

    fn line(n: u128) -> LineId {
        LineId(Uuid::from_u128(n))
    }

    fn quantity(n: u32) -> Quantity {
        Quantity::new(n.into()).unwrap()
    }

    #[test]
    fn equal_items_share_a_line() {
        let mut cart = Cart::default();
        assert_eq!(cart.add(line(1), item(1), quantity(2), "a"), Ok(line(1)));
        assert_eq!(cart.add(line(2), item(1), quantity(3), "a"), Ok(line(1)));
        assert_eq!(cart.lines.len(), 1);
        assert_eq!(cart.lines[0].quantity, quantity(5));
    }

    #[test]
    fn a_full_cart_says_so_and_keeps_what_it_has() {
        let mut cart = Cart::default();
        for n in 0..MOST_LINES as u128 {
            cart.add(line(n), item(n), quantity(1), "x").unwrap();
        }
        assert_eq!(
            cart.add(line(999), item(999), quantity(1), "x"),
            Err(CartProblem::Full)
        );
        assert_eq!(cart.lines.len(), MOST_LINES);
    }

    #[test]
    fn a_guests_cart_joins_without_losing_the_larger_wish() {
        let mut own = Cart::default();
        own.add(line(1), item(1), quantity(99_999), "a").unwrap();
        let mut guest = Cart::default();
        guest.add(line(2), item(1), quantity(7), "a").unwrap();
        guest.add(line(3), item(2), quantity(1), "b").unwrap();
        assert_eq!(own.join(guest), 0);
        assert_eq!(
            own.lines.iter().map(|l| l.quantity).collect::<Vec<_>>(),
            [quantity(99_999), quantity(1)]
        );
    }
}
