package dealwatch

import "time"

// Robots is what the robots.txt of a host last said, and whether it could be had since.
type Robots struct {
	Host   string        // with its scheme, "https://www.ftc.gov"
	Status int           // of the last answer that is one: 200, or that there is none; 0 for no answer yet
	Body   string        // of an answer of 200
	Age    time.Duration // since that answer
	// Err says why it could not be had when it was last tried, "" where it could, and Failed
	// how long that is ago.
	Err    string
	Failed time.Duration
}
