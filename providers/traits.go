package providers

// Filler says who writes the data onto the drive.
type Filler string

// The fillers.
const (
	ByService Filler = "Service" // the service loads the drive at its site
	ByUs      Filler = "Us"      // this host copies onto the attached drive
)

// Traits are the ways in which services differ. Decisions are made on them,
// never on the name of a service.
type Traits struct {
	HasJob       bool   `json:"hasJob"`       // the service keeps a job that is created and can be canceled
	ShipsDrive   bool   `json:"shipsDrive"`   // the drive travels to the service and back
	SignsVolume  bool   `json:"signsVolume"`  // the volume must carry the job's SIGNATURE
	HasLabel     bool   `json:"hasLabel"`     // the service makes a shipping label
	FormatsDrive bool   `json:"formatsDrive"` // the service formats the drive before it loads it
	Fill         Filler `json:"fill"`
	Parts        bool   `json:"parts"` // a job's data come in several parts
	// Refreshes: a later run goes on with what an older one has left on the drive.
	Refreshes bool     `json:"refreshes,omitempty"`
	Patience  Patience `json:"patience,omitzero"`
}
