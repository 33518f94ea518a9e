"""`make sam-local`: every sample event through `sam local invoke`, in a Lambda container, against the embedded AWS."""
