//! How the records of the copy are spread over what is kept, and read back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use erp::{Cursor, PriceKinds, RowId};
use futures::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use vitrina::{
    catalog::source::Product,
    ids::{CustomerId, ProductId, TargetGroupId},
    pricing::rows::{DiscountRow, PriceList, PriceRow},
};

use super::{
    records::{CatalogueRecords, PriceRecords, StockLevels, Structure},
    store::{Kept, Part, SEGMENTS, Store, StoreError, segment_of},
};

/// Segments that differ from what is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Unkept {
    segments: BTreeSet<u8>,
    head: bool,
}

impl Unkept {
    /// All of them.
    pub(super) fn everything() -> Self {
        Self {
            segments: (0..SEGMENTS).collect(),
            head: true,
        }
    }

    pub(super) fn note(&mut self, ids: impl IntoIterator<Item = uuid::Uuid>) {
        self.segments.extend(ids.into_iter().map(segment_of));
        self.head |= !self.segments.is_empty();
    }

    pub(super) fn note_head(&mut self) {
        self.head = true;
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.head
    }
}

#[derive(Serialize, Deserialize)]
struct CatalogueHead<S> {
    structure: S,
    watermark: Option<OffsetDateTime>,
}

#[derive(Serialize, Deserialize)]
struct PriceHead {
    kinds: PriceKinds,
    lists: Vec<PriceList>,
    members: BTreeMap<TargetGroupId, BTreeSet<CustomerId>>,
    watermark: Option<OffsetDateTime>,
}

#[derive(Serialize, Deserialize)]
struct PriceSegment<P, D> {
    prices: Vec<(RowId, Option<P>)>,
    discounts: Vec<(RowId, Option<D>)>,
}

/// A first pull that goes on: what it has read, and where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct First {
    pub(super) products: Vec<Product>,
    pub(super) at: Cursor,
    pub(super) started: Option<OffsetDateTime>,
    /// Products that the instance gave, those not shown among them.
    pub(super) read: u64,
    complete: bool,
    batches: u32,
    kept: usize,
}

#[derive(Serialize, Deserialize)]
struct BatchRecords<P> {
    products: P,
    at: Cursor,
    started: Option<OffsetDateTime>,
    read: u64,
}

impl First {
    /// Whether the last page was read.
    pub(super) fn complete(&self) -> bool {
        self.complete
    }

    pub(super) fn end(&mut self) {
        self.complete = true;
    }

    /// Products that a crash would lose.
    pub(super) fn unkept(&self) -> usize {
        self.products.len() - self.kept
    }

    /// Keeps what was read since the last time.
    pub(super) async fn keep(
        &mut self,
        store: &Store,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let batch = BatchRecords {
            products: self.products.get(self.kept..).unwrap_or_default(),
            at: self.at.clone(),
            started: self.started,
            read: self.read,
        };
        store.keep_batch(self.batches, now, &batch).await?;
        self.batches += 1;
        self.kept = self.products.len();
        Ok(())
    }

    /// The pull that a former life of the process left behind, if there is one.
    pub(super) async fn open(store: &Store) -> Result<Option<Self>, StoreError> {
        let mut first = Self::default();
        while let Some(batch) = store
            .load_batch::<BatchRecords<Vec<Product>>>(first.batches)
            .await?
        {
            let batch = batch.records;
            first.products.extend(batch.products);
            first.at = batch.at;
            first.started = batch.started;
            first.read = batch.read;
            first.batches += 1;
        }
        first.kept = first.products.len();
        Ok((first.batches > 0).then_some(first))
    }
}

/// Keeps what is not kept; the head last.
pub(super) async fn keep_catalogue(
    store: &Store,
    records: &CatalogueRecords,
    unkept: &Unkept,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut segments: BTreeMap<u8, Vec<&Product>> = empty(unkept);
    for product in records.products.values() {
        if let Some(segment) = segments.get_mut(&segment_of(product.id.0)) {
            segment.push(product);
        }
    }
    for (segment, products) in segments {
        store
            .keep_segment(Part::Catalogue, segment, now, &products)
            .await?;
    }
    let head = CatalogueHead {
        structure: records.structure.as_ref(),
        watermark: records.watermark,
    };
    store.keep(Part::Catalogue, now, &head).await
}

