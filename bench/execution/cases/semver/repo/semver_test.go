package semver

import "testing"

func TestOrder(t *testing.T) {
	if !Less("1.2.3", "1.3.0") || Less("1.3.0", "1.2.3") {
		t.Fatal("1.2.3 is older than 1.3.0")
	}
}

func TestSuffix(t *testing.T) {
	if !Less("1.2.3-rc1", "1.2.3") || Less("1.2.3", "1.2.3-rc1") {
		t.Fatal("a candidate is older than its release")
	}
}
