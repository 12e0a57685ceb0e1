//! What every story needs.

/// Makes of each story a test on SQLite and a test on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                let fresh = store::testing::sqlite().await;
                super::$story(&fresh.store).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                let fresh = store::testing::postgres().await;
                super::$story(&fresh.store).await;
                fresh.store.close().await;
            })*
        }
    };
}
