package load

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// awaitServer waits after a failed write, so that a lasting fault is not met a
// thousand times a second, and until the server answers or the load is stopped.
func (w *writer) awaitServer() {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		select {
		case <-w.load.stopping.Done():
			return
		case <-time.After(pause):
		}
		if w.load.db.PingContext(w.load.running) == nil {
			return
		}
	}
}

// settleLater settles a write as soon as the server can be asked. If the load
// gives up before, the write stays pending and the writer ends.
func (w *writer) settleLater(task *write) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := w.settle(w.load.running, task)
		if err == nil {
			return nil
		}
		if !disconnected(err) {
			w.fail(task, err)
		}
		select {
		case <-w.load.running.Done():
			w.journal.pending = append(w.journal.pending, task)
			return err
		case <-time.After(pause):
		}
	}
}

// settle reads the rows of a write whose outcome is unknown. All of them must
// be as after it, or all as before it. If they are neither, that is a breach,
// and the journal goes on from what was found.
func (w *writer) settle(ctx context.Context, task *write) error {
	found := make([]cell, 0, 4)
	isNew, isOld := true, true
	// A plain read, in effects' order; a server that lost the connection by a
	// kill has no statement left that could still take effect after it.
	for i := range task.actions {
		for n := range task.actions[i].effects {
			e := &task.actions[i].effects[n]
			c, err := w.look(ctx, e)
			if err != nil && !errors.Is(err, errForeign) {
				return err
			}
			found = append(found, c)
			isNew = isNew && err == nil && c == e.next
			isOld = isOld && err == nil && c == e.old
		}
	}
	if isNew || isOld {
		w.finish(task, isNew)
		return nil
	}
	w.finish(task, false)
	lines := make([]lineCell, 0, len(found))
	effects := task.effects()
	for i, e := range effects {
		if e.key != 0 || !e.auto {
			w.journal.cells[e.key] = found[i]
			lines = append(lines, newLineCell(e.key, false, found[i]))
		}
	}
	for i, e := range effects {
		if found[i] == e.next {
			continue
		}
		w.breach(task, e.key, e.old.String()+" or "+e.next.String(), found[i].String(), lines)
	}
	return nil
}

// errForeign means that a row has values no writer can have put there.
var errForeign = errors.New("foreign values")

// look reads the state of a key. For a key the server handed out and the
// writer never learned, it finds the row by its ref.
func (w *writer) look(ctx context.Context, e *effect) (cell, error) {
	query, args := w.sql.byKey, w.keyArgs(e.key)
	if e.auto {
		query, args = w.sql.byRef, []any{e.next.row.Ref}
	}
	f := foundRow{key: make([]sql.NullString, len(w.journal.Shape.KeyColumns()))}
	err := w.load.db.QueryRowContext(ctx, query, args...).Scan(f.targets()...)
	if errors.Is(err, sql.ErrNoRows) {
		return cell{}, nil
	}
	if err != nil {
		return cell{}, err
	}
	key, known := w.journal.Shape.keyOf(f.keyTexts())
	if e.auto {
		e.key = key
	}
	if !known || key != e.key {
		// Equal under the collation, and another key all the same.
		return cell{}, nil
	}
	row, err := f.row()
	if err != nil {
		return cell{row: row, live: true}, errors.Join(errForeign, err)
	}
	return cell{row: row, live: true}, nil
}

func (f *foundRow) keyTexts() []string {
	texts := make([]string, len(f.key))
	for i, k := range f.key {
		texts[i] = k.String
	}
	return texts
}
