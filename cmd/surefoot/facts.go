package main

import (
	"time"

	"surefoot/planner"
)

const factsFormat = 1

// facts is what surefoot stats writes: the schema and its sizes, without rows and without
// credentials, so that plans can be made and priced where the database cannot be reached.
type facts struct {
	Format        int             `json:"format"`
	Dialect       string          `json:"dialect"`
	ServerVersion string          `json:"server_version"`
	Taken         time.Time       `json:"taken"`
	Schema        *planner.Schema `json:"schema"`
	Sizes         []tableSize     `json:"sizes"`
	Rates         *planner.Rates  `json:"rates,omitempty"` // measured speeds in bytes a second
}

// tableSize is one table's size; null where the server does not say.
type tableSize struct {
	Table planner.Name `json:"table"`
	planner.Stats
}

func factsOf(s *planner.Schema, now time.Time) *facts {
	fx := &facts{
		Format: factsFormat, Dialect: s.Dialect, ServerVersion: s.Version, Taken: now.UTC().Truncate(time.Second),
		Schema: s, Sizes: []tableSize{},
	}
	for _, t := range s.Tables {
		fx.Sizes = append(fx.Sizes, tableSize{t.Name, t.Stats})
	}
	return fx
}

// addSizes gives the tables of a schema their sizes; nil facts know none.
func (fx *facts) addSizes(s *planner.Schema) {
	if fx == nil {
		return
	}
	for _, size := range fx.Sizes {
		if t := s.Table(size.Table); t != nil {
			t.Stats = size.Stats
		}
	}
}

// rates are the measured speeds; zero where there are none.
func (fx *facts) rates() planner.Rates {
	if fx == nil || fx.Rates == nil {
		return planner.Rates{}
	}
	return *fx.Rates
}
