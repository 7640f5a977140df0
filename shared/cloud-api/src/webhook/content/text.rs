//! Words, taps and orders.

use crate::ids::CatalogId;

wire! {
    /// Plain text.
    #[derive(PartialEq, Eq)]
    pub struct Text {
        /// The text.
        pub body: String,
    }

    /// A tap on a quick reply of a template.
    #[derive(PartialEq, Eq)]
    pub struct Button {
        /// What we put behind the button: decide by this one.
        pub payload: Option<String>,
        /// The button's label.
        pub text: String,
    }

    /// An order from the catalogue.
    #[derive(PartialEq)]
    pub struct Order {
        /// The catalogue.
        pub catalog_id: Option<CatalogId>,
        /// A note to the shop.
        pub text: Option<String>,
        /// What is ordered.
        pub product_items: Vec<ProductItem>,
    }

    /// A line of an order.
    #[derive(PartialEq)]
    pub struct ProductItem {
        /// The shop's own product id.
        pub product_retailer_id: Option<String>,
        /// How many.
        pub quantity: Option<i64>,
        /// Price of one.
        pub item_price: Option<f64>,
        /// ISO currency.
        pub currency: Option<String>,
    }
}
