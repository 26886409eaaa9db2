//! The tables of the floors, as sea-orm entities.
#![allow(
    unreachable_pub,
    reason = "what the derives make is public, and so must be what it names"
)]

/// Users.
pub(crate) mod user {
    use sea_orm::entity::prelude::*;

    /// A user: nine columns, of which one is the document that is sent.
    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(unique)]
        pub user_name: String,
        #[sea_orm(indexed)]
        pub external_id: Option<String>,
        pub display_name: Option<String>,
        pub active: bool,
        #[sea_orm(column_type = "Text")]
        pub document: String,
        pub version: i64,
        pub created_at: i64,
        pub modified_at: i64,
    }

    /// No relations.
    #[derive(Debug, Copy, Clone, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Memberships.
pub(crate) mod member {
    use sea_orm::entity::prelude::*;

    /// That a user is in a group.
    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
    }

    /// No relations.
    #[derive(Debug, Copy, Clone, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
