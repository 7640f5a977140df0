//! Two declarative macros: types that Meta fills, and sets that Meta extends.

/// Structs read from Meta's JSON.
///
/// A field of type `Option` or `Vec` may be missing, and an `Option` may hold anything; every other field
/// is the core without which the whole is malformed. `= "key"` gives Meta's spelling where it differs
/// from ours; `| "other"` a second spelling seen in the wild.
macro_rules! wire {
    ($($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident $(= $key:literal $(| $alias:literal)*)? : $ty:ty,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, serde::Serialize)]
        pub struct $name {
            $(
                $(#[$doc])*
                $(#[serde(rename = $key)])?
                #[serde(skip_serializing_if = "crate::wire::is_absent")]
                pub $field: $ty,
            )*
        }

        impl crate::wire::Wire for $name {
            fn read(value: serde_json::Value) -> Result<Self, crate::wire::Broken> {
                let mut fields = crate::wire::Fields::of(value)?;
                Ok(Self {
                    $($field: fields.take(wire!(@keys $field $($key $(| $alias)*)?))?,)*
                })
            }
        }

        deserialize_as_read!($name);
    )*};
    (@keys $field:ident) => { &[stringify!($field)] };
    (@keys $field:ident $($key:literal)|+) => { &[$($key),+] };
}

/// `Deserialize` by way of [`Wire`](crate::wire::Wire), as lenient as that.
macro_rules! deserialize_as_read {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
                <Self as crate::wire::Wire>::read(value).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Enums that Meta extends without notice: what we do not know is kept as Meta wrote it.
///
/// Case, `-`, `_` and spaces make no difference when reading: Meta's own pages disagree about them.
macro_rules! open_enum {
    ($($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident = $text:literal $(| $alias:literal)*,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value this build does not know, as Meta wrote it.
            Other(String),
        }

        impl $name {
            /// Meta's spelling.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $(_ if crate::macros::same(text, $text) $(|| crate::macros::same(text, $alias))* => {
                        Self::$variant
                    })*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl crate::wire::Wire for $name {
            fn read(value: serde_json::Value) -> Result<Self, crate::wire::Broken> {
                <String as crate::wire::Wire>::read(value).map(|text| Self::from(text.as_str()))
            }

            fn lenient(value: serde_json::Value) -> Option<Self> {
                <String as crate::wire::Wire>::lenient(value).map(|text| Self::from(text.as_str()))
            }
        }

        deserialize_as_read!($name);
        schema_as!($name, String);
    )*};
}

/// The JSON Schema and OpenAPI schema of another type: what stands on the wire is that.
macro_rules! schema_as {
    ($name:ident, $wire:ty) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                <$wire as schemars::JsonSchema>::inline_schema()
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$wire as schemars::JsonSchema>::json_schema(generator)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                <$wire as utoipa::PartialSchema>::schema()
            }
        }

        impl utoipa::ToSchema for $name {
            fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
                <$wire as utoipa::ToSchema>::schemas(schemas);
            }
        }
    };
}

/// Two spellings of one value?
pub(crate) fn same(ours: &str, theirs: &str) -> bool {
    fn fold(byte: u8) -> u8 {
        if matches!(byte, b'-' | b' ') { b'_' } else { byte.to_ascii_lowercase() }
    }
    ours.len() == theirs.len() && ours.bytes().map(fold).eq(theirs.bytes().map(fold))
}
