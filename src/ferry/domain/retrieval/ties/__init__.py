"""What each file offers to other repositories and needs of them, read file by file, so that it is kept by blob.

packages (manifests), http, protobuf, graphql, events → read (all of one file). `dependencies` joins them to edges.
"""
