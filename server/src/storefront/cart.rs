//! The cart as one visitor sees and changes it.

use rust_decimal::Decimal;
use vitrina::{
    backend::{Added, CartTrouble, Wish},
    cart::{CartBadge, CartProblem, CartView, Item, Line, LineProblem, LineView},
    catalog::view::Availability,
    ids::{LineId, ProductId},
    money::Money,
    pricing::units,
    quantity::{MOST, Quantity},
    text::Language,
    trouble::Trouble,
};

use super::{Storefront, shelf::Shelf};
use crate::{
    ledger::carts::Basket,
    mirror::catalogue::Entry,
    ordering::ledger_trouble,
    sessions::{CartOwner, VisitError},
};

impl Storefront {
    pub(super) async fn basket(&self) -> Result<Basket, Trouble> {
        match self.visit.cart_owner() {
            None => Ok(Basket::default()),
            Some(owner) => self
                .portal
                .ledger
                .basket(&owner)
                .await
                .map_err(|error| ledger_trouble(&error, self.visit.reference())),
        }
    }

    /// Changes the basket of whoever has one; nothing to change is not an error.
    pub(super) async fn change<T: Default, E>(
        &self,
        change: impl FnMut(&mut Basket) -> Result<T, E>,
    ) -> Result<Result<T, E>, Trouble> {
        let Some(owner) = self.visit.cart_owner() else {
            return Ok(Ok(T::default()));
        };
        self.portal
            .ledger
            .change_basket(&owner, self.now(), change)
            .await
            .map_err(|error| ledger_trouble(&error, self.visit.reference()))
    }

    pub(super) async fn show_cart(&self, language: Language) -> Result<CartView, Trouble> {
        Ok(cart_view(&self.shelf(language)?, &self.basket().await?))
    }

    pub(super) async fn show_badge(&self, language: Language) -> CartBadge {
        let basket = self.basket().await.unwrap_or_default();
        match self.shelf(language) {
            Ok(shelf) => badge(&shelf, &basket, language),
            Err(_) => CartBadge {
                lines: u32::try_from(basket.cart.lines.len()).unwrap_or(u32::MAX),
                subtotal: None,
            },
        }
    }

    pub(super) async fn add(&self, language: Language, wish: Wish) -> Result<Added, CartTrouble> {
        let shelf = self.shelf(language)?;
        let catalogue = &shelf.snapshot.catalogue;
        let entry = catalogue
            .find(wish.product)
            .and_then(|at| catalogue.at(at))
            .ok_or(CartTrouble::Gone)?;
        let product = &entry.product;
        match wish.variant {
            None if !product.variants.is_empty() => return Err(CartTrouble::PickVariant),
            Some(picked) if !product.variants.iter().any(|variant| variant.id == picked) => {
                return Err(CartTrouble::Gone);
            }
            _ => {}
        }
        let unit = wish.unit.unwrap_or(product.unit);
        if !units::choices(product, &catalogue.units).contains(&unit) {
            return Err(CartTrouble::Gone);
        }
        let divisible = catalogue.units.get(unit).is_some_and(|unit| unit.divisible);
        let quantity =
            Quantity::parse(&wish.quantity, divisible, language).map_err(CartProblem::Quantity)?;
        let item = Item {
            product: product.id,
            variant: wish.variant,
            unit,
        };
        let name = shelf.words(&product.name).to_owned();
        let owner = self.new_cart().await?;
        let id = LineId(self.random_id());
        let basket = self
            .portal
            .ledger
            .change_basket(&owner, self.now(), |basket| {
                if basket.fulfil(wish.once) {
                    basket.cart.add(id, item, quantity, &name)?;
                }
                Ok::<_, CartProblem>(basket.clone())
            })
            .await
            .map_err(|error| ledger_trouble(&error, self.visit.reference()))??;
        let badge = badge(&shelf, &basket, language);
        Ok(Added { name, badge })
    }

    /// Whose cart it is. A guest's first one is written down, for who sends no cookies with each request anew: so many a minute
    /// from where they are (§11).
    pub(super) async fn new_cart(&self) -> Result<CartOwner, Trouble> {
        if self.visit.cart_owner().is_none() && !self.portal.rates.may_have_cart(&self.source) {
            tracing::warn!(
                reference = self.visit.reference(),
                kind = "too_many_new_carts",
                "a guest got no cart"
            );
            return Err(Trouble::TooOften);
        }
        self.visit
            .ensure_cart_owner()
            .await
            .map_err(|error| self.visit_trouble(&error))
    }

    pub(super) async fn set_quantity(
        &self,
        language: Language,
        line: LineId,
        typed: &str,
    ) -> Result<(), CartTrouble> {
        let basket = self.basket().await?;
        let Some(found) = basket.cart.lines.iter().find(|found| found.id == line) else {
            return Ok(());
        };
        // Of a unit that is no longer known any part may be wished for: the line tells what is wrong with it.
        let divisible = self
            .portal
            .mirror
            .snapshot()
            .and_then(|now| {
                now.catalogue
                    .units
                    .get(found.item.unit)
                    .map(|unit| unit.divisible)
            })
            .unwrap_or(true);
        let quantity =
            Quantity::parse(typed, divisible, language).map_err(CartProblem::Quantity)?;
        let Ok(()) = self
            .change(|basket| {
                basket.cart.set(line, quantity);
                Ok::<_, std::convert::Infallible>(())
            })
            .await?;
        Ok(())
    }

    pub(super) async fn take_out(&self, line: LineId) -> Result<(), CartTrouble> {
        let Ok(()) = self
            .change(|basket| {
                let at = basket.cart.lines.iter().position(|found| found.id == line);
                if let (Some(at), Some(removed)) = (at, basket.cart.remove(line)) {
                    basket.removed = Some((at, removed));
                }
                Ok::<_, std::convert::Infallible>(())
            })
            .await?;
        Ok(())
    }

