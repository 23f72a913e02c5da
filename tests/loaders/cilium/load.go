// Loads objects with cilium/ebpf and says of each file, in a line of its own, how that ended: `loaded`, or what it complains of.
// With -parse it only reads them.
package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/cilium/ebpf"
)

func load(path string, parseOnly bool) error {
	spec, err := ebpf.LoadCollectionSpec(path)
	if err != nil || parseOnly {
		return err
	}
	collection, err := ebpf.NewCollection(spec)
	if err != nil {
		return err
	}
	collection.Close()
	return nil
}

func main() {
	parseOnly := flag.Bool("parse", false, "read only")
	flag.Parse()
	for _, path := range flag.Args() {
		verdict := "loaded"
		if err := load(path, *parseOnly); err != nil {
			verdict = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Println(verdict)
	}
}
