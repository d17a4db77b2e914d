package postgres

import (
	"slices"
	"strings"
	"testing"

	"surefoot/schema"
)

// families are tables that are parts of others or inherit from them, with what such tables can have of their own.
const families = `
create schema s
create schema "Odd one"
create table s.far(id int primary key)
create table s.whole(id int not null, k text not null, v text default 'x' collate "C", f int references s.far, g int generated always as (id + 1) stored, constraint whole_key primary key (k, id), constraint big check (id > 0)) partition by list (k)
create index whole_v on s.whole(v)
create unique index on s.whole(id, k)
create table s.a partition of s.whole for values in ('a') with (fillfactor = 80)
create table "Odd one"."B b"(v text default 'own' collate "C" not null, g int generated always as (id + 1) stored, f int, id int not null, k text not null, constraint big check (id > 0), check (id < 1000000), constraint odd_key primary key (k, id))
alter table s.whole attach partition "Odd one"."B b" for values in ('b', 'c')
create table s.mid partition of s.whole for values in ('d') partition by range (id)
create table s.mid_low partition of s.mid for values from (minvalue) to (100)
create table s.rest partition of s.whole default
create index own on s.a(f)
create function s.f() returns trigger language plpgsql as 'begin return new; end'
create trigger tr before insert on s.whole for each row execute function s.f()
create trigger own before insert on s.a for each row execute function s.f()
alter table s.a disable trigger tr
create table s.refers(id int primary key, i int, k text, constraint to_whole foreign key (k, i) references s.whole(k, id))
comment on table s.a is 'a part'
grant select on s.a to public
alter table s.whole enable row level security
create policy po on s.whole using (id > 1)
create table s.old(id serial primary key, b text not null default 'x', c int, check (id > 0))
create table s.other(z int default 3, c int)
create table s.heir(own text, c int default 9, check (own <> '')) inherits (s.old, s.other)
alter table s.heir alter b set default 'heir'
alter table s.heir alter z set not null
create table s.grandchild(last int) inherits (s.heir)
create table s.adopted(c int, z int, x text)
alter table s.adopted inherit s.other
create index on s.heir(b)
insert into s.far values (1), (2)
insert into s.whole(id, k, f) select i, chr(97 + i % 6), 1 + i % 2 from generate_series(1, 99) i
insert into s.refers select i, i, chr(97 + i % 6) from generate_series(1, 99) i
insert into s.old(b) select 'o' from generate_series(1, 20)
insert into s.heir(own, z) select 'h', 1 from generate_series(1, 20)
insert into s.grandchild(last, z) select 1, 2 from generate_series(1, 20)
`

// TestTwinsOfFamilies holds each twin against its live table, as the server describes both.
func TestTwinsOfFamilies(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		for q := range strings.SplitSeq(strings.TrimSpace(families), "\n") {
			exec(t, db.pool, q)
		}
		have, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names := []schema.Name{{Schema: "s", Table: "whole"}, {Schema: "s", Table: "grandchild"}}
		st, err := db.Stage(t.Context(), have, have, names)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { st.Close(t.Context()) })
		var got []string
		for _, tw := range st.twins {
			got = append(got, tw.table.Name.Table)
			want, err := column(t.Context(), db.pool, db.Portrait(tw.table.Name))
			if err != nil {
				t.Fatal(err)
			}
			lines, err := column(t.Context(), st.conn, db.Portrait(st.twin(tw.table.Name)))
			if err != nil {
				t.Fatal(err)
			}
			for live, here := range st.schemas {
				for i := range lines {
					lines[i] = strings.ReplaceAll(strings.ReplaceAll(lines[i], quote(here), here), here, live)
					lines[i] = strings.ReplaceAll(lines[i], "Odd one.", `"Odd one".`)
				}
			}
			slices.Sort(want)
			slices.Sort(lines)
			if !slices.Equal(want, lines) {
				t.Errorf("%s\nlive: %s\ntwin: %s", tw.table.Name, missing(want, lines), missing(lines, want))
			}
		}
		for _, n := range []string{"a", "B b", "mid", "mid_low", "rest", "refers", "far", "old", "other", "heir", "adopted"} {
			if !slices.Contains(got, n) {
				t.Errorf("%s has no twin, only %v have", n, got)
			}
		}
		var rows, kept int
		if err := st.conn.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM "+qualified(st.twin(names[0]))+"), (SELECT count(*) FROM "+
			qualified(st.twin(schema.Name{Schema: "s", Table: "refers"}))+")").Scan(&rows, &kept); err != nil || rows < 90 || kept < 90 {
			t.Errorf("%d rows in the partitions, %d that refer to them, %v", rows, kept, err)
		}
	})
}

// missing gives the lines that others have not, one a line.
func missing(lines, others []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(others, l) }), "\n      ")
}
