//! What all documents have in common (entities.md §6.3, §8, §9.1).

use super::{
    DOCUMENTS, EQ, Entity, Enumeration, IN, LIKE, RANGE, Shape, amount, boolean, bytes, date,
    datetime, decimal, member, orders::DOCUMENT_STATE, quantity, reference, text,
};

const STATUSES: &str = "Systems_Documents_DocumentTypeUserStatuses";

static FULFILLMENT: Enumeration = Enumeration {
    name: "General_Documents_DocumentFulfillmentsRepository_FulfillmentType",
    members: &[("Planned", 0), ("Completed", 1)],
};
static ACCESS: Enumeration = Enumeration {
    name: "Systems_Core_ObjectFilesRepository_AccessPermission",
    members: &[("Creator", 0), ("Internal", 1), ("External", 2)],
};
static LOCATION: Enumeration = Enumeration {
    name: "Systems_Core_ObjectFilesRepository_ContentLocation",
    members: &[("Embedded", 0), ("InternetUrl", 1), ("FileSystemLink", 2)],
};

pub(super) const ENTITIES: &[Entity] = &[
    // Unverified: which attributes the common base of documents has.
    Entity {
        set: DOCUMENTS,
        kind: "General_Documents_Document",
        table: "Gen_Documents",
        shape: Shape::Root,
        base: None,
        display: "DocumentNo",
        search: &["DocumentNo"],
        attributes: &[
            text("EntityName", 64, 0).read_only(),
            reference("DocumentType", "Systems_Documents_DocumentTypes").required(),
            reference("EnterpriseCompany", "General_EnterpriseCompanies").required(),
            text("DocumentNo", 20, EQ | LIKE).orderable(),
            date("DocumentDate", EQ | RANGE).orderable(),
            member("State", &DOCUMENT_STATE, EQ | RANGE | IN).read_only(),
            boolean("Void", false, EQ).read_only(),
            text("VoidReason", 254, 0).read_only(),
            reference("MasterDocument", DOCUMENTS).read_only(),
            reference("Parent", DOCUMENTS).read_only(),
        ],
    },
    Entity {
        set: "General_Documents_DocumentAmounts",
        kind: "General_Documents_DocumentAmount",
        table: "Gen_Document_Amounts",
        shape: Shape::Child("Document"),
        base: None,
        display: "DocumentAmountType",
        search: &[],
        attributes: &[
            reference("Document", DOCUMENTS).required().path(),
            reference(
                "DocumentAmountType",
                "Systems_Documents_DocumentAmountTypes",
            )
            .required(),
            amount("BaseAmount", 0).read_only(),
            amount("InputAmount", 0),
            decimal("InputPercent", 0),
            amount("TotalDistributedAmount", 0).read_only(),
            boolean("UserCanChangeInput", false, 0).read_only(),
        ],
    },
    Entity {
        set: "General_Documents_DocumentStateChanges",
        kind: "General_Documents_DocumentStateChange",
        table: "Gen_Document_State_Changes",
        shape: Shape::Child("Document"),
        base: None,
        display: "NewState",
        search: &[],
        // Unverified: entities.md lists these attributes without their permitted filters.
        attributes: &[
            reference("Document", DOCUMENTS).required().path(),
            member("NewState", &DOCUMENT_STATE, EQ).read_only(),
            datetime("UpdateTime", RANGE).read_only().orderable(),
            boolean("Void", false, EQ).read_only(),
            reference("UserStatus", STATUSES).read_only(),
            boolean("SystemInitiated", false, EQ).read_only(),
        ],
    },
    Entity {
        set: "General_Documents_DocumentFulfillments",
        kind: "General_Documents_DocumentFulfillment",
        table: "Gen_Document_Fulfillments",
        shape: Shape::Child("Document"),
        base: None,
        display: "FulfillmentType",
        search: &[],
        // Unverified: entities.md names these attributes without their types.
        attributes: &[
            reference("Document", DOCUMENTS).required().path(),
            text("DocumentLineId", 36, EQ).read_only(),
            member("FulfillmentType", &FULFILLMENT, EQ).read_only(),
            quantity("QuantityBase", 0).read_only(),
            text("DestinationEntityName", 64, EQ).read_only(),
            boolean("IsFinal", false, EQ).read_only(),
        ],
    },
    Entity {
        set: "General_Documents_DocumentFileAttachments",
        kind: "General_Documents_DocumentFileAttachment",
        table: "Gen_Document_File_Attachments",
        shape: Shape::Child("Document"),
        base: None,
        display: "FileName",
        search: &[],
        attributes: &[
            reference("Document", DOCUMENTS).required().path(),
            text("FileName", 254, EQ | LIKE),
            boolean("IsLinked", false, EQ),
            text("LinkedFilePath", 254, 0),
            bytes("EmbeddedFileContents").on_request(),
            text("Notes", 254, 0),
        ],
    },
    Entity {
        set: "Systems_Core_ObjectFiles",
        kind: "Systems_Core_ObjectFile",
        table: "Sys_Object_Files",
        shape: Shape::Root,
        base: None,
        display: "FileName",
        search: &["FileName"],
        // Unverified: entities.md names these attributes without their permitted filters.
        attributes: &[
            reference("Object", "Systems_Core_ExtensibleDataObjects").required(),
            text("FileName", 254, EQ | LIKE),
            text("MediaType", 128, EQ),
            super::int("FileSizeBytes", 0),
            member("AccessPermission", &ACCESS, EQ | IN)
                .initial(super::Initial::Member("Internal")),
            member("ContentLocation", &LOCATION, EQ).initial(super::Initial::Member("Embedded")),
            text("LinkedFilePath", 254, 0),
            bytes("EmbeddedFileContents").on_request(),
            bytes("EmbeddedThumbnailContents").on_request(),
            text("PurposeCode", 64, EQ | LIKE),
        ],
    },
    // Unverified: what stands between an object and its files; only the name of this set is documented.
    Entity {
        set: "Systems_Core_ExtensibleDataObjects",
        kind: "Systems_Core_ExtensibleDataObject",
        table: "Sys_Extensible_Data_Objects",
        shape: Shape::Root,
        base: None,
        display: "EntityName",
        search: &[],
        attributes: &[
            text("EntityName", 64, EQ).required(),
            text("EntityItemId", 36, EQ).required(),
        ],
    },
];
