package main

import (
	"time"

	"surefoot/plan"
	"surefoot/schema"
)

const factsFormat = 1

// facts is what surefoot stats writes: the schema and its sizes, without rows and without
// credentials, so that plans can be made and priced where the database cannot be reached.
type facts struct {
	Format        int            `json:"format"`
	Dialect       string         `json:"dialect"`
	ServerVersion string         `json:"server_version"`
	Taken         time.Time      `json:"taken"`
	Schema        *schema.Schema `json:"schema"`
	Sizes         []tableSize    `json:"sizes"`
	Rates         *plan.Rates    `json:"rates,omitempty"` // measured speeds in bytes a second
}

// tableSize is one table's size; null where the server does not say.
type tableSize struct {
	Table schema.Name `json:"table"`
	schema.Stats
}

func factsOf(s *schema.Schema, now time.Time) *facts {
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
func (fx *facts) addSizes(s *schema.Schema) {
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
func (fx *facts) rates() plan.Rates {
	if fx == nil || fx.Rates == nil {
		return plan.Rates{}
	}
	return *fx.Rates
}
