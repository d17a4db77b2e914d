// Package dialects opens databases of every engine. It is the only place that names them all.
//
//	Open, Offline   an engine by a URL's scheme, or by its name and version
//	Stage, Settle   twins for a rehearsal, a database for a schema file
//
// It imports every engine and does nothing but open them. Start reading at dialects.go.
package dialects
