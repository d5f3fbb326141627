package fill_test

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = It("is the engine's copy that goes on wherever it was cut, and has each old file give way once", func(ctx context.Context) {
	for n := 1; ; n++ {
		s := newService()
		for i := range 6 {
			s.put(fmt.Sprint(i), fmt.Sprint("old ", i))
		}
		s.put("way/x", "old way/x")
		s.fill(ctx)
		s.run = "2"
		want := map[string]string{"way%2Fx": "old way/x", "way": "in the way"}
		gaveWay := map[string]string{"photos/way/x": "old way/x"}
		for i := range 6 {
			want[fmt.Sprint(i)] = fmt.Sprint("old ", i)
			if i%2 == 0 {
				s.put(fmt.Sprint(i), fmt.Sprint("new ", i))
				want[fmt.Sprint(i)] = fmt.Sprint("new ", i)
				gaveWay["photos/"+fmt.Sprint(i)] = fmt.Sprint("old ", i)
			}
		}
		s.put("new", "new")
		want["new"] = "new"
		s.put("way", "in the way")
		d, o := s.order(ctx)
		s.requests()
		s.effect = cutAt(new(int), n)
		_, err := s.filler.Fill(ctx, d, o)
		s.effect = nil
		if err != nil {
			Expect(err).To(MatchError(errCut))
			s.carryOut(ctx, d, o)
		}
		Expect(s.files(bucket)).To(Equal(want), fmt.Sprint(n))
		Expect(s.replaced("2")).To(Equal(gaveWay), fmt.Sprint(n))
		Expect(s.requests()).To(BeNumerically("<=", 7), fmt.Sprint(n)) // what fails to get its name is thrown away
		if err == nil {
			Expect(n).To(BeNumerically(">", 8))
			return
		}
	}
})
