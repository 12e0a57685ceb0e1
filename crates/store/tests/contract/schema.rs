//! Both migrations make the same tables.

use std::collections::BTreeSet;

use store::{Store, args};

/// Table, column, nullable, kind of value.
type Columns = BTreeSet<(String, String, bool, &'static str)>;

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = store::testing::sqlite().await;
    let postgres = store::testing::postgres().await;
    let of_sqlite = columns(
        &sqlite.store,
        "select m.name as table_name, c.name as column_name, c.\"notnull\" = 0 as nullable, c.type as kind
         from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like '\\_sqlx%' escape '\\' and m.name not like 'sqlite%'",
    )
    .await;
    let of_postgres = columns(
        &postgres.store,
        "select table_name::text as table_name, column_name::text as column_name,
                case when is_nullable = 'YES' then 1::bigint else 0::bigint end as nullable,
                data_type::text as kind
         from information_schema.columns
         where table_schema = 'public' and table_name not like '\\_sqlx%'",
    )
    .await;
    assert!(of_sqlite.len() > 100, "the schema was read");
    assert_eq!(of_sqlite, of_postgres);
    postgres.store.close().await;
}

async fn columns(store: &Store, sql: &'static str) -> Columns {
    let mut tx = store.read().await.unwrap();
    let rows = tx.all(sql, args![]).await.unwrap();
    rows.iter()
        .map(|row| {
            let kind = match row.get::<String>("kind").unwrap().to_lowercase().as_str() {
                "integer" | "bigint" => "integer",
                "text" => "text",
                "blob" | "bytea" => "bytes",
                other => panic!("{other} is none of the kinds both databases share"),
            };
            (
                row.get("table_name").unwrap(),
                row.get("column_name").unwrap(),
                row.get("nullable").unwrap(),
                kind,
            )
        })
        .collect()
}
