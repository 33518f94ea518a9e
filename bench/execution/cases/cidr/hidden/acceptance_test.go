package cidr

import "testing"

func TestAcceptance(t *testing.T) {
	for network, want := range map[string]int{"10.0.0.0/32": 1, "10.0.0.0/31": 2, "10.0.0.0/30": 2, "10.0.0.0/8": 1<<24 - 2} {
		if got, err := Hosts(network); err != nil || got != want {
			t.Errorf("%s: got %d, %v; want %d", network, got, err, want)
		}
	}
}
