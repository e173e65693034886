//! Furniture, textiles, vases.

use crate::pictures::Colour;

pub(super) fn chair(colour: Colour) -> String {
    format!(
        "<path d=\"M340 500l-40 200h24l46-200zM560 500l40 200h-24l-46-200zM390 520l-10 150h18l14-150zM510 520l10 150h-18l-14-150z\" fill=\"url(#wood)\"/>\
         <path d=\"M318 200c6-46 258-46 264 0l-22 270H340z\" fill=\"url(#b)\"/><path d=\"M356 214c10-20 178-20 188 0l-16 200H372z\" fill=\"{inner}\" opacity=\".7\"/>\
         <path d=\"M296 470c0-26 308-26 308 0l14 40c6 30-344 30-336 0z\" fill=\"url(#v)\"/><path d=\"M318 478c40-14 220-14 262 0\" stroke=\"{light}\" stroke-width=\"8\" stroke-linecap=\"round\" fill=\"none\" opacity=\".7\"/>",
        inner = colour.shade(14),
        light = colour.shade(50),
    )
}

pub(super) fn stool(colour: Colour) -> String {
    format!(
        "<path d=\"M350 380l-70 320h26l76-320zM550 380l70 320h-26l-76-320zM436 390h28v300h-28z\" fill=\"url(#wood)\"/><path d=\"M318 570h264v16H314z\" fill=\"#a67b50\"/>\
         <path d=\"M290 352c0 50 320 50 320 0v-20H290z\" fill=\"{dark}\"/><ellipse cx=\"450\" cy=\"334\" rx=\"162\" ry=\"40\" fill=\"url(#b)\"/><ellipse cx=\"420\" cy=\"326\" rx=\"90\" ry=\"16\" fill=\"{light}\" opacity=\".6\"/>",
        dark = colour.shade(-30),
        light = colour.shade(45),
    )
}

pub(super) fn table(colour: Colour) -> String {
    format!(
        "<path d=\"M210 450l-30 250h26l50-250zM690 450l30 250h-26l-50-250zM300 450l-8 200h18l22-200zM600 450l8 200h-18l-22-200z\" fill=\"{leg}\"/>\
         <path d=\"M120 440h660v22c0 10-6 14-14 14H134c-8 0-14-4-14-14z\" fill=\"{dark}\"/><path d=\"M190 372h520l70 68H120z\" fill=\"url(#b)\"/>\
         <path d=\"M250 386h300M220 410h240M420 424h250\" stroke=\"{grain}\" stroke-width=\"4\" stroke-linecap=\"round\" opacity=\".45\"/>",
        leg = colour.shade(-20),
        dark = colour.shade(-32),
        grain = colour.shade(-26),
    )
}

pub(super) fn shelf(colour: Colour) -> String {
    format!(
        "<rect x=\"250\" y=\"180\" width=\"400\" height=\"510\" fill=\"{back}\"/><rect x=\"236\" y=\"160\" width=\"24\" height=\"540\" rx=\"4\" fill=\"url(#b)\"/><rect x=\"640\" y=\"160\" width=\"24\" height=\"540\" rx=\"4\" fill=\"{dark}\"/>\
         <g fill=\"url(#b)\"><rect x=\"236\" y=\"160\" width=\"428\" height=\"24\" rx=\"4\"/><rect x=\"250\" y=\"330\" width=\"400\" height=\"20\"/><rect x=\"250\" y=\"500\" width=\"400\" height=\"20\"/><rect x=\"250\" y=\"664\" width=\"400\" height=\"20\"/></g>\
         <g><rect x=\"280\" y=\"230\" width=\"26\" height=\"100\" fill=\"#a65a43\"/><rect x=\"308\" y=\"216\" width=\"32\" height=\"114\" fill=\"#5d7a78\"/><rect x=\"342\" y=\"240\" width=\"22\" height=\"90\" fill=\"#d9b25f\"/><path d=\"M560 330c-34-40-18-90 10-92 28 2 44 52 10 92z\" fill=\"#e9e2d4\"/>\
         <circle cx=\"330\" cy=\"456\" r=\"44\" fill=\"#c98f6b\"/><rect x=\"500\" y=\"420\" width=\"110\" height=\"16\" fill=\"#56607a\"/><rect x=\"490\" y=\"436\" width=\"126\" height=\"18\" fill=\"#b9b3a6\"/><rect x=\"498\" y=\"454\" width=\"108\" height=\"46\" fill=\"#8b9c83\"/>\
         <rect x=\"300\" y=\"570\" width=\"130\" height=\"94\" rx=\"10\" fill=\"#d6c4a3\"/><rect x=\"480\" y=\"586\" width=\"120\" height=\"78\" rx=\"10\" fill=\"#c7b08a\"/></g>",
        back = colour.shade(-12),
        dark = colour.shade(-32),
    )
}

pub(super) fn cushion(colour: Colour) -> String {
    format!(
        "<path d=\"M232 330c-20-50 30-60 70-46 90 20 210 20 300 0 40-14 86 0 68 46-24 90-24 200 0 290 18 50-28 78-70 64-90-22-210-22-300 0-42 14-86-14-68-64 24-90 24-200 0-290z\" fill=\"url(#b)\"/>\
         <path d=\"M300 330c70 30 230 30 300 0M300 640c70-30 230-30 300 0\" stroke=\"{dark}\" stroke-width=\"5\" fill=\"none\" opacity=\".35\"/>\
         <g stroke=\"{light}\" stroke-width=\"9\" opacity=\".55\"><path d=\"M350 316v340M400 322v328M450 324v324M500 322v328M550 316v340\"/></g>",
        dark = colour.shade(-40),
        light = colour.shade(35),
    )
}

