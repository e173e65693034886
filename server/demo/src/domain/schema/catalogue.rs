//! Products and what belongs to them (entities.md §1).

use super::{
    EQ, Entity, Enumeration, IN, Initial, LIKE, RANGE, Shape, amount, boolean, bytes, children,
    date, datetime, decimal, int, member, ml, quantity, reference, text,
};

const PRODUCTS: &str = "General_Products_Products";
const GROUPS: &str = "General_Products_ProductGroups";
const UNITS: &str = "General_Products_MeasurementUnits";
const CATEGORIES: &str = "General_Products_MeasurementCategories";
const TYPES: &str = "General_Products_ProductTypes";
const COMPANIES: &str = "General_EnterpriseCompanies";

static USE_LOTS: Enumeration = Enumeration {
    name: "General_Products_ProductsRepository_UseLots",
    members: &[("Allowed", 0), ("NotAllowed", 1), ("Required", 2)],
};
static ABC_CLASS: Enumeration = Enumeration {
    name: "General_Products_ProductsRepository_ABCClass",
    members: &[("A", 0), ("B", 1), ("C", 2)],
};
static SIZE_CLASS: Enumeration = Enumeration {
    name: "General_Products_ProductPicturesRepository_PictureSizeClass",
    members: &[("SmallPictureThumbnail", 0), ("LargePictureFullSize", 1)],
};
static SYSTEM_UNIT: Enumeration = Enumeration {
    name: "General_Products_MeasurementUnitsRepository_SystemUnit",
    members: &[
        ("GrossKilograms", 0),
        ("HeightMeters", 1),
        ("LengthMeters", 2),
        ("NetKilograms", 3),
        ("Pieces", 4),
        ("VolumeLiters", 5),
        ("WidthMeters", 6),
        ("TimeHours", 7),
    ],
};
static RELATION_SYSTEM_TYPE: Enumeration = Enumeration {
    name: "General_Products_ProductRelationTypesRepository_SystemType",
    members: &[
        ("Generic", 0),
        ("Replacement", 1),
        ("Merchandising", 2),
        ("Fitment", 3),
    ],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: PRODUCTS,
        kind: "General_Products_Product",
        table: "Gen_Products",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &["PartNumber", "Name"],
        attributes: &[
            text("PartNumber", 32, EQ | LIKE | IN)
                .required()
                .orderable(),
            ml("Name", 254, LIKE).required(),
            ml("ShortName", 128, LIKE),
            ml("Description", 0, 0),
            text("CatalogDescriptionHtml", 0, 0),
            boolean("Active", true, EQ),
            boolean("ShowInCatalog", false, EQ | IN),
            boolean("IsFeatured", false, EQ),
            reference("ProductGroup", GROUPS).required(),
            reference("ProductType", TYPES),
            reference("MeasurementUnit", UNITS).required(),
            reference("BaseMeasurementCategory", CATEGORIES).required(),
            amount("StandardPricePerLot", 0),
            quantity("StandardLotSizeBase", 0),
            amount("StandardCostPerLot", 0),
            amount("MinimalSalesPricePerLot", 0),
            decimal("MinimalSalesQuantityBase", 0),
            reference("CostingCurrency", "General_Currencies_Currencies"),
            reference("EnterpriseCompany", COMPANIES),
            reference("OriginCountry", "General_Geography_Countries"),
            int("GuaranteePeriodDays", 0),
            boolean("IsSerialized", false, EQ),
            member("UseLots", &USE_LOTS, 0).initial(Initial::Member("Allowed")),
            member("ABCClass", &ABC_CLASS, EQ).initial(Initial::Member("B")),
            datetime("UpdateTime", RANGE).read_only(),
            children("Pictures", "General_Products_ProductPictures", "Product"),
            children("Variants", "General_Products_ProductVariants", "Product"),
            children("Codes", "General_Products_ProductCodes", "Product"),
            children(
                "Dimensions",
                "General_Products_ProductDimensions",
                "Product",
            ),
            children(
                "DistributionChannels",
                "Crm_Marketing_ProductDistributionChannels",
                "Product",
            ),
            children(
                "Relations",
                "General_Products_ProductRelations",
                "FromProduct",
            ),
            children("Prices", "Crm_Pricing_ProductPrices", "Product"),
            children("LineDiscounts", "Crm_Pricing_LineDiscounts", "Product"),
        ],
    },
    Entity {
        set: GROUPS,
        kind: "General_Products_ProductGroup",
        table: "Gen_Product_Groups",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &["Code", "Name"],
        attributes: &[
            text("Code", 16, EQ | LIKE).orderable(),
            text("FullPath", 254, EQ | LIKE).required().orderable(),
            ml("Name", 180, LIKE).required(),
            reference("ParentGroup", GROUPS),
            boolean("Active", true, EQ),
            bytes("Picture"),
            datetime("PictureLastUpdateTime", RANGE).read_only(),
            reference("EnterpriseCompany", COMPANIES),
            reference("DefaultMeasurementUnit", UNITS),
            reference("DefaultProductType", TYPES),
            text("Notes", 254, 0),
        ],
    },
    Entity {
        set: "General_Products_ProductPictures",
        kind: "General_Products_ProductPicture",
        table: "Gen_Product_Pictures",
        shape: Shape::Child("Product"),
        base: None,
        display: "Comments",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).required().path(),
            int("PictureNo", EQ | LIKE),
            boolean("IsDefault", false, EQ),
            member("PictureSizeClass", &SIZE_CLASS, 0),
            bytes("Picture"),
            datetime("LastUpdateTime", RANGE).read_only(),
            text("Comments", 254, 0),
        ],
    },
    Entity {
        set: "General_Products_ProductVariants",
        kind: "General_Products_ProductVariant",
        table: "Gen_Product_Variants",
        shape: Shape::Child("Product"),
        base: None,
        display: "Code",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).required().path(),
            text("Code", 16, EQ | LIKE).read_only(),
            ml("Name", 512, 0).read_only(),
            text("ShortCode", 32, EQ | LIKE),
            text("BarCode", 16, EQ | LIKE).orderable(),
            reference("VariantColor", "General_Products_VariantColors"),
            reference("VariantSize", "General_Products_VariantSizes"),
        ],
    },
    Entity {
        set: "General_Products_VariantColors",
        kind: "General_Products_VariantColor",
        table: "Gen_Variant_Colors",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        // Unverified: entities.md names the set without its attributes.
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 64, LIKE).required(),
        ],
    },
    Entity {
        set: "General_Products_VariantSizes",
        kind: "General_Products_VariantSize",
        table: "Gen_Variant_Sizes",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        // Unverified: entities.md names the set without its attributes.
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 64, LIKE).required(),
        ],
    },
    Entity {
        set: "General_Products_ProductCodes",
        kind: "General_Products_ProductCode",
        table: "Gen_Product_Codes",
        shape: Shape::Child("Product"),
        base: None,
        display: "ProductCodeField",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).required().path(),
            text("ProductCodeField", 32, EQ | LIKE)
                .required()
                .orderable(),
            reference("CodingSystem", "General_Products_CodingSystems").required(),
            boolean("Active", true, EQ),
        ],
    },
    Entity {
        set: "General_Products_CodingSystems",
        kind: "General_Products_CodingSystem",
        table: "Gen_Coding_Systems",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        // Unverified: entities.md names the set without its attributes.
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 64, LIKE).required(),
        ],
    },
    Entity {
        set: UNITS,
        kind: "General_Products_MeasurementUnit",
        table: "Gen_Measurement_Units",
        shape: Shape::Root,
        base: None,
        display: "Code",
        search: &["Code", "Name"],
        attributes: &[
            text("Code", 16, EQ | LIKE).orderable(),
            ml("Name", 64, LIKE).required(),
            reference("MeasurementCategory", CATEGORIES)
                .required()
                .path(),
            boolean("IsDefaultUnit", false, EQ),
            decimal("Multiplier", 0).initial(Initial::One),
            decimal("Divisor", 0).initial(Initial::One),
            member("SystemUnit", &SYSTEM_UNIT, EQ | LIKE),
        ],
    },
    Entity {
        set: CATEGORIES,
        kind: "General_Products_MeasurementCategory",
        table: "Gen_Measurement_Categories",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            ml("Name", 64, LIKE).required(),
            boolean("IsDefault", false, EQ),
        ],
    },
    Entity {
        set: "General_Products_ProductDimensions",
        kind: "General_Products_ProductDimension",
        table: "Gen_Product_Dimensions",
        shape: Shape::Child("Product"),
        base: None,
        display: "Id",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).required().path(),
            quantity("SourceQuantity", 0).required(),
            reference("SourceQuantityUnit", UNITS),
            quantity("DestQuantity", 0).required(),
            reference("DestQuantityUnit", UNITS),
            reference("MeasurementCategory", CATEGORIES),
            decimal("ConvertToBaseMultiplier", 0).initial(Initial::One),
            decimal("ConvertToBaseDivisor", 0).initial(Initial::One),
        ],
    },
    Entity {
        set: TYPES,
        kind: "General_Products_ProductType",
        table: "Gen_Product_Types",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 16, EQ | LIKE).orderable(),
            ml("Name", 254, LIKE).required(),
            boolean("IsStocked", true, EQ),
            boolean("IsShipped", false, EQ),
            boolean("IsServiced", false, EQ),
            boolean("IsFixedAsset", false, EQ),
            boolean("IsDefault", false, EQ),
        ],
    },
    Entity {
        set: "Crm_Marketing_DistributionChannels",
        kind: "Crm_Marketing_DistributionChannel",
        table: "Crm_Distribution_Channels",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 10, EQ | LIKE).required(),
            ml("Name", 254, LIKE).required(),
            text("Description", 0, 0),
            boolean("IsActive", true, EQ),
        ],
    },
    Entity {
        set: "Crm_Marketing_ProductDistributionChannels",
        kind: "Crm_Marketing_ProductDistributionChannel",
        table: "Crm_Product_Distribution_Channels",
        shape: Shape::Child("Product"),
        base: None,
        display: "Id",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).required().path(),
            reference("DistributionChannel", "Crm_Marketing_DistributionChannels").required(),
            boolean("IsActive", true, EQ),
            date("FromDate", RANGE).initial(Initial::Today),
            date("ToDate", RANGE),
            decimal("MinimalSalesQuantityBase", 0),
            amount("MinimalSalesPricePerLot", 0),
        ],
    },
    Entity {
        set: "General_Products_ProductRelations",
        kind: "General_Products_ProductRelation",
        table: "Gen_Product_Relations",
        shape: Shape::Child("FromProduct"),
        base: None,
        display: "Id",
        search: &[],
        // Unverified: entities.md lists these attributes without their permitted filters.
        attributes: &[
            reference("FromProduct", PRODUCTS).required().path(),
            reference("ToProduct", PRODUCTS).required(),
            reference("RelationType", "General_Products_ProductRelationTypes").required(),
            decimal("QtyFactor", 0).initial(Initial::One),
            date("FromDate", RANGE),
            date("ToDate", RANGE),
            text("Notes", 254, 0),
        ],
    },
    Entity {
        set: "General_Products_ProductRelationTypes",
        kind: "General_Products_ProductRelationType",
        table: "Gen_Product_Relation_Types",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 254, LIKE).required(),
            member("SystemType", &RELATION_SYSTEM_TYPE, EQ).initial(Initial::Member("Generic")),
        ],
    },
];
