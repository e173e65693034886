//! Files of products and customers with each of the permissions (entities.md §9.1). Only those marked `External` are meant for
//! customers' eyes.

use std::sync::{Arc, LazyLock};

use super::customers::CUSTOMERS;
use super::{SeedError, Sower, id, text, to};
use crate::domain::printout::letter;
use crate::domain::schema::entity;
use crate::domain::value::Value;
use crate::html::Language;

const FILES: &str = "Systems_Core_ObjectFiles";
const OBJECTS: &str = "Systems_Core_ExtensibleDataObjects";
const PRODUCTS: &str = "General_Products_Products";

/// Set and name of the object, file name, media type, permission, content.
type File = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Arc<[u8]>,
);

static DATA_SHEET: LazyLock<Arc<[u8]>> = LazyLock::new(|| {
    pdf(
        "Настолна лампа „Арка“ · Desk lamp Arka",
        &["LED 8 W, 2700 K, 720 lm", "Кабел 1,8 m · cable 1.8 m"],
    )
});
static CONTRACT: LazyLock<Arc<[u8]>> = LazyLock::new(|| {
    pdf(
        "Рамков договор 2026",
        &["Харбър Хотелс ООД", "Срок на плащане: 14 дни"],
    )
});

fn pdf(title: &str, lines: &[&str]) -> Arc<[u8]> {
    // The fonts come with the program; a test reads the file.
    letter(title, lines, Language::Bulgarian)
        .unwrap_or_default()
        .into()
}

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    const TEXT: &str = "text/plain";
    const PDF: &str = "application/pdf";
    let plain = |text: &str| Arc::from(text.as_bytes());
    let files: [File; 6] = [
        (
            PRODUCTS,
            "LT-ARK-GR",
            "arka-data-sheet.pdf",
            PDF,
            "External",
            Arc::clone(&DATA_SHEET),
        ),
        (
            PRODUCTS,
            "LT-ARK-GR",
            "arka-calculation.txt",
            TEXT,
            "Internal",
            plain("Landed cost 26.95, target margin 45 %."),
        ),
        (
            PRODUCTS,
            "LT-ARK-GR",
            "arka-draft.txt",
            TEXT,
            "Creator",
            plain("Rework the second joint before the next lot."),
        ),
        (
            CUSTOMERS,
            "000412",
            "рамков-договор-2026.pdf",
            PDF,
            "External",
            Arc::clone(&CONTRACT),
        ),
        (
            CUSTOMERS,
            "000412",
            "credit-check.txt",
            TEXT,
            "Internal",
            plain("Pays late in summer. Limit stays."),
        ),
        (
            CUSTOMERS,
            "000412",
            "<b>offer</b>.html",
            "text/html",
            "External",
            plain("<script>document.title = 'read me';</script><p>Offer</p>"),
        ),
    ];
    for (set, name, file, media, permission, content) in files {
        let table = entity(set).map(|of| of.table).unwrap_or_default();
        let object = sower.row(
            OBJECTS,
            &format!("{set} {name}"),
            vec![
                ("EntityName", text(table)),
                ("EntityItemId", text(&id(set, name).to_string())),
            ],
        )?;
        let size = i64::try_from(content.len()).unwrap_or_default();
        sower.row(
            FILES,
            &format!("{name} {file}"),
            vec![
                ("Object", Value::Reference(object)),
                ("FileName", text(file)),
                ("MediaType", text(media)),
                ("FileSizeBytes", Value::Int(size)),
                ("AccessPermission", Value::Member(permission)),
                ("EmbeddedFileContents", Value::Bytes(content)),
            ],
        )?;
    }
    let object = to(OBJECTS, &format!("{PRODUCTS} LT-ARK-GR"));
    sower.row(
        FILES,
        "LT-ARK-GR link",
        vec![
            ("Object", object),
            ("FileName", text("Assembly film")),
            ("MediaType", text("text/html")),
            ("AccessPermission", Value::Member("External")),
            ("ContentLocation", Value::Member("InternetUrl")),
            (
                "LinkedFilePath",
                text("https://ognishte.example/films/arka"),
            ),
        ],
    )?;
    Ok(())
}
