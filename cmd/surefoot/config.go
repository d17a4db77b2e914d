package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/goccy/go-yaml"
)

// configName is the file that is read from the current folder when --config names none.
const configName = "surefoot.yaml"

// config is surefoot.yaml. All of it is optional; flags win, then SUREFOOT_* variables, then this.
type config struct {
	path string

	DB            string `yaml:"db"`
	PasswordFile  string `yaml:"password_file"`
	Dialect       string `yaml:"dialect"`
	ServerVersion string `yaml:"server_version"`
	Schema        string `yaml:"schema"`
	Stats         string `yaml:"stats"`
	Mode          string `yaml:"mode"`
	FailOn        string `yaml:"fail_on"`
	KeepOld       string `yaml:"keep_old"`

	MaxBlock   string            `yaml:"max_block"`   // longer is too long: "1s"
	LargeTable string            `yaml:"large_table"` // "100k rows or 64 MB"
	Rules      map[string]string `yaml:"rules"`       // rule: off, note, warning or error

	Migrations struct {
		Dir    string `yaml:"dir"`
		Format string `yaml:"format"` // auto, plain, goose, dbmate, flyway, golang-migrate
	} `yaml:"migrations"`

	Windows      []string `yaml:"windows"`       // "Sun 02:00-04:00 Europe/Dublin"
	OutageBudget string   `yaml:"outage_budget"` // "10m"

	Costs struct {
		EngineerHour  float64 `yaml:"engineer_hour"`
		Deploy        float64 `yaml:"deploy"`
		PartialMinute float64 `yaml:"partial_outage_minute"`
		FullMinute    float64 `yaml:"full_outage_minute"`
	} `yaml:"costs"`

	Throttle struct {
		Workers     string `yaml:"workers"`
		MaxLag      string `yaml:"max_lag"`
		LockTimeout string `yaml:"lock_timeout"`
		Capture     string `yaml:"capture"`
	} `yaml:"throttle"`

	Hooks hooks `yaml:"hooks"`
}

// hooks are commands that are run around the moments people care about. SUREFOOT_EVENT,
// SUREFOOT_RUN and SUREFOOT_TABLE tell them what happens.
type hooks struct {
	BeforeHold    string `yaml:"before_hold"`
	AfterHold     string `yaml:"after_hold"`
	BeforeCutOver string `yaml:"before_cut_over"`
	AfterCutOver  string `yaml:"after_cut_over"`
	BeforeWindow  string `yaml:"before_window"`
	AfterWindow   string `yaml:"after_window"`
}

// readConfig reads surefoot.yaml; no file is an empty one, unless it was asked for by name.
func readConfig(e *env, path string) (config, error) {
	named := path != ""
	if !named {
		path = e.get("SUREFOOT_CONFIG")
		named = path != ""
	}
	if !named {
		path = configName
	}
	var c config
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return c, nil
	}
	if err != nil {
		return c, usagef("read the settings: %v", err)
	}
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
		return c, usagef("%s: %s", path, yaml.FormatError(err, false, true))
	}
	c.path = path
	return c, nil
}
