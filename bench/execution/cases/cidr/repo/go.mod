module example.com/cidr

go 1.19
