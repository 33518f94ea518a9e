package cidr

import "testing"

func TestHosts(t *testing.T) {
	count, err := Hosts("10.0.0.0/24")
	if err != nil || count != 254 {
		t.Fatalf("got %d, %v", count, err)
	}
}

func TestNoNetwork(t *testing.T) {
	if _, err := Hosts("10.0.0.0"); err == nil {
		t.Fatal("no prefix was accepted")
	}
}
