// Package speed measures a change of a column's type by surefoot, verified, against the engine's
// own blocking ALTER on the same rows, in the same run and on the same server:
//
//	go test -run '^$' -bench . ./bench/speed
//
// SPEED_ENGINES (sqlite,postgres:18,mysql:9.7,mariadb:11.8) and SPEED_ROWS (1000000) size it. What
// counts is the ratio: the times by themselves say more about the machine.
//
// It may import anything. Start reading at speed_test.go.
package speed
