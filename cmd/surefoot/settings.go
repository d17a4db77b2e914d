package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settable are the flags that SUREFOOT_* variables and surefoot.yaml can set: those that describe
// the surroundings, not those that ask for one act (--yes, --finish, --sql).
var settable = map[string]func(c *config) string{
	"db":             func(c *config) string { return c.DB },
	"password-file":  func(c *config) string { return c.PasswordFile },
	"dialect":        func(c *config) string { return c.Dialect },
	"server-version": func(c *config) string { return c.ServerVersion },
	"schema":         func(c *config) string { return c.Schema },
	"stats":          func(c *config) string { return c.Stats },
	"mode":           func(c *config) string { return c.Mode },
	"format":         nil,
	"fail-on":        func(c *config) string { return c.FailOn },
	"capture":        func(c *config) string { return c.Throttle.Capture },
	"workers":        func(c *config) string { return c.Throttle.Workers },
	"max-lag":        func(c *config) string { return c.Throttle.MaxLag },
	"lock-timeout":   func(c *config) string { return c.Throttle.LockTimeout },
	"keep-old":       func(c *config) string { return c.KeepOld },
	"progress":       nil,
}

// settle gives each flag that the command line left open its value from the environment, else
// from surefoot.yaml.
func (e *env) settle(cmd *cobra.Command) error {
	file := ""
	if f := cmd.Flags().Lookup("config"); f != nil {
		file = f.Value.String()
	}
	cfg, err := readConfig(e, file)
	if err != nil {
		return err
	}
	e.config = cfg
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		from, ok := settable[f.Name]
		if !ok || f.Changed || failed != nil || e.elsewhere(cmd, f.Name) {
			return
		}
		value, where := e.get(variable(f.Name)), variable(f.Name)
		if value == "" && from != nil {
			value, where = from(&cfg), cfg.path
		}
		if value == "" {
			return
		}
		if err := f.Value.Set(value); err != nil {
			failed = usagef("%s: %s: %v", where, f.Name, err)
		}
	})
	return failed
}

// variable names the environment variable of a flag.
func variable(flag string) string {
	return "SUREFOOT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// elsewhere says that a flag names a database in one way while the other way was chosen at a
// place that counts more.
func (e *env) elsewhere(cmd *cobra.Command, flag string) bool {
	if engine := cmd.Flags().Lookup("engine"); engine != nil && !engine.Changed {
		return flag == "db" || flag == "password-file" // the demo makes a database of its own
	}
	set := func(name string) bool { return cmd.Flags().Changed(name) || e.get(variable(name)) != "" }
	switch flag {
	case "db", "password-file":
		return cmd.Flags().Changed("dialect") || cmd.Flags().Changed("stats")
	case "dialect":
		return set("db") && !cmd.Flags().Changed("stats")
	case "server-version", "schema", "stats":
		return set("db") && !cmd.Flags().Changed("dialect")
	}
	return false
}

// oneOf is a flag value out of a fixed list.
type oneOf struct {
	value   *string
	allowed []string
}

func (o oneOf) String() string {
	if o.value == nil {
		return ""
	}
	return *o.value
}

func (o oneOf) Type() string { return strings.Join(o.allowed, "|") }

func (o oneOf) Set(s string) error {
	for _, a := range o.allowed {
		if s == a {
			*o.value = s
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %s", s, strings.Join(o.allowed, ", "))
}

// choice adds a flag whose value is one of a list; the first is the default.
func choice(cmd *cobra.Command, value *string, name, usage string, allowed ...string) {
	*value = allowed[0]
	cmd.Flags().Var(oneOf{value, allowed}, name, usage)
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}
