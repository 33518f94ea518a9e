package semver

import "testing"

func TestAcceptance(t *testing.T) {
	order := []string{"1.2.3-rc1", "1.2.3", "1.9.0", "1.10.0-beta", "1.10.0", "10.0.0"}
	for at := 1; at < len(order); at++ {
		if !Less(order[at-1], order[at]) || Less(order[at], order[at-1]) {
			t.Errorf("%s is older than %s", order[at-1], order[at])
		}
	}
}
