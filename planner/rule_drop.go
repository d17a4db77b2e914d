package planner

import "surefoot/schema"

var dropColumn = Rule{
	Name: "drop-column",
	Why:  "its values are gone for good, and clients that still read it fail",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		d, ok := c.(schema.DropColumn)
		if !ok || d.Deployed {
			return nil
		}
		d.Deployed = true
		return [][]schema.Change{{unused(d), d}}
	},
}

// unused waits until nobody uses a column that goes.
func unused(d schema.DropColumn) schema.Hold {
	return schema.Hold{On: d.On, Why: "deploy the application that no longer uses " + d.Name.String() + "." + d.Column + ", everywhere, then continue"}
}

var dropTable = Rule{
	Name: "drop-table",
	Why:  "its rows are gone for good, and clients that still use it fail",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		d, ok := c.(schema.DropTable)
		if !ok || d.Deployed {
			return nil
		}
		d.Deployed = true
		return [][]schema.Change{{
			schema.Hold{On: d.On, Why: "deploy the application that no longer uses " + d.Name.String() + ", everywhere, then continue"},
			d,
		}}
	},
}

var dropObject = Rule{
	Name: "verbatim",
	Why:  "clients that still use what it takes away fail",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		v, ok := c.(schema.Verbatim)
		if !ok || v.Drops == "" || v.Deployed {
			return nil
		}
		v.Deployed = true
		return [][]schema.Change{{schema.Hold{On: v.On, Why: "deploy the application that no longer uses " + v.Drops + ", everywhere, then continue"}, v}}
	},
}
