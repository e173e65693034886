//! Wakes the page up in the browser: hydrates the islands of [`app`], and nothing else.

/// Called by the page's script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    // Names the islands' module, so that the linker keeps them.
    use app as _;
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
