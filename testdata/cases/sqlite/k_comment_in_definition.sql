-- change: a column is added to a table whose text has comments, quotes of all kinds and names that are words, then one gets another name; expected: as native
-- source: own
-- @setup
CREATE TABLE "order" ( -- the {table}, it's here
  [group] INTEGER PRIMARY KEY, /* , ) */
  `select` TEXT DEFAULT '),--' CHECK (`select` <> ''''),
  "from" INT /* last */ );
INSERT INTO "order" VALUES (1, 'a', 2), (2, NULL, NULL);
-- @change
ALTER TABLE "order" ADD COLUMN "where" INT DEFAULT (-1);
CREATE INDEX "ix;" ON "order" ("from", `select` COLLATE RTRIM);
