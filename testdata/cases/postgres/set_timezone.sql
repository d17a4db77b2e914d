-- change: the script sets time zone and date style, by which a type's change, a default and a conversion come out otherwise, and takes both back; expected: as native, or refused with the reason
-- source: own
-- @setup
create table t(id int primary key, x timestamp, s text, d timestamp); insert into t select g,'2020-01-01','02/03/2020','2021-01-01' from generate_series(1,200) g;
-- @change
SELECT set_config('lock_timeout', '4s', false);
SET timezone TO 'Asia/Tokyo';
ALTER TABLE t ALTER x TYPE timestamptz;
BEGIN;
SET LOCAL TIME ZONE 'America/New_York';
SET LOCAL datestyle = 'iso, dmy';
ALTER TABLE t ADD COLUMN y timestamptz DEFAULT '2020-01-01 00:00', ALTER s TYPE date USING s::date;
COMMIT;
RESET timezone;
ALTER TABLE t ALTER d TYPE timestamptz;
