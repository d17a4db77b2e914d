// Package torture kills runs, servers and patience: with eight writers on the table the whole time,
// surefoot changes a column's type, and is killed at random moments, at every step, together with
// its server, rolled back from everywhere, and started twice. After each, every acknowledged write
// must be in the table, the table must equal what the engine's own ALTER makes of the same rows,
// no statement of the writers may have failed, and nothing may be left behind but the journal.
//
// The tests have the build tag torture; make torture runs them at full size. The environment sizes
// them:
//
//	TORTURE_ENGINES       sqlite,postgres:18,mysql:9.7,mariadb:11.8
//	TORTURE_SHAPES        int,text,uuid       kinds of primary key
//	TORTURE_ROWS          1000000             of each table
//	TORTURE_KILLS         40                  kills of the tool at random moments, per engine
//	TORTURE_SERVER_KILLS  5                   kills of the server, per engine
//	TORTURE_WRITERS       8
//	TORTURE_RATE          300                 writes a second, of all writers; 0: as many as go
//	TORTURE_SEED                              of the random moments; without it each time another
//	TORTURE_REPORT                            a file for the figures, as markdown
//
// A quick version for development, below a minute an engine:
//
//	TORTURE_ENGINES=sqlite TORTURE_ROWS=20000 TORTURE_KILLS=5 TORTURE_SERVER_KILLS=2 \
//	  go test -tags torture -run Torture ./bench/torture
//
// They may import anything. Start reading at main_test.go.
package torture
