package dealwatch

// Party is a company of a deal as the pages show it.
type Party struct {
	ID      string
	Name    string
	CIK     []int // what it files under; a filing speaks for its filer
	Aliases []Alias
	Not     []string // phrases in which an alias is another name, or that stop it
}

// Alias is a name that a party goes by.
type Alias struct {
	Text  string
	Class string // plain, acronym or common
}
