-- change: ALTER TABLE renames a sequence and an index, as Rails writes it when a table gets another name, and a copy follows; expected: as native
-- source: own, after Rails' rename_table
-- @setup
create table posts(id bigserial primary key, n int); create index index_posts_on_n on posts(n); insert into posts(n) select g from generate_series(1,200) g;
-- @change
ALTER TABLE "public"."posts_id_seq" RENAME TO "articles_id_seq";
ALTER TABLE posts_pkey RENAME TO "articles_pkey";
ALTER TABLE index_posts_on_n RENAME TO index_articles_on_n;
ALTER TABLE posts ALTER n TYPE bigint;
