// Package cidr counts addresses.
package cidr

import (
	"fmt"
	"strconv"
	"strings"
)

// Hosts says how many hosts an IPv4 network can have.
func Hosts(network string) (int, error) {
	_, text, found := strings.Cut(network, "/")
	bits, err := strconv.Atoi(text)
	if !found || err != nil || bits < 0 || bits > 32 {
		return 0, fmt.Errorf("%q is no network", network)
	}
	count := 1<<(32-bits) - 2
	if count < 0 {
		count = 0
	}
	return count, nil
}
