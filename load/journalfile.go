package load

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// A journal file has one JSON object a line. The first names the table. Then,
// for each write, a line before it is sent and one when its outcome is known:
//
//	{"begin":7,"op":"update","cells":[{"key":12,"row":{…}}]}
//	{"end":7,"ok":true}
//
// A deleted key has a null row, a key that the server hands out is 0 and comes
// with the end. A write without an end is one whose outcome is unknown. A cell
// on a line of its own is what was found after a breach.
type journalLine struct {
	Header *Journal   `json:"load,omitempty"`
	Begin  uint64     `json:"begin,omitempty"`
	Op     Kind       `json:"op,omitempty"`
	Cells  []lineCell `json:"cells,omitempty"`
	End    uint64     `json:"end,omitempty"`
	OK     bool       `json:"ok,omitempty"`
	Keys   []int64    `json:"keys,omitempty"`
	Breach *Breach    `json:"breach,omitempty"`
}

type lineCell struct {
	Key  int64 `json:"key"`
	Auto bool  `json:"auto,omitempty"`
	Row  *Row  `json:"row"`
}

func newLineCell(key int64, auto bool, c cell) lineCell {
	line := lineCell{Key: key, Auto: auto}
	if c.live {
		line.Row = &c.row
	}
	return line
}

func (l lineCell) cell() cell {
	if l.Row == nil {
		return cell{}
	}
	return cell{row: *l.Row, live: true}
}

// recorder appends to a journal file. Each line is one write to the file, so a
// kill of this process loses nothing. Without a file it only counts writes.
type recorder struct {
	mu   sync.Mutex
	file *os.File
	last uint64
	err  error // the first failure; reported by close
}

// newRecorder opens path for appending, writing the header if the file is new.
func newRecorder(path string, header *Journal, last uint64) (*recorder, error) {
	r := &recorder{last: last}
	if path == "" {
		return r, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	r.file = file
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), file.Close())
	}
	if info.Size() == 0 {
		r.put(journalLine{Header: header})
	} else if err := endLine(file, info.Size()); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), file.Close())
	}
	return r, nil
}

// endLine ends a last line that a kill cut short, so that the next starts fresh.
func endLine(file *os.File, size int64) error {
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, size-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err := file.Write([]byte{'\n'})
	return err
}

func (r *recorder) put(line journalLine) {
	data, err := json.Marshal(line)
	if err == nil {
		_, err = r.file.Write(append(data, '\n'))
	}
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("write journal: %w", err)
	}
}

// begin notes a write before it is sent and numbers it.
func (r *recorder) begin(w *write) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	w.id = r.last
	if r.file == nil {
		return
	}
	line := journalLine{Begin: w.id, Op: w.kind}
	for _, e := range w.effects() {
		line.Cells = append(line.Cells, newLineCell(e.key, e.auto, e.next))
	}
	r.put(line)
}

// end notes the outcome of a write.
func (r *recorder) end(w *write, ok bool) {
	if r.file == nil {
		return
	}
	line := journalLine{End: w.id, OK: ok}
	for _, e := range w.effects() {
		if ok && e.auto {
			line.Keys = append(line.Keys, e.key)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(line)
}

// breach notes a breach and what the keys were found to be.
func (r *recorder) breach(b Breach, found []lineCell) {
	if r.file == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(journalLine{Breach: &b, Cells: found})
}

func (r *recorder) close() error {
	if r.file == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.err, r.file.Close())
}

// LoadJournal replays a journal file, whether its writer ended or was killed.
func LoadJournal(path string) (*Journal, error) {
	j, _, err := replay(path)
	return j, err
}

// replay also returns the highest number of a write. A file that does not exist
// or is empty gives a nil journal and an error that is fs.ErrNotExist.
func replay(path string) (j *Journal, last uint64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("load journal: %w", err)
	}
	defer file.Close()
	p := replayer{open: map[uint64]*write{}}
	lines := bufio.NewReaderSize(file, 1<<16)
	for {
		text, readErr := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) > 0 {
			p.line(text)
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return nil, 0, fmt.Errorf("load journal: %w", readErr)
		}
	}
	if p.j == nil {
		return nil, 0, fmt.Errorf("load journal: %s has no header: %w", path, fs.ErrNotExist)
	}
	if p.bad != nil {
		return nil, 0, fmt.Errorf("load journal: %w", p.bad)
	}
	for _, w := range p.open {
		p.j.pending = append(p.j.pending, w)
	}
	return p.j, p.last, nil
}

// replayer rebuilds a journal line by line.
type replayer struct {
	j    *Journal
	open map[uint64]*write // begun, not ended
	last uint64
	bad  error // a line that parses and makes no sense
}

// line takes in one line. One that does not parse was cut short by a kill: if
// it began a write, the write was not sent; if it ended one, the outcome is
// unknown. Were it anything else, an end without a beginning would show it.
func (p *replayer) line(text []byte) {
	var line journalLine
	if json.Unmarshal(text, &line) != nil {
		return
	}
	switch {
	case line.Header != nil:
		p.j = line.Header
		p.j.cells = map[int64]cell{}
	case p.j == nil:
	case line.Begin != 0:
		p.begin(line)
	case line.End != 0:
		p.end(line)
	case line.Breach != nil:
		p.j.breaches = append(p.j.breaches, *line.Breach)
		for _, c := range line.Cells {
			p.j.cells[c.Key] = c.cell()
		}
	}
}

func (p *replayer) begin(line journalLine) {
	w := &write{id: line.Begin, kind: line.Op, actions: make([]action, 1)}
	for _, c := range line.Cells {
		e := effect{key: c.Key, auto: c.Auto, next: c.cell()}
		if !c.Auto {
			e.old = p.j.expected(c.Key)
		}
		w.actions[0].effects = append(w.actions[0].effects, e)
	}
	p.open[w.id] = w
	p.last = max(p.last, w.id)
}

func (p *replayer) end(line journalLine) {
	w := p.open[line.End]
	delete(p.open, line.End)
	if w == nil {
		p.bad = fmt.Errorf("write %d ended and never began", line.End)
		return
	}
	if !line.OK {
		return
	}
	keys := line.Keys
	for i := range w.actions[0].effects {
		e := &w.actions[0].effects[i]
		if !e.auto {
			continue
		}
		if len(keys) == 0 {
			p.bad = fmt.Errorf("write %d ended without the key it got", w.id)
			return
		}
		e.key, keys = keys[0], keys[1:]
	}
	p.j.apply(w)
}
