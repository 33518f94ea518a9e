// Package semver orders versions.
package semver

import "strings"

// Less says whether version a is older than b; a version with a suffix is older than the one without.
func Less(a, b string) bool {
	a, before, early := strings.Cut(a, "-")
	b, after, late := strings.Cut(b, "-")
	if a == b {
		return early && (!late || before < after)
	}
	return a < b
}