pub(super) async fn open_catalogue(
    store: &Store,
) -> Result<Option<Kept<CatalogueRecords>>, StoreError> {
    let Some(head) = store
        .load::<CatalogueHead<Structure>>(Part::Catalogue)
        .await?
    else {
        return Ok(None);
    };
    let mut products = BTreeMap::new();
    each_segment(store, Part::Catalogue, |segment: Option<Vec<Product>>| {
        // A segment that is missing is seen by the first sweep.
        let segment = segment.unwrap_or_default().into_iter();
        products.extend(segment.map(|product| (product.id, Arc::new(product))));
    })
    .await?;
    Ok(Some(Kept {
        taken: head.taken,
        records: CatalogueRecords {
            structure: Arc::new(head.records.structure),
            products,
            watermark: head.records.watermark,
        },
    }))
}

pub(super) async fn keep_prices(
    store: &Store,
    records: &PriceRecords,
    unkept: &Unkept,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut segments: BTreeMap<u8, PriceSegment<&PriceRow, &DiscountRow>> = unkept
        .segments
        .iter()
        .map(|segment| {
            let nothing = PriceSegment {
                prices: Vec::new(),
                discounts: Vec::new(),
            };
            (*segment, nothing)
        })
        .collect();
    for (id, row) in &records.prices {
        if let Some(segment) = segments.get_mut(&segment_of(id.0)) {
            segment.prices.push((*id, row.as_deref()));
        }
    }
    for (id, row) in &records.discounts {
        if let Some(segment) = segments.get_mut(&segment_of(id.0)) {
            segment.discounts.push((*id, row.as_deref()));
        }
    }
    for (segment, rows) in segments {
        store
            .keep_segment(Part::Prices, segment, now, &rows)
            .await?;
    }
    let head = PriceHead {
        kinds: records.kinds.clone(),
        lists: records.lists.clone(),
        members: records.members.clone(),
        watermark: records.watermark,
    };
    store.keep(Part::Prices, now, &head).await
}

pub(super) async fn open_prices(store: &Store) -> Result<Option<PriceRecords>, StoreError> {
    let Some(head) = store.load::<PriceHead>(Part::Prices).await? else {
        return Ok(None);
    };
    let mut records = PriceRecords {
        kinds: head.records.kinds,
        lists: head.records.lists,
        members: head.records.members,
        watermark: head.records.watermark,
        ..PriceRecords::default()
    };
    let mut whole = true;
    each_segment(store, Part::Prices, |segment| {
        let Some(PriceSegment { prices, discounts }) = segment else {
            whole = false;
            return;
        };
        let prices = prices.into_iter();
        records
            .prices
            .extend(prices.map(|(id, row)| (id, row.map(Arc::new))));
        let discounts = discounts.into_iter();
        records
            .discounts
            .extend(discounts.map(|(id, row)| (id, row.map(Arc::new))));
    })
    .await?;
    // A price that is missing would make another one win: all are read again.
    Ok(whole.then_some(records))
}

/// Reads the segments of a part in turn, some at once: all of them at once would be in memory twice, as text and as records.
async fn each_segment<T: DeserializeOwned + Send + 'static>(
    store: &Store,
    part: Part,
    mut take: impl FnMut(Option<T>),
) -> Result<(), StoreError> {
    const AT_ONCE: usize = 4;
    let mut segments = stream::iter((0..SEGMENTS).map(|segment| store.load_segment(part, segment)))
        .buffered(AT_ONCE);
    while let Some(segment) = segments.try_next().await? {
        take(segment.map(|kept| kept.records));
    }
    Ok(())
}

pub(super) async fn keep_stock(
    store: &Store,
    levels: &StockLevels,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let levels: Vec<(ProductId, Decimal)> = levels
        .iter()
        .map(|(product, promise)| (*product, *promise))
        .collect();
    store.keep(Part::Stock, now, &levels).await
}

pub(super) async fn open_stock(store: &Store) -> Result<Option<StockLevels>, StoreError> {
    let kept = store.load::<Vec<(ProductId, Decimal)>>(Part::Stock).await?;
    Ok(kept.map(|kept| kept.records.into_iter().collect()))
}

fn empty<T>(unkept: &Unkept) -> BTreeMap<u8, Vec<T>> {
    let segments = unkept.segments.iter();
    segments.map(|segment| (*segment, Vec::new())).collect()
}
