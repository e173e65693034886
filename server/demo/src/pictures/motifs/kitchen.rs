//! Pots, tableware, knives.

use crate::pictures::Colour;

pub(super) fn pot(colour: Colour) -> String {
    format!(
        "<path d=\"M195 470h70v36h-50c-20 0-20-36-20-36zM705 470h-70v36h50c20 0 20-36 20-36z\" fill=\"{dark}\"/>\
         <path d=\"M240 430h420v200c0 50-30 70-70 70H310c-40 0-70-20-70-70z\" fill=\"url(#b)\"/>\
         <path d=\"M285 460v170c0 24 10 36 26 42\" stroke=\"{light}\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".65\"/>\
         <path d=\"M225 430c0-70 110-100 225-100s225 30 225 100z\" fill=\"url(#b)\"/><rect x=\"215\" y=\"418\" width=\"470\" height=\"22\" rx=\"11\" fill=\"{dark}\"/>\
         <rect x=\"420\" y=\"280\" width=\"60\" height=\"54\" rx=\"22\" fill=\"url(#metal)\"/>",
        dark = colour.shade(-40),
        light = colour.shade(60),
    )
}

pub(super) fn pan(colour: Colour) -> String {
    format!(
        "<path d=\"M560 590l270-60c24-6 34 30 10 38l-270 70z\" fill=\"url(#wood)\"/><rect x=\"540\" y=\"590\" width=\"60\" height=\"44\" rx=\"10\" fill=\"url(#metal)\" transform=\"rotate(-12 570 610)\"/>\
         <path d=\"M130 590h450l-30 80c-8 20-24 30-50 30H210c-26 0-42-10-50-30z\" fill=\"url(#b)\"/><ellipse cx=\"355\" cy=\"590\" rx=\"226\" ry=\"52\" fill=\"{rim}\"/>\
         <ellipse cx=\"355\" cy=\"594\" rx=\"204\" ry=\"42\" fill=\"#33353a\"/><ellipse cx=\"330\" cy=\"586\" rx=\"120\" ry=\"20\" fill=\"#565a61\" opacity=\".7\"/>",
        rim = colour.shade(20),
    )
}

pub(super) fn kettle(colour: Colour) -> String {
    format!(
        "<path d=\"M300 400c-10-190 310-190 300 0\" fill=\"none\" stroke=\"url(#wood)\" stroke-width=\"30\" stroke-linecap=\"round\"/>\
         <path d=\"M610 560c60-20 70-110 130-140l24 26c-50 50-50 140-130 180z\" fill=\"url(#b)\"/>\
         <path d=\"M240 640c0-150 70-260 210-260s210 110 210 260c0 40-30 60-70 60H310c-40 0-70-20-70-60z\" fill=\"url(#b)\"/>\
         <ellipse cx=\"450\" cy=\"384\" rx=\"96\" ry=\"20\" fill=\"{dark}\"/><ellipse cx=\"450\" cy=\"376\" rx=\"90\" ry=\"17\" fill=\"{light}\"/><circle cx=\"450\" cy=\"352\" r=\"22\" fill=\"url(#wood)\"/>\
         <path d=\"M290 620c4-90 34-150 80-180\" stroke=\"#fff\" stroke-width=\"18\" stroke-linecap=\"round\" fill=\"none\" opacity=\".5\"/>",
        dark = colour.shade(-40),
        light = colour.shade(25),
    )
}

pub(super) fn coffee_maker(colour: Colour) -> String {
    format!(
        "<path d=\"M590 330h90c30 0 30 40 18 70l-60 150\" fill=\"none\" stroke=\"#2e2c2a\" stroke-width=\"32\" stroke-linecap=\"round\"/>\
         <path d=\"M330 500l-34 200h308l-34-200z\" fill=\"url(#b)\"/><path d=\"M320 500h260v-40H320z\" fill=\"url(#metal)\"/>\
         <path d=\"M310 460l-40-180h340l-30 180z\" fill=\"url(#b)\"/><path d=\"M270 280l-40-10 50 90z\" fill=\"{dark}\"/><path d=\"M280 280l170-60 150 60z\" fill=\"{light}\"/><circle cx=\"450\" cy=\"210\" r=\"22\" fill=\"#2e2c2a\"/>\
         <path d=\"M400 300l10 150M410 510l-16 180\" stroke=\"#fff\" stroke-width=\"14\" opacity=\".35\"/>",
        dark = colour.shade(-20),
        light = colour.shade(22),
    )
}

pub(super) fn mug(colour: Colour) -> String {
    format!(
        "<path d=\"M600 430c130-30 140 180-10 180\" fill=\"none\" stroke=\"{dark}\" stroke-width=\"38\"/><path d=\"M600 424c126-30 136 176-10 178\" fill=\"none\" stroke=\"{base}\" stroke-width=\"26\"/>\
         <path d=\"M290 360h320v270c0 50-20 70-70 70H360c-50 0-70-20-70-70z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"360\" rx=\"160\" ry=\"34\" fill=\"{light}\"/>\
         <ellipse cx=\"450\" cy=\"364\" rx=\"142\" ry=\"26\" fill=\"#4a2f20\"/><ellipse cx=\"430\" cy=\"362\" rx=\"80\" ry=\"12\" fill=\"#7a5236\" opacity=\".7\"/>\
         <path d=\"M328 420v200\" stroke=\"#fff\" stroke-width=\"18\" stroke-linecap=\"round\" opacity=\".45\"/><path d=\"M290 600h320v30c0 50-20 70-70 70H360c-50 0-70-20-70-70z\" fill=\"#fff\" opacity=\".18\"/>",
        dark = colour.shade(-30),
        base = colour.hex(),
        light = colour.shade(35),
    )
}

