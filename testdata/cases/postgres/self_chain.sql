-- change: rows that refer to the one before them, more than a sample holds; the key goes and comes back around wider columns; expected: as native
-- source: own
-- @setup
create table page(id int primary key, before int constraint page_before references page(id) on delete set null, t text);
create table visit(id int primary key, page int not null constraint visit_page references page(id) on delete cascade);
insert into page select g, nullif(g - 1, 0), 't'||g from generate_series(1,900) g; insert into visit select g, g%900+1 from generate_series(1,1500) g;
-- @change
ALTER TABLE visit DROP CONSTRAINT visit_page;
ALTER TABLE page ALTER COLUMN id TYPE bigint, ALTER COLUMN before TYPE bigint;
ALTER TABLE visit ALTER COLUMN page TYPE bigint;
ALTER TABLE visit ADD CONSTRAINT visit_page FOREIGN KEY (page) REFERENCES page (id) ON DELETE CASCADE;
