package plan

// Fault is what a server's error means for a run.
type Fault int

// The faults.
const (
	Other      Fault = iota // report it and stop
	Busy                    // a lock was not had in time, a deadlock or a serialization failure: try again
	Gone                    // the connection is gone, the outcome unknown: connect again and look
	BadValue                // a value does not fit the new type or a constraint: name the row
	Duplicate               // a unique key is taken: try again after catching up, then name the row
	DiskFull                // no room
	Privilege               // a right is missing
	Missing                 // a table or column is not there
	ReadOnly                // the server takes no writes (a demoted primary)
	Unreadable              // the SQL is wrong
	Declined                // the server would need more (a copy, a lock) than the step was promised to take
)
