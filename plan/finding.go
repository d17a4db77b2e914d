package plan

// Finding is a rule that fires: what a statement would do to others, and what to do instead.
// Field names are the contract of `check --format json`.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Place
	Statement string   `json:"statement"`
	Table     string   `json:"table"`
	Message   string   `json:"message"`
	Instead   []string `json:"instead"`
	Blocks    Level    `json:"blocks"`
	Lock      string   `json:"lock"`
	HeldMS    *int64   `json:"held_ms"`
}

// Place is where a statement stands; lines and columns are counted from 1, and 0 where nobody wrote it.
type Place struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}
