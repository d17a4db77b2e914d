package postgres
import ("testing";"fmt")
func TestZ(t *testing.T){
 d,_:=New("15.1")
 st,err:=d.Parse("f.sql",`-- hi
ALTER TABLE public.t ADD COLUMN a int NOT NULL DEFAULT now() CONSTRAINT c CHECK (a>0) UNIQUE DEFERRABLE REFERENCES b(id) ON DELETE CASCADE, ALTER COLUMN b TYPE varchar(10)[] COLLATE "C" USING b::text;
 CREATE UNIQUE INDEX ON t (lower(a), b) WHERE x > 0;
alter table t add constraint nn not null q not valid; drop index concurrently if exists foo, bar;
create table x(a serial primary key, b int generated always as (a*2) virtual, v numeric(10) check (v>0), unique(a,b));
BEGIN; set lock_timeout='1s'; vacuum x; alter table t alter b set default 'a,b', alter c drop not null, validate constraint z; alter table t add constraint u unique using index foo;
alter table t set (fillfactor=70);
`,nil); if err!=nil{t.Fatal(err)}
 for _,s:=range st { fmt.Printf("%d:%d-%d:%d %q\n",s.Line,s.Column,s.EndLine,s.EndColumn,s.SQL); for _,c:=range s.Changes { fmt.Printf("    %T %+v\n",c,c)} }
 _,err=d.Parse("f.sql","select 'é';\nALTER TABL x;",nil); fmt.Println(err)
 _,err=d.Parse("f.sql","ALTER TABLE x",nil); fmt.Println(err)
}