pub(super) fn plate(colour: Colour) -> String {
    format!(
        "<ellipse cx=\"480\" cy=\"520\" rx=\"320\" ry=\"300\" fill=\"url(#soft)\"/><circle cx=\"450\" cy=\"470\" r=\"280\" fill=\"{dark}\"/><circle cx=\"446\" cy=\"464\" r=\"278\" fill=\"url(#b)\"/>\
         <circle cx=\"446\" cy=\"464\" r=\"194\" fill=\"{shade}\"/><circle cx=\"450\" cy=\"470\" r=\"186\" fill=\"{base}\"/><circle cx=\"446\" cy=\"464\" r=\"262\" fill=\"none\" stroke=\"{light}\" stroke-width=\"5\" opacity=\".8\"/>\
         <path d=\"M270 400c30-70 90-110 150-122\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".5\"/>",
        dark = colour.shade(-36),
        shade = colour.shade(-16),
        base = colour.shade(10),
        light = colour.shade(60),
    )
}

pub(super) fn bowl(colour: Colour) -> String {
    format!(
        "<path d=\"M210 470h480c0 130-90 220-160 222H370c-70-2-160-92-160-222z\" fill=\"url(#b)\"/><rect x=\"365\" y=\"684\" width=\"170\" height=\"18\" rx=\"6\" fill=\"{dark}\"/>\
         <ellipse cx=\"450\" cy=\"470\" rx=\"240\" ry=\"56\" fill=\"{light}\"/><ellipse cx=\"450\" cy=\"476\" rx=\"218\" ry=\"46\" fill=\"{inside}\"/>\
         <path d=\"M262 540c16 50 44 84 80 108\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".45\"/>",
        dark = colour.shade(-42),
        light = colour.shade(40),
        inside = colour.shade(-18),
    )
}

pub(super) fn glass(colour: Colour) -> String {
    format!(
        "<path d=\"M340 330h220l-22 350c-1 14-10 20-24 20H386c-14 0-23-6-24-20z\" fill=\"{tint}\" opacity=\".55\"/><path d=\"M352 470h196l-14 200c-1 14-8 18-20 18H386c-12 0-19-4-20-18z\" fill=\"{water}\" opacity=\".55\"/>\
         <ellipse cx=\"450\" cy=\"470\" rx=\"98\" ry=\"18\" fill=\"#fff\" opacity=\".5\"/><ellipse cx=\"450\" cy=\"330\" rx=\"110\" ry=\"22\" fill=\"#fff\" opacity=\".35\" stroke=\"{line}\" stroke-width=\"5\"/>\
         <path d=\"M380 370l14 290\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" opacity=\".8\"/><path d=\"M340 330l22 350c1 14 10 20 24 20h128c14 0 23-6 24-20l22-350\" fill=\"none\" stroke=\"{line}\" stroke-width=\"5\"/>",
        tint = colour.shade(45),
        water = colour.shade(10),
        line = colour.shade(-18),
    )
}

pub(super) fn knife(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(-32 450 450)\"><path d=\"M180 470c120-10 240-14 400-10l4 60c-160 20-330 24-404-50z\" fill=\"url(#soft)\" transform=\"translate(14 34)\"/>\
         <path d=\"M100 420h470v74c-170 26-390 20-470-74z\" fill=\"#cfd4d8\"/><path d=\"M100 420h470v26c-190 10-360 6-470-26z\" fill=\"#f1f3f4\"/>\
         <rect x=\"566\" y=\"412\" width=\"30\" height=\"84\" rx=\"6\" fill=\"url(#metal)\"/><path d=\"M596 418h200c26 0 40 20 36 46-3 22-14 30-34 28l-202-4z\" fill=\"url(#v)\"/>\
         <g fill=\"{pin}\"><circle cx=\"650\" cy=\"454\" r=\"9\"/><circle cx=\"714\" cy=\"455\" r=\"9\"/><circle cx=\"776\" cy=\"456\" r=\"9\"/></g></g>",
        pin = colour.shade(60),
    )
}

pub(super) fn board(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(-8 450 450)\"><rect x=\"262\" y=\"190\" width=\"400\" height=\"580\" rx=\"56\" fill=\"url(#soft)\" transform=\"translate(20 26)\"/>\
         <path d=\"M300 240h100c20 0 10-90 50-90s30 90 50 90h100c30 0 50 20 50 50v420c0 30-20 50-50 50H300c-30 0-50-20-50-50V290c0-30 20-50 50-50z\" fill=\"url(#b)\"/><circle cx=\"450\" cy=\"200\" r=\"18\" fill=\"#e9e3d9\"/>\
         <g fill=\"none\" stroke=\"{grain}\" stroke-width=\"5\" opacity=\".5\"><path d=\"M300 290c30 140-20 260 6 420M370 280c20 150-24 280 4 440M450 300c30 150-30 260 0 420M530 280c22 160-20 270 4 440M600 290c-24 150 20 260-4 420\"/></g></g>",
        grain = colour.shade(-26),
    )
}