    pub(super) async fn put_back(&self) -> Result<(), CartTrouble> {
        self.change(|basket| {
            let Some((at, line)) = basket.removed.take() else {
                return Ok(());
            };
            // The same item may have been added anew meanwhile: then the two add up.
            let same = basket
                .cart
                .lines
                .iter()
                .any(|found| found.item == line.item || found.id == line.id);
            if same || basket.cart.lines.len() >= vitrina::cart::MOST_LINES {
                basket
                    .cart
                    .add(line.id, line.item, line.quantity, &line.name)
                    .map(|_| ())
            } else {
                basket
                    .cart
                    .lines
                    .insert(at.min(basket.cart.lines.len()), line);
                Ok(())
            }
        })
        .await?
        .map_err(CartTrouble::Problem)
    }

    pub(super) fn visit_trouble(&self, error: &VisitError) -> Trouble {
        tracing::error!(reference = self.visit.reference(), %error, "the visit cannot go on");
        match error {
            VisitError::Session(_) => Trouble::Away,
            VisitError::Ledger(error) => ledger_trouble(error, self.visit.reference()),
            VisitError::Read(error) => error.trouble(self.visit.reference()),
            VisitError::NotYours => Trouble::NotFound,
            VisitError::Ended => Trouble::SignInNeeded,
        }
    }
}

/// The cart with today's names, prices and problems.
pub(super) fn cart_view(shelf: &Shelf<'_>, basket: &Basket) -> CartView {
    let gone: &[ProductId] = match &basket.gone {
        Some(gone) if shelf.snapshot.taken < gone.asked => &gone.products,
        _ => &[],
    };
    let lines: Vec<LineView> = basket
        .cart
        .lines
        .iter()
        .map(|line| line_view(shelf, line, gone.contains(&line.item.product)))
        .collect();
    let mut subtotal: Option<Money> = None;
    let mut incomplete = false;
    for line in &lines {
        match (&line.amount, &subtotal) {
            (Some(amount), None) => subtotal = Some(amount.clone()),
            (Some(amount), Some(sum)) => match sum.plus(amount) {
                Ok(sum) => subtotal = Some(sum),
                Err(_) => incomplete = true,
            },
            (None, _) => incomplete = true,
        }
    }
    CartView {
        lines,
        subtotal,
        incomplete,
    }
}

fn line_view(shelf: &Shelf<'_>, line: &Line, is_gone: bool) -> LineView {
    let catalogue = &shelf.snapshot.catalogue;
    let unit = shelf.unit(line.item.unit);
    let Some(entry) = catalogue
        .find(line.item.product)
        .and_then(|at| catalogue.at(at))
        .filter(|_| !is_gone)
    else {
        // What was withdrawn stays visible, so that its owner sees what happened to it.
        return LineView {
            id: line.id,
            name: line.name.clone(),
            variant: None,
            part_number: None,
            picture: None,
            quantity: line.quantity,
            unit,
            each: None,
            amount: None,
            availability: Availability::Unknown,
            problem: Some(LineProblem::Withdrawn),
        };
    };
    let product = &entry.product;
    let variant = line
        .item
        .variant
        .and_then(|id| product.variants.iter().find(|variant| variant.id == id));
    let problem = problem(shelf, entry, line, variant.is_some());
    let price = match (&shelf.sheet, problem) {
        (None, _) | (_, Some(LineProblem::ChoiceGone)) => None,
        (Some(sheet), _) => {
            shelf
                .snapshot
                .unit_price(sheet, entry, line.item.unit, line.quantity.value())
        }
    };
    LineView {
        id: line.id,
        name: shelf.words(&product.name).to_owned(),
        variant: variant.map(|variant| shelf.variant_name(variant)),
        part_number: Some(product.part_number.clone()),
        picture: shelf.picture(entry),
        quantity: line.quantity,
        unit,
        amount: price
            .as_ref()
            .and_then(|price| price.amount(line.quantity.value())),
        each: price.map(|price| price.each),
        availability: shelf.snapshot.availability(entry),
        problem,
    }
}

fn problem(
    shelf: &Shelf<'_>,
    entry: &Entry,
    line: &Line,
    has_variant: bool,
) -> Option<LineProblem> {
    let catalogue = &shelf.snapshot.catalogue;
    let product = &entry.product;
    let variant_fits = if line.item.variant.is_some() {
        has_variant
    } else {
        product.variants.is_empty()
    };
    if !variant_fits || !units::choices(product, &catalogue.units).contains(&line.item.unit) {
        return Some(LineProblem::ChoiceGone);
    }
    let whole = catalogue
        .units
        .get(line.item.unit)
        .is_some_and(|unit| !unit.divisible);
    let quantity = line.quantity.value();
    if whole && !quantity.is_integer() {
        return Some(LineProblem::NotWhole);
    }
    let least = shelf
        .least_of(entry, line.item.unit)
        .filter(|least| quantity < *least && *least <= Decimal::from(MOST));
    if let Some(least) = least {
        return Some(LineProblem::BelowMinimum(least));
    }
    (!shelf.has_price(entry, line.item.unit, quantity)).then_some(LineProblem::NoPrice)
}

fn badge(shelf: &Shelf<'_>, basket: &Basket, language: Language) -> CartBadge {
    let view = cart_view(shelf, basket);
    CartBadge {
        lines: u32::try_from(view.lines.len()).unwrap_or(u32::MAX),
        subtotal: view.subtotal.map(|sum| sum.format(language)),
    }
}
