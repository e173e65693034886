//! Tools, screws, rope.

use crate::pictures::Colour;

pub(super) fn hammer(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(38 450 450)\"><rect x=\"436\" y=\"270\" width=\"60\" height=\"520\" rx=\"26\" fill=\"url(#soft)\" transform=\"translate(26 10)\"/>\
         <path d=\"M424 240h52l8 300h-68z\" fill=\"url(#wood)\"/><path d=\"M416 520h68l6 240c0 30-80 30-80 0z\" fill=\"url(#b)\"/><path d=\"M414 580h72M412 630h76M410 680h80\" stroke=\"{dark}\" stroke-width=\"8\" opacity=\".5\"/>\
         <path d=\"M300 170c60-40 110-20 140-14h60v96h-60c-40 0-80-20-150 8-20 8-30-60 10-90z\" fill=\"url(#metal)\"/><path d=\"M500 160h60l14-20h50c16 0 16 128 0 128h-50l-14-20h-60z\" fill=\"url(#metal)\"/></g>",
        dark = colour.shade(-50),
    )
}

pub(super) fn screwdriver(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(42 450 450)\"><rect x=\"440\" y=\"120\" width=\"60\" height=\"680\" rx=\"30\" fill=\"url(#soft)\" transform=\"translate(22 8)\"/>\
         <path d=\"M438 130h24l4 30v330h-32V160z\" fill=\"url(#metal)\"/><rect x=\"418\" y=\"470\" width=\"64\" height=\"36\" rx=\"8\" fill=\"#3a3a3c\"/>\
         <path d=\"M410 506h80c24 40 20 80 14 120 6 50 4 110-14 140-10 16-70 16-80 0-18-30-20-90-14-140-6-40-10-80 14-120z\" fill=\"url(#b)\"/><path d=\"M428 530v230M450 530v240M472 530v230\" stroke=\"{dark}\" stroke-width=\"8\" opacity=\".4\"/></g>",
        dark = colour.shade(-50),
    )
}

pub(super) fn pliers(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(20 450 450)\"><ellipse cx=\"480\" cy=\"480\" rx=\"170\" ry=\"340\" fill=\"url(#soft)\" opacity=\".6\"/>\
         <path d=\"M440 380c-90 90-130 220-100 390 4 26 44 24 46-2 0-120 20-220 84-340z\" fill=\"url(#b)\"/><path d=\"M460 380c90 90 130 220 100 390-4 26-44 24-46-2 0-120-20-220-84-340z\" fill=\"url(#b)\"/>\
         <path d=\"M446 150c-40 60-66 130-56 200 4 40 110 40 114 0 10-70-18-140-58-200z\" fill=\"url(#metal)\"/><path d=\"M448 150v180\" stroke=\"#5d6266\" stroke-width=\"5\"/><circle cx=\"450\" cy=\"376\" r=\"34\" fill=\"url(#metal)\"/><circle cx=\"450\" cy=\"376\" r=\"14\" fill=\"{dark}\"/></g>",
        dark = colour.shade(-55),
    )
}

pub(super) fn screws(colour: Colour) -> String {
    let one = |x: i32, y: i32, turn: i32| {
        format!(
            "<g transform=\"translate({x} {y}) rotate({turn})\"><ellipse cx=\"12\" cy=\"110\" rx=\"40\" ry=\"130\" fill=\"url(#soft)\" opacity=\".7\"/><path d=\"M-40 0h80l-20 34h-40z\" fill=\"url(#b)\"/><ellipse rx=\"40\" ry=\"13\" fill=\"{}\"/><path d=\"M-18 0h36M0-8v16\" stroke=\"{}\" stroke-width=\"6\"/>\
             <path d=\"M-16 34h32v150l-16 50-16-50z\" fill=\"url(#b)\"/><path d=\"M-20 60l40 12M-20 84l40 12M-20 108l40 12M-20 132l40 12M-20 156l40 12M-16 180l30 10\" stroke=\"{}\" stroke-width=\"7\"/></g>",
            colour.shade(35),
            colour.shade(-50),
            colour.shade(-34)
        )
    };
    [
        one(300, 300, 28),
        one(560, 250, -40),
        one(430, 470, 74),
        one(620, 520, 12),
        one(260, 590, -62),
    ]
    .concat()
}

pub(super) fn rope(colour: Colour) -> String {
    let coil = (0..6)
        .map(|turn| {
            let y = 670 - turn * 46;
            format!(
                "<ellipse cx=\"450\" cy=\"{y}\" rx=\"{rx}\" ry=\"54\" fill=\"none\" stroke=\"{dark}\" stroke-width=\"46\"/><ellipse cx=\"450\" cy=\"{up}\" rx=\"{rx}\" ry=\"54\" fill=\"none\" stroke=\"{base}\" stroke-width=\"36\"/><ellipse cx=\"450\" cy=\"{up}\" rx=\"{rx}\" ry=\"54\" fill=\"none\" stroke=\"{light}\" stroke-width=\"30\" stroke-dasharray=\"10 22\" opacity=\".6\"/>",
                rx = 220 - turn * 4,
                up = y - 5,
                dark = colour.shade(-38),
                base = colour.hex(),
                light = colour.shade(34),
            )
        })
        .collect::<Vec<_>>().concat();
    format!("<g transform=\"translate(0 -36)\">{coil}</g>")
}

pub(super) fn toolbox(colour: Colour) -> String {
    format!(
        "<path d=\"M350 400v-70c0-30 200-30 200 0v70\" fill=\"none\" stroke=\"#3a3a3c\" stroke-width=\"28\"/><path d=\"M180 470l60-80h420l60 80z\" fill=\"{light}\"/>\
         <rect x=\"180\" y=\"466\" width=\"540\" height=\"234\" rx=\"18\" fill=\"url(#b)\"/><rect x=\"180\" y=\"466\" width=\"540\" height=\"44\" fill=\"{dark}\" opacity=\".5\"/>\
         <g fill=\"url(#metal)\"><rect x=\"270\" y=\"480\" width=\"60\" height=\"70\" rx=\"8\"/><rect x=\"570\" y=\"480\" width=\"60\" height=\"70\" rx=\"8\"/></g><path d=\"M430 580l40 20-14-50c50-10 60 40 34 64l60 60-24 24-60-60c-30 16-70-20-36-58z\" fill=\"#fff\" opacity=\".75\"/>",
        light = colour.shade(20),
        dark = colour.shade(-40),
    )
}