pub(super) fn blanket(colour: Colour) -> String {
    format!(
        "<rect x=\"200\" y=\"600\" width=\"500\" height=\"96\" rx=\"40\" fill=\"{dark}\"/><rect x=\"206\" y=\"510\" width=\"490\" height=\"100\" rx=\"42\" fill=\"url(#v)\"/>\
         <rect x=\"212\" y=\"424\" width=\"478\" height=\"96\" rx=\"42\" fill=\"url(#v)\"/><rect x=\"380\" y=\"420\" width=\"90\" height=\"276\" fill=\"#f5efe3\" opacity=\".9\"/><rect x=\"412\" y=\"420\" width=\"26\" height=\"276\" fill=\"{base}\"/>\
         <path d=\"M240 470h120M490 470h170M236 560h124M490 560h174M236 648h124M490 648h170\" stroke=\"{light}\" stroke-width=\"7\" stroke-linecap=\"round\" opacity=\".5\"/>",
        dark = colour.shade(-26),
        base = colour.shade(-16),
        light = colour.shade(50),
    )
}

pub(super) fn fabric_roll(colour: Colour) -> String {
    format!(
        "<path d=\"M160 560h500v140H160c-70 0-70-140 0-140z\" fill=\"url(#v)\"/><path d=\"M200 590h420M190 640h440M210 672h400\" stroke=\"{light}\" stroke-width=\"6\" opacity=\".4\"/>\
         <path d=\"M150 690c120 20 400 20 620 8l40-10V560H660z\" fill=\"{base}\" opacity=\".0\"/><ellipse cx=\"664\" cy=\"630\" rx=\"56\" ry=\"70\" fill=\"{dark}\"/><ellipse cx=\"664\" cy=\"630\" rx=\"36\" ry=\"46\" fill=\"{base}\"/><ellipse cx=\"664\" cy=\"630\" rx=\"18\" ry=\"24\" fill=\"#e8dcc6\"/>\
         <path d=\"M250 420h420v100H250c-56 0-56-100 0-100z\" fill=\"url(#b)\"/><ellipse cx=\"672\" cy=\"470\" rx=\"40\" ry=\"50\" fill=\"{dark}\"/><ellipse cx=\"672\" cy=\"470\" rx=\"16\" ry=\"20\" fill=\"#e8dcc6\"/><path d=\"M220 520h440v40H180z\" fill=\"{dark}\" opacity=\".35\"/>",
        light = colour.shade(50),
        base = colour.hex(),
        dark = colour.shade(-30),
    )
}

pub(super) fn vase(colour: Colour) -> String {
    format!(
        "<g fill=\"none\" stroke=\"#6d7a52\" stroke-width=\"9\" stroke-linecap=\"round\"><path d=\"M440 340c-10-90-50-140-90-190M456 340c0-110 20-160 50-230M470 340c20-70 60-110 110-140\"/></g>\
         <g fill=\"#8c9a68\"><ellipse cx=\"372\" cy=\"200\" rx=\"44\" ry=\"18\" transform=\"rotate(56 372 200)\"/><ellipse cx=\"500\" cy=\"160\" rx=\"46\" ry=\"18\" transform=\"rotate(-70 500 160)\"/><ellipse cx=\"560\" cy=\"226\" rx=\"44\" ry=\"17\" transform=\"rotate(-36 560 226)\"/><ellipse cx=\"412\" cy=\"260\" rx=\"36\" ry=\"15\" transform=\"rotate(70 412 260)\"/></g>\
         <path d=\"M400 330h100c0 60 90 110 90 220 0 90-40 150-90 150H400c-50 0-90-60-90-150 0-110 90-160 90-220z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"330\" rx=\"52\" ry=\"13\" fill=\"{dark}\"/>\
         <path d=\"M352 570c0-60 30-100 56-140\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".45\"/>",
        dark = colour.shade(-45),
    )
}

pub(super) fn planter(colour: Colour) -> String {
    format!(
        "<g fill=\"#5f7f57\"><path d=\"M450 500c-30-120-140-150-190-150 10 80 80 150 190 150zM450 500c30-140 140-170 200-170-10 90-90 170-200 170z\"/><path d=\"M450 500c-60-110-50-240 0-320 50 80 60 210 0 320z\" fill=\"#76996a\"/><path d=\"M450 500c-90-70-130-150-110-250 70 40 120 130 110 250z\" fill=\"#6a8c60\"/><path d=\"M450 500c80-60 130-150 120-240-70 40-120 130-120 240z\" fill=\"#547450\"/></g>\
         <path d=\"M300 500h300l-30 180c-2 14-10 20-24 20H354c-14 0-22-6-24-20z\" fill=\"url(#b)\"/><rect x=\"282\" y=\"476\" width=\"336\" height=\"44\" rx=\"14\" fill=\"{light}\"/><path d=\"M300 520h300l-3 18H303z\" fill=\"{dark}\" opacity=\".4\"/>",
        light = colour.shade(14),
        dark = colour.shade(-50),
    )
}
